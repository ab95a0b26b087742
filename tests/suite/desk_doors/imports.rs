//! Spreadsheets read into a season, by the command line and by gRPC.

use super::Desk;
use crate::service::running::{Server, grpcurl};
use crate::support::as_json;
use wire::{json, pb};

const STUDENTS: &str = "student_id,name,gpa\r\nS1,Ana Silva,4.5\r\nS2,Bo Li,4.1\r\n";
const PROJECTS: &str = "project_id,title,max_seats\r\nP1,Walking robots,1\r\nP2,Thin films,1\r\n";
const CHOICES: &str = "student_id,rank,project_id\r\nS1,1,P1\r\nS2,1,P1\r\nS2,2,P2\r\n";

/// A folder `winter` with three tables.
fn desk() -> Desk {
    let desk = Desk::new();
    for (name, text) in [("students", STUDENTS), ("projects", PROJECTS), ("choices", CHOICES)] {
        desk.write(&format!("winter/{name}.csv"), text);
    }
    desk
}

fn request(desk: &Desk) -> pb::ImportSeasonRequest {
    let names = desk.names("winter").into_iter().filter(|name| name.ends_with(".csv") && !name.starts_with('.'));
    let files = names.map(|name| pb::DeskFile { content: desk.bytes(&format!("winter/{name}")), name });
    pb::ImportSeasonRequest { files: files.collect(), ..pb::ImportSeasonRequest::default() }
}

fn imported(server: &Server, request: &pb::ImportSeasonRequest) -> pb::ImportSeasonResponse {
    let input = as_json("ImportSeasonRequest", request);
    let said = grpcurl(server, &["-d", "@"], &["misti.matching.v1.DeskService/ImportSeason"], &input);
    assert_eq!(said.code, 0, "{}", said.error);
    json::read("ImportSeasonResponse", said.output.as_bytes()).expect("JSON")
}

#[test]
fn the_tables_of_a_folder_are_a_season_that_can_be_matched_and_the_service_reads_the_same() {
    let desk = desk();
    desk.write("winter/README.md", "who to call");
    desk.write("winter/.hidden.csv", "student_id\nS9\n");
    desk.write("winter/~$students.xlsx", "open");
    desk.write("winter/last year/students.csv", "student_id\nS8\n");
    let said = desk.done(&["import", "winter", "--output", "season.json", "--term", "2027-winter"]);
    assert!(said.output.contains("Not read: README.md."), "{}", said.output);
    assert!(said.output.contains("A season of 2 students, 2 projects"), "{}", said.output);
    assert!(said.output.lines().count() < 40, "a screen: {}", said.output);
    let season: pb::MatchRequest = desk.message("MatchRequest", "season.json");
    let instance = season.instance.clone().expect("a season");
    let ids: Vec<&str> = instance.students.iter().map(|student| student.student_id.as_str()).collect();
    assert_eq!((ids, instance.term.as_str()), (vec!["S1", "S2"], "2027-winter"));
    let said = desk.done(&["match", "season.json", "--output", "outcome.json"]);
    assert!(said.output.contains("2 of 2 students have a place."), "{}", said.output);

    let server = Server::start(&["--store=none"]);
    let asked = pb::ImportSeasonRequest { term: "2027-winter".to_owned(), ..request(&desk) };
    let response = imported(&server, &asked);
    assert_eq!((response.instance, response.is_open), (Some(instance), false));
    let (all, sheets) = response.totals.split_last().expect("totals");
    let sum = |row: &pb::CellTotals| {
        row.verbatim_count + row.normalised_count + row.proposed_count + row.rejected_count + row.ignored_count
    };
    assert_eq!((sheets.len(), sum(all)), (3, 3 * 9 + 3), "every cell that holds something");
    assert_eq!(sheets.iter().map(sum).sum::<i64>(), sum(all));
}

#[test]
fn what_is_open_writes_no_season_until_it_is_decided() {
    let desk = desk();
    desk.write("winter/students.csv", format!("{STUDENTS}S2,Bo Lee,4.0\r\n"));
    let import = ["import", "winter", "--output", "season.json"];
    let said = desk.type_in(&[&import[..], &["--problems", "problems.csv", "--mapping", "mapping.toml"]].concat());
    assert_eq!(said.code, 3, "{}{}", said.output, said.error);
    assert!(said.output.contains("Nothing is written: "), "{}", said.output);
    assert_eq!(desk.names("."), ["mapping.toml", "problems.csv", "winter"]);
    let problems = desk.text("problems.csv");
    let line = problems.lines().find(|line| line.contains("students.csv") && line.contains("M7023"));
    let line = line.unwrap_or_else(|| panic!("{problems}"));
    assert!(line.contains(",A4,4,") && (line.contains(",ERROR,") || line.contains(",ASK,")), "{line}");

    let said = desk.done(&[&import[..], &["--skip-open"]].concat());
    assert!(said.output.contains("Left out 1 row of students"), "{}", said.output);
    let season: pb::MatchRequest = desk.message("MatchRequest", "season.json");
    let left = season.instance.expect("a season").students;
    assert!(left.len() < 3 && left.iter().any(|student| student.student_id == "S1"), "{left:?}");

    std::fs::remove_file(desk.0.path().join("season.json")).expect("it is there");
    // The last column is the decision.
    let decided: String = problems
        .lines()
        .map(|told| if told == line { format!("{}skip\r\n", told.trim_end()) } else { format!("{told}\r\n") })
        .collect();
    desk.write("decided.csv", decided);
    desk.done(&[&import[..], &["--decisions", "decided.csv"]].concat());
    let season: pb::MatchRequest = desk.message("MatchRequest", "season.json");
    let names: Vec<String> = season.instance.expect("a season").students.into_iter().map(|s| s.display_name).collect();
    assert_eq!(names, ["Ana Silva", "Bo Li"]);

    let workbook = desk.type_in(&["import", "winter", "--problems", "problems.xlsx"]);
    assert_eq!(workbook.code, 3, "{}", workbook.error);
    assert!(desk.bytes("problems.xlsx").starts_with(b"PK"));
    let server = Server::start(&["--store=none"]);
    let asked = pb::ImportSeasonRequest { problems_format: Some(pb::desk_file::Format::Xlsx as i32), ..request(&desk) };
    let response = imported(&server, &asked);
    assert!(response.is_open && response.instance.is_none());
    assert!(response.problems_file.expect("it was asked for").content == desk.bytes("problems.xlsx"), "the same bytes");
    let problem = response.problems.iter().find(|one| one.code == "M7023").expect("it is told");
    assert_eq!((problem.cell.as_str(), problem.row, problem.record_id.as_str()), ("A4", 4, "S2"));
}

