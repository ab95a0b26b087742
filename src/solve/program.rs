//! The integer program engine: goals are improved through good_lp, where rows do not nest or a tolerance cuts through.
//!
//! Each sum is held exactly while the next is improved (`sum.rs`, `face.rs`); the lottery comes last. Every
//! solution is rounded and checked in integers against the rows, and every bound of a network is recomputed in integers
//! from the solver's prices. A solver that says "infeasible" has failed: that there is no solution is the optimum of a
//! model that always has one, of what the rows must fall short.
//!
//! A failure after a first solution was found is a stop: the best solution so far is the answer, with its bounds.

mod carriage;
mod face;
pub(super) mod fixing;
mod linear;
mod narrow;
mod optimum;
mod sight;
mod start;
mod sum;
mod ties;

use std::borrow::Cow;

use super::branch::Start;
use super::goals::{self, BackEnd, Floor, Progress};
use super::limits::Limits;
use super::measure::{self, Known, direct};
use super::network::{Graph, Shape};
use super::process::SolverCommand;
use super::proof::ProofSum;
use super::{GoalValue, Solution, Solved, SolverFailure};
use formulation::{Formulation, GoalMeasure, Measure};
pub(super) use start::complete;

use face::{Face, Values};
use optimum::{Interrupted, Solver};
use sight::Course;
use sum::Sum;

/// Solves a formulation goal by goal.
pub(super) fn solve(
    formulation: &Formulation,
    command: &SolverCommand,
    limits: &Limits,
    start: Start,
) -> Result<Solved, SolverFailure> {
    let mut solver = Solver::new(formulation, command, limits);
    let nests = matches!(Graph::read(formulation), Shape::Network(_, openings) if openings.is_empty());
    let mut face = Face::new(formulation, nests);
    for &column in &start.dropped {
        face.forbid(column as usize);
    }
    let found = start.found.map(|found| found.matched).into_iter().chain(formulation.hint.clone());
    let known = found.map(|matched| complete(formulation, &matched)).find(|values| face.admits(values));
    let best = match known.map_or_else(|| start::find(formulation, &face, &mut solver), |known| Ok(Some(known))) {
        Ok(Some(values)) => values,
        Ok(None) => return Ok(Solved::Infeasible(None)),
        Err(Interrupted::Stopped(stop)) => return Ok(Solved::Nothing(stop)),
        Err(Interrupted::Failed(failure)) => return Err(failure),
    };
    let mut progress = Progress::new(formulation);
    let mut program = Program { formulation, face, best, solver };
    let improved = goals::improve(&mut program, &mut progress, &limits.watcher);
    let mut stop = improved.err().map(Interrupted::into_stop);
    let Program { mut face, mut best, mut solver, .. } = program;
    solver.course = None;
    let pairs = formulation.pair_count();
    let goals = |face: &Face, values: &Values| so_far(face, values, &progress);
    let is_proven = stop.is_none() && goals(&face, &best).iter().all(|goal| goal.proven);
    let is_dropped = |column: &u32| !face.is_free(*column as usize) && !face.is_one(*column as usize);
    let dropped = if is_proven { (0..pairs as u32).filter(is_dropped).collect() } else { Vec::new() };
    let mut canonical = false;
    if limits.lottery && is_proven {
        match ties::draw(&formulation.lottery, pairs, &mut face, &mut best, &mut solver) {
            Ok(drawn) => canonical = drawn,
            Err(interrupted) => stop = Some(interrupted.into_stop()),
        }
    }
    let matched: Vec<bool> = best[..pairs].iter().map(|&value| value == 1).collect();
    let goals = goals(&face, &complete(formulation, &matched));
    Ok(Solved::Solution(Solution { matched, goals, canonical, stop, proofs: None, dropped }))
}

/// An integer program that is solved sum by sum.
struct Program<'a> {
    formulation: &'a Formulation,
    face: Face,
    /// A matching in play, the best one found.
    best: Values,
    solver: Solver<'a>,
}

