//! Tests: a season of a thousand students as it is, and as people send it, with every planted error told at its cell.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sheets::Place;
use wire::pb;

use super::{File, Import, Options, import};
use crate::decisions::Decision;
use crate::problem::{Problem, Severity};

const MAPPING: &str = r#"
[columns.students]
interests = "ignore"

[answers]
"host_ranks.left_out" = "unranked"
"students.country_preferences.meaning" = "unused"
"students.class_year.graduate" = "no"
"projects.stipend_usd_week.period" = "week"
"projects.desired_skills.decimal_comma" = "decimal"
"#;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/misti-like")
}

fn file(path: &str) -> File {
    let bytes = fs::read(folder().join(path)).expect("the file");
    File { name: path.rsplit('/').next().unwrap_or_default().to_owned(), bytes }
}

fn clean_files() -> Vec<File> {
    let names = [
        "students.csv",
        "hosts.csv",
        "projects.csv",
        "preferences.csv",
        "host_preferences.csv",
        "skills.csv",
        "ranked_pairs_checked.csv",
    ];
    names.map(file).into()
}

fn messy_files() -> Vec<File> {
    let names = [
        "messy/students.csv",
        "messy/hosts.csv",
        "messy/projects.csv",
        "messy/preferences.csv",
        "messy/planted_errors.csv",
        "skills.csv",
        "host_preferences.csv",
    ];
    names.map(file).into()
}

fn imported(files: &[File], mapping: &str, decisions: Vec<Decision>) -> Import {
    let options = Options { mapping: mapping.to_owned(), decisions, ..Options::default() };
    import(files, &options).expect("every file can be read")
}

fn show(problem: &Problem) -> String {
    format!(
        "{} {} {} {} {} {:?} {} → {:?}",
        problem.severity.name(),
        problem.file,
        problem.place,
        problem.code,
        problem.column,
        problem.found,
        problem.problem,
        problem.suggestion
    )
}

#[test]
fn a_clean_season_needs_only_the_answers_about_its_columns() {
    let asked = imported(&clean_files(), "", Vec::new());
    let open: Vec<&Problem> = asked.problems.iter().filter(|problem| problem.severity >= Severity::Ask).collect();
    let questions: BTreeSet<&str> = asked.questions.iter().map(|question| question.id.as_str()).collect();
    assert_eq!(
        open.len(),
        questions.len(),
        "{}",
        open.iter().map(|problem| show(problem)).collect::<Vec<_>>().join("\n")
    );
    let expected = [
        "host_ranks.left_out",
        "projects.stipend_usd_week.period",
        "students.class_year.graduate",
        "students.country_preferences.meaning",
    ];
    assert_eq!(questions, expected.into());
    assert_eq!(asked.ignored, ["ranked_pairs_checked.csv"]);
    let answered = imported(&clean_files(), MAPPING, Vec::new());
    assert!(!answered.is_open);
    let instance = answered.instance.expect("a season");
    assert_eq!((instance.students.len(), instance.projects.len(), instance.hosts.len()), (1_000, 1_204, 195));
    assert_eq!(answered.totals.all.sum(), asked.totals.all.sum());
}

/// One row of the list of planted errors.
struct Plant {
    number: usize,
    file: String,
    record: Option<u32>,
    id: String,
    field: String,
    kind: String,
    original: String,
    planted: String,
    severity: String,
}

fn plants() -> Vec<Plant> {
    let mut reader = csv::Reader::from_path(folder().join("messy/planted_errors.csv")).expect("the list");
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| Plant {
        number: row[0].parse().expect("a number"),
        file: row[1].to_owned(),
        record: row[2].parse().ok(),
        id: row[3].to_owned(),
        field: row[4].to_owned(),
        kind: row[5].to_owned(),
        original: row[6].to_owned(),
        planted: row[7].to_owned(),
        severity: row[8].to_owned(),
    })
    .collect()
}

/// The line on which each record of a messy file begins, counted from 1, and its columns.
fn lines(name: &str) -> (Vec<u32>, Vec<String>) {
    let bytes = fs::read(folder().join("messy").join(name)).expect("the file");
    let sheet = sheets::read(name, &bytes, &sheets::Limits::default()).expect("it can be read").sheets.remove(0);
    let header = sheet.rows[0].cells.iter().map(|cell| cell.shown()).collect();
    let lines = sheet.rows[1..].iter().map(|row| row.line).collect();
    (lines, header)
}

