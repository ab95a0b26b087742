//! Conflicts and relaxations: domain to message.

use super::edit::write_edit;
use super::names::Names;
use super::outcome::goal;
use super::pb;
use super::sentences::Words;
use ::explain::diagnosis::Conflict;
use engine::Relaxed;
use formulation::RowLabel;
use rules::domain::{Instance, Policy, ProjectIndex};

pub(super) fn write_conflict(instance: &Instance, policy: &Policy, conflict: &Conflict) -> pb::Conflict {
    let names = Names { instance, policy };
    pb::Conflict {
        rows: conflict.rows.iter().filter_map(|&label| row(&names, label)).collect(),
        is_irreducible: conflict.is_irreducible,
    }
}

/// Writes what a row says; none of an axiom.
pub(super) fn row(names: &Names, label: RowLabel) -> Option<pb::ConflictRow> {
    use pb::conflict_row::Kind;
    let of = |kind: Kind, label: String| pb::ConflictRow { kind: kind as i32, label, ..pb::ConflictRow::default() };
    let of_project = |kind: Kind, what: &str, project: ProjectIndex| {
        let project_id = names.project(project);
        pb::ConflictRow { project_id: project_id.clone(), ..of(kind, format!("{what}:{project_id}")) }
    };
    let mut row = match label {
        RowLabel::Placement(_) | RowLabel::Carriage(_) | RowLabel::Interviews(_) | RowLabel::Asked(_) => return None,
        RowLabel::ProjectSeats(p) => of_project(Kind::ProjectSeats, "seats", p),
        RowLabel::Opening(p) => of_project(Kind::Opening, "minimum", p),
        RowLabel::MustOpen(p) => of_project(Kind::MustOpen, "must_open", p),
        RowLabel::HostSeats(h) => {
            let host_id = names.host(h);
            pb::ConflictRow { host_id: host_id.clone(), ..of(Kind::HostSeats, format!("host:{host_id}")) }
        }
        RowLabel::Pin(s, p) => {
            let (student, project_id) = (names.student(s), names.project(p));
            // An acceptance asks for its pair as a pin does.
            let what = if names.instance.note(s, p).is_some_and(|note| !note.pinned && names.instance.pins(note)) {
                "accepted"
            } else {
                "pin"
            };
            let label = format!("{what}:{student}/{project_id}");
            pb::ConflictRow { student_ids: vec![student], project_id, ..of(Kind::Pin, label) }
        }
        RowLabel::MustPlace(s) => {
            let student = names.student(s);
            let label = format!("must_place:{student}");
            pb::ConflictRow { student_ids: vec![student], ..of(Kind::MustPlace, label) }
        }
        RowLabel::Quota(q, _) => {
            let quota_id = names.quota(q);
            pb::ConflictRow { quota_id: quota_id.clone(), ..of(Kind::Quota, format!("quota:{quota_id}")) }
        }
        RowLabel::Fund(fund) => {
            let fund_id = names.instance.funds[fund as usize].id.clone();
            pb::ConflictRow { fund_id: fund_id.clone(), ..of(Kind::Fund, format!("fund:{fund_id}")) }
        }
        RowLabel::Stability => of(Kind::StableOnly, "stable_only".to_owned()),
        RowLabel::Link(l) => {
            let student_ids = names.linked(l);
            let label = format!("link:{}", student_ids.join("+"));
            pb::ConflictRow { student_ids, ..of(Kind::Link, label) }
        }
    };
    row.sentence = Words::to_manager(*names).row(&row);
    Some(row)
}

pub(super) fn write_relaxation(instance: &Instance, policy: &Policy, relaxed: &Relaxed) -> pb::Relaxation {
    let names = Names { instance, policy };
    let placement = |place: &rules::evaluation::PairEvaluation| pb::Placement {
        student_id: names.student(place.student),
        project_id: names.project(place.project),
    };
    pb::Relaxation {
        edits: relaxed.relaxation.edits.iter().map(|edit| write_edit(&names, edit)).collect(),
        units: relaxed.relaxation.units,
        goals: relaxed.outcome.goals.iter().map(goal).collect(),
        assignments: relaxed.outcome.places.iter().map(placement).collect(),
    }
}
