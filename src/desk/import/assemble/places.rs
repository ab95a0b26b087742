//! Programs, hosts and projects, with the ranks that hosts give.

use std::collections::BTreeMap;

use wire::pb;

use super::super::reading::{Datum, Entry};
use super::people::attributes;
use super::row::Line;
use super::{Assembled, Making};

pub(super) fn programs(making: &Making, made: &mut Assembled) {
    for record in making.of_table("programs") {
        let line = making.line(record);
        let exempt = line.list("exempt_study_levels");
        made.instance.programs.push(pb::Program {
            program_id: line.string("program_id"),
            title: line.string("title"),
            country_codes: line.list("countries"),
            language_requirements: languages(&line, None),
            min_gpa: line.number("min_gpa"),
            required_courses: line.list("required_courses"),
            exempt_study_levels: levels(&exempt),
            requires_approval: line.flag("requires_approval"),
            suspended: line.flag("suspended"),
            suspended_reason: line.string("suspended_reason"),
            min_weeks: line.whole("min_weeks"),
            min_hours_per_week: line.number("min_hours_per_week"),
            manager: line.string("manager"),
        });
        made.came_from("programs", record);
    }
}

pub(super) fn hosts(making: &Making, made: &mut Assembled) {
    for record in making.of_table("hosts") {
        let line = making.line(record);
        made.instance.hosts.push(pb::Host {
            host_id: line.string("host_id"),
            title: line.string("title"),
            country_code: line.string("country"),
            max_seat_count: line.whole("max_seats"),
            withdrawn: line.flag("withdrawn"),
            withdrawn_reason: line.string("withdrawn_reason"),
            alumni: line.flag("alumni"),
            contact: line.string("contact"),
        });
        made.came_from("hosts", record);
    }
}

pub(super) fn projects(making: &Making, made: &mut Assembled) {
    let mut ranks = ranks(making);
    for record in making.of_table("projects") {
        let line = making.line(record);
        let Some(id) = line.text("project_id").filter(|id| making.is_taken("projects", id)) else { continue };
        let ranked = ranks.remove(id).unwrap_or_default();
        let mut project = project(making, &line, record);
        project.student_ranks = ranked.iter().map(|(rank, _)| rank.clone()).collect();
        project.ranked_only |= making.answers.left_out_is_declined && !project.student_ranks.is_empty();
        made.ranks.push(ranked.into_iter().map(|(_, record)| record).collect());
        made.instance.projects.push(project);
        made.came_from("projects", record);
    }
    // Projects without a row of their own: only their ranks are known here.
    for (project_id, ranked) in ranks {
        let Some((_, first)) = ranked.first() else { continue };
        made.came_from("projects", *first);
        let student_ranks = ranked.iter().map(|(rank, _)| rank.clone()).collect();
        made.ranks.push(ranked.into_iter().map(|(_, record)| record).collect());
        made.instance.projects.push(pb::Project { project_id, student_ranks, ..pb::Project::default() });
    }
}

fn project(making: &Making, line: &Line, record: usize) -> pb::Project {
    let levels_taken = line.list("study_levels");
    let pay = pay(making, line, record);
    pb::Project {
        project_id: line.string("project_id"),
        host_id: line.string("host_id"),
        program_id: line.string("program_id"),
        title: line.string("title"),
        country_code: line.string("country"),
        min_seat_count: line.whole("min_seats"),
        max_seat_count: line.whole("max_seats"),
        must_open: line.flag("must_open"),
        skill_requirements: skills(line),
        language_requirements: languages(line, Some(true)),
        start_date: line.day("start_date"),
        end_date: line.day("end_date"),
        hours_per_week: line.number("hours_per_week"),
        study_levels: levels(&levels_taken),
        ranked_only: line.flag("ranked_only"),
        supervisor: line.string("supervisor"),
        workspace_confirmed: line.flag_if_stated("workspace_confirmed"),
        sponsors_work_authorization: line.flag("sponsors_work_authorization"),
        attributes: attributes(making, record).into_iter().collect(),
        stipend: pay.0,
        hourly_pay: pay.1,
        ..pb::Project::default()
    }
}

/// What is paid for the whole placement and for an hour, by what was answered about the column.
fn pay(making: &Making, line: &Line, record: usize) -> (Option<pb::Money>, Option<pb::Money>) {
    let (stipend, hourly) = (line.money("stipend"), line.money("hourly_pay"));
    let column = making.rows.column(record, "stipend");
    let period =
        column.and_then(|column| making.periods.get(&(making.rows.records[record].found, column))).map(String::as_str);
    match (period, stipend) {
        (Some("ignore"), _) => (None, hourly),
        (Some("hour"), stipend) => (None, hourly.or(stipend)),
        (Some("week"), Some(money)) => {
            (weeks(line).map(|weeks| pb::Money { amount: money.amount * weeks, ..money }), hourly)
        }
        (_, stipend) => (stipend, hourly),
    }
}

/// Weeks that a project lasts, a last one begun counted whole.
fn weeks(line: &Line) -> Option<f64> {
    let (Some(Datum::Date(first)), Some(Datum::Date(last))) = (line.get("start_date"), line.get("end_date")) else {
        return None;
    };
    let days = (*last - *first).get_days() + 1;
    (days > 0).then(|| f64::from((days + 6) / 7))
}

fn skills(line: &Line) -> Vec<pb::SkillRequirement> {
    let of = |name: &str, required: bool| {
        let made = move |entry: &Entry| pb::SkillRequirement {
            skill: entry.name.clone(),
            min_level: entry.level.unwrap_or(0),
            required,
            weight: entry.weight,
        };
        line.entries(name).iter().map(made).collect::<Vec<_>>()
    };
    [of("required_skills", true), of("desired_skills", false)].concat()
}

/// Languages asked for; `required`: how those of the column `languages` are marked.
fn languages(line: &Line, required: Option<bool>) -> Vec<pb::LanguageRequirement> {
    let of = |name: &str, required: Option<bool>| {
        let made = move |entry: &Entry| pb::LanguageRequirement {
            language: entry.name.clone(),
            min_level: entry.level.unwrap_or(0),
            required,
            weight: entry.weight,
        };
        line.entries(name).iter().map(made).collect::<Vec<_>>()
    };
    [of("languages", required), of("desired_languages", Some(false))].concat()
}

pub(super) fn levels(words: &[String]) -> Vec<i32> {
    words.iter().filter_map(|word| pb::StudyLevel::from_str_name(word)).map(|level| level as i32).collect()
}

/// By project: whom its host ranks.
fn ranks(making: &Making) -> BTreeMap<String, Vec<(pb::StudentRank, usize)>> {
    let mut ranks: BTreeMap<String, Vec<(pb::StudentRank, usize)>> = BTreeMap::new();
    for record in making.of_table("host_ranks") {
        let line = making.line(record);
        if !making.stands(&line, &[("student_id", "students"), ("project_id", "projects")]) {
            continue;
        }
        let (Some(project), Some(student)) = (line.text("project_id"), line.text("student_id")) else { continue };
        let rank = pb::StudentRank { student_id: student.to_owned(), rank: line.whole("rank") };
        ranks.entry(project.to_owned()).or_default().push((rank, record));
    }
    ranks
}
