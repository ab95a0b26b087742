//! A durable solve: what never changes of it, and how far it has come.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

/// The id of a run: a UUID, which nobody guesses, and whose order is that of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(Box<str>);

impl RunId {
    /// What comes before the id in a run's name.
    const COLLECTION: &str = "runs/";

    /// Reads an id: hexadecimal digits and hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        is_uuid(text).then(|| Self(text.into()))
    }

    /// Reads a name, such as `runs/0190a5c4-…`.
    pub fn of_name(name: &str) -> Option<Self> {
        name.strip_prefix(Self::COLLECTION).and_then(Self::parse)
    }

    /// The name of the run.
    pub fn name(&self) -> String {
        format!("{}{}", Self::COLLECTION, self.0)
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text is as long as a UUID, and of nothing but hexadecimal digits and hyphens.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Waiting for a worker.
    Pending,
    /// A worker has it.
    Running,
    /// Finished with an outcome.
    Succeeded,
    /// Finished because it was cancelled, with what was found until then.
    Cancelled,
    /// Finished without an outcome.
    Failed,
}

impl RunState {
    /// In the order of a run's life.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Running, Self::Succeeded, Self::Cancelled, Self::Failed];

    /// Whether nothing changes any more.
    pub fn is_finished(self) -> bool {
        match self {
            Self::Pending | Self::Running => false,
            Self::Succeeded | Self::Cancelled | Self::Failed => true,
        }
    }

    /// The name that is stored and told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }

    /// Reads a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What is stored of a run from its first moment and never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Who asked for it.
    pub owner: String,
    /// The caller's id of the request.
    pub request_id: Option<String>,
    /// Of the season or the changes that were sent, in hexadecimal.
    pub payload_digest: String,
    /// The instance's term.
    pub term: String,
    /// What it was made from.
    pub base_run: Option<RunId>,
    /// Of instance and policy.
    pub digest: String,
    /// Of the engine that took the request.
    pub engine_version: String,
    /// Solver and version.
    pub solver_version: String,
    /// What breaks ties.
    pub lottery_seed: i64,
    /// How many students.
    pub student_count: i64,
    /// How many projects.
    pub project_count: i64,
    /// What people call it.
    pub display_name: String,
    /// What it may be found by.
    pub labels: BTreeMap<String, String>,
}

/// Which runs a list has, and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunFilter {
    /// Of this term.
    pub term: Option<String>,
    /// In one of these states; empty: in any.
    pub states: Vec<RunState>,
    /// Called something that holds this.
    pub display_name: Option<String>,
    /// With each of these labels.
    pub labels: BTreeMap<String, String>,
    /// Made by this caller.
    pub owner: Option<String>,
    /// Stored then or later.
    pub from: Option<Timestamp>,
    /// Stored earlier.
    pub before: Option<Timestamp>,
    /// Whether the earliest comes first, and not the latest.
    pub oldest_first: bool,
}

/// A run as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// What never changes.
    pub asked: NewRun,
    /// How far it has come.
    pub state: RunState,
    /// When it was stored, by the store's clock.
    pub created: Timestamp,
    /// When a worker first took it.
    pub started: Option<Timestamp>,
    /// When it finished.
    pub ended: Option<Timestamp>,
    /// When it is deleted.
    pub expires: Option<Timestamp>,
    /// How often a worker took it.
    pub attempts: i64,
    /// Who asked for its end.
    pub cancelled_by: Option<String>,
    /// The number of the code that says why it failed.
    pub failure: Option<String>,
    /// The number of the outcome's status.
    pub outcome_status: Option<i32>,
    /// How many students the outcome places.
    pub placed_count: Option<i64>,
    /// What is known so far, as it is told.
    pub progress: Option<Vec<u8>>,
    /// Grows with everything that changes.
    pub revision: i64,
}
