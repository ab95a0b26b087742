//! Values of goals on matchings, as every engine reads them: more is better inside, the goal's own unit outside.

use super::GoalValue;
use formulation::{GoalMeasure, Measure};

/// What is known of the best value of a goal, in its own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// No matching that holds the goals before is better; of a profile, in the count compared first.
    pub bound: i64,
    /// Whether the search ended with a proof; of a profile, of every count.
    pub proven: bool,
}

/// The value that a solution reaches, and what is known of the best one; `chosen` are the columns that are not 0, with their values.
pub(super) fn reached(goal: &GoalMeasure, chosen: impl Iterator<Item = (usize, i64)>, known: &Known) -> GoalValue {
    let (value, profile) = match &goal.measure {
        Measure::Sum { weights, .. } => {
            let worth = |(column, value): (usize, i64)| weights.get(column).map_or(0, |weight| weight * value);
            (chosen.map(worth).sum(), Vec::new())
        }
        Measure::Worst { values, least, nobody } => {
            let of_chosen = chosen.filter_map(|(column, _)| values.get(column)).map(|&value| direct(value, *least));
            let nobody = direct(*nobody, *least);
            (direct(of_chosen.min().unwrap_or(nobody).min(nobody), *least), Vec::new())
        }
        Measure::Profile { ranks, last_rank, generous } => {
            let mut counts = vec![0; *last_rank as usize];
            for &rank in chosen.filter_map(|(column, _)| ranks.get(column)).filter(|&&rank| rank > 0) {
                counts[rank as usize - 1] += 1;
            }
            let first = if *generous { counts.last() } else { counts.first() }.copied().unwrap_or(0);
            while counts.last() == Some(&0) {
                counts.pop();
            }
            (first, counts)
        }
    };
    // A bound that the value meets is a proof, however it came about; a profile has more counts than the first.
    let met = known.bound == value && !matches!(goal.measure, Measure::Profile { .. });
    let proven = met || (known.proven && (known.bound - value).abs() <= goal.tolerance);
    GoalValue { value, bound: known.bound, proven, profile }
}

/// The pair columns that are matched, as [`reached`] takes them.
pub(super) fn chosen(matched: &[bool]) -> impl Iterator<Item = (usize, i64)> {
    // Few columns are matched, so that pieces without any are skipped whole.
    let pieces = matched.chunks(16).enumerate().filter(|(_, piece)| piece.iter().fold(false, |any, &is| any | is));
    pieces.flat_map(|(place, piece)| {
        (place * 16..).zip(piece).filter(|&(_, &matched)| matched).map(|(column, _)| (column, 1))
    })
}

/// The value of a goal that is a sum or a profile after some pair columns were added and others removed.
pub fn after(goal: &GoalMeasure, reached: &GoalValue, added: &[u32], removed: &[u32]) -> GoalValue {
    let changed = || added.iter().map(|&column| (column as usize, 1)).chain(removed.iter().map(|&c| (c as usize, -1)));
    let mut after = GoalValue { proven: true, ..reached.clone() };
    match &goal.measure {
        Measure::Sum { weights, .. } => {
            after.value += changed().map(|(column, step)| step * weights[column]).sum::<i64>();
        }
        Measure::Worst { .. } => {}
        Measure::Profile { ranks, last_rank, generous } => {
            after.profile.resize(*last_rank as usize, 0);
            for (column, step) in changed().filter(|&(column, _)| ranks[column] > 0) {
                after.profile[ranks[column] as usize - 1] += step;
            }
            let first = if *generous { after.profile.last() } else { after.profile.first() };
            after.value = first.copied().unwrap_or(0);
            while after.profile.last() == Some(&0) {
                after.profile.pop();
            }
        }
    }
    after.bound = after.value;
    after
}

/// What a matching is worth by all goals, compared in order, more being better.
pub(super) fn vector(goals: &[GoalMeasure], reached: &[GoalValue]) -> Vec<i64> {
    let mut vector = Vec::with_capacity(goals.len());
    for (goal, reached) in goals.iter().zip(reached) {
        match goal.measure {
            Measure::Sum { least, .. } | Measure::Worst { least, .. } => vector.push(direct(reached.value, least)),
            Measure::Profile { last_rank, generous, .. } => {
                let count = |rank: usize| reached.profile.get(rank).copied().unwrap_or(0);
                let ranks = 0..last_rank as usize;
                if generous {
                    vector.extend(ranks.rev().map(|rank| -count(rank)));
                } else {
                    vector.extend(ranks.map(count));
                }
            }
        }
    }
    vector
}

/// What a pair column adds to a sum, or to a profile's count of a rank, more being better.
pub(super) fn weight(goal: &GoalMeasure, rank: Option<u32>, column: usize) -> i64 {
    match &goal.measure {
        Measure::Sum { weights, least } => direct(weights[column], *least),
        Measure::Profile { ranks, generous, .. } => {
            if rank == Some(ranks[column]) {
                direct(1, *generous)
            } else {
                0
            }
        }
        Measure::Worst { .. } => 0,
    }
}

/// Whether less is better of what is counted for a goal.
pub(super) fn is_least(goal: &GoalMeasure) -> bool {
    match goal.measure {
        Measure::Sum { least, .. } | Measure::Worst { least, .. } => least,
        Measure::Profile { generous, .. } => generous,
    }
}

/// Of a profile: the rank of which the count is compared first.
pub(super) fn compared_first(goal: &GoalMeasure) -> Option<u32> {
    match goal.measure {
        Measure::Profile { last_rank, generous, .. } => Some(if generous { last_rank } else { 1 }),
        Measure::Sum { .. } | Measure::Worst { .. } => None,
    }
}

/// A value where more is better, from one where less is if `least` says so, or back.
pub(super) fn direct(value: i64, least: bool) -> i64 {
    if least { -value } else { value }
}

/// Values where more is better.
pub(super) fn directed(values: &[i64], least: bool) -> Vec<i64> {
    values.iter().map(|&value| direct(value, least)).collect()
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn the_matched_columns_of_many_are_told_with_their_places() {
        for columns in [0, 1, 15, 16, 17, 100] {
            let matched: Vec<bool> = (0..columns).map(|column| column % 21 == 16 || column % 33 == 0).collect();
            let all: Vec<usize> = (0..columns).filter(|&column| matched[column]).collect();
            assert_eq!(chosen(&matched).collect::<Vec<_>>(), all.into_iter().map(|at| (at, 1)).collect::<Vec<_>>());
        }
    }
}
