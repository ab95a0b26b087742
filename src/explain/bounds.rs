//! Between what values the goals would be with one unit more of something that is full, where the season is no network.
//!
//! At the least they are what the matching has, or what the network that it has decided would gain: projects that are open or closed stay
//! so. At the most they are what the season's loosest network would have. Values are compared in the order of the goals, so that
//! bounds are told up to the first goal in which they differ; of the goals after it they say nothing.

use std::collections::HashMap;

use super::seats::{Full, full};
use super::{Optimum, told};
use crate::formulation::{self, Formulation};
use crate::solve::{self, Detour, GoalValue, Relaxed, Residual, SolverFailure};
use crate::verify::{Spare, Standing};

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

/// Networks around a season, with what one unit more of what is full would change in them.
pub(super) struct Bounds {
    /// What any matching has at the most, and by what is full what it gains.
    loosest: (Relaxed, HashMap<Full, Detour>),
    /// What is gained where projects stay as they are.
    decided: HashMap<Full, Detour>,
}

impl Bounds {
    /// Solves the networks; `None` where there is none, or where who blocks matters, since more seats may make somebody block.
    pub fn of(optimum: &Optimum) -> Result<Option<Self>, SolverFailure> {
        if optimum.policy.looks_at_blocking_pairs() || !optimum.is_proven() {
            return Ok(None);
        }
        let (formulation, matched) = (optimum.formulation, &optimum.solution.matched);
        let Some(loosest) = solve::loosest(formulation, optimum.limits)? else { return Ok(None) };
        let decided = solve::decided(formulation, matched, optimum.limits)?.map(|mut decided| {
            decided.solution.matched.clone_from(matched);
            raised(optimum, &decided)
        });
        let raised = raised(optimum, &loosest);
        Ok(Some(Self { loosest: (loosest, raised), decided: decided.unwrap_or_default() }))
    }

    /// Between what the goals would be with one unit more.
    pub fn between(&self, optimum: &Optimum, standing: &Standing, what: Full, spare: Option<Spare>) -> Vec<Between> {
        let least = self.decided.get(&what).and_then(|detour| optimum.detoured(standing, detour, spare));
        let least = least.map_or_else(|| optimum.goals.to_vec(), |counterfactual| counterfactual.goals);
        let (Relaxed { formulation, solution }, raised) = &self.loosest;
        let most = most(formulation, &solution.goals, raised.get(&what));
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

/// By what is full: what one unit more would change in a network.
fn raised(optimum: &Optimum, relaxed: &Relaxed) -> HashMap<Full, Detour> {
    let Relaxed { formulation, solution } = relaxed;
    let matching = super::prospect::matching(optimum.evaluation, &solution.matched);
    let changes = formulation::changes_from(optimum.instance, optimum.evaluation, &matching);
    let stop = || optimum.limits.stop().is_some();
    let raising = Residual::of(formulation, solution, &changes, &stop).map(|residual| residual.raising());
    let of_row = |(row, detour): (u32, Option<Detour>)| Some((full(formulation.rows[row as usize].label)?, detour?));
    raising.unwrap_or_default().into_iter().filter_map(of_row).collect()
}

/// What the goals of a network are after a detour.
fn most(formulation: &Formulation, reached: &[GoalValue], detour: Option<&Detour>) -> Vec<GoalValue> {
    let Some(detour) = detour else { return told(formulation, reached) };
    let goals = formulation.goals.iter().zip(reached);
    let after: Vec<GoalValue> =
        goals.map(|(goal, reached)| solve::after(goal, reached, &detour.added, &detour.removed)).collect();
    told(formulation, &after)
}
