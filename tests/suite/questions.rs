//! Questions by options on the command line, of a season and of a run.

use std::process::{Command, Output};

use wire::{json, pb};

use crate::runs::harness::{Place, run_of};
use crate::support::{BINARY, as_json, match_request};

/// A season in which people and places have names.
const SEASON: &str = r#"{"instance": {
    "hosts": [{"host_id": "H1", "title": "Kit Robotics", "max_seat_count": 2}, {"host_id": "H2", "title": "Cnrs"}],
    "projects": [{"project_id": "P1", "title": "Walking robots", "host_id": "H1"},
        {"project_id": "P2", "title": "Thin films", "host_id": "H2", "min_seat_count": 1, "must_open": true},
        {"project_id": "P3", "title": "Swimming robots", "host_id": "H1"}],
    "students": [{"student_id": "S1", "display_name": "Ana Silva", "choices": [{"project_id": "P1"}, {"project_id": "P2"}], "choices_only": true},
        {"student_id": "S2", "display_name": "Ana Silveira", "choices": [{"project_id": "P1"}], "choices_only": true},
        {"student_id": "S3", "display_name": "G\u00e9rard", "choices": [{"project_id": "P2"}, {"project_id": "P3"}]}]}}"#;

struct Season {
    folder: tempfile::TempDir,
}

