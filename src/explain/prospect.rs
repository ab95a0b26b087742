//! [`Prospect`]: what it would take to have one thing more than the matching has: the best matching with it, of those the one with
//! the fewest changes, and what that costs goal by goal.
//!
//! One at a time it is solved as a season of its own (`formulation/asked.rs`). Many at once are read off the residual network, where
//! there is one (`solve::Residual`); a detour that would break a row which the network leaves out is not told.

use crate::diagnosis;
use formulation::{self, Formulation, RowLabel, Side};
use rules::domain::{Assignment, Matching, ProjectIndex, StudentIndex};
use rules::evaluation::{Evaluation, Pair};
use solve::{self, Detour, Forced, GoalValue, Solution, Solved};
use verify::{self, GoalCheck, Moved, Occupancy, Spare};

use super::{ExplainError, Move, Optimum, in_goal_units, moves};

/// Another matching than the one that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterfactual {
    /// By goal of the policy: what it reaches.
    pub goals: Vec<GoalValue>,
    /// Who moves.
    pub moves: Vec<Move>,
}

/// How the lottery chose between two matchings that are as good: by the tickets of the pairs in which they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// The level at which their sums differ first.
    pub level: u32,
    /// The sum of the tickets of the matching that was taken.
    pub taken: i64,
    /// The sum of the tickets of the other.
    pub other: i64,
}

/// What it would take to have something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prospect {
    /// An equally good matching has it; how the lottery decided, where it was carried so far.
    Tie(Counterfactual, Option<Draw>),
    /// The best matching that has it is worse by the goals.
    Costs(Counterfactual),
    /// No matching that keeps these rows has it.
    Blocked(Vec<RowLabel>),
    /// It could not be settled within the limits.
    Unproven,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// That a student has a place.
    Place(StudentIndex),
    /// That a pair is matched.
    Pair(StudentIndex, ProjectIndex),
    /// That somebody is at a project who is not there.
    Newcomer(ProjectIndex),
}

/// The pairs that are matched, as a matching.
pub(super) fn matching(evaluation: &Evaluation, matched: &[bool]) -> Matching {
    let chosen = evaluation.pairs.iter().zip(matched).filter(|&(_, &matched)| matched);
    Matching::new(chosen.map(|(pair, _)| Assignment { student: pair.student, project: pair.project }).collect())
}

