//! [`Optimum`]: the matching that reasons are about, and everything that it came from.

use formulation::Formulation;
use rules::domain::{Instance, Matching, Policy};
use rules::evaluation::Evaluation;
use solve::{GoalValue, Limits, Solution, SolverCommand, SolverFailure};
use verify::Occupancy;

/// A matching and what it came from.
#[derive(Clone, Copy)]
pub struct Optimum<'a> {
    /// The season.
    pub instance: &'a Instance,
    /// What is wanted of it.
    pub policy: &'a Policy,
    /// Its pairs.
    pub evaluation: &'a Evaluation,
    /// Its rows and goals.
    pub formulation: &'a Formulation,
    /// What was reached, in the units of the formulation's measures.
    pub solution: &'a Solution,
    /// What it reaches, in the goals' own units.
    pub goals: &'a [GoalValue],
    /// The same as students and projects.
    pub matching: &'a Matching,
    /// What solves a season with something more asked for.
    pub command: &'a SolverCommand,
    /// When to stop.
    pub limits: &'a Limits,
}

impl<'a> Optimum<'a> {
    /// Whether nothing is better.
    pub fn is_proven(&self) -> bool {
        self.solution.goals.iter().all(|goal| goal.proven)
    }

    /// How full everything is.
    pub fn occupancy(&self) -> Occupancy<'a> {
        Occupancy::new(self.instance, self.policy, self.evaluation, self.matching)
    }
}

/// Why a reason could not be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExplainError {
    /// The solver failed in every way it was asked.
    SolverFailed(SolverFailure),
    /// A counterfactual did not pass the check; it was thrown away.
    Rejected(String),
}

impl From<SolverFailure> for ExplainError {
    fn from(failure: SolverFailure) -> Self {
        Self::SolverFailed(failure)
    }
}
