//! What an explanation or a what-if starts from: a matching of the season, given or found, and whether it is the best.

use super::{Checked, EngineError, Outcome, Reached, Season, Solvable, Status, check, status_of};
use ::explain::Optimum;
use formulation::Formulation;
use rules::domain::{Goal, Matching};
use rules::evaluation::{Evaluation, Pair};
use solve::{GoalValue, Solution};
use verify::{self, GoalCheck};

/// A matching of a season and what it came from.
pub(super) struct Based {
    /// How the solve of the season ended, whatever matching is given.
    pub status: Status,
    evaluation: Evaluation,
    formulation: Formulation,
    solution: Solution,
    /// In the goals' own units.
    pub goals: Vec<GoalValue>,
    pub matching: Matching,
}

/// What a season has to start from.
pub(super) enum Start {
    Based(Box<Based>),
    /// It has no matching.
    Outcome(Box<Outcome>),
}

impl Season<'_> {
    /// The matching that is given, else the best one.
    pub(super) fn start(&self, given: Option<&Matching>) -> Result<Start, EngineError> {
        let solved = match self.reach()? {
            Reached::Outcome(outcome) => return Ok(Start::Outcome(outcome)),
            Reached::Solution(solved) => solved,
        };
        let Solvable { evaluation, formulation, mut solution } = *solved;
        let checked = check(self.instance, self.policy, &evaluation, &formulation, &solution)?;
        let Checked { mut matching, mut goals, .. } = checked;
        let status = status_of(goals.iter().all(|goal| goal.proven), solution.stop);
        if let Some(given) = given {
            let broken = verify::violations(self.instance, self.policy, &evaluation, given);
            if let Some(first) = broken.first() {
                return Err(EngineError::OutcomeBreaksRules { first: first.kind, count: broken.len() });
            }
            let values = verify::goal_values(self.instance, self.policy, &evaluation, given);
            // With a tolerance what is as good may have other values, but is within it of the bound.
            let is_reached = |((check, best), goal): ((&GoalCheck, &GoalValue), &Goal)| match goal.tolerance {
                0 => (check.value, &check.profile) == (best.value, &best.profile),
                tolerance => check.value.abs_diff(best.bound) <= tolerance.unsigned_abs(),
            };
            let is_best = values.iter().zip(&goals).zip(&self.policy.goals).all(is_reached);
            let is_given = |pair: &Pair| given.place_of(pair.student) == Some(pair.project);
            solution.matched = evaluation.pairs.iter().map(is_given).collect();
            // The lottery decided only for the matching that it drew.
            solution.canonical &= *given == matching;
            for (check, goal) in values.into_iter().zip(&mut goals) {
                (goal.value, goal.profile) = (check.value, check.profile);
                goal.proven &= is_best;
            }
            solution.goals.iter_mut().for_each(|goal| goal.proven &= is_best);
            matching = given.clone();
        }
        Ok(Start::Based(Box::new(Based { status, evaluation, formulation, solution, goals, matching })))
    }
}

impl Based {
    /// What reasons are read from.
    pub fn optimum<'a>(&'a self, season: &Season<'a>) -> Optimum<'a> {
        Optimum {
            instance: season.instance,
            policy: season.policy,
            evaluation: &self.evaluation,
            formulation: &self.formulation,
            solution: &self.solution,
            goals: &self.goals,
            matching: &self.matching,
            command: season.command,
            limits: season.limits,
        }
    }

    /// Whether nothing is better.
    pub fn is_best(&self) -> bool {
        self.goals.iter().all(|goal| goal.proven)
    }
}
