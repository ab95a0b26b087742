//! Between what values the goals would be with one unit more of something that is full, where the season is no network.
//!
//! At the least they are what the matching has, or what the network that it has decided would gain: projects that are open or closed stay
//! so. At the most they are what the season's loosest network would have. Values are compared in the order of the goals, so that
//! bounds are told up to the first goal in which they differ; of the goals after it they say nothing.

use std::collections::HashMap;

use super::full::{Full, full};
use super::networks::{Networks, raised};
use super::{Optimum, in_goal_units};
use formulation::Formulation;
use solve::{self, Detour, GoalValue, Relaxed};
use verify::{Occupancy, Spare};

/// What a goal would be at the least and at the most; which is better is for the goal to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Between {
    /// Place of the goal in the policy.
    pub goal: usize,
    /// The worse value.
    pub worst: i64,
    /// The better one.
    pub best: i64,
}

/// What one unit more of what is full would change in the networks beside a season.
pub(super) struct Bounds<'a> {
    /// What any matching has at the most.
    loosest: &'a Relaxed,
    gained_at_most: HashMap<Full, Detour>,
    /// Where projects stay as they are.
    gained_at_least: HashMap<Full, Detour>,
}

impl<'a> Bounds<'a> {
    /// Looks at the networks; `None` where there is none.
    pub fn of(optimum: &Optimum, networks: &'a Networks) -> Option<Self> {
        let loosest = networks.loosest.as_ref()?;
        let gained = |relaxed: &Relaxed| {
            let of_row = |(row, detour): (u32, Option<Detour>)| {
                Some((full(relaxed.formulation.rows[row as usize].label)?, detour?))
            };
            raised(optimum, relaxed).into_iter().filter_map(of_row).collect()
        };
        let gained_at_least = networks.decided.as_ref().map(gained).unwrap_or_default();
        Some(Self { loosest, gained_at_most: gained(loosest), gained_at_least })
    }

    /// Between what the goals would be with one unit more.
    pub fn between(&self, optimum: &Optimum, occupancy: &Occupancy, what: Full, spare: Option<Spare>) -> Vec<Between> {
        let least = self.gained_at_least.get(&what).and_then(|detour| optimum.detoured(occupancy, detour, spare));
        let least = least.map_or_else(|| optimum.goals.to_vec(), |counterfactual| counterfactual.goals);
        let Relaxed { formulation, solution } = self.loosest;
        let most = most(formulation, &solution.goals, self.gained_at_most.get(&what));
        let mut told = Vec::new();
        for (goal, (worst, best)) in least.iter().zip(&most).enumerate() {
            told.push(Between { goal, worst: worst.value, best: best.value });
            if (worst.value, &worst.profile) != (best.value, &best.profile) {
                break;
            }
        }
        told
    }
}

/// What the goals of a network are after a detour.
fn most(formulation: &Formulation, reached: &[GoalValue], detour: Option<&Detour>) -> Vec<GoalValue> {
    let Some(detour) = detour else { return in_goal_units(formulation, reached) };
    let goals = formulation.goals.iter().zip(reached);
    let after: Vec<GoalValue> =
        goals.map(|(goal, reached)| solve::after(goal, reached, &detour.added, &detour.removed)).collect();
    in_goal_units(formulation, &after)
}
