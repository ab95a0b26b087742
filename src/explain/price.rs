//! Which of two values of a goal is better.

use std::cmp::Ordering;

use rules::domain::GoalKind;
use solve::GoalValue;

/// Whether a goal is better (`Greater`) or worse at the first of two values; profiles are compared as the goal compares them.
pub fn compare(kind: GoalKind, first: &GoalValue, second: &GoalValue) -> Ordering {
    let count = |value: &GoalValue, rank: usize| value.profile.get(rank).copied().unwrap_or(0);
    let ranks = first.profile.len().max(second.profile.len());
    match kind {
        GoalKind::PlaceMost | GoalKind::TotalPoints | GoalKind::RaiseWorst | GoalKind::KeepTold => {
            first.value.cmp(&second.value)
        }
        GoalKind::LeastRankSum
        | GoalKind::LowestWorstRank
        | GoalKind::FewestBelowFloor
        | GoalKind::LeastDisruption
        | GoalKind::FewestBlockingPairs
        | GoalKind::FewestChanges => second.value.cmp(&first.value),
        GoalKind::RankMaximal => {
            let differ = (0..ranks).map(|rank| count(first, rank).cmp(&count(second, rank)));
            differ.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }
        GoalKind::Generous => {
            let differ = (0..ranks).rev().map(|rank| count(second, rank).cmp(&count(first, rank)));
            differ.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }
        GoalKind::Leximin => {
            // Who is not placed counts as better off than anyone.
            let points = |value: &GoalValue, place: usize| value.profile.get(place).copied().unwrap_or(i64::MAX);
            let differ = (0..ranks).map(|place| points(first, place).cmp(&points(second, place)));
            differ.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }
    }
}
