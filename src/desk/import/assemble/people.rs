//! Students, with their choices and vetoes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wire::pb;

use super::super::reading::Datum;
use super::super::tables::Meaning;
use super::super::wishes::TARGETS;
use super::row::Line;
use super::{Assembled, Making};

pub(super) fn students(making: &Making, made: &mut Assembled) {
    let mut choices = wishes(making, "choices");
    let mut vetoes = wishes(making, "vetoes");
    let out = declined_for_good(making);
    for record in making.of_table("students") {
        let line = making.line(record);
        let Some(id) = line.text("student_id") else { continue };
        let mut student = student(making, &line, record);
        student.withdrawn |= out.contains_key(id);
        let mut from = Vec::new();
        for wish in choices.remove(id).unwrap_or_default() {
            student.choices.push(pb::Choice { rank: wish.rank, target: choice(wish.column, wish.id) });
            from.push((wish.record, wish.at));
        }
        wide(making, record, &mut student.choices, &mut from);
        if making.answers.countries_are_choices {
            let last = student.choices.iter().filter_map(|choice| choice.rank).max().unwrap_or(0);
            let at = making.rows.column(record, "country_preferences").unwrap_or(0);
            for (rank, country) in (last + 1..).zip(line.list("country_preferences")) {
                student.choices.push(pb::Choice { rank: Some(rank), target: choice("country", country) });
                from.push((record, at));
            }
        }
        let mut refused = Vec::new();
        for wish in vetoes.remove(id).unwrap_or_default() {
            student.vetoes.push(pb::Veto { target: veto(wish.column, wish.id) });
            refused.push(wish.record);
        }
        made.choices.push(from);
        made.vetoes.push(refused);
        made.instance.students.push(student);
        made.came_from("students", record);
    }
    of_the_season_before(choices, vetoes, made);
}

/// Students without a row of their own: only their wishes are known here.
fn of_the_season_before(
    mut choices: BTreeMap<String, Vec<Wish>>,
    mut vetoes: BTreeMap<String, Vec<Wish>>,
    made: &mut Assembled,
) {
    let ids: BTreeSet<String> = choices.keys().chain(vetoes.keys()).cloned().collect();
    for id in ids {
        let (wished, refused) = (choices.remove(&id).unwrap_or_default(), vetoes.remove(&id).unwrap_or_default());
        let Some(first) = wished.first().or(refused.first()) else { continue };
        made.came_from("students", first.record);
        made.choices.push(wished.iter().map(|wish| (wish.record, wish.at)).collect());
        made.vetoes.push(refused.iter().map(|wish| wish.record).collect());
        made.instance.students.push(pb::Student {
            student_id: id,
            choices: wished
                .into_iter()
                .map(|wish| pb::Choice { rank: wish.rank, target: choice(wish.column, wish.id) })
                .collect(),
            vetoes: refused.into_iter().map(|wish| pb::Veto { target: veto(wish.column, wish.id) }).collect(),
            ..pb::Student::default()
        });
    }
}

fn student(making: &Making, line: &Line, record: usize) -> pb::Student {
    let skill = |entry: &super::super::reading::Entry| pb::StudentSkill {
        skill: entry.name.clone(),
        level: entry.level.unwrap_or(0),
    };
    let evidence = line.entries("language_evidence");
    let language = |entry: &super::super::reading::Entry| pb::StudentLanguage {
        language: entry.name.clone(),
        level: entry.level.unwrap_or(0),
        semesters: entry.semesters,
        evidence: evidence
            .iter()
            .find(|other| other.name == entry.name)
            .map_or_else(String::new, |other| other.evidence.clone()),
    };
    let requested = line.day("work_authorization_requested");
    let authorization = pb::WorkAuthorization {
        required: line.flag("needs_work_authorization"),
        granted: line.flag("work_authorization_granted"),
        requested_date: requested,
        lead_time_days: line.whole("work_authorization_lead_days"),
    };
    let class_year = line.whole("class_year").unwrap_or(0);
    let level = match (line.text("study_level"), making.answers.graduates_are) {
        (Some(level), _) => pb::StudyLevel::from_str_name(level),
        (None, Some(level)) if class_year >= 5 => pb::StudyLevel::from_str_name(level),
        (None, Some(_)) if class_year > 0 => Some(pb::StudyLevel::Undergraduate),
        _ => None,
    };
    let mut attributes: BTreeMap<String, String> = attributes(making, record);
    if let Some(email) = line.text("email") {
        attributes.insert("email".to_owned(), email.to_owned());
    }
    let approved = line.list("approved_programs").into_iter().filter(|program| making.is_taken("programs", program));
    pb::Student {
        student_id: line.string("student_id"),
        display_name: line.string("name"),
        study_level: level.unwrap_or_default() as i32,
        skills: line.entries("skills").iter().map(skill).collect(),
        languages: line.entries("languages").iter().map(language).collect(),
        choices_only: line.flag("choices_only"),
        must_place: line.flag("must_place"),
        available_from: line.day("available_from"),
        available_until: line.day("available_until"),
        gpa: line.number("gpa"),
        courses: line.list("courses"),
        missing_materials: line.list("missing_materials"),
        approved_program_ids: approved.collect(),
        citizenships: line.list("citizenships"),
        work_authorization: (authorization != pb::WorkAuthorization::default()).then_some(authorization),
        major: line.string("major"),
        class_year,
        attributes: attributes.into_iter().collect(),
        withdrawn: line.flag("withdrawn"),
        ..pb::Student::default()
    }
}

