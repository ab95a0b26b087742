//! `runs` on the command line.

use std::process::{Command, Output, Stdio};

use serde_json::Value;
use wire::pb;

use super::harness::{Place, run_of};
use crate::service::running::Server;
use crate::support::{BINARY, as_json, season_of_minimums};

fn runs(server: &Server, arguments: &[&str], input: &str) -> Output {
    use std::io::Write;
    let mut command = Command::new(BINARY)
        .arg("runs")
        .args(arguments)
        .args(["--server", &format!("http://{}", server.address)])
        .args(["--output", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    // Some commands read nothing.
    let _ = command.stdin.take().expect("it is piped").write_all(input.as_bytes());
    command.wait_with_output().expect("it ends")
}

fn told(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_run_is_made_watched_read_compared_and_deleted_from_the_command_line() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let season = as_json("CreateRunRequest", &run_of(season_of_minimums(150)));
    let made = told(&runs(&server, &["create", "-"], &season));
    let name = made["name"].as_str().expect("a name");
    let watched = runs(&server, &["watch", name], "");
    let lines = text(&watched);
    assert_eq!(watched.status.code(), Some(0), "{lines}");
    let last = lines.lines().last().expect("a line");
    assert!(last.starts_with("Finished: ") && last.ends_with(" students placed, proven to be the best"), "{lines}");
    assert!(lines.lines().any(|line| line.contains("PLACE_MOST") && line.contains("gap")), "{lines}");
    assert!(!lines.contains('\u{1b}'), "a pipe gets plain lines");
    let got = told(&runs(&server, &["get", name], ""));
    assert_eq!(got["outcome"]["status"], "OPTIMAL");
    assert!(told(&runs(&server, &["get", name, "--basic"], ""))["outcome"].is_null());
    assert!(told(&runs(&server, &["get", name, "--full"], ""))["request"]["instance"].is_object());
    let student = got["outcome"]["assignments"][0]["student_id"].as_str().expect("somebody").to_owned();
    let withdrawn = format!(
        r#"{{"base_run": "{name}", "changes": [{{"edit": {{"kind": "WITHDRAW_STUDENT", "student_ids": ["{student}"]}}}}]}}"#
    );
    let second = told(&runs(&server, &["create", "-"], &withdrawn))["name"].as_str().expect("a name").to_owned();
    assert_eq!(runs(&server, &["watch", &second], "").status.code(), Some(0));
    let compared = told(&runs(&server, &["compare", name, &second], ""));
    let reasons = compared["reasons"].as_array().expect("reasons");
    assert!(reasons.iter().any(|reason| reason["student_id"] == *student && reason["sentence"] != ""), "{compared}");
    let explained = runs(&server, &["explain", &second, "--student", &student], "");
    for (word, named) in [("latest", &second), ("previous", &name.to_owned())] {
        assert_eq!(told(&runs(&server, &["get", word, "--basic"], ""))["name"], **named);
    }
    let of_term = format!("latest:{}", got["term"].as_str().expect("a term"));
    assert_eq!(told(&runs(&server, &["get", &of_term, "--basic"], ""))["name"], *second);
    let no_term = runs(&server, &["get", "latest:no-such-term"], "");
    assert!(String::from_utf8_lossy(&no_term.stderr).contains("there is no run"));
    assert_eq!(
        told(&runs(&server, &["compare", "previous", "latest"], "")),
        told(&runs(&server, &["compare", name, &second], ""))
    );
    assert!(told(&explained)["student"]["unmatched"].is_object());
    assert_eq!(told(&runs(&server, &["list", "--page-size", "1"], ""))["runs"][0]["name"], *second);
    assert!(told(&runs(&server, &["list", "--states", "failed,pending"], ""))["runs"].is_null());
    let ledger = told(&runs(&server, &["ledger", "--run", "latest"], ""));
    assert_eq!(ledger["overrides"][0]["kind"], "STUDENT_WITHDRAWN", "{ledger}");
    assert!(told(&runs(&server, &["overrides", "--run", name], ""))["overrides"].is_null());
    let in_words = Command::new(BINARY)
        .args(["runs", "compare", name, &second, "--server", &format!("http://{}", server.address)])
        .output()
        .expect("it runs");
    let in_words = text(&in_words);
    assert!(in_words.contains("lost theirs") && in_words.contains(&format!("{student}: ")), "{in_words}");
    told(&runs(&server, &["delete", name], ""));
    let gone = runs(&server, &["get", name], "");
    assert_eq!(gone.status.code(), Some(8));
    assert!(String::from_utf8_lossy(&gone.stderr).contains("RUN_NOT_FOUND"));
    let malformed = runs(&server, &["create", "-"], r#"{"instance": {"students": [{}]}}"#);
    assert_eq!(malformed.status.code(), Some(3));
}

#[test]
fn a_terminal_gets_a_bar_and_a_cancelled_run_ends_the_watch_with_what_it_has() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let season = as_json("CreateRunRequest", &run_of(season_of_minimums(700)));
    let made = told(&runs(&server, &["create", "-"], &season));
    let name = made["name"].as_str().expect("a name").to_owned();
    // util-linux's script gives the command a terminal.
    let watch = format!("{BINARY} runs watch {name} --server http://{}", server.address);
    let watching = Command::new("script")
        .args(["-qec", &watch, "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script runs");
    let begun = std::time::Instant::now();
    loop {
        let run: pb::Run = crate::support::message("Run", &text(&runs(&server, &["get", &name, "--basic"], "")));
        if run.progress.is_some_and(|progress| progress.incumbent_count > 0) {
            break;
        }
        assert!(begun.elapsed().as_secs() < 30, "no matching is found");
    }
    told(&runs(&server, &["cancel", &name], ""));
    let watched = watching.wait_with_output().expect("it ends");
    let screen = text(&watched);
    assert!(screen.contains('[') && screen.contains("=>") || screen.contains("=="), "{screen}");
    assert!(screen.contains("Cancelled: ") && screen.contains("gap"), "{screen}");
    assert_eq!(watched.status.code(), Some(5), "a matching that is not proven the best");
}

#[test]
fn the_example_of_a_rematch_is_played_as_it_stands_and_as_its_page_shows_it() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let sample = Command::new(BINARY).args(["sample", "summer", "--students", "60", "--projects", "50"]).output();
    let season = text(&sample.expect("it runs"));
    let first = told(&runs(&server, &["create", "-"], &season))["name"].as_str().expect("a name").to_owned();
    assert_eq!(runs(&server, &["watch", &first], "").status.code(), Some(0));
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/rematch.json");
    let example = std::fs::read_to_string(example).expect("it is there");
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/runs-and-offers.md")).expect("it is there");
    assert!(page.contains(example.trim()), "the page shows another example");
    let second = told(&runs(&server, &["create", "-"], &example))["name"].as_str().expect("a name").to_owned();
    assert_eq!(runs(&server, &["watch", &second], "").status.code(), Some(0));
    let ledger = Command::new(BINARY)
        .args(["runs", "overrides", "--run", &second, "--server", &format!("http://{}", server.address)])
        .output()
        .expect("it runs");
    let ledger = text(&ledger);
    let decided: Vec<&str> = ledger.lines().filter(|line| !line.starts_with("    ")).collect();
    assert!(decided[0].starts_with(&format!("{second}  decided by local at ")), "{ledger}");
    assert_eq!(
        decided[1..],
        [
            "  S00012 declined P00045.",
            "  S00006 accepted P00011.",
            "  S00003 withdrew. Why: ill",
            "  Country JP was suspended.",
            "  The seats of P00030 went from 3 to 4.",
            "  S00061 was added.",
        ]
    );
    assert!(ledger.contains("    Without it "), "{ledger}");
}

#[test]
fn who_was_told_and_is_moved_is_the_first_line_and_keep_told_keeps_them() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let season = r#"{"instance": {"projects": [{"project_id": "P"}, {"project_id": "Q"}],
        "students": [{"student_id": "A", "choices": [{"project_id": "P", "rank": 1}, {"project_id": "Q", "rank": 2}]}],
        "pair_notes": [{"student_id": "A", "project_id": "P", "offer_state": "EXTENDED"}]}}"#;
    let first = told(&runs(&server, &["create", "-"], season))["name"].as_str().expect("a name").to_owned();
    assert_eq!(runs(&server, &["watch", &first], "").status.code(), Some(0));
    let rematch = format!(
        r#"{{"base_run": "{first}", "changes": [{{"student": {{"student_id": "B", "choices": [{{"project_id": "P"}}],
            "choices_only": true}}}}]}}"#
    );
    let first_line = |arguments: &[&str]| {
        let made = told(&runs(&server, arguments, &rematch))["name"].as_str().expect("a name").to_owned();
        assert_eq!(runs(&server, &["watch", &made], "").status.code(), Some(0));
        let got = runs(&server, &["get", &made], "");
        let words = String::from_utf8_lossy(&got.stderr).into_owned();
        words.lines().nth(1).expect("a line after the run's name").to_owned()
    };
    let moved = first_line(&["create", "-"]);
    assert!(moved.starts_with("WARNING M1521 ") && moved.contains("A (told P; has Q)"), "{moved}");
    let kept = first_line(&["create", "-", "--keep-told"]);
    assert!(kept.starts_with("Finished"), "{kept}");
}

