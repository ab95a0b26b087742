//! One goal after another: improve it over the matchings in play, then hold it.

use std::collections::BTreeSet;

use super::face::{Face, Values};
use super::narrow::narrow;
use super::optimum::{Interrupted, Solver};
use super::sight::Extent;
use super::start::feasible;
use crate::limits::Stop;
use crate::measure::{Known, counting, direct, directed, worst as measure_worst};
use formulation::{GoalMeasure, Measure};

/// What is known of the best value of a goal, and whether anything cut the search short.
pub(super) struct Improved {
    pub known: Known,
    pub interrupted: Option<Interrupted>,
}

/// Improves the goal at a place and holds it. `best` stays a matching in play and becomes the best one found.
pub(super) fn improve(
    (place, goal): (usize, &GoalMeasure),
    face: &mut Face,
    best: &mut Values,
    solver: &mut Solver,
) -> Improved {
    let mut bound = quick_bound(goal, face);
    let improved = match &goal.measure {
        Measure::Sum { weights, least } => {
            let mut known = direct(bound.bound, *least);
            let of_network = solver.bound_of_network(face).map(|bound| direct(bound, *least));
            known = of_network.map_or(known, |bound| bound.min(known));
            let weights = Weights { place, of: &directed(weights, *least), tolerance: goal.tolerance };
            let improved = sum(&weights, face, best, &mut known, solver);
            bound.bound = direct(known, *least);
            improved.map(|proven| bound.proven = proven)
        }
        Measure::Worst { values, least, nobody } => {
            let mut known = direct(*nobody, *least);
            let improved = worst(&directed(values, *least), goal.tolerance, face, best, &mut known, solver);
            bound.bound = direct(known, *least);
            improved.map(|()| bound.proven = true)
        }
        Measure::Profile { ranks, last_rank, generous } => {
            let ranks = Ranks { place, of: ranks, last: *last_rank, generous: *generous };
            profile(&ranks, face, best, &mut bound, solver)
        }
    };
    Improved { known: bound, interrupted: improved.err() }
}

/// What no matching in play can exceed, without solving.
pub(super) fn quick_bound(goal: &GoalMeasure, face: &Face) -> Known {
    // A bound that does not fit is no news.
    let of = |weights: &[i64]| i64::try_from(face.restrict(weights).quick_bound()).unwrap_or(i64::MAX);
    let bound = match &goal.measure {
        Measure::Sum { weights, least } => direct(of(&directed(weights, *least)), *least),
        Measure::Worst { nobody, .. } => *nobody,
        Measure::Profile { ranks, last_rank, generous } => {
            let first = if *generous { *last_rank } else { 1 };
            direct(of(&counting(ranks, first, *generous)), *generous)
        }
    };
    Known { bound, proven: false }
}

/// A sum of the goal at a place, more being better.
struct Weights<'a> {
    place: usize,
    of: &'a [i64],
    tolerance: i64,
}

/// The profile of the goal at a place.
struct Ranks<'a> {
    place: usize,
    of: &'a [u32],
    last: u32,
    generous: bool,
}

/// Greatest `Σ weight · x`, and whether it is proven. `known`, a bound, becomes the least that is found; the sum is held.
fn sum(
    &Weights { place, of: weights, tolerance }: &Weights,
    face: &mut Face,
    best: &mut Values,
    known: &mut i64,
    solver: &mut Solver,
) -> Result<bool, Interrupted> {
    let mut restricted = face.restrict(weights);
    let prices = restricted.quick_prices();
    let value = weights.iter().zip(&*best).map(|(w, v)| w * v).sum();
    if tolerance == 0 && restricted.losses_of_all(&prices).bound() == i128::from(value) {
        // What is in hand meets a bound that needs no solver.
        *known = value;
        face.tighten(&restricted, &prices);
        return Ok(true);
    }
    if tolerance == 0 && *known == value {
        face.hold(weights, value, true);
        return Ok(true);
    }
    if tolerance == 0 && solver.relative_gap() == 0.0 {
        let bound = narrow(weights, place, face, best, solver)?;
        *known = bound.map_or(*known, |bound| bound.min(*known));
        let value: i64 = weights.iter().zip(&*best).map(|(w, v)| w * v).sum();
        if bound == Some(value) {
            face.hold(weights, value, true);
            return Ok(true);
        }
        restricted = face.restrict(weights);
    }
    let optimum = solver.maximise((face, Extent::Whole), &mut restricted, best, solver.relative_gap())?;
    *best = restricted.expand(face, &optimum.values);
    // What the prices of the linear program said stays true where the solver was cut short.
    *known = optimum.bound.min(*known);
    let is_proven = optimum.value == *known;
    match &optimum.prices {
        Some(prices) if tolerance == 0 => face.tighten(&restricted, prices),
        _ => face.hold(weights, optimum.value.saturating_sub(tolerance), tolerance == 0 && is_proven),
    }
    if let Some(cut_short) = optimum.cut_short {
        return Err(cut_short);
    }
    if !is_proven && solver.relative_gap() == 0.0 {
        // The solver ran out of time with a solution; nothing after this goal can be proven.
        return Err(Interrupted::Stopped(Stop::OutOfTime));
    }
    Ok(is_proven)
}

