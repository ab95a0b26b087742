//! What no matching as good as the one in hand holds: dropped by a bound before the integer program decides.
//!
//! The linear program's prices bound every matching, and say how much each decision takes from that bound
//! (`lagrangian.rs`). What takes it below the matching in hand is settled; strictly below, so that what ties stays. The
//! better that matching, the more is settled: so first the columns that fall least below the bound are solved alone.

use super::face::{Face, Restricted, Values};
use super::linear::{self, Linear};
use super::optimum::{Interrupted, Solver};
use super::sight::Extent;
use super::start::feasible;
use crate::measure::directed;
use formulation::{Formulation, Measure};

/// Largest weight of two goals joined into one; beyond it the solver's numbers are too coarse.
const MOST_JOINED: i64 = 1_000_000_000;

/// The linear program of a model that is large enough for it. It begins with the columns that promise most by the goals
/// up to this place, and those of a matching in hand. A bound no greater than `enough` is not improved.
fn linear(
    face: &Face,
    restricted: &Restricted,
    goal: usize,
    (held, enough): (Option<&Values>, Option<i128>),
    solver: &mut Solver,
) -> Result<Option<Linear>, Interrupted> {
    if face.is_network() || restricted.model.objective.len() < solver.tuning().large {
        return Ok(None);
    }
    let promising = solver.promising.begin(goal);
    let begins = |at: usize| {
        restricted.column(at).is_none_or(|column| {
            promising.get(column).is_none_or(|&promises| promises) || held.is_some_and(|held| held[column] > 0)
        })
    };
    let taken = (0..restricted.model.objective.len()).map(begins).collect();
    linear::solve(restricted, taken, enough, solver)
}

/// A face without all pairs but so many, which take least from the bound, those of the linear program's solution first.
/// Those of a matching in hand stay as well. `None` where none would go.
fn nearest(
    face: &Face,
    restricted: &Restricted,
    linear: &Linear,
    held: Option<&Values>,
    near_pairs: usize,
) -> Option<Face> {
    let columns = linear.losses.of_columns().iter().zip(&linear.values).zip(&restricted.model.objective);
    let pairs = (0..).zip(columns).filter_map(|(at, ((loss, &value), &weight))| {
        let column = restricted.column(at).filter(|&column| column < face.pairs)?;
        Some((loss.taken, -loss.left, value <= 0.0, -weight, column))
    });
    let mut order: Vec<(i128, i128, bool, i64, usize)> = pairs.collect();
    order.sort_unstable();
    let mut near = face.clone();
    let mut lacks = false;
    for (.., column) in order.into_iter().skip(near_pairs) {
        if held.is_none_or(|held| held[column] == 0) {
            near.forbid(column);
            lacks = true;
        }
    }
    lacks.then_some(near)
}

/// Improves a matching by a sum of the goal at a place and settles what no matching as good holds; the bound found,
/// where there is one.
pub(super) fn narrow(
    weights: &[i64],
    goal: usize,
    face: &mut Face,
    best: &mut Values,
    solver: &mut Solver,
) -> Result<Option<i64>, Interrupted> {
    let restricted = face.restrict(weights);
    let worth = |best: &Values| restricted.value(&restricted.project(best));
    let in_hand = (Some(&*best), Some(worth(best)));
    let Some(linear) = linear(face, &restricted, goal, in_hand, solver)? else { return Ok(None) };
    let Ok(bound) = i64::try_from(linear.losses.bound()) else { return Ok(None) };
    let may_be_better = |at: &usize, value: i128| linear.losses.settled(*at, value).is_none();
    let mut size = solver.tuning().near.max(1);
    while worth(best) < i128::from(bound)
        && let Some(near) = nearest(face, &restricted, &linear, Some(best), size)
    {
        let mut part = near.restrict(weights);
        let optimum = solver.maximise((&near, Extent::Part), &mut part, best, 0.0)?;
        *best = part.expand(&near, &optimum.values);
        let value = worth(best);
        size = size.saturating_mul(2);
        // Once no more are left than twice those, all are solved together.
        if (0..linear.values.len()).filter(|at| may_be_better(at, value)).count() <= size.saturating_mul(2) {
            break;
        }
    }
    let value = worth(best);
    for at in 0..linear.values.len() {
        if let (Some(column), Some(is_wanted)) = (restricted.column(at), linear.losses.settled(at, value)) {
            face.settle(column, is_wanted);
        }
    }
    Ok(Some(bound))
}

/// A first matching that is near the best by the first two goals, from the columns nearest to the prices of both joined; `None` where
/// those columns have none.
pub(super) fn first(
    formulation: &Formulation,
    face: &Face,
    solver: &mut Solver,
) -> Result<Option<Values>, Interrupted> {
    let Some(weights) = joined(formulation) else { return Ok(None) };
    let restricted = face.restrict(&weights);
    let Some(linear) = linear(face, &restricted, 1, (None, None), solver)? else { return Ok(None) };
    let near = nearest(face, &restricted, &linear, None, solver.tuning().near).unwrap_or_else(|| face.clone());
    let Some(values) = feasible(&near, solver)? else { return Ok(None) };
    let mut part = near.restrict(&weights);
    // What is in hand is enough to begin with, whatever ends its improvement.
    let improved = solver.maximise((&near, Extent::Part), &mut part, &values, 0.0).ok();
    Ok(Some(improved.map_or(values, |optimum| part.expand(&near, &optimum.values))))
}

/// Whether prices prove that the rows fall short: that no matching keeps them all.
pub(super) fn falls_short(face: &Face, shortfall: &Restricted, solver: &mut Solver) -> Result<bool, Interrupted> {
    let linear = linear(face, shortfall, 0, (None, Some(-1)), solver)?;
    Ok(linear.is_some_and(|linear| linear.losses.bound() < 0))
}

/// The first two goals as one sum, the first counting for more; without goals the number of pairs, then the lottery, because prices
/// of what only ties say nothing. `None` where the first goal is no sum.
fn joined(formulation: &Formulation) -> Option<Vec<i64>> {
    if formulation.goals.is_empty() {
        let drawn = |column| (1 << 22) - formulation.lottery.ticket(column, 0);
        return Some((0..formulation.pair_count()).map(drawn).collect());
    }
    let sum = |at: usize| match &formulation.goals.get(at)?.measure {
        Measure::Sum { weights, least } => Some(directed(weights, *least)),
        _ => None,
    };
    let most = |weights: &[i64]| weights.iter().map(|weight| weight.abs()).max().unwrap_or(0);
    let mut joined = sum(0)?;
    let Some(second) = sum(1) else { return Some(joined) };
    let scale = most(&second).saturating_mul(2).saturating_add(1);
    if most(&joined).saturating_mul(scale) > MOST_JOINED {
        return Some(joined);
    }
    joined.resize(joined.len().max(second.len()), 0);
    joined.iter_mut().for_each(|weight| *weight *= scale);
    joined.iter_mut().zip(&second).for_each(|(weight, second)| *weight += second);
    Some(joined)
}
