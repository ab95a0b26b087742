//! Tables as changes of a season: what a sheet has a column for is taken from it, everything else stays as the season has it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use wire::pb;
use wire::pb::run_change::Change;

use super::assemble::{Assembled, column_for};
use super::gather::Gather;
use super::season::{Beyond, Rows};
use super::tables::Meaning;
use crate::problem::Severity;
use rules::codes;

/// The ids of a season, by table.
pub(super) fn ids_of(base: &pb::Instance) -> Beyond {
    let set = |ids: Vec<&String>| ids.into_iter().cloned().collect::<BTreeSet<String>>();
    HashMap::from([
        ("students", set(base.students.iter().map(|row| &row.student_id).collect())),
        ("projects", set(base.projects.iter().map(|row| &row.project_id).collect())),
        ("hosts", set(base.hosts.iter().map(|row| &row.host_id).collect())),
        ("programs", set(base.programs.iter().map(|row| &row.program_id).collect())),
    ])
}

/// One change, and the record that says it.
type Said = (pb::RunChange, usize);

/// The changes that the records say, each read as a server reads it; every fault is told at its cell.
pub(super) fn judge(
    rows: &mut Rows,
    base: &pb::Instance,
    assemble: impl Fn(&Rows) -> Assembled,
    gather: &mut Gather,
) -> Vec<pb::RunChange> {
    refuse_tables(rows, gather);
    let mut told = BTreeSet::new();
    loop {
        let said = changes(rows, base, &assemble(rows));
        let request = pb::CreateRunRequest {
            changes: said.iter().map(|(change, _)| change.clone()).collect(),
            ..Default::default()
        };
        let season = wire::Base {
            request: pb::MatchRequest { instance: Some(base.clone()), policy: None },
            outcome: pb::Outcome::default(),
        };
        let Err(faults) = wire::make_changes(season, &request, &wire::SizeLimits::NONE) else { return request.changes };
        let mut is_changed = false;
        for fault in faults.findings() {
            let Some((record, column)) = locate(&fault.field, &said, rows) else { continue };
            is_changed |= rows.records[record].open.insert(column);
            if told.insert((record, column, fault.code.number)) {
                rows.ask(record, column, (fault.code, Severity::Error), &super::judge::in_cells(fault), "", gather);
            }
        }
        if !is_changed {
            for fault in faults.findings() {
                super::judge::nowhere(rows, fault, gather);
            }
            return Vec::new();
        }
    }
}

/// Tables that no change can say.
fn refuse_tables(rows: &Rows, gather: &mut Gather) {
    for found in rows.found.iter().filter(|found| matches!(found.table.name, "skills" | "previous" | "quotas")) {
        let why = format!("{} can't be changed in a re-match: the run before has them", found.table.name);
        gather.tell(
            found.sheet,
            sheets::Place::Sheet,
            "",
            "",
            &codes::TABLE_NOT_FOR_CHANGES,
            Severity::Error,
            "",
            &why,
            "",
        );
    }
}

/// The record and column of a fault such as `changes[3].student.gpa`.
fn locate(path: &str, said: &[Said], rows: &Rows) -> Option<(usize, usize)> {
    let (at, rest) = path.strip_prefix("changes[")?.split_once(']')?;
    let (_, record) = said.get(at.parse::<usize>().ok()?)?;
    let field = rest.trim_start_matches('.').split_once('.').map(|(_, field)| field);
    Some((*record, column_for(rows, *record, field)))
}

