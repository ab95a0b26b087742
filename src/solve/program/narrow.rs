//! What no matching as good as the one in hand holds: dropped by a bound before the integer program decides.
//!
//! The linear program over all columns gives prices `y`. Rounded to whole parts of a unit, they bound every matching by `z(y)` of
//! `face.rs`, added up again in whole numbers, and a matching that does not follow the sign of `d_j` at a column has at most
//! `z(y) − |d_j|`. Where that is below the matching in hand the column is settled; strictly below, so that what ties stays. The
//! better that matching, the more is settled: so first the columns nearest to the prices are solved alone.

use super::face::{Face, Restricted, Values};
use super::optimum::{Interrupted, Solver};
use super::sight::Extent;
use super::start::feasible;
use crate::measure::directed;
use formulation::{Formulation, Measure};

/// Parts of a unit that prices are rounded to.
const FINE: i128 = 1 << 12;

/// Largest weight of two goals joined into one; beyond it the solver's numbers are too coarse.
const MOST_JOINED: i64 = 1_000_000_000;

/// What prices say.
struct Falls {
    /// `z(y)`, in parts.
    bound: i128,
    /// By free column: `d_j`, in parts.
    reduced: Vec<i128>,
}

/// The prices of the linear program, added up; `None` where it gave none.
fn falls(restricted: &Restricted, solver: &mut Solver) -> Result<Option<Falls>, Interrupted> {
    let Some(prices) = solver.relax(restricted)? else { return Ok(None) };
    let model = &restricted.model;
    if prices.len() != model.rows.len() {
        return Ok(None);
    }
    let mut reduced: Vec<i128> = model.objective.iter().map(|&c| i128::from(c) * FINE).collect();
    let mut bound = i128::from(restricted.constant()) * FINE;
    for (row, price) in model.rows.iter().zip(prices) {
        let price = (price * FINE as f64).round();
        let Some(at) = (if price > 0.0 { row.most } else { row.least }) else { continue };
        // NaN and what no price can be only weaken the bound.
        if price.abs() < 1e15 {
            let price = price as i128;
            bound += i128::from(at) * price;
            row.terms.iter().for_each(|&(column, a)| reduced[column as usize] -= i128::from(a) * price);
        }
    }
    bound += reduced.iter().zip(&model.most).map(|(&d, &most)| d.max(0) * i128::from(most)).sum::<i128>();
    Ok(Some(Falls { bound, reduced }))
}

/// A face with no pairs but those nearest to the prices, and those of a matching in hand.
fn nearest(face: &Face, restricted: &Restricted, falls: &Falls, held: Option<&Values>, near_pairs: usize) -> Face {
    let mut order: Vec<usize> = (0..falls.reduced.len()).filter(|&at| restricted.column(at) < face.pairs).collect();
    order.sort_by_key(|&at| -falls.reduced[at]);
    let mut near = face.clone();
    for at in order.into_iter().skip(near_pairs).filter(|&at| falls.reduced[at] < 0) {
        let column = restricted.column(at);
        if held.is_none_or(|held| held[column] == 0) {
            near.forbid(column);
        }
    }
    near
}

/// Improves a matching by a sum and settles what no matching as good holds; the bound found, where there is one.
pub(super) fn narrow(
    weights: &[i64],
    face: &mut Face,
    best: &mut Values,
    solver: &mut Solver,
) -> Result<Option<i64>, Interrupted> {
    let restricted = face.restrict(weights);
    if face.is_network() || restricted.model.objective.len() < solver.tuning().large {
        return Ok(None);
    }
    let Some(falls) = falls(&restricted, solver)? else { return Ok(None) };
    let Ok(bound) = i64::try_from(falls.bound.div_euclid(FINE)) else { return Ok(None) };
    if restricted.value(&restricted.project(best)) < i128::from(bound) {
        let near = nearest(face, &restricted, &falls, Some(best), solver.tuning().near);
        let mut part = near.restrict(weights);
        let optimum = solver.maximise((&near, Extent::Part), &mut part, best, 0.0)?;
        *best = part.expand(&near, &optimum.values);
    }
    let value = restricted.value(&restricted.project(best));
    for (at, &reduced) in falls.reduced.iter().enumerate() {
        if falls.bound - reduced.abs() < value * FINE {
            face.settle(restricted.column(at), reduced > 0);
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
    if face.is_network() || restricted.model.objective.len() < solver.tuning().large {
        return Ok(None);
    }
    let Some(falls) = falls(&restricted, solver)? else { return Ok(None) };
    let near = nearest(face, &restricted, &falls, None, solver.tuning().near);
    let Some(values) = feasible(&near, solver)? else { return Ok(None) };
    let mut part = near.restrict(&weights);
    // What is in hand is enough to begin with, whatever ends its improvement.
    let improved = solver.maximise((&near, Extent::Part), &mut part, &values, 0.0).ok();
    Ok(Some(improved.map_or(values, |optimum| part.expand(&near, &optimum.values))))
}

/// Whether prices prove that the rows fall short: that no matching keeps them all.
pub(super) fn falls_short(face: &Face, shortfall: &Restricted, solver: &mut Solver) -> Result<bool, Interrupted> {
    if face.is_network() || shortfall.model.objective.len() < solver.tuning().large {
        return Ok(false);
    }
    Ok(falls(shortfall, solver)?.is_some_and(|falls| falls.bound < 0))
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
