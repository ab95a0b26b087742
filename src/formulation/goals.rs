//! Goals as measures of the columns.
//!
//! | goal | measure over the matched pairs |
//! |---|---|
//! | `PLACE_MOST` | greatest `Σ x` |
//! | `TOTAL_POINTS` | greatest `Σ points · x` |
//! | `LEAST_RANK_SUM` | least `Σ rank · x` |
//! | `RAISE_WORST` | greatest `min points`; 1 000 000 where nobody is matched |
//! | `LOWEST_WORST_RANK` | least `max rank`; 0 where nobody is matched |
//! | `RANK_MAXIMAL` | greatest counts by rank, compared from rank 1 on (Irving, Kavitha, Mehlhorn, Michail and Paluch, "Rank-maximal matchings", 2006) |
//! | `GENEROUS` | least counts by rank, compared from the last rank backwards |

use crate::domain::{Goal, GoalKind, Points, Policy};
use crate::evaluation::{Evaluation, Pair};

/// How good a matching is by one goal. Vectors go over the pair columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// `Σ weight · x`; minimised where `least` is true.
    Sum {
        /// By pair column.
        weights: Vec<i64>,
        /// Whether less is better.
        least: bool,
    },
    /// The smallest value matched, to be raised; or the largest, to be lowered where `least` is true.
    Worst {
        /// By pair column.
        values: Vec<i64>,
        /// Whether less is better.
        least: bool,
        /// The value where nobody is matched; no column's value is better.
        nobody: i64,
    },
    /// Counts by rank: more is better from rank 1 on; or fewer from the last rank backwards where `generous` is true.
    Profile {
        /// By pair column, 1 to `last_rank`.
        ranks: Vec<u32>,
        /// The largest rank there may be.
        last_rank: u32,
        /// Whether it goes backwards.
        generous: bool,
    },
}

/// A goal and its measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalMeasure {
    /// What the policy says.
    pub goal: Goal,
    /// How good a matching is by it.
    pub measure: Measure,
}

pub(super) fn measures(policy: &Policy, evaluation: &Evaluation) -> Vec<GoalMeasure> {
    policy.goals.iter().map(|&goal| GoalMeasure { goal, measure: measure(goal.kind, evaluation) }).collect()
}

fn measure(kind: GoalKind, evaluation: &Evaluation) -> Measure {
    let each = |value: &dyn Fn(&Pair) -> i64| evaluation.pairs.iter().map(value).collect::<Vec<i64>>();
    let points = |pair: &Pair| i64::from(pair.points.0);
    let rank = |pair: &Pair| i64::from(evaluation.goal_rank(pair));
    let profile = |generous| Measure::Profile {
        ranks: evaluation.pairs.iter().map(|pair| evaluation.goal_rank(pair)).collect(),
        last_rank: evaluation.largest_choice_rank + 1,
        generous,
    };
    match kind {
        GoalKind::PlaceMost => Measure::Sum { weights: each(&|_| 1), least: false },
        GoalKind::TotalPoints => Measure::Sum { weights: each(&points), least: false },
        GoalKind::LeastRankSum => Measure::Sum { weights: each(&rank), least: true },
        GoalKind::RaiseWorst => Measure::Worst { values: each(&points), least: false, nobody: Points::PERFECT },
        GoalKind::LowestWorstRank => Measure::Worst { values: each(&rank), least: true, nobody: 0 },
        GoalKind::RankMaximal => profile(false),
        GoalKind::Generous => profile(true),
    }
}