fn place(plant: &Plant) -> Option<Place> {
    let (lines, header) = lines(&plant.file);
    let line = *lines.get(plant.record? as usize - 1)?;
    let column = header.iter().position(|name| name.eq_ignore_ascii_case(&plant.field))?;
    Some(Place::Cell(line, u32::try_from(column).ok()?))
}

/// What the normal form and the words of the proto read.
const READ_ALL_THE_SAME: [usize; 6] = [22, 23, 32, 33, 80, 95];
/// Absences that are valid.
const ABSENT: [usize; 5] = [81, 96, 115, 134, 167];

fn least(plant: &Plant) -> Option<Severity> {
    if READ_ALL_THE_SAME.contains(&plant.number) {
        return None;
    }
    if ABSENT.contains(&plant.number) {
        return Some(Severity::Warning);
    }
    match plant.severity.as_str() {
        "error" | "repairable" => Some(Severity::Ask),
        "warn" => Some(Severity::Warning),
        _ if plant.number == 160 => Some(Severity::Error),
        _ => None,
    }
}

#[test]
fn every_planted_error_is_told_at_its_cell_and_nothing_else_is() {
    let messy = imported(&messy_files(), MAPPING, Vec::new());
    let mut told: BTreeMap<(String, Place), Severity> = BTreeMap::new();
    for problem in &messy.problems {
        let severity = told.entry((problem.file.clone(), problem.place)).or_insert(problem.severity);
        *severity = (*severity).max(problem.severity);
    }
    let mut wrong = Vec::new();
    let mut planted: BTreeSet<(String, Place)> = BTreeSet::new();
    for plant in plants() {
        let Some(place) = place(&plant) else { continue };
        planted.insert((plant.file.clone(), place));
        let found = told.get(&(plant.file.clone(), place));
        if let Some(least) = least(&plant)
            && found.is_none_or(|found| *found < least)
        {
            wrong.push(format!(
                "plant {} {} {place} {} {:?}: {found:?}, wanted {least:?}",
                plant.number, plant.file, plant.kind, plant.planted
            ));
        }
        if least(&plant).is_none() && found.is_some_and(|found| *found > Severity::Warning) {
            wrong.push(format!(
                "plant {} {} {place} {} {:?}: {found:?}",
                plant.number, plant.file, plant.kind, plant.planted
            ));
        }
    }
    for problem in messy.problems.iter().filter(|problem| problem.severity >= Severity::Ask) {
        if !planted.contains(&(problem.file.clone(), problem.place)) {
            wrong.push(show(problem));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// What a person decides who knows what was meant.
fn decisions() -> Vec<Decision> {
    let mut decided = BTreeSet::new();
    let mut decisions = Vec::new();
    for plant in plants() {
        let Some(place) = place(&plant) else { continue };
        if !decided.insert((plant.file.clone(), place)) {
            continue;
        }
        let decision = match plant.number {
            189..=196 => "skip".to_owned(),
            _ if plant.original.is_empty() => "blank".to_owned(),
            _ => plant.original.clone(),
        };
        let bytes = file(&format!("messy/{}", plant.file)).bytes;
        let sheet =
            sheets::read(&plant.file, &bytes, &sheets::Limits::default()).expect("it can be read").sheets.remove(0);
        let Place::Cell(line, column) = place else { continue };
        let row = sheet.rows.iter().find(|row| row.line == line).expect("the row");
        let found = row.cell(column).map(|cell| cell.shown()).unwrap_or_default();
        decisions.push(decided_as(&plant, place, super::shortened(&found), decision));
    }
    decisions
}

fn decided_as(plant: &Plant, place: Place, found: String, decision: String) -> Decision {
    Decision {
        line: 0,
        file: plant.file.clone(),
        sheet: String::new(),
        place,
        record_id: plant.id.clone(),
        column: String::new(),
        code: String::new(),
        found,
        suggestion: String::new(),
        severity: String::new(),
        problem: String::new(),
        decision,
    }
}

#[test]
fn with_every_decision_made_the_messy_season_is_the_clean_one() {
    let clean = imported(&clean_files(), MAPPING, Vec::new()).instance.expect("a season");
    let mut decided = decisions();
    decided.extend(beyond_the_list());
    let second = imported(&messy_files(), MAPPING, decided);
    let open: Vec<String> =
        second.problems.iter().filter(|problem| problem.severity >= Severity::Ask).map(show).collect();
    assert!(open.is_empty(), "{} open\n{}", open.len(), open.join("\n"));
    let messy = second.instance.expect("a season");
    let form = |mut instance: pb::Instance| {
        instance.students.sort_by(|one, other| one.student_id.cmp(&other.student_id));
        instance.projects.sort_by(|one, other| one.project_id.cmp(&other.project_id));
        instance.hosts.sort_by(|one, other| one.host_id.cmp(&other.host_id));
        let request = wire::read_request(Some(instance), None, &wire::SizeLimits::NONE)
            .unwrap_or_else(|faults| panic!("{:?}", faults.findings()));
        wire::write_instance(&request.instance)
    };
    let (clean, messy) = (form(clean), form(messy));
    for (one, other) in clean.students.iter().zip(&messy.students) {
        // Names and spellings of skills that are accepted as they stand stay so.
        let same = pb::Student { display_name: one.display_name.clone(), skills: one.skills.clone(), ..other.clone() };
        assert_eq!(one, &same);
        assert_eq!(meant(one), meant(other), "{}", one.student_id);
    }
    for (one, other) in clean.projects.iter().zip(&messy.projects) {
        assert_eq!(one, &pb::Project { skill_requirements: one.skill_requirements.clone(), ..other.clone() });
    }
    assert_eq!(clean.hosts, messy.hosts);
}

/// The skills of a student, as the table of skills names them.
fn meant(student: &pb::Student) -> BTreeMap<String, i32> {
    static NAMES: std::sync::OnceLock<BTreeMap<String, String>> = std::sync::OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut reader = csv::Reader::from_path(folder().join("skills.csv")).expect("the table");
        let mut names = BTreeMap::new();
        for row in reader.records().map(|row| row.expect("a row")) {
            let name = rules::domain::normal_form(&row[0]);
            for alias in row[2].split(';').filter(|alias| !alias.is_empty()) {
                names.entry(rules::domain::normal_form(alias)).or_insert_with(|| name.clone());
            }
            names.insert(name.clone(), name);
        }
        names
    });
    let form = |name: &str| {
        let form = rules::domain::normal_form(name);
        names.get(&form).cloned().unwrap_or(form)
    };
    let mut meant = BTreeMap::new();
    for skill in &student.skills {
        let level = meant.entry(form(&skill.skill)).or_insert(0);
        *level = (*level).max(skill.level);
    }
    meant
}

/// What the list does not hold: the clean last day of reversed dates, and the clean maximum of two minimums.
fn beyond_the_list() -> Vec<Decision> {
    let other = |plant: &Plant| match plant.number {
        123..=126 => Some("end"),
        127..=129 => Some("available_to"),
        197..=198 => Some("capacity_max"),
        _ => None,
    };
    let cell = |path: &str, id: &str, column: &str| {
        let bytes = file(path).bytes;
        let sheet = sheets::read(path, &bytes, &sheets::Limits::default()).expect("it can be read").sheets.remove(0);
        let at = sheet.rows[0].cells.iter().find(|cell| cell.shown() == column).expect("the column").column;
        let row = sheet.rows.iter().find(|row| row.cell(0).is_some_and(|cell| cell.shown() == id)).expect("the row");
        (Place::Cell(row.line, at), row.cell(at).map(|cell| cell.shown()).unwrap_or_default())
    };
    let mut decisions = Vec::new();
    for plant in plants() {
        let Some(column) = other(&plant) else { continue };
        let (place, found) = cell(&format!("messy/{}", plant.file), &plant.id, column);
        let (_, clean) = cell(&plant.file, &plant.id, column);
        decisions.push(decided_as(&plant, place, found, clean));
    }
    assert_eq!(decisions.len(), 9);
    decisions
}
