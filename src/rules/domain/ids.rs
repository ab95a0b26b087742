//! Ids as people write them, and the dense indices that stand for them once the instance is read.

use std::fmt;

/// Longest id, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// Why a text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MalformedId {
    /// Nothing is there.
    Empty,
    /// Longer than 64 bytes.
    TooLong,
    /// A control or invisible character, or a space at either end.
    BadCharacter,
}

/// Whether a text may be an id: 1 to 64 bytes, nothing unseen, no spaces around it.
///
/// # Errors
/// Why it may not.
pub fn check_id(text: &str) -> Result<(), MalformedId> {
    if text.is_empty() {
        Err(MalformedId::Empty)
    } else if text.len() > MAX_ID_BYTES {
        Err(MalformedId::TooLong)
    } else if text.chars().any(is_unseen) || text.trim() != text {
        Err(MalformedId::BadCharacter)
    } else {
        Ok(())
    }
}

/// Whether a spreadsheet shows nothing for a character: controls, joiners, marks of direction.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

macro_rules! id {
    ($($(#[$doc:meta])* $id:ident, $index:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(Box<str>);

        impl $id {
            /// Reads an id.
            ///
            /// # Errors
            /// When it is empty, longer than 64 bytes, holds a control character or has spaces around it.
            pub fn parse(text: &str) -> Result<Self, MalformedId> {
                check_id(text).map(|()| Self(text.into()))
            }

            /// The id as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// Place of a row in the instance, whose rows are sorted by id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $index(pub u32);

        impl $index {
            /// The same, as an index of a slice.
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

id! {
    /// Id of a student.
    StudentId, StudentIndex;
    /// Id of a project.
    ProjectId, ProjectIndex;
    /// Id of a host.
    HostId, HostIndex;
    /// Id of a program.
    ProgramId, ProgramIndex;
}

/// Place of a skill in the [`SkillTable`](super::SkillTable), whose skills are sorted by normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SkillIndex(pub u32);

impl SkillIndex {
    /// The same, as an index of a slice.
    pub fn at(self) -> usize {
        self.0 as usize
    }
}
