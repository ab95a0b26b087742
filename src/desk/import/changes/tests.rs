//! Tables as changes of a season.

use pb::run_change::Change;

use super::*;
use crate::import::{File, Import, Options, import_changes};

fn base() -> pb::Instance {
    let student = |id: &str, first: &str| pb::Student {
        student_id: id.to_owned(),
        display_name: format!("Student {id}"),
        gpa: Some(4.5),
        skills: vec![pb::StudentSkill { skill: "C++".to_owned(), level: 3 }],
        choices: vec![
            pb::Choice { rank: Some(1), target: Some(pb::choice::Target::ProjectId(first.to_owned())) },
            pb::Choice { rank: Some(2), target: Some(pb::choice::Target::ProjectId("P3".to_owned())) },
        ],
        attributes: [("hall".to_owned(), "North".to_owned())].into(),
        ..pb::Student::default()
    };
    let project = |id: &str, host: &str| pb::Project {
        project_id: id.to_owned(),
        host_id: host.to_owned(),
        max_seat_count: Some(2),
        student_ranks: vec![pb::StudentRank { student_id: "S1".to_owned(), rank: Some(1) }],
        ..pb::Project::default()
    };
    let note = |student: &str, state: pb::pair_note::OfferState| pb::PairNote {
        student_id: student.to_owned(),
        project_id: "P1".to_owned(),
        offer_state: state as i32,
        ..pb::PairNote::default()
    };
    pb::Instance {
        term: "2027-summer".to_owned(),
        hosts: vec![pb::Host { host_id: "H1".to_owned(), contact: "robin".to_owned(), ..pb::Host::default() }],
        projects: vec![project("P1", "H1"), project("P2", "H1"), project("P3", "H1")],
        students: vec![student("S1", "P1"), student("S2", "P2"), student("S3", "P1")],
        pair_notes: vec![
            note("S1", pb::pair_note::OfferState::Extended),
            note("S3", pb::pair_note::OfferState::Extended),
        ],
        ..pb::Instance::default()
    }
}

fn changed(files: &[(&str, &str)]) -> (Import, Vec<pb::RunChange>) {
    let file = |(name, text): &(&str, &str)| File { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() };
    let files: Vec<File> = files.iter().map(file).collect();
    import_changes(&files, &base(), &Options::default()).unwrap_or_else(|refused| panic!("{refused:?}"))
}

/// The changes of tables in which nothing is open.
fn made(files: &[(&str, &str)]) -> Vec<pb::RunChange> {
    let (import, made) = changed(files);
    assert!(!import.is_open, "{:#?}", import.problems);
    made
}

