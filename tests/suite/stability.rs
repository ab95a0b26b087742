//! Stable matchings: who blocks, as a goal and as a hard choice.

use pb::conflict_row::Kind as Row;
use pb::edit::Kind as Change;
use pb::outcome::Status;
use wire::pb;

use crate::support::{check, match_request, places, solve};

/// Two students and two projects of one seat; both want P, which ranks B first. `more` is added to the instance.
fn rivals(more: &str, policy: &str) -> pb::MatchRequest {
    let comma = if policy.is_empty() { "" } else { ", " };
    match_request(&format!(
        r#"{{"instance": {{
            "projects": [
                {{"project_id": "P", "student_ranks": [{{"student_id": "B"}}, {{"student_id": "A"}}]}},
                {{"project_id": "Q"}}],
            "students": [
                {{"student_id": "A", "choices": [{{"project_id": "P"}}, {{"project_id": "Q"}}]}},
                {{"student_id": "B", "choices": [{{"project_id": "P"}}, {{"project_id": "Q"}}], "choices_only": true}}]
            {more}}}, "policy": {{"weights": {{"host_rank": 0}}{comma}{policy}}}}}"#
    ))
}

fn assignments(outcome: &pb::Outcome) -> Vec<(&str, &str)> {
    outcome.assignments.iter().map(|a| (a.student_id.as_str(), a.project_id.as_str())).collect()
}

/// By points B goes elsewhere.
const B_FITS_BADLY: &str = r#", "pair_notes": [{"student_id": "B", "project_id": "P", "affinity": 0}]"#;

