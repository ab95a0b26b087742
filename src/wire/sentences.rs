//! What the engine says to people: each reason, price and change as a plain sentence.
//!
//! A sentence is made of the fields of the message that it stands beside, once the [`Audience`] has taken out what its reader may not
//! see; the season gives names, titles and numbers of seats. `sentences/every.txt` has every sentence there is.

mod every;
mod names;
pub mod numbers;
mod prices;
mod projects;
mod prospects;
mod refusals;
mod rows;
mod seasons;
mod students;

pub use refusals::name as rule_name;

use super::Audience;
use super::names::Names;

/// Whoever tells: the season that gives the names, and who reads.
pub(super) struct Words<'a> {
    /// Unset: there are ids alone.
    pub season: Option<Names<'a>>,
    /// Who reads.
    pub reader: Audience,
    /// Whether the matching that is told of is proven to be as good as any.
    pub is_best: bool,
}

impl<'a> Words<'a> {
    /// To the program manager.
    pub fn to_manager(season: Names<'a>) -> Self {
        Self { season: Some(season), reader: Audience::Manager, is_best: true }
    }
}
