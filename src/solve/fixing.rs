//! What can't be in any best matching where projects open or stay closed: a bound, and by how much each decision falls below.
//!
//! Let `y` be prices of the rows without openings, with the sign that their bounds allow, and `d_j = c_j − Σ_i a_ij y_i`. For
//! *every* such `y`
//!
//! `L(y) = Σ_i b_i y_i + Σ_{other pairs} max(0, d_j) + Σ_{projects} max(0, best d of min … max of its pairs)`
//!
//! is at least the value of every matching: the Lagrangian bound, in which a project's own problem, nobody or from its minimum
//! to its maximum, is solved exactly by sorting (Geoffrion, "Lagrangean relaxation for integer programming", 1974). Good prices
//! come from the linear program with the rows `x ≤ y` of each pair and its project's opening; its tolerances can only make
//! the bound weaker, because prices are rounded to whole numbers, of a finer unit, and `L` is added up again in `i128`.
//!
//! A decision's loss is how much `L` falls when it is forced in that sum. If `L − loss` is below a matching in hand, no
//! matching as good as that one makes the decision, and it is dropped; strictly below, so that what only ties stays.

use std::cmp::Reverse;

use super::limits::Limits;
use super::measure;
use super::process::{Answer, Model, ModelRow, Settings, SolverCommand, SolverProcess, Way};
use super::proof::{Proof, ProofSum};
use super::{GoalValue, Solution};
use formulation::{Formulation, Measure, Side};

/// Parts of a point that prices are rounded to.
const FINE: i128 = 1 << 10;

/// What is left to decide.
pub(super) struct Fixed {
    /// By pair column: whether a best matching may hold it.
    pub may: Vec<bool>,
    /// By opening column, counted from the first: the only value that a best matching may have.
    pub settled: Vec<Option<bool>>,
}

/// Prices of a season with openings, and what they say of each decision.
pub(super) struct Bound {
    /// By opening column, counted from the first: whether the linear program opens or closes it, where it does either.
    pub opens: Vec<Option<bool>>,
    /// `L`, in parts.
    bound: i128,
    /// By pair column: the loss of matching it.
    pair_losses: Vec<i128>,
    /// By opening column: the losses of opening and of closing it.
    opening_losses: Vec<(i128, i128)>,
    /// The goal that is bounded.
    goal: usize,
}

/// Bounds the first goal that `found` does not meet; `None` where all are met, where that goal is no sum, or where the linear
/// program gave no prices.
pub(super) fn bound(
    formulation: &Formulation,
    first: &[GoalValue],
    found: &Solution,
    proofs: Option<&[Proof]>,
    command: &SolverCommand,
    limits: &Limits,
) -> Option<Bound> {
    let is_met = |place: &usize| found.goals[*place].value == first[*place].bound;
    let goal = (0..formulation.goals.len()).find(|place| !is_met(place))?;
    let sums: Vec<Vec<i64>> =
        formulation.goals[..=goal].iter().map(|goal| sum(&goal.measure)).collect::<Option<_>>()?;
    let (objective, held) = sums.split_last()?;
    let pairs = formulation.pair_count();
    let mut rows: Vec<ModelRow> = formulation
        .rows
        .iter()
        .map(|row| ModelRow { terms: row.terms().collect(), least: row.least, most: row.most })
        .collect();
    // A goal that is met before is held where it is, which is the best there is.
    for weights in held {
        let value = weights.iter().zip(&found.matched).filter(|&(_, &matched)| matched).map(|(w, _)| w).sum();
        let terms = weights.iter().enumerate().filter(|&(_, &w)| w != 0).map(|(j, &w)| (j as u32, w)).collect();
        rows.push(ModelRow { terms, least: Some(value), most: Some(value) });
    }
    let priced = rows.len();
    let mut process = SolverProcess::start(command).ok()?;
    let mut taken = promising(formulation, proofs, goal, limits.tuning.promising);
    loop {
        let (model, columns) = restricted(formulation, &rows, objective, &taken);
        let settings = Settings { seconds: limits.remaining().as_secs_f64(), relative_gap: 0.0, way: Way::Highs };
        let Ok(Answer::Solved { values, prices, .. }) = process.ask(&model, settings, limits, |_| {}) else {
            return None;
        };
        if values.len() != model.most.len() || prices.len() != model.rows.len() {
            return None;
        }
        let added_up = add_up(formulation, &rows, &prices[..priced], objective);
        // What was left out and would still gain by these prices comes in.
        let gains = |column: &usize| !taken[*column] && added_up.pair_losses[*column] == 0;
        let missed: Vec<usize> = (0..pairs).filter(gains).collect();
        if missed.is_empty() {
            let decided = |&value: &f64| (value - value.round()).abs() < 1e-6;
            let openings = columns.iter().zip(&values).filter(|(column, _)| **column as usize >= pairs);
            let opens = openings.map(|(_, value)| decided(value).then_some(*value > 0.5)).collect();
            return Some(Bound { opens, goal, ..added_up });
        }
        missed.into_iter().for_each(|column| taken[column] = true);
    }
}

