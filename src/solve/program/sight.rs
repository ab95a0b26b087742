//! What is told of a goal while the integer program improves it.

use super::face::Restricted;
use crate::GoalValue;
use crate::measure::direct;
use crate::watch::{Sighting, Watcher};
use formulation::{Formulation, Measure};

/// Which goal is improved, and what is known of all.
pub(super) struct Course<'a> {
    pub formulation: &'a Formulation,
    /// The goal.
    pub place: usize,
    pub goals: Vec<GoalValue>,
}

impl Course<'_> {
    /// Tells of the solver's news: a better value of the sum that it improves, and, where the model has every column in play, a better bound.
    pub fn tell(&mut self, watcher: &Watcher, value: Option<i128>, bound: Option<i64>) {
        let Measure::Sum { least, .. } = &self.formulation.goals[self.place].measure else { return };
        let goal = &mut self.goals[self.place];
        let better = |known: i64, told: i64, up: bool| {
            let (known, told) = (direct(known, *least), direct(told, *least));
            direct(if up { known.max(told) } else { known.min(told) }, *least)
        };
        if let Some(value) = value.and_then(|value| i64::try_from(value).ok()) {
            goal.value = better(goal.value, direct(value, *least), true);
        }
        if let Some(bound) = bound {
            goal.bound = better(goal.bound, direct(bound, *least), false);
        }
        watcher.tell(|| Some(Sighting { is_found: true, goals: self.goals.clone() }));
    }
}

/// Whether a model has every column in play, so that its bound is one of all matchings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Part,
}

impl Extent {
    /// The bound that a solver claims, as far as it says something of all.
    pub fn bound(self, restricted: &Restricted, claimed: f64) -> Option<i64> {
        let bound = claimed + restricted.constant() as f64;
        // A claim is told rounded up: it is the solver's word, and no proof.
        (self == Self::Whole && bound.abs() < 9e15).then(|| bound.ceil() as i64)
    }
}
