//! A winter: a run, what changed since, and the run that follows from it.

use super::calls::reason;
use pb::get_run_request::View;
use pb::run_change::Change;
use tonic::Code;
use tonic_types::StatusExt;
use wire::pb;

use super::harness::{Client, Place, run_of, small};
use crate::service::running::Server;
use crate::support::{check, message, places, timeless};

fn changed(base: &str, changes: &str) -> pb::CreateRunRequest {
    message("CreateRunRequest", &format!(r#"{{"base_run": "{base}", "changes": {changes}}}"#))
}

/// Four students, three projects with a seat each, films in Japan.
fn season() -> pb::CreateRunRequest {
    message(
        "CreateRunRequest",
        r#"{"instance": {"term": "2027-summer",
            "hosts": [{"host_id": "H", "country_code": "DE"}, {"host_id": "K", "country_code": "JP"}],
            "projects": [{"project_id": "robots", "host_id": "H"}, {"project_id": "optics", "host_id": "H"},
                {"project_id": "films", "host_id": "K"}],
            "students": [
                {"student_id": "ada", "choices": [{"project_id": "robots", "rank": 1}, {"project_id": "optics", "rank": 2}]},
                {"student_id": "ben", "choices": [{"project_id": "robots", "rank": 1}, {"project_id": "films", "rank": 3}]},
                {"student_id": "cem", "choices": [{"project_id": "films", "rank": 1}]},
                {"student_id": "dee", "choices": [{"project_id": "optics", "rank": 1}]}]},
           "policy": {"goals": [{"kind": "PLACE_MOST"}, {"kind": "LEAST_RANK_SUM"}], "lottery_seed": 4}}"#,
    )
}

/// A run of that season which has finished; the client of its server, and its name.
fn after_a_first_run() -> (Place, Server, Client, String) {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let name = client.create(season()).expect("stored").name;
    client.finished(&name);
    (place, server, client, name)
}

fn place_of(run: &pb::Run, student: &str) -> String {
    let outcome = run.outcome.as_ref().expect("an outcome");
    let place = outcome.assignments.iter().find(|place| place.student_id == student);
    place.map_or_else(String::new, |place| place.project_id.clone())
}

#[test]
fn a_rematch_keeps_what_it_can_and_a_whole_winter_can_be_replayed_from_its_changes() {
    let winter = [
        r#"[{"offer": {"student_id": "dee", "project_id": "optics", "state": "ACCEPTED"}},
            {"offer": {"student_id": "cem", "project_id": "films", "state": "EXTENDED"}}]"#,
        r#"[{"edit": {"kind": "WITHDRAW_STUDENT", "student_ids": ["dee"]}, "reason": "ill"},
            {"edit": {"kind": "PROJECT_SEATS", "project_id": "robots", "by": 1}},
            {"student": {"student_id": "eve", "choices": [{"project_id": "optics"}]}}]"#,
        r#"[{"project": {"project_id": "lasers", "host_id": "H"}},
            {"edit": {"kind": "PIN", "student_ids": ["ben"], "project_id": "lasers"}, "reason": "agreed by telephone"},
            {"edit": {"kind": "SUSPEND_COUNTRY", "country_code": "JP"}}]"#,
    ];
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let play = |client: &mut Client| -> Vec<pb::Run> {
            let mut name = client.create(season()).expect("stored").name;
            let mut runs = vec![client.finished(&name)];
            for changes in winter {
                name = client.create(changed(&name, changes)).expect("stored").name;
                runs.push(client.finished(&name));
            }
            runs
        };
        let (first, second) = (play(&mut client), play(&mut client));
        for (one, two) in first.iter().zip(&second) {
            assert_eq!(one.digest, two.digest);
            assert_eq!(timeless(one.outcome.clone().unwrap()), timeless(two.outcome.clone().unwrap()));
        }
        for run in &first[1..] {
            let full = client.view(&run.name, View::Full).expect("there");
            let asked = full.request.expect("what was asked");
            assert!(!full.changes.is_empty() && full.base_run == run.base_run);
            let request = pb::MatchRequest { instance: asked.instance, policy: asked.policy };
            assert!(check(&request, places(run.outcome.as_ref().unwrap())).violations.is_empty());
            let goals: Vec<i32> = run.outcome.as_ref().unwrap().goals.iter().map(|goal| goal.kind).collect();
            assert_eq!(goals[..2], [pb::goal::Kind::PlaceMost as i32, pb::goal::Kind::LeastDisruption as i32]);
        }
        let [one, two, three, four] = &first[..] else { panic!("four runs") };
        assert_eq!((place_of(one, "dee"), place_of(one, "cem")), ("optics".to_owned(), "films".to_owned()));
        for student in ["ada", "ben", "cem", "dee"] {
            assert_eq!(place_of(one, student), place_of(two, student), "nothing asked for a move");
        }
        assert_eq!((place_of(three, "dee"), place_of(three, "eve")), (String::new(), "optics".to_owned()));
        assert_eq!((place_of(four, "ben"), place_of(four, "cem")), ("lasers".to_owned(), "robots".to_owned()));
    }
}

