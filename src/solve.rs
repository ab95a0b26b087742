//! The loop over goals: columns, rows and goals in; chosen columns, values and bounds out. Knows no student.
//!
//! Goals are taken in order, each held exactly while the next is improved (`solve/face.rs`); the lottery comes last. Every
//! solution is rounded and checked in integers against the rows, and every bound of a network is recomputed in integers
//! from the solver's prices. A solver that says "infeasible" has failed: that there is no solution is the optimum of a
//! model that always has one, of what the rows must fall short.
//!
//! A failure after a first solution was found is a stop: the best solution so far is the answer, with its bounds.

mod child;
mod face;
mod frame;
mod goals;
mod highs;
mod limits;
mod model;
mod optimum;
mod start;
mod ties;

pub use child::SolverCommand;
pub use highs::{serve as serve_solver, version as solver_version};
pub use limits::{Cancel, Limits, Stop};

use crate::formulation::{Column, Formulation};
use face::{Face, Values};
use optimum::{Interrupted, Solver};

/// What was reached of one goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalValue {
    /// The value; of a profile the count that is compared first.
    pub value: i64,
    /// No matching that holds the goals before can be better; of a profile the bound of the count compared first.
    pub bound: i64,
    /// Whether the value is within the goal's tolerance of the best.
    pub proven: bool,
    /// Of a profile: counts from rank 1 on, trailing zeros left out.
    pub profile: Vec<i64>,
}

/// A solution and how good it is known to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// Whether each pair column is matched.
    pub matched: Vec<bool>,
    /// By goal.
    pub goals: Vec<GoalValue>,
    /// Whether the lottery was carried to the end.
    pub canonical: bool,
    /// What stopped it, where anything did.
    pub stop: Option<Stop>,
}

/// How a solve may end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Solved {
    /// With a solution.
    Solution(Solution),
    /// Proven: no solution keeps every row.
    Infeasible,
    /// Stopped before any solution was found.
    Nothing(Stop),
}

/// The solver failed in every way it was asked, or contradicted itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolverFailure(pub String);

/// Solves a formulation goal by goal.
///
/// # Errors
/// When the solver's process can't be started or fails twice on one model before any solution is known.
pub fn solve(formulation: &Formulation, command: &SolverCommand, limits: &Limits) -> Result<Solved, SolverFailure> {
    let mut solver = Solver::new(command, limits);
    let mut face = Face::new(formulation);
    let mut best = match start::find(formulation, &face, &mut solver) {
        Ok(Some(values)) => values,
        Ok(None) => return Ok(Solved::Infeasible),
        Err(Interrupted::Stopped(stop)) => return Ok(Solved::Nothing(stop)),
        Err(Interrupted::Failed(failure)) => return Err(failure),
    };
    let mut reached = Vec::with_capacity(formulation.goals.len());
    let mut stop = None;
    for goal in &formulation.goals {
        let improved = if stop.is_none() {
            goals::improve(goal, &mut face, &mut best, &mut solver)
        } else {
            goals::Improved { bound: goals::quick_bound(goal, &face), interrupted: None }
        };
        stop = stop.or(improved.interrupted.map(Interrupted::into_stop));
        reached.push(improved.bound);
    }
    let pairs = pair_count(formulation);
    let value = |best: &Values| -> Vec<GoalValue> {
        formulation.goals.iter().zip(&reached).map(|(goal, bound)| goals::value(goal, best, bound)).collect()
    };
    let mut canonical = false;
    if stop.is_none() && value(&best).iter().all(|goal| goal.proven) {
        match ties::draw(&formulation.lottery, pairs, &mut face, &mut best, &mut solver) {
            Ok(drawn) => canonical = drawn,
            Err(interrupted) => stop = Some(interrupted.into_stop()),
        }
    }
    let goals = value(&best);
    let matched = best[..pairs].iter().map(|&value| value == 1).collect();
    Ok(Solved::Solution(Solution { matched, goals, canonical, stop }))
}

fn pair_count(formulation: &Formulation) -> usize {
    formulation.columns.iter().take_while(|column| matches!(column, Column::Pair(_))).count()
}
