//! [`Stamp`]: what tells that a file has changed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

/// When it was changed, how long it is, and which file it is: Kubernetes puts another one in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    changed: SystemTime,
    length: u64,
    file: u64,
}

impl Stamp {
    /// A file's; none where it can't be reached.
    pub fn of(file: &Path) -> Option<Self> {
        let found = fs::metadata(file).ok()?;
        Some(Self { changed: found.modified().ok()?, length: found.len(), file: found.ino() })
    }
}
