//! Projects where nobody is placed, and why.

use rules::domain::{Headcount, HostIndex, Instance, Matching, ProjectIndex};
use rules::evaluation::Evaluation;

/// Why a project is empty: the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyEmpty {
    /// It, or its host, has no seat at all.
    NoSeats,
    /// No student may be there.
    NoEligibleStudent,
    /// Its host's other projects take every seat of the host.
    HostFull,
    /// It opens with at least 2 students, and stays closed.
    BelowMinimum,
    /// Students who may be there are placed elsewhere, or do more good unplaced.
    NotNeeded,
}

/// Whether an empty project is closed: it has a minimum.
pub fn is_closed(instance: &Instance, empty: ProjectIndex) -> bool {
    instance.projects[empty.at()].min_seats() >= 1
}

/// Empty projects with a minimum of at least 1, by id.
pub fn closed_projects(instance: &Instance, matching: &Matching) -> Vec<ProjectIndex> {
    let taken = Headcount::of(instance, matching);
    let empty = instance.project_indices().filter(|&project| taken.at_project(project) == 0);
    empty.filter(|&project| is_closed(instance, project)).collect()
}

/// Every project where nobody is placed, by id, and why.
pub fn empty_projects(
    instance: &Instance,
    evaluation: &Evaluation,
    matching: &Matching,
) -> Vec<(ProjectIndex, WhyEmpty)> {
    let taken = Headcount::of(instance, matching);
    let mut eligible = vec![false; instance.projects.len()];
    evaluation.pairs.iter().for_each(|pair| eligible[pair.project.at()] = true);
    let why = |project: ProjectIndex| {
        let row = &instance.projects[project.at()];
        let is_full =
            |host: HostIndex| instance.hosts[host.at()].max_seats.is_some_and(|most| taken.at_host(host) >= most);
        match () {
            () if !instance.has_seats(project) => WhyEmpty::NoSeats,
            () if !eligible[project.at()] => WhyEmpty::NoEligibleStudent,
            () if row.host.is_some_and(is_full) => WhyEmpty::HostFull,
            () if row.min_seats() >= 2 => WhyEmpty::BelowMinimum,
            () => WhyEmpty::NotNeeded,
        }
    };
    let empty = instance.project_indices().filter(|&project| taken.at_project(project) == 0);
    empty.map(|project| (project, why(project))).collect()
}
