//! Why a student has no place, as far as it is certain.

use super::students_by_project;
use crate::domain::{Instance, Matching, StudentIndex};
use crate::evaluation::{Evaluation, RefusalCounts};

/// Why a student has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnmatchedReason {
    /// No project with a seat may take the student.
    NoPossibleProject,
    /// Projects may; the matching, proven best by the goals in their order, leaves the student out.
    LeftOutByGoals,
    /// Projects may; the matching, not proven the best, leaves the student out.
    NotPlaced,
}

/// One student without a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// Who.
    pub student: StudentIndex,
    /// Why.
    pub reason: UnmatchedReason,
    /// Projects with a seat that may take the student.
    pub possible: u32,
    /// Of those, how many have no seat left, at the project or its host.
    pub full: u32,
    /// Of those, how many stay closed for want of their minimum.
    pub closed: u32,
    /// How many projects each rule refuses the student.
    pub refusals: RefusalCounts,
}

/// Every student without a place, by id. `proven` says whether the matching is proven the best.
pub fn unmatched(instance: &Instance, evaluation: &Evaluation, matching: &Matching, proven: bool) -> Vec<Unmatched> {
    let open = students_by_project(instance, matching);
    let mut hosted = vec![0_u32; instance.hosts.len()];
    let mut placed = vec![false; instance.students.len()];
    for assignment in matching.assignments() {
        placed[assignment.student.at()] = true;
        if let Some(host) = instance.projects[assignment.project.at()].host {
            hosted[host.at()] += 1;
        }
    }
    instance
        .student_indices()
        .filter(|student| !placed[student.at()])
        .map(|student| {
            let (mut possible, mut full, mut closed) = (0, 0, 0);
            for pair in evaluation.of_student(student).iter().filter(|pair| instance.has_seats(pair.project)) {
                possible += 1;
                let project = &instance.projects[pair.project.at()];
                let count = open[pair.project.at()];
                let host_full = project
                    .host
                    .is_some_and(|h| instance.hosts[h.at()].max_seats.is_some_and(|seats| hosted[h.at()] >= seats));
                if count >= project.max_seats() || host_full {
                    full += 1;
                } else if count == 0 && project.min_seats() > 1 {
                    closed += 1;
                }
            }
            let reason = match (possible, proven) {
                (0, _) => UnmatchedReason::NoPossibleProject,
                (_, true) => UnmatchedReason::LeftOutByGoals,
                (_, false) => UnmatchedReason::NotPlaced,
            };
            let refusals = evaluation.refused[student.at()];
            Unmatched { student, reason, possible, full, closed, refusals }
        })
        .collect()
}
