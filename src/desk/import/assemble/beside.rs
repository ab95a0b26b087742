//! What is known beside who and where: notes and offers, waivers, links, funds, quotas, the matching before, skills, countries.

use std::collections::BTreeMap;

use wire::pb;

use super::places::levels;
use super::row::Line;
use super::{Assembled, Making};

const PAIR: [(&str, &str); 2] = [("student_id", "students"), ("project_id", "projects")];

/// One note a pair, of what `pair_notes` and `offers` say of it.
pub(super) fn notes(making: &Making, made: &mut Assembled) {
    let mut notes: BTreeMap<(String, String), (pb::PairNote, usize, Option<usize>)> = BTreeMap::new();
    // Of a season before, what became of an offer is a change of its own.
    let tables: &[&str] = if making.rows.beyond.is_empty() { &["pair_notes", "offers"] } else { &["pair_notes"] };
    for &table in tables {
        for record in making.of_table(table) {
            let line = making.line(record);
            if !making.stands(&line, &PAIR) {
                continue;
            }
            let (student_id, project_id) = (line.string("student_id"), line.string("project_id"));
            let pair = (student_id.clone(), project_id.clone());
            let note = notes
                .entry(pair)
                .or_insert_with(|| (pb::PairNote { student_id, project_id, ..pb::PairNote::default() }, record, None));
            made.also.push(record);
            if let Some(reason) = line.text("reason") {
                note.0.reason =
                    if note.0.reason.is_empty() { reason.to_owned() } else { format!("{}; {reason}", note.0.reason) };
            }
            if table == "offers" {
                let state = line.text("state").and_then(pb::pair_note::OfferState::from_str_name);
                note.0.offer_state = state.unwrap_or_default() as i32;
                note.2 = Some(record);
            } else {
                note.0.pinned = line.flag("pinned");
                note.0.forbidden = line.flag("forbidden");
                note.0.interview_rating = line.number("interview_rating");
                note.0.affinity = line.number("affinity");
            }
        }
    }
    for (note, record, offer) in notes.into_values() {
        made.instance.pair_notes.push(note);
        made.came_from("pair_notes", record);
        made.offers.push(offer);
    }
}

pub(super) fn waivers(making: &Making, made: &mut Assembled) {
    use pb::waiver::Scope;
    for record in making.of_table("waivers") {
        let line = making.line(record);
        if !making.stands(
            &line,
            &[("student_id", "students"), ("project_id", "projects"), ("host_id", "hosts"), ("program_id", "programs")],
        ) {
            continue;
        }
        let scope = line.text("project_id").map(|id| Scope::ProjectId(id.to_owned()));
        let scope = scope.or_else(|| line.text("host_id").map(|id| Scope::HostId(id.to_owned())));
        let scope = scope.or_else(|| line.text("program_id").map(|id| Scope::ProgramId(id.to_owned())));
        let scope = scope.or_else(|| line.text("country").map(|code| Scope::CountryCode(code.to_owned())));
        made.instance.waivers.push(pb::Waiver {
            student_id: line.string("student_id"),
            rule: line.text("rule").and_then(pb::Rule::from_str_name).unwrap_or_default() as i32,
            reason: line.string("reason"),
            granted_by: line.string("granted_by"),
            expires_date: line.day("expires_date"),
            scope,
        });
        made.came_from("waivers", record);
    }
}

pub(super) fn links(making: &Making, made: &mut Assembled) {
    for record in making.of_table("links") {
        let line = making.line(record);
        let student_ids = line.list("student_ids");
        if !student_ids.iter().all(|student| making.is_taken("students", student)) {
            continue;
        }
        made.instance.links.push(pb::Link {
            student_ids,
            kind: line.text("kind").and_then(pb::link::Kind::from_str_name).unwrap_or_default() as i32,
            placed_together: line.flag_if_stated("placed_together"),
        });
        made.came_from("links", record);
    }
}

fn students(line: &Line) -> Option<pb::StudentSet> {
    let set = pb::StudentSet {
        student_ids: line.list("student_ids"),
        study_levels: levels(&line.list("study_levels")),
        class_years: line.wholes("class_years"),
        majors: line.list("majors"),
        citizenships: line.list("citizenships"),
        attributes: line.labels("student_attributes"),
    };
    (set != pb::StudentSet::default()).then_some(set)
}

fn projects(line: &Line) -> Option<pb::ProjectSet> {
    let set = pb::ProjectSet {
        project_ids: line.list("project_ids"),
        host_ids: line.list("host_ids"),
        program_ids: line.list("program_ids"),
        country_codes: line.list("countries"),
        attributes: line.labels("project_attributes"),
    };
    (set != pb::ProjectSet::default()).then_some(set)
}

pub(super) fn funds(making: &Making, made: &mut Assembled) {
    for record in making.of_table("funds") {
        let line = making.line(record);
        made.instance.funds.push(pb::Fund {
            fund_id: line.string("fund_id"),
            title: line.string("title"),
            amount: line.money("amount"),
            cost_per_placement: line.number("cost_per_placement"),
            place_count: line.whole("place_count"),
            students: students(&line),
            projects: projects(&line),
        });
        made.came_from("funds", record);
    }
}

pub(super) fn quotas(making: &Making, made: &mut Assembled) {
    for record in making.of_table("quotas") {
        let line = making.line(record);
        made.quotas.push(pb::Quota {
            quota_id: line.string("quota_id"),
            title: line.string("title"),
            students: students(&line),
            projects: projects(&line),
            min_count: line.whole("min_count").map(i64::from),
            max_count: line.whole("max_count").map(i64::from),
            weights: Vec::new(),
            penalty_points: line.whole("penalty_points"),
        });
        made.came_from("quotas", record);
    }
}

pub(super) fn previous(making: &Making, made: &mut Assembled) {
    for record in making.of_table("previous") {
        let line = making.line(record);
        if making.stands(&line, &PAIR) {
            let (student_id, project_id) = (line.string("student_id"), line.string("project_id"));
            made.instance.previous_assignments.push(pb::Placement { student_id, project_id });
            made.came_from("previous_assignments", record);
        }
    }
}

/// Rows of one normal form are one skill, and a spelling belongs to one skill.
pub(super) fn skills(making: &Making, made: &mut Assembled) {
    use rules::domain::normal_form;
    let mut spellings = std::collections::BTreeSet::new();
    let records = making.of_table("skills");
    let names: std::collections::BTreeSet<String> =
        records.iter().filter_map(|&record| making.line(record).text("skill").map(normal_form)).collect();
    for record in records {
        let line = making.line(record);
        let Some(skill) = line.text("skill") else { continue };
        if !spellings.insert(normal_form(skill)) {
            continue;
        }
        let aliases = line.list("aliases").into_iter().filter(|alias| {
            let form = normal_form(alias);
            !names.contains(&form) && !form.is_empty() && spellings.insert(form)
        });
        made.instance.skill_aliases.push(pb::SkillAlias { skill: skill.to_owned(), aliases: aliases.collect() });
        made.came_from("skill_aliases", record);
    }
}

pub(super) fn countries(making: &Making, made: &mut Assembled) {
    for record in making.of_table("suspended_countries") {
        if let Some(code) = making.line(record).text("country") {
            made.instance.suspended_country_codes.push(code.to_owned());
            made.came_from("suspended_country_codes", record);
        }
    }
}
