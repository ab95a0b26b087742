//! What only a workbook, or only bytes, can do to data; and what was decided about it.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

use super::{codes, file, import, open};
use desk::import::{File, Options};
use desk::{Decision, Problem, Severity};
use sheets::Place;

/// A workbook with the sheet `students`, drawn by `draw`.
fn students(draw: impl FnOnce(&mut Worksheet)) -> File {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("students").expect("a name");
    for (column, header) in (0..).zip(["student_id", "name", "major", "gpa", "available_from"]) {
        sheet.write_string(0, column, header).expect("a header");
    }
    for (row, id) in (1..).zip(["S1", "S2", "S3", "S4"]) {
        sheet.write_string(row, 0, id).expect("an id");
        sheet.write_string(row, 1, format!("Person {id}{id}{id}")).expect("a name");
        sheet.write_string(row, 2, "6-3").expect("a major");
        sheet.write_number(row, 3, 4.5).expect("a grade");
        sheet.write_string(row, 4, "2027-06-01").expect("a day");
    }
    draw(sheet);
    file("season.xlsx", workbook.save_to_buffer().expect("a workbook"))
}

fn told(file: &File) -> BTreeMap<String, (&'static str, Severity, String)> {
    let import = import(std::slice::from_ref(file), &Options::default());
    let told = |problem: &Problem| {
        (problem.place.to_string(), (problem.code.number, problem.severity, problem.suggestion.clone()))
    };
    import.problems.iter().rev().map(told).collect()
}

#[test]
fn a_plain_workbook_is_read_without_a_word() {
    let import = import(&[students(|_| {})], &Options::default());
    assert!(import.problems.is_empty(), "{:?}", open(&import));
    assert_eq!(import.instance.expect("a season").students.len(), 4);
}

#[test]
fn what_is_hidden_merged_calculated_or_struck_through_is_told_at_its_place() {
    let struck = Format::new().set_font_strikethrough();
    let book = students(|sheet| {
        sheet.set_row_hidden(2).expect("a row");
        sheet.set_column_hidden(3).expect("a column");
        sheet.write_formula(1, 1, Formula::new("=UPPER(\"ana\")").set_result("ANA")).expect("a formula");
        sheet.merge_range(3, 2, 4, 2, "8", &Format::new()).expect("a merge");
        for column in 0..5 {
            let text = ["S3", "Person S3S3S3", "8", "4.5", "2027-06-01"][usize::from(column)];
            if column != 2 {
                sheet.write_string_with_format(3, column, text, &struck).expect("a cell");
            }
        }
    });
    let told = told(&book);
    assert_eq!(told["3:3"].0, "M7008");
    assert_eq!(told["D:D"].0, "M7008");
    assert_eq!((told["B2"].0, told["B2"].1, told["B2"].2.as_str()), ("M7013", Severity::Ask, "ANA"));
    assert_eq!((told["C5"].0, told["C5"].2.as_str()), ("M7012", "8"));
    let book = students(|sheet| {
        for (column, text) in (0..).zip(["S3", "Person S3S3S3", "6-3", "4.5", "2027-06-01"]) {
            sheet.write_string_with_format(3, column, text, &struck).expect("a cell");
        }
    });
    assert_eq!(self::told(&book)["4:4"].0, "M7009");
}

#[test]
fn what_a_spreadsheet_made_of_a_text_is_asked_about() {
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let book = students(|sheet| {
        sheet.write_number_with_format(1, 2, 46_541.0, &day).expect("a day");
        sheet.write_boolean(2, 1, true).expect("a boolean");
        sheet.write_number(3, 0, 12_345_678_901_234_567.0).expect("a number");
    });
    let told = told(&book);
    assert_eq!((told["C2"].0, told["C2"].2.as_str()), ("M7042", "6-3"));
    assert_eq!(told["B3"].0, "M7042");
    assert_eq!(told["A4"].0, "M7018");
}

