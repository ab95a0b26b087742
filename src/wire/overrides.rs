//! Overrides: those that a run brings, and what each changed.

use std::collections::HashSet;

use prost::Message;

use super::counterfactual::Teller;
use super::instance::write_waiver;
use super::names::Names;
use super::pb;
use engine::{Status, WhatIf};
use rules::domain::{Instance, Override, Policy};
use solve::GoalValue;

/// Most overrides of one run that the ledger has.
const MOST: usize = 10_000;

/// The overrides of a season that an earlier one did not have, each with how it is told; the first 10,000.
pub fn new_overrides(instance: &Instance, earlier: Option<&Instance>) -> Vec<(Override, pb::Override)> {
    let all = |instance: &Instance| -> Vec<(Override, pb::Override)> {
        Override::all(instance).into_iter().map(|made| (made, write(instance, made))).collect()
    };
    // Why, by whom and until when are parts of a decision: to state another is to decide anew.
    let key = |instance: &Instance, made: Override, told: &pb::Override| match made {
        Override::Waive(at) => (told.encode_to_vec(), instance.waivers[at].expires),
        _ => (told.encode_to_vec(), None),
    };
    let keys = |earlier: &Instance| all(earlier).into_iter().map(|(made, told)| key(earlier, made, &told)).collect();
    let known: HashSet<_> = earlier.map(keys).unwrap_or_default();
    let mut new = all(instance);
    new.retain(|(made, told)| !known.contains(&key(instance, *made, told)));
    new.truncate(MOST);
    new
}

/// Gives the reasons of changes to those overrides that no row of the season has a place for a reason of.
pub fn give_reasons(overrides: &mut [pb::Override], changes: &[pb::RunChange]) {
    use pb::run_change::Change;
    for change in changes.iter().filter(|change| !change.reason.is_empty()) {
        let about = match &change.change {
            Some(Change::Edit(edit)) if edit.kind() == pb::edit::Kind::MustPlace => edit.student_ids.first(),
            Some(Change::Student(student)) if student.must_place => Some(&student.student_id),
            _ => None,
        };
        let is_it = |told: &&mut pb::Override| {
            told.kind() == pb::r#override::Kind::MustPlace && about == Some(&told.student_id)
        };
        overrides.iter_mut().filter(is_it).for_each(|told| told.reason.clone_from(&change.reason));
    }
}

fn write(instance: &Instance, made: Override) -> pb::Override {
    use pb::r#override::Kind;
    use pb::waiver::Scope;
    let student_id = instance.students[made.student(instance).at()].id.to_string();
    let of_pair = |kind: Kind, project: rules::domain::ProjectIndex| {
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

/// Writes what an override changed; `None` where there is nothing to compare or it was not settled.
pub fn write_effect(
    instance: &Instance,
    policy: &Policy,
    made: Override,
    without: &WhatIf,
) -> Option<pb::OverrideEffect> {
    let before = without.before.as_ref()?;
    if without.outcome.status == Status::Infeasible {
        return Some(pb::OverrideEffect { no_matching: true, is_proven: true, ..pb::OverrideEffect::default() });
    }
    without.outcome.summary.as_ref()?;
    let teller = Teller { names: Names { instance, policy }, goals: &before.goals };
    let after: Vec<GoalValue> = without.outcome.goals.iter().map(|goal| goal.reached.clone()).collect();
    let own = made.student(instance);
    let others = without.moves.iter().filter(|moved| moved.student != own).count();
    Some(pb::OverrideEffect {
        without: Some(teller.told(&after, &without.moves)),
        others_count: i32::try_from(others).unwrap_or(i32::MAX),
        is_proven: before.is_best && without.outcome.status == Status::Optimal,
        no_matching: false,
    })
}
