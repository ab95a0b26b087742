//! What has to change with seats that were raised and buy nothing: the next limits on the way, the host's of a project and the projects' of a host.

use std::cmp::Ordering;

use super::{LEAST_FOR_REASONS, Outcome, Season, Status, solve};
use ::explain::compare;
use rules::domain::{Assignment, Edit, Headcount, HostIndex, Instance, Matching, Policy, ProjectIndex};
use solve::GoalValue;

/// Changes that buy something together with those that were made.
pub(super) struct Together {
    /// The changes.
    pub edits: Vec<Edit>,
    /// By goal of the policy: what is reached then.
    pub goals: Vec<GoalValue>,
    /// The matching that reaches it.
    pub matching: Matching,
}

/// What raises a limit, and its seats as they are.
type Limit = (Edit, u32);

/// Raises every next limit by one and solves; those that the best matching then goes beyond are what is missing. `instance` is the edited season,
/// `outcome` its proven best, which is no better than before.
pub(super) fn together(season: &Season, instance: &Instance, policy: &Policy, outcome: &Outcome) -> Option<Together> {
    if outcome.status != Status::Optimal || season.limits.stop().is_some() {
        return None;
    }
    let limits = next_limits(season.instance, instance);
    if limits.is_empty() {
        return None;
    }
    let (mut wider, mut policy) = (instance.clone(), policy.clone());
    limits.iter().for_each(|(edit, _)| edit.apply(&mut wider, &mut policy));
    let time = season.limits.within(LEAST_FOR_REASONS);
    // What can't be settled takes nothing from the answer.
    let wide = solve(&Season { instance: &wider, policy: &policy, limits: &time, tells_why: false, ..*season }).ok()?;
    let goals: Vec<GoalValue> = wide.goals.iter().map(|goal| goal.reached.clone()).collect();
    // The last goal is the fewest changes.
    let asked = wide.goals.iter().zip(&outcome.goals).take(policy.goals.len() - 1);
    let mut orders = asked.map(|(is, was)| compare(is.kind, &is.reached, &was.reached));
    let is_better = orders.find(|order| order.is_ne()) == Some(Ordering::Greater);
    if wide.status != Status::Optimal || !is_better {
        return None;
    }
    let matching = matching(&wide);
    let taken = Headcount::of(&wider, &matching);
    let is_used = |(edit, seats): &Limit| match *edit {
        Edit::ProjectSeats(project, _) => taken.at_project(project) > *seats,
        Edit::HostSeats(host, _) => taken.at_host(host) > *seats,
        _ => false,
    };
    let edits = limits.iter().filter(|limit| is_used(limit)).map(|(edit, _)| *edit).collect();
    Some(Together { edits, goals, matching })
}

fn matching(outcome: &Outcome) -> Matching {
    let places = outcome.places.iter().map(|place| Assignment { student: place.student, project: place.project });
    Matching::new(places.collect())
}

/// The limits next to those that were raised, each as the edit that raises it by one. Also where it is not reached: with a minimum or a quota
/// it may be in the way all the same.
fn next_limits(before: &Instance, edited: &Instance) -> Vec<Limit> {
    let is_raised =
        |project: ProjectIndex| edited.projects[project.at()].max_seats() > before.projects[project.at()].max_seats();
    let is_host_raised = |host: HostIndex| {
        let seats = before.hosts[host.at()].max_seats.zip(edited.hosts[host.at()].max_seats);
        seats.is_some_and(|(before, edited)| edited > before)
    };
    let mut limits: Vec<Limit> = Vec::new();
    for project in edited.project_indices() {
        let row = &edited.projects[project.at()];
        let Some(host) = row.host else { continue };
        let next = match (is_raised(project), is_host_raised(host), edited.hosts[host.at()].max_seats) {
            (false, true, _) => (Edit::ProjectSeats(project, row.max_seats() + 1), row.max_seats()),
            (true, false, Some(seats)) => (Edit::HostSeats(host, seats + 1), seats),
            _ => continue,
        };
        if !limits.contains(&next) {
            limits.push(next);
        }
    }
    limits
}
