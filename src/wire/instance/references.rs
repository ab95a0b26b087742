//! The ids of an instance, and the dense indices that stand for them.

use std::collections::HashMap;

use super::super::{Faults, pb};
use rules::codes;
use rules::domain::{
    HostId, HostIndex, MalformedId, Origin, ProgramId, ProgramIndex, ProjectId, ProjectIndex, StudentId, StudentIndex,
};
use rules::finding::At;
use rules::validation::nearest_text;

/// Every id that a row may refer to.
pub(crate) struct References {
    programs: Ids,
    hosts: Ids,
    projects: Ids,
    students: Ids,
}

/// The ids of one kind of row.
struct Ids {
    index: HashMap<Box<str>, u32>,
    /// By index: where the row stood in the request.
    origin: Vec<u32>,
    /// The field of the instance that they stand in.
    list: &'static str,
}

/// Faults after which unknown ids are compared with known ones no more, because each comparison looks at all of them.
const MOST_COMPARED: usize = 20;

impl References {
    /// Gathers the ids, refusing malformed and repeated ones.
    pub fn gather(
        at: At,
        programs: &[pb::Program],
        hosts: &[pb::Host],
        projects: &[pb::Project],
        students: &[pb::Student],
        faults: &mut Faults,
    ) -> Self {
        let mut ids = |list: &'static str, field: &'static str, ids: Vec<&str>, check: fn(&str) -> _| {
            Ids::gather(at.field(list), list, field, &ids, check, faults)
        };
        Self {
            programs: ids("programs", "program_id", programs.iter().map(|r| r.program_id.as_str()).collect(), |id| {
                ProgramId::parse(id).err()
            }),
            hosts: ids("hosts", "host_id", hosts.iter().map(|r| r.host_id.as_str()).collect(), |id| {
                HostId::parse(id).err()
            }),
            projects: ids("projects", "project_id", projects.iter().map(|r| r.project_id.as_str()).collect(), |id| {
                ProjectId::parse(id).err()
            }),
            students: ids("students", "student_id", students.iter().map(|r| r.student_id.as_str()).collect(), |id| {
                StudentId::parse(id).err()
            }),
        }
    }

    /// Resolves a program.
    pub fn program(&self, at: At, id: &str, faults: &mut Faults) -> Option<ProgramIndex> {
        self.programs.find(at, id, faults).map(ProgramIndex)
    }

    /// Resolves a host.
    pub fn host(&self, at: At, id: &str, faults: &mut Faults) -> Option<HostIndex> {
        self.hosts.find(at, id, faults).map(HostIndex)
    }

    /// Resolves a project.
    pub fn project(&self, at: At, id: &str, faults: &mut Faults) -> Option<ProjectIndex> {
        self.projects.find(at, id, faults).map(ProjectIndex)
    }

    /// Resolves a student.
    pub fn student(&self, at: At, id: &str, faults: &mut Faults) -> Option<StudentIndex> {
        self.students.find(at, id, faults).map(StudentIndex)
    }

    /// Where each row stood, and what the rows do not keep.
    pub fn into_origin(self, notes: Vec<u32>, waivers: Vec<u32>, skill_at_two_levels: Vec<StudentIndex>) -> Origin {
        Origin {
            programs: self.programs.origin,
            hosts: self.hosts.origin,
            projects: self.projects.origin,
            students: self.students.origin,
            notes,
            waivers,
            skill_at_two_levels,
        }
    }

    /// The ids of the rows, by list and place in the request.
    pub fn ids_by_place(&self) -> HashMap<(&'static str, u32), &str> {
        let mut found = HashMap::new();
        for ids in [&self.programs, &self.hosts, &self.projects, &self.students] {
            found.extend(ids.index.iter().map(|(id, &at)| ((ids.list, ids.origin[at as usize]), &**id)));
        }
        found
    }

    /// Puts rows into the order of their indices.
    pub fn ordered<T, I: Ord>(mut rows: Vec<T>, id: impl Fn(&T) -> &I) -> Vec<T> {
        rows.sort_by(|a, b| id(a).cmp(id(b)));
        rows
    }

    /// Refuses an id that is none.
    pub fn malformed(at: At, why: MalformedId, faults: &mut Faults) {
        match why {
            MalformedId::Empty => faults.add(&codes::MISSING_ID, at, "it is empty"),
            MalformedId::TooLong => faults.add(&codes::MALFORMED_ID, at, "it is longer than 64 bytes"),
            MalformedId::BadCharacter => {
                faults.add(
                    &codes::MALFORMED_ID,
                    at,
                    "it holds a control or invisible character, or a space at either end",
                );
            }
        }
    }
}

impl Ids {
    fn gather(
        at: At,
        list: &'static str,
        field: &'static str,
        ids: &[&str],
        check: fn(&str) -> Option<MalformedId>,
        faults: &mut Faults,
    ) -> Self {
        let mut first: HashMap<&str, usize> = HashMap::with_capacity(ids.len());
        let mut origin = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            let here = at.index(place);
            if let Some(why) = check(id) {
                References::malformed(here.field(field), why, faults);
            } else if let Some(earlier) = first.insert(id, place) {
                faults.add(&codes::DUPLICATE_ID, here.field(field), format!("entry {earlier} has the same id"));
                first.insert(id, earlier);
            } else {
                origin.push(place as u32);
            }
        }
        origin.sort_unstable_by_key(|&place| ids[place as usize]);
        let index = origin.iter().enumerate().map(|(i, &place)| (ids[place as usize].into(), i as u32)).collect();
        Self { index, origin, list }
    }

    fn find(&self, at: At, id: &str, faults: &mut Faults) -> Option<u32> {
        let found = self.index.get(id).copied();
        if found.is_none() {
            if id.is_empty() {
                References::malformed(at, MalformedId::Empty, faults);
            } else {
                faults.add(&codes::UNKNOWN_ID, at, self.unknown(id, faults.total()));
            }
        }
        found
    }

    /// What is said of an id that no row has. Where many are wrong the first ones tell how.
    fn unknown(&self, id: &str, faults: usize) -> String {
        let unknown = format!("no {} has this id", self.list.trim_end_matches('s'));
        let known = self.index.keys().map(|known| &**known);
        let nearest = if faults < MOST_COMPARED { nearest_text(id, known) } else { None };
        match nearest {
            None => unknown,
            // The id of a student stands in no message.
            Some(near) if self.list == "students" => {
                let place = self.index.get(near).map_or(0, |&index| self.origin[index as usize]);
                format!("{unknown}; the nearest is that of students[{place}]")
            }
            Some(near) => format!("{unknown}; the nearest is {near:?}"),
        }
    }
}
