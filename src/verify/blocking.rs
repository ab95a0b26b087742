//! Blocking pairs, by the rule of student–project allocation where hosts have a limit of their own (Abraham, Irving and
//! Manlove, "Two algorithms for the student-project allocation problem", Journal of Discrete Algorithms 5, 2007).
//!
//! A pair blocks when it is eligible and acceptable, the student likes the project strictly better than what she has,
//! and one of
//!
//! 1. project and host both have a free seat,
//! 2. the project has one, the host has none, and the student is at the host already or the host ranks her strictly
//!    better than the worst student it has,
//! 3. the project has none and ranks her strictly better than the worst student it has.
//!
//! A student likes by choice rank, whoever is uncovered last, and any place better than none. A host ranks by the number
//! that each of its projects states; whoever is unranked comes after all. Who is
//! pinned neither blocks nor gives way, and a closed project whose minimum is above 1 does not block: the rules do not let
//! the two of them alone change anything.

use rules::domain::{Instance, Matching, ProjectIndex, StudentIndex};
use rules::evaluation::{Evaluation, Pair};

/// Stands after every rank.
const UNRANKED: u32 = u32::MAX;

/// The pairs that would both rather be together, by student, then project. O(eligible pairs).
pub fn blocking_pairs(
    instance: &Instance,
    evaluation: &Evaluation,
    matching: &Matching,
) -> Vec<(StudentIndex, ProjectIndex)> {
    let tables = Tables::new(instance, matching);
    evaluation
        .pairs
        .iter()
        .filter(|pair| tables.student_prefers(evaluation, pair) && tables.host_prefers(instance, pair))
        .map(|pair| (pair.student, pair.project))
        .collect()
}

struct Tables {
    /// By student.
    place: Vec<Option<ProjectIndex>>,
    pinned: Vec<bool>,
    /// By project.
    project: Vec<Occupants>,
    /// By host, over its projects.
    host: Vec<Occupants>,
}

/// Who is at a project or host.
#[derive(Clone, Copy, Default)]
struct Occupants {
    count: u32,
    /// The worst rank among those who are not pinned.
    worst: Option<u32>,
}

impl Occupants {
    /// Whether somebody there is ranked strictly worse and may give way.
    fn would_swap_for(self, rank: u32) -> bool {
        self.worst.is_some_and(|worst| rank < worst)
    }
}

impl Tables {
    fn new(instance: &Instance, matching: &Matching) -> Self {
        let mut tables = Self {
            place: vec![None; instance.students.len()],
            pinned: vec![false; instance.students.len()],
            project: vec![Occupants::default(); instance.projects.len()],
            host: vec![Occupants::default(); instance.hosts.len()],
        };
        for note in instance.notes.iter().filter(|note| instance.pins(note)) {
            tables.pinned[note.student.at()] = true;
        }
        for assignment in matching.assignments() {
            let project = &instance.projects[assignment.project.at()];
            let rank = project.rank_of(assignment.student).unwrap_or(UNRANKED);
            tables.place[assignment.student.at()].get_or_insert(assignment.project);
            let gives_way = !tables.pinned[assignment.student.at()];
            let at_project = std::iter::once(&mut tables.project[assignment.project.at()]);
            for occupants in at_project.chain(project.host.map(|host| &mut tables.host[host.at()])) {
                occupants.count += 1;
                if gives_way {
                    occupants.worst = occupants.worst.max(Some(rank));
                }
            }
        }
        tables
    }

    fn student_prefers(&self, evaluation: &Evaluation, pair: &Pair) -> bool {
        if self.pinned[pair.student.at()] {
            return false;
        }
        let rank = |pair: &Pair| pair.choice_rank.unwrap_or(UNRANKED);
        match self.place[pair.student.at()] {
            None => true,
            Some(place) if place == pair.project => false,
            // A place that the rules refuse is no place.
            Some(place) => {
                evaluation.find(pair.student, place).is_none_or(|at| rank(pair) < rank(&evaluation.pairs[at]))
            }
        }
    }

    fn host_prefers(&self, instance: &Instance, pair: &Pair) -> bool {
        let project = &instance.projects[pair.project.at()];
        let occupants = self.project[pair.project.at()];
        let rank = project.rank_of(pair.student).unwrap_or(UNRANKED);
        if occupants.count == 0 && project.min_seats() > 1 {
            return false;
        }
        if occupants.count >= project.max_seats() {
            return occupants.would_swap_for(rank);
        }
        let Some(host) = project.host else { return true };
        let hosted = self.host[host.at()];
        let full = instance.hosts[host.at()].max_seats.is_some_and(|seats| hosted.count >= seats);
        let there = self.place[pair.student.at()].is_some_and(|place| instance.projects[place.at()].host == Some(host));
        !full || there || hosted.would_swap_for(rank)
    }
}
