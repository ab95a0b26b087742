//! The score of a pair: integer points and every term they are made of.
//!
//! points = Σ weight · term / Σ weight over the terms that apply, rounded half up; 1 000 000 = perfect. A term that does
//! not apply leaves the sum and the divisor both. The parts of the points are rounded so that they add up: each part is
//! the growth of the rounded running sum.

mod host_rank;
mod language;
mod note;
mod preference;
mod skills;

use crate::domain::{Criterion, Instance, Points, Policy, Weight};
use crate::eligibility::Case;

/// One term of the points of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    /// Which.
    pub criterion: Criterion,
    /// In millionths; `None` = it does not apply.
    pub term: Option<u32>,
    /// From the policy.
    pub weight: Weight,
    /// Its part of the points.
    pub points: i32,
}

/// The points of a pair and the terms they are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Σ weight · term / Σ weight; 0 where no term applies.
    pub points: Points,
    /// In the order of [`Criterion::ALL`].
    pub contributions: [Contribution; 6],
}

/// What the terms need to know of the whole season.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// K of the preference term; unset where no student states a choice.
    choice: Option<u32>,
}

impl Scale {
    /// The scale of a season: the policy's, else the largest rank stated.
    pub fn of(instance: &Instance, policy: &Policy) -> Self {
        let stated = instance.largest_choice_rank();
        Self { choice: (stated > 0).then(|| policy.rank_scale.unwrap_or(stated)) }
    }
}

fn terms(case: &Case, scale: Scale) -> [Option<u32>; 6] {
    [
        skills::term(case),
        language::term(case),
        preference::term(case, scale.choice),
        host_rank::term(case),
        note::interview(case),
        note::affinity(case),
    ]
}

fn totals(weights: &[Weight; 6], terms: &[Option<u32>; 6]) -> (i128, i128) {
    weights
        .iter()
        .zip(terms)
        .filter_map(|(w, t)| Some((i128::from(w.micros()), i128::from((*t)?))))
        .fold((0, 0), |(sum, divisor), (w, t)| (sum + w * t, divisor + w))
}

/// The points of a pair, without the breakdown.
pub fn points(case: &Case, scale: Scale) -> Points {
    let (sum, divisor) = totals(&case.policy.weights.0, &terms(case, scale));
    Points(half_up(sum, divisor) as i32)
}

/// The points of a pair with every term.
pub fn score(case: &Case, scale: Scale) -> Score {
    let weights = case.policy.weights.0;
    let terms = terms(case, scale);
    let (sum, divisor) = totals(&weights, &terms);
    let mut running = 0;
    let mut given = 0;
    let contributions = std::array::from_fn(|i| {
        running += i128::from(weights[i].micros()) * i128::from(terms[i].unwrap_or(0));
        let points = half_up(running, divisor) - given;
        given += points;
        Contribution { criterion: Criterion::ALL[i], term: terms[i], weight: weights[i], points: points as i32 }
    });
    Score { points: Points(half_up(sum, divisor) as i32), contributions }
}

/// `numerator / divisor`, rounded half up; 0 where the divisor is 0. Both at least 0.
fn half_up(numerator: i128, divisor: i128) -> i128 {
    if divisor == 0 { 0 } else { (2 * numerator + divisor) / (2 * divisor) }
}

/// A fraction of at most 1 in millionths, rounded half up.
fn micros(numerator: i128, divisor: i128) -> u32 {
    half_up(numerator * i128::from(Points::PERFECT), divisor) as u32
}

/// (K + 1 − rank) / K in millionths, at least 0: what a rank counts on a scale of K.
fn rank_term(rank: u32, scale: u32) -> u32 {
    micros(i128::from((scale + 1).saturating_sub(rank)), i128::from(scale))
}
