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
//! | `FEWEST_BLOCKING_PAIRS` | least `Σ blocking` (**C11**) |
//! | `FEWEST_CHANGES` | least number of students placed elsewhere than compared: `n − Σ x` over the `n` pairs compared, `+ Σ x` over the pairs of who has no place there |
//! | `KEEP_TOLD` | greatest `Σ [offer extended] · x` |
//! | `LEXIMIN` | least counts by points, compared from the fewest points that occur upwards: sorted points are lexicographically greatest exactly when these counts are least (Ogryczak and Śliwiński, "On direct methods for lexicographic min-max optimization", 2006) |
//!
//! A goal that is scoped to some students counts their pairs alone.

use super::Column;
use rules::domain::{Goal, GoalKind, Instance, Matching, Points, Policy, ProjectIndex};
use rules::evaluation::{Evaluation, Pair};

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
        /// By pair column, 1 to `last_rank`; 0 = not counted.
        ranks: Vec<u32>,
        /// The largest rank there may be, at least 1.
        last_rank: u32,
        /// Whether it goes backwards.
        generous: bool,
    },
}

/// A goal as the solve sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalMeasure {
    /// How much later goals may give up; 0 on profiles.
    pub tolerance: i64,
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
    others: &[Column],
) -> Vec<GoalMeasure> {
    let of = |goal: &Goal| {
        let counts = goal.counts(instance);
        let scoped = Scoped { evaluation, counts: &counts };
        let (mut measure, reading) = scoped.measure(goal, instance, policy);
        let adds = |column: &Column| match (goal.kind, *column) {
            (GoalKind::TotalPoints, Column::Missed { penalty, .. }) if !goal.is_scoped() => -penalty,
            (GoalKind::FewestBlockingPairs, Column::Blocking(student)) => i64::from(counts[student.at()]),
            _ => 0,
        };
        if let Measure::Sum { weights, .. } = &mut measure
            && others.iter().any(|column| adds(column) != 0)
        {
            weights.extend(others.iter().map(adds));
        }
        GoalMeasure { tolerance: goal.tolerance, measure, reading }
    };
    policy.goals.iter().map(of).collect()
}

/// How many students move against a matching: the measure that `FEWEST_CHANGES` has.
pub fn changes_from(instance: &Instance, evaluation: &Evaluation, matching: &Matching) -> GoalMeasure {
    let before: Vec<_> = instance.student_indices().map(|student| matching.place_of(student)).collect();
    let counts = vec![true; before.len()];
    let (measure, reading) = Scoped { evaluation, counts: &counts }.changes(&before);
    GoalMeasure { tolerance: 0, measure, reading }
}

/// The pairs of a season, and by student whether a goal counts them.
struct Scoped<'a> {
    evaluation: &'a Evaluation,
    counts: &'a [bool],
}

impl Scoped<'_> {
    /// By pair: a value, or what does not count.
    fn each<N: Copy>(&self, nothing: N, value: impl Fn(&Pair) -> N) -> Vec<N> {
        let pairs = self.evaluation.pairs.iter();
        pairs.map(|pair| if self.counts[pair.student.at()] { value(pair) } else { nothing }).collect()
    }

    fn measure(&self, goal: &Goal, instance: &Instance, policy: &Policy) -> (Measure, Reading) {
        let points = |pair: &Pair| i64::from(pair.points.0);
        let rank = |pair: &Pair| i64::from(self.evaluation.goal_rank(pair));
        let sum = |value: &dyn Fn(&Pair) -> i64, least| Measure::Sum { weights: self.each(0, value), least };
        let worst = |value: &dyn Fn(&Pair) -> i64, least, nobody| Measure::Worst {
            values: self.each(nobody, value),
            least,
            nobody,
        };
        let profile = |generous| Measure::Profile {
            ranks: self.each(0, |pair| self.evaluation.goal_rank(pair)),
            last_rank: self.evaluation.largest_choice_rank + 1,
            generous,
        };
        let measure = match goal.kind {
            GoalKind::PlaceMost => sum(&|_| 1, false),
            GoalKind::TotalPoints => sum(&points, false),
            GoalKind::LeastRankSum => sum(&rank, true),
            GoalKind::FewestBelowFloor => sum(&|pair| i64::from(pair.points < goal.floor), true),
            GoalKind::FewestBlockingPairs => sum(&|_| 0, true),
            GoalKind::KeepTold => sum(&|pair| i64::from(instance.is_told(pair.student, pair.project)), false),
            GoalKind::RaiseWorst => worst(&points, false, Points::PERFECT),
            GoalKind::LowestWorstRank => worst(&rank, true, 0),
            GoalKind::RankMaximal => profile(false),
            GoalKind::Generous => profile(true),
            GoalKind::LeastDisruption => return self.disruption(instance, policy),
            GoalKind::FewestChanges => return self.changes(&goal.places_compared(instance)),
            GoalKind::Leximin => return self.leximin(),
        };
        (measure, Reading::AsItIs)
    }

    fn disruption(&self, instance: &Instance, policy: &Policy) -> (Measure, Reading) {
        let mut weights = vec![0; self.evaluation.pairs.len()];
        let mut all = 0;
        for place in instance.previous.iter().filter(|place| self.counts[place.student.at()]) {
            let price = i64::from(policy.change_price(instance, place));
            all += price;
            if let Some(at) = self.evaluation.find(place.student, place.project) {
                weights[at] = -price;
            }
        }
        (Measure::Sum { weights, least: true }, Reading::Plus(all))
    }

    fn changes(&self, before: &[Option<ProjectIndex>]) -> (Measure, Reading) {
        let change = |pair: &Pair| match before[pair.student.at()] {
            None => 1,
            Some(project) => -i64::from(project == pair.project),
        };
        let placed = before.iter().zip(self.counts).filter(|(place, counts)| **counts && place.is_some()).count();
        (Measure::Sum { weights: self.each(0, change), least: true }, Reading::Plus(placed as i64))
    }

    fn leximin(&self) -> (Measure, Reading) {
        let counted = self.evaluation.pairs.iter().filter(|pair| self.counts[pair.student.at()]);
        let mut levels: Vec<i64> = counted.map(|pair| i64::from(pair.points.0)).collect();
        levels.sort_unstable_by(|a, b| b.cmp(a));
        levels.dedup();
        let level = |pair: &Pair| levels.partition_point(|&points| points > i64::from(pair.points.0)) as u32 + 1;
        let ranks = self.each(0, level);
        let last_rank = levels.len().max(1) as u32;
        (Measure::Profile { ranks, last_rank, generous: true }, Reading::PointsOf(levels))
    }
}