/// The labels of a record.
pub(super) fn attributes(making: &Making, record: usize) -> BTreeMap<String, String> {
    let row = &making.rows.records[record];
    let columns = making.rows.of(row).columns.iter().zip(&row.values);
    let labels = columns.filter_map(|(mapped, value)| match (&mapped.means, value) {
        (Meaning::Label(name), Some(Datum::Text(text))) => Some((name.clone(), text.clone())),
        _ => None,
    });
    labels.collect()
}

/// One wish or refusal of a table.
struct Wish {
    rank: Option<i32>,
    column: &'static str,
    id: String,
    record: usize,
    at: usize,
}

/// By student: what a table of wishes says.
fn wishes(making: &Making, table: &str) -> BTreeMap<String, Vec<Wish>> {
    let mut wishes: BTreeMap<String, Vec<Wish>> = BTreeMap::new();
    for record in making.of_table(table) {
        let line = making.line(record);
        let stands = making.stands(
            &line,
            &[("student_id", "students"), ("project_id", "projects"), ("host_id", "hosts"), ("program_id", "programs")],
        );
        let target = TARGETS.into_iter().find_map(|column| Some((column, line.text(column)?)));
        let (Some(student), Some((column, id)), true) = (line.text("student_id"), target, stands) else { continue };
        let at = making.rows.column(record, column).unwrap_or(0);
        let wish = Wish { rank: line.whole("rank"), column, id: id.to_owned(), record, at };
        wishes.entry(student.to_owned()).or_default().push(wish);
    }
    wishes
}

/// Wishes that stand in the student's own row.
fn wide(making: &Making, record: usize, choices: &mut Vec<pb::Choice>, from: &mut Vec<(usize, usize)>) {
    let row = &making.rows.records[record];
    for (at, mapped) in making.rows.of(row).columns.iter().enumerate() {
        let (Meaning::Choice(rank), Some(Datum::Text(id))) = (&mapped.means, &row.values[at]) else { continue };
        let kinds = [("projects", "project_id"), ("hosts", "host_id"), ("programs", "program_id")];
        let known = kinds.iter().find(|(table, _)| making.is_taken(table, id)).map(|(_, column)| *column);
        let is_known_elsewhere = kinds
            .iter()
            .any(|(table, key)| making.rows.of_table(table).any(|other| making.rows.text(other, key) == Some(id)));
        let column = match known {
            Some(column) => column,
            None if is_known_elsewhere => continue,
            None => "country",
        };
        let id = if column == "country" { id.to_uppercase() } else { id.clone() };
        choices.push(pb::Choice { rank: i32::try_from(*rank).ok(), target: choice(column, id) });
        from.push((record, at));
    }
}

fn choice(column: &str, id: String) -> Option<pb::choice::Target> {
    use pb::choice::Target;
    Some(match column {
        "project_id" => Target::ProjectId(id),
        "host_id" => Target::HostId(id),
        "program_id" => Target::ProgramId(id),
        _ => Target::CountryCode(id),
    })
}

fn veto(column: &str, id: String) -> Option<pb::veto::Target> {
    use pb::veto::Target;
    Some(match column {
        "project_id" => Target::ProjectId(id),
        "host_id" => Target::HostId(id),
        "program_id" => Target::ProgramId(id),
        _ => Target::CountryCode(id),
    })
}

/// Students who declined an offer and take part no more.
fn declined_for_good(making: &Making) -> HashMap<String, usize> {
    let offers = making.of_table("offers").into_iter();
    let out = offers.filter_map(|record| {
        let line = making.line(record);
        let is_out = line.text("state") == Some("DECLINED") && line.text("after_decline") == Some("OUT");
        line.text("student_id").filter(|_| is_out).map(|student| (student.to_owned(), record))
    });
    out.collect()
}
