//! What a solve reached, told in the goals' own units.

use formulation::{Formulation, Reading};
use rules::domain::Points;
use solve::GoalValue;

/// The values of goals from those of their measures.
pub fn in_goal_units(formulation: &Formulation, reached: &[GoalValue]) -> Vec<GoalValue> {
    formulation.goals.iter().zip(reached).map(|(goal, reached)| in_goal_unit(&goal.reading, reached.clone())).collect()
}

/// The value of one goal from that of its measure.
pub fn in_goal_unit(reading: &Reading, reached: GoalValue) -> GoalValue {
    match reading {
        Reading::AsItIs => reached,
        Reading::Plus(constant) => {
            GoalValue { value: reached.value + constant, bound: reached.bound + constant, ..reached }
        }
        Reading::PointsOf(levels) => {
            let counts = reached.profile.iter().zip(levels).rev();
            let profile: Vec<i64> = counts.flat_map(|(&count, &points)| (0..count).map(move |_| points)).collect();
            let value = profile.first().copied().unwrap_or(Points::PERFECT);
            // The bound is that of the count at the last level: somebody is there, or nothing is known of who is.
            let worst = if reached.bound > 0 { levels.last().copied() } else { None };
            let bound = if reached.proven { value } else { worst.unwrap_or(Points::PERFECT) };
            GoalValue { value, bound, proven: reached.proven, profile }
        }
    }
}
