//! Explanations, what-ifs and comparisons: what they say to whom, and what of a request they refuse.

use std::collections::BTreeMap;

use calls::CallError;
use pb::explain_request::{About, Audience};
use wire::{json, pb};

use crate::support::{caller, match_request, message, solve, solver, validate};

fn explain(request: &pb::MatchRequest, about: About, audience: Audience) -> pb::ExplainResponse {
    let request = pb::ExplainRequest {
        instance: request.instance.clone(),
        policy: request.policy.clone(),
        outcome: None,
        about: Some(about),
        audience: audience as i32,
    };
    calls::explain(request, &caller(), &solver()).unwrap_or_else(|error| panic!("{error:?}"))
}

fn text(response: &pb::ExplainResponse) -> String {
    let mut text = Vec::new();
    json::write("ExplainResponse", response, false, &mut text).expect("it is written");
    String::from_utf8(text).expect("UTF-8")
}

/// The season of `examples/explain.json`.
fn three() -> pb::MatchRequest {
    let request: pb::ExplainRequest = message("ExplainRequest", include_str!("../../examples/explain.json"));
    pb::MatchRequest { instance: request.instance, policy: request.policy }
}

/// A season with a name for everybody, notes with reasons, ranks and grades.
fn season() -> pb::MatchRequest {
    let asked = pb::GetSampleRequest {
        sample: pb::get_sample_request::Sample::Summer as i32,
        seed: 11,
        student_count: Some(60),
        project_count: Some(30),
    };
    let made = calls::sample(&asked).expect("a sample");
    let mut instance = made.instance.expect("an instance");
    for (at, student) in instance.students.iter_mut().enumerate() {
        student.display_name = format!("Given{at:03} Family{at:03}");
        student.gpa = Some(4.0 + at as f64 / 100.0);
        student.choices_only = false;
    }
    let students: Vec<String> = instance.students.iter().map(|s| s.student_id.clone()).collect();
    let project_ids: Vec<String> = instance.projects.iter().map(|p| p.project_id.clone()).collect();
    for (at, student_id) in students.iter().enumerate() {
        let project_id = project_ids[at % project_ids.len()].clone();
        if instance.pair_notes.iter().all(|n| (&n.student_id, &n.project_id) != (student_id, &project_id)) {
            let reason = format!("asked by {}", students[(at + 1) % students.len()]);
            instance.pair_notes.push(pb::PairNote {
                student_id: student_id.clone(),
                project_id,
                forbidden: at % 2 == 0,
                reason,
                ..pb::PairNote::default()
            });
        }
    }
    pb::MatchRequest { instance: Some(instance), policy: made.policy }
}

#[test]
fn a_student_reads_of_nobody_else() {
    let request = season();
    let instance = request.instance.as_ref().expect("an instance");
    let mut places = 0;
    for student in &instance.students {
        let about = About::StudentId(student.student_id.clone());
        let response = explain(&request, about, Audience::Student);
        let mut told = vec![text(&response)];
        let Some(pb::explain_response::About::Student(explained)) = &response.about else { panic!("a student") };
        places += usize::from(explained.assignment.is_some());
        for pair in explained.preferred.iter().take(2) {
            let project_id = pair.evaluation.as_ref().expect("an evaluation").project_id.clone();
            let pair = About::Pair(pb::Placement { student_id: student.student_id.clone(), project_id });
            told.push(text(&explain(&request, pair, Audience::Student)));
        }
        for told in told {
            for other in instance.students.iter().filter(|other| other.student_id != student.student_id) {
                assert!(!told.contains(&other.student_id) && !told.contains(&other.display_name), "{told}");
            }
            for word in [
                "host_rank",
                "HOST_RANK",
                "INTERVIEW",
                "AFFINITY",
                "moves",
                "\"before\"",
                "\"after\"",
                "ticket",
                "asked by",
            ] {
                assert!(!told.contains(word), "{word} in {told}");
            }
        }
    }
    assert!(places > 10 && places < instance.students.len(), "{places} have a place");
}

