//! [`Link`]: students who go together, or apart.

use super::{Country, HostIndex, Instance, ProjectIndex, StudentIndex};

/// Students who go together, or apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Who, sorted; at least two.
    pub students: Vec<StudentIndex>,
    /// How.
    pub kind: LinkKind,
    /// Whether either all are placed or none is.
    pub placed_together: bool,
}

/// How students are linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// To the same project.
    SameProject,
    /// To the same host.
    SameHost,
    /// To the same country.
    SameCountry,
    /// No two to the same project.
    DifferentProject,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::SameProject, Self::SameHost, Self::SameCountry, Self::DifferentProject];
}

/// What linked students share, or do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meeting {
    /// A project; also in place of a host or country that is not known.
    Project(ProjectIndex),
    /// A host.
    Host(HostIndex),
    /// A country.
    Country(Country),
}

impl Link {
    /// What a placement at a project shares by this link.
    pub fn meeting(&self, instance: &Instance, project: ProjectIndex) -> Meeting {
        let row = &instance.projects[project.at()];
        let known = match self.kind {
            LinkKind::SameProject | LinkKind::DifferentProject => None,
            LinkKind::SameHost => row.host.map(Meeting::Host),
            LinkKind::SameCountry => instance.country_of(row).map(Meeting::Country),
        };
        known.unwrap_or(Meeting::Project(project))
    }
}
