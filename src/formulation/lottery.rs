//! The lottery that breaks the ties which all goals leave.
//!
//! A ticket is the first 20 bits of SHA-256 over `seed (i64) ‖ level (u32) ‖ length of student id (u32) ‖ student id ‖
//! project id`, numbers little-endian, ids in UTF-8. Of all matchings best by the goals the one with the least sum of
//! tickets at level 0 is taken, of those the one with the least sum at level 1, and so on until one is left. Ids decide,
//! not the order of rows, and anyone can draw again from the seed.

use sha2::{Digest, Sha256};

use rules::domain::Instance;
use rules::evaluation::Evaluation;

/// The tickets of a season.
#[derive(Debug, Clone)]
pub struct Lottery {
    seed: i64,
    /// By student: the length of its id and the id.
    students: Vec<Box<[u8]>>,
    /// By project: its id.
    projects: Vec<Box<[u8]>>,
    /// By pair column: who and where, counted in the two lists above; columns after them have no ticket.
    pairs: Vec<(u32, u32)>,
}

impl Lottery {
    /// The lottery of a seed over the pairs of a season.
    pub fn new(instance: &Instance, seed: i64, evaluation: &Evaluation) -> Self {
        let students = instance.students.iter().map(|student| student.id.as_str());
        let projects = instance.projects.iter().map(|project| project.id.as_str());
        let pairs = evaluation.pairs.iter().map(|pair| (pair.student.0, pair.project.0));
        Self::of_ids(seed, students, projects, pairs.collect())
    }

    /// The lottery of a seed over pairs of ids; `pairs` are places in the two lists, by column.
    pub fn of_ids<'a>(
        seed: i64,
        students: impl Iterator<Item = &'a str>,
        projects: impl Iterator<Item = &'a str>,
        pairs: Vec<(u32, u32)>,
    ) -> Self {
        let student = |id: &str| [&(id.len() as u32).to_le_bytes(), id.as_bytes()].concat().into_boxed_slice();
        let project = |id: &str| Box::from(id.as_bytes());
        Self { seed, students: students.map(student).collect(), projects: projects.map(project).collect(), pairs }
    }

    /// The ticket of a pair column at a level, 0 to 2^20 − 1; 0 of a pair with nobody.
    pub fn ticket(&self, column: usize, level: u32) -> i64 {
        let Some(&(student, project)) = self.pairs.get(column) else { return 0 };
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(level.to_le_bytes());
        hash.update(&self.students[student as usize]);
        hash.update(&self.projects[project as usize]);
        let digest = hash.finalize();
        i64::from(u32::from_be_bytes([0, digest[0], digest[1], digest[2]]) >> 4)
    }
}
