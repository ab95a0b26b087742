//! The counterfactual: the best matching of an edited season and, of those, the one with the fewest changes against another.

use super::also;
use super::based::Start;
use super::{EngineError, GoalResult, Outcome, Season, Status, solve};
use ::explain::{Move, moves};
use rules::domain::{Assignment, Edit, Goal, GoalKind, Instance, Matching, Policy};
use rules::evaluation;
use solve::GoalValue;
use verify::{self, GoalCheck};

/// What would be.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// How the solve of the season as it is ended.
    pub before_status: Status,
    /// The matching before; none where the season as it is has none.
    pub before: Option<Baseline>,
    /// The policy that the edited season was solved by: its last goal is the fewest changes, where there is a matching before.
    pub policy: Policy,
    /// What would be.
    pub outcome: Outcome,
    /// Who would move.
    pub moves: Vec<Move>,
    /// Where seats were raised and nothing is gained: what gains something together with it. `None` where no such changes are known.
    pub also: Option<Also>,
}

/// Changes that gain something together with those that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// The changes.
    pub edits: Vec<Edit>,
    /// By goal of the policy: what would be reached.
    pub goals: Vec<GoalValue>,
    /// Who would move.
    pub moves: Vec<Move>,
}

/// A matching before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// Whether it is proven to be as good as any of the season as it is.
    pub is_best: bool,
    /// By goal of the policy.
    pub goals: Vec<GoalValue>,
    /// The same as the edited season counts them; empty where time was over.
    pub as_edited: Vec<GoalValue>,
}

/// Solves the edited season; `instance` and `policy` are its rows and what is wanted of it, `season` is as it is.
///
/// # Errors
/// See [`EngineError`].
pub fn what_if(
    season: &Season,
    given: Option<&Matching>,
    instance: &Instance,
    policy: &Policy,
) -> Result<WhatIf, EngineError> {
    let mut policy = policy.clone();
    let edited = |policy| Season { instance, policy, tells_why: false, ..*season };
    let based = match season.start(given)? {
        Start::Based(based) => based,
        Start::Outcome(before) => {
            let outcome = solve(&edited(&policy))?;
            return Ok(WhatIf {
                before_status: before.status,
                before: None,
                policy,
                outcome,
                moves: Vec::new(),
                also: None,
            });
        }
    };
    let compared = Some(based.matching.assignments().to_vec());
    policy.goals.push(Goal { compared, ..Goal::new(GoalKind::FewestChanges) });
    let outcome = solve(&edited(&policy))?;
    let places = outcome.places.iter().map(|place| Assignment { student: place.student, project: place.project });
    let after = Matching::new(places.collect());
    let told = outcome.summary.is_some();
    let stop = || season.limits.stop().is_some();
    let recounted = evaluation::evaluate(instance, &policy, season.pair_limit, &stop).map(|evaluation| {
        let values = verify::goal_values(instance, &policy, &evaluation, &based.matching);
        let reached = |check: GoalCheck| GoalValue {
            value: check.value,
            bound: check.value,
            proven: false,
            profile: check.profile,
        };
        values.into_iter().take(based.goals.len()).map(reached).collect()
    });
    let as_edited: Vec<GoalValue> = recounted.unwrap_or_default();
    let is_same =
        |(is, was): (&GoalResult, &GoalValue)| (is.reached.value, &is.reached.profile) == (was.value, &was.profile);
    let gains_nothing = told && !as_edited.is_empty() && outcome.goals.iter().zip(&as_edited).all(is_same);
    let together = if gains_nothing { also::together(season, instance, &policy, &outcome) } else { None };
    let also = together.map(|together| Also {
        moves: moves(instance, &based.matching, &together.matching),
        edits: together.edits,
        goals: together.goals,
    });
    let (is_best, before_status) = (based.is_best(), based.status);
    let moved = if told { moves(instance, &based.matching, &after) } else { Vec::new() };
    let before = Some(Baseline { is_best, goals: based.goals, as_edited });
    Ok(WhatIf { before_status, before, policy, outcome, moves: moved, also })
}