#[test]
fn who_moved_between_two_runs_is_told_with_the_reason_and_the_price() {
    let (_place, _server, mut client, first) = after_a_first_run();
    let changes = r#"[{"edit": {"kind": "SUSPEND_COUNTRY", "country_code": "JP"}},
        {"edit": {"kind": "PIN", "student_ids": ["dee"], "project_id": "optics"}}]"#;
    let second = client.create(changed(&first, changes)).expect("stored").name;
    client.finished(&second);
    let told = client.compare(&first, &second).expect("both have outcomes");
    let comparison = told.comparison.expect("what changed");
    let lost: Vec<&str> = comparison.changes.iter().map(|change| change.student_id.as_str()).collect();
    assert_eq!(lost, ["cem"]);
    assert_eq!(comparison.placed.map(|placed| (placed.before, placed.after)), Some((3, 2)));
    let [reason] = &told.reasons[..] else { panic!("{:?}", told.reasons) };
    assert_eq!((reason.student_id.as_str(), reason.from_project_id.as_str(), reason.is_gone), ("cem", "films", false));
    assert_eq!(reason.keeping.as_ref().expect("a reason").reason(), pb::pair_explanation::Reason::Refused);
    assert_eq!(reason.sentence, "films is not open to cem: JP is suspended.");
    let unfinished = client.compare(&first, "runs/00000000-0000-7000-8000-000000000000").expect_err("no such run");
    assert_eq!(unfinished.code(), Code::NotFound);
}

#[test]
fn a_run_without_a_matching_is_explained_by_what_contradicts_what_to_managers_alone() {
    let (_place, _server, mut client, first) = after_a_first_run();
    let changes = r#"[{"edit": {"kind": "SUSPEND_COUNTRY", "country_code": "JP"}},
        {"edit": {"kind": "PIN", "student_ids": ["cem"], "project_id": "films"}}]"#;
    let second = client.create(changed(&first, changes)).expect("stored").name;
    assert_eq!(client.finished(&second).outcome_status(), pb::outcome::Status::Infeasible);
    let mut ask = |audience: pb::explain_request::Audience| {
        let about = Some(pb::explain_run_request::About::StudentId("ben".to_owned()));
        let request = pb::ExplainRunRequest { name: second.clone(), about, audience: audience as i32 };
        client.explain(request).expect("an explanation")
    };
    let told = ask(pb::explain_request::Audience::Manager);
    assert_eq!(told.conflicts[0].rows[0].label, "pin:cem/films");
    assert!(told.sentences[1].contains("COUNTRY_SUSPENDED"), "{:?}", told.sentences);
    assert!(told.sentences.iter().any(|said| said.contains("Remove the pin of cem")), "{:?}", told.sentences);
    assert!(!told.relaxations.is_empty());
    let told = ask(pb::explain_request::Audience::Student);
    assert_eq!((told.conflicts.len(), told.relaxations.len(), told.sentences.len()), (0, 0, 1));
    assert_eq!(told.sentences, ["No placement keeps every rule."]);
}

