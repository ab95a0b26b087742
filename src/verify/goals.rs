//! The value of every goal, from the matched pairs alone.

use super::rows::quota_sums;
use crate::domain::{GoalKind, Instance, Matching, Points, Policy, Quota};
use crate::eligibility::Rulebook;
use crate::scoring::{self, Scale};

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
pub fn goal_values(instance: &Instance, policy: &Policy, matching: &Matching) -> Vec<GoalCheck> {
    let rulebook = Rulebook::new(instance, policy);
    let scale = Scale::of(instance, policy);
    let uncovered = i64::from(instance.largest_choice_rank()) + 1;
    let (points, ranks): (Vec<i64>, Vec<i64>) = matching
        .assignments()
        .iter()
        .map(|a| {
            let case = rulebook.case(a.student, a.project);
            let rank = case.student.choice_rank(case.targets).map_or(uncovered, i64::from);
            (i64::from(scoring::points(&case, scale).0), rank)
        })
        .unzip();
    let mut counts = vec![0; ranks.iter().copied().max().unwrap_or(0) as usize];
    ranks.iter().for_each(|&rank| counts[rank as usize - 1] += 1);
    let at_rank = |rank: i64| counts.get(rank as usize - 1).copied().unwrap_or(0);
    policy
        .goals
        .iter()
        .map(|goal| {
            let (value, profile) = match goal.kind {
                GoalKind::PlaceMost => (ranks.len() as i64, Vec::new()),
                GoalKind::TotalPoints => {
                    (points.iter().sum::<i64>() - penalties(instance, policy, matching), Vec::new())
                }
                GoalKind::RaiseWorst => (points.iter().copied().min().unwrap_or(Points::PERFECT), Vec::new()),
                GoalKind::LeastRankSum => (ranks.iter().sum(), Vec::new()),
                GoalKind::LowestWorstRank => (ranks.iter().copied().max().unwrap_or(0), Vec::new()),
                GoalKind::RankMaximal => (at_rank(1), counts.clone()),
                GoalKind::Generous => (at_rank(uncovered), counts.clone()),
                GoalKind::FewestBelowFloor => {
                    (points.iter().filter(|&&points| points < i64::from(goal.floor.0)).count() as i64, Vec::new())
                }
                GoalKind::LeastDisruption => (disruption(instance, policy, matching), Vec::new()),
                GoalKind::Leximin => {
                    let mut sorted = points.clone();
                    sorted.sort_unstable();
                    (sorted.first().copied().unwrap_or(Points::PERFECT), sorted)
                }
            };
            GoalCheck { kind: goal.kind, value, profile }
        })
        .collect()
}

fn disruption(instance: &Instance, policy: &Policy, matching: &Matching) -> i64 {
    let changed = instance.previous.iter().filter(|place| matching.assignments().binary_search(place).is_err());
    changed.map(|place| i64::from(policy.change_price(instance, place))).sum()
}

/// What missed quotas cost.
fn penalties(instance: &Instance, policy: &Policy, matching: &Matching) -> i64 {
    let cost = |(quota, sum): (&Quota, i64)| {
        let (short, excess) = quota.missed(sum);
        quota.penalty.unwrap_or(0) * (short + excess)
    };
    policy.quotas.iter().zip(quota_sums(instance, policy, matching)).map(cost).sum()
}