/// Greatest worst value: the greatest threshold below which every column can be done without, by bisection over the
/// values that occur. `known` starts as the value of nobody and becomes the bound; the columns below what is reached,
/// less the tolerance, are taken out of play.
fn worst(
    values: &[i64],
    tolerance: i64,
    face: &mut Face,
    best: &mut Values,
    known: &mut i64,
    solver: &mut Solver,
) -> Result<(), Interrupted> {
    let nobody = *known;
    let mut reached = measure_worst(values, nobody, best);
    let may = |column: &usize| face.is_free(*column) || face.is_one(*column);
    let reachable: BTreeSet<i64> = (0..values.len()).filter(may).map(|column| values[column]).chain([nobody]).collect();
    let mut thresholds: Vec<i64> = reachable.into_iter().filter(|&value| value > reached && value <= nobody).collect();
    while !thresholds.is_empty() {
        let middle = thresholds.len() / 2;
        let found = match above(values, thresholds[middle], face) {
            Some(part) => feasible(&part, solver)?,
            None => None,
        };
        if let Some(found) = found {
            reached = measure_worst(values, nobody, &found);
            *best = found;
            thresholds.retain(|&threshold| threshold > reached);
        } else {
            thresholds.truncate(middle);
            *known = thresholds.last().copied().unwrap_or(reached);
        }
    }
    *known = reached;
    for (column, _) in values.iter().enumerate().filter(|&(_, &value)| value < reached.saturating_sub(tolerance)) {
        face.forbid(column);
    }
    Ok(())
}

/// The matchings in play without the columns below a threshold; `None` where one of those is in every matching.
fn above(values: &[i64], threshold: i64, face: &Face) -> Option<Face> {
    let mut part = face.clone();
    let mut any_left = true;
    for (column, _) in values.iter().enumerate().filter(|&(_, &value)| value < threshold) {
        any_left &= part.forbid(column);
    }
    any_left.then_some(part)
}

/// Counts by rank, each held while the next is improved; ranks that no matching in play has are passed over. `known`
/// becomes the bound of the count compared first.
fn profile(
    &Ranks { place, of: ranks, last: last_rank, generous }: &Ranks,
    face: &mut Face,
    best: &mut Values,
    known: &mut Known,
    solver: &mut Solver,
) -> Result<(), Interrupted> {
    let may = |column: &usize| face.is_free(*column) || face.is_one(*column);
    let first = if generous { last_rank } else { 1 };
    let in_play = (0..ranks.len()).filter(may).map(|column| ranks[column]);
    let mut order: Vec<u32> = in_play.filter(|&rank| rank > 0).collect();
    order.push(first);
    order.sort_unstable();
    order.dedup();
    if generous {
        order.reverse();
    }
    let mut proven = true;
    for rank in order {
        solver.stop()?;
        let weights = counting(ranks, rank, generous);
        let of_rank = |column: &usize| weights[*column] != 0;
        let settled = (0..ranks.len()).filter(of_rank).filter(|&column| face.is_one(column)).count() as i64;
        let mut bound = direct(settled, generous);
        if (0..ranks.len()).filter(of_rank).any(|column| face.is_free(column)) {
            bound = i64::MAX;
            let weights = Weights { place, of: &weights, tolerance: 0 };
            proven &= sum(&weights, face, best, &mut bound, solver)?;
        }
        if rank == first {
            known.bound = direct(bound, generous);
        }
    }
    known.proven = proven;
    Ok(())
}
