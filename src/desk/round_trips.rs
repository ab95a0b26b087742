//! What the desk writes, read back by its own import.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sheets::write::Table;
use wire::{Request, SizeLimits, json, pb};

use crate::import::{File, Import, Options, import};
use crate::{Severity, csv_files, problems_workbook, template, workbook};

/// The tables as a workbook, and as CSV files.
fn both(tables: &[Table]) -> [Vec<File>; 2] {
    let one = File { name: "season.xlsx".to_owned(), bytes: workbook(tables).expect("a workbook") };
    let several = csv_files(tables).into_iter().map(|(name, bytes)| File { name, bytes });
    [vec![one], several.collect()]
}

fn imported(files: &[File], policy: Option<pb::Policy>) -> Import {
    import(files, &Options { policy, ..Options::default() }).expect("files that can be read")
}

/// Everything above a note, a line each.
fn told(import: &Import) -> Vec<String> {
    let above = import.problems.iter().filter(|problem| problem.severity > Severity::Note);
    above
        .map(|problem| {
            format!(
                "{} {} {} {} {}: {}",
                problem.severity.name(),
                problem.code,
                problem.sheet,
                problem.file,
                problem.place,
                problem.problem
            )
        })
        .collect()
}

fn read(instance: pb::Instance, policy: pb::Policy) -> Request {
    wire::read_request(Some(instance), Some(policy), &SizeLimits::NONE).expect("a season")
}

/// The canonical form of an import's season and policy.
fn canonical(import: Import) -> (pb::Instance, pb::Policy) {
    let request = read(import.instance.expect("a season"), import.policy.unwrap_or_default());
    (wire::write_instance(&request.instance), wire::write_policy(&request.instance, &request.policy))
}

#[test]
fn the_untouched_template_is_a_season_without_a_problem() {
    let files = template::template_files().into_iter().map(|(name, bytes)| File { name, bytes }).collect();
    let workbook = File { name: "t.xlsx".to_owned(), bytes: template::template_workbook().expect("a workbook") };
    for files in [files, vec![workbook]] {
        let import = imported(&files, None);
        assert_eq!(told(&import), [""; 0]);
        let season = import.instance.clone().expect("a season");
        assert_eq!((season.students.len(), season.projects.len(), season.links.len()), (2, 1, 1));
        assert_eq!(import.ignored.len(), 1, "the help is named: {:?}", import.ignored);
        canonical(import);
    }
}

#[test]
fn a_season_as_tables_is_the_same_season_again() {
    let request: pb::MatchRequest = json::read("MatchRequest", template::FULL_SEASON.as_bytes()).expect("a request");
    let (instance, mut policy) = (request.instance.unwrap_or_default(), request.policy.unwrap_or_default());
    policy.quotas.retain(|quota| quota.weights.is_empty());
    let tables = template::of_season(&instance, &policy.quotas);
    let original = read(instance, policy);
    let original = (wire::write_instance(&original.instance), wire::write_policy(&original.instance, &original.policy));
    for files in both(&tables) {
        let import = imported(&files, None);
        assert!(!import.is_open, "{:#?}", told(&import));
        let (season, policy) = canonical(import);
        assert_eq!(season, original.0);
        assert_eq!(policy.quotas, original.1.quotas);
    }
}

/// The files of every labelled case that can be read.
fn cases() -> Vec<(String, Vec<File>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/sheets/cases");
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths
    };
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let file = |path: &PathBuf| File { name: name(path), bytes: fs::read(path).expect("a file") };
    entries(&folder).iter().map(|case| (name(case), entries(case).iter().map(file).collect())).collect()
}

/// What is told of each place, but for where the sheet stands.
fn questions(import: &Import) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for problem in import.problems.iter().filter(|problem| problem.severity > Severity::Note) {
        let line = format!(
            "{} {} {} {} {}",
            problem.severity.name(),
            problem.code,
            problem.place,
            problem.record_id,
            problem.column
        );
        *told.entry(line).or_insert(0) += 1;
    }
    told
}

#[test]
fn a_problems_workbook_that_nobody_edited_asks_the_same_and_gives_the_same_season() {
    let mut checked = 0;
    let mut differing = Vec::new();
    for (case, files) in cases() {
        let Ok(first) = import(&files, &Options::default()) else { continue };
        let Ok(bytes) = problems_workbook(&first.problems, &first.sheets) else { continue };
        let again = imported(&[File { name: "problems.xlsx".to_owned(), bytes }], None);
        checked += 1;
        let (before, after) = (questions(&first), questions(&again));
        for (line, count) in &before {
            if after.get(line) != Some(count) {
                differing.push(format!("{case}: gone: {line}"));
            }
        }
        for (line, count) in &after {
            if before.get(line) != Some(count) {
                differing.push(format!("{case}: new: {line}"));
            }
        }
        if first.instance != again.instance {
            differing.push(format!("{case}: the season is another one"));
        }
    }
    assert!(checked > 50, "{checked}");
    assert_eq!(differing, [""; 0]);
}
