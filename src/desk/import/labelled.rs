//! Tests: every labelled spreadsheet of `../shared/data/sheets` is read, or told of, as its labels say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use wire::{json, pb};

use super::{File, Import, Options, Refused, import};
use crate::problem::{Problem, Severity};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/sheets")
}

#[derive(Debug, Clone)]
struct Label {
    case: String,
    file: String,
    table: String,
    sheet: String,
    cells: Vec<String>,
    record: String,
    column: String,
    severity: Option<Severity>,
    truth: String,
    never: Vec<String>,
    exits: Vec<u8>,
}

fn labels() -> Vec<Label> {
    let mut reader = csv::Reader::from_path(folder().join("labels.csv")).expect("the labels");
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| {
        let list = |at: usize, by: char| row[at].split(by).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Label {
            case: row[0].to_owned(),
            file: row[1].rsplit('/').next().unwrap_or_default().to_owned(),
            table: row[3].to_owned(),
            sheet: row[4].to_owned(),
            cells: list(5, ' '),
            record: row[6].to_owned(),
            column: row[7].to_owned(),
            severity: match &row[9] {
                "NOTE" => Some(Severity::Note),
                "WARNING" => Some(Severity::Warning),
                "ASK" => Some(Severity::Ask),
                "ERROR" => Some(Severity::Error),
                _ => None,
            },
            truth: row[10].to_owned(),
            never: list(11, '|'),
            exits: row[13].split(' ').map(|exit| exit.parse().expect("an exit code")).collect(),
        }
    })
    .collect()
}

fn files(case: &str) -> Vec<File> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder().join("cases").join(case))
        .expect("the case")
        .map(|entry| entry.expect("a file").path())
        .collect();
    names.sort();
    let file = |path: &PathBuf| File {
        name: path.file_name().expect("a name").to_string_lossy().into_owned(),
        bytes: fs::read(path).expect("the file"),
    };
    names.iter().map(file).collect()
}

/// Each thing that a season says, by table, record and column, in a form that does not depend on order or spelling.
type Said = BTreeMap<(String, String, String), String>;

fn put(said: &mut Said, table: &str, record: &str, column: &str, value: String) {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if !value.is_empty() && value != "false" && !(column == "min_seats" && value == "0") {
        said.insert((table.to_owned(), record.to_owned(), column.to_owned()), value);
    }
}

