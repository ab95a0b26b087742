//! Skills: names as people spell them, their normal form, and the table that gives each an index.

use std::fmt;

use caseless::Caseless;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::SkillIndex;

/// How well a skill is held: the five stages of Dreyfus and Dreyfus (1980). The order is from low to high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proficiency {
    /// Follows rules.
    Novice = 1,
    /// Sees some situations.
    AdvancedBeginner,
    /// Plans the work.
    Competent,
    /// Sees the whole.
    Proficient,
    /// Acts by experience.
    Expert,
}

impl Proficiency {
    /// Every level, from low to high.
    pub const ALL: [Self; 5] = [Self::Novice, Self::AdvancedBeginner, Self::Competent, Self::Proficient, Self::Expert];
}

impl fmt::Display for Proficiency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(["NOVICE", "ADVANCED_BEGINNER", "COMPETENT", "PROFICIENT", "EXPERT"][*self as usize - 1])
    }
}

/// The normal form in which two spellings of a skill meet: NFKD, case folded, accents, punctuation and spaces dropped,
/// `+` and `#` kept wherever they stand.
///
/// `Node.js` and `nodeJS` meet; C, C++, C#, .NET, Java and JavaScript stay six. Empty where nothing is left.
pub fn normal_form(name: &str) -> String {
    name.chars()
        .nfkd()
        .default_case_fold()
        .nfkd()
        .filter(|&c| c == '+' || c == '#' || c.is_alphanumeric() || is_combining_mark(c))
        .filter(|&c| !is_accent(c))
        .collect()
}

/// Marks of the European scripts, which people leave out. Marks of other scripts make another letter: ハ is not バ.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

/// Other spellings of one skill, as the request states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillAlias {
    /// The name that is meant.
    pub skill: String,
    /// Spellings that mean it, sorted.
    pub aliases: Vec<String>,
}

/// Every skill that the instance speaks of, by index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SkillTable {
    /// For each skill the normal form, sorted, and the spelling shown to people.
    entries: Vec<(String, String)>,
}

impl SkillTable {
    /// Makes the table of these (normal form, spelling) pairs; of several spellings the first in byte order is shown,
    /// so that the order of rows does not matter.
    pub fn new(mut spellings: Vec<(String, String)>) -> Self {
        spellings.sort_unstable();
        spellings.dedup_by(|later, first| later.0 == first.0);
        Self { entries: spellings }
    }

    /// The index of a normal form.
    pub fn find(&self, normal_form: &str) -> Option<SkillIndex> {
        self.entries.binary_search_by(|(form, _)| form.as_str().cmp(normal_form)).ok().map(|at| SkillIndex(at as u32))
    }

    /// The spelling shown to people.
    pub fn name(&self, skill: SkillIndex) -> &str {
        &self.entries[skill.at()].1
    }

    /// The normal form.
    pub fn normal_form(&self, skill: SkillIndex) -> &str {
        &self.entries[skill.at()].0
    }

    /// How many skills there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
