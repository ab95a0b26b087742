//! Overrides: those that a run brings, and what each changed.

use std::collections::HashSet;

use prost::Message;

use super::counterfactual::Teller;
use super::instance::write_waiver;
use super::names::Names;
use super::pb;
use crate::domain::{Instance, Override, Policy};
use crate::engine::{Status, WhatIf};
use crate::solve::GoalValue;

/// Most overrides of one run that the ledger has.
const MOST: usize = 10_000;

/// The overrides of a season that an earlier one did not have, each with how it is told; the first 10,000.
pub fn new_overrides(instance: &Instance, earlier: Option<&Instance>) -> Vec<(Override, pb::Override)> {
    let all = |instance: &Instance| -> Vec<(Override, pb::Override)> {
        Override::all(instance).into_iter().map(|made| (made, write(instance, made))).collect()
    };
    let known: HashSet<Vec<u8>> = earlier.iter().flat_map(|earlier| all(earlier)).map(|(_, told)| key(told)).collect();
    let mut new = all(instance);
    new.retain(|(_, told)| !known.contains(&key(told.clone())));
    new.truncate(MOST);
    new
}

/// What makes two overrides the same: everything but why and by whom.
fn key(told: pb::Override) -> Vec<u8> {
    pb::Override { reason: String::new(), granted_by: String::new(), ..told }.encode_to_vec()
}

fn write(instance: &Instance, made: Override) -> pb::Override {
    use pb::r#override::Kind;
    use pb::waiver::Scope;
    let student_id = instance.students[made.student(instance).at()].id.to_string();
    let of_pair = |kind: Kind, project: crate::domain::ProjectIndex| {
        let key = (made.student(instance), project);
        let at = instance.notes.binary_search_by_key(&key, |note| (note.student, note.project)).ok();
        let note = at.map(|at| &instance.notes[at]);
        pb::Override {
            kind: kind as i32,
            project_id: instance.projects[project.at()].id.to_string(),
            reason: note.map_or_else(String::new, |note| note.reason.clone()),
            ..pb::Override::default()
        }
    };
    let told = match made {
        Override::Pin(_, project) => of_pair(Kind::Pin, project),
        Override::Forbid(_, project) => of_pair(Kind::Forbid, project),
        Override::MustPlace(_) => pb::Override { kind: Kind::MustPlace as i32, ..pb::Override::default() },
        Override::Waive(at) => {
            let waiver = write_waiver(instance, &instance.waivers[at]);
            let mut told = pb::Override {
                kind: Kind::Waive as i32,
                rule: waiver.rule,
                reason: waiver.reason,
                granted_by: waiver.granted_by,
                ..pb::Override::default()
            };
            match waiver.scope {
                Some(Scope::ProjectId(id)) => told.project_id = id,
                Some(Scope::HostId(id)) => told.host_id = id,
                Some(Scope::ProgramId(id)) => told.program_id = id,
                Some(Scope::CountryCode(code)) => told.country_code = code,
                None => {}
            }
            told
        }
    };
    pb::Override { student_id, ..told }
}

/// Writes what an override changed; `None` where there is nothing to compare.
pub fn write_effect(
    instance: &Instance,
    policy: &Policy,
    made: Override,
    without: &WhatIf,
) -> Option<pb::OverrideEffect> {
    let before = without.before.as_ref()?;
    without.outcome.summary.as_ref()?;
    let teller = Teller { names: Names { instance, policy }, goals: &before.goals };
    let after: Vec<GoalValue> = without.outcome.goals.iter().map(|goal| goal.reached.clone()).collect();
    let own = made.student(instance);
    let others = without.moves.iter().filter(|moved| moved.student != own).count();
    Some(pb::OverrideEffect {
        without: Some(pb::Counterfactual { prices: teller.prices(&after), moves: teller.moves(&without.moves) }),
        others_count: i32::try_from(others).unwrap_or(i32::MAX),
        is_proven: before.is_best && without.outcome.status == Status::Optimal,
    })
}
