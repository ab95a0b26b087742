//! What a re-match would move, before anything is stored.

use std::collections::BTreeMap;

use super::{Desk, SEASON};
use crate::runs::harness::{Client, Place, run_of};
use crate::service::running::grpcurl_json;
use crate::support::{match_request, message};
use wire::pb;

fn places(outcome: &pb::Outcome) -> BTreeMap<String, String> {
    outcome.assignments.iter().map(|a| (a.student_id.clone(), a.project_id.clone())).collect()
}

#[test]
fn a_preview_stores_nothing_and_is_what_the_run_then_gives() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let mut client = Client::of(&server);
    let base = client.create(run_of(match_request(SEASON))).expect("it is stored").name;
    let first = places(&client.finished(&base).outcome.expect("an outcome"));
    let gone = first.iter().find(|(_, project)| *project == "P1").expect("P1 is wanted").0.clone();
    let changes = format!(
        r#"{{"base_run": "{base}", "changes": [{{"edit": {{"kind": "WITHDRAW_STUDENT", "student_ids": ["{gone}"]}}}}]}}"#
    );
    let answer = grpcurl_json(&server, "misti.matching.v1.RunService/PreviewRun", &changes);
    let preview: pb::PreviewRunResponse = message("PreviewRunResponse", &answer.to_string());
    assert_eq!(client.list(pb::ListRunsRequest::default()).expect("a list").runs.len(), 1, "nothing is stored");

    let desk = Desk::new();
    desk.write("changes.json", &changes);
    let address = format!("http://{}", server.address);
    let said = desk.done(&["runs", "create", "changes.json", "--preview", "--server", &address]);
    assert!(said.output.starts_with("Nothing is stored. With 1 change of runs/"), "{}", said.output);
    for part in [format!("  {gone}: P1 (1st choice) → no place"), "PLACE_MOST: 2 → ".to_owned()] {
        assert!(said.output.contains(&part), "{part}: {}", said.output);
    }
    assert_eq!(client.list(pb::ListRunsRequest::default()).expect("a list").runs.len(), 1, "nothing is stored");

    let run = client.create(message("CreateRunRequest", &changes)).expect("it is stored").name;
    let second = places(&client.finished(&run).outcome.expect("an outcome"));
    assert_eq!(places(&preview.outcome.expect("an outcome")), second);
    let compared = client.compare(&base, &run).expect("they are compared");
    assert_eq!(preview.comparison.expect("a comparison").comparison, compared.comparison);
}

#[test]
fn a_preview_of_what_can_not_hold_says_what_can_not() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let mut client = Client::of(&server);
    let base = client.create(run_of(match_request(SEASON))).expect("it is stored").name;
    client.finished(&base);
    let desk = Desk::new();
    let pin =
        |student: &str| format!(r#"{{"edit": {{"kind": "PIN", "student_ids": ["{student}"], "project_id": "P1"}}}}"#);
    desk.write("both.json", format!(r#"{{"base_run": "latest", "changes": [{}, {}]}}"#, pin("S1"), pin("S2")));
    let address = format!("http://{}", server.address);
    let said = desk.type_in(&["runs", "create", "both.json", "--preview", "--server", &address]);
    assert_eq!(said.code, 4, "{}", said.error);
    assert!(
        said.output.contains("There would be no placement") && said.output.contains("can't hold"),
        "{}",
        said.output
    );
    let unknown =
        r#"{"base_run": "latest", "changes": [{"edit": {"kind": "PIN", "student_ids": ["S9"], "project_id": "P1"}}]}"#;
    desk.write("unknown.json", unknown);
    let said = desk.type_in(&["runs", "create", "unknown.json", "--preview", "--server", &address]);
    assert_eq!(said.code, 3, "{}", said.error);
    for arguments in [&["--preview"][..], &["--changes", "offers.csv"]] {
        desk.write("whole.json", r#"{"instance": {}}"#);
        let said = desk.type_in(&[&["runs", "create", "whole.json", "--server", &address], arguments].concat());
        assert!(said.code == 2 && said.error.contains("--base"), "{arguments:?}: {}", said.error);
    }
}
