//! Sets given as a list of acceptable pairs with ranks, and seats of projects and hosts.

use std::collections::BTreeMap;

use pb::goal::Kind::{
    self, FewestBlockingPairs, Generous, LeastRankSum, LowestWorstRank, PlaceMost, RankMaximal, TotalPoints,
};
use pb::outcome::Status;
use serde_json::Value;
use wire::pb;

use super::read::{Row, expected, folder, table};
use crate::support::{check, goals, places, solve};

/// The whole set as an instance: each pair a choice, its score an affinity of a hundredth.
fn instance(set: &str) -> pb::Instance {
    let semantics = expected(set)["min_semantics"].as_str().unwrap_or("none").to_owned();
    let hosts = if folder(set).join("hosts.csv").exists() { table(set, "hosts.csv") } else { Vec::new() };
    let hosts = hosts.iter().map(|row| pb::Host {
        host_id: row.text("id").to_owned(),
        max_seat_count: row.number("capacity"),
        ..pb::Host::default()
    });
    let projects = table(set, "projects.csv").into_iter().map(|row| pb::Project {
        project_id: row.text("id").to_owned(),
        host_id: row.text("host").to_owned(),
        max_seat_count: row.number("capacity"),
        min_seat_count: row.number("min"),
        must_open: semantics == "hard",
        ..pb::Project::default()
    });
    let mut choices: BTreeMap<String, Vec<pb::Choice>> = BTreeMap::new();
    let mut pair_notes = Vec::new();
    for row in table(set, "pairs.csv") {
        let (student, project) = (row.text("student").to_owned(), row.text("project").to_owned());
        if let Some(score) = row.number("score") {
            pair_notes.push(pb::PairNote {
                student_id: student.clone(),
                project_id: project.clone(),
                affinity: Some(f64::from(score) / 100.0),
                ..pb::PairNote::default()
            });
        }
        let target = Some(pb::choice::Target::ProjectId(project));
        choices.entry(student).or_default().push(pb::Choice { rank: row.number("rank"), target });
    }
    let students = table(set, "students.csv").into_iter().map(|row| pb::Student {
        student_id: row.text("id").to_owned(),
        choices: choices.remove(row.text("id")).unwrap_or_default(),
        choices_only: true,
        ..pb::Student::default()
    });
    pb::Instance {
        hosts: hosts.collect(),
        projects: projects.collect(),
        students: students.collect(),
        pair_notes,
        ..pb::Instance::default()
    }
}

/// Solves a set by some goals; every answer must be proven, canonical and pass the check.
fn outcome(set: &str, kinds: &[Kind]) -> pb::Outcome {
    let only_affinity = pb::Weights {
        skills: Some(0.0),
        language: Some(0.0),
        preference: Some(0.0),
        host_rank: Some(0.0),
        interview: Some(0.0),
        affinity: Some(1.0),
    };
    let policy = pb::Policy { weights: Some(only_affinity), ..goals(kinds) };
    let request = pb::MatchRequest { instance: Some(instance(set)), policy: Some(policy) };
    let outcome = solve(request.clone());
    assert_eq!(outcome.status(), Status::Optimal, "{set} {kinds:?}");
    assert!(outcome.canonical, "{set} {kinds:?}");
    assert!(check(&request, places(&outcome)).violations.is_empty(), "{set} {kinds:?}");
    outcome
}

fn values(set: &str, kinds: &[Kind]) -> Vec<i64> {
    outcome(set, kinds).goals.iter().map(|goal| goal.value).collect()
}

fn profile(set: &str, kind: Kind) -> Vec<i32> {
    outcome(set, &[PlaceMost, kind]).goals[1].profile.clone()
}

fn figure(figures: &Value, key: &str) -> i64 {
    figures[key].as_i64().unwrap_or_else(|| panic!("no figure {key}"))
}

fn figures(figures: &Value, key: &str) -> Vec<i32> {
    serde_json::from_value(figures[key].clone()).unwrap_or_else(|_| panic!("no figures {key}"))
}

/// Every figure of `expected.json` about ranks.
fn ranks_are_as_published(set: &str) {
    let published = expected(set);
    let most = figure(&published, "max_cardinality");
    let sum = figure(&published, "min_total_rank");
    assert_eq!(values(set, &[PlaceMost, LeastRankSum]), [most, sum], "{set}");
    let worst = figure(&published, "min_max_rank");
    let sum = figure(&published, "min_total_rank_at_min_max");
    assert_eq!(values(set, &[PlaceMost, LowestWorstRank, LeastRankSum]), [most, worst, sum], "{set}");
    if published.get("greedy_max_profile").is_some() {
        assert_eq!(profile(set, RankMaximal), figures(&published, "greedy_max_profile"), "{set}");
        assert_eq!(profile(set, Generous), figures(&published, "generous_max_profile"), "{set}");
    }
}

