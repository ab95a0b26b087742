//! Conflicts and relaxations: domain to message.

use super::evaluation::rule;
use super::outcome::goal;
use super::pb;
use crate::diagnosis::Conflict;
use crate::domain::{Edit, HostIndex, Instance, Policy, ProjectIndex, StudentIndex};
use crate::engine::Relaxed;
use crate::formulation::RowLabel;

/// Names of rows.
struct Names<'a> {
    instance: &'a Instance,
    policy: &'a Policy,
}

impl Names<'_> {
    fn student(&self, student: StudentIndex) -> String {
        self.instance.students[student.at()].id.to_string()
    }

    fn project(&self, project: ProjectIndex) -> String {
        self.instance.projects[project.at()].id.to_string()
    }

    fn host(&self, host: HostIndex) -> String {
        self.instance.hosts[host.at()].id.to_string()
    }

    fn quota(&self, quota: u32) -> String {
        self.policy.quotas[quota as usize].id.clone()
    }

    fn linked(&self, link: u32) -> Vec<String> {
        self.instance.links[link as usize].students.iter().map(|&s| self.student(s)).collect()
    }
}

pub(super) fn write_conflict(instance: &Instance, policy: &Policy, conflict: &Conflict) -> pb::Conflict {
    let names = Names { instance, policy };
    pb::Conflict {
        rows: conflict.rows.iter().filter_map(|&label| row(&names, label)).collect(),
        is_irreducible: conflict.is_irreducible,
    }
}

fn row(names: &Names, label: RowLabel) -> Option<pb::ConflictRow> {
    use pb::conflict_row::Kind;
    let of = |kind: Kind, label: String| pb::ConflictRow { kind: kind as i32, label, ..pb::ConflictRow::default() };
    let of_project = |kind: Kind, what: &str, project: ProjectIndex| {
        let project_id = names.project(project);
        pb::ConflictRow { project_id: project_id.clone(), ..of(kind, format!("{what}:{project_id}")) }
    };
    Some(match label {
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
            let label = format!("pin:{student}/{project_id}");
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
    })
}

pub(super) fn write_relaxation(instance: &Instance, policy: &Policy, relaxed: &Relaxed) -> pb::Relaxation {
    let names = Names { instance, policy };
    let placement = |place: &crate::evaluation::PairEvaluation| pb::Placement {
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

fn write_edit(names: &Names, edit: &Edit) -> pb::Edit {
    use pb::edit::Kind;
    let instance = names.instance;
    let plain = |kind: Kind, sentence: String| pb::Edit { kind: kind as i32, sentence, ..pb::Edit::default() };
    let changed = |kind: Kind, what: &str, from: i64, to: i64| {
        let how = if to > from { "Raise" } else { "Lower" };
        let sentence = format!("{how} {what} from {from} to {to}.");
        pb::Edit { from: Some(from), to: Some(to), ..plain(kind, sentence) }
    };
    match *edit {
        Edit::ProjectSeats(p, to) => {
            let (project_id, from) = (names.project(p), instance.projects[p.at()].max_seats());
            let what = format!("the seats of project {project_id}");
            pb::Edit { project_id, ..changed(Kind::ProjectSeats, &what, i64::from(from), i64::from(to)) }
        }
        Edit::HostSeats(h, to) => {
            let (host_id, from) = (names.host(h), instance.hosts[h.at()].max_seats.unwrap_or(0));
            let what = format!("the seats of host {host_id}");
            pb::Edit { host_id, ..changed(Kind::HostSeats, &what, i64::from(from), i64::from(to)) }
        }
        Edit::ProjectMinimum(p, to) => {
            let (project_id, from) = (names.project(p), instance.projects[p.at()].min_seats());
            let what = format!("the minimum of project {project_id}");
            pb::Edit { project_id, ..changed(Kind::ProjectMinimum, &what, i64::from(from), i64::from(to)) }
        }
        Edit::MayStayClosed(p) => {
            let project_id = names.project(p);
            let sentence = format!("Let project {project_id} stay closed.");
            pb::Edit { project_id, ..plain(Kind::ClearMustOpen, sentence) }
        }
        Edit::MayBlock => plain(Kind::ClearStableOnly, "Let pairs block.".to_owned()),
        Edit::NeedNoPlace(s) => {
            let student = names.student(s);
            let sentence = format!("Do not ask that student {student} is placed.");
            pb::Edit { student_ids: vec![student], ..plain(Kind::ClearMustPlace, sentence) }
        }
        Edit::Unpin(s, p) => {
            let (student, project_id) = (names.student(s), names.project(p));
            let sentence = format!("Do not pin student {student} to project {project_id}.");
            pb::Edit { student_ids: vec![student], project_id, ..plain(Kind::RemovePin, sentence) }
        }
        Edit::QuotaMinimum(q, to) => {
            let quota_id = names.quota(q);
            let from = names.policy.quotas[q as usize].min.unwrap_or(0);
            let what = format!("the minimum of quota {quota_id}");
            pb::Edit { quota_id, ..changed(Kind::QuotaMinimum, &what, from, to) }
        }
        Edit::QuotaMaximum(q, to) => {
            let quota_id = names.quota(q);
            let from = names.policy.quotas[q as usize].max.unwrap_or(0);
            let what = format!("the maximum of quota {quota_id}");
            pb::Edit { quota_id, ..changed(Kind::QuotaMaximum, &what, from, to) }
        }
        Edit::FundPlaces(fund, to) => {
            let fund = &instance.funds[fund as usize];
            let what = format!("the placements that fund {} carries", fund.id);
            let edit = changed(Kind::FundPlaces, &what, i64::from(fund.places()), i64::from(to));
            pb::Edit { fund_id: fund.id.clone(), ..edit }
        }
        Edit::Unlink(l) => {
            let student_ids = names.linked(l);
            let sentence = format!("Do not link students {}.", student_ids.join(" and "));
            pb::Edit { student_ids, ..plain(Kind::RemoveLink, sentence) }
        }
        Edit::Waive(s, p, waived) => {
            let (student, project_id) = (names.student(s), names.project(p));
            let waived = rule(waived);
            let sentence = format!("Waive {} for student {student} at project {project_id}.", waived.as_str_name());
            let edit = plain(Kind::WaiveRule, sentence);
            pb::Edit { student_ids: vec![student], project_id, rule: waived as i32, ..edit }
        }
    }
}
