//! What the desk writes, read back by its own import.

use sheets::write::Table;
use wire::{Request, SizeLimits, json, pb};

use crate::import::{File, Import, Options, import};
use crate::{Severity, csv_files, template, workbook};

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

/// The first line in which two messages differ, as each of them has it.
fn first_difference(one: &pb::Instance, other: &pb::Instance) -> Option<(String, String)> {
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    let lines = one.lines().chain(["end"]).zip(other.lines().chain(["end"]));
    lines
        .enumerate()
        .find(|(_, (one, other))| one != other)
        .map(|(at, (one, other))| (format!("{at}: {one}"), other.to_owned()))
}

#[test]
fn a_season_as_tables_is_the_same_season_again() {
    let request: pb::MatchRequest = json::read("MatchRequest", template::FULL_SEASON.as_bytes()).expect("a request");
    let (mut instance, mut policy) = (request.instance.unwrap_or_default(), request.policy.unwrap_or_default());
    policy.quotas.retain(|quota| quota.weights.is_empty());
    let tables = template::of_season(&instance, &policy.quotas);
    // A maximum that is not stated is written as what it means.
    instance.projects[1].max_seat_count = Some(2);
    let original = read(instance, policy);
    let original = (wire::write_instance(&original.instance), wire::write_policy(&original.instance, &original.policy));
    for files in both(&tables) {
        let import = imported(&files, None);
        assert!(!import.is_open, "{:#?}", told(&import));
        let (season, policy) = canonical(import);
        assert_eq!(first_difference(&season, &original.0), None);
        assert_eq!(policy.quotas, original.1.quotas);
    }
}