#[test]
fn a_host_reads_of_its_own_projects_and_of_no_grades() {
    let request = season();
    let instance = request.instance.as_ref().expect("an instance");
    let mut taken = 0;
    for project in &instance.projects {
        let response = explain(&request, About::ProjectId(project.project_id.clone()), Audience::Host);
        let told = text(&response);
        for other in instance.projects.iter().filter(|other| other.host_id != project.host_id) {
            assert!(!told.contains(&other.project_id), "{told}");
        }
        for student in &instance.students {
            assert!(!told.contains(&student.display_name), "{told}");
        }
        for word in
            ["choice_rank", "PREFERENCE", "observed", "gpa", "4.", "moves", "\"before\"", "\"points\"", "asked by"]
        {
            assert!(!told.contains(word), "{word} in {told}");
        }
        let Some(pb::explain_response::About::Project(explained)) = response.about else { panic!("a project") };
        taken += explained.assignments.len();
    }
    assert!(taken > 10);
}

#[test]
fn the_manager_reads_everything() {
    let told = text(&explain(&three(), About::StudentId("ben".to_owned()), Audience::Manager));
    for word in ["CROWDED_OUT", "ana", "moves", "TOTAL_POINTS"] {
        assert!(told.contains(word), "{word} not in {told}");
    }
}

