//! States, outcomes and moments in a few words.

use rules::domain::Timestamp;
use wire::pb;

/// The states, as they are filtered by.
pub(crate) const STATES: [(pb::run::State, &str); 5] = [
    (pb::run::State::Pending, "waiting"),
    (pb::run::State::Running, "working"),
    (pb::run::State::Succeeded, "finished"),
    (pb::run::State::Cancelled, "cancelled"),
    (pb::run::State::Failed, "failed"),
];

/// What a state is called.
pub(crate) fn state_name(state: pb::run::State) -> &'static str {
    STATES.iter().find(|(known, _)| *known == state).map_or("not stored", |(_, name)| name)
}

/// How a solve ended, in a few words.
pub(crate) fn status_name(status: pb::outcome::Status) -> &'static str {
    use pb::outcome::Status;
    match status {
        Status::Unspecified => "no outcome yet",
        Status::Optimal => "proven the best",
        Status::Feasible => "not proven the best",
        Status::Infeasible => "no matching keeps every rule",
        Status::NoSolutionFound => "nothing found in time",
        Status::Cancelled => "cancelled",
    }
}

/// A moment by the seconds since 1970, to the minute, UTC.
pub(crate) fn moment(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
