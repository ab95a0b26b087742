//! A draft: a season under work, before it is matched.

use std::fmt;

use jiff::Timestamp;

use super::run::is_uuid;

/// The id of a draft: a UUID, as that of a run is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftId(Box<str>);

impl DraftId {
    /// Reads an id: hexadecimal digits and hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        is_uuid(text).then(|| Self(text.into()))
    }

    /// The name of the draft, such as `drafts/0190a5c4-…`.
    pub fn name(&self) -> String {
        format!("drafts/{}", self.0)
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A draft as it is stored; its files and decisions are parts of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Which.
    pub id: DraftId,
    /// Who began it.
    pub owner: String,
    /// What people call it.
    pub display_name: String,
    /// When it was begun, by the store's clock.
    pub created: Timestamp,
    /// When it was saved last.
    pub changed: Timestamp,
    /// Who saved it last.
    pub changed_by: String,
    /// When it is deleted, unless it is saved before.
    pub expires: Option<Timestamp>,
    /// 1, and one more with each save.
    pub revision: i64,
}