impl Season {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("season.json"), SEASON).expect("it is written");
        Self { folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// How it ends, what it says and what of errors.
    fn ask(&self, command: &str, options: &[&str]) -> (i32, String, String) {
        let asked = Command::new(BINARY).arg(command).arg(self.file("season.json")).args(options).output();
        said(&asked.expect("it runs"))
    }
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_if_asks_by_options_and_by_names() {
    let season = Season::new();
    for (options, edits) in [
        (&["--project", "P1", "--seats", "+1"][..], &["Raise the seats of Walking robots (P1) from 1 to 2."][..]),
        (&["--name", "walking", "--seats", "2"], &["Raise the seats of Walking robots (P1) from 1 to 2."]),
        (&["--name", "KIT robotics", "--seats", "-1"], &["Lower the seats of host Kit Robotics (H1) from 2 to 1."]),
        (
            &["--name", "Ana Silva", "--name", "swimming", "--forbid"],
            &["Forbid Ana Silva (S1) at Swimming robots (P3)."],
        ),
        (&["--name", "Ge\u{301}rard", "--withdraw"], &["Withdraw Gérard (S3)."]),
        (
            &["--project", "P2", "--close"],
            &[
                "Let Thin films (P2) stay closed.",
                "Lower the minimum of Thin films (P2) from 1 to 0.",
                "Lower the seats of Thin films (P2) from 1 to 0.",
            ],
        ),
    ] {
        let output = season.file("answer.json");
        let (code, _, error) = season.ask("what-if", &[options, &["--output", &output]].concat());
        assert_eq!(code, 0, "{options:?} {error}");
        let text = std::fs::read(&output).expect("it was written");
        let told: pb::WhatIfResponse = json::read("WhatIfResponse", &text).expect("it is JSON");
        let sentences: Vec<&str> = told.edits.iter().map(|edit| edit.sentence.as_str()).collect();
        assert_eq!(sentences, edits, "{options:?}");
    }
    let (_, told, _) = season.ask("what-if", &["--host", "H1", "--seats", "+1"]);
    let also = "Together with another change it would: Raise the seats of Walking robots (P1) from 1 to 2. Then the total score would rise";
    assert!(told.contains(also), "{told}");
}

#[test]
fn options_that_do_not_fit_and_names_that_several_have_end_with_two_and_say_what_fits() {
    let season = Season::new();
    for (command, options, part) in [
        ("what-if", &["--seats", "+1"][..], "--seats goes with --project"),
        ("what-if", &["--host", "H1"], "say what of --host would be otherwise: --seats, --withdraw"),
        ("what-if", &["--project", "P1", "--seats", "more"], "a number such as 3, +1 or -1"),
        ("what-if", &["--name", "robots", "--seats", "+1"], "--name fits 2: --project P1, --project P3"),
        ("explain", &["--name", "silv"], "--name fits 2: --student S1, --student S2"),
        ("explain", &["--name", "thin film"], ""),
        ("explain", &["--name", "Ana Silvia"], "the nearest is that of student S1"),
        ("explain", &["--host", "H9"], "--host H9: no host of the season has this id"),
        ("explain", &["--host", "H1", "--student", "S1"], "--host goes alone"),
    ] {
        let (code, told, error) = season.ask(command, options);
        assert_eq!(code, if part.is_empty() { 0 } else { 2 }, "{options:?} {told} {error}");
        assert!(error.contains(part), "{options:?} {error}");
        // Who is meant is told by ids alone.
        assert!(!error.contains("Silveira"), "{error}");
    }
}

#[test]
fn a_host_is_explained_project_by_project() {
    let season = Season::new();
    let output = season.file("told.jsonl");
    let (code, told, error) = season.ask("explain", &["--name", "kit", "--output", &output]);
    assert_eq!(code, 0, "{error}");
    let lines = std::fs::read_to_string(&output).expect("it was written");
    let about = |line: &str| {
        let read: pb::ExplainResponse = json::read("ExplainResponse", line.as_bytes()).expect("a line is an answer");
        assert!(read.sentences.iter().all(|sentence| told.contains(sentence)), "{told}");
        match read.about {
            Some(pb::explain_response::About::Project(project)) => project.project_id,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(lines.lines().map(about).collect::<Vec<_>>(), ["P1", "P3"]);
}

#[test]
fn evaluate_says_before_how_much_it_writes_and_may_be_asked_for_less() {
    let season = Season::new();
    let output = season.file("pairs.jsonl");
    let written = |options: &[&str]| {
        let (code, _, error) = season.ask("evaluate", &[options, &["--output", &output]].concat());
        assert_eq!(code, 0, "{error}");
        (std::fs::read_to_string(&output).expect("it was written"), error)
    };
    let (all, told) = written(&[]);
    let bytes = all.len();
    assert_eq!(all.lines().count(), 9);
    assert_eq!(told, format!("9 pairs, about {:.1} kB to {output}\n", bytes as f64 / 1e3));
    let (some, told) = written(&["--student", "S2", "--student", "S3", "--project", "P1"]);
    assert!(told.starts_with("2 pairs, about "), "{told}");
    let read = |line: &str| json::read::<pb::PairEvaluation>("PairEvaluation", line.as_bytes()).expect("a pair");
    let pairs: Vec<(String, String)> = some.lines().map(read).map(|pair| (pair.student_id, pair.project_id)).collect();
    assert_eq!(pairs, [("S2".to_owned(), "P1".to_owned()), ("S3".to_owned(), "P1".to_owned())]);
    let (_, told, error) = season.ask("evaluate", &[]);
    assert!(error.is_empty() && told.contains("verdict"), "{error}");
}

#[test]
fn a_run_is_asked_by_the_same_options() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let folder = tempfile::tempdir().expect("a folder");
    let request = folder.path().join("run.json");
    std::fs::write(&request, as_json("CreateRunRequest", &run_of(match_request(SEASON)))).expect("it is written");
    let ask = |arguments: &[&str]| {
        let mut command = Command::new(BINARY);
        command.arg("runs").args(arguments).args(["--server", &format!("http://{}", server.address)]);
        said(&command.output().expect("it runs"))
    };
    let created = ask(&["create", &request.to_string_lossy()]);
    assert_eq!(created.0, 0, "{}", created.2);
    assert_eq!(ask(&["watch", "latest"]).0, 0);
    let (code, told, error) = ask(&["what-if", "latest", "--name", "walking", "--seats", "+1"]);
    assert_eq!(code, 0, "{error}");
    assert!(told.contains("Raise the seats of Walking robots (P1) from 1 to 2."), "{told}");
    let (code, told, error) = ask(&["what-if", "latest", "--project", "P2", "--close"]);
    assert!(code == 0 && told.contains("Let Thin films (P2) stay closed."), "{told}{error}");
    let (code, told, error) = ask(&["explain", "latest", "--host", "H1"]);
    assert!(code == 0 && told.contains("P1") && told.contains("P3"), "{told}{error}");
    let (code, told, error) = ask(&["explain", "latest", "--name", "gerard", "--name", "thin films"]);
    assert!(code == 2 && told.is_empty() && error.contains("nearest"), "an accent that is left out: {told}{error}");
    let (code, told, error) = ask(&["explain", "latest", "--name", "g\u{e9}rard"]);
    assert!(code == 0 && told.contains("S3"), "{told}{error}");
    for (arguments, part) in [
        (&["what-if", "latest"][..], "say what of latest would be otherwise"),
        (&["explain", "latest"], "say what is asked"),
        (&["what-if", "latest", "--seats", "1"], "--seats goes with"),
    ] {
        let (code, _, error) = ask(arguments);
        assert!(code == 2 && error.contains(part), "{arguments:?} {error}");
    }
}
