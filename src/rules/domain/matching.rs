//! [`Matching`]: who goes where.

use super::{HostIndex, Instance, ProjectIndex, StudentIndex};

/// One student's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assignment {
    /// Who.
    pub student: StudentIndex,
    /// Where.
    pub project: ProjectIndex,
}

/// Who goes where, by student. Nothing promises that it keeps any rule; that is for `verify` to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matching {
    assignments: Vec<Assignment>,
}

impl Matching {
    /// A matching of these places, in any order.
    pub fn new(mut assignments: Vec<Assignment>) -> Self {
        assignments.sort_unstable();
        Self { assignments }
    }

    /// The place of a student, the first where there are several.
    pub fn place_of(&self, student: StudentIndex) -> Option<ProjectIndex> {
        let at = self.assignments.partition_point(|place| place.student < student);
        self.assignments.get(at).filter(|place| place.student == student).map(|place| place.project)
    }

    /// The places, by student, then project.
    pub fn assignments(&self) -> &[Assignment] {
        &self.assignments
    }
}

/// How many students a matching has at each project and host.
pub struct Headcount {
    projects: Vec<u32>,
    hosts: Vec<u32>,
}

impl Headcount {
    /// Counts a matching.
    pub fn of(instance: &Instance, matching: &Matching) -> Self {
        let (mut projects, mut hosts) = (vec![0; instance.projects.len()], vec![0; instance.hosts.len()]);
        for place in matching.assignments() {
            projects[place.project.at()] += 1;
            if let Some(host) = instance.projects[place.project.at()].host {
                hosts[host.at()] += 1;
            }
        }
        Self { projects, hosts }
    }

    /// Students at a project.
    pub fn at_project(&self, project: ProjectIndex) -> u32 {
        self.projects[project.at()]
    }

    /// Students at all projects of a host.
    pub fn at_host(&self, host: HostIndex) -> u32 {
        self.hosts[host.at()]
    }
}