#[test]
fn a_decision_that_is_made_anew_is_in_the_ledger_again_with_its_reason() {
    let (_place, _server, mut client, mut name) = after_a_first_run();
    let waiver = |last: &str, why: &str| {
        format!(
            r#"{{"waiver": {{"student_id": "ada", "rule": "DATES", "expires_date": "{last}", "reason": "{why}"}}}}"#
        )
    };
    let decisions = [
        (waiver("2020-01-01", "once"), "once"),
        (waiver("2999-01-01", "renewed"), "renewed"),
        (
            r#"{"pair_note": {"student_id": "ben", "project_id": "films", "forbidden": true, "reason": "first"}}"#
                .to_owned(),
            "first",
        ),
        (
            r#"{"pair_note": {"student_id": "ben", "project_id": "films", "forbidden": true, "reason": "second"}}"#
                .to_owned(),
            "second",
        ),
        (
            r#"{"edit": {"kind": "MUST_PLACE", "student_ids": ["dee"]}, "reason": "scholarship"}"#.to_owned(),
            "scholarship",
        ),
    ];
    for (change, why) in decisions {
        name = client.create(changed(&name, &format!("[{change}]"))).expect("stored").name;
        let run = client.finished(&name);
        let told = client.overrides(&name).expect("the ledger");
        assert_eq!(told.iter().map(|entry| entry.reason.as_str()).collect::<Vec<_>>(), [why]);
        assert_eq!(told[0].effect.is_some(), run.outcome.expect("an outcome").summary.is_some(), "{why}");
    }
    // The renewed waiver has taken the place of the one that expired.
    let asked = client.view(&name, View::Full).expect("there").request.and_then(|asked| asked.instance);
    assert_eq!(asked.expect("a season").waivers.len(), 1);
}

#[test]
fn what_a_run_could_not_do_without_is_told_as_that() {
    let (_place, _server, mut client, first) = after_a_first_run();
    let changes = r#"[{"program": {"program_id": "G", "min_gpa": 4}}, {"project": {"project_id": "lab", "program_id": "G"}},
        {"student": {"student_id": "fay", "gpa": 3}}, {"waiver": {"student_id": "fay", "rule": "GPA", "project_id": "lab"}},
        {"edit": {"kind": "PIN", "student_ids": ["fay"], "project_id": "lab"}}]"#;
    let second = client.create(changed(&first, changes)).expect("stored").name;
    client.finished(&second);
    let told = client.overrides(&second).expect("the ledger");
    let waived = told.iter().find(|entry| entry.rule() == pb::Rule::Gpa).and_then(|entry| entry.effect.as_ref());
    assert!(waived.is_some_and(|effect| effect.no_matching && effect.is_proven), "{told:?}");
    let pinned =
        told.iter().find(|entry| entry.kind() == pb::r#override::Kind::Pin).and_then(|entry| entry.effect.as_ref());
    assert!(pinned.is_some_and(|effect| !effect.no_matching), "{told:?}");
}

#[test]
fn a_pin_that_is_not_there_is_not_taken_back() {
    let (_place, _server, mut client, name) = after_a_first_run();
    let changes = r#"[{"edit": {"kind": "REMOVE_PIN", "student_ids": ["ben"], "project_id": "films"}}]"#;
    let refused = client.create(changed(&name, changes)).expect_err("it is not pinned");
    let violations = refused.get_details_bad_request().expect("which").field_violations;
    assert_eq!(violations[0].field, "changes[0].edit.kind");
    assert!(violations[0].description.contains("neither a pin nor an accepted offer"), "{violations:?}");
}

