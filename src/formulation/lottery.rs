//! The lottery that breaks the ties which all goals leave.
//!
//! A ticket is the first 20 bits of SHA-256 over `seed (i64) ‖ level (u32) ‖ length of student id (u32) ‖ student id ‖
//! project id`, numbers little-endian, ids in UTF-8. Of all matchings best by the goals the one with the least sum of
//! tickets at level 0 is taken, of those the one with the least sum at level 1, and so on until one is left. Ids decide,
//! not the order of rows, and anyone can draw again from the seed.

use sha2::{Digest, Sha256};

use crate::domain::Instance;
use crate::evaluation::Evaluation;

/// The tickets of a season.
#[derive(Debug, Clone)]
pub struct Lottery {
    seed: i64,
    /// By pair column: what is hashed of its ids.
    keys: Vec<Box<[u8]>>,
}

impl Lottery {
    /// The lottery of a seed over the pairs of a season.
    pub fn new(instance: &Instance, seed: i64, evaluation: &Evaluation) -> Self {
        let key = |pair: &crate::evaluation::Pair| {
            let student = instance.students[pair.student.at()].id.as_str().as_bytes();
            let project = instance.projects[pair.project.at()].id.as_str().as_bytes();
            [&(student.len() as u32).to_le_bytes(), student, project].concat().into_boxed_slice()
        };
        Self { seed, keys: evaluation.pairs.iter().map(key).collect() }
    }

    /// The ticket of a pair column at a level, 0 to 2^20 − 1.
    pub fn ticket(&self, column: usize, level: u32) -> i64 {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(level.to_le_bytes());
        hash.update(&self.keys[column]);
        let digest = hash.finalize();
        i64::from(u32::from_be_bytes([0, digest[0], digest[1], digest[2]]) >> 4)
    }
}