fn changes(rows: &Rows, base: &pb::Instance, made: &Assembled) -> Vec<Said> {
    let mut said = Vec::new();
    let mut say = |change: Change, reason: &str, record: usize| {
        said.push((pb::RunChange { change: Some(change), reason: reason.to_owned() }, record));
    };
    let instance = &made.instance;
    for (at, row) in instance.programs.iter().enumerate() {
        let Some(record) = made.origin("programs", at) else { continue };
        let before = base.programs.iter().find(|other| other.program_id == row.program_id);
        let after =
            before.map_or_else(|| row.clone(), |before| program(before, row, &columns(rows, record, "programs")));
        if before != Some(&after) {
            say(Change::Program(after), "", record);
        }
    }
    for (at, row) in instance.hosts.iter().enumerate() {
        let Some(record) = made.origin("hosts", at) else { continue };
        let before = base.hosts.iter().find(|other| other.host_id == row.host_id);
        let after = before.map_or_else(|| row.clone(), |before| host(before, row, &columns(rows, record, "hosts")));
        if before != Some(&after) {
            say(Change::Host(after), "", record);
        }
    }
    let known: HashMap<&str, &pb::Project> = base.projects.iter().map(|row| (row.project_id.as_str(), row)).collect();
    for (at, row) in instance.projects.iter().enumerate() {
        let Some(record) = made.origin("projects", at) else { continue };
        let before = known.get(row.project_id.as_str()).copied();
        let after =
            before.map_or_else(|| row.clone(), |before| project(before, row, &columns(rows, record, "projects")));
        if before != Some(&after) {
            say(Change::Project(after), "", record);
        }
    }
    let known: HashMap<&str, &pb::Student> = base.students.iter().map(|row| (row.student_id.as_str(), row)).collect();
    for (at, row) in instance.students.iter().enumerate() {
        let Some(record) = made.origin("students", at) else { continue };
        let before = known.get(row.student_id.as_str()).copied();
        let after =
            before.map_or_else(|| row.clone(), |before| student(before, row, &columns(rows, record, "students")));
        if before != Some(&after) {
            say(Change::Student(after), "", record);
        }
    }
    for (at, row) in instance.pair_notes.iter().enumerate() {
        let Some(record) = made.origin("pair_notes", at) else { continue };
        let before = base
            .pair_notes
            .iter()
            .find(|other| (&other.student_id, &other.project_id) == (&row.student_id, &row.project_id));
        let after =
            before.map_or_else(|| row.clone(), |before| note(before, row, &columns(rows, record, "pair_notes")));
        // A row that says nothing about its pair is no note.
        let nothing = pb::PairNote {
            student_id: row.student_id.clone(),
            project_id: row.project_id.clone(),
            ..Default::default()
        };
        if before.unwrap_or(&nothing) != &after {
            say(Change::PairNote(after), "", record);
        }
    }
    for (at, row) in instance.waivers.iter().enumerate().filter(|(_, row)| !base.waivers.contains(row)) {
        let Some(record) = made.origin("waivers", at) else { continue };
        say(Change::Waiver(row.clone()), "", record);
    }
    for (at, row) in instance.links.iter().enumerate().filter(|(_, row)| !base.links.contains(row)) {
        let Some(record) = made.origin("links", at) else { continue };
        say(Change::Link(row.clone()), "", record);
    }
    for (at, row) in instance.funds.iter().enumerate().filter(|(_, row)| !base.funds.contains(row)) {
        let Some(record) = made.origin("funds", at) else { continue };
        say(Change::Fund(row.clone()), "", record);
    }
    for (change, reason, record) in offers(rows, base) {
        say(Change::Offer(change), &reason, record);
    }
    for (at, code) in instance
        .suspended_country_codes
        .iter()
        .enumerate()
        .filter(|(_, code)| !base.suspended_country_codes.contains(code))
    {
        let Some(record) = made.origin("suspended_country_codes", at) else { continue };
        let edit =
            pb::Edit { kind: pb::edit::Kind::SuspendCountry as i32, country_code: code.clone(), ..pb::Edit::default() };
        say(Change::Edit(edit), "", record);
    }
    said
}