#[test]
fn who_is_held_or_has_lost_what_they_accepted_is_told_so() {
    let (_place, _server, mut client, first) = after_a_first_run();
    let changes = r#"[{"offer": {"student_id": "cem", "project_id": "films", "state": "ACCEPTED"}},
        {"edit": {"kind": "PIN", "student_ids": ["dee"], "project_id": "optics"}}]"#;
    let second = client.create(changed(&first, changes)).expect("stored").name;
    client.finished(&second);
    let third = client.create(changed(&second, r#"[{"edit": {"kind": "SUSPEND_COUNTRY", "country_code": "JP"}}]"#));
    let third = third.expect("stored").name;
    client.finished(&third);
    let mut ask = |run: &str, student: &str| {
        let about = Some(pb::explain_run_request::About::StudentId(student.to_owned()));
        let request = pb::ExplainRunRequest { name: run.to_owned(), about, audience: 0 };
        client.explain(request).expect("an explanation").sentences
    };
    assert_eq!(ask(&second, "cem")[1], "cem accepted the offer of this place, which holds it.");
    assert_eq!(ask(&second, "dee")[1], "A pin holds dee there.");
    let told = ask(&third, "cem");
    let void = told.iter().find(|said| said.starts_with("cem accepted films, which can't be had any more"));
    assert!(void.is_some_and(|said| said.contains("JP is suspended")), "{told:?}");
}

#[test]
fn who_withdrew_is_told_that_and_that_alone() {
    let (_place, _server, mut client, first) = after_a_first_run();
    let changes = r#"[{"edit": {"kind": "WITHDRAW_STUDENT", "student_ids": ["cem"]}}]"#;
    let second = client.create(changed(&first, changes)).expect("stored").name;
    let outcome = client.finished(&second).outcome.expect("an outcome");
    let left = outcome.unmatched.iter().find(|left| left.student_id == "cem").expect("no place");
    assert_eq!(left.refusals.iter().map(pb::RuleCount::rule).collect::<Vec<_>>(), [pb::Rule::StudentWithdrawn]);
    let told = client.compare(&first, &second).expect("both have outcomes");
    let reason = told.reasons.iter().find(|reason| reason.student_id == "cem").expect("a reason");
    assert_eq!(left.sentence, "cem has withdrawn.");
    assert_eq!(reason.sentence, "films is not open to cem: cem has withdrawn.");
}

#[test]
fn a_stored_run_is_explained_and_asked_what_if_as_its_season_would_be() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let name = client.create(season()).expect("stored").name;
    let run = client.finished(&name);
    let about = pb::explain_run_request::About::StudentId("ben".to_owned());
    let request = pb::ExplainRunRequest { name: name.clone(), about: Some(about), audience: 0 };
    let told = client.explain(request).expect("an explanation");
    let whole = pb::ExplainRequest {
        instance: season().instance,
        policy: season().policy,
        outcome: run.outcome,
        about: Some(pb::explain_request::About::StudentId("ben".to_owned())),
        audience: 0,
    };
    let by_hand = calls::explain(whole, &crate::support::caller(), &crate::support::solver());
    assert_eq!(told, by_hand.expect("an explanation"));
    let edit = pb::Edit {
        kind: pb::edit::Kind::ProjectSeats as i32,
        project_id: "robots".to_owned(),
        by: Some(1),
        ..pb::Edit::default()
    };
    let request = pb::WhatIfRunRequest { name: name.clone(), edits: vec![edit.clone()], return_request: true };
    let told = client.what_if(request).expect("an answer");
    assert!(told.before_is_best && told.counterfactual.is_some());
    // What it promises is what a re-match with the same change gives, goals that come first alike.
    let change = pb::RunChange { change: Some(Change::Edit(edit)), reason: String::new() };
    let asked = pb::CreateRunRequest { base_run: name, changes: vec![change], ..pb::CreateRunRequest::default() };
    let after = client.create(asked).expect("stored").name;
    let after = client.finished(&after).outcome.expect("an outcome");
    assert_eq!(after.goals[0].value, told.goals[0].value);
}

