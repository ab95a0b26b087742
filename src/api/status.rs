//! Faults as gRPC statuses with rich details: one `ErrorInfo`, and `BadRequest` or `RetryInfo` where they say more.
//!
//! The details stay small, because they travel in trailers: violations are listed until they fill 5 KB, and the total
//! stands in the metadata. The whole list is what `Validate` gives.

use std::collections::HashMap;
use std::time::Duration;

use tonic::metadata::MetadataValue;
use tonic::{Code as GrpcCode, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

use calls::CallError;
use calls::desk::UnreadableFile;
use engine::EngineError;
use rules::codes::{self, Code};
use rules::finding::{At, Finding, counted, grouped};
use store::StoreError;
use wire::Faults;

/// Domain of every `ErrorInfo`.
const DOMAIN: &str = "misti.matching.v1";
/// The header that says after how many milliseconds to come again; below 0: never (gRFC A6).
const PUSHBACK: &str = "grpc-retry-pushback-ms";
/// Bytes that the violations of one status may take.
const VIOLATION_BYTES: usize = 5_000;

fn details(code: &Code, metadata: &[(&str, String)]) -> ErrorDetails {
    let mut all: HashMap<String, String> =
        metadata.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    all.insert("code".to_owned(), code.number.to_owned());
    ErrorDetails::with_error_info(code.reason, DOMAIN, all)
}

fn status(grpc: GrpcCode, code: &Code, message: &str, details: ErrorDetails) -> Status {
    Status::with_error_details(grpc, format!("{message}. {} ({code} {})", code.remedy, code.reason), details)
}

/// A status of RESOURCE_EXHAUSTED that the same call gets again, however often it comes: clients that would try it again are told not to.
fn never_again(code: &Code, message: &str, details: ErrorDetails) -> Status {
    let mut status = status(GrpcCode::ResourceExhausted, code, message, details);
    status.metadata_mut().insert(PUSHBACK, MetadataValue::from_static("-1"));
    status
}

/// A status that says when to come again: in `RetryInfo`, and in the header that stock clients wait by (gRFC A6).
fn come_again(grpc: GrpcCode, code: &Code, message: &str, mut details: ErrorDetails, delay: Duration) -> Status {
    details.set_retry_info(Some(delay));
    let mut status = status(grpc, code, message, details);
    status.metadata_mut().insert(PUSHBACK, MetadataValue::from(delay.as_millis() as u64));
    metrics::counter!("misti_refusals_total", "reason" => code.reason).increment(1);
    status
}

/// Why a call has no answer.
pub(super) fn call(error: &CallError) -> Status {
    match error {
        CallError::Malformed(faults) => malformed(faults),
        CallError::Unreadable(files) => unreadable(files),
        CallError::Engine(error) => engine(error),
        // A caller that has gone reads no status, so the reason that is left is the deadline.
        CallError::Stopped => deadline_passed(),
    }
}

/// Every fault of a request.
pub(super) fn faults(faults: &Faults) -> Status {
    malformed(faults)
}

/// A malformed request, with as many of its faults as fit.
fn malformed(faults: &Faults) -> Status {
    let total = faults.total();
    let Some(first) = faults.findings().first() else { return unexpected() };
    let mut details = details(first.code, &[("violation_count", total.to_string())]);
    let mut bytes = 0;
    let violations: Vec<FieldViolation> = faults
        .findings()
        .iter()
        .map(|fault| FieldViolation::new(&fault.field, description(fault)))
        .take_while(|violation| {
            bytes += violation.field.len() + violation.description.len() + 16;
            bytes <= VIOLATION_BYTES
        })
        .collect();
    details.set_bad_request(violations);
    let more = if total > 1 { format!("; and {}", counted(total as i64 - 1, "more fault")) } else { String::new() };
    status(GrpcCode::InvalidArgument, first.code, &format!("{}: {}{more}", first.field, first.message), details)
}

fn description(fault: &Finding) -> String {
    format!("{}. {} ({} {})", fault.message, fault.code.remedy, fault.code, fault.code.reason)
}

/// Files that can't be read: each by its name and its code. What was met in one may be a student's data.
fn unreadable(files: &[UnreadableFile]) -> Status {
    let mut faults = Faults::default();
    for file in files {
        faults.add(file.code(), At::root("files"), format!("{} can't be read", file.name));
    }
    malformed(&faults)
}

/// Why the engine gave no outcome.
fn engine(error: &EngineError) -> Status {
    match error {
        EngineError::TooManyPairs { limit } => {
            let code = &codes::TOO_MANY_PAIRS;
            let message = format!("more than {} may be matched", counted(*limit as i64, "pair"));
            never_again(code, &message, details(code, &[("limit", limit.to_string())]))
        }
        EngineError::TooManyTerms { limit } => {
            let code = &codes::TOO_MANY_TERMS;
            let message =
                format!("quotas, links and stability speak of pairs more than {} times", grouped(*limit as i64));
            never_again(code, &message, details(code, &[("limit", limit.to_string())]))
        }
        EngineError::OutcomeBreaksRules { first, count } => {
            let code = &codes::OUTCOME_BREAKS_RULES;
            let message = format!(
                "outcome.assignments: it breaks {} of the season; the first is {first:?}",
                counted(*count as i64, "rule")
            );
            let mut details = details(code, &[("violation_count", count.to_string())]);
            details.set_bad_request(vec![FieldViolation::new("outcome.assignments", format!("breaks {first:?}"))]);
            status(GrpcCode::InvalidArgument, code, &message, details)
        }
        EngineError::SolverFailed(failure) => {
            tracing::error!(why = failure.0, "the solver failed");
            let code = &codes::SOLVER_FAILED;
            status(GrpcCode::Internal, code, "the solver failed", details(code, &[]))
        }
        EngineError::ResultRejected(why) => {
            tracing::error!(why, "a result was rejected");
            metrics::counter!("misti_results_rejected_total", "why" => "unverified").increment(1);
            let code = &codes::RESULT_REJECTED;
            status(GrpcCode::Internal, code, "the result did not pass its check", details(code, &[]))
        }
    }
}

/// How long a caller waits before it comes to a store again.
const STORE_DELAY: Duration = Duration::from_secs(1);

/// Why the store did not do what was asked.
pub(super) fn store(error: &StoreError) -> Status {
    match error {
        StoreError::Unavailable(why) | StoreError::Unusable(why) => {
            tracing::error!(why, "the store did not answer");
            let code = &codes::STORE_UNAVAILABLE;
            let message = "the store can't be reached or can't write";
            come_again(GrpcCode::Unavailable, code, message, details(code, &[]), STORE_DELAY)
        }
        StoreError::Damaged(what) => {
            tracing::error!(what, "something stored is damaged");
            damaged()
        }
        StoreError::RequestIdTaken => {
            let code = &codes::REQUEST_ID_TAKEN;
            status(GrpcCode::AlreadyExists, code, "this request_id stands for another payload", details(code, &[]))
        }
        StoreError::QueueFull { limit } => {
            let code = &codes::QUEUE_FULL;
            let (message, details) = (waiting(*limit), details(code, &[("limit", limit.to_string())]));
            come_again(GrpcCode::ResourceExhausted, code, &message, details, STORE_DELAY)
        }
        StoreError::Finished => precondition(&codes::RUN_ALREADY_FINISHED, "the run has finished"),
        StoreError::TooManyDrafts { limit } => {
            let code = &codes::TOO_MANY_DRAFTS;
            let message = format!(
                "{} of this caller {} kept already",
                counted(*limit, "draft"),
                if *limit == 1 { "is" } else { "are" }
            );
            status(GrpcCode::ResourceExhausted, code, &message, details(code, &[("limit", limit.to_string())]))
        }
    }
}

fn waiting(runs: i64) -> String {
    format!("{} of this caller {} already", counted(runs, "run"), if runs == 1 { "waits" } else { "wait" })
}

/// A run is not in the state that the call needs.
pub(super) fn precondition(code: &'static Code, message: &str) -> Status {
    let mut details = details(code, &[]);
    details.set_precondition_failure(vec![PreconditionViolation::new("STATE", "run", message)]);
    status(GrpcCode::FailedPrecondition, code, message, details)
}

/// There is no such run, or none that the caller may see.
pub(super) fn run_not_found() -> Status {
    let code = &codes::RUN_NOT_FOUND;
    status(GrpcCode::NotFound, code, "there is no such run of this caller", details(code, &[]))
}

/// Something stored can't be read.
pub(super) fn damaged() -> Status {
    let code = &codes::STORED_DATA_DAMAGED;
    status(GrpcCode::DataLoss, code, "what was stored can't be read", details(code, &[]))
}

/// The server is about to stop.
pub(super) fn stopping() -> Status {
    let code = &codes::STOPPING;
    come_again(GrpcCode::Unavailable, code, "the server stops", details(code, &[]), STORE_DELAY)
}

/// The call brings no token that is known.
pub(super) fn unauthenticated() -> Status {
    let code = &codes::UNAUTHENTICATED;
    status(GrpcCode::Unauthenticated, code, "the call brings no token that the server knows", details(code, &[]))
}

/// The token lets its holder do other things.
pub(super) fn not_allowed(scope: &str) -> Status {
    let code = &codes::NOT_ALLOWED;
    let message = format!("the call needs the scope {scope}, and the token has not got it");
    status(GrpcCode::PermissionDenied, code, &message, details(code, &[("scope", scope.to_owned())]))
}

/// A field that is malformed, where no more than one can be.
pub(super) fn field(code: &'static Code, at: At, message: &str) -> Status {
    let mut faults = Faults::default();
    faults.add(code, at, message);
    malformed(&faults)
}

/// Every slot is taken and the line is full.
pub(super) fn overloaded(delay: Duration) -> Status {
    let code = &codes::OVERLOADED;
    come_again(
        GrpcCode::ResourceExhausted,
        code,
        "the server computes and queues as many calls as it may",
        details(code, &[]),
        delay,
    )
}

/// As many runs are watched as may be.
pub(super) fn too_many_watches(limit: usize, whose: &str) -> Status {
    let code = &codes::TOO_MANY_WATCHES;
    let message = format!("{} may be watched {whose} at once", counted(limit as i64, "run"));
    let details = details(code, &[("limit", limit.to_string())]);
    come_again(GrpcCode::ResourceExhausted, code, &message, details, STORE_DELAY)
}

/// The requests that are held fill the memory that they may.
pub(super) fn no_room(delay: Duration) -> Status {
    let code = &codes::NO_ROOM;
    come_again(
        GrpcCode::ResourceExhausted,
        code,
        "the requests that the server holds leave no room for this one",
        details(code, &[]),
        delay,
    )
}

/// A request that takes more than a caller may hold, even if nobody else holds anything.
pub(super) fn never_room() -> Status {
    let code = &codes::NO_ROOM;
    never_again(code, "the request takes more memory than one caller may hold", details(code, &[]))
}

/// An answer that nobody reads.
pub(super) fn unread(patience: Duration) -> Status {
    let code = &codes::STALLED;
    let message = format!("the answer was not read for {} s", patience.as_secs_f64());
    status(GrpcCode::DeadlineExceeded, code, &message, details(code, &[]))
}

/// A request whose bytes don't come.
pub(super) fn stalled(patience: Duration) -> Status {
    let code = &codes::STALLED;
    let message = format!("less than 16 KiB of the request came within {} s", patience.as_secs_f64());
    status(GrpcCode::DeadlineExceeded, code, &message, details(code, &[]))
}

/// The caller's deadline passed.
pub(super) fn deadline_passed() -> Status {
    let code = &codes::DEADLINE_PASSED;
    status(GrpcCode::DeadlineExceeded, code, "the deadline of the call passed", details(code, &[]))
}

/// A message that is larger than the server takes.
pub(super) fn message_too_large(limit: usize) -> Status {
    let code = &codes::MESSAGE_TOO_LARGE;
    let message = format!("the message is larger than {}", counted(limit as i64, "byte"));
    never_again(code, &message, details(code, &[("limit", limit.to_string())]))
}

/// Bytes that are no message.
pub(super) fn malformed_message(why: &str) -> Status {
    let code = &codes::MALFORMED_MESSAGE;
    status(GrpcCode::InvalidArgument, code, why, details(code, &[]))
}

/// A fault of the engine itself.
pub(super) fn unexpected() -> Status {
    tracing::error!("an unexpected fault");
    let code = &codes::UNEXPECTED_FAULT;
    status(GrpcCode::Internal, code, "the engine met a fault of its own", details(code, &[]))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What a caller reads of a status.
    fn told(status: &Status) -> (GrpcCode, String) {
        let info = status.get_details_error_info().expect("an ErrorInfo");
        let number = info.metadata.get("code").expect("the number of the code").clone();
        let known = codes::ALL.iter().find(|code| code.number == number).expect("a known code");
        assert_eq!(info.reason, known.reason);
        let advice = format!(". {} ({number} {})", known.remedy, known.reason);
        assert!(status.message().ends_with(&advice), "{status:?}");
        (status.code(), info.reason)
    }

    #[test]
    fn every_status_names_its_code_and_says_what_to_do() {
        let second = Duration::from_secs(1);
        let engine = |error| call(&CallError::Engine(error));
        for (status, code, reason) in [
            (engine(EngineError::TooManyPairs { limit: 1 }), GrpcCode::ResourceExhausted, "TOO_MANY_PAIRS"),
            (engine(EngineError::TooManyTerms { limit: 10 }), GrpcCode::ResourceExhausted, "TOO_MANY_TERMS"),
            (engine(EngineError::ResultRejected("why".to_owned())), GrpcCode::Internal, "RESULT_REJECTED"),
            (call(&CallError::Stopped), GrpcCode::DeadlineExceeded, "DEADLINE_PASSED"),
            (store(&StoreError::Unavailable("why".to_owned())), GrpcCode::Unavailable, "STORE_UNAVAILABLE"),
            (store(&StoreError::Damaged("outcome")), GrpcCode::DataLoss, "STORED_DATA_DAMAGED"),
            (store(&StoreError::RequestIdTaken), GrpcCode::AlreadyExists, "REQUEST_ID_TAKEN"),
            (store(&StoreError::QueueFull { limit: 3 }), GrpcCode::ResourceExhausted, "QUEUE_FULL"),
            (store(&StoreError::TooManyDrafts { limit: 50 }), GrpcCode::ResourceExhausted, "TOO_MANY_DRAFTS"),
            (store(&StoreError::Finished), GrpcCode::FailedPrecondition, "RUN_ALREADY_FINISHED"),
            (run_not_found(), GrpcCode::NotFound, "RUN_NOT_FOUND"),
            (stopping(), GrpcCode::Unavailable, "STOPPING"),
            (unauthenticated(), GrpcCode::Unauthenticated, "UNAUTHENTICATED"),
            (not_allowed("run"), GrpcCode::PermissionDenied, "NOT_ALLOWED"),
            (overloaded(second), GrpcCode::ResourceExhausted, "OVERLOADED"),
            (too_many_watches(2, "in all"), GrpcCode::ResourceExhausted, "TOO_MANY_WATCHES"),
            (no_room(second), GrpcCode::ResourceExhausted, "NO_ROOM"),
            (never_room(), GrpcCode::ResourceExhausted, "NO_ROOM"),
            (unread(second), GrpcCode::DeadlineExceeded, "STALLED"),
            (stalled(second), GrpcCode::DeadlineExceeded, "STALLED"),
            (message_too_large(1), GrpcCode::ResourceExhausted, "MESSAGE_TOO_LARGE"),
            (malformed_message("why"), GrpcCode::InvalidArgument, "MALFORMED_MESSAGE"),
            (unexpected(), GrpcCode::Internal, "UNEXPECTED_FAULT"),
        ] {
            assert_eq!(told(&status), (code, reason.to_owned()), "{status:?}");
        }
    }

    #[test]
    fn counts_agree_in_number() {
        let pairs = |limit| call(&CallError::Engine(EngineError::TooManyPairs { limit })).message().to_owned();
        assert!(pairs(1).starts_with("more than 1 pair may be matched."), "{}", pairs(1));
        assert!(pairs(3_000_000).starts_with("more than 3,000,000 pairs may be matched."), "{}", pairs(3_000_000));
        let waiting = |limit| store(&StoreError::QueueFull { limit }).message().to_owned();
        assert!(waiting(1).starts_with("1 run of this caller waits already."), "{}", waiting(1));
        assert!(waiting(20).starts_with("20 runs of this caller wait already."), "{}", waiting(20));
    }
}
