//! [`Stamp`]: what tells that a file has changed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

/// Does something with files on a thread that may wait for them.
pub(super) async fn with_files<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// When it was changed, how long it is, and which file it is: Kubernetes puts another one in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    changed: SystemTime,
    length: u64,
    file: u64,
}

impl Stamp {
    /// A file's; none where it can't be reached, or is something else, such as a pipe, which would keep whoever reads it.
    pub fn of(file: &Path) -> Option<Self> {
        let found = fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
        Some(Self { changed: found.modified().ok()?, length: found.len(), file: found.ino() })
    }
}