#[test]
fn the_ledger_tells_who_overrode_what_and_what_that_changed_for_others() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let first = client.create(season()).expect("stored").name;
        client.finished(&first);
        assert!(client.overrides("").expect("a ledger").is_empty());
        // Pinned to where ben would be, cem leaves films to him; eve has two projects to herself.
        let changes = r#"[{"edit": {"kind": "PIN", "student_ids": ["cem"], "project_id": "robots"}, "reason": "the host insists"},
            {"project": {"project_id": "solo", "ranked_only": true, "student_ranks": [{"student_id": "eve", "rank": 1}]}},
            {"project": {"project_id": "solo2", "ranked_only": true, "student_ranks": [{"student_id": "eve", "rank": 1}]}},
            {"student": {"student_id": "eve", "choices": [{"project_id": "solo", "rank": 1}, {"project_id": "solo2", "rank": 2}]}},
            {"edit": {"kind": "PIN", "student_ids": ["eve"], "project_id": "solo2"}},
            {"waiver": {"student_id": "dee", "rule": "LANGUAGE", "reason": "native", "granted_by": "pm"}}]"#;
        let second = client.create(changed(&first, changes)).expect("stored").name;
        client.finished(&second);
        let third = client.create(changed(
            &second,
            r#"[{"edit": {"kind": "FORBID", "student_ids": ["ben"], "project_id": "films"}}]"#,
        ));
        let third = third.expect("stored").name;
        client.finished(&third);
        let told = client.overrides("").expect("a ledger");
        use pb::r#override::Kind;
        let is_row = |made: &pb::Override| matches!(made.kind(), Kind::ProjectAdded | Kind::StudentAdded);
        let told: Vec<_> = told.into_iter().filter(|made| !is_row(made)).collect();
        let kinds: Vec<_> = told.iter().map(|made| (made.run.clone(), made.kind())).collect();
        assert_eq!(
            kinds,
            [
                (third, Kind::Forbid),
                (second.clone(), Kind::Pin),
                (second.clone(), Kind::Pin),
                (second.clone(), Kind::Waive)
            ],
            "what was there before is not told again"
        );
        let pin = &told[1];
        assert_eq!(
            (pin.made_by.as_str(), pin.student_id.as_str(), pin.project_id.as_str(), pin.reason.as_str()),
            ("local", "cem", "robots", "the host insists")
        );
        let effect = pin.effect.as_ref().expect("it was measured");
        let without = effect.without.as_ref().expect("what would be");
        let others = without.moves.iter().filter(|moved| moved.student_id != "cem").count();
        assert!(effect.is_proven && others == 1 && effect.others_count == 1, "{effect:?}");
        assert!(without.moves.iter().any(|moved| moved.student_id == "cem"), "{without:?}");
        let alone = told[2].effect.as_ref().expect("it was measured");
        let moves = alone.without.as_ref().expect("what would be").moves.len();
        assert_eq!((moves, alone.others_count), (1, 0), "{alone:?}");
        assert_eq!(told[3].effect.as_ref().expect("it was measured").others_count, 0);
        client.delete(&second).expect("it is deleted");
        let told = client.overrides(&second).expect("who and when stay");
        assert_eq!(told.len(), 6);
        assert!(told.iter().all(|made| made.student_id.is_empty() && made.effect.is_none() && made.made_by == "local"));
    }
}

#[test]
fn faults_of_changes_are_told_by_the_change_and_a_base_has_to_have_an_outcome() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "0"]);
    let mut client = Client::of(&server);
    let waiting = client.create(small(1)).expect("stored").name;
    let early = client.create(changed(&waiting, "[]")).expect_err("it has not finished");
    assert_eq!((early.code(), reason(&early).as_str()), (Code::FailedPrecondition, "RUN_NOT_FINISHED"));
    client.cancel(&waiting).expect("it waits");
    let without = client.create(changed(&waiting, "[]")).expect_err("no outcome");
    assert_eq!((without.code(), reason(&without).as_str()), (Code::FailedPrecondition, "RUN_WITHOUT_OUTCOME"));
    drop(server);
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let base =
        client.create(run_of(pb::MatchRequest { instance: season().instance, policy: None })).expect("stored").name;
    client.finished(&base);
    let both = pb::CreateRunRequest { request_id: " x".to_owned(), ..changed(&base, "[{}]") };
    let refused = client.create(both).expect_err("malformed in two ways");
    let told = refused.get_details_bad_request().expect("violations").field_violations;
    assert_eq!(told.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["request_id", "changes[0]"]);
    for (changes, field) in [
        (r#"[{}]"#, "changes[0]:"),
        (
            r#"[{"offer": {"student_id": "ada", "project_id": "nowhere", "state": "EXTENDED"}}]"#,
            "changes[0].offer.project_id:",
        ),
        (
            r#"[{"edit": {"kind": "PIN", "student_ids": ["nobody"], "project_id": "films"}}]"#,
            "changes[0].edit.student_ids[0]:",
        ),
        (r#"[{"host": {"host_id": "L"}}, {"student": {"student_id": "eve", "gpa": 9}}]"#, "changes[1].student.gpa:"),
        (r#"[{"policy": {"goals": [{"kind": "PLACE_MOST"}, {"kind": "PLACE_MOST"}]}}]"#, "changes[0].policy.goals"),
    ] {
        let refused = client.create(changed(&base, changes)).expect_err("malformed");
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(refused.message().starts_with(field), "{changes}: {}", refused.message());
    }
}
