//! Who has no eligible project: what comes nearest, and which single rule stands before the most projects.

use std::cmp::Reverse;

use rules::domain::{Instance, Rule, StudentIndex};
use rules::evaluation::{PairEvaluation, PairEvaluator, Refused};

/// What comes nearest to a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stranded {
    /// Projects, each with all the rules that refuse it: those with a seat first; of who goes only where they chose those that a choice covers,
    /// of others who are kept from some by wishes alone those; then those that the fewest rules refuse; by choice rank, then points, where as
    /// many do.
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
    // A project without a seat is never near.
    let row = &instance.students[student.at()];
    let goes_where_chosen = row.choices_only && !row.choices.is_empty();
    let distance = |project| {
        let rules = evaluator.refusing(student, project);
        let is_told_of = if goes_where_chosen {
            !rules.iter().any(|rule| rule == Rule::ChoicesOnly)
        } else {
            refused.by_wishes == 0 || rules.is_wish()
        };
        ((!instance.has_seats(project), !is_told_of, rules.count()), project)
    };
    let known: Vec<_> = instance.project_indices().map(distance).collect();
    let mut distances: Vec<_> = known.iter().map(|&(distance, _)| distance).collect();
    distances.sort_unstable();
    let most = distances.get(NEAREST - 1).or(distances.last()).copied().unwrap_or_default();
    let near = known.into_iter().filter(|&(distance, _)| distance <= most).map(|(distance, project)| {
        let (choice_rank, points) = evaluator.rank_and_points(student, project);
        (distance, choice_rank.unwrap_or(u32::MAX), Reverse(points), project)
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