#[test]
fn bytes_that_are_no_text_and_letters_that_nobody_sees_are_asked_about() {
    let broken = file(
        "students.csv",
        b"student_id,name\nS1,Jos\xe9 \xc3\xa9t\xc3\xa9 \xc3\xa9\xc3\xa8\nS2,\xc3\xa9t\xc3\xa9\nS\xe2\x80\x8b3,Ben\n"
            .to_vec(),
    );
    let import = import(&[broken], &Options::default());
    let at =
        |place: Place| import.problems.iter().find(|problem| problem.place == place).map(|problem| problem.code.number);
    assert_eq!(at(Place::Cell(2, 1)), Some("M7015"), "{:?}", open(&import));
    assert_eq!(at(Place::Cell(4, 0)), Some("M7017"), "{:?}", open(&import));
}

#[test]
fn files_that_are_read_all_the_same_say_what_is_odd_about_them() {
    let guessed = import(
        &[file("students.csv", b"student_id,name\nS1,J\xfcrgen M\xfcller\nS2,Ren\xe9 Gro\xdf\n".to_vec())],
        &Options::default(),
    );
    assert!(codes(&guessed).contains(&"M7107"), "{:?}", codes(&guessed));
    assert_eq!(guessed.instance.expect("a season").students[0].display_name, "Jürgen Müller");
    let other = import(&[file("students.xlsx", "student_id\nS1\n")], &Options::default());
    assert_eq!(codes(&other), ["M7108"]);
}

fn decision(problem: &Problem, decision: &str) -> Decision {
    Decision {
        line: 2,
        file: problem.file.clone(),
        sheet: problem.sheet.clone(),
        place: problem.place,
        record_id: problem.record_id.clone(),
        column: problem.column.clone(),
        code: problem.code.number.to_owned(),
        found: problem.found.clone(),
        suggestion: problem.suggestion.clone(),
        severity: problem.severity.name().to_owned(),
        problem: problem.problem.clone(),
        decision: decision.to_owned(),
    }
}

fn decided(files: &[File], decision_for: impl Fn(&Problem) -> Option<&'static str>) -> desk::Import {
    let first = import(files, &Options::default());
    let decisions =
        first.problems.iter().filter_map(|problem| Some(decision(problem, decision_for(problem)?))).collect();
    import(files, &Options { decisions, ..Options::default() })
}

#[test]
fn each_decision_does_what_its_word_says() {
    let hosts = || file("hosts.csv", "host_id,country,max_seats\nH1,UK,2\nH2,Germany,3\nH3,DE,two\nH4,DE,4\n");
    let accepted = decided(&[hosts()], |problem| (problem.severity >= Severity::Ask).then_some("accept"));
    let season = accepted.instance.expect("a season");
    let told: Vec<(&str, Option<i32>)> =
        season.hosts.iter().map(|host| (host.country_code.as_str(), host.max_seat_count)).collect();
    assert_eq!(told, [("GB", Some(2)), ("DE", Some(3)), ("DE", Some(2)), ("DE", Some(4))]);
    let skipped = decided(&[hosts()], |problem| (problem.severity >= Severity::Ask).then_some("skip"));
    assert_eq!(skipped.instance.expect("a season").hosts.len(), 1);
    let blank = decided(&[hosts()], |problem| (problem.severity >= Severity::Ask).then_some("blank"));
    assert!(blank.instance.expect("a season").hosts[0].country_code.is_empty());
    let own = decided(&[hosts()], |problem| match problem.found.as_str() {
        "UK" => Some("FR"),
        "Germany" => Some("=AT"),
        "two" => Some("7"),
        _ => None,
    });
    let season = own.instance.expect("a season");
    assert_eq!((season.hosts[0].country_code.as_str(), season.hosts[1].country_code.as_str()), ("FR", "AT"));
    assert_eq!(season.hosts[2].max_seat_count, Some(7));
}