/// By pair column: whether it is among those of its student that fall least below the prices of the network without decisions.
fn promising(formulation: &Formulation, proofs: Option<&[Proof]>, goal: usize, of_student: usize) -> Vec<bool> {
    let pairs = formulation.pair_count();
    let Some(proof) = proofs.and_then(|proofs| proofs.last()) else { return vec![true; pairs] };
    let sums =
        proof.sums.iter().take_while(|sum| matches!(sum, ProofSum::Goal { goal: of, .. } if *of <= goal)).count();
    let mut falls: Vec<Vec<i64>> = (0..pairs)
        .map(|column| {
            let weight = |sum: &ProofSum| match *sum {
                ProofSum::Goal { goal, rank } => -measure::weight(&formulation.goals[goal], rank, column),
                ProofSum::Nothing => 0,
            };
            proof.sums[..sums].iter().map(weight).collect()
        })
        .collect();
    for (row, price) in proof.priced() {
        for &pair in &formulation.rows[row as usize].pairs {
            falls[pair as usize].iter_mut().zip(price).for_each(|(fall, price)| *fall += price);
        }
    }
    let mut taken = vec![false; pairs];
    for row in formulation.rows.iter().filter(|row| matches!(row.label.side(), Side::Students | Side::Pair)) {
        let mut nearest: Vec<u32> = row.pairs.clone();
        nearest.sort_by(|&a, &b| falls[a as usize].cmp(&falls[b as usize]));
        nearest.into_iter().take(of_student).for_each(|pair| taken[pair as usize] = true);
    }
    taken
}

/// The linear program over the columns taken and all openings, with `x ≤ y` for each pair and its project's opening after the
/// other rows; and which column of the formulation each of its columns is.
fn restricted(formulation: &Formulation, rows: &[ModelRow], objective: &[i64], taken: &[bool]) -> (Model, Vec<u32>) {
    let count = formulation.columns.len();
    let is_in = |column: usize| taken.get(column).copied().unwrap_or(true);
    let columns: Vec<u32> = (0..count).filter(|&column| is_in(column)).map(|column| column as u32).collect();
    let mut place = vec![u32::MAX; count];
    (0..).zip(&columns).for_each(|(at, &column)| place[column as usize] = at);
    let inside = |terms: &[(u32, i64)]| -> Vec<(u32, i64)> {
        terms
            .iter()
            .filter(|(column, _)| is_in(*column as usize))
            .map(|&(column, a)| (place[column as usize], a))
            .collect()
    };
    let mut all: Vec<ModelRow> =
        rows.iter().map(|row| ModelRow { terms: inside(&row.terms), least: row.least, most: row.most }).collect();
    for row in formulation.rows.iter().filter(|row| row.least.is_some()) {
        let Some((open, _)) = row.defines else { continue };
        let together = |&pair: &u32| ModelRow {
            terms: vec![(place[pair as usize], 1), (place[open as usize], -1)],
            least: None,
            most: Some(0),
        };
        all.extend(row.pairs.iter().filter(|&&pair| is_in(pair as usize)).map(together));
    }
    let objective: Vec<i64> =
        columns.iter().map(|&column| objective.get(column as usize).copied().unwrap_or(0)).collect();
    (Model { most: vec![1; objective.len()], objective, rows: all, whole: Vec::new(), start: None }, columns)
}

fn sum(measure: &Measure) -> Option<Vec<i64>> {
    match measure {
        Measure::Sum { weights, least } => Some(measure::directed(weights, *least)),
        _ => None,
    }
}

