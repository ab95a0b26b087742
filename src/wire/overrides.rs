//! The ledger's lines of a season that was sent whole, and what a decision changed.

use super::counterfactual::MessageWriter;
use super::decisions::{line, offer_kind};
use super::instance::write_waiver;
use super::names::Names;
use super::pb;
use engine::{Status, WhatIf};
use pb::r#override::Kind;
use rules::domain::{Instance, Override, Policy, ProjectIndex, StudentIndex};
use solve::GoalValue;

/// Most lines of a season that was sent whole.
const MOST: usize = 10_000;

/// What a season that was sent whole says that people decided; the first 10,000, overrides before the others.
pub fn decisions_of(instance: &Instance) -> Vec<pb::Override> {
    let overrides = overrides_of(instance).into_iter().map(|(_, message)| message);
    let student = |student: StudentIndex| instance.students[student.at()].id.to_string();
    let project = |project: ProjectIndex| instance.projects[project.at()].id.to_string();
    let offers = instance.notes.iter().filter_map(|note| {
        let state = pb::pair_note::OfferState::try_from(note.offer? as i32 + 1).ok()?;
        let (student_id, project_id) = (student(note.student), project(note.project));
        Some(pb::Override { student_id, project_id, ..line(offer_kind(state)?) })
    });
    let withdrawn = instance.student_indices().filter(|s| instance.students[s.at()].withdrawn);
    let withdrawn = withdrawn.map(|s| pb::Override { student_id: student(s), ..line(Kind::StudentWithdrawn) });
    let hosts = instance.hosts.iter().filter(|host| host.withdrawn).map(|host| pb::Override {
        host_id: host.id.to_string(),
        reason: host.withdrawn_reason.clone(),
        ..line(Kind::HostWithdrawn)
    });
    let programs = instance.programs.iter().filter(|program| program.suspended).map(|program| pb::Override {
        program_id: program.id.to_string(),
        reason: program.suspended_reason.clone(),
        ..line(Kind::ProgramSuspended)
    });
    let countries = instance.suspended_countries.iter();
    let countries =
        countries.map(|country| pb::Override { country_code: country.to_string(), ..line(Kind::CountrySuspended) });
    let open = instance.project_indices().filter(|p| instance.projects[p.at()].must_open);
    let open = open.map(|p| pb::Override { project_id: project(p), ..line(Kind::MustOpen) });
    overrides
        .chain(offers)
        .chain(withdrawn)
        .chain(hosts)
        .chain(programs)
        .chain(countries)
        .chain(open)
        .take(MOST)
        .collect()
}

/// The overrides of a season, each as a line of the ledger.
pub fn overrides_of(instance: &Instance) -> Vec<(Override, pb::Override)> {
    Override::all(instance).into_iter().map(|made| (made, write(instance, made))).collect()
}

/// Whether two lines are about the same override, whatever the reason that they state.
pub fn is_same(one: &pb::Override, other: &pb::Override) -> bool {
    let place = |message: &pb::Override| {
        [&message.student_id, &message.project_id, &message.host_id, &message.program_id, &message.country_code]
            .map(String::clone)
    };
    (one.kind, one.rule, place(one)) == (other.kind, other.rule, place(other))
}

fn write(instance: &Instance, made: Override) -> pb::Override {
    let student_id = instance.students[made.student(instance).at()].id.to_string();
    let of_pair = |kind: Kind, project: ProjectIndex| {
        let note = instance.note(made.student(instance), project);
        pb::Override {
            project_id: instance.projects[project.at()].id.to_string(),
            reason: note.map_or_else(String::new, |note| note.reason.clone()),
            ..line(kind)
        }
    };
    let message = match made {
        Override::Pin(_, project) => of_pair(Kind::Pin, project),
        Override::Forbid(_, project) => of_pair(Kind::Forbid, project),
        Override::MustPlace(_) => line(Kind::MustPlace),
        Override::Waive(at) => told_waiver(&write_waiver(instance, &instance.waivers[at])),
    };
    pb::Override { student_id, ..message }
}

/// A waiver as a line of the ledger, without whom it is about.
pub(super) fn told_waiver(waiver: &pb::Waiver) -> pb::Override {
    use pb::waiver::Scope;
    let mut message = pb::Override {
        rule: waiver.rule,
        reason: waiver.reason.clone(),
        granted_by: waiver.granted_by.clone(),
        expires_date: waiver.expires_date.clone(),
        ..line(Kind::Waive)
    };
    match waiver.scope.clone() {
        Some(Scope::ProjectId(id)) => message.project_id = id,
        Some(Scope::HostId(id)) => message.host_id = id,
        Some(Scope::ProgramId(id)) => message.program_id = id,
        Some(Scope::CountryCode(code)) => message.country_code = code,
        None => {}
    }
    message
}

/// Writes what a decision about `own`, or about nobody, changed; `None` where there is nothing to compare or it was not settled.
pub fn write_effect(
    instance: &Instance,
    policy: &Policy,
    own: Option<StudentIndex>,
    without: &WhatIf,
) -> Option<pb::OverrideEffect> {
    let before = without.before.as_ref()?;
    if without.outcome.status == Status::Infeasible {
        return Some(pb::OverrideEffect { no_matching: true, is_proven: true, ..pb::OverrideEffect::default() });
    }
    without.outcome.summary.as_ref()?;
    let writer = MessageWriter { names: Names { instance, policy }, goals: &before.goals };
    let after: Vec<GoalValue> = without.outcome.goals.iter().map(|goal| goal.reached.clone()).collect();
    let others = without.moves.iter().filter(|moved| Some(moved.student) != own).count();
    Some(pb::OverrideEffect {
        without: Some(writer.difference(&after, &without.moves)),
        others_count: i32::try_from(others).unwrap_or(i32::MAX),
        is_proven: before.is_best && without.outcome.status == Status::Optimal,
        no_matching: false,
    })
}
