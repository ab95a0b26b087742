//! What can't be in any best matching where projects open or stay closed. The linear program, with the rows `x ≤ y` of
//! each pair and its project's opening, gives prices. A decision is dropped whose loss (`lagrangian.rs`) takes the bound
//! below a matching in hand.

use super::face::Face;
use super::linear;
use super::optimum::Solver;
use crate::lagrangian::Losses;
use crate::limits::Limits;
use crate::measure;
use crate::process::SolverCommand;
use crate::promising::promising;
use crate::proof::Proof;
use crate::{GoalValue, Solution};
use formulation::{Formulation, Measure};

/// What is left to decide.
pub(crate) struct Fixed {
    /// By pair column: whether a best matching may hold it.
    pub may: Vec<bool>,
    /// By opening column, counted from the first: the only value that a best matching may have.
    pub settled: Vec<Option<bool>>,
}

/// Prices of a season with openings, and what they say of each decision.
pub(crate) struct Bound {
    /// By opening column, counted from the first: whether the linear program opens or closes it, where it does either.
    pub opens: Vec<Option<bool>>,
    losses: Losses,
    /// By column of the linear program: the column of the formulation; no matching has any other.
    columns: Vec<usize>,
    /// The goal that is bounded.
    goal: usize,
}

/// Bounds the first goal that `found` does not meet; `None` where all are met, where that goal is no sum, or where the
/// linear program gave no prices.
pub(crate) fn bound(
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
    let mut face = Face::new(formulation, false);
    // A goal that is met before is held where it is, which is the best there is.
    for weights in held {
        let value = weights.iter().zip(&found.matched).filter(|&(_, &matched)| matched).map(|(w, _)| w).sum();
        face.hold(weights, value, true);
    }
    let restricted = face.restrict(objective);
    let promising = promising(formulation, proofs, goal, limits.tuning.promising);
    let columns: Vec<usize> = (0..).map_while(|at| restricted.column(at)).collect();
    let begins = |&column: &usize| promising.get(column).is_none_or(|&promises| promises || found.matched[column]);
    let taken = columns.iter().map(begins).collect();
    let mut solver = Solver::new(formulation, command, limits);
    let hand = objective.iter().zip(&found.matched).filter(|&(_, &matched)| matched);
    let hand = hand.map(|(&weight, _)| i128::from(weight)).sum();
    let linear = linear::solve(&restricted, taken, Some(hand), &mut solver).ok().flatten()?;
    let pairs = formulation.pair_count();
    let mut opens = vec![Some(false); formulation.columns.len() - pairs];
    for (&column, value) in columns.iter().zip(&linear.values).filter(|(column, _)| **column >= pairs) {
        opens[column - pairs] = ((value - value.round()).abs() < 1e-6).then_some(*value > 0.5);
    }
    Some(Bound { opens, losses: linear.losses, columns, goal })
}

fn sum(measure: &Measure) -> Option<Vec<i64>> {
    match measure {
        Measure::Sum { weights, least } => Some(measure::directed(weights, *least)),
        _ => None,
    }
}

impl Bound {
    /// What a matching as good as this one may hold.
    pub fn fix(&self, found: &Solution, formulation: &Formulation) -> Fixed {
        let least = matches!(formulation.goals[self.goal].measure, Measure::Sum { least: true, .. });
        let value = i128::from(measure::direct(found.goals[self.goal].value, least));
        let pairs = formulation.pair_count();
        let mut settled = vec![Some(false); formulation.columns.len()];
        let known = self.columns.iter().enumerate();
        known.for_each(|(at, &column)| settled[column] = self.losses.settled(at, value));
        let openings = settled.split_off(pairs);
        Fixed { may: settled.iter().map(|settled| *settled != Some(false)).collect(), settled: openings }
    }

    /// Takes the bound over where it is better than what was known of the goal at the place given back, where it is.
    pub fn tighten(&self, first: &mut [GoalValue], formulation: &Formulation) -> Option<usize> {
        let least = matches!(formulation.goals[self.goal].measure, Measure::Sum { least: true, .. });
        let known = &mut first[self.goal].bound;
        let bound = i64::try_from(self.losses.bound()).ok().map(|bound| measure::direct(bound, least));
        let better = bound.filter(|&bound| measure::direct(bound, least) < measure::direct(*known, least))?;
        *known = better;
        Some(self.goal)
    }
}
