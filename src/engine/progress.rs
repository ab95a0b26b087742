//! What a solve knows so far, told to whoever watches it.

use std::fmt;
use std::sync::{Arc, Mutex};

use super::GoalResult;
use crate::domain::Policy;
use crate::explain;
use crate::formulation::{Formulation, Reading};
use crate::solve::{Limits, Sighting, Watcher};

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
                let reached = if readable { explain::read(reading, reached) } else { reached };
                GoalResult { kind: *kind, is_scoped: *is_scoped, reached }
            });
            let mut goals: Vec<GoalResult> = told.collect();
            if let Ok(mut last) = last.lock() {
                keep_bounds(&mut goals, &last);
                last.clone_from(&goals);
            }
            hear(Progress { phase: Phase::Solving, is_found, goals });
        };
        Limits { watcher: Watcher::new(told), ..limits.clone() }
    }
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
