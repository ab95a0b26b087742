//! What the calls promise, on both databases.

use std::time::{Duration, Instant};

use pb::get_run_request::View;
use pb::run::State;
use tonic::Code;
use tonic_types::StatusExt;
use wire::pb;

use super::harness::{Client, Place, run_of, small, verify};
use crate::support::{season_of_minimums, timeless};

/// The code of a status's details.
pub fn reason(status: &tonic::Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

#[test]
fn a_run_is_stored_solved_and_read_back_as_match_would_have_answered() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let stored = client.create(small(1)).expect("it is stored");
        assert_eq!((stored.state(), stored.term.as_str(), stored.created_by.as_str()), (State::Pending, "T1", "local"));
        let run = client.finished(&stored.name);
        verify(&small(1), &run);
        let matched = pb::MatchRequest { instance: small(1).instance, policy: None };
        let outcome = run.outcome.clone().expect("an outcome");
        assert_eq!(timeless(outcome.clone()), timeless(crate::support::solve(matched)));
        assert_eq!(outcome.provenance.expect("it says of what").digest, run.digest);
        assert_eq!((run.placed_count, run.attempt_count), (Some(2), 1));
        let basic = client.view(&stored.name, View::Basic).expect("it is there");
        assert!(basic.outcome.is_none() && basic.request.is_none());
        let full = client.view(&stored.name, View::Full).expect("it is there");
        assert_eq!(full.request.expect("what was asked").instance, small(1).instance);
    }
}

#[test]
fn the_same_request_id_is_the_same_run_and_another_payload_is_refused() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let first = client.create(small(1)).expect("it is stored");
        assert_eq!(client.create(small(1)).expect("it is known").name, first.name);
        let mut shuffled = small(1);
        let season = shuffled.instance.as_mut().expect("a season");
        season.students.reverse();
        season.projects.reverse();
        assert_eq!(client.create(shuffled).expect("it is known, whatever the order of its rows").name, first.name);
        let other = pb::CreateRunRequest { request_id: "request-1".to_owned(), ..small(2) };
        let refused = client.create(other).expect_err("it is another payload");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::AlreadyExists, "REQUEST_ID_TAKEN"));
        let validated = pb::CreateRunRequest { validate_only: true, request_id: "request-1".to_owned(), ..small(2) };
        assert_eq!(reason(&client.create(validated).expect_err("as the call itself")), "REQUEST_ID_TAKEN");
        let unkeyed = || pb::CreateRunRequest { request_id: String::new(), ..small(1) };
        let (one, two) = (client.create(unkeyed()).expect("stored"), client.create(unkeyed()).expect("stored"));
        assert_ne!(one.name, two.name);
        drop(server);
        let server = place.serve(&[]);
        assert_eq!(Client::of(&server).create(small(1)).expect("it is known after a restart").name, first.name);
    }
}

