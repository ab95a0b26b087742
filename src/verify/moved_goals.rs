//! [`MovedGoals`]: the value of every goal after a few students have moved. Who does not move adds what they did, so that only the moved
//! pairs are counted; that is why it can be asked of every student and project of a season.

use super::goals::GoalCheck;
use super::occupancy::Moved;
use rules::domain::{Goal, GoalKind, Instance, Policy, ProjectIndex, StudentIndex};
use rules::eligibility::Rulebook;
use rules::scoring::{self, Scale};

/// What one goal counts.
struct Counted<'a> {
    goal: &'a Goal,
    /// By student: whether the goal sees them.
    counts: Vec<bool>,
    /// By student: where they would be unchanged; empty where the goal compares nothing.
    compared: Vec<Option<ProjectIndex>>,
}

/// The goals of a policy, ready to be counted pair by pair.
pub struct MovedGoals<'a> {
    instance: &'a Instance,
    policy: &'a Policy,
    rulebook: Rulebook<'a>,
    scale: Scale,
    /// The rank of a place that no choice covers.
    uncovered: i64,
    goals: Vec<Counted<'a>>,
}

impl<'a> MovedGoals<'a> {
    /// The goals of a season.
    pub fn new(instance: &'a Instance, policy: &'a Policy) -> Self {
        let counted = |goal: &'a Goal| Counted {
            goal,
            counts: goal.counts(instance),
            compared: match goal.kind {
                GoalKind::FewestChanges => goal.places_compared(instance),
                GoalKind::LeastDisruption => {
                    let mut before = vec![None; instance.students.len()];
                    instance.previous.iter().for_each(|place| before[place.student.at()] = Some(place.project));
                    before
                }
                _ => Vec::new(),
            },
        };
        Self {
            instance,
            policy,
            rulebook: Rulebook::new(instance, policy),
            scale: Scale::of(instance, policy),
            uncovered: i64::from(instance.largest_choice_rank()) + 1,
            goals: policy.goals.iter().map(counted).collect(),
        }
    }

    /// The values after these moves, from those before; soft quotas have to miss what they did. `None` where a goal looks at more than
    /// the moved pairs: the worst-off, blocking pairs.
    pub fn after(
        &self,
        before: &[GoalCheck],
        from: impl Fn(StudentIndex) -> Option<ProjectIndex>,
        moves: &[Moved],
    ) -> Option<Vec<GoalCheck>> {
        let changed = |counted: &Counted, before: &GoalCheck| {
            let mut after = before.clone();
            for &(student, to) in moves.iter().filter(|(student, _)| counted.counts[student.at()]) {
                for (place, sign) in [(from(student), -1), (to, 1)] {
                    match counted.goal.kind {
                        GoalKind::RankMaximal | GoalKind::Generous => {
                            let Some(project) = place else { continue };
                            let at = self.rank(student, project) as usize - 1;
                            let length = after.profile.len().max(at + 1);
                            after.profile.resize(length, 0);
                            after.profile[at] += sign;
                        }
                        _ => after.value += sign * self.adds(counted, student, place)?,
                    }
                }
            }
            if matches!(counted.goal.kind, GoalKind::RankMaximal | GoalKind::Generous) {
                let first = if counted.goal.kind == GoalKind::RankMaximal { 0 } else { self.uncovered as usize - 1 };
                after.value = after.profile.get(first).copied().unwrap_or(0);
                let until = after.profile.iter().rposition(|&count| count != 0).map_or(0, |last| last + 1);
                after.profile.truncate(until);
            }
            Some(after)
        };
        self.goals.iter().zip(before).map(|(counted, before)| changed(counted, before)).collect()
    }

    /// What a student adds to a sum where they are.
    fn adds(&self, counted: &Counted, student: StudentIndex, place: Option<ProjectIndex>) -> Option<i64> {
        let was = || counted.compared[student.at()];
        let points = |project| i64::from(scoring::points(&self.rulebook.case(student, project), self.scale).0);
        Some(match counted.goal.kind {
            GoalKind::PlaceMost => i64::from(place.is_some()),
            GoalKind::TotalPoints => place.map_or(0, points),
            GoalKind::LeastRankSum => place.map_or(0, |project| self.rank(student, project)),
            GoalKind::FewestBelowFloor => {
                i64::from(place.is_some_and(|project| points(project) < i64::from(counted.goal.floor.0)))
            }
            GoalKind::FewestChanges => i64::from(place != was()),
            GoalKind::LeastDisruption => was().filter(|_| place != was()).map_or(0, |project| {
                let left = rules::domain::Assignment { student, project };
                i64::from(self.policy.change_price(self.instance, &left))
            }),
            GoalKind::KeepTold => i64::from(place.is_some_and(|project| self.instance.is_told(student, project))),
            GoalKind::RaiseWorst
            | GoalKind::LowestWorstRank
            | GoalKind::Leximin
            | GoalKind::RankMaximal
            | GoalKind::Generous
            | GoalKind::FewestBlockingPairs => return None,
        })
    }

    fn rank(&self, student: StudentIndex, project: ProjectIndex) -> i64 {
        let case = self.rulebook.case(student, project);
        case.choice_rank.map_or(self.uncovered, i64::from)
    }
}