#[test]
fn a_stable_matching_gives_a_seat_to_whom_the_host_ranks_first_though_points_say_otherwise() {
    let free = solve(rivals(B_FITS_BADLY, ""));
    assert_eq!(assignments(&free), [("A", "P"), ("B", "Q")]);
    for policy in
        [r#""stable_only": true"#, r#""goals": [{"kind": "FEWEST_BLOCKING_PAIRS"}, {"kind": "TOTAL_POINTS"}]"#]
    {
        let stable = solve(rivals(B_FITS_BADLY, policy));
        assert_eq!(stable.status(), Status::Optimal);
        assert_eq!(assignments(&stable), [("A", "Q"), ("B", "P")], "{policy}");
    }
}

#[test]
fn the_goal_counts_the_pairs_that_block() {
    let request = rivals(B_FITS_BADLY, r#""goals": [{"kind": "TOTAL_POINTS"}, {"kind": "FEWEST_BLOCKING_PAIRS"}]"#);
    let outcome = solve(request.clone());
    assert_eq!(assignments(&outcome), [("A", "P"), ("B", "Q")]);
    assert_eq!((outcome.goals[1].value, outcome.goals[1].bound, outcome.goals[1].proven), (1, 1, true));
    assert_eq!(check(&request, places(&outcome)).blocking_pair_count, 1);
}

#[test]
fn a_check_against_a_policy_of_stable_matchings_names_a_pair_that_blocks() {
    let request = rivals(B_FITS_BADLY, r#""stable_only": true"#);
    let unstable = places(&solve(rivals(B_FITS_BADLY, "")));
    let checked = check(&request, unstable);
    let [violation] = &checked.violations[..] else { panic!("{:?}", checked.violations) };
    assert_eq!(violation.kind(), pb::violation::Kind::BlockingPair);
    assert_eq!((violation.student_id.as_str(), violation.project_id.as_str()), ("B", "P"));
}

#[test]
fn who_is_pinned_neither_blocks_nor_gives_way() {
    let pin = r#", "pair_notes": [{"student_id": "A", "project_id": "P", "pinned": true}]"#;
    let outcome = solve(rivals(pin, r#""stable_only": true"#));
    assert_eq!(assignments(&outcome), [("A", "P"), ("B", "Q")]);
}

#[test]
fn where_nothing_is_stable_the_choice_is_part_of_the_conflict_and_giving_it_up_is_a_way_out() {
    // They go together or not at all, and then either wants to go alone.
    let link = r#", "links": [{"student_ids": ["A", "B"], "kind": "SAME_PROJECT"}]"#;
    let must = r#", "links": [{"student_ids": ["A", "B"], "kind": "DIFFERENT_PROJECT"}], "pair_notes": [{"student_id": "B", "project_id": "P", "forbidden": true}, {"student_id": "A", "project_id": "P", "forbidden": true}, {"student_id": "A", "project_id": "Q", "affinity": 0.5}]"#;
    let outcome = solve(rivals(link, r#""stable_only": true"#));
    assert_eq!(outcome.status(), Status::Infeasible);
    let [conflict] = &outcome.conflicts[..] else { panic!("{outcome:#?}") };
    let kinds: Vec<Row> = conflict.rows.iter().map(pb::ConflictRow::kind).collect();
    assert!(kinds.contains(&Row::StableOnly) && kinds.contains(&Row::Link), "{kinds:?}");
    let ways: Vec<Change> = outcome.relaxations.iter().flat_map(|r| &r.edits).map(pb::Edit::kind).collect();
    assert!(ways.contains(&Change::ClearStableOnly) && ways.contains(&Change::RemoveLink), "{ways:?}");
    assert_eq!(solve(rivals(must, r#""stable_only": true"#)).status(), Status::Optimal);
}

#[test]
fn with_strict_lists_the_least_rank_sum_is_best_for_every_student() {
    // A Latin square of preferences has three stable matchings; students' first choices are the students' best.
    let students = [("A", "PQR"), ("B", "QRP"), ("C", "RPQ")];
    let projects = [("P", "BCA"), ("Q", "CAB"), ("R", "ABC")];
    let list = |ids: &str, field: &str| -> String {
        let entries: Vec<String> = ids.chars().map(|id| format!(r#"{{"{field}": "{id}"}}"#)).collect();
        entries.join(",")
    };
    let students: Vec<String> = students
        .iter()
        .map(|(id, ids)| format!(r#"{{"student_id": "{id}", "choices": [{}]}}"#, list(ids, "project_id")))
        .collect();
    let projects: Vec<String> = projects
        .iter()
        .map(|(id, ids)| format!(r#"{{"project_id": "{id}", "student_ranks": [{}]}}"#, list(ids, "student_id")))
        .collect();
    let request = |policy: &str| {
        match_request(&format!(
            r#"{{"instance": {{"projects": [{}], "students": [{}]}}, "policy": {{"stable_only": true, {policy}}}}}"#,
            projects.join(","),
            students.join(",")
        ))
    };
    let for_students = solve(request(r#""goals": [{"kind": "PLACE_MOST"}, {"kind": "LEAST_RANK_SUM"}]"#));
    assert_eq!(assignments(&for_students), [("A", "P"), ("B", "Q"), ("C", "R")]);
    let for_hosts = solve(request(r#""weights": {"preference": 0}, "goals": [{"kind": "TOTAL_POINTS"}]"#));
    assert_eq!(assignments(&for_hosts), [("A", "R"), ("B", "P"), ("C", "Q")]);
}

#[test]
fn who_is_at_a_full_host_already_blocks_with_a_better_project_of_it() {
    // By points A stays at Q; the host's one seat is A's own, so that P is free to A.
    let outcome = solve(match_request(
        r#"{"instance": {
            "hosts": [{"host_id": "H", "max_seat_count": 1}],
            "projects": [{"project_id": "P", "host_id": "H"}, {"project_id": "Q", "host_id": "H"}],
            "students": [{"student_id": "A", "choices": [{"project_id": "P"}, {"project_id": "Q"}]}],
            "pair_notes": [{"student_id": "A", "project_id": "P", "affinity": 0},
                           {"student_id": "A", "project_id": "Q", "affinity": 1}]},
            "policy": {"stable_only": true, "weights": {"preference": 0}}}"#,
    ));
    assert_eq!(assignments(&outcome), [("A", "P")]);
}

#[test]
fn a_goal_is_proven_where_what_the_goals_before_it_settled_leaves_nothing_better() {
    // Who is held at P0 by the points alone can't open it, and without S3 it would have to be half open.
    let text = r#"{"instance": {"projects": [{"project_id": "P0", "min_seat_count": 2}, {"project_id": "P1"}],
        "students": [{"student_id": "S0", "choices": [{"project_id": "P0"}]}, {"student_id": "S3"}],
        "pair_notes": [{"student_id": "S0", "project_id": "P1", "forbidden": true}]},
        "policy": {"goals": [{"kind": "TOTAL_POINTS"}, {"kind": "RAISE_WORST"}], "stable_only": true}}"#;
    let outcome = solve(match_request(text));
    assert_eq!(outcome.status(), pb::outcome::Status::Optimal, "{:?}", outcome.findings);
}