#[test]
fn runs_are_found_by_what_they_are_called_and_their_notes_are_sealed() {
    for place in Place::both() {
        let server = place.serve(&["--workers=0"]);
        let mut client = Client::of(&server);
        let called = |number: usize, display_name: &str, labels: &[(&str, &str)]| pb::CreateRunRequest {
            display_name: display_name.to_owned(),
            labels: labels.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
            notes: format!("CANARY-{number}"),
            ..small(number)
        };
        let asked = [
            called(0, "First round", &[("round", "1"), ("owner", "ana")]),
            called(1, "Second round", &[("round", "2"), ("owner", "ana")]),
            called(2, "second thoughts, 100%", &[("round", "2"), ("a=b".trim_end_matches("=b"), "x=y")]),
        ];
        let names: Vec<String> = asked.iter().map(|run| client.create(run.clone()).expect("stored").name).collect();
        let again =
            pb::CreateRunRequest { display_name: "Renamed".to_owned(), notes: String::new(), ..asked[0].clone() };
        assert_eq!(client.create(again).expect("names and notes are no part of the season").name, names[0]);
        let mut found = |filter: pb::ListRunsRequest| -> Vec<usize> {
            let runs = client.list(filter).expect("a list").runs;
            runs.iter().map(|run| names.iter().position(|name| *name == run.name).expect("one of them")).collect()
        };
        let by_label = |labels: &[(&str, &str)]| pb::ListRunsRequest {
            labels: labels.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
            ..Default::default()
        };
        let by_name = |name: &str| pb::ListRunsRequest { display_name: name.to_owned(), ..Default::default() };
        assert_eq!(found(by_name("round")), [1, 0]);
        assert_eq!(found(by_name("100%")), [2]);
        assert_eq!(found(by_name("_")), [0_usize; 0]);
        assert_eq!(found(by_label(&[("round", "2")])), [2, 1]);
        assert_eq!(found(by_label(&[("round", "2"), ("owner", "ana")])), [1]);
        assert_eq!(found(by_label(&[("a", "x=y")])), [2]);
        assert_eq!(found(by_label(&[("ound", "2")])), [0_usize; 0]);
        let oldest_first = pb::list_runs_request::Order::OldestFirst as i32;
        assert_eq!(found(pb::ListRunsRequest { order: oldest_first, ..Default::default() }), [0, 1, 2]);
        let by_owner = |name: &str| pb::ListRunsRequest { created_by: name.to_owned(), ..Default::default() };
        assert_eq!(found(by_owner("local")), [2, 1, 0]);
        assert_eq!(found(by_owner("somebody")), [0_usize; 0]);
        let full = client.view(&names[1], View::Full).expect("there");
        assert_eq!((full.display_name.as_str(), full.notes.as_str()), ("Second round", "CANARY-1"));
        assert_eq!(full.labels, asked[1].labels);
        let middle = full.create_time.expect("it is stored");
        let mut list = |from, before| {
            let filter = pb::ListRunsRequest { created_from: from, created_before: before, ..Default::default() };
            client.list(filter).expect("a list").runs.iter().map(|run| run.display_name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(list(Some(middle), None).last().map(String::as_str), Some("Second round"));
        assert!(!list(None, Some(middle)).contains(&"Second round".to_owned()));
        let for_ever = prost_types::Timestamp { seconds: 253_402_300_799, nanos: 999_999_999 };
        assert_eq!(list(None, Some(for_ever)).len(), 3, "the last moment that a Timestamp has");
        let told = client.get(&names[1]).expect("there");
        assert!(told.notes.is_empty(), "they are sealed, and told with what was asked");
        assert_eq!(place.ask("SELECT COUNT(*) FROM parts WHERE part = 'NOTES'"), [["3"]]);
        assert!(!format!("{:?}", place.ask("SELECT bytes FROM parts")).contains(&hex("CANARY")));
        let pages = |order: i32| pb::ListRunsRequest { page_size: 2, order, ..Default::default() };
        let first = client.list(pages(oldest_first)).expect("a page");
        let second = pb::ListRunsRequest { page_token: first.next_page_token, ..pages(oldest_first) };
        assert_eq!(client.list(second).expect("a page").runs[0].name, names[2]);
    }
}

/// A text as hexadecimal digits.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn labels_that_nothing_can_be_found_by_are_refused_each() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers=0"]);
    let mut client = Client::of(&server);
    for (name, value) in [("", "x"), ("round one", "x"), ("a=b", "x"), ("round", "1\n2"), (&"n".repeat(64), "x")] {
        let labels = [(name.to_owned(), value.to_owned())].into();
        let refused = client.create(pb::CreateRunRequest { labels, ..small(1) }).expect_err("it is refused");
        let code = if value.contains('\n') { "CONTROL_CHARACTER" } else { "MALFORMED_LABEL" };
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, code), "{name}={value}");
    }
    let long = pb::CreateRunRequest { display_name: "x".repeat(201), notes: "y".repeat(2_001), ..small(1) };
    let refused = client.create(long).expect_err("they are too long");
    let violations = refused.get_details_bad_request().expect("a BadRequest").field_violations;
    assert_eq!(violations.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), ["display_name", "notes"]);
}