#[test]
fn thousands_of_problems_fit_on_a_screen_or_two() {
    let desk = desk();
    let rows: String = (0..3_000).map(|number| format!("T{number},{},nonsense {number}\r\n", number % 7)).collect();
    desk.write("winter/students.csv", format!("student_id,name,gpa\r\n{rows}"));
    let said = desk.type_in(&["import", "winter", "--output", "season.json"]);
    assert_eq!(said.code, 3, "{}", said.error);
    let lines: Vec<&str> = said.output.lines().collect();
    assert!(lines.len() <= 100, "{} lines: {}", lines.len(), said.output);
    assert!(lines[0].starts_with("ERROR"), "the worst comes first: {}", lines[0]);
    assert!(said.output.contains("3,000"), "each kind is counted: {}", said.output);
}

#[test]
fn a_file_that_can_not_be_read_is_named_and_nothing_of_it_is_quoted_in_a_status() {
    let desk = desk();
    desk.write("winter/hosts.xlsx", "%PDF-1.4 Ana Silva");
    let said = desk.type_in(&["import", "winter", "--output", "season.json"]);
    assert_eq!(said.code, 8, "{}", said.output);
    assert!(said.error.contains("hosts.xlsx: ") && said.error.contains("M7106"), "{}", said.error);
    assert_eq!(desk.names("."), ["winter"]);
    assert_eq!(desk.type_in(&["import", "nowhere", "--output", "season.json"]).code, 8);
    let server = Server::start(&["--store=none"]);
    let file = |name: &str, content: &[u8]| pb::DeskFile { name: name.to_owned(), content: content.to_vec() };
    for (files, mapping, code) in [
        (vec![file("hosts.xlsx", b"%PDF-1.4 Ana Silva")], "", "M7106"),
        (vec![file("hosts.xlsx", b"PK\x03\x04 Ana Silva")], "", "M7102"),
        (vec![file("winter/hosts.csv", b"host_id")], "", "M7223"),
        (vec![file("hosts.csv", b"host_id"), file("hosts.csv", b"host_id")], "", "M7223"),
        (vec![file("", b"host_id")], "", "M7223"),
        (vec![], "", "M7106"),
        (vec![file("hosts.csv", b"host_id\nH1\n")], "Ana Silva = ", "M7048"),
        (vec![file("hosts.csv", b"host_id\nH1\n"); 101], "", "M1016"),
    ] {
        let request = pb::ImportSeasonRequest { files, mapping: mapping.to_owned(), ..Default::default() };
        let input = as_json("ImportSeasonRequest", &request);
        let said = grpcurl(&server, &["-d", "@"], &["misti.matching.v1.DeskService/ImportSeason"], &input);
        assert!(said.code - 64 == 3 && said.error.contains(code), "{code}: {} {}", said.output, said.error);
        assert!(!said.error.contains("Ana"), "{}", said.error);
    }
    assert!(!server.log().contains("Ana"), "{}", server.log());
}

#[test]
fn the_template_is_read_back_as_the_season_of_its_examples() {
    let desk = Desk::new();
    desk.done(&["template", "template.xlsx"]);
    desk.done(&["template", "tables"]);
    let mut seasons = Vec::new();
    for path in ["template.xlsx", "tables"] {
        let said = desk.done(&["import", path, "--output", "season.json"]);
        assert!(!said.output.contains("ERROR") && !said.output.contains("ASK"), "{path}: {}", said.output);
        seasons.push(desk.text("season.json"));
    }
    assert_eq!(seasons[0], seasons[1]);
}

#[test]
fn a_spreadsheet_in_the_place_of_a_season_is_called_one_and_import_is_named() {
    let desk = Desk::new();
    desk.write("students.csv", "student_id\nS1\n");
    desk.done(&["template", "tables.xlsx"]);
    desk.write("season.json", desk.bytes("tables.xlsx"));
    for name in ["students.csv", "tables.xlsx", "season.json"] {
        let said = desk.type_in(&["match", name]);
        assert_eq!(said.code, 3, "{}", said.error);
        assert!(said.error.contains("misti-matching import"), "{}", said.error);
    }
}