fn number<N: ToString>(number: Option<N>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

fn sorted(entries: impl Iterator<Item = String>) -> String {
    let mut entries: Vec<String> = entries.collect();
    entries.sort();
    entries.join(";")
}

fn said(instance: &pb::Instance) -> Said {
    let mut said = Said::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for alias in &instance.skill_aliases {
        for spelling in alias.aliases.iter().chain([&alias.skill]) {
            names.insert(rules::domain::normal_form(spelling), rules::domain::normal_form(&alias.skill));
        }
    }
    let skill = |name: &str| {
        let form = rules::domain::normal_form(name);
        names.get(&form).cloned().unwrap_or(form)
    };
    let level = |level: i32| if level == 0 { String::new() } else { level.to_string() };
    let language =
        |code: &str| rules::domain::Language::parse(code).map_or_else(|| code.to_owned(), |code| code.to_string());
    let money = |money: &Option<pb::Money>| {
        money.as_ref().map_or_else(String::new, |money| format!("{} {}", money.amount, money.currency_code))
    };
    let levels = |levels: &[i32]| {
        sorted(levels.iter().map(|&level| pb::StudyLevel::try_from(level).unwrap_or_default().as_str_name().to_owned()))
    };
    for program in &instance.programs {
        let mut tell = |column: &str, value: String| put(&mut said, "programs", &program.program_id, column, value);
        tell("program_id", program.program_id.clone());
        tell("title", program.title.clone());
        tell("countries", sorted(program.country_codes.iter().map(|code| code.to_uppercase())));
        tell(
            "languages",
            sorted(
                program
                    .language_requirements
                    .iter()
                    .map(|one| format!("{}:{}", language(&one.language), one.min_level)),
            ),
        );
        tell("min_gpa", number(program.min_gpa));
        tell("required_courses", sorted(program.required_courses.iter().cloned()));
        tell("exempt_study_levels", levels(&program.exempt_study_levels));
        tell("requires_approval", program.requires_approval.to_string());
        tell("suspended", program.suspended.to_string());
        tell("min_weeks", number(program.min_weeks));
        tell("min_hours_per_week", number(program.min_hours_per_week));
    }
    for host in &instance.hosts {
        let mut tell = |column: &str, value: String| put(&mut said, "hosts", &host.host_id, column, value);
        tell("host_id", host.host_id.clone());
        tell("title", host.title.clone());
        tell("country", host.country_code.to_uppercase());
        tell("max_seats", number(host.max_seat_count));
        tell("alumni", host.alumni.to_string());
        tell("withdrawn", host.withdrawn.to_string());
    }
    for project in &instance.projects {
        let mut tell = |column: &str, value: String| put(&mut said, "projects", &project.project_id, column, value);
        tell("project_id", project.project_id.clone());
        tell("host_id", project.host_id.clone());
        tell("program_id", project.program_id.clone());
        tell("title", project.title.clone());
        tell("country", project.country_code.to_uppercase());
        tell("min_seats", number(project.min_seat_count));
        tell("max_seats", number(project.max_seat_count));
        tell("must_open", project.must_open.to_string());
        let asked = |required: bool| {
            let of = project.skill_requirements.iter().filter(move |one| one.required == required);
            sorted(of.map(|one| format!("{}:{}:{}", skill(&one.skill), level(one.min_level), number(one.weight))))
        };
        tell("required_skills", asked(true));
        tell("desired_skills", asked(false));
        tell(
            "languages",
            sorted(
                project
                    .language_requirements
                    .iter()
                    .map(|one| format!("{}:{}", language(&one.language), one.min_level)),
            ),
        );
        tell("start_date", project.start_date.clone());
        tell("end_date", project.end_date.clone());
        tell("hours_per_week", number(project.hours_per_week));
        tell("study_levels", levels(&project.study_levels));
        tell("supervisor", project.supervisor.clone());
        tell("workspace_confirmed", project.workspace_confirmed.unwrap_or_default().to_string());
        tell("sponsors_work_authorization", project.sponsors_work_authorization.to_string());
        tell("stipend", money(&project.stipend));
        tell("ranked_only", project.ranked_only.to_string());
        for rank in &project.student_ranks {
            let record = format!("{} {}", project.project_id, rank.student_id);
            put(&mut said, "host_ranks", &record, "rank", number(rank.rank));
            put(&mut said, "host_ranks", &record, "project_id", project.project_id.clone());
            put(&mut said, "host_ranks", &record, "student_id", rank.student_id.clone());
        }
    }
    for student in &instance.students {
        let mut tell = |column: &str, value: String| put(&mut said, "students", &student.student_id, column, value);
        tell("student_id", student.student_id.clone());
        tell("name", student.display_name.clone());
        tell("study_level", levels(&[student.study_level]).replace("STUDY_LEVEL_UNSPECIFIED", ""));
        tell("class_year", if student.class_year == 0 { String::new() } else { student.class_year.to_string() });
        tell("major", student.major.clone());
        tell("gpa", number(student.gpa));
        tell("skills", sorted(student.skills.iter().map(|one| format!("{}:{}", skill(&one.skill), level(one.level)))));
        tell(
            "languages",
            sorted(student.languages.iter().map(|one| format!("{}:{}", language(&one.language), one.level))),
        );
        tell("courses", sorted(student.courses.iter().cloned()));
        tell("citizenships", sorted(student.citizenships.iter().map(|code| code.to_uppercase())));
        tell("available_from", student.available_from.clone());
        tell("available_until", student.available_until.clone());
        let authorization = student.work_authorization.clone().unwrap_or_default();
        tell("needs_work_authorization", authorization.required.to_string());
        tell("approved_programs", sorted(student.approved_program_ids.iter().cloned()));
        tell("withdrawn", student.withdrawn.to_string());
        tell("choices_only", student.choices_only.to_string());
        for choice in &student.choices {
            use pb::choice::Target;
            let (column, target) = match choice.target.clone() {
                Some(Target::ProjectId(id)) => ("project_id", id),
                Some(Target::HostId(id)) => ("host_id", id),
                Some(Target::ProgramId(id)) => ("program_id", id),
                Some(Target::CountryCode(code)) => ("country", code.to_uppercase()),
                None => ("", String::new()),
            };
            let record = format!("{} {target}", student.student_id);
            put(&mut said, "choices", &record, "rank", number(choice.rank));
            put(&mut said, "choices", &record, column, target);
            put(&mut said, "choices", &record, "student_id", student.student_id.clone());
        }
    }
    said
}

fn true_season() -> pb::Instance {
    let text = fs::read(folder().join("season.json")).expect("the season");
    let request: pb::MatchRequest =
        json::read("MatchRequest", &text).unwrap_or_else(|faults| panic!("{}", faults[0].message));
    request.instance.expect("an instance")
}

/// Whether a problem stands at one of the places of a label.
fn is_at(problem: &Problem, label: &Label) -> bool {
    let is_file = label.file.is_empty() || problem.file == label.file;
    let is_sheet = label.sheet.is_empty() || problem.sheet == label.sheet || problem.sheet.is_empty();
    if !is_file || !is_sheet {
        return false;
    }
    let place = problem.place.to_string();
    let column = |place: &str| {
        place.split(':').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
    };
    label.cells.is_empty()
        || label.cells.iter().any(|cell| {
            let is_column = cell.contains(':') && cell.starts_with(|c: char| c.is_ascii_alphabetic());
            let is_row = cell.contains(':') && !is_column;
            let in_row = is_row
                && (place == *cell
                    || place.trim_start_matches(|c: char| c.is_ascii_alphabetic())
                        == cell.split(':').next().unwrap_or_default());
            place == *cell || in_row || (is_column && column(&place) == column(cell))
        })
}

fn is_true(truth: &str, table: &Said, key: &(String, String, String)) -> bool {
    let found = table.get(key).map(String::as_str).unwrap_or_default();
    if truth == "(none)" {
        return found.is_empty();
    }
    found == truth || (truth == "false" && found.is_empty())
}

fn outcome(case: &str, skip_open: bool) -> (u8, Option<Import>, String) {
    let options = Options { skip_open, ..Options::default() };
    match import(&files(case), &options) {
        Ok(import) => (if import.is_open { 3 } else { 0 }, Some(import), String::new()),
        Err(Refused::Unreadable(why)) => (8, None, format!("{why:?}")),
        Err(Refused::Mapping(why)) => panic!("{why}"),
    }
}

fn list_columns() -> BTreeSet<&'static str> {
    ["skills", "languages", "required_skills", "desired_skills", "countries", "courses"].into()
}

