//! The rule book of a season: waivers, suspensions, offers and earlier rounds, quotas, links, and what is said when rules
//! contradict.

use calls::CallError;
use pb::outcome::Status;
use wire::pb;

use crate::support::{caller, check, match_request, message, places, solve, solver};

fn refused(text: &str) -> Vec<(String, String)> {
    match calls::solve(match_request(text), &caller(), &solver()) {
        Err(CallError::Malformed(faults)) => {
            faults.findings().iter().map(|fault| (fault.code.reason.to_owned(), fault.field.clone())).collect()
        }
        other => panic!("{text}\n{other:?}"),
    }
}

fn assignments(outcome: &pb::Outcome) -> Vec<(&str, &str)> {
    outcome.assignments.iter().map(|a| (a.student_id.as_str(), a.project_id.as_str())).collect()
}

fn reasons(findings: &[pb::Finding]) -> Vec<(&str, &str)> {
    findings.iter().map(|finding| (finding.reason.as_str(), finding.field.as_str())).collect()
}

#[test]
fn malformed_rules_get_their_code_and_field_path() {
    let rows = r#""projects": [{"project_id": "P"}], "students": [{"student_id": "A"}, {"student_id": "B"}]"#;
    for (instance, policy, reason, field) in [
        (r#""waivers": [{"student_id": "A", "rule": "VETO"}]"#, "", "RULE_NOT_WAIVABLE", "instance.waivers[0].rule"),
        (r#""waivers": [{"student_id": "A"}]"#, "", "UNKNOWN_ENUM_VALUE", "instance.waivers[0].rule"),
        (
            r#""waivers": [{"student_id": "A", "rule": "GPA", "project_id": "Q"}]"#,
            "",
            "UNKNOWN_ID",
            "instance.waivers[0].project_id",
        ),
        (
            r#""waivers": [{"student_id": "A", "rule": "GPA", "expires_date": "soon"}]"#,
            "",
            "MALFORMED_DATE",
            "instance.waivers[0].expires_date",
        ),
        (r#""links": [{"student_ids": ["A"], "kind": 1}]"#, "", "OUT_OF_RANGE", "instance.links[0].student_ids"),
        (
            r#""links": [{"student_ids": ["A", "A"], "kind": 1}]"#,
            "",
            "DUPLICATE_ENTRY",
            "instance.links[0].student_ids[1]",
        ),
        (r#""links": [{"student_ids": ["A", "B"]}]"#, "", "UNKNOWN_ENUM_VALUE", "instance.links[0].kind"),
        (r#""suspended_country_codes": ["UK"]"#, "", "UNKNOWN_COUNTRY", "instance.suspended_country_codes[0]"),
        (
            r#""previous_assignments": [{"student_id": "A", "project_id": "P"}, {"student_id": "A", "project_id": "P"}]"#,
            "",
            "DUPLICATE_ENTRY",
            "instance.previous_assignments[1]",
        ),
        ("", r#""quotas": [{}]"#, "MISSING_ID", "policy.quotas[0].quota_id"),
        ("", r#""quotas": [{"quota_id": "Q"}, {"quota_id": "Q"}]"#, "DUPLICATE_ENTRY", "policy.quotas[1]"),
        ("", r#""quotas": [{"quota_id": "Q", "min_count": -1}]"#, "OUT_OF_RANGE", "policy.quotas[0].min_count"),
        (
            "",
            r#""quotas": [{"quota_id": "Q", "penalty_points": 0}]"#,
            "OUT_OF_RANGE",
            "policy.quotas[0].penalty_points",
        ),
        (
            "",
            r#""quotas": [{"quota_id": "Q", "students": {"student_ids": ["C"]}}]"#,
            "UNKNOWN_ID",
            "policy.quotas[0].students.student_ids[0]",
        ),
        (
            "",
            r#""quotas": [{"quota_id": "Q", "projects": {"attributes": [{"name": "new"}]}}]"#,
            "EMPTY_NAME",
            "policy.quotas[0].projects.attributes[0].values",
        ),
        ("", r#""goals": [{"kind": "FEWEST_BELOW_FLOOR"}]"#, "MISPLACED_FLOOR", "policy.goals[0].floor_points"),
        (
            "",
            r#""goals": [{"kind": "PLACE_MOST", "floor_points": 3}]"#,
            "MISPLACED_FLOOR",
            "policy.goals[0].floor_points",
        ),
        (
            "",
            r#""goals": [{"kind": "PLACE_MOST", "compared_with": {}}]"#,
            "MISPLACED_MATCHING",
            "policy.goals[0].compared_with",
        ),
        ("", r#""goals": [{"kind": "LEXIMIN", "tolerance": 1}]"#, "TOLERANCE_ON_PROFILE", "policy.goals[0].tolerance"),
        ("", r#""change_prices": {"extended": -1}"#, "OUT_OF_RANGE", "policy.change_prices.extended"),
        ("", r#""as_of_date": "today""#, "MALFORMED_DATE", "policy.as_of_date"),
    ] {
        let more = if instance.is_empty() { String::new() } else { format!(", {instance}") };
        let text = format!(r#"{{"instance": {{{rows}{more}}}, "policy": {{{policy}}}}}"#);
        assert_eq!(refused(&text), [(reason.to_owned(), field.to_owned())], "{text}");
    }
}

/// One student below the GPA of a program with one project in Japan.
fn waived(waiver: &str, policy: &str) -> pb::Outcome {
    solve(match_request(&format!(
        r#"{{"instance": {{
            "programs": [{{"program_id": "G", "min_gpa": 4}}],
            "hosts": [{{"host_id": "H", "country_code": "JP"}}],
            "projects": [{{"project_id": "P", "program_id": "G", "host_id": "H"}}],
            "students": [{{"student_id": "S", "gpa": 3}}],
            "waivers": [{{"student_id": "S", {waiver}}}]}}, "policy": {{{policy}}}}}"#
    )))
}

#[test]
fn a_waiver_sets_its_rule_aside_where_it_says_and_nowhere_else() {
    for scope in
        ["", r#", "project_id": "P""#, r#", "host_id": "H""#, r#", "program_id": "G""#, r#", "country_code": "JP""#]
    {
        let outcome = waived(&format!(r#""rule": "GPA", "granted_by": "PM"{scope}"#), "");
        assert_eq!(assignments(&outcome), [("S", "P")], "{scope}");
        assert_eq!(outcome.used_waivers.len(), 1);
        assert_eq!(outcome.used_waivers[0].granted_by, "PM");
    }
    for other in [r#""rule": "COURSES""#, r#""rule": "GPA", "country_code": "DE""#] {
        let outcome = waived(other, "");
        assert!(outcome.assignments.is_empty() && outcome.used_waivers.is_empty(), "{other}");
    }
}

#[test]
fn a_waiver_that_expired_does_nothing_and_is_told() {
    let until = |day: &str| format!(r#""rule": "GPA", "expires_date": "{day}""#);
    let on = r#""as_of_date": "2027-02-01""#;
    assert_eq!(waived(&until("2027-02-01"), on).assignments.len(), 1);
    let outcome = waived(&until("2027-01-31"), on);
    assert!(outcome.assignments.is_empty());
    assert_eq!(reasons(&outcome.findings), [("WAIVER_EXPIRED", "instance.waivers[0].expires_date")]);
    assert_eq!(outcome.provenance.expect("one").as_of_date, "2027-02-01");
    // Without a day in the policy it is the day of the call, which the outcome tells.
    let outcome = waived(&until("2020-01-01"), "");
    assert!(outcome.assignments.is_empty());
    assert_eq!(outcome.provenance.expect("one").as_of_date, calls::today().to_string());
}

#[test]
fn evaluate_tells_which_rules_are_waived() {
    let text = r#"{"instance": {"programs": [{"program_id": "G", "min_gpa": 4}],
        "projects": [{"project_id": "P", "program_id": "G"}], "students": [{"student_id": "S", "gpa": 3}],
        "waivers": [{"student_id": "S", "rule": "GPA"}]},
        "policy": {"quotas": [{"quota_id": "Q", "max_count": 5}]}}"#;
    let evaluations = calls::read_evaluations(message("EvaluateRequest", text), &caller()).expect("it is well formed");
    let pair = &evaluations.of_student(0)[0];
    assert_eq!(pair.verdict(), pb::Verdict::Eligible);
    assert_eq!(pair.waived_rules().collect::<Vec<_>>(), [pb::Rule::Gpa]);
    assert_eq!((pair.quotas[0].quota_id.as_str(), pair.quotas[0].weight), ("Q", 1));
}

/// A winter's second round: three students placed before, and what became of their offers.
fn second_round(instance: &str, notes: &str) -> pb::Outcome {
    solve(match_request(&format!(
        r#"{{"instance": {{
            "hosts": [{{"host_id": "H1", "country_code": "JP"}}, {{"host_id": "H2", "country_code": "DE"}}],
            "projects": [{{"project_id": "P1", "host_id": "H1"}}, {{"project_id": "P2", "host_id": "H2"}},
                         {{"project_id": "P3", "host_id": "H2"}}, {{"project_id": "P4", "host_id": "H2"}}],
            "students": [{{"student_id": "A"}}, {{"student_id": "B"}}, {{"student_id": "C"}}],
            "previous_assignments": [{{"student_id": "A", "project_id": "P1"}}, {{"student_id": "B", "project_id": "P2"}},
                                     {{"student_id": "C", "project_id": "P3"}}],
            "pair_notes": [{notes}] {instance}}},
          "policy": {{"goals": [{{"kind": "PLACE_MOST"}}, {{"kind": "LEAST_DISRUPTION"}}, {{"kind": "TOTAL_POINTS"}}]}}}}"#
    )))
}

#[test]
fn when_a_country_is_suspended_only_who_was_there_moves() {
    let outcome = second_round(r#", "suspended_country_codes": ["JP"]"#, "");
    assert_eq!(assignments(&outcome), [("A", "P4"), ("B", "P2"), ("C", "P3")]);
    assert_eq!(outcome.goals[1].value, 1);
    assert!(outcome.certificate.is_some());
}

#[test]
fn a_host_that_withdrew_takes_nobody() {
    let withdrawn = second_round("", "").assignments.len();
    assert_eq!(withdrawn, 3);
    let text = r#"{"instance": {"hosts": [{"host_id": "H", "withdrawn": true, "withdrawn_reason": "moved"}],
        "projects": [{"project_id": "P", "host_id": "H"}], "students": [{"student_id": "S"}]}}"#;
    let outcome = solve(match_request(text));
    assert!(outcome.assignments.is_empty());
    assert_eq!(outcome.unmatched[0].refusals[0].rule(), pb::Rule::HostWithdrawn);
}

#[test]
fn an_acceptance_pins_an_ended_offer_forbids_and_an_extended_one_is_dear() {
    let note = |student: &str, project: &str, state: &str, affinity: f64| {
        format!(
            r#"{{"student_id": "{student}", "project_id": "{project}", "offer_state": "{state}", "affinity": {affinity}}}"#
        )
    };
    let accepted = second_round("", &note("A", "P1", "ACCEPTED", 0.0));
    assert!(assignments(&accepted).contains(&("A", "P1")));
    for ended in ["DECLINED", "EXPIRED", "WITHDRAWN", "RESCINDED"] {
        let outcome = second_round("", &note("B", "P2", ended, 1.0));
        assert!(!assignments(&outcome).contains(&("B", "P2")), "{ended}");
        assert_eq!(outcome.goals[1].value, 0, "an ended offer costs nothing to leave");
    }
    // A must leave the suspended country and may not go to P4: whose offer is a draft moves, who has one extended stays.
    let crowded = second_round(
        r#", "suspended_country_codes": ["JP"]"#,
        &[note("B", "P2", "EXTENDED", 0.0), note("C", "P3", "DRAFT", 0.0), note("A", "P4", "DECLINED", 0.0)].join(","),
    );
    assert_eq!(assignments(&crowded), [("A", "P3"), ("B", "P2"), ("C", "P4")]);
    assert_eq!(crowded.goals[1].value, 1, "a draft is free, the place in the suspended country is not");
}

#[test]
fn an_acceptance_in_a_suspended_country_is_void_and_told() {
    let note = r#"{"student_id": "A", "project_id": "P1", "offer_state": "ACCEPTED"}"#;
    let outcome = second_round(r#", "suspended_country_codes": ["JP"]"#, note);
    assert_eq!(outcome.status(), Status::Optimal);
    assert_eq!(reasons(&outcome.findings), [("ACCEPTANCE_VOID", "instance.pair_notes[0].offer_state")]);
    assert_eq!(assignments(&outcome), [("A", "P4"), ("B", "P2"), ("C", "P3")]);
}

fn with_quota(quota: &str) -> pb::MatchRequest {
    match_request(&format!(
        r#"{{"instance": {{
            "hosts": [{{"host_id": "H1", "country_code": "JP"}}, {{"host_id": "H2", "country_code": "DE"}}],
            "projects": [{{"project_id": "P1", "host_id": "H1", "max_seat_count": 3, "attributes": {{"new": "yes"}}}},
                         {{"project_id": "P2", "host_id": "H2", "max_seat_count": 3}}],
            "students": [{{"student_id": "A", "study_level": "MASTERS", "major": "Physics", "class_year": 4}},
                         {{"student_id": "B", "study_level": "UNDERGRADUATE", "class_year": 2, "citizenships": ["US"]}},
                         {{"student_id": "C", "study_level": "UNDERGRADUATE", "class_year": 3}}],
            "pair_notes": [{{"student_id": "A", "project_id": "P1", "affinity": 0.9}},
                           {{"student_id": "B", "project_id": "P1", "affinity": 0.8}},
                           {{"student_id": "C", "project_id": "P1", "affinity": 0.7}},
                           {{"student_id": "A", "project_id": "P2", "affinity": 0.1}},
                           {{"student_id": "B", "project_id": "P2", "affinity": 0.1}},
                           {{"student_id": "C", "project_id": "P2", "affinity": 0.1}}]}},
          "policy": {{"quotas": [{{"quota_id": "Q", {quota}}}]}}}}"#
    ))
}

#[test]
fn a_quota_holds_for_whom_and_where_it_says() {
    for (quota, count, in_japan) in [
        (r#""max_count": 2"#, 2, 2),
        (r#""projects": {"country_codes": ["JP"]}, "max_count": 1"#, 1, 1),
        (r#""projects": {"host_ids": ["H2"]}, "min_count": 2"#, 2, 1),
        (r#""projects": {"attributes": [{"name": "new", "values": ["yes"]}]}, "max_count": 0"#, 0, 0),
        (
            r#""projects": {"project_ids": ["P1"]}, "students": {"study_levels": ["UNDERGRADUATE"]}, "max_count": 0"#,
            0,
            1,
        ),
        (r#""projects": {"country_codes": ["JP"]}, "students": {"majors": ["PHYSICS"]}, "max_count": 0"#, 0, 2),
        (r#""projects": {"country_codes": ["JP"]}, "students": {"class_years": [2, 3]}, "max_count": 1"#, 1, 2),
        (r#""projects": {"country_codes": ["JP"]}, "students": {"citizenships": ["US"]}, "max_count": 0"#, 0, 2),
        (
            r#""projects": {"country_codes": ["JP"]}, "max_count": 3,
            "weights": [{"students": {"study_levels": ["MASTERS"]}, "weight": 2}]"#,
            3,
            2,
        ),
    ] {
        let request = with_quota(quota);
        let outcome = solve(request.clone());
        assert_eq!(outcome.status(), Status::Optimal, "{quota}");
        assert_eq!(outcome.quotas[0].count, count, "{quota}");
        let japan = outcome.assignments.iter().filter(|a| a.project_id == "P1").count();
        assert_eq!(japan, in_japan, "{quota}");
        assert!(check(&request, places(&outcome)).violations.is_empty());
    }
}

#[test]
fn a_missed_quota_is_a_violation_where_it_is_hard_and_a_price_where_it_is_soft() {
    let hard = with_quota(r#""projects": {"country_codes": ["JP"]}, "max_count": 1"#);
    let all = |project: &str| -> Vec<pb::CheckedAssignment> {
        let place =
            |student: &str| pb::CheckedAssignment { student_id: student.to_owned(), project_id: project.to_owned() };
        ["A", "B", "C"].map(place).to_vec()
    };
    let checked = check(&hard, all("P1"));
    assert_eq!(checked.violations.len(), 1);
    let violation = &checked.violations[0];
    assert_eq!((violation.kind(), violation.quota_id.as_str()), (pb::violation::Kind::Quota, "Q"));
    assert_eq!((violation.required.as_str(), violation.observed.as_str()), ("at most 1", "3"));

    // One above costs less than what the second student gains there, and two cost more.
    let soft = with_quota(r#""projects": {"country_codes": ["JP"]}, "max_count": 1, "penalty_points": 650000"#);
    let outcome = solve(soft.clone());
    let quota = &outcome.quotas[0];
    assert_eq!((quota.count, quota.excess_count, quota.penalty_points), (2, 1, 650_000));
    assert_eq!(outcome.goals[1].value, 900_000 + 800_000 + 100_000 - 650_000);
    assert!(check(&soft, all("P1")).violations.is_empty());
}

#[test]
fn linked_students_go_together_or_not_at_all_and_apart_where_that_is_asked() {
    let linked = |kind: &str| {
        solve(match_request(&format!(
            r#"{{"instance": {{
                "hosts": [{{"host_id": "H1", "country_code": "JP"}}, {{"host_id": "H2", "country_code": "JP"}}],
                "projects": [{{"project_id": "P1", "host_id": "H1"}}, {{"project_id": "P2", "host_id": "H1"}},
                             {{"project_id": "P3", "host_id": "H2", "max_seat_count": 2}}],
                "students": [{{"student_id": "A", "choices_only": true, "choices": [{{"project_id": "P1"}}, {{"project_id": "P3"}}]}},
                             {{"student_id": "B", "choices_only": true, "choices": [{{"project_id": "P3"}}, {{"project_id": "P2"}}]}}],
                "links": [{{"student_ids": ["B", "A"], {kind}}}]}}}}"#
        )))
    };
    assert_eq!(assignments(&linked(r#""kind": "SAME_PROJECT""#)), [("A", "P3"), ("B", "P3")]);
    assert_eq!(assignments(&linked(r#""kind": "SAME_COUNTRY""#)), [("A", "P1"), ("B", "P3")]);
    assert_eq!(assignments(&linked(r#""kind": "DIFFERENT_PROJECT""#)), [("A", "P1"), ("B", "P3")]);
    let host = linked(r#""kind": "SAME_HOST""#);
    assert!([vec![("A", "P1"), ("B", "P2")], vec![("A", "P3"), ("B", "P3")]].contains(&assignments(&host)));
}

fn rows(conflict: &pb::Conflict) -> Vec<&str> {
    conflict.rows.iter().map(|row| row.label.as_str()).collect()
}

#[test]
fn an_infeasible_season_tells_its_conflict_and_the_least_changes_with_their_matchings() {
    let text = r#"{"instance": {
        "hosts": [{"host_id": "siemens", "max_seat_count": 2}],
        "projects": [{"project_id": "P1", "host_id": "siemens", "max_seat_count": 3}, {"project_id": "P2"}],
        "students": [{"student_id": "A", "must_place": true, "vetoes": [{"project_id": "P2"}]},
                     {"student_id": "B", "must_place": true, "vetoes": [{"project_id": "P2"}]},
                     {"student_id": "C", "must_place": true, "vetoes": [{"project_id": "P2"}]}]}}"#;
    let outcome = solve(match_request(text));
    assert_eq!(outcome.status(), Status::Infeasible);
    assert!(outcome.assignments.is_empty());
    assert_eq!(outcome.conflicts.len(), 1);
    assert!(outcome.conflicts[0].is_irreducible);
    let mut labels = rows(&outcome.conflicts[0]);
    labels.sort_unstable();
    assert_eq!(labels, ["host:siemens", "must_place:A", "must_place:B", "must_place:C"]);
    assert_eq!(outcome.relaxations.len(), 4);
    let raised = outcome.relaxations.iter().find(|r| r.edits[0].host_id == "siemens").expect("one raises the host");
    assert_eq!(raised.edits[0].sentence, "Raise the seats of host siemens from 2 to 3.");
    assert_eq!((raised.units, raised.assignments.len(), raised.goals[0].value), (1, 3, 3));
}

#[test]
fn an_accepted_offer_that_cannot_stand_is_called_that_and_no_pin() {
    let text = r#"{"instance": {"projects": [{"project_id": "P"}],
        "students": [{"student_id": "S", "missing_materials": ["transcript"]}],
        "pair_notes": [{"student_id": "S", "project_id": "P", "offer_state": "ACCEPTED"}]},
        "policy": {"required_data": ["MATERIALS"]}}"#;
    let outcome = solve(match_request(text));
    assert!(outcome.findings[0].message.starts_with("S cannot accept P: it needs a complete file (MATERIALS)"));
    assert_eq!(rows(&outcome.conflicts[0]), ["accepted:S/P"]);
    let sentences: Vec<&str> = outcome.relaxations.iter().map(|r| r.edits[0].sentence.as_str()).collect();
    assert!(sentences.contains(&"Take back that S accepted P."), "{sentences:?}");
}

#[test]
fn who_has_withdrawn_frees_what_they_accepted_but_not_what_they_are_pinned_to() {
    let text = |note: &str| {
        format!(
            r#"{{"instance": {{"projects": [{{"project_id": "P"}}], "students": [{{"student_id": "A", "withdrawn": true}},
                {{"student_id": "B"}}], "pair_notes": [{{"student_id": "A", "project_id": "P", {note}}}]}}}}"#
        )
    };
    let outcome = solve(match_request(&text(r#""offer_state": "ACCEPTED""#)));
    assert_eq!(outcome.assignments[0].student_id, "B");
    assert_eq!(outcome.unmatched[0].refusals[0].rule(), pb::Rule::StudentWithdrawn);
    assert_eq!(reasons(&outcome.findings), [("ACCEPTANCE_VOID", "instance.pair_notes[0].offer_state")]);
    assert_eq!(outcome.findings[0].message, "A accepted P and has withdrawn since");
    let outcome = solve(match_request(&text(r#""pinned": true"#)));
    assert_eq!(outcome.status(), pb::outcome::Status::Infeasible);
    assert!(
        outcome.findings[0].message.contains("the student has withdrawn (STUDENT_WITHDRAWN)"),
        "{:?}",
        outcome.findings
    );
}

#[test]
fn a_pin_that_a_rule_refuses_is_told_as_that_and_may_be_waived() {
    let text = r#"{"instance": {
        "programs": [{"program_id": "G", "min_gpa": 4}],
        "projects": [{"project_id": "P", "program_id": "G"}], "students": [{"student_id": "S", "gpa": 3}],
        "pair_notes": [{"student_id": "S", "project_id": "P", "pinned": true}]}}"#;
    let outcome = solve(match_request(text));
    assert_eq!(reasons(&outcome.findings), [("PIN_REFUSED", "instance.pair_notes[0].pinned")]);
    let told = "S cannot be pinned to P: it needs a GPA of at least 4 (GPA)";
    assert_eq!(outcome.findings[0].message, told);
    assert_eq!(rows(&outcome.conflicts[0]), ["pin:S/P"]);
    let sentences: Vec<&str> = outcome.relaxations.iter().map(|r| r.edits[0].sentence.as_str()).collect();
    assert_eq!(sentences, ["Waive the GPA rule for S at P.", "Remove the pin of S to P."]);
    assert_eq!(outcome.relaxations[0].assignments.len(), 1);
}

#[test]
fn two_conflicts_are_both_told_and_a_relaxation_resolves_both() {
    let text = r#"{"instance": {
        "projects": [{"project_id": "P1"}, {"project_id": "P2"}],
        "students": [{"student_id": "A"}, {"student_id": "B"}, {"student_id": "C", "vetoes": [{"project_id": "P1"}, {"project_id": "P2"}], "must_place": true}],
        "pair_notes": [{"student_id": "A", "project_id": "P1", "pinned": true}, {"student_id": "B", "project_id": "P1", "pinned": true}]}}"#;
    let outcome = solve(match_request(text));
    assert_eq!(outcome.conflicts.len(), 2, "{:?}", outcome.conflicts);
    for relaxation in &outcome.relaxations {
        assert_eq!((relaxation.edits.len(), relaxation.units), (2, 2));
        assert!(!relaxation.assignments.is_empty());
    }
    assert!(!outcome.relaxations.is_empty());
}

/// Three students, two of them from the humanities, and unpaid projects but for P3.
fn funded(funds: &str, policy: &str) -> pb::MatchRequest {
    match_request(&format!(
        r#"{{"instance": {{
            "projects": [{{"project_id": "P1"}}, {{"project_id": "P2", "country_code": "FR"}},
                         {{"project_id": "P3", "stipend": {{"amount": 500, "currency_code": "EUR"}}}}],
            "students": [{{"student_id": "A", "attributes": {{"school": "SHASS"}}}}, {{"student_id": "B"}},
                         {{"student_id": "C", "attributes": {{"school": "SHASS"}}}}],
            "funds": [{funds}]}}, "policy": {{{policy}}}}}"#
    ))
}

const FITZGERALD: &str = r#"{"fund_id": "fitzgerald", "amount": {"amount": 5000, "currency_code": "USD"}, "cost_per_placement": 2500.5,
    "students": {"attributes": [{"name": "school", "values": ["SHASS"]}]}}"#;

#[test]
fn a_placement_without_a_stipend_needs_a_fund_where_the_policy_asks_for_paid_ones() {
    let paid = r#""paid_placements_only": true"#;
    let request = funded(FITZGERALD, paid);
    let outcome = solve(request.clone());
    // The fund pays for one placement in full, and only for students of its school.
    assert_eq!(outcome.assignments.len(), 2);
    let carried: Vec<&pb::Assignment> = outcome.assignments.iter().filter(|a| !a.fund_id.is_empty()).collect();
    assert_eq!(carried.len(), 1);
    assert!(["A", "C"].contains(&carried[0].student_id.as_str()) && carried[0].project_id != "P3");
    let fund = &outcome.funds[0];
    assert_eq!((fund.carried_count, fund.left_count), (1, 0));
    assert_eq!(fund.amount_left.as_ref().map(|money| money.amount), Some(2499.5));
    let place = |s: &str, p: &str| pb::CheckedAssignment { student_id: s.to_owned(), project_id: p.to_owned() };
    let violations = check(&request, vec![place("A", "P1"), place("C", "P2"), place("B", "P3")]).violations;
    assert_eq!(violations.iter().map(pb::Violation::kind).collect::<Vec<_>>(), [pb::violation::Kind::Funds]);

    let without = solve(funded("", paid));
    assert_eq!(without.assignments.len(), 1, "the stipend is all there is");
    let unpaid = solve(funded(FITZGERALD, ""));
    assert_eq!(unpaid.assignments.len(), 3, "nobody asks for paid placements");
    assert!(unpaid.funds.is_empty());
}

#[test]
fn two_funds_that_overlap_carry_as_many_as_they_can() {
    let second = r#"{"fund_id": "europe", "place_count": 1, "projects": {"country_codes": ["FR"]}}"#;
    let outcome = solve(funded(&format!("{FITZGERALD}, {second}"), r#""paid_placements_only": true"#));
    assert_eq!(outcome.assignments.len(), 3);
    let by: Vec<(&str, &str)> =
        outcome.assignments.iter().map(|a| (a.project_id.as_str(), a.fund_id.as_str())).collect();
    assert!(by.contains(&("P1", "fitzgerald")) && by.contains(&("P2", "europe")) && by.contains(&("P3", "")), "{by:?}");
}

#[test]
fn malformed_funds_get_their_code_and_field_path() {
    for (fund, reason, field) in [
        (r#"{"fund_id": "F"}"#, "FUND_WITHOUT_SIZE", "instance.funds[0]"),
        (r#"{"fund_id": "F", "place_count": -1}"#, "OUT_OF_RANGE", "instance.funds[0].place_count"),
        (
            r#"{"fund_id": "F", "amount": {"amount": 1, "currency_code": "usd"}, "cost_per_placement": 1}"#,
            "MALFORMED_CURRENCY",
            "instance.funds[0].amount.currency_code",
        ),
        (
            r#"{"fund_id": "F", "amount": {"amount": 1, "currency_code": "USD"}, "cost_per_placement": 0}"#,
            "OUT_OF_RANGE",
            "instance.funds[0].cost_per_placement",
        ),
    ] {
        let request = funded(fund, "");
        let Err(CallError::Malformed(faults)) = calls::solve(request, &caller(), &solver()) else { panic!("{fund}") };
        let found: Vec<(&str, &str)> = faults.findings().iter().map(|f| (f.code.reason, f.field.as_str())).collect();
        assert_eq!(found, [(reason, field)]);
    }
}

#[test]
fn quotas_and_links_that_speak_of_too_many_pairs_are_refused_with_the_limit() {
    use engine::EngineError;
    let quotas: Vec<String> = (0..30).map(|q| format!(r#"{{"quota_id": "Q{q}", "max_count": 2}}"#)).collect();
    let rows = r#""projects": [{"project_id": "P"}, {"project_id": "Q"}], "students": [{"student_id": "A"}, {"student_id": "B"}]"#;
    let link = r#""links": [{"student_ids": ["A", "B"], "kind": "SAME_HOST", "placed_together": false}]"#;
    let mut narrow = caller();
    narrow.sizes.pairs = 4;
    let many = format!(r#"{{"instance": {{{rows}}}, "policy": {{"quotas": [{}]}}}}"#, quotas.join(", "));
    let refused = calls::solve(match_request(&many), &narrow, &solver());
    assert!(matches!(refused, Err(CallError::Engine(EngineError::TooManyTerms { limit: 40 }))), "{refused:?}");
    let few = format!(r#"{{"instance": {{{rows}, {link}}}}}"#);
    assert!(calls::solve(match_request(&few), &narrow, &solver()).is_ok());
    assert!(calls::solve(match_request(&many), &caller(), &solver()).is_ok());
}

#[test]
fn who_was_told_a_place_that_is_shut_is_told_so_and_that_keeping_came_first() {
    let season = |policy: &str| {
        format!(
            r#"{{"instance": {{"projects": [{{"project_id": "P", "max_seat_count": 0}}], "students": [{{"student_id": "A"}}],
                "pair_notes": [{{"student_id": "A", "project_id": "P", "offer_state": "EXTENDED"}}]}}, "policy": {{{policy}}}}}"#
        )
    };
    let moved = |policy: &str| solve(match_request(&season(policy))).findings[0].message.clone();
    let told = "a student was told a place, did nothing and does not have it: A (told P, refused by now; has no place)";
    assert_eq!(moved(""), told);
    let kept = format!("{told}; KEEP_TOLD is the first goal, and keeps as many as can be");
    assert_eq!(moved(r#""goals": [{"kind": "KEEP_TOLD"}, {"kind": "PLACE_MOST"}]"#), kept);
}
