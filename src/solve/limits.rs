//! When a solve must stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::tuning::Tuning;
use super::watch::Watcher;

/// A wish to stop, that any thread may utter.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Utters the wish.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was uttered.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Which way a solve takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// The network where the rows are one, else the integer program.
    #[default]
    Automatic,
    /// The integer program for everything.
    IntegerProgram,
}

/// When a solve must stop, and which way it takes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The moment at which the best matching so far is the answer.
    pub deadline: Instant,
    /// Stops earlier.
    pub cancel: Cancel,
    /// How far from the bound a goal may end, as a share of its value; 0 = proven.
    pub relative_gap: f64,
    /// Which way it takes.
    pub engine: Engine,
    /// Whether the lottery is drawn; without it the answer is not canonical.
    pub lottery: bool,
    /// Who hears what is known while the solve works.
    pub watcher: Watcher,
    /// Where one method gives way to another.
    pub tuning: Tuning,
}

impl Limits {
    /// Why to stop now, where there is a reason.
    pub fn stop(&self) -> Option<Stop> {
        if self.cancel.is_cancelled() {
            Some(Stop::Cancelled)
        } else {
            self.remaining().is_zero().then_some(Stop::OutOfTime)
        }
    }

    /// The same, and no longer than this from now.
    pub fn within(&self, time: Duration) -> Self {
        Self { deadline: self.deadline.min(Instant::now() + time), ..self.clone() }
    }

    /// The same, and nobody hears of it.
    pub fn quietly(&self) -> Self {
        Self { watcher: Watcher::default(), ..self.clone() }
    }

    /// What is left of the time.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Why a solve stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The time is over.
    OutOfTime,
    /// It was cancelled.
    Cancelled,
    /// The solver failed after a solution was known.
    SolverFailed,
}