/// What is wrong with a case, each as one line.
fn check(case: &str, labels: &[Label]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (exit, import, why) = outcome(case, false);
    if labels.iter().any(|label| !label.exits.contains(&exit)) {
        wrong.push(format!("exit {exit}, wanted {:?} {why}", labels[0].exits));
    }
    let Some(import) = import else { return wrong };
    let show = |problem: &Problem| {
        format!(
            "{} {} {} {} {} {:?} {} → {:?}",
            problem.severity.name(),
            problem.file,
            problem.sheet,
            problem.place,
            problem.code,
            problem.found,
            problem.problem,
            problem.suggestion
        )
    };
    for label in labels.iter().filter(|_| exit == 3) {
        let Some(least) = label.severity else { continue };
        if !import.problems.iter().any(|problem| problem.severity >= least && is_at(problem, label)) {
            wrong.push(format!("untold: {:?} {:?} {} {}", least, label.cells, label.column, label.record));
        }
    }
    // Where an id is told is where it stands or where it is used.
    let told: Vec<&Label> = labels.iter().filter(|label| label.severity.is_some()).collect();
    for problem in import.problems.iter().filter(|problem| problem.severity > Severity::Note) {
        let is_labelled = told.iter().any(|label| is_at(problem, label));
        let is_quiet =
            exit != 0 || labels.iter().all(|label| label.severity.is_none_or(|severity| severity == Severity::Note));
        if !is_labelled && (is_quiet || problem.severity > Severity::Warning || exit == 0) {
            wrong.push(format!("alarm: {}", show(problem)));
        }
    }
    let truth = said(&true_season());
    let labelled: BTreeSet<(String, String, String)> =
        labels.iter().map(|label| (label.table.clone(), label.record.clone(), label.column.clone())).collect();
    if exit == 0 {
        let season = said(import.instance.as_ref().expect("a season"));
        let keys: BTreeSet<&(String, String, String)> = truth.keys().chain(season.keys()).collect();
        for key in keys {
            let is_loose = labelled.iter().any(|(table, record, column)| {
                (table.is_empty() || *table == key.0) && *record == key.1 && (*column == key.2 || column.is_empty())
            });
            // A row that the true season does not have is there for its label.
            let is_added = labels.iter().any(|label| key.1.split(' ').any(|id| id == label.record))
                && !truth.contains_key(&(
                    "students".to_owned(),
                    key.1.split(' ').next().unwrap_or_default().to_owned(),
                    "student_id".to_owned(),
                ));
            if !is_loose && !is_added && truth.get(key) != season.get(key) {
                wrong.push(format!("{key:?}: {:?}, wanted {:?}", season.get(key), truth.get(key)));
            }
        }
        for label in labels.iter().filter(|label| {
            !label.record.is_empty()
                && !label.column.is_empty()
                && !label.truth.is_empty()
                && label.truth != "season.json"
        }) {
            let key = (label.table.clone(), label.record.clone(), label.column.clone());
            if !list_columns().contains(label.column.as_str()) && !is_true(&label.truth, &season, &key) {
                wrong.push(format!("{key:?}: {:?}, wanted {:?}", season.get(&key), label.truth));
            }
        }
    }
    let (_, skipped, _) = outcome(case, true);
    let skipped = said(skipped.and_then(|import| import.instance).as_ref().expect("--skip-open gives a season"));
    for label in labels.iter().filter(|label| !label.never.is_empty()) {
        for ((table, record, column), value) in &skipped {
            let is_here = (label.record.is_empty() || *record == label.record || label.column.ends_with("_id"))
                && (label.column.is_empty() || *column == label.column)
                && (label.table.is_empty() || *table == label.table);
            if is_here && label.never.iter().any(|never| never == value) {
                wrong.push(format!("never: {table} {record} {column} {value}"));
            }
        }
    }
    wrong
}

#[test]
fn every_labelled_spreadsheet_is_read_or_told_of_as_its_labels_say() {
    let mut cases: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    for label in labels() {
        cases.entry(label.case.clone()).or_default().push(label);
    }
    let only = std::env::var("CASE").ok();
    let mut wrong = Vec::new();
    for (case, labels) in cases.iter().filter(|(case, _)| only.as_ref().is_none_or(|only| case.contains(only.as_str())))
    {
        wrong.extend(check(case, labels).into_iter().map(|why| format!("{case}: {why}")));
    }
    assert!(cases.len() >= 72, "{} cases", cases.len());
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
