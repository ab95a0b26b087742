//! Languages by ISO 639 and their levels by the Common European Framework.

use std::fmt;

/// A language: the first part of a BCP 47 tag, as its ISO 639-3 code.
///
/// `ja`, `jpn` and `ja-JP` are the same language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 3]);

impl Language {
    /// Reads a tag in either case; `None` where its first part is no ISO 639 code.
    pub fn parse(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        let language = match first.len() {
            2 => isolang::Language::from_639_1(&first)?,
            3 => isolang::Language::from_639_3(&first)?,
            _ => return None,
        };
        language.to_639_3().as_bytes().try_into().ok().map(Self)
    }

    /// The shortest code: ISO 639-1 where there is one, else ISO 639-3.
    pub fn code(&self) -> &'static str {
        std::str::from_utf8(&self.0)
            .ok()
            .and_then(isolang::Language::from_639_3)
            .map_or("", |language| language.to_639_1().unwrap_or_else(|| language.to_639_3()))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A level of the Common European Framework of Reference, or the mother tongue. The order is from low to high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LanguageLevel {
    /// Breakthrough.
    A1 = 1,
    /// Waystage.
    A2,
    /// Threshold.
    B1,
    /// Vantage.
    B2,
    /// Effective operational proficiency.
    C1,
    /// Mastery.
    C2,
    /// Mother tongue.
    Native,
}

impl LanguageLevel {
    /// Every level, from low to high.
    pub const ALL: [Self; 7] = [Self::A1, Self::A2, Self::B1, Self::B2, Self::C1, Self::C2, Self::Native];
}

impl fmt::Display for LanguageLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(["A1", "A2", "B1", "B2", "C1", "C2", "NATIVE"][*self as usize - 1])
    }
}