impl BackEnd for Program<'_> {
    type Halt = Interrupted;

    fn improve(&mut self, sums: &[ProofSum], progress: &mut Progress) -> Result<(), Interrupted> {
        for &sum in sums {
            self.improve_sum(sum, progress)?;
        }
        Ok(())
    }

    fn reach(&mut self, values: &[i64], threshold: i64) -> Result<bool, Interrupted> {
        let mut part = self.face.clone();
        let mut any_left = true;
        for (column, _) in values.iter().enumerate().filter(|&(_, &value)| value < threshold) {
            any_left &= part.forbid(column);
        }
        let found = if any_left { start::feasible(&part, &mut self.solver)? } else { None };
        Ok(found.map(|found| self.best = found).is_some())
    }

    fn hold(&mut self, values: &[i64], held: Floor) -> Result<(), Interrupted> {
        for (column, _) in values.iter().enumerate().filter(|&(_, &value)| value < held.floor) {
            self.face.forbid(column);
        }
        Ok(())
    }

    fn columns_in_play(&self) -> Vec<u32> {
        (0..self.face.pairs as u32).filter(|&column| self.face.may_hold(column as usize)).collect()
    }

    fn has(&self, column: usize) -> bool {
        self.best[column] == 1
    }

    fn reached(&self, progress: &Progress) -> Option<Vec<GoalValue>> {
        // What stands in columns that are no pairs may be less than the pairs say.
        let matched: Vec<bool> = self.best[..self.face.pairs].iter().map(|&value| value == 1).collect();
        Some(so_far(&self.face, &complete(self.formulation, &matched), progress))
    }
}

impl Program<'_> {
    fn improve_sum(&mut self, sum: ProofSum, progress: &mut Progress) -> Result<(), Interrupted> {
        let ProofSum::Goal { goal: place, rank } = sum else { return Ok(()) };
        self.solver.stop()?;
        let formulation = self.formulation;
        let goal = &formulation.goals[place];
        let weights = weights(goal, rank);
        // A profile is held count by count, and its tolerance would be one of each.
        let tolerance = if rank.is_none() { goal.tolerance } else { 0 };
        let sum_of_goal = Sum { goal: place, weights: &weights, tolerance };
        let is_least = measure::is_least(goal);
        let mut bound = sum_of_goal.quick_bound(&self.face);
        if rank.is_none() {
            let goals = self.reached(progress).unwrap_or_default();
            self.solver.course = Some(Course { formulation, place, goals });
            let of_network = self.solver.bound_of_network(&self.face);
            bound = of_network.map_or(bound, |of_network| direct(of_network, is_least).min(bound));
        }
        let improved = sum_of_goal.improve(&mut self.face, &mut self.best, &mut bound, &mut self.solver);
        self.solver.course = None;
        let proven = *improved.as_ref().unwrap_or(&false);
        progress.settle(sum, Known { bound: direct(bound, is_least), proven });
        improved.map(|_| ())
    }
}

/// By column: what it adds to a sum of a goal, more being better.
fn weights(goal: &GoalMeasure, rank: Option<u32>) -> Cow<'_, [i64]> {
    match &goal.measure {
        Measure::Sum { weights, least: false } => Cow::Borrowed(weights),
        Measure::Sum { weights, least: true } => weights.iter().map(|weight| -weight).collect(),
        Measure::Profile { ranks, .. } => (0..ranks.len()).map(|column| measure::weight(goal, rank, column)).collect(),
        Measure::Worst { .. } => Cow::Borrowed(&[]),
    }
}

/// What a solution reaches of every goal.
fn so_far(face: &Face, values: &Values, progress: &Progress) -> Vec<GoalValue> {
    let chosen = || values.iter().copied().enumerate().filter(|&(_, value)| value != 0);
    goals::reached(progress, chosen, |goal| quick_bound(goal, face))
}

/// What no matching in play can exceed, without solving.
fn quick_bound(goal: &GoalMeasure, face: &Face) -> i64 {
    if let Measure::Worst { nobody, .. } = goal.measure {
        return nobody;
    }
    let sum = Sum { goal: 0, weights: &weights(goal, measure::compared_first(goal)), tolerance: 0 };
    direct(sum.quick_bound(face), measure::is_least(goal))
}
