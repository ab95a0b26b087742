//! What could be done today without moving anybody else: where a placed student could go instead, and who without a place could
//! have theirs.

use std::cmp::Reverse;

use rules::domain::{Assignment, ProjectIndex};
use rules::evaluation::Pair;
use verify::Occupancy;

use super::Optimum;

/// What could be done today about one assignment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alternates {
    /// Projects with a free seat that the student could have instead, best first: by choice rank, then points.
    pub projects: Vec<Pair>,
    /// Students without a place who could have this one, best first: by the host's rank, then points.
    pub students: Vec<Pair>,
}

/// Alternates told of each kind.
const MOST: usize = 3;

/// By assignment of the matching; none where time is over.
pub fn alternates(optimum: &Optimum, occupancy: &Occupancy) -> Vec<Alternates> {
    let (instance, evaluation) = (optimum.instance, optimum.evaluation);
    let mut waiting: Vec<Vec<(u32, Pair)>> = vec![Vec::new(); instance.projects.len()];
    for student in instance.student_indices().filter(|&student| occupancy.place(student).is_none()) {
        for pair in evaluation.of_student(student) {
            let rank = instance.projects[pair.project.at()].rank_of(student).unwrap_or(u32::MAX);
            waiting[pair.project.at()].push((rank, *pair));
        }
    }
    let order = |(rank, pair): &(u32, Pair)| (*rank, Reverse(pair.points), pair.student);
    waiting.iter_mut().for_each(|pairs| pairs.sort_by_key(order));
    let of = |place: &Assignment| {
        if optimum.limits.stop().is_some() {
            return Alternates::default();
        }
        let host = instance.projects[place.project.at()].host;
        let is_free = |project: ProjectIndex| {
            let stays = host.is_some() && instance.projects[project.at()].host == host;
            project != place.project && !occupancy.is_full(project) && (stays || !occupancy.is_host_full(project))
        };
        let mut others: Vec<_> =
            evaluation.of_student(place.student).iter().filter(|pair| is_free(pair.project)).collect();
        others.sort_by_key(|pair| (pair.choice_rank.unwrap_or(u32::MAX), Reverse(pair.points), pair.project));
        let goes = |pair: &Pair| occupancy.allows(&[(place.student, Some(pair.project))], None, false);
        let comes =
            |pair: &Pair| occupancy.allows(&[(place.student, None), (pair.student, Some(place.project))], None, false);
        let waiting = waiting[place.project.at()].iter().map(|&(_, pair)| pair);
        Alternates {
            projects: others.into_iter().copied().filter(goes).take(MOST).collect(),
            students: waiting.filter(comes).take(MOST).collect(),
        }
    };
    optimum.matching.assignments().iter().map(of).collect()
}
