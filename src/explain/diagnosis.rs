//! Why a season has no matching: rows that can't hold together, and the smallest changes after which one is there.

mod conflict;
mod relaxation;

pub use conflict::{Conflict, conflicts};
pub use relaxation::{Relaxation, relaxations};
