//! What goes out as spreadsheets comes back the same.

use super::{canonical, codes, file, files_of, import, open, show};
use calls::sample::{Sample, sample};
use desk::import::{File, Options};
use desk::template::of_season;
use wire::pb;

fn samples() -> Vec<(String, pb::MatchRequest)> {
    let of = |kind: Sample, seed: u64| {
        let (students, projects) = if kind == Sample::Tiny { kind.default_counts() } else { (40, 25) };
        let (instance, policy) = sample(kind, seed, students, projects);
        (format!("{kind:?} {seed}"), pb::MatchRequest { instance: Some(instance), policy: Some(policy) })
    };
    Sample::ALL.into_iter().flat_map(|kind| (0..6).map(move |seed| of(kind, seed))).collect()
}

#[test]
fn a_season_written_as_tables_is_read_back_as_the_same_season() {
    for (name, request) in samples() {
        let season = request.instance.clone().expect("a season");
        let quotas = request.policy.clone().unwrap_or_default().quotas;
        let tables = of_season(&season, &quotas);
        let csv: Vec<File> = desk::csv_files(&tables).into_iter().map(|(name, bytes)| file(&name, bytes)).collect();
        let xlsx = vec![file("season.xlsx", desk::workbook(&tables).unwrap_or_else(|found| panic!("{found:?}")))];
        let policy = request.policy.clone().map(|policy| pb::Policy { quotas: Vec::new(), ..policy });
        for files in [csv, xlsx] {
            let options = Options { term: season.term.clone(), policy: policy.clone(), ..Options::default() };
            let read = import(&files, &options);
            assert!(!read.is_open, "{name}: {:#?}", open(&read));
            let back = read.instance.expect("a season");
            assert_eq!(canonical(&back), canonical(&season), "{name}");
            let of = |policy: Option<pb::Policy>| policy.unwrap_or_default().quotas;
            let weighed = quotas.iter().any(|quota| !quota.weights.is_empty());
            assert!(weighed || of(read.policy) == quotas, "{name}");
        }
    }
}

#[test]
fn cells_that_hold_something_are_all_counted_and_each_ends_in_one_way() {
    let cases = std::fs::read_dir(super::data("sheets/cases")).expect("the cases");
    for case in cases.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()) {
        let files = files_of(&format!("sheets/cases/{case}"));
        let Ok(read) = desk::import(&files, &Options::default()) else { continue };
        let rows = read.sheets.iter().flat_map(|sheet| &sheet.rows);
        let cells = rows.flat_map(|row| &row.cells).filter(|cell| !cell.shown().is_empty()).count();
        assert_eq!(read.totals.all.sum(), cells, "{case}");
    }
}

#[test]
fn a_workbook_of_problems_that_nobody_edited_is_read_as_what_it_was_made_of() {
    let cases = std::fs::read_dir(super::data("sheets/cases")).expect("the cases");
    let mut compared = 0;
    for case in cases.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()) {
        let files = files_of(&format!("sheets/cases/{case}"));
        let Ok(first) = desk::import(&files, &Options { skip_open: true, ..Options::default() }) else { continue };
        let Ok(book) = desk::problems_workbook(&first.problems, &first.sheets) else { continue };
        let again = import(&[file("problems.xlsx", book)], &Options { skip_open: true, ..Options::default() });
        assert_eq!(first.is_open, again.is_open, "{case}: {:#?} {:#?}", open(&first), open(&again));
        let asked = |import: &desk::Import| {
            let mut asked: Vec<(String, String)> = import
                .problems
                .iter()
                .filter(|problem| problem.severity >= desk::Severity::Ask)
                .map(|problem| (problem.place.to_string(), problem.code.number.to_owned()))
                .collect();
            asked.sort();
            asked
        };
        assert_eq!(asked(&first), asked(&again), "{case}: {:#?}", again.problems.iter().map(show).collect::<Vec<_>>());
        let season = |import: desk::Import| canonical(&import.instance.expect("a season"));
        assert_eq!(season(first), season(again), "{case}");
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn exported_placements_are_the_previous_matching_when_they_are_read_back() {
    let (_, request) = samples().into_iter().find(|(name, _)| name.starts_with("Summer")).expect("a summer");
    let outcome = crate::support::solve(request.clone());
    let season = request.instance.clone().expect("a season");
    let policy = request.policy.clone().unwrap_or_default();
    let export = desk::Export { season: &season, policy: &policy, outcome: &outcome, before: None, shortlist: None };
    let tables = desk::export(&export).unwrap_or_else(|found| panic!("{found:?}"));
    let placements: Vec<_> =
        desk::csv_files(&tables).into_iter().filter(|(name, _)| name == "placements.csv").collect();
    let mut files: Vec<File> =
        desk::csv_files(&of_season(&season, &[])).into_iter().map(|(name, bytes)| file(&name, bytes)).collect();
    files.retain(|file| file.name != "previous.csv");
    files.extend(placements.into_iter().map(|(_, bytes)| file("previous.csv", bytes)));
    let read = import(&files, &Options::default());
    assert!(!read.is_open, "{:#?} {:?}", open(&read), codes(&read));
    let pair = |student: &str, project: &str| (student.to_owned(), project.to_owned());
    let mut before: Vec<_> = outcome.assignments.iter().map(|one| pair(&one.student_id, &one.project_id)).collect();
    let previous = read.instance.expect("a season").previous_assignments;
    let mut back: Vec<_> = previous.iter().map(|one| pair(&one.student_id, &one.project_id)).collect();
    before.sort();
    back.sort();
    assert_eq!(before, back);
}
