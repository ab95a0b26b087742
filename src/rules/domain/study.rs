//! Study levels and sets of them.

use std::fmt;

/// How far a student's studies are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StudyLevel {
    /// Bachelor, and whoever counts as one.
    Undergraduate = 1,
    /// Master.
    Masters,
    /// Doctorate.
    Doctoral,
}

impl StudyLevel {
    /// Every level, from low to high.
    pub const ALL: [Self; 3] = [Self::Undergraduate, Self::Masters, Self::Doctoral];
}

impl fmt::Display for StudyLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(["UNDERGRADUATE", "MASTERS", "DOCTORAL"][*self as usize - 1])
    }
}

/// A set of study levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StudyLevels(u8);

impl StudyLevels {
    /// Adds a level; false where it was in already.
    pub fn insert(&mut self, level: StudyLevel) -> bool {
        let before = self.0;
        self.0 |= 1 << level as u8;
        self.0 != before
    }

    /// Whether the set holds nothing.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the set holds a level.
    pub fn contains(self, level: StudyLevel) -> bool {
        self.0 & (1 << level as u8) != 0
    }

    /// The levels held, from low to high.
    pub fn iter(self) -> impl Iterator<Item = StudyLevel> {
        StudyLevel::ALL.into_iter().filter(move |&level| self.contains(level))
    }
}

impl fmt::Display for StudyLevels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.iter().map(|level| level.to_string()).collect();
        f.write_str(&names.join(" or "))
    }
}
