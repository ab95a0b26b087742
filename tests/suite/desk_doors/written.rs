//! What is written: templates, tables, pages and letters.

use super::{Desk, SEASON};
use crate::runs::harness::{Client, Place, run_of};
use crate::service::running::{Server, grpcurl};
use crate::support::{as_json, match_request};
use wire::{json, pb};

fn call<T: prost::Message + Default>(server: &Server, method: &str, response: &str, input: &str) -> T {
    let said = grpcurl(server, &["-d", "@"], &[&format!("misti.matching.v1.DeskService/{method}")], input);
    assert_eq!(said.code, 0, "{method}: {}", said.error);
    json::read(response, said.output.as_bytes()).expect("JSON")
}

/// What a call is refused with: its code and its message.
fn refused(server: &Server, method: &str, input: &str) -> (i32, String) {
    let said = grpcurl(server, &["-d", "@"], &[&format!("misti.matching.v1.DeskService/{method}")], input);
    (said.code - 64, said.error)
}

#[test]
fn a_template_is_the_same_from_the_service_and_the_command_line() {
    let desk = Desk::new();
    let server = Server::start(&["--store=none"]);
    desk.done(&["template", "template.xlsx"]);
    desk.done(&["template", "tables"]);
    let workbook: pb::GetTemplateResponse = call(&server, "GetTemplate", "GetTemplateResponse", "{}");
    assert_eq!(workbook.files.len(), 1);
    assert!(workbook.files[0].content == desk.bytes("template.xlsx"), "the same bytes");
    let tables: pb::GetTemplateResponse = call(&server, "GetTemplate", "GetTemplateResponse", r#"{"format": "CSV"}"#);
    let mut names: Vec<&str> = tables.files.iter().map(|file| file.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(desk.names("tables"), names);
    assert!(names.contains(&"students.csv") && names.contains(&"offers.csv"), "{names:?}");
    for file in &tables.files {
        assert!(file.content == desk.bytes(&format!("tables/{}", file.name)), "{}", file.name);
    }
    assert_eq!(refused(&server, "GetTemplate", r#"{"format": 9}"#).0, 3);
    let said = desk.type_in(&["template", "template.ods"]);
    assert_eq!(
        (said.code, desk.names(".")),
        (2, vec!["tables".to_owned(), "template.xlsx".to_owned()]),
        "{}",
        said.error
    );
}

#[test]
fn a_matching_is_the_same_tables_from_files_from_a_sent_season_and_from_a_run() {
    let (desk, request, outcome) = Desk::matched(SEASON);
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let mut client = Client::of(&server);
    let run = pb::CreateRunRequest { display_name: "First draft".to_owned(), ..run_of(request.clone()) };
    let run = client.create(run).expect("it is stored").name;
    client.finished(&run);

    desk.done(&["export", "outcome.json", "--season", "season.json", "--output", "tables"]);
    assert_eq!(
        desk.names("tables"),
        ["hosts.csv", "open_seats.csv", "placements.csv", "summary.csv", "unplaced.csv"],
        "what there is nothing to tell of is no table"
    );
    let placements = desk.text("tables/placements.csv");
    let header = "\u{feff}student_id,name,email,project_id,project_title,host_id,host_title,country,program_id,points,choice_rank,host_rank,offer_state,fund_id,change_since_previous\r\n";
    assert!(placements.starts_with(header), "{placements}");
    assert_eq!(placements.lines().count(), 1 + outcome.assignments.len());
    for assignment in &outcome.assignments {
        assert!(placements.contains(&format!("{},", assignment.student_id)), "{placements}");
    }

    let sent = pb::ExportRequest {
        instance: request.instance.clone(),
        outcome: Some(outcome),
        format: pb::desk_file::Format::Csv as i32,
        ..pb::ExportRequest::default()
    };
    let sent: pb::ExportResponse = call(&server, "Export", "ExportResponse", &as_json("ExportRequest", &sent));
    let of_run: pb::ExportResponse =
        call(&server, "Export", "ExportResponse", &format!(r#"{{"run": "{run}", "format": "CSV"}}"#));
    let tables = |response: &pb::ExportResponse| -> Vec<(String, Vec<u8>)> {
        // The summary says when it was solved.
        let files = response.files.iter().filter(|file| file.name != "summary.csv");
        files.map(|file| (file.name.clone(), file.content.clone())).collect()
    };
    assert_eq!(tables(&sent), tables(&of_run));
    let address = format!("http://{}", server.address);
    let by_name = ["export", "--run", "First draft", "--server", &address, "--output", "of_run"];
    desk.done(&by_name);
    for (name, content) in tables(&of_run) {
        assert!(desk.bytes(&format!("tables/{name}")) == content, "{name}");
        assert!(desk.bytes(&format!("of_run/{name}")) == content, "{name}");
    }
    desk.done(&["export", "--run", "latest", "--server", &address, "--output", "matching.xlsx"]);
    let workbook: pb::ExportResponse = call(&server, "Export", "ExportResponse", &format!(r#"{{"run": "{run}"}}"#));
    assert!(workbook.files[0].content == desk.bytes("matching.xlsx"), "the same bytes");
    assert!(desk.bytes("matching.xlsx").starts_with(b"PK"), "a workbook is a zip");
}

#[test]
fn a_rematch_is_compared_with_its_base_unless_something_else_is_named() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let mut client = Client::of(&server);
    let base = client.create(run_of(match_request(SEASON))).expect("it is stored").name;
    let first = client.finished(&base).outcome.expect("an outcome");
    let at_p1 = first.assignments.iter().find(|a| a.project_id == "P1").expect("P1 is wanted").student_id.clone();
    let withdrawn = format!(
        r#"{{"base_run": "{base}", "changes": [{{"edit": {{"kind": "WITHDRAW_STUDENT", "student_ids": ["{at_p1}"]}}}}]}}"#
    );
    let second = client.create(crate::support::message("CreateRunRequest", &withdrawn)).expect("it is stored").name;
    client.finished(&second);
    let changes = |input: &str| {
        let response: pb::ExportResponse = call(&server, "Export", "ExportResponse", input);
        let file = response.files.into_iter().find(|file| file.name == "changes.csv");
        file.map(|file| String::from_utf8(file.content).expect("text"))
    };
    let told = changes(&format!(r#"{{"run": "{second}", "format": "CSV"}}"#)).expect("it has a base");
    assert!(told.contains(&at_p1), "{told}");
    let same =
        changes(&format!(r#"{{"run": "{second}", "before_run": "{second}", "format": "CSV"}}"#)).expect("it is named");
    assert_eq!(same.lines().count(), 1, "nothing changed: {same}");
    assert_eq!(changes(&format!(r#"{{"run": "{base}", "format": "CSV"}}"#)), None);
    client.delete(&base).expect("it is deleted");
    assert_eq!(changes(&format!(r#"{{"run": "{second}", "format": "CSV"}}"#)), None, "its base is there no more");
}

#[test]
fn a_page_is_for_one_reader_and_says_whose_it_is_not() {
    let (desk, request, outcome) = Desk::matched(SEASON);
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let mut client = Client::of(&server);
    let run = client.create(run_of(request.clone())).expect("it is stored").name;
    client.finished(&run);
    desk.done(&["report", "outcome.json", "--season", "season.json", "--output", "office.html"]);
    desk.done(&["report", "outcome.json", "--season", "season.json", "--student", "S1", "--output", "ana.html"]);
    desk.done(&["report", "outcome.json", "--season", "season.json", "--host", "H1", "--output", "host.html"]);
    let (office, ana, host) = (desk.text("office.html"), desk.text("ana.html"), desk.text("host.html"));
    for name in ["Ana Silva", "Bo Li", "Cy Cole"] {
        assert!(office.contains(name), "{name}");
        assert_eq!(ana.contains(name), name == "Ana Silva", "{name} on the page of Ana Silva");
    }
    let at_h1 = &outcome.assignments.iter().find(|a| a.project_id == "P1").expect("P1 is wanted").student_id;
    let students = &request.instance.as_ref().expect("a season").students;
    for student in students {
        let is_there = host.contains(&student.display_name);
        assert_eq!(is_there, student.student_id == *at_h1, "{} on the page of the host", student.display_name);
    }
    let of_run: pb::ReportResponse = call(
        &server,
        "Report",
        "ReportResponse",
        &format!(r#"{{"run": "{run}", "audience": "STUDENT", "student_id": "S1"}}"#),
    );
    assert_eq!(String::from_utf8(of_run.html).expect("text"), ana);
    let address = format!("http://{}", server.address);
    let printed = desk.done(&["report", "--run", "latest", "--host", "H1", "--server", &address, "--output", "-"]);
    assert_eq!(printed.output, host);

    for (input, code) in [
        (format!(r#"{{"run": "{run}", "student_id": "S1"}}"#), "M7222"),
        (format!(r#"{{"run": "{run}", "audience": "HOST", "student_id": "S1"}}"#), "M7222"),
        (format!(r#"{{"run": "{run}", "audience": "STUDENT"}}"#), "M7222"),
        (format!(r#"{{"run": "{run}", "audience": "STUDENT", "student_id": "S9"}}"#), "M1004"),
        (format!(r#"{{"run": "{run}", "instance": {{}}}}"#), "M7221"),
        (r#"{"instance": {}}"#.to_owned(), "M7221"),
        ("{}".to_owned(), "M7221"),
    ] {
        let (status, error) = refused(&server, "Report", &input);
        assert!(status == 3 && error.contains(code), "{input}: {error}");
        assert!(!error.contains("S9"), "a status names no student: {error}");
    }
    let before = desk.names(".");
    for (arguments, code) in [
        (&["--student", "S9", "--output", "page.html"][..], 3),
        (&["--audience", "student", "--output", "page.html"], 2),
        (&["--audience", "manager", "--student", "S1", "--output", "page.html"], 2),
        (&["--student", "S1", "--host", "H1", "--output", "page.html"], 2),
        (&["--output", "missing/page.html"], 8),
        (&[], 2),
    ] {
        let said = desk.type_in(&[&["report", "outcome.json", "--season", "season.json"], arguments].concat());
        assert_eq!((said.code, desk.names(".")), (code, before.clone()), "{arguments:?}: {}", said.error);
    }
}

#[test]
fn letters_come_from_templates_that_the_office_edits_or_none_is_written() {
    let (desk, ..) = Desk::matched(SEASON);
    let letters = ["report", "outcome.json", "--season", "season.json", "--letters"];
    desk.done(&[&letters[..], &["letters", "--templates", "mine"]].concat());
    assert_eq!(desk.names("mine"), ["host.html", "student.html"], "the templates to edit");
    // A letter for each of three students and two hosts, and the table.
    assert_eq!(desk.names("letters").len(), 6, "{:?}", desk.names("letters"));
    let table = desk.text("letters/mail-merge.csv");
    assert!(table.contains("student,S1,Ana Silva") && table.contains("host,H1,Robots AG"), "{table}");
    desk.write("mine/student.html", "Dear {{ name }}, edited by the office");
    desk.done(&[&letters[..], &["again", "--templates", "mine"]].concat());
    let edited =
        desk.names("again").into_iter().filter(|name| desk.text(&format!("again/{name}")).contains("edited by"));
    assert_eq!(edited.count(), 3);
    desk.write("mine/student.html", "Dear {{ nobody_knows }}");
    let said = desk.type_in(&[&letters[..], &["third", "--templates", "mine"]].concat());
    assert_eq!(said.code, 3, "{}", said.error);
    assert!(said.error.contains("student.html, line 1") && said.error.contains("M7211"), "{}", said.error);
    assert!(!desk.names(".").contains(&"third".to_owned()), "nothing is written");
}
