//! Why a season has no matching: rows that can't hold together, and the smallest changes after which one is there.

mod conflict;
mod relaxation;
mod words;

pub use conflict::{Conflict, conflicts, only};
pub use relaxation::{Relaxation, relaxations};
pub use words::{fields, words};
