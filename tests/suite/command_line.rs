//! The command line: the same JSON, documented exit codes, a summary for people.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wire::{json, pb};

use crate::service::running::solvers_of;
use crate::support::{BINARY, long_season, season_cut_short, text};

struct Said {
    code: i32,
    output: String,
    error: String,
}

fn run(arguments: &[&str], input: &str) -> Said {
    let mut process = Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut pipe = process.stdin.take().expect("it is piped");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
    let said = process.wait_with_output().expect("it ends");
    // A command that refuses its arguments does not read.
    let _ = writer.join();
    Said {
        code: said.status.code().unwrap_or(-1),
        output: String::from_utf8_lossy(&said.stdout).into_owned(),
        error: String::from_utf8_lossy(&said.stderr).into_owned(),
    }
}

fn read(path: &Path, name: &str) -> pb::MatchResponse {
    json::read(name, &std::fs::read(path).expect("it was written")).expect("it is JSON")
}

#[test]
fn a_sample_is_matched_checked_evaluated_and_validated_from_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (request, outcome) = (file("request.json"), file("outcome.json"));
    assert_eq!(run(&["sample", "tiny", "--seed", "3", "--output", &request], "").code, 0);
    let said = run(&["match", &request, "--output", &outcome], "");
    assert_eq!(said.code, 0, "{}", said.error);
    assert!(said.output.starts_with("Finished: this is proven to be the best placement.\n"), "{}", said.output);
    let response = read(Path::new(&outcome), "MatchResponse");
    let matched = response.outcome.expect("an outcome");
    assert!(std::fs::read_to_string(&outcome).expect("it is there").contains("\"student_id\""));

    let season: pb::MatchRequest =
        json::read("MatchRequest", &std::fs::read(&request).expect("it is there")).expect("JSON");
    let check = pb::CheckRequest {
        instance: season.instance.clone(),
        policy: season.policy.clone(),
        assignments: crate::support::places(&matched),
        certificate: None,
    };
    let mut text = Vec::new();
    json::write("CheckRequest", &check, false, &mut text).expect("it is written");
    let text = String::from_utf8(text).expect("UTF-8");
    let said = run(&["check", "-"], &text);
    assert_eq!(said.code, 0, "{}", said.output);
    assert!(said.output.contains("This matching keeps every rule."));

    let said = run(&["validate", &request], "");
    assert_eq!(said.code, 0, "{}", said.error);
    assert!(said.output.contains("eligible pairs"));

    let pairs = file("pairs.jsonl");
    assert_eq!(run(&["evaluate", &request, "--output", &pairs], "").code, 0);
    let lines = std::fs::read_to_string(&pairs).expect("it was written");
    assert_eq!(lines.lines().count(), 6 * 5);
    for line in lines.lines() {
        json::read::<pb::PairEvaluation>("PairEvaluation", line.as_bytes()).expect("a line is a pair");
    }
}

#[test]
fn standard_input_and_output_are_a_dash_and_the_summary_keeps_out_of_the_way() {
    let said = run(
        &["match", "-", "--output", "-"],
        r#"{"instance": {"students": [{"studentId": "A"}], "projects": [{"project_id": "P"}]}}"#,
    );
    assert_eq!(said.code, 0, "{}", said.error);
    let response: pb::MatchResponse = json::read("MatchResponse", said.output.as_bytes()).expect("only JSON");
    assert_eq!(response.outcome.expect("an outcome").assignments.len(), 1);
    assert!(
        said.error.starts_with("Finished: this is proven to be the best placement.\n1 of 1 student has a place.\n"),
        "{}",
        said.error
    );
}

