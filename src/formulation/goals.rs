//! Goals as measures of the columns.
//!
//! | goal | measure over the matched pairs |
//! |---|---|
//! | `PLACE_MOST` | greatest `Σ x` |
//! | `TOTAL_POINTS` | greatest `Σ points · x − Σ penalty · missed` |
//! | `LEAST_RANK_SUM` | least `Σ rank · x` |
//! | `RAISE_WORST` | greatest `min points`; 1 000 000 where nobody is matched |
//! | `LOWEST_WORST_RANK` | least `max rank`; 0 where nobody is matched |
//! | `RANK_MAXIMAL` | greatest counts by rank, compared from rank 1 on (Irving, Kavitha, Mehlhorn, Michail and Paluch, "Rank-maximal matchings", 2006) |
//! | `GENEROUS` | least counts by rank, compared from the last rank backwards |
//! | `FEWEST_BELOW_FLOOR` | least `Σ [points < floor] · x` |
//! | `LEAST_DISRUPTION` | least `Σ price − Σ price · x` over the previous pairs |
//! | `LEXIMIN` | least counts by points, compared from the fewest points that occur upwards: sorted points are lexicographically greatest exactly when these counts are least (Ogryczak and Śliwiński, "On direct methods for lexicographic min-max optimization", 2006) |

use super::Column;
use crate::domain::{Goal, GoalKind, Instance, Points, Policy};
use crate::evaluation::{Evaluation, Pair};

/// How good a matching is by one goal. Vectors go over the pair columns; weights may go on over the columns after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// `Σ weight · x`; minimised where `least` is true.
    Sum {
        /// By column; those that are left out have 0.
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
    /// What its value is told as.
    pub reading: Reading,
}

/// What the value of a measure is told as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Itself.
    AsItIs,
    /// Itself and a constant.
    Plus(i64),
    /// Points, of which it counts the levels: the first level's are the most.
    PointsOf(Vec<i64>),
}

pub(super) fn measures(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    columns: &[Column],
) -> Vec<GoalMeasure> {
    let of = |&goal: &Goal| {
        let (mut measure, reading) = measure(goal, instance, policy, evaluation);
        let is_missed = |column: &Column| matches!(column, Column::Missed { .. });
        if let (GoalKind::TotalPoints, Measure::Sum { weights, .. }) = (goal.kind, &mut measure)
            && columns.iter().any(is_missed)
        {
            weights.extend(columns[weights.len()..].iter().map(|column| match *column {
                Column::Missed { penalty, .. } => -penalty,
                Column::Pair(_) | Column::Opening(_) => 0,
            }));
        }
        GoalMeasure { goal, measure, reading }
    };
    policy.goals.iter().map(of).collect()
}

fn measure(goal: Goal, instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> (Measure, Reading) {
    let each = |value: &dyn Fn(&Pair) -> i64| evaluation.pairs.iter().map(value).collect::<Vec<i64>>();
    let points = |pair: &Pair| i64::from(pair.points.0);
    let below = |pair: &Pair| i64::from(pair.points < goal.floor);
    let rank = |pair: &Pair| i64::from(evaluation.goal_rank(pair));
    let sum = |value: &dyn Fn(&Pair) -> i64, least| Measure::Sum { weights: each(value), least };
    let profile = |generous| Measure::Profile {
        ranks: evaluation.pairs.iter().map(|pair| evaluation.goal_rank(pair)).collect(),
        last_rank: evaluation.largest_choice_rank + 1,
        generous,
    };
    let measure = match goal.kind {
        GoalKind::PlaceMost => sum(&|_| 1, false),
        GoalKind::TotalPoints => sum(&points, false),
        GoalKind::LeastRankSum => sum(&rank, true),
        GoalKind::FewestBelowFloor => sum(&below, true),
        GoalKind::RaiseWorst => Measure::Worst { values: each(&points), least: false, nobody: Points::PERFECT },
        GoalKind::LowestWorstRank => Measure::Worst { values: each(&rank), least: true, nobody: 0 },
        GoalKind::RankMaximal => profile(false),
        GoalKind::Generous => profile(true),
        GoalKind::LeastDisruption => return disruption(instance, policy, evaluation),
        GoalKind::Leximin => return leximin(evaluation),
    };
    (measure, Reading::AsItIs)
}

fn disruption(instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> (Measure, Reading) {
    let mut weights = vec![0; evaluation.pairs.len()];
    let mut all = 0;
    for place in &instance.previous {
        let price = i64::from(policy.change_price(instance, place));
        all += price;
        if let Some(at) = evaluation.find(place.student, place.project) {
            weights[at] = -price;
        }
    }
    (Measure::Sum { weights, least: true }, Reading::Plus(all))
}

fn leximin(evaluation: &Evaluation) -> (Measure, Reading) {
    let mut levels: Vec<i64> = evaluation.pairs.iter().map(|pair| i64::from(pair.points.0)).collect();
    levels.sort_unstable_by(|a, b| b.cmp(a));
    levels.dedup();
    let level = |pair: &Pair| levels.partition_point(|&points| points > i64::from(pair.points.0)) as u32 + 1;
    let ranks = evaluation.pairs.iter().map(level).collect();
    (Measure::Profile { ranks, last_rank: levels.len() as u32, generous: true }, Reading::PointsOf(levels))
}
