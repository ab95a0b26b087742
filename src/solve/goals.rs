//! One goal after another: improve it over the matchings in play, then hold it.

use std::collections::BTreeSet;

use super::GoalValue;
use super::face::{Face, Values};
use super::limits::Stop;
use super::optimum::{Interrupted, Oracle};
use super::start::feasible;
use crate::formulation::{GoalMeasure, Measure};

/// What is known of the best value of a goal, and whether anything cut the search short.
pub(super) struct Improved {
    pub bound: Bound,
    pub interrupted: Option<Interrupted>,
}

/// What is known of the best value of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound {
    /// No matching that holds the goals before is better; of a profile, in the count compared first.
    bound: i64,
    /// Of a profile: whether every count is proven.
    profile_proven: bool,
}

/// Improves a goal and holds it. `best` stays a matching in play and becomes the best one found.
pub(super) fn improve(goal: &GoalMeasure, face: &mut Face, best: &mut Values, oracle: &mut Oracle) -> Improved {
    let mut bound = quick_bound(goal, face);
    let improved = match &goal.measure {
        Measure::Sum { weights, least } => {
            let mut known = direct(bound.bound, *least);
            let improved = sum(&directed(weights, *least), goal.goal.tolerance, face, best, &mut known, oracle);
            bound.bound = direct(known, *least);
            improved
        }
        Measure::Worst { values, least, nobody } => {
            let mut known = direct(*nobody, *least);
            let improved = worst(&directed(values, *least), goal.goal.tolerance, face, best, &mut known, oracle);
            bound.bound = direct(known, *least);
            improved
        }
        Measure::Profile { ranks, last_rank, generous } => {
            let order: Vec<u32> = if *generous { (1..=*last_rank).rev().collect() } else { (1..=*last_rank).collect() };
            let improved = profile(ranks, &order, *generous, face, best, &mut bound, oracle);
            bound.profile_proven = improved.is_ok();
            improved
        }
    };
    Improved { bound, interrupted: improved.err() }
}

/// The value that a solution reaches, and what is known of the best one.
pub(super) fn value(goal: &GoalMeasure, values: &[i64], known: &Bound) -> GoalValue {
    let (value, profile) = match &goal.measure {
        Measure::Sum { weights, .. } => (weights.iter().zip(values).map(|(w, v)| w * v).sum(), Vec::new()),
        Measure::Worst { values: worth, least, nobody } => {
            (direct(worst_value(&directed(worth, *least), direct(*nobody, *least), values), *least), Vec::new())
        }
        Measure::Profile { ranks, last_rank, generous } => {
            let mut counts = vec![0; *last_rank as usize];
            for (&rank, _) in ranks.iter().zip(values).filter(|&(_, &chosen)| chosen == 1) {
                counts[rank as usize - 1] += 1;
            }
            let first = if *generous { counts.last() } else { counts.first() }.copied().unwrap_or(0);
            while counts.last() == Some(&0) {
                counts.pop();
            }
            (first, counts)
        }
    };
    let proven = (known.bound - value).abs() <= goal.goal.tolerance
        && (known.profile_proven || !matches!(goal.measure, Measure::Profile { .. }));
    GoalValue { value, bound: known.bound, proven, profile }
}

/// What no matching in play can exceed, without solving.
pub(super) fn quick_bound(goal: &GoalMeasure, face: &Face) -> Bound {
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
    Bound { bound, profile_proven: false }
}

/// The weights that count the columns of one rank, negative where fewer are better.
fn counting(ranks: &[u32], rank: u32, generous: bool) -> Vec<i64> {
    ranks.iter().map(|&r| if r == rank { direct(1, generous) } else { 0 }).collect()
}

fn direct(value: i64, least: bool) -> i64 {
    if least { -value } else { value }
}

fn directed(values: &[i64], least: bool) -> Vec<i64> {
    values.iter().map(|&value| direct(value, least)).collect()
}

/// Greatest `Σ weight · x`. `known` becomes the bound; the sum is held.
fn sum(
    weights: &[i64],
    tolerance: i64,
    face: &mut Face,
    best: &mut Values,
    known: &mut i64,
    oracle: &mut Oracle,
) -> Result<(), Interrupted> {
    let mut restricted = face.restrict(weights);
    let optimum = oracle.maximise(face, &mut restricted, best)?;
    *best = restricted.expand(face, &optimum.values);
    *known = optimum.bound;
    match &optimum.prices {
        Some(prices) if tolerance == 0 => face.tighten(&restricted, prices),
        _ => face.hold(weights, optimum.value.saturating_sub(tolerance)),
    }
    if optimum.is_proven() || oracle.accepts_gap() {
        Ok(())
    } else {
        // The solver ran out of time with a solution; nothing after this goal can be proven.
        Err(Interrupted::Stopped(Stop::OutOfTime))
    }
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
    oracle: &mut Oracle,
) -> Result<(), Interrupted> {
    let nobody = *known;
    let mut reached = worst_value(values, nobody, best);
    let may = |column: &usize| face.is_free(*column) || face.is_one(*column);
    let reachable: BTreeSet<i64> = (0..values.len()).filter(may).map(|column| values[column]).chain([nobody]).collect();
    let mut thresholds: Vec<i64> = reachable.into_iter().filter(|&value| value > reached && value <= nobody).collect();
    while !thresholds.is_empty() {
        let middle = thresholds.len() / 2;
        let found = match above(values, thresholds[middle], face) {
            Some(part) => feasible(&part, oracle)?,
            None => None,
        };
        if let Some(found) = found {
            reached = worst_value(values, nobody, &found);
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

fn worst_value(values: &[i64], nobody: i64, matching: &[i64]) -> i64 {
    let matched = values.iter().zip(matching).filter(|&(_, &chosen)| chosen == 1).map(|(&value, _)| value);
    matched.min().unwrap_or(nobody).min(nobody)
}

/// Counts by rank in an order, each held while the next is improved. `known` becomes the bound of the first count.
fn profile(
    ranks: &[u32],
    order: &[u32],
    generous: bool,
    face: &mut Face,
    best: &mut Values,
    known: &mut Bound,
    oracle: &mut Oracle,
) -> Result<(), Interrupted> {
    for (place, &rank) in order.iter().enumerate() {
        let weights = counting(ranks, rank, generous);
        let settled =
            weights.iter().enumerate().filter(|&(column, &w)| w != 0 && face.is_one(column)).map(|(_, w)| w).sum();
        let mut bound = settled;
        if weights.iter().enumerate().any(|(column, &w)| w != 0 && face.is_free(column)) {
            sum(&weights, 0, face, best, &mut bound, oracle)?;
        }
        if place == 0 {
            known.bound = direct(bound, generous);
        }
    }
    Ok(())
}
