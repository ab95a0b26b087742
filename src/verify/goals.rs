//! The value of every goal, from the matched pairs alone.

use super::blocking::blocking_pairs;
use super::rows::quota_sums;
use rules::domain::{Goal, GoalKind, Instance, Matching, Points, Policy, Quota, StudentIndex};
use rules::eligibility::Rulebook;
use rules::evaluation::Evaluation;
use rules::scoring::{self, Scale};

/// A goal's value, recomputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalCheck {
    /// The goal.
    pub kind: GoalKind,
    /// Its value; of a profile the count compared first.
    pub value: i64,
    /// Of a profile: counts from rank 1 on, trailing zeros left out; of `Leximin` the points of the placed, ascending.
    pub profile: Vec<i64>,
}

/// The value that a matching has by every goal of the policy, in its order.
pub fn goal_values(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    matching: &Matching,
) -> Vec<GoalCheck> {
    let rulebook = Rulebook::new(instance, policy);
    let scale = Scale::of(instance, policy);
    let uncovered = i64::from(instance.largest_choice_rank()) + 1;
    let places: Vec<Place> = matching
        .assignments()
        .iter()
        .map(|a| {
            let case = rulebook.case(a.student, a.project);
            let rank = case.choice_rank.map_or(uncovered, i64::from);
            Place { student: a.student, points: i64::from(scoring::points(&case, scale).0), rank }
        })
        .collect();
    let counted = |goal: &Goal| {
        let counts = goal.counts(instance);
        let placed: Vec<&Place> = places.iter().filter(|place| counts[place.student.at()]).collect();
        let points = || placed.iter().map(|place| place.points);
        let ranks = || placed.iter().map(|place| place.rank);
        let profile = || {
            let mut profile = vec![0; ranks().max().unwrap_or(0) as usize];
            ranks().for_each(|rank| profile[rank as usize - 1] += 1);
            profile
        };
        let at_rank = |rank: i64| ranks().filter(|&placed| placed == rank).count() as i64;
        let (value, profile) = match goal.kind {
            GoalKind::PlaceMost => (placed_students(&placed), Vec::new()),
            GoalKind::TotalPoints => {
                let lost = if goal.is_scoped() { 0 } else { penalties(instance, policy, matching) };
                (points().sum::<i64>() - lost, Vec::new())
            }
            GoalKind::RaiseWorst => (points().min().unwrap_or(Points::PERFECT), Vec::new()),
            GoalKind::LeastRankSum => (ranks().sum(), Vec::new()),
            GoalKind::LowestWorstRank => (ranks().max().unwrap_or(0), Vec::new()),
            GoalKind::RankMaximal => (at_rank(1), profile()),
            GoalKind::Generous => (at_rank(uncovered), profile()),
            GoalKind::FewestBelowFloor => {
                (points().filter(|&points| points < i64::from(goal.floor.0)).count() as i64, Vec::new())
            }
            GoalKind::FewestBlockingPairs => {
                let pairs = blocking_pairs(instance, evaluation, matching);
                (pairs.iter().filter(|(student, _)| counts[student.at()]).count() as i64, Vec::new())
            }
            GoalKind::LeastDisruption => (disruption(instance, policy, &counts, matching), Vec::new()),
            GoalKind::FewestChanges => {
                let before = goal.places_compared(instance);
                let differs = |s: &StudentIndex| counts[s.at()] && matching.place_of(*s) != before[s.at()];
                (instance.student_indices().filter(differs).count() as i64, Vec::new())
            }
            GoalKind::KeepTold => {
                let mut kept: Vec<StudentIndex> = matching
                    .assignments()
                    .iter()
                    .filter_map(|place| {
                        (counts[place.student.at()] && instance.is_told(place.student, place.project))
                            .then_some(place.student)
                    })
                    .collect();
                kept.dedup();
                (kept.len() as i64, Vec::new())
            }
            GoalKind::Leximin => {
                let mut sorted: Vec<i64> = points().collect();
                sorted.sort_unstable();
                (sorted.first().copied().unwrap_or(Points::PERFECT), sorted)
            }
        };
        GoalCheck { kind: goal.kind, value, profile }
    };
    policy.goals.iter().map(counted).collect()
}

/// One student's place.
struct Place {
    student: StudentIndex,
    points: i64,
    rank: i64,
}

/// How many students are placed; one who is placed twice, which no rule allows, is one.
fn placed_students(places: &[&Place]) -> i64 {
    let mut students: Vec<StudentIndex> = places.iter().map(|place| place.student).collect();
    students.sort_unstable();
    students.dedup();
    students.len() as i64
}

fn disruption(instance: &Instance, policy: &Policy, counts: &[bool], matching: &Matching) -> i64 {
    let changed = instance.previous.iter().filter(|place| matching.assignments().binary_search(place).is_err());
    let counted = changed.filter(|place| counts[place.student.at()]);
    counted.map(|place| i64::from(policy.change_price(instance, place))).sum()
}

/// What missed quotas cost.
fn penalties(instance: &Instance, policy: &Policy, matching: &Matching) -> i64 {
    let cost = |(quota, sum): (&Quota, i64)| {
        let (short, excess) = quota.missed(sum);
        quota.penalty.unwrap_or(0) * (short + excess)
    };
    policy.quotas.iter().zip(quota_sums(instance, policy, matching)).map(cost).sum()
}