/// What became of offers, where that is news.
fn offers(rows: &Rows, base: &pb::Instance) -> Vec<(pb::OfferChange, String, usize)> {
    let known: HashMap<(&str, &str), i32> = base
        .pair_notes
        .iter()
        .map(|note| ((note.student_id.as_str(), note.project_id.as_str()), note.offer_state))
        .collect();
    let taken = rows.of_table("offers").filter(|&record| rows.records[record].is_taken());
    let said = taken.filter_map(|record| {
        let (student, project) = (rows.text(record, "student_id")?, rows.text(record, "project_id")?);
        let state = rows.text(record, "state").and_then(pb::pair_note::OfferState::from_str_name)?;
        let after = rows.text(record, "after_decline").and_then(pb::offer_change::AfterDecline::from_str_name);
        let is_news = known.get(&(student, project)) != Some(&(state as i32))
            || after == Some(pb::offer_change::AfterDecline::Out);
        let change = pb::OfferChange {
            student_id: student.to_owned(),
            project_id: project.to_owned(),
            state: state as i32,
            after_decline: after.unwrap_or_default() as i32,
        };
        let reason = rows.text(record, "reason").unwrap_or_default().to_owned();
        is_news.then_some((change, reason, record))
    });
    said.collect()
}

/// What a record says of its row: the columns of its sheet, where the sheet is this table, and what lists of other tables say.
struct Columns {
    names: BTreeSet<&'static str>,
    labels: bool,
    choices: bool,
}

fn columns(rows: &Rows, record: usize, table: &str) -> Columns {
    let found = rows.of(&rows.records[record]);
    if found.table.name != table {
        return Columns { names: BTreeSet::new(), labels: false, choices: false };
    }
    let is = |means: fn(&Meaning) -> bool| found.columns.iter().any(|mapped| means(&mapped.means));
    Columns {
        names: found.at.keys().copied().collect(),
        labels: is(|means| matches!(means, Meaning::Label(_))) || found.at.contains_key("email"),
        choices: is(|means| matches!(means, Meaning::Choice(_))),
    }
}

fn student(before: &pb::Student, row: &pb::Student, says: &Columns) -> pb::Student {
    let mut after = before.clone();
    for name in &says.names {
        match *name {
            "name" => after.display_name.clone_from(&row.display_name),
            "study_level" => after.study_level = row.study_level,
            "class_year" => after.class_year = row.class_year,
            "major" => after.major.clone_from(&row.major),
            "gpa" => after.gpa = row.gpa,
            "skills" => after.skills.clone_from(&row.skills),
            "languages" | "language_evidence" => after.languages.clone_from(&row.languages),
            "courses" => after.courses.clone_from(&row.courses),
            "citizenships" => after.citizenships.clone_from(&row.citizenships),
            "available_from" => after.available_from.clone_from(&row.available_from),
            "available_until" => after.available_until.clone_from(&row.available_until),
            "missing_materials" => after.missing_materials.clone_from(&row.missing_materials),
            "approved_programs" => after.approved_program_ids.clone_from(&row.approved_program_ids),
            "must_place" => after.must_place = row.must_place,
            "choices_only" => after.choices_only = row.choices_only,
            "withdrawn" => after.withdrawn = row.withdrawn,
            name if name.contains("work_authorization") => {
                let mut of = after.work_authorization.clone().unwrap_or_default();
                let new = row.work_authorization.clone().unwrap_or_default();
                match name {
                    "needs_work_authorization" => of.required = new.required,
                    "work_authorization_granted" => of.granted = new.granted,
                    "work_authorization_requested" => of.requested_date = new.requested_date,
                    _ => of.lead_time_days = new.lead_time_days,
                }
                after.work_authorization = (of != pb::WorkAuthorization::default()).then_some(of);
            }
            _ => {}
        }
    }
    if says.labels {
        after.attributes.extend(row.attributes.clone());
    }
    if says.choices || !row.choices.is_empty() {
        after.choices.clone_from(&row.choices);
    }
    if !row.vetoes.is_empty() {
        after.vetoes.clone_from(&row.vetoes);
    }
    after
}

