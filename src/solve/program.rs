//! The integer program engine: goals in their order through good_lp, where rows do not nest or a tolerance cuts through.
//!
//! Goals are taken in order, each held exactly while the next is improved (`face.rs`); the lottery comes last. Every
//! solution is rounded and checked in integers against the rows, and every bound of a network is recomputed in integers
//! from the solver's prices. A solver that says "infeasible" has failed: that there is no solution is the optimum of a
//! model that always has one, of what the rows must fall short.
//!
//! A failure after a first solution was found is a stop: the best solution so far is the answer, with its bounds.

mod carriage;
mod face;
pub(super) mod fixing;
mod goals;
mod linear;
mod narrow;
mod optimum;
mod sight;
mod start;
mod ties;

use super::branch::Start;
use super::limits::Limits;
use super::measure::{self, Known};
use super::network::{Graph, Shape};
use super::process::SolverCommand;
use super::{GoalValue, Solution, Solved, SolverFailure};
use formulation::Formulation;
pub(super) use start::complete;

use face::{Face, Values};
use optimum::{Interrupted, Solver};
use sight::Course;

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
    let mut best = match known.map_or_else(|| start::find(formulation, &face, &mut solver), |known| Ok(Some(known))) {
        Ok(Some(values)) => values,
        Ok(None) => return Ok(Solved::Infeasible(None)),
        Err(Interrupted::Stopped(stop)) => return Ok(Solved::Nothing(stop)),
        Err(Interrupted::Failed(failure)) => return Err(failure),
    };
    let mut reached: Vec<Known> = Vec::with_capacity(formulation.goals.len());
    let mut stop = None;
    for (place, goal) in formulation.goals.iter().enumerate() {
        // What stands in columns that are no pairs may be less than the pairs say.
        let whole =
            complete(formulation, &best[..formulation.pair_count()].iter().map(|&v| v == 1).collect::<Vec<_>>());
        solver.course = Some(Course { formulation, place, goals: so_far(formulation, &face, &whole, &reached) });
        let improved = if stop.is_none() {
            goals::improve((place, goal), &mut face, &mut best, &mut solver)
        } else {
            goals::Improved { known: goals::quick_bound(goal, &face), interrupted: None }
        };
        stop = stop.or(improved.interrupted.map(Interrupted::into_stop));
        reached.push(improved.known);
    }
    solver.course = None;
    let pairs = formulation.pair_count();
    let is_proven = stop.is_none() && so_far(formulation, &face, &best, &reached).iter().all(|goal| goal.proven);
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
    let goals = so_far(formulation, &face, &start::complete(formulation, &matched), &reached);
    Ok(Solved::Solution(Solution { matched, goals, canonical, stop, proofs: None, dropped }))
}

/// What a matching in play reaches of every goal, and what is known of those that were improved.
fn so_far(formulation: &Formulation, face: &Face, best: &Values, known: &[Known]) -> Vec<GoalValue> {
    let unknown = |goal| goals::quick_bound(goal, face);
    let reached = formulation.goals.iter().enumerate().map(|(place, goal)| {
        let chosen = best.iter().copied().enumerate().filter(|&(_, value)| value != 0);
        measure::reached(goal, chosen, &known.get(place).copied().unwrap_or_else(|| unknown(goal)))
    });
    reached.collect()
}
