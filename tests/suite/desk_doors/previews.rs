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

#[test]
fn tables_are_changes_of_a_run_and_can_be_looked_at_before_they_are_stored() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1"]);
    let mut client = Client::of(&server);
    let run = pb::CreateRunRequest { display_name: "First draft".to_owned(), ..run_of(match_request(SEASON)) };
    let base = client.create(run).expect("it is stored").name;
    let first = places(&client.finished(&base).outcome.expect("an outcome"));
    let gone = first.iter().find(|(_, project)| *project == "P1").expect("P1 is wanted").0.clone();
    let desk = Desk::new();
    let address = format!("http://{}", server.address);
    let offers = format!("student_id,project_id,state,reason,after_decline\n{gone},P1,DECLINED,an internship,OUT\n");
    let projects = "project_id,title\nP1,Walking robots\nP2,Thin films\n";
    desk.write("answers/offers.csv", &offers);
    desk.write("answers/projects.csv", projects);
    let create = ["runs", "create", "--base", "First draft", "--changes", "answers", "--server", &address];
    let said = desk.done(&[&create[..], &["--preview"]].concat());
    assert!(said.output.contains("Nothing is stored. With 2 changes of runs/"), "{}", said.output);
    assert!(said.output.contains(&format!("  {gone}: P1 (1st choice) → no place")), "{}", said.output);
    assert_eq!(client.list(pb::ListRunsRequest::default()).expect("a list").runs.len(), 1, "nothing is stored");

    desk.done(&[&create[..], &["--display-name", "After the answers"]].concat());
    desk.done(&["runs", "watch", "After the answers", "--server", &address]);
    let second = client.list(pb::ListRunsRequest::default()).expect("a list").runs.remove(0).name;
    let second = client.view(&second, pb::get_run_request::View::Full).expect("it is there");
    assert_eq!((second.base_run.as_str(), second.display_name.as_str()), (base.as_str(), "After the answers"));
    assert_eq!(second.changes.len(), 2, "a row that is as it was is no change: {:?}", second.changes);
    let season = second.request.expect("what was asked").instance.expect("a season");
    let project = season.projects.iter().find(|project| project.project_id == "P2").expect("it is there");
    let told = (project.title.as_str(), project.host_id.as_str());
    assert_eq!(told, ("Thin films", "H2"), "what no column speaks of stays");
    let ledger = client.overrides(&second.name).expect("a ledger");
    assert!(ledger.iter().any(|line| line.reason == "an internship"), "{ledger:?}");

    // By gRPC: the same changes, for a CreateRunRequest.
    let file = |name: &str, text: &str| pb::DeskFile { name: name.to_owned(), content: text.as_bytes().to_vec() };
    let asked = pb::ImportSeasonRequest {
        files: vec![file("offers.csv", &offers), file("projects.csv", projects)],
        base_run: base,
        ..pb::ImportSeasonRequest::default()
    };
    let input = crate::support::as_json("ImportSeasonRequest", &asked);
    let answer = grpcurl_json(&server, "misti.matching.v1.DeskService/ImportSeason", &input);
    let response: pb::ImportSeasonResponse = message("ImportSeasonResponse", &answer.to_string());
    assert_eq!((response.changes, response.instance), (second.changes, None));

    desk.write("answers/offers.csv", "student_id,project_id,state\nS9,P1,DECLINED\n");
    let said = desk.type_in(&create);
    assert_eq!(said.code, 3, "{}", said.output);
    assert!(said.output.contains("S9") && said.output.contains("Nothing is written"), "{}", said.output);
    std::fs::remove_file(desk.0.path().join("answers/offers.csv")).expect("it is there");
    desk.write("answers/projects.csv", "project_id,title\nP1,Walking robots\nP2,\n");
    let said = desk.type_in(&[&create[..2], &["--base", &second.base_run], &create[4..]].concat());
    assert_eq!(said.code, 2, "{}", said.output);
    assert!(said.error.contains("nothing that is not in"), "{}", said.error);
    assert_eq!(client.list(pb::ListRunsRequest::default()).expect("a list").runs.len(), 2);
}
