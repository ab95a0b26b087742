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
    let mut near = Vec::new();
    for project in instance.project_indices() {
        let (rules, choice_rank, points) = evaluator.glance(student, project);
        near.push((rules.count(), choice_rank.unwrap_or(u32::MAX), Reverse(points), project));
    }
    near.sort_unstable();
    near.truncate(NEAREST);
    let alone = Rule::ALL.into_iter().zip(refused.alone);
    let mut opens: Vec<(Rule, u32)> = alone.filter(|&(_, count)| count > 0).collect();
    opens.sort_by_key(|&(rule, count)| (Reverse(count), rule));
    let nearest = near.into_iter().map(|(_, _, _, project)| evaluator.evaluate(student, project)).collect();
    Stranded { nearest, opens }
}