fn refused(result: Result<impl std::fmt::Debug, CallError>) -> Vec<(String, String)> {
    match result {
        Err(CallError::Malformed(faults)) => {
            faults.findings().iter().map(|f| (f.field.clone(), f.code.number.to_owned())).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_can_not_be_explained_is_told_with_its_field() {
    for (about, code, field) in [
        ("", "M1023", "about"),
        (r#""student_id": "dora""#, "M1004", "student_id"),
        (r#""pair": {"student_id": "ana"}"#, "M1002", "pair.project_id"),
        (r#""project_id": "films", "audience": "STUDENT""#, "M1024", "audience"),
        (r#""student_id": "ana", "audience": "HOST""#, "M1024", "audience"),
        (
            r#""student_id": "ana", "outcome": {"assignments": [{"student_id": "x", "project_id": "films"}]}"#,
            "M1004",
            "outcome.assignments[0].student_id",
        ),
    ] {
        let comma = if about.is_empty() { "" } else { "," };
        let text = format!(
            r#"{{"instance": {{"students": [{{"student_id": "ana"}}], "projects": [{{"project_id": "films"}}]}}{comma} {about}}}"#
        );
        let found = refused(calls::explain(message("ExplainRequest", &text), &caller(), &solver()));
        assert_eq!(found, [(field.to_owned(), code.to_owned())], "{text}");
    }
}

#[test]
fn edits_that_can_not_be_made_are_told_with_their_fields_all_at_once() {
    let cases = [
        ("", "M1022", "edits"),
        (r#"{}"#, "M1009", "edits[0].kind"),
        (r#"{"kind": "PROJECT_SEATS", "project_id": "films"}"#, "M1006", "edits[0].to"),
        (r#"{"kind": "PROJECT_SEATS", "project_id": "films", "to": 2, "by": 1}"#, "M1006", "edits[0].to"),
        (r#"{"kind": "PROJECT_SEATS", "project_id": "films", "by": -5}"#, "M1006", "edits[0].by"),
        (r#"{"kind": "PROJECT_SEATS", "project_id": "opera", "to": 2}"#, "M1004", "edits[0].project_id"),
        (r#"{"kind": "HOST_SEATS", "host_id": "kit", "by": 1}"#, "M1006", "edits[0].by"),
        (r#"{"kind": "PIN", "student_ids": ["ana", "ben"], "project_id": "films"}"#, "M1006", "edits[0].student_ids"),
        (r#"{"kind": "WAIVE_RULE", "student_ids": ["ana"], "rule": "VETO"}"#, "M1019", "edits[0].rule"),
        (r#"{"kind": "TERM_WEIGHT", "criterion": "SKILLS"}"#, "M1006", "edits[0].weight"),
        (r#"{"kind": "TERM_WEIGHT", "criterion": "SKILLS", "weight": -1}"#, "M1006", "edits[0].weight"),
        (r#"{"kind": "SUSPEND_COUNTRY"}"#, "M1010", "edits[0].country_code"),
        (r#"{"kind": "SUSPEND_COUNTRY", "country_code": "XX"}"#, "M1010", "edits[0].country_code"),
        (r#"{"kind": "QUOTA_MAXIMUM", "quota_id": "Q", "to": 1}"#, "M1004", "edits[0].quota_id"),
        (r#"{"kind": "FUND_PLACES", "fund_id": "F", "to": 1}"#, "M1004", "edits[0].fund_id"),
        (r#"{"kind": "REMOVE_LINK", "student_ids": ["ana", "ben"]}"#, "M1004", "edits[0].student_ids"),
    ];
    let request = three();
    for (edit, code, field) in cases {
        let edits: pb::WhatIfRequest = message("WhatIfRequest", &format!(r#"{{"edits": [{edit}]}}"#));
        let asked = pb::WhatIfRequest { instance: request.instance.clone(), ..edits };
        let found = refused(calls::what_if(asked, &caller(), &solver()));
        assert_eq!(found, [(field.to_owned(), code.to_owned())], "{edit}");
    }
    let both =
        r#"{"edits": [{"kind": "MUST_OPEN", "project_id": "opera"}, {"kind": "WITHDRAW_HOST", "host_id": "x"}]}"#;
    let asked = pb::WhatIfRequest { instance: request.instance, ..message("WhatIfRequest", both) };
    assert_eq!(refused(calls::what_if(asked, &caller(), &solver())).len(), 2);
}

#[test]
fn an_outcome_that_breaks_a_rule_is_refused() {
    let request = three();
    let assignments = ["ana", "ben"].map(|student| pb::Assignment {
        student_id: student.to_owned(),
        project_id: "robots".to_owned(),
        ..pb::Assignment::default()
    });
    let outcome = Some(pb::Outcome { assignments: assignments.into(), ..pb::Outcome::default() });
    let asked = pb::ExplainRequest {
        instance: request.instance,
        outcome,
        about: Some(About::StudentId("ben".to_owned())),
        ..pb::ExplainRequest::default()
    };
    let refused = calls::explain(asked, &caller(), &solver());
    assert!(format!("{refused:?}").contains("OutcomeBreaksRules { first: ProjectSeats, count: 1 }"), "{refused:?}");
}

#[test]
fn a_matching_that_is_not_the_best_is_explained_as_that() {
    let request = three();
    let place = |student: &str, project: &str| pb::Assignment {
        student_id: student.to_owned(),
        project_id: project.to_owned(),
        ..pb::Assignment::default()
    };
    let outcome = pb::Outcome { assignments: vec![place("ana", "films")], ..pb::Outcome::default() };
    let asked = pb::ExplainRequest {
        instance: request.instance.clone(),
        outcome: Some(outcome.clone()),
        about: Some(About::StudentId("ben".to_owned())),
        ..pb::ExplainRequest::default()
    };
    let told = calls::explain(asked, &caller(), &solver()).expect("an explanation");
    assert!(!told.is_best);
    let Some(pb::explain_response::About::Student(student)) = told.about else { panic!("a student") };
    assert_eq!(student.unmatched.expect("no place").reason(), pb::unmatched::Reason::Unproven);
    // What it would take to have a place there is a gain.
    let prospect = student.preferred[0].prospect.as_ref().expect("a prospect");
    let prices = &prospect.counterfactual.as_ref().expect("a counterfactual").prices;
    assert_eq!((prices[0].before, prices[0].after, prices[0].effect()), (1, 2, pb::goal_price::Effect::Better));
    let edits = vec![pb::Edit {
        kind: pb::edit::Kind::MustPlace as i32,
        student_ids: vec!["ben".to_owned()],
        ..pb::Edit::default()
    }];
    let asked =
        pb::WhatIfRequest { instance: request.instance, outcome: Some(outcome), edits, ..pb::WhatIfRequest::default() };
    let told = calls::what_if(asked, &caller(), &solver()).expect("an answer");
    // The season was solved to its end; it is the matching that is not the best.
    assert!(!told.before_is_best);
    assert_eq!(told.before_status(), pb::outcome::Status::Optimal);
}

#[test]
fn a_solve_that_was_cut_short_is_told_as_that_also_where_an_outcome_is_given() {
    let mut request = crate::support::season_cut_short(1);
    let outcome = Some(pb::Outcome::default());
    // Nobody anywhere keeps every rule of that season.
    let student = request.instance.get_or_insert_default().students[0].student_id.clone();
    let asked = pb::ExplainRequest {
        instance: request.instance,
        policy: request.policy,
        outcome,
        about: Some(About::StudentId(student)),
        audience: 0,
    };
    let told = calls::explain(asked, &caller(), &solver()).expect("an explanation");
    assert!(!told.is_best);
    assert_ne!(told.status(), pb::outcome::Status::Optimal);
}

#[test]
fn a_pin_that_a_rule_refuses_leaves_no_matching_and_is_told_as_that() {
    let edits = r#"{"edits": [{"kind": "PIN", "student_ids": ["ben"], "project_id": "films"}]}"#;
    let asked = pb::WhatIfRequest { instance: three().instance, ..message("WhatIfRequest", edits) };
    let told = calls::what_if(asked, &caller(), &solver()).expect("an answer");
    assert_eq!(told.status(), pb::outcome::Status::Infeasible);
    assert_eq!(told.sentence, "Pin ben to films. Then no placement would keep every rule: ben is pinned to films.");
    assert_eq!(told.findings[0].code, "M3005");
}

#[test]
fn a_relaxation_may_be_asked_as_a_what_if() {
    let request = match_request(include_str!("../../examples/contradiction.json"));
    let outcome = solve(request.clone());
    for relaxation in outcome.relaxations {
        let asked = pb::WhatIfRequest {
            instance: request.instance.clone(),
            policy: request.policy.clone(),
            edits: relaxation.edits.into_iter().map(|edit| pb::Edit { from: None, ..edit }).collect(),
            ..pb::WhatIfRequest::default()
        };
        let told = calls::what_if(asked, &caller(), &solver()).expect("an answer");
        assert_eq!(told.before_status(), pb::outcome::Status::Infeasible);
        assert_eq!(told.assignments, relaxation.assignments);
        assert!(told.counterfactual.is_none());
    }
}

#[test]
fn a_weight_that_changes_is_told_beside_what_was_counted_before() {
    let request = match_request(include_str!("../../examples/request.json"));
    let edits = r#"{"edits": [{"kind": "TERM_WEIGHT", "criterion": "LANGUAGE", "weight": 0}]}"#;
    let asked = pb::WhatIfRequest { instance: request.instance, ..message("WhatIfRequest", edits) };
    let told = calls::what_if(asked, &caller(), &solver()).expect("an answer");
    let before: Vec<i64> = told.before_as_edited.iter().map(|goal| goal.value).collect();
    assert_eq!(before, [2, 2_000_000, 2]);
    let counterfactual = told.counterfactual.expect("a counterfactual");
    assert!(counterfactual.moves.is_empty());
    assert_eq!((counterfactual.prices[1].before, counterfactual.prices[1].after), (1_875_000, 2_000_000));
}

#[test]
fn two_outcomes_are_compared_student_by_student_and_in_their_totals() {
    let before = solve(three());
    let edits = r#"{"edits": [{"kind": "PROJECT_SEATS", "project_id": "robots", "by": 1}], "return_request": true}"#;
    let asked = pb::WhatIfRequest { instance: three().instance, ..message("WhatIfRequest", edits) };
    let edited = calls::what_if(asked, &caller(), &solver()).expect("an answer").request.expect("the season");
    let after = solve(pb::MatchRequest { instance: edited.instance, policy: edited.policy });
    let request = pb::CompareRequest { before: Some(before.clone()), after: Some(after) };
    let told = calls::compare(&request, &caller()).expect("a comparison");
    let changes: Vec<(&str, &str, &str)> = told
        .changes
        .iter()
        .map(|c| (c.student_id.as_str(), c.from_project_id.as_str(), c.to_project_id.as_str()))
        .collect();
    assert_eq!(changes, [("ben", "", "robots")]);
    assert_eq!((told.unchanged_count, told.placed), (2, Some(pb::Change { before: 2, after: 3 })));
    assert!(!told.same_season);
    assert_eq!(told.goals[0].effect(), pb::goal_price::Effect::Better);
    assert_eq!(told.sentences[0], "0 students moved, 1 got a place and 0 lost theirs; nothing changed for 2 students.");
    let same = pb::CompareRequest { before: Some(before.clone()), after: Some(before.clone()) };
    let told = calls::compare(&same, &caller()).expect("a comparison");
    assert!(told.same_season && told.changes.is_empty() && told.ranks.is_empty());
    let missing = pb::CompareRequest { before: Some(before), after: None };
    assert_eq!(refused(calls::compare(&missing, &caller())), [("after".to_owned(), "M1025".to_owned())]);
}

#[test]
fn projects_that_more_wish_for_most_than_they_have_seats_are_told_before_any_solve() {
    let request = pb::ValidateRequest { instance: three().instance, policy: None };
    let market = validate(request).market.expect("a market");
    let crowded: BTreeMap<&str, (i32, i32)> =
        market.crowded_projects.iter().map(|c| (c.project_id.as_str(), (c.seat_count, c.first_choice_count))).collect();
    assert_eq!(crowded, [("robots", (1, 2))].into());
}

fn what_if(instance: &str, edits: &str) -> pb::WhatIfResponse {
    let text = format!(r#"{{"instance": {instance}, "edits": {edits}, "return_request": true}}"#);
    calls::what_if(message("WhatIfRequest", &text), &caller(), &solver()).unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn a_link_that_is_removed_is_not_in_the_edited_season() {
    let instance = r#"{"projects": [{"project_id": "P"}], "students": [{"student_id": "A"}, {"student_id": "B"}],
        "links": [{"student_ids": ["A", "B"], "kind": "SAME_PROJECT"}]}"#;
    let told = what_if(instance, r#"[{"kind": "REMOVE_LINK", "student_ids": ["A", "B"]}]"#);
    let edited = told.request.expect("the edited season");
    assert!(edited.instance.as_ref().is_some_and(|instance| instance.links.is_empty()));
    let outcome = solve(pb::MatchRequest { instance: edited.instance, policy: edited.policy });
    assert_eq!((outcome.assignments.len(), told.assignments.len()), (1, 1));
    let again =
        r#"[{"kind": "REMOVE_LINK", "student_ids": ["A", "B"]}, {"kind": "REMOVE_LINK", "student_ids": ["A"]}]"#;
    let text = format!(r#"{{"instance": {instance}, "edits": {again}}}"#);
    let found = refused(calls::what_if(message("WhatIfRequest", &text), &caller(), &solver()));
    assert_eq!(found, [("edits[1].student_ids".to_owned(), "M1004".to_owned())]);
}

#[test]
fn an_edit_says_what_it_changes_also_where_there_was_no_limit_or_nothing_changes() {
    let instance = r#"{"hosts": [{"host_id": "H"}], "projects": [{"project_id": "P", "host_id": "H"}], "students": [{"student_id": "A"}]}"#;
    for (edit, sentence) in [
        (r#"{"kind": "HOST_SEATS", "host_id": "H", "to": 1}"#, "Limit the seats of host H to 1."),
        (r#"{"kind": "PROJECT_SEATS", "project_id": "P", "by": 0}"#, "Leave the seats of P at 1."),
        (r#"{"kind": "PROJECT_SEATS", "project_id": "P", "by": -1}"#, "Lower the seats of P from 1 to 0."),
    ] {
        assert_eq!(what_if(instance, &format!("[{edit}]")).edits[0].sentence, sentence);
    }
}

#[test]
fn who_is_pinned_stands_in_the_way_by_the_pin_though_they_must_be_placed_as_well() {
    let text = r#"{"instance": {"projects": [{"project_id": "P"}, {"project_id": "Q"}],
        "students": [{"student_id": "A", "must_place": true}, {"student_id": "B", "choices": [{"project_id": "P"}], "choices_only": true}],
        "pair_notes": [{"student_id": "A", "project_id": "P", "pinned": true}]}}"#;
    let outcome = solve(match_request(text));
    let blocked_by = &outcome.unmatched[0].placing.as_ref().expect("why").blocked_by;
    assert_eq!(blocked_by.iter().map(|row| row.label.as_str()).collect::<Vec<_>>(), ["pin:A/P", "seats:P"]);
}

#[test]
fn many_students_are_withdrawn_from_many_projects_in_one_question() {
    let asked = pb::GetSampleRequest {
        student_count: Some(100),
        project_count: Some(10_000),
        ..pb::GetSampleRequest::default()
    };
    let instance = calls::sample(&asked).expect("a sample").instance;
    let students = instance.iter().flat_map(|instance| &instance.students).rev().map(|s| s.student_id.clone());
    let withdrawn = |student: String| pb::Edit {
        kind: pb::edit::Kind::WithdrawStudent as i32,
        student_ids: vec![student],
        ..pb::Edit::default()
    };
    let edits = students.map(withdrawn).collect();
    let asked = pb::WhatIfRequest { instance, edits, return_request: true, ..pb::WhatIfRequest::default() };
    let told = calls::what_if(asked, &caller(), &solver()).expect("an answer");
    assert!(told.assignments.is_empty());
    // Nothing of the season grows with students times projects.
    let edited = told.request.and_then(|request| request.instance).expect("the edited season");
    assert!(edited.pair_notes.len() < 1_000, "{} notes", edited.pair_notes.len());
}

#[test]
fn goals_of_some_students_are_compared_each_with_itself() {
    let text = r#"{"instance": {"projects": [{"project_id": "P", "max_seat_count": 2}], "students": [{"student_id": "A"}, {"student_id": "B"}]},
        "policy": {"goals": [{"kind": "PLACE_MOST", "students": {"student_ids": ["A"]}}, {"kind": "PLACE_MOST"},
            {"kind": "PLACE_MOST", "students": {"student_ids": ["A", "B"]}}]}}"#;
    let outcome = Some(solve(match_request(text)));
    let told = calls::compare(&pb::CompareRequest { before: outcome.clone(), after: outcome }, &caller());
    let goals = told.expect("a comparison").goals;
    assert_eq!(goals.iter().map(|goal| (goal.before, goal.after)).collect::<Vec<_>>(), [(1, 1), (2, 2), (2, 2)]);
}

#[test]
fn neither_a_host_nor_a_student_reads_what_others_found_or_said() {
    let request = match_request(
        r#"{"instance": {"programs": [{"program_id": "G", "min_gpa": 4}],
            "hosts": [{"host_id": "H"}, {"host_id": "K"}],
            "projects": [{"project_id": "P", "host_id": "H", "program_id": "G"}, {"project_id": "Q", "host_id": "K"},
                {"project_id": "R", "host_id": "H", "ranked_only": true, "student_ranks": [{"student_id": "B", "rank": 1}]}],
            "students": [{"student_id": "A", "gpa": 3.1, "choices": [{"rank": 1, "project_id": "R"}], "vetoes": [{"project_id": "P"}], "choices_only": true},
                {"student_id": "B", "gpa": 5, "choices": [{"rank": 1, "project_id": "Q"}]}]}}"#,
    );
    let pair = |student: &str, project: &str| {
        About::Pair(pb::Placement { student_id: student.to_owned(), project_id: project.to_owned() })
    };
    let told = text(&explain(&request, pair("A", "P"), Audience::Host));
    assert!(!told.contains("GPA") && !told.contains("VETO") && told.contains("P is not open to A."), "{told}");
    // B is at another host.
    let told = text(&explain(&request, About::ProjectId("P".to_owned()), Audience::Host));
    assert!(!told.contains("\"B\"") && !told.contains("B at P"), "{told}");
    let told = text(&explain(&request, About::StudentId("A".to_owned()), Audience::Student));
    assert!(!told.contains("RANKED_ONLY"), "{told}");
    let manager = text(&explain(&request, About::StudentId("A".to_owned()), Audience::Manager));
    assert!(manager.contains("RANKED_ONLY"), "{manager}");
}

#[test]
fn the_lottery_is_told_only_of_the_matching_that_it_drew() {
    let text = r#"{"projects": [{"project_id": "P"}], "students": [{"student_id": "A"}, {"student_id": "B"}]}"#;
    let request = match_request(&format!(r#"{{"instance": {text}}}"#));
    let drawn = solve(request.clone());
    let other = if drawn.assignments[0].student_id == "A" { "B" } else { "A" };
    let by_hand =
        pb::Assignment { student_id: other.to_owned(), project_id: "P".to_owned(), ..pb::Assignment::default() };
    for (assignments, about, is_told) in
        [(drawn.assignments.clone(), other, true), (vec![by_hand], drawn.assignments[0].student_id.as_str(), false)]
    {
        let asked = pb::ExplainRequest {
            instance: request.instance.clone(),
            outcome: Some(pb::Outcome { assignments, ..pb::Outcome::default() }),
            about: Some(About::StudentId(about.to_owned())),
            ..pb::ExplainRequest::default()
        };
        let told = calls::explain(asked, &caller(), &solver()).expect("an explanation");
        assert!(told.is_best);
        assert_eq!(told.sentences[0].contains("the draw gave it to"), is_told, "{:?}", told.sentences);
    }
}

/// What a student without a place reads.
fn told_to_student(season: &str, student: &str) -> pb::ExplainResponse {
    explain(&match_request(season), About::StudentId(student.to_owned()), Audience::Student)
}

#[test]
fn a_student_cannot_tell_a_host_s_list_from_a_note_that_forbids() {
    let season = |project: &str, notes: &str| {
        format!(
            r#"{{"instance": {{"projects": [{{"project_id": "P"{project}}}], "pair_notes": [{notes}],
                "students": [{{"student_id": "S", "choices": [{{"project_id": "P"}}]}}]}}}}"#
        )
    };
    let listed = told_to_student(&season(r#", "ranked_only": true"#, ""), "S");
    let forbidden = told_to_student(&season("", r#"{"student_id": "S", "project_id": "P", "forbidden": true}"#), "S");
    assert_eq!(text(&listed), text(&forbidden));
    assert_eq!(listed.sentences[0], "No project is open to you.");
}

#[test]
fn a_student_reads_no_waiver_no_quota_and_nothing_of_whom_a_host_prefers() {
    let waived = r#"{"instance": {"programs": [{"program_id": "G", "min_gpa": 4}],
        "projects": [{"project_id": "P", "program_id": "G"}, {"project_id": "Q", "max_seat_count": 1}],
        "waivers": [{"student_id": "S", "rule": "GPA"}],
        "students": [{"student_id": "S", "gpa": 3, "choices": [{"project_id": "P"}, {"project_id": "Q"}]}]}}"#;
    let pair = About::Pair(pb::Placement { student_id: "S".to_owned(), project_id: "P".to_owned() });
    let told = text(&explain(&match_request(waived), pair, Audience::Student));
    assert!(!told.contains("GPA") && !told.contains("waived"), "{told}");
    let quota = r#"{"instance": {"projects": [{"project_id": "P"}], "students": [{"student_id": "S"}]},
        "policy": {"quotas": [{"quota_id": "on-probation", "students": {"student_ids": ["S"]}, "max_count": "0"}]}}"#;
    let told = text(&told_to_student(quota, "S"));
    assert!(!told.contains("on-probation"), "{told}");
    let stable = r#"{"instance": {
        "projects": [{"project_id": "P", "student_ranks": [{"student_id": "T"}, {"student_id": "S"}]}],
        "students": [{"student_id": "S", "choices": [{"project_id": "P"}]},
            {"student_id": "T", "choices": [{"project_id": "P"}]}]}, "policy": {"stable_only": true}}"#;
    let told = text(&told_to_student(stable, "S"));
    assert!(!told.contains("STABLE_ONLY") && !told.contains("rather have"), "{told}");
}

#[test]
fn a_host_reads_which_of_its_rules_refuse_and_not_for_how_many() {
    let season = r#"{"instance": {"waivers": [{"student_id": "S", "rule": "DURATION"}],
        "projects": [{"project_id": "P", "start_date": "2027-06-01", "end_date": "2027-06-20"}],
        "students": [{"student_id": "S", "vetoes": [{"project_id": "P"}]}, {"student_id": "T"}]},
        "policy": {"preset": "SUMMER"}}"#;
    let told = explain(&match_request(season), About::ProjectId("P".to_owned()), Audience::Host);
    let Some(pb::explain_response::About::Project(project)) = &told.about else { panic!("{told:?}") };
    assert!(project.refusals.iter().any(|told| told.rule() == pb::Rule::Duration), "{told:?}");
    assert!(project.refusals.iter().all(|told| told.student_count == 0), "{told:?}");
    let sentences: Vec<String> = ["S", "T"]
        .map(|student| {
            let pair = pb::Placement { student_id: student.to_owned(), project_id: "P".to_owned() };
            explain(&match_request(season), About::Pair(pair), Audience::Host).sentences[0].replace(student, "…")
        })
        .to_vec();
    assert_eq!(sentences[0], sentences[1]);
}

#[test]
fn a_tie_without_others_is_no_contest() {
    let season = r#"{"instance": {"projects": [{"project_id": "P"}, {"project_id": "Q"}], "students": [{"student_id": "S",
        "choices": [{"project_id": "P", "rank": 1}, {"project_id": "Q", "rank": 1}]}]}}"#;
    let placed = solve(match_request(season)).assignments[0].project_id.clone();
    let other = if placed == "P" { "Q" } else { "P" };
    let pair = About::Pair(pb::Placement { student_id: "S".to_owned(), project_id: other.to_owned() });
    let told = explain(&match_request(season), pair, Audience::Student).sentences;
    let expected = format!("A placement that is as good would give you {other}; the draw decided against it.");
    assert_eq!(told[0], expected);
}