impl Optimum<'_> {
    /// Solves the season in which something is asked for as well.
    ///
    /// # Errors
    /// See [`ExplainError`].
    pub fn prospect(&self, asked: Asked) -> Result<Prospect, ExplainError> {
        let pairs = (0..).zip(&self.evaluation.pairs);
        let is_asked = |(_, pair): &(u32, &Pair)| match asked {
            Asked::Place(student) => pair.student == student,
            Asked::Pair(student, project) => (pair.student, pair.project) == (student, project),
            Asked::Newcomer(project) => {
                pair.project == project && self.matching.place_of(pair.student) != Some(project)
            }
        };
        let columns: Vec<u32> = pairs.filter(is_asked).map(|(column, _)| column).collect();
        let side = match asked {
            Asked::Place(_) => Side::Students,
            Asked::Pair(..) => Side::Pair,
            Asked::Newcomer(project) if self.matching.assignments().iter().all(|a| a.project != project) => Side::Seats,
            Asked::Newcomer(_) => Side::Neither,
        };
        let changes = || formulation::changes_from(self.instance, self.evaluation, self.matching);
        let gives_up = self.formulation.goals.iter().any(|goal| goal.tolerance > 0);
        if gives_up && self.is_proven() {
            // With a tolerance what is as good may have other values, so that values can't tell; whether it is within them can.
            let as_good = self.as_good().asking(&columns, side).improving(changes());
            match solve::solve(&as_good, self.command, self.limits)? {
                Solved::Nothing(_) => return Ok(Prospect::Unproven),
                Solved::Infeasible(_) => {}
                Solved::Solution(solution) if solution.goals.iter().any(|goal| !goal.proven) => {
                    return Ok(Prospect::Unproven);
                }
                Solved::Solution(solution) => return Ok(self.tie(self.counterfactual(&solution, None)?)),
            }
        }
        let asking = self.formulation.asking(&columns, side);
        let season = asking.clone().improving(changes());
        match solve::solve(&season, self.command, self.limits)? {
            Solved::Nothing(_) => Ok(Prospect::Unproven),
            Solved::Infeasible(proof) => {
                let conflicts = diagnosis::conflicts(&asking, proof.as_ref(), self.command, self.limits)?;
                Ok(Prospect::Blocked(conflicts.into_iter().next().map(|conflict| conflict.rows).unwrap_or_default()))
            }
            Solved::Solution(solution) if solution.goals.iter().any(|goal| !goal.proven) => Ok(Prospect::Unproven),
            Solved::Solution(solution) => {
                let counterfactual = self.counterfactual(&solution, Some(&season))?;
                Ok(if gives_up { Prospect::Costs(counterfactual) } else { self.of(counterfactual) })
            }
        }
    }

    /// The season whose matchings are as good as the one that was taken.
    pub(super) fn as_good(&self) -> Formulation {
        let held = self.solution.goals.iter().zip(&self.formulation.goals);
        let held = self.formulation.holding(held.map(|(reached, goal)| {
            (if goal.tolerance > 0 { reached.bound } else { reached.value }, &reached.profile[..])
        }));
        let hint = Some(self.solution.matched.clone());
        Formulation { hint, ..held.without(&self.solution.dropped) }
    }

    /// A solution as a matching, checked; `season` is what it was claimed of, goals and changes.
    fn counterfactual(
        &self,
        solution: &Solution,
        season: Option<&Formulation>,
    ) -> Result<Counterfactual, ExplainError> {
        let matching = matching(self.evaluation, &solution.matched);
        let claimed = season.map(|season| in_goal_units(season, &solution.goals));
        let goals = self.check(&matching, claimed.as_deref())?;
        Ok(Counterfactual { goals, moves: moves(self.instance, self.matching, &matching) })
    }

    /// The goals of a counterfactual, by code that does not know how it was made; an error where it breaks a rule or is not what was
    /// claimed.
    fn check(&self, matching: &Matching, claimed: Option<&[GoalValue]>) -> Result<Vec<GoalValue>, ExplainError> {
        let broken = verify::violations(self.instance, self.policy, self.evaluation, matching);
        if let Some(violation) = broken.first() {
            return Err(ExplainError::Rejected(format!("a counterfactual breaks {:?}", violation.kind)));
        }
        let values = verify::goal_values(self.instance, self.policy, self.evaluation, matching);
        let is_told =
            |(check, told): (&GoalCheck, &GoalValue)| (check.value, &check.profile) == (told.value, &told.profile);
        if claimed.is_some_and(|claimed| !values.iter().zip(claimed).all(is_told)) {
            return Err(ExplainError::Rejected("the goals of a counterfactual are not what it says".to_owned()));
        }
        let reached = |check: GoalCheck| GoalValue {
            value: check.value,
            bound: check.value,
            proven: true,
            profile: check.profile,
        };
        Ok(values.into_iter().map(reached).collect())
    }

    /// Whether it ties with the matching that was taken, or costs something.
    fn of(&self, counterfactual: Counterfactual) -> Prospect {
        let differs =
            |(taken, other): (&GoalValue, &GoalValue)| (taken.value, &taken.profile) != (other.value, &other.profile);
        if self.goals.iter().zip(&counterfactual.goals).any(differs) {
            return Prospect::Costs(counterfactual);
        }
        self.tie(counterfactual)
    }

    fn tie(&self, counterfactual: Counterfactual) -> Prospect {
        let draw = if self.solution.canonical { self.draw(&counterfactual.moves) } else { None };
        Prospect::Tie(counterfactual, draw)
    }

    /// How the lottery chose against some moves.
    fn draw(&self, moves: &[Move]) -> Option<Draw> {
        let ticket = |student, project: Option<ProjectIndex>, level| {
            let column = project.and_then(|project| self.evaluation.find(student, project));
            column.map_or(0, |column| self.formulation.lottery.ticket(column, level))
        };
        (0..solve::MAX_LEVELS).find_map(|level| {
            let taken = moves.iter().map(|m| ticket(m.student, m.from, level)).sum();
            let other = moves.iter().map(|m| ticket(m.student, m.to, level)).sum();
            (taken != other).then_some(Draw { level, taken, other })
        })
    }

    /// What a unit that was forced into the residual network means; `None` where the network does not settle it.
    pub(super) fn forced(&self, occupancy: &Occupancy, forced: &Forced) -> Option<Prospect> {
        match forced {
            Forced::Blocked(rows) => {
                let labels = rows.iter().map(|&row| self.formulation.rows[row as usize].label);
                let mut labels: Vec<RowLabel> = labels.filter(|label| !label.is_axiom()).collect();
                labels.dedup();
                Some(Prospect::Blocked(labels))
            }
            Forced::Detour(detour) => {
                self.detoured(occupancy, detour, None).map(|counterfactual| self.of(counterfactual))
            }
        }
    }

    /// The matching of a detour, with `spare` there once more; `None` where it breaks a row.
    pub(super) fn detoured(
        &self,
        occupancy: &Occupancy,
        detour: &Detour,
        spare: Option<Spare>,
    ) -> Option<Counterfactual> {
        let pair = |column: u32| self.evaluation.pairs[column as usize];
        let mut places: Vec<(StudentIndex, Option<ProjectIndex>)> = Vec::new();
        for &column in &detour.removed {
            let student = pair(column).student;
            if !detour.added.iter().any(|&added| pair(added).student == student) {
                places.push((student, None));
            }
        }
        places.extend(detour.added.iter().map(|&column| (pair(column).student, Some(pair(column).project))));
        if !occupancy.allows(&places, spare, true) {
            return None;
        }
        let of_goals = self.formulation.goals.iter().zip(&self.solution.goals);
        let reached: Vec<GoalValue> =
            of_goals.map(|(goal, reached)| solve::after(goal, reached, &detour.added, &detour.removed)).collect();
        let reached = in_goal_units(self.formulation, &reached);
        if !self.is_counted_so(occupancy, &places, &reached) {
            tracing::error!("a counterfactual has other goals than the network says");
            return None;
        }
        let changed: std::collections::BTreeMap<_, _> = places.into_iter().collect();
        let kept = self.matching.assignments().iter().filter(|place| !changed.contains_key(&place.student)).copied();
        let new = changed.iter().filter_map(|(&student, &project)| Some(Assignment { student, project: project? }));
        let after = Matching::new(kept.chain(new).collect());
        Some(Counterfactual { goals: reached, moves: moves(self.instance, self.matching, &after) })
    }

    /// Whether the goals after moves are what they are said to be, by code that knows no network.
    fn is_counted_so(&self, occupancy: &Occupancy, moves: &[Moved], said: &[GoalValue]) -> bool {
        let kinds = self.policy.goals.iter().zip(self.goals);
        let before: Vec<GoalCheck> = kinds
            .map(|(goal, now)| GoalCheck { kind: goal.kind, value: now.value, profile: now.profile.clone() })
            .collect();
        let same = |(counted, said): (&GoalCheck, &GoalValue)| {
            (counted.value, &counted.profile) == (said.value, &said.profile)
        };
        occupancy.goals_after(&before, moves).is_none_or(|counted| counted.iter().zip(said).all(same))
    }
}
