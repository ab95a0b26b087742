//! Reasons and totals, read from the evaluation and the matching; nothing is judged or scored anew, nothing guessed.

mod summary;
mod unmatched;

pub use summary::{Fill, Summary, summarise};
pub use unmatched::{Unmatched, UnmatchedReason, unmatched};

use crate::domain::{Instance, Matching, ProjectIndex};

/// Projects with a minimum of at least 1 that stay empty, by id.
pub fn closed_projects(instance: &Instance, matching: &Matching) -> Vec<ProjectIndex> {
    let open = students_by_project(instance, matching);
    instance.project_indices().filter(|p| open[p.at()] == 0 && instance.projects[p.at()].min_seats() >= 1).collect()
}

fn students_by_project(instance: &Instance, matching: &Matching) -> Vec<u32> {
    let mut count = vec![0; instance.projects.len()];
    for assignment in matching.assignments() {
        count[assignment.project.at()] += 1;
    }
    count
}