#[test]
fn exit_codes_say_how_it_ended() {
    let infeasible = r#"{"instance": {"students": [{"student_id": "A", "must_place": true}]}}"#;
    let broken = r#"{"instance": {"students": [{"student_id": "A"}], "projects": [{"project_id": "P", "max_seat_count": 0}]},
        "assignments": [{"student_id": "A", "project_id": "P"}]}"#;
    for (arguments, input, code, part) in [
        (["match", "-"], r#"{"instance": {}}"#, 0, ""),
        (["match", "-"], "{", 3, "(M6001 MALFORMED_JSON)"),
        (["match", "-"], r#"{"instance": {"studnets": []}}"#, 3, "studnets"),
        (["match", "-"], r#"{"instance": {"students": [{"student_id": ""}]}}"#, 3, "instance.students[0].student_id"),
        (["match", "-"], infeasible, 4, ""),
        (["match", "/nowhere/request.json"], "", 8, "/nowhere/request.json"),
        (["validate", "-"], infeasible, 3, ""),
        (["validate", "-"], r#"{"instance": {"students": [{"student_id": ""}]}}"#, 3, ""),
        (["validate", "-"], r#"{"instance": {}}"#, 0, ""),
        (["check", "-"], broken, 7, ""),
        (
            ["check", "-"],
            r#"{"instance": {}, "assignments": [{"student_id": "A", "project_id": "P"}]}"#,
            3,
            "assignments[0].student_id",
        ),
        (["evaluate", "-"], r#"{"instance": {}, "student_ids": ["A"]}"#, 3, "student_ids[0]"),
        (["dance", "-"], "", 2, "dance"),
    ] {
        let said = run(&arguments, input);
        assert_eq!(said.code, code, "{arguments:?} {input}\n{}{}", said.output, said.error);
        assert!(said.error.contains(part), "{arguments:?} {input}\n{}", said.error);
    }
    let said = run(&["match", "--verbose", "-"], &text(&season_cut_short(2)));
    assert_eq!(said.code, 5, "{}{}", said.output, said.error);
    assert!(said.output.starts_with("Stopped early") && said.output.contains("bound"), "{}", said.output);
    assert!(said.output.contains("FEASIBLE, not canonical"), "{}", said.output);
}

#[test]
fn a_fault_says_in_which_row_it_is_and_what_to_do() {
    let said = run(&["match", "-"], r#"{"instance": {"students": [{"student_id": "S0042", "gpa": 7.2}]}}"#);
    let expected = "error: instance.students[0].gpa: it is out of range; 0 to 5 is allowed (in the row of S0042). \
                    Send a number inside the range that the message names. (M1006 OUT_OF_RANGE)";
    assert_eq!(said.error.trim(), expected);
}

#[test]
fn a_match_that_places_nobody_says_first_which_rule_refuses_most_and_ends_with_ten() {
    let season = r#"{"instance": {"students": [{"student_id": "A"}, {"student_id": "B"}], "projects": [{"project_id": "P",
        "skill_requirements": [{"skill": "welding", "min_level": "EXPERT", "required": true}]}]}}"#;
    let said = run(&["match", "-"], season);
    assert_eq!(said.code, 10, "{}{}", said.output, said.error);
    let mut lines = said.output.lines();
    let first = "Nobody is placed: the skills rule refuses 2 pairs of a student and a project.";
    assert_eq!(lines.next(), Some(first));
    assert_eq!(lines.next(), Some("  A at P: asked for welding at level 5; the profile does not list welding"));
    assert!(lines.next().is_some_and(|line| line.starts_with("Finished")));
}

#[test]
fn a_response_that_cannot_be_written_leaves_no_half_of_it() {
    let said = run(&["match", "-", "--output", "/nowhere/outcome.json"], r#"{"instance": {}}"#);
    assert_eq!(said.code, 8);
    assert!(said.error.contains("/nowhere/outcome.json"));
}

#[test]
fn a_byte_order_mark_before_the_request_is_read_over() {
    assert_eq!(run(&["match", "-"], "\u{feff}{\"instance\": {}}").code, 0);
}

#[test]
fn help_tells_the_exit_codes_and_hides_the_solver() {
    let said = run(&["--help"], "");
    assert!(said.output.contains("Exit codes:") && !said.output.contains("solver's process"), "{}", said.output);
}

#[test]
fn the_same_seed_makes_the_same_sample_and_another_seed_another() {
    let sample =
        |seed: &str| run(&["sample", "summer", "--students", "30", "--projects", "40", "--seed", seed], "").output;
    assert_eq!(sample("1"), sample("1"));
    assert_ne!(sample("1"), sample("2"));
    assert_eq!(run(&["sample", "tiny", "--students", "0"], "").code, 3);
}

#[test]
fn ctrl_c_keeps_the_best_matching_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (request, outcome) = (file("season.json"), file("outcome.json"));
    std::fs::write(&request, text(&long_season())).expect("it is written");
    let process = Command::new(BINARY)
        .args(["match", &request, "--output", &outcome])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    // The solver comes after the first networks, whose matching is one to keep.
    let started = Instant::now();
    while solvers_of(process.id()).is_empty() {
        assert!(started.elapsed() < Duration::from_secs(60), "no solver was started");
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_secs(2));
    let pid = rustix::process::Pid::from_child(&process);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it is told");
    let said = process.wait_with_output().expect("it ends");
    assert_eq!(said.status.code(), Some(5), "{}", String::from_utf8_lossy(&said.stdout));
    let kept = read(Path::new(&outcome), "MatchResponse").outcome.expect("an outcome");
    assert_eq!(kept.status(), pb::outcome::Status::Cancelled);
    assert!(!kept.assignments.is_empty());
}

#[test]
fn the_summer_sample_has_the_size_of_a_real_season() {
    let made = calls::sample(&pb::GetSampleRequest { sample: 2, ..pb::GetSampleRequest::default() });
    let season = made.expect("a sample").instance.expect("an instance");
    let counts = [season.students.len(), season.projects.len(), season.hosts.len(), season.programs.len()];
    assert_eq!(counts, [1_000, 1_200, 200, 25]);
}

#[test]
fn a_season_is_explained_edited_matched_again_and_compared_from_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let example = |name: &str| format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let (before, edited, after, compared) = (file("a.json"), file("edited.json"), file("b.json"), file("c.json"));
    // A MatchRequest is enough of a request where the options say what is asked.
    std::fs::copy(example("explain.json"), file("season.json")).expect("an example");
    let said = run(&["explain", &file("season.json"), "--student", "ben", "--project", "robots"], "");
    assert_eq!(said.code, 0, "{}", said.error);
    assert!(
        said.output.starts_with("ben could have robots if ana lost it; at best the total score would fall from "),
        "{}",
        said.output
    );
    let said = run(&["explain", &file("season.json"), "--student", "ana", "--audience", "student"], "");
    assert_eq!(said.output, "You are at robots, your 1st choice.\n", "{}", said.error);
    assert_eq!(run(&["explain", &file("season.json"), "--project", "robots", "--audience", "student"], "").code, 3);
    let said = run(&["what-if", &example("what_if.json"), "--edited", &edited], "");
    assert_eq!(said.code, 0, "{}", said.error);
    assert!(
        said.output
            .contains("Then 1 more student would have a place, the total score would rise from 200.0 to 280.0 and "),
        "{}",
        said.output
    );
    let request: pb::WhatIfRequest =
        json::read("WhatIfRequest", &std::fs::read(example("what_if.json")).expect("an example")).expect("JSON");
    let season = pb::MatchRequest { instance: request.instance, policy: request.policy };
    assert_eq!(run(&["match", "-", "--output", &before], &text(&season)).code, 0);
    assert_eq!(run(&["match", &edited, "--output", &after], "").code, 0);
    let said = run(&["compare", &before, &after, "--output", &compared], "");
    assert_eq!(said.code, 0, "{}", said.error);
    assert!(said.output.contains("0 students moved, 1 got a place and 0 lost theirs"), "{}", said.output);
    assert!(said.output.contains("ben: no place → robots (1st choice)"), "{}", said.output);
    // The outcome that is given is what the answer is compared with.
    let said = run(&["what-if", &example("what_if.json"), "--outcome", &before], "");
    assert_eq!(said.code, 0, "{}", said.error);
    let said = run(&["explain", &file("season.json"), "--outcome", &after, "--student", "ben"], "");
    assert_eq!((said.code, said.error.contains("M3011")), (3, true), "{}", said.error);
}

#[test]
fn what_is_no_plain_file_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).expect("it is read")
    });
    let said = run(&["match", "-", "--output", pipe.to_str().expect("text")], r#"{"instance": {}}"#);
    assert_eq!(said.code, 0, "{}", said.error);
    let response: pb::MatchResponse = json::read("MatchResponse", &reader.join().expect("it ends")).expect("JSON");
    assert!(response.outcome.is_some());
    assert!(std::fs::metadata(&pipe).expect("it is there").file_type().is_fifo());
}