#[test]
fn what_names_a_row_that_was_left_out_is_left_out_with_it() {
    let files = [
        file("students.csv", "student_id,gpa,approved_programs\nS1,4,E\nS2,x,E\nS3,4,E;G\n"),
        file("programs.csv", "program_id,min_gpa\nE,4\nG,x\n"),
        file("hosts.csv", "host_id,country\nH1,XX\nH2,DE\n"),
        file("projects.csv", "project_id,host_id\nP1,H1\nP2,H2\n"),
        file("choices.csv", "student_id,rank,project_id\nS1,1,P1\nS1,2,P2\nS2,1,P2\nS3,1,\n"),
    ];
    let skip = |problem: &Problem| match problem.suggestion.as_str() {
        _ if problem.severity < Severity::Ask => None,
        "skip" => Some("accept"),
        _ => Some("skip"),
    };
    let read = decided(&files, skip);
    assert!(!read.is_open, "{:#?}", open(&read));
    let season = read.instance.expect("a season");
    let ids = |choices: &[wire::pb::Choice]| choices.iter().map(|choice| choice.target.clone()).collect::<Vec<_>>();
    let project = |id: &str| Some(wire::pb::choice::Target::ProjectId(id.to_owned()));
    assert_eq!(season.students.iter().map(|one| one.student_id.as_str()).collect::<Vec<_>>(), ["S1", "S3"]);
    assert_eq!(ids(&season.students[0].choices), [project("P2")]);
    assert_eq!(season.students[1].approved_program_ids, ["E"]);
    assert_eq!(season.projects.len(), 1);
}

#[test]
fn a_decision_that_can_not_be_carried_out_or_is_about_something_else_is_refused() {
    let hosts = |country: &str| file("hosts.csv", format!("host_id,country\nH1,{country}\nH2,DE\n"));
    let kept = decided(&[hosts("XX")], |problem| (problem.severity >= Severity::Ask).then_some("keep"));
    assert!(kept.is_open && codes(&kept).contains(&"M7047"), "{:?}", open(&kept));
    let accepted = decided(&[hosts("XX")], |problem| (problem.severity >= Severity::Ask).then_some("accept"));
    assert!(accepted.is_open && codes(&accepted).contains(&"M7047"), "{:?}", open(&accepted));
    let first = import(&[hosts("UK")], &Options::default());
    let decisions = vec![decision(&first.problems[0], "accept")];
    let stale = import(&[hosts("Germany")], &Options { decisions: decisions.clone(), ..Options::default() });
    assert!(stale.is_open && codes(&stale).contains(&"M7046"), "{:?}", open(&stale));
    let elsewhere = decisions.into_iter().map(|decision| Decision { place: Place::Cell(40, 2), ..decision }).collect();
    let stale = import(&[hosts("DE")], &Options { decisions: elsewhere, ..Options::default() });
    assert!(stale.is_open && codes(&stale) == ["M7046"], "{:?}", open(&stale));
}

#[test]
fn one_decision_serves_every_cell_of_the_column_that_holds_the_same_word() {
    let hosts = file("hosts.csv", "host_id,country\nH1,UK\nH2,DE\nH3,UK\n");
    let first = import(std::slice::from_ref(&hosts), &Options::default());
    assert_eq!(open(&first).len(), 2);
    let decisions = vec![decision(&first.problems[0], "accept")];
    let second = import(&[hosts], &Options { decisions, ..Options::default() });
    assert!(second.mapping.contains("[words.hosts.country]\nUK = \"GB\""), "{}", second.mapping);
    let season = second.instance.expect("a season");
    assert_eq!(season.hosts.iter().map(|host| host.country_code.as_str()).collect::<Vec<_>>(), ["GB", "DE", "GB"]);
}

#[test]
fn a_table_that_no_rematch_can_change_is_refused_as_changes() {
    let base = import(&[file("students.csv", "student_id\nS1\n")], &Options::default()).instance.expect("a season");
    let skills = [file("skills.csv", "skill,aliases\nPython,py\n")];
    let (told, changes) = desk::import_changes(&skills, &base, &Options::default()).expect("it can be read");
    assert_eq!((codes(&told), changes.len()), (vec!["M7049"], 0));
}

#[test]
fn what_can_not_be_read_as_a_season_is_not_written_whatever_is_left_out() {
    use wire::pb;
    let policy = Some(pb::Policy { goals: vec![pb::Goal::default()], ..pb::Policy::default() });
    let students = [file("students.csv", "student_id\nS1\n")];
    let read = import(&students, &Options { policy, skip_open: true, ..Options::default() });
    assert!(read.is_open && read.instance.is_none(), "{:?}", open(&read));
}
