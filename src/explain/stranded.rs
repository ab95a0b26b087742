//! Who has no eligible project: what comes nearest, and which single rule stands before the most projects.

use std::cmp::Reverse;

use crate::domain::{Instance, Rule, StudentIndex};
use crate::evaluation::{PairEvaluation, PairEvaluator, Refused};

/// What comes nearest to a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stranded {
    /// The projects that the fewest rules refuse, each with all of them; by choice rank, then points, where as many do.
    pub nearest: Vec<PairEvaluation>,
    /// Rules that are the only one to refuse some projects, and how many those are, the most first.
    pub opens: Vec<(Rule, u32)>,
}

/// Projects told as the nearest.
const NEAREST: usize = 3;

/// What comes nearest.
pub(super) fn stranded(
    instance: &Instance,
    evaluator: &PairEvaluator,
    refused: &Refused,
    student: StudentIndex,
) -> Stranded {
    let count = |project| (evaluator.refusing(student, project).count(), project);
    let counted: Vec<_> = instance.project_indices().map(count).collect();
    let mut counts: Vec<u32> = counted.iter().map(|&(count, _)| count).collect();
    counts.sort_unstable();
    let most = counts.get(NEAREST - 1).or(counts.last()).copied().unwrap_or(0);
    let near = counted.into_iter().filter(|&(count, _)| count <= most).map(|(count, project)| {
        let (choice_rank, points) = evaluator.worth(student, project);
        (count, choice_rank.unwrap_or(u32::MAX), Reverse(points), project)
    });
    let mut near: Vec<_> = near.collect();
    near.sort_unstable();
    near.truncate(NEAREST);
    let alone = Rule::ALL.into_iter().zip(refused.alone);
    let mut opens: Vec<(Rule, u32)> = alone.filter(|&(_, count)| count > 0).collect();
    opens.sort_by_key(|&(rule, count)| (Reverse(count), rule));
    let nearest = near.into_iter().map(|(_, _, _, project)| evaluator.evaluate(student, project)).collect();
    Stranded { nearest, opens }
}
