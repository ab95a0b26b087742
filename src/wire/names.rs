//! [`Names`]: the caller's ids of whatever an index stands for.

use rules::domain::{HostIndex, Instance, Policy, ProjectIndex, StudentIndex};

/// Names of rows.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub instance: &'a Instance,
    pub policy: &'a Policy,
}

impl Names<'_> {
    pub fn student(&self, student: StudentIndex) -> String {
        self.instance.students[student.at()].id.to_string()
    }

    pub fn project(&self, project: ProjectIndex) -> String {
        self.instance.projects[project.at()].id.to_string()
    }

    pub fn host(&self, host: HostIndex) -> String {
        self.instance.hosts[host.at()].id.to_string()
    }

    pub fn quota(&self, quota: u32) -> String {
        self.policy.quotas[quota as usize].id.clone()
    }

    pub fn linked(&self, link: u32) -> Vec<String> {
        self.instance.links[link as usize].students.iter().map(|&s| self.student(s)).collect()
    }
}