#[test]
fn the_or_library_assignment_costs_305_and_scores_9795() {
    let published = expected("orlib-assign100");
    let cost = figure(&published, "published_optimum");
    assert_eq!(values("orlib-assign100", &[PlaceMost, LeastRankSum]), [100, cost]);
    let worst = figure(&published, "min_max_cost");
    assert_eq!(values("orlib-assign100", &[PlaceMost, LowestWorstRank]), [100, worst]);
    let score = figure(&published, "max_total_score");
    assert_eq!(values("orlib-assign100", &[TotalPoints, PlaceMost]), [score * 10_000, 100]);
}

#[test]
fn glasgow_has_its_published_optima_and_profiles() {
    ranks_are_as_published("glasgow-2010-11");
}

#[test]
fn agh_has_its_published_optima_and_profiles() {
    ranks_are_as_published("agh-2003");
}

#[test]
fn agh_with_hard_minimums_has_its_published_optima() {
    ranks_are_as_published("agh-2003-min14");
}

#[test]
fn agh_with_closed_or_minimum_has_its_published_optima() {
    ranks_are_as_published("agh-2003-closed");
    let closed = outcome("agh-2003-closed", &[PlaceMost, LeastRankSum]).closed_projects.len() as i64;
    assert_eq!(9 - closed, figure(&expected("agh-2003-closed"), "open_projects"));
}

#[test]
fn agh_with_minimums_above_its_students_is_infeasible_and_says_why() {
    assert_eq!(expected("agh-2003-min17")["feasible"], Value::Bool(false));
    let request = pb::MatchRequest {
        instance: Some(instance("agh-2003-min17")),
        policy: Some(goals(&[PlaceMost, LeastRankSum])),
    };
    let outcome = solve(request);
    assert_eq!(outcome.status(), Status::Infeasible);
    assert!(outcome.assignments.is_empty());
    assert_eq!(outcome.findings[0].reason, "MINIMUMS_EXCEED_STUDENTS");
    assert!(outcome.findings[0].message.contains("153") && outcome.findings[0].message.contains("146"));
    let [conflict] = &outcome.conflicts[..] else { panic!("{:?}", outcome.conflicts) };
    assert!(conflict.is_irreducible);
    let must_open = |row: &pb::ConflictRow| row.kind() == pb::conflict_row::Kind::MustOpen;
    assert!(conflict.rows.len() == 9 && conflict.rows.iter().all(must_open), "its nine minimums: {conflict:?}");
    assert!(!outcome.relaxations.is_empty());
    assert!(outcome.relaxations.iter().all(|relaxation| !relaxation.assignments.is_empty()));
}

#[test]
fn cardiff_has_its_published_optima_and_profiles() {
    ranks_are_as_published("cardiff-2019");
}

/// Cardiff's season with the order of students that every project has.
fn ordered_cardiff() -> pb::Instance {
    let mut instance = instance("cardiff-2019");
    let order = table("cardiff-2019", "students.csv");
    for project in &mut instance.projects {
        let rank = |row: &Row| pb::StudentRank {
            student_id: row.text("id").to_owned(),
            // Counted from 0 there.
            rank: row.number("cohort_rank").map(|rank| rank + 1),
        };
        project.student_ranks = order.iter().map(rank).collect();
    }
    instance
}

/// The published stable matching, by student.
fn published_stable_matching() -> Vec<pb::CheckedAssignment> {
    let mut stable: Vec<pb::CheckedAssignment> = table("cardiff-2019", "stable_student_optimal.csv")
        .iter()
        .filter(|row| !row.text("project").is_empty())
        .map(|row| pb::CheckedAssignment {
            student_id: row.text("student").to_owned(),
            project_id: row.text("project").to_owned(),
        })
        .collect();
    stable.sort_by(|a, b| a.student_id.cmp(&b.student_id));
    stable
}

#[test]
fn cardiffs_published_stable_matching_has_no_blocking_pair_and_the_optimum_has() {
    let request =
        pb::MatchRequest { instance: Some(ordered_cardiff()), policy: Some(goals(&[PlaceMost, LeastRankSum])) };
    let checked = check(&request, published_stable_matching());
    assert!(checked.violations.is_empty(), "{:?}", checked.violations);
    let published = &expected("cardiff-2019")["stable_student_optimal"];
    assert_eq!(checked.blocking_pair_count, 0);
    assert_eq!(checked.goals[0].value, figure(published, "matched"));
    assert_eq!(checked.goals[1].value, figure(published, "total_rank"));
    let optimum = solve(request.clone());
    assert_eq!(optimum.goals[0].value, 97);
    assert!(check(&request, places(&optimum)).blocking_pair_count > 0);
}

#[test]
fn cardiffs_published_stable_matching_is_reached_by_the_goal_and_by_the_hard_choice() {
    let by_goal = goals(&[FewestBlockingPairs, PlaceMost, LeastRankSum]);
    let hard = pb::Policy { stable_only: true, ..goals(&[PlaceMost, LeastRankSum]) };
    for policy in [by_goal, hard] {
        let outcome = solve(pb::MatchRequest { instance: Some(ordered_cardiff()), policy: Some(policy) });
        assert_eq!(outcome.status(), Status::Optimal);
        assert_eq!(places(&outcome), published_stable_matching());
    }
}
