//! [`Keyed`]: what has a key of its own that seals its parts. Runs and drafts differ in their tables and in nothing else here.

use super::drafts::DraftPart;
use super::parts::Part;
use rules::domain::{DraftId, RunId};

/// A run or a draft, by its id.
pub(super) trait Keyed: Sized + Send + Sync {
    /// A part of it.
    type Part: Copy + Send + 'static;
    /// Each.
    const PARTS: &'static [Self::Part];
    /// What they are called, which is also their table.
    const PLURAL: &'static str;
    /// The column of their id.
    const ID: &'static str;
    /// The table of their keys.
    const KEYS: &'static str;
    /// The table of their parts.
    const PARTS_TABLE: &'static str;

    fn parse(text: &str) -> Option<Self>;
    fn as_str(&self) -> &str;
    /// The name, such as `runs/0190a5c4-…`.
    fn name(&self) -> String;
    /// What stands for it in the audit record, and is authenticated with its key and parts.
    fn place(&self) -> String;
    fn part_name(part: Self::Part) -> &'static str;

    /// A statement with its tables filled in.
    fn statement(text: &str) -> String {
        text.replace("{things}", Self::PLURAL)
            .replace("{id}", Self::ID)
            .replace("{keys}", Self::KEYS)
            .replace("{parts}", Self::PARTS_TABLE)
    }
}

impl Keyed for RunId {
    type Part = Part;
    const PARTS: &'static [Part] = &Part::ALL;
    const PLURAL: &'static str = "runs";
    const ID: &'static str = "run_id";
    const KEYS: &'static str = "keys";
    const PARTS_TABLE: &'static str = "parts";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn as_str(&self) -> &str {
        self.as_str()
    }

    fn name(&self) -> String {
        self.name()
    }

    fn place(&self) -> String {
        self.to_string()
    }

    fn part_name(part: Part) -> &'static str {
        part.name()
    }
}

impl Keyed for DraftId {
    type Part = DraftPart;
    const PARTS: &'static [DraftPart] = &DraftPart::ALL;
    const PLURAL: &'static str = "drafts";
    const ID: &'static str = "draft_id";
    const KEYS: &'static str = "draft_keys";
    const PARTS_TABLE: &'static str = "draft_parts";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn as_str(&self) -> &str {
        self.as_str()
    }

    fn name(&self) -> String {
        self.name()
    }

    fn place(&self) -> String {
        self.name()
    }

    fn part_name(part: DraftPart) -> &'static str {
        part.name()
    }
}