#[test]
fn a_run_is_found_by_what_people_call_it_unless_two_are_called_the_same() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let create = |display_name: &str| {
        let season = pb::CreateRunRequest { display_name: display_name.to_owned(), ..run_of(season_of_minimums(20)) };
        let made = told(&runs(&server, &["create", "-"], &as_json("CreateRunRequest", &season)));
        made["name"].as_str().expect("a name").to_owned()
    };
    let (first, longer, word) = (create("First draft"), create("First draft, mended"), create("latest"));
    for (called, name) in [("First draft", &first), ("First draft, mended", &longer), (word.as_str(), &word)] {
        assert_eq!(told(&runs(&server, &["get", called, "--basic"], ""))["name"], **name, "{called}");
        assert_eq!(runs(&server, &["watch", called], "").status.code(), Some(0), "{called}");
    }
    // A word goes before a display name that looks like it.
    let last = create("Third draft");
    assert_eq!(told(&runs(&server, &["get", "latest", "--basic"], ""))["name"], *last);
    assert_eq!(runs(&server, &["watch", "latest"], "").status.code(), Some(0));
    let based = told(&runs(&server, &["create", "-"], r#"{"base_run": "First draft"}"#));
    assert_eq!(based["base_run"], *first);
    let by_names = told(&runs(&server, &["compare", "First draft", "Third draft"], ""));
    assert_eq!(by_names, told(&runs(&server, &["compare", &first, &last], "")));
    let of_both = told(&runs(&server, &["overrides", "--run", "First draft"], ""));
    assert!(of_both["overrides"].is_null(), "nothing was decided");

    let unknown = runs(&server, &["get", "first draft"], "");
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert_eq!((unknown.status.code(), said.contains(r#"the nearest is "First draft""#)), (Some(8), true), "{said}");

    let second = create("First draft");
    for command in [&["delete", "First draft"][..], &["cancel", "First draft"], &["get", "First draft"]] {
        let several = runs(&server, command, "");
        let said = String::from_utf8_lossy(&several.stderr).into_owned();
        assert_eq!(several.status.code(), Some(2), "{said}");
        for name in [&first, &second] {
            assert!(said.contains(&format!("{name}, stored at 20")), "{said}");
        }
    }
    let ambiguous = runs(&server, &["create", "-"], r#"{"base_run": "First draft"}"#);
    assert_eq!(ambiguous.status.code(), Some(2), "nothing is made of a run that nobody can tell");
    assert_eq!(told(&runs(&server, &["list"], ""))["runs"].as_array().map(Vec::len), Some(6));
}
