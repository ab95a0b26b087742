//! [`Matching`]: who goes where.

use super::{ProjectIndex, StudentIndex};

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