#[test]
fn what_is_only_validated_is_not_stored_and_malformed_requests_tell_every_fault() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let mut request = small(1);
    request.validate_only = true;
    request.instance.as_mut().expect("a season").projects[0].min_seat_count = Some(3);
    request.instance.as_mut().expect("a season").projects[0].max_seat_count = Some(2);
    let told = client.create(request.clone()).expect("it is well formed");
    assert!(told.name.is_empty() && !told.digest.is_empty());
    assert!(told.findings.iter().any(|finding| finding.code == "M3001"), "{:?}", told.findings);
    assert!(client.list(pb::ListRunsRequest::default()).expect("a list").runs.is_empty());
    request.instance.as_mut().expect("a season").students[1].choices[0].rank = Some(-1);
    request.request_id = " x".to_owned();
    assert_eq!(client.create(request).expect_err("malformed").code(), Code::InvalidArgument);
    let both = pb::CreateRunRequest { base_run: "runs/x".to_owned(), ..small(1) };
    assert_eq!(reason(&client.create(both).expect_err("both")), "MALFORMED_RUN_NAME");
    let changes = pb::CreateRunRequest { changes: vec![pb::RunChange::default()], ..small(1) };
    assert_eq!(reason(&client.create(changes).expect_err("changes of nothing")), "INSTANCE_AND_BASE_RUN");
}

#[test]
fn lists_have_pages_and_filters_and_never_a_students_data() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let names: Vec<String> = (0..7).map(|number| client.create(small(number)).expect("stored").name).collect();
        names.iter().for_each(|name| _ = client.finished(name));
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListRunsRequest { page_size: 3, page_token: token, ..pb::ListRunsRequest::default() };
            let page = client.list(request).expect("a page");
            assert!(page.runs.len() <= 3 && page.runs.iter().all(|run| run.outcome.is_none() && run.request.is_none()));
            seen.extend(page.runs.into_iter().map(|run| run.name));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        seen.reverse();
        assert_eq!(seen, names);
        let of_term = pb::ListRunsRequest { term: "T4".to_owned(), ..pb::ListRunsRequest::default() };
        assert_eq!(client.list(of_term).expect("a list").runs[0].name, names[4]);
        let failed = pb::ListRunsRequest { states: vec![State::Failed as i32], ..pb::ListRunsRequest::default() };
        assert!(client.list(failed).expect("a list").runs.is_empty());
        let page = pb::ListRunsRequest { page_size: 2, ..pb::ListRunsRequest::default() };
        let page_token = client.list(page).expect("a page").next_page_token;
        let other = pb::ListRunsRequest { page_token, term: "T4".to_owned(), ..pb::ListRunsRequest::default() };
        assert_eq!(reason(&client.list(other).expect_err("a token of another list")), "MALFORMED_PAGE_TOKEN");
        let nonsense = pb::ListRunsRequest { page_token: "2".to_owned(), ..pb::ListRunsRequest::default() };
        assert_eq!(reason(&client.list(nonsense).expect_err("no token")), "MALFORMED_PAGE_TOKEN");
    }
}

