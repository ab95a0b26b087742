//! Integer programs of a few columns, written by hand: what seasons show too seldom.

use std::time::{Duration, Instant};

use formulation::{Columns, Formulation, GoalMeasure, Lottery, Measure, Reading, Row, RowLabel};
use rules::domain::{ProjectIndex, StudentIndex};
use solve::{Cancel, Engine, Limits, Solution, Solved, Tuning, Watcher};

use super::support::solver;

/// A lottery over some pairs of two students and two projects; pairs after these have no ticket.
fn lottery(pairs: &[(u32, u32)]) -> Lottery {
    Lottery::of_ids(0, ["Ada", "Bo"].into_iter(), ["p", "q"].into_iter(), pairs.to_vec())
}

fn at_most_one(label: RowLabel, pairs: &[u32]) -> Row {
    let (weights, others) = (Vec::new(), Vec::new());
    Row { label, pairs: pairs.into(), weights, defines: None, others, least: None, most: Some(1) }
}

fn most(weights: &[i64]) -> GoalMeasure {
    let measure = Measure::Sum { weights: weights.to_vec(), least: false };
    GoalMeasure { tolerance: 0, measure, reading: Reading::AsItIs }
}

fn solved(formulation: &Formulation, engine: Engine, tuning: Tuning) -> Solution {
    let limits = Limits {
        deadline: Instant::now() + Duration::from_secs(60),
        cancel: Cancel::default(),
        relative_gap: 0.0,
        engine,
        lottery: true,
        watcher: Watcher::default(),
        tuning,
    };
    match solve::solve(formulation, &solver(), &limits) {
        Ok(Solved::Solution(solution)) => solution,
        other => panic!("{other:?}"),
    }
}

/// A student with one pair, which is worth nothing; a row of a link has the integer program decide.
fn indifferent(lottery: Lottery) -> Formulation {
    let rows = vec![
        at_most_one(RowLabel::Placement(StudentIndex(0)), &[0]),
        at_most_one(RowLabel::ProjectSeats(ProjectIndex(0)), &[0]),
        at_most_one(RowLabel::Link(0), &[0]),
    ];
    Formulation { columns: Columns::of_pairs(1), rows, goals: Vec::new(), lottery, hint: None }
}

#[test]
fn what_differs_in_a_pair_without_a_ticket_is_not_canonical_and_what_differs_in_one_with_a_ticket_is() {
    let drawn = solved(&indifferent(lottery(&[(0, 0)])), Engine::IntegerProgram, Tuning::default());
    assert!(drawn.canonical && drawn.matched == [false], "no ticket is fewer than any");
    let tied = solved(&indifferent(lottery(&[])), Engine::IntegerProgram, Tuning::default());
    assert!(!tied.canonical, "matched or not, no ticket is drawn");
}

#[test]
fn where_a_link_keeps_a_goal_from_what_the_network_reaches_the_network_bounds_no_later_goal() {
    // Ada at p is worth 10, Ada at q and Bo at p are worth 1 each; p and q have a seat each, and the link takes one of all.
    let rows = vec![
        at_most_one(RowLabel::Placement(StudentIndex(0)), &[0, 1]),
        at_most_one(RowLabel::Placement(StudentIndex(1)), &[2]),
        at_most_one(RowLabel::ProjectSeats(ProjectIndex(0)), &[0, 2]),
        at_most_one(RowLabel::ProjectSeats(ProjectIndex(1)), &[1]),
        at_most_one(RowLabel::Link(0), &[0, 1, 2]),
    ];
    let goals = vec![most(&[1, 1, 1]), most(&[10, 1, 1])];
    let lottery = lottery(&[(0, 0), (0, 1), (1, 0)]);
    let formulation = Formulation { columns: Columns::of_pairs(3), rows, goals, lottery, hint: None };
    for large in [0, usize::MAX] {
        let tuning = Tuning { large, ..Tuning::default() };
        let solution = solved(&formulation, Engine::Automatic, tuning);
        let goals: Vec<(i64, i64, bool)> =
            solution.goals.iter().map(|goal| (goal.value, goal.bound, goal.proven)).collect();
        assert_eq!(goals, [(1, 1, true), (10, 10, true)], "large {large}");
        assert_eq!(solution.matched, [true, false, false]);
    }
}