fn student(change: &pb::RunChange) -> &pb::Student {
    match &change.change {
        Some(Change::Student(student)) => student,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_tables_of_the_season_itself_change_nothing() {
    let tables = crate::template::of_season(&base(), &[]);
    let files: Vec<File> = crate::csv_files(&tables).into_iter().map(|(name, bytes)| File { name, bytes }).collect();
    let (import, made) = import_changes(&files, &base(), &Options::default()).expect("it is read");
    assert!(!import.is_open && made.is_empty(), "{:#?} {made:#?}", import.problems);
}

#[test]
fn an_offer_is_told_with_its_reason_and_what_becomes_of_the_student_and_one_that_is_known_is_no_change() {
    let offers =
        "student_id,project_id,state,reason,after_decline\nS1,P1,DECLINED,an internship,OUT\nS3,P1,EXTENDED,,\n";
    let made = made(&[("offers.csv", offers)]);
    let [told] = &made[..] else { panic!("{made:#?}") };
    let Some(Change::Offer(offer)) = &told.change else { panic!("{told:?}") };
    assert_eq!(
        (offer.student_id.as_str(), offer.project_id.as_str(), told.reason.as_str()),
        ("S1", "P1", "an internship")
    );
    assert_eq!(offer.state(), pb::pair_note::OfferState::Declined);
    assert_eq!(offer.after_decline(), pb::offer_change::AfterDecline::Out);
}

#[test]
fn what_a_sheet_has_no_column_for_stays_as_it_is_and_a_blank_cell_empties() {
    let made = made(&[("students.csv", "student_id,gpa,name\nS1,3.9,Student S1\nS2,4.5,Student S2\nS3,4.5,\n")]);
    let [first, third] = &made[..] else { panic!("{made:#?}") };
    let before = base().students;
    assert_eq!(*student(first), pb::Student { gpa: Some(3.9), ..before[0].clone() });
    assert_eq!(*student(third), pb::Student { display_name: String::new(), ..before[2].clone() });
}

#[test]
fn wishes_and_a_hosts_list_are_replaced_as_a_whole_within_the_row_as_it_was() {
    let made = made(&[
        ("choices.csv", "student_id,rank,project_id\nS1,1,P2\n"),
        ("host_ranks.csv", "project_id,student_id,rank\nP2,S2,1\nP2,S3,2\n"),
    ]);
    let [project, first] = &made[..] else { panic!("{made:#?}") };
    let choice = pb::Choice { rank: Some(1), target: Some(pb::choice::Target::ProjectId("P2".to_owned())) };
    assert_eq!(*student(first), pb::Student { choices: vec![choice], ..base().students[0].clone() });
    let Some(Change::Project(project)) = &project.change else { panic!("{project:?}") };
    let ranked: Vec<&str> = project.student_ranks.iter().map(|rank| rank.student_id.as_str()).collect();
    assert_eq!((project.project_id.as_str(), project.host_id.as_str(), ranked), ("P2", "H1", vec!["S2", "S3"]));
}

#[test]
fn rows_that_are_new_and_everything_else_a_run_takes_are_changes_as_well() {
    let made = made(&[
        ("students.csv", "student_id,name,choice_1\nS4,Dee,P1\n"),
        ("hosts.csv", "host_id,withdrawn\nH1,true\nH2,false\n"),
        ("waivers.csv", "student_id,rule,reason,granted_by\nS1,GPA,close,dean\n"),
        ("links.csv", "student_ids,kind\nS1;S2,SAME_HOST\n"),
        ("pair_notes.csv", "student_id,project_id,pinned,reason\nS1,P1,true,promised\n"),
        ("suspended_countries.csv", "country\nJP\n"),
    ]);
    let told: Vec<String> = made
        .iter()
        .map(|change| match change.change.as_ref().expect("a change") {
            Change::Host(host) => format!("host {} {} {}", host.host_id, host.withdrawn, host.contact),
            Change::Student(student) => format!("student {} {}", student.student_id, student.choices.len()),
            Change::Waiver(waiver) => format!("waiver {}", waiver.student_id),
            Change::Link(link) => format!("link {}", link.student_ids.join(" ")),
            // The offer stays as far as it has come.
            Change::PairNote(note) => format!("note {} {} {:?}", note.student_id, note.pinned, note.offer_state()),
            Change::Edit(edit) => format!("{:?} {}", edit.kind(), edit.country_code),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        "host H1 true robin",
        "host H2 false ",
        "student S4 1",
        "note S1 true Extended",
        "waiver S1",
        "link S1 S2",
        "SuspendCountry JP",
    ];
    assert_eq!(told, expected);
}

#[test]
fn problems_and_totals_are_of_the_sheets_that_were_sent_and_what_no_run_takes_is_named() {
    let (import, made) = changed(&[
        ("offers.csv", "student_id,project_id,state\nS1,P9,DECLINED\nS3,P1,DECLINED\n"),
        ("quotas.csv", "quota_id,max_count\nQ,3\n"),
    ]);
    assert!(import.is_open && made.is_empty(), "{made:#?}");
    let open: Vec<(&str, String, &str)> = import
        .problems
        .iter()
        .filter(|problem| problem.severity >= Severity::Ask)
        .map(|problem| (problem.file.as_str(), problem.place.to_string(), problem.code.number))
        .collect();
    assert_eq!(open, [("quotas.csv", String::new(), "M7049"), ("offers.csv", "B2".to_owned(), "M7020")]);
    assert_eq!((import.totals.all.sum(), import.totals.by_sheet.len()), (9 + 4, 2), "{:?}", import.totals);
    let options = Options { skip_open: true, ..Options::default() };
    let offers = File {
        name: "offers.csv".to_owned(),
        bytes: b"student_id,project_id,state\nS1,P9,DECLINED\nS3,P1,DECLINED\n".to_vec(),
    };
    let (_, made) = import_changes(&[offers], &base(), &options).expect("it is read");
    assert_eq!(made.len(), 1, "the row that stands is a change: {made:#?}");
}