#[test]
fn a_watched_run_tells_incumbents_that_get_better_and_bounds_that_get_closer_until_they_meet() {
    for place in Place::both() {
        let server = place.serve(&["--workers", "1"]);
        let mut client = Client::of(&server);
        let stored = client.create(run_of(season_of_minimums(300))).expect("stored");
        let told = client.watch(&stored.name).expect("it is watched to its end");
        assert_eq!(told.last().expect("it says something").state(), State::Succeeded);
        let progress: Vec<&pb::RunProgress> = told.iter().filter_map(|run| run.progress.as_ref()).collect();
        let moments: Vec<(i64, i64, i64)> = progress
            .iter()
            .filter(|progress| progress.goals.len() > 1)
            .filter_map(|progress| {
                let (placed, points) = (&progress.goals[0], &progress.goals[1]);
                Some((placed.incumbent?, points.incumbent?, points.bound?))
            })
            .collect();
        assert!(moments.len() >= 2, "{told:?}");
        for two in moments.windows(2) {
            let ((placed, points, bound), (later_placed, later_points, later_bound)) = (two[0], two[1]);
            assert!((later_placed, later_points) >= (placed, points), "{moments:?}");
            assert!(later_placed != placed || later_bound <= bound || placed == 0, "{moments:?}");
        }
        let outcome = client.finished(&stored.name).outcome.expect("an outcome");
        let last = moments.last().expect("a moment");
        assert_eq!((last.0, last.1), (outcome.goals[0].value, outcome.goals[1].value));
        assert_eq!(last.1, last.2, "proven");
    }
}

#[test]
fn a_cancelled_run_ends_within_a_quarter_of_a_second_and_keeps_the_best_matching() {
    for place in Place::both() {
        let server = place.serve(&["--workers", "1"]);
        let mut client = Client::of(&server);
        let asked = run_of(season_of_minimums(700));
        let running = client.create(asked.clone()).expect("stored");
        let waiting = client.create(small(2)).expect("stored");
        let cancelled = client.cancel(&waiting.name).expect("it waits");
        assert_eq!(cancelled.state(), State::Cancelled);
        let begun = Instant::now();
        while client.view(&running.name, View::Basic).expect("there").progress.is_none_or(|p| p.incumbent_count == 0) {
            assert!(begun.elapsed() < Duration::from_secs(30), "no matching is found");
            std::thread::sleep(Duration::from_millis(20));
        }
        let uttered = Instant::now();
        client.cancel(&running.name).expect("it runs");
        let told = client.watch(&running.name).expect("it ends");
        println!("from cancel to the end of the watch: {:?}", uttered.elapsed());
        assert!(uttered.elapsed() < Duration::from_secs(1), "{:?}", uttered.elapsed());
        let last = told.last().expect("it says so");
        assert_eq!((last.state(), last.cancelled_by.as_str()), (State::Cancelled, "local"));
        let outcome = client.get(&running.name).expect("there").outcome.expect("the best so far");
        let request = pb::MatchRequest { instance: asked.instance, policy: asked.policy };
        assert!(crate::support::check(&request, crate::support::places(&outcome)).violations.is_empty());
        assert!(outcome.goals.iter().any(|goal| !goal.proven && goal.relative_gap > 0.0), "{:?}", outcome.goals);
        let again = client.cancel(&running.name).expect_err("it has finished");
        assert_eq!((again.code(), reason(&again).as_str()), (Code::FailedPrecondition, "RUN_ALREADY_FINISHED"));
    }
}

#[test]
fn a_run_whose_time_is_over_is_deleted() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let stored = client.create(small(1)).expect("stored");
    client.finished(&stored.name);
    drop(server);
    place.ask("UPDATE runs SET expire_time = 1 RETURNING run_id");
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let begun = Instant::now();
    while client.get(&stored.name).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(5), "it is still there");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(place.ask("SELECT COUNT(*) FROM audit WHERE deed = 'EXPIRED'"), [["1"]]);
}

#[test]
fn more_runs_than_may_wait_are_refused_with_a_delay() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "0", "--most-waiting", "2"]);
    let mut client = Client::of(&server);
    client.create(small(1)).expect("stored");
    client.create(small(2)).expect("stored");
    let refused = client.create(small(3)).expect_err("two wait");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::ResourceExhausted, "QUEUE_FULL"));
    assert!(refused.get_details_retry_info().is_some());
    client.create(small(1)).expect("what is known is known");
}