/// `L` and the losses, from the solver's prices of the rows.
fn add_up(formulation: &Formulation, rows: &[ModelRow], prices: &[f64], objective: &[i64]) -> Bound {
    let pairs = objective.len();
    let mut reduced: Vec<i128> = objective.iter().map(|&c| i128::from(c) * FINE).collect();
    let mut bound = 0;
    for (index, (row, &price)) in rows.iter().zip(prices).enumerate() {
        if formulation.rows.get(index).is_some_and(|row| row.defines.is_some()) {
            continue;
        }
        let price = (price * FINE as f64).round();
        let Some(units) = (if price > 0.0 { row.most } else { row.least }) else { continue };
        // What no price can be is none; NaN becomes 0.
        let price = if price.abs() > 1e18 { 0 } else { price as i128 };
        bound += i128::from(units) * price;
        for &(column, a) in &row.terms {
            reduced[column as usize] -= i128::from(a) * price;
        }
    }
    let mut pair_losses = vec![0; pairs];
    let mut is_grouped = vec![false; pairs];
    let mut opening_losses = vec![(0, 0); formulation.columns.len() - pairs];
    let mut mosts = vec![0_usize; opening_losses.len()];
    for row in &formulation.rows {
        if let (Some((open, a)), Some(_)) = (row.defines, row.most) {
            mosts[open as usize - pairs] = a.unsigned_abs() as usize;
        }
    }
    for row in formulation.rows.iter().filter(|row| row.least.is_some()) {
        let Some((open, a)) = row.defines else { continue };
        let open = open as usize - pairs;
        row.pairs.iter().for_each(|&pair| is_grouped[pair as usize] = true);
        let group = Group::new(row.pairs.iter().map(|&pair| reduced[pair as usize]), -a, mosts[open]);
        let best = group.best.map_or(0, |best| best.max(0));
        bound += best;
        opening_losses[open] = (group.best.map_or(i128::MAX / 4, |open| best - open), best);
        for &pair in &row.pairs {
            let with = group.with(reduced[pair as usize]);
            pair_losses[pair as usize] = with.map_or(i128::MAX / 4, |with| best - with);
        }
    }
    for pair in (0..pairs).filter(|&pair| !is_grouped[pair]) {
        bound += reduced[pair].max(0);
        pair_losses[pair] = (-reduced[pair]).max(0);
    }
    Bound { opens: Vec::new(), bound, pair_losses, opening_losses, goal: 0 }
}

/// The pairs of one project with an opening, by reduced value.
struct Group {
    sorted: Vec<i128>,
    least: usize,
    most: usize,
    /// The greatest sum of `least` to `most` of them.
    best: Option<i128>,
}

impl Group {
    fn new(reduced: impl Iterator<Item = i128>, least: i64, most: usize) -> Self {
        let mut sorted: Vec<i128> = reduced.collect();
        sorted.sort_unstable_by_key(|&d| Reverse(d));
        let least = least.max(0) as usize;
        let taken = sorted.iter().take(most).enumerate().take_while(|&(place, &d)| place < least || d > 0);
        let best = (least..=most).contains(&least.min(sorted.len())).then(|| taken.map(|(_, &d)| d).sum());
        Self { sorted, least, most, best }
    }

    /// The greatest sum that holds one of this reduced value.
    fn with(&self, reduced: i128) -> Option<i128> {
        let own = self.sorted.partition_point(|&d| d > reduced);
        let others = self.sorted.iter().enumerate().filter(|&(place, _)| place != own).map(|(_, &d)| d);
        if self.most == 0 || self.sorted.len() < self.least {
            return None;
        }
        let forced = self.least.saturating_sub(1);
        let taken = others.take(self.most - 1).enumerate().take_while(|&(place, d)| place < forced || d > 0);
        Some(reduced + taken.map(|(_, d)| d).sum::<i128>())
    }
}

impl Bound {
    /// What a matching as good as this one may hold.
    pub fn fix(&self, found: &Solution, formulation: &Formulation) -> Fixed {
        let least = matches!(formulation.goals[self.goal].measure, Measure::Sum { least: true, .. });
        let value = i128::from(measure::direct(found.goals[self.goal].value, least)) * FINE;
        let may = |loss: i128| self.bound - loss >= value;
        let settled = |&(opened, closed): &(i128, i128)| match (may(opened), may(closed)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        };
        Fixed {
            may: self.pair_losses.iter().map(|&loss| may(loss)).collect(),
            settled: self.opening_losses.iter().map(settled).collect(),
        }
    }

    /// Takes the bound over where it is better than what was known of the goal at the place given back, where it is.
    pub fn tighten(&self, first: &mut [GoalValue], formulation: &Formulation) -> Option<usize> {
        let least = matches!(formulation.goals[self.goal].measure, Measure::Sum { least: true, .. });
        let known = &mut first[self.goal].bound;
        let bound = i64::try_from(self.bound.div_euclid(FINE)).ok().map(|bound| measure::direct(bound, least));
        let better = bound.filter(|&bound| measure::direct(bound, least) < measure::direct(*known, least))?;
        *known = better;
        Some(self.goal)
    }
}
