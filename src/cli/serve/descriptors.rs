//! How many files the process may open, connections among them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that are not connections: files, the store's connections, the operations port.
const OTHERS: usize = 96;

/// Descriptors of each solve: the pipes of the solver's process, with some for its start.
const OF_SOLVE: usize = 8;

/// The fewest connections that are of any use.
const FEWEST: usize = 8;

/// As many connections as were asked for, or as the process may have beside `solves` at once; the limit is raised as far as it may be.
pub(super) fn enough_for(connections: usize, solves: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => raised.current,
        Err(_) => limit.current,
    };
    let Some(files) = current.and_then(|files| usize::try_from(files).ok()) else { return connections };
    let enough = files.saturating_sub(OTHERS + solves * OF_SOLVE).max(FEWEST);
    if enough < connections {
        tracing::warn!(
            files,
            connections = enough,
            "fewer connections than --most-connections: raise the limit of open files"
        );
    }
    connections.min(enough)
}