fn project(before: &pb::Project, row: &pb::Project, says: &Columns) -> pb::Project {
    let mut after = before.clone();
    let skills = |required: bool| row.skill_requirements.iter().filter(move |one| one.required == required).cloned();
    for name in &says.names {
        match *name {
            "host_id" => after.host_id.clone_from(&row.host_id),
            "program_id" => after.program_id.clone_from(&row.program_id),
            "title" => after.title.clone_from(&row.title),
            "country" => after.country_code.clone_from(&row.country_code),
            "min_seats" => after.min_seat_count = row.min_seat_count,
            "max_seats" => after.max_seat_count = row.max_seat_count,
            "must_open" => after.must_open = row.must_open,
            "required_skills" | "desired_skills" => {
                let is_required = *name == "required_skills";
                after.skill_requirements.retain(|one| one.required != is_required);
                after.skill_requirements.extend(skills(is_required));
            }
            "languages" | "desired_languages" => {
                let is_desired = *name == "desired_languages";
                let of = |one: &&pb::LanguageRequirement| (one.required == Some(false)) == is_desired;
                after.language_requirements.retain(|one| !of(&one));
                after.language_requirements.extend(row.language_requirements.iter().filter(of).cloned());
            }
            "start_date" => after.start_date.clone_from(&row.start_date),
            "end_date" => after.end_date.clone_from(&row.end_date),
            "hours_per_week" => after.hours_per_week = row.hours_per_week,
            "study_levels" => after.study_levels.clone_from(&row.study_levels),
            "supervisor" => after.supervisor.clone_from(&row.supervisor),
            "workspace_confirmed" => after.workspace_confirmed = row.workspace_confirmed,
            "sponsors_work_authorization" => after.sponsors_work_authorization = row.sponsors_work_authorization,
            "stipend" => after.stipend.clone_from(&row.stipend),
            "hourly_pay" => after.hourly_pay.clone_from(&row.hourly_pay),
            "ranked_only" => after.ranked_only = row.ranked_only,
            _ => {}
        }
    }
    if says.labels {
        after.attributes.extend(row.attributes.clone());
    }
    if !row.student_ranks.is_empty() {
        after.student_ranks.clone_from(&row.student_ranks);
    }
    after
}

fn host(before: &pb::Host, row: &pb::Host, says: &Columns) -> pb::Host {
    let mut after = before.clone();
    for name in &says.names {
        match *name {
            "title" => after.title.clone_from(&row.title),
            "country" => after.country_code.clone_from(&row.country_code),
            "max_seats" => after.max_seat_count = row.max_seat_count,
            "alumni" => after.alumni = row.alumni,
            "withdrawn" => after.withdrawn = row.withdrawn,
            "withdrawn_reason" => after.withdrawn_reason.clone_from(&row.withdrawn_reason),
            "contact" => after.contact.clone_from(&row.contact),
            _ => {}
        }
    }
    after
}

fn program(before: &pb::Program, row: &pb::Program, says: &Columns) -> pb::Program {
    let mut after = before.clone();
    for name in &says.names {
        match *name {
            "title" => after.title.clone_from(&row.title),
            "countries" => after.country_codes.clone_from(&row.country_codes),
            "languages" | "desired_languages" => after.language_requirements.clone_from(&row.language_requirements),
            "min_gpa" => after.min_gpa = row.min_gpa,
            "required_courses" => after.required_courses.clone_from(&row.required_courses),
            "exempt_study_levels" => after.exempt_study_levels.clone_from(&row.exempt_study_levels),
            "requires_approval" => after.requires_approval = row.requires_approval,
            "suspended" => after.suspended = row.suspended,
            "suspended_reason" => after.suspended_reason.clone_from(&row.suspended_reason),
            "min_weeks" => after.min_weeks = row.min_weeks,
            "min_hours_per_week" => after.min_hours_per_week = row.min_hours_per_week,
            "manager" => after.manager.clone_from(&row.manager),
            _ => {}
        }
    }
    after
}

fn note(before: &pb::PairNote, row: &pb::PairNote, says: &Columns) -> pb::PairNote {
    let mut after = before.clone();
    for name in &says.names {
        match *name {
            "pinned" => after.pinned = row.pinned,
            "forbidden" => after.forbidden = row.forbidden,
            "reason" => after.reason.clone_from(&row.reason),
            "interview_rating" => after.interview_rating = row.interview_rating,
            "affinity" => after.affinity = row.affinity,
            _ => {}
        }
    }
    after
}
