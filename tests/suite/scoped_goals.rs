//! Goals that count some students only.

use pb::outcome::Status;
use wire::pb;

use crate::support::{check, check_certificate, match_request, places, solve};

/// A doctoral student with more points than two undergraduates, and two seats; `goals` decide.
fn contest(goals: &str) -> pb::MatchRequest {
    match_request(&format!(
        r#"{{"instance": {{
            "projects": [{{"project_id": "P", "max_seat_count": 2}}],
            "students": [
                {{"student_id": "D", "study_level": "DOCTORAL"}},
                {{"student_id": "U", "study_level": "UNDERGRADUATE"}},
                {{"student_id": "V", "study_level": "UNDERGRADUATE"}}],
            "pair_notes": [
                {{"student_id": "D", "project_id": "P", "affinity": 1}},
                {{"student_id": "U", "project_id": "P", "affinity": 0.25}},
                {{"student_id": "V", "project_id": "P", "affinity": 0.5}}]}},
            "policy": {{"goals": [{goals}]}}}}"#
    ))
}

const UNDERGRADUATES: &str = r#""students": {"study_levels": ["UNDERGRADUATE"]}"#;

fn placed(outcome: &pb::Outcome) -> Vec<&str> {
    outcome.assignments.iter().map(|a| a.student_id.as_str()).collect()
}

#[test]
fn undergraduates_come_first_where_the_first_goal_counts_them_alone() {
    let everybody = solve(contest(r#"{"kind": "PLACE_MOST"}, {"kind": "TOTAL_POINTS"}"#));
    assert_eq!(placed(&everybody), ["D", "V"]);
    let undergraduates = format!(r#"{{"kind": "PLACE_MOST", {UNDERGRADUATES}}}, {{"kind": "PLACE_MOST"}}"#);
    let outcome = solve(contest(&undergraduates));
    assert_eq!(placed(&outcome), ["U", "V"]);
    assert_eq!(outcome.status(), Status::Optimal);
    let told: Vec<(i64, bool)> = outcome.goals.iter().map(|goal| (goal.value, goal.scoped)).collect();
    assert_eq!(told, [(2, true), (2, false)]);
}

#[test]
fn check_counts_as_the_goal_does_and_takes_no_certificate_for_it() {
    let request = contest(&format!(r#"{{"kind": "TOTAL_POINTS", {UNDERGRADUATES}}}"#));
    let outcome = solve(request.clone());
    assert_eq!(outcome.goals[0].value, 750_000);
    assert!(outcome.certificate.is_none(), "a certificate names goals by their kinds");
    assert_eq!(check(&request, places(&outcome)).goals[0].value, 750_000);
    // One for everybody would prove another goal.
    let everybody = solve(contest(r#"{"kind": "TOTAL_POINTS"}"#)).certificate.expect("a network has one");
    let checked = check_certificate(&request, places(&outcome), everybody);
    assert!(!checked.goals[0].proven && !checked.certificate_faults.is_empty());
}

#[test]
fn the_same_goal_for_the_same_students_is_stated_twice_in_vain() {
    let goal = format!(r#"{{"kind": "PLACE_MOST", {UNDERGRADUATES}}}"#);
    let request = contest(&format!("{goal}, {goal}"));
    let error = calls::solve(request, &crate::support::caller(), &crate::support::solver());
    let Err(calls::CallError::Malformed(faults)) = error else { panic!("{error:?}") };
    let [fault] = faults.findings() else { panic!("{:?}", faults.findings()) };
    assert_eq!((fault.code.reason, fault.field.as_str()), ("DUPLICATE_GOAL", "policy.goals[1].kind"));
}
