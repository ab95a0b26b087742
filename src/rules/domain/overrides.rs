//! [`Override`]: a decision of a person that goes before the rules and the goals.

use super::{Instance, ProjectIndex, StudentIndex};

/// A decision of a person that goes before the rules and the goals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Override {
    /// A pair is pinned; an acceptance, which is the student's own, is none.
    Pin(StudentIndex, ProjectIndex),
    /// A pair is forbidden.
    Forbid(StudentIndex, ProjectIndex),
    /// The waiver at this place of the instance.
    Waive(usize),
    /// A student is to be placed.
    MustPlace(StudentIndex),
}

impl Override {
    /// Every override of a season.
    pub fn all(instance: &Instance) -> Vec<Self> {
        let notes = instance.notes.iter().flat_map(|note| {
            let pin = note.pinned.then_some(Self::Pin(note.student, note.project));
            pin.into_iter().chain(note.forbidden.then_some(Self::Forbid(note.student, note.project)))
        });
        let waivers = (0..instance.waivers.len()).map(Self::Waive);
        let musts = instance.student_indices().filter(|s| instance.students[s.at()].must_place).map(Self::MustPlace);
        notes.chain(waivers).chain(musts).collect()
    }

    /// Whom it is about.
    pub fn student(self, instance: &Instance) -> StudentIndex {
        match self {
            Self::Pin(student, _) | Self::Forbid(student, _) | Self::MustPlace(student) => student,
            Self::Waive(at) => instance.waivers[at].student,
        }
    }

    /// The season without it.
    pub fn undone(self, instance: &Instance) -> Instance {
        let mut without = instance.clone();
        match self {
            Self::Pin(student, project) | Self::Forbid(student, project) => {
                let of_pair =
                    without.notes.iter_mut().filter(|note| (note.student, note.project) == (student, project));
                of_pair.for_each(|note| match self {
                    Self::Pin(..) => note.pinned = false,
                    _ => note.forbidden = false,
                });
            }
            Self::Waive(at) => {
                without.waivers.remove(at);
                without.origin.waivers.remove(at);
            }
            Self::MustPlace(student) => without.students[student.at()].must_place = false,
        }
        without
    }
}
