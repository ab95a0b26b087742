//! What a solve tells while it works, to whoever watches.

use std::fmt;
use std::sync::Arc;

use super::GoalValue;

/// What is known of every goal at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Whether a solution is known; else the goals' values mean nothing and their bounds are all there is.
    pub is_found: bool,
    /// By goal.
    pub goals: Vec<GoalValue>,
}

/// Hears sightings, or nothing.
#[derive(Clone, Default)]
pub struct Watcher(Option<Arc<dyn Fn(Sighting) + Send + Sync>>);

impl Watcher {
    /// One that hears everything; it is called in the thread that solves and must not hold it up.
    pub fn new(hear: impl Fn(Sighting) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hear)))
    }

    /// Tells what is known, where somebody watches.
    pub(super) fn tell(&self, sighting: impl FnOnce() -> Option<Sighting>) {
        if let Some(hear) = &self.0
            && let Some(sighting) = sighting()
        {
            hear(sighting);
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watcher(on)" } else { "Watcher(off)" })
    }
}
