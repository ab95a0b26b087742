//! What a solve knows so far, told to whoever watches it.

use std::fmt;
use std::sync::{Arc, Mutex};

use super::GoalResult;
use formulation::{Formulation, Reading};
use rules::domain::Policy;
use solve::{Limits, Sighting, Watcher};

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Judge and score every pair.
    Evaluating,
    /// Look for the best matching, and prove it.
    Solving,
    /// Tell the reasons, or look for what contradicts what.
    Explaining,
}

/// What is known at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Whether a matching is known; else only bounds are.
    pub is_found: bool,
    /// By goal of the policy, in its own unit; empty before anything is known.
    pub goals: Vec<GoalResult>,
}

/// Hears of progress, or nobody does.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<dyn Fn(Progress) + Send + Sync>>);

impl Watch {
    /// One that hears everything; it is called in the thread that solves and must not hold it up.
    pub fn new(hear: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hear)))
    }

    /// Tells that something else is being done.
    pub(super) fn enter(&self, phase: Phase) {
        if let Some(hear) = &self.0 {
            hear(Progress { phase, is_found: false, goals: Vec::new() });
        }
    }

    /// The limits of a solve, watched.
    pub(super) fn over(&self, limits: &Limits, policy: &Policy, formulation: &Formulation) -> Limits {
        let Some(hear) = self.0.clone() else { return limits.clone() };
        let goals = policy.goals.iter().zip(&formulation.goals);
        let goals: Vec<_> =
            goals.map(|(goal, measure)| (goal.kind, goal.is_scoped(), measure.reading.clone())).collect();
        let last: Mutex<Vec<GoalResult>> = Mutex::default();
        let told = move |Sighting { is_found, goals: reached }: Sighting| {
            let told = goals.iter().zip(reached).map(|((kind, is_scoped, reading), reached)| {
                // Without a matching there is no value to read off, and some bounds are read off values.
                let readable = is_found || !matches!(reading, Reading::PointsOf(_));
                let reached = if readable { explain::in_goal_unit(reading, reached) } else { reached };
                GoalResult { kind: *kind, is_scoped: *is_scoped, reached }
            });
            let mut goals: Vec<GoalResult> = told.collect();
            hold_proofs(&mut goals);
            if let Ok(mut last) = last.lock() {
                keep_bounds(&mut goals, &last);
                last.clone_from(&goals);
            }
            hear(Progress { phase: Phase::Solving, is_found, goals });
        };
        Limits { watcher: Watcher::new(told), ..limits.clone() }
    }
}

/// A later goal is proven only for what the goals before it are proven to be.
fn hold_proofs(goals: &mut [GoalResult]) {
    let proven = goals.iter().take_while(|goal| goal.reached.proven).count();
    goals.iter_mut().skip(proven).for_each(|goal| goal.reached.proven = false);
}

/// Keeps of the bounds that were told before those that are closer: a bound holds for as long as the goals before it are what they were.
fn keep_bounds(goals: &mut [GoalResult], last: &[GoalResult]) {
    for (goal, last) in goals.iter_mut().zip(last) {
        let (reached, before) = (&mut goal.reached, &last.reached);
        if before.bound.abs_diff(reached.value) < reached.bound.abs_diff(reached.value) {
            reached.bound = before.bound;
        }
        if !(reached.proven && before.proven && reached.value == before.value) {
            break;
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watch(on)" } else { "Watch(off)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::domain::GoalKind;
    use solve::GoalValue;

    fn goals(told: [(i64, i64, bool); 2]) -> Vec<GoalResult> {
        let kinds = [GoalKind::PlaceMost, GoalKind::TotalPoints];
        let result = |(kind, (value, bound, proven)): (GoalKind, (i64, i64, bool))| GoalResult {
            kind,
            is_scoped: false,
            reached: GoalValue { value, bound, proven, profile: Vec::new() },
        };
        kinds.into_iter().zip(told).map(result).collect()
    }

    fn bounds(last: [(i64, i64, bool); 2], told: [(i64, i64, bool); 2]) -> [i64; 2] {
        let mut told = goals(told);
        keep_bounds(&mut told, &goals(last));
        [told[0].reached.bound, told[1].reached.bound]
    }

    #[test]
    fn a_bound_that_was_closer_is_kept_and_a_closer_one_is_taken() {
        assert_eq!(bounds([(5, 5, true), (80, 90, false)], [(5, 5, true), (80, 99, false)]), [5, 90]);
        assert_eq!(bounds([(5, 5, true), (80, 90, false)], [(5, 5, true), (80, 85, false)]), [5, 85]);
    }

    #[test]
    fn a_goal_is_not_told_as_proven_before_those_that_go_before_it() {
        let mut told = goals([(208, 211, false), (0, 0, true)]);
        hold_proofs(&mut told);
        assert!(!told[1].reached.proven);
        let mut told = goals([(211, 211, true), (0, 0, true)]);
        hold_proofs(&mut told);
        assert!(told[1].reached.proven);
    }

    #[test]
    fn a_bound_says_nothing_once_a_goal_before_it_is_another() {
        assert_eq!(bounds([(4, 6, false), (80, 90, false)], [(5, 6, false), (70, 99, false)]), [6, 99]);
    }
}
