//! Runs that are named: read by whoever may see them, and that they were read is on record.

use tonic::Status;

use super::principal::Principal;
use super::status;
use calls::StoredRun;
use rules::codes;
use rules::domain::RunId;
use rules::finding::At;
use store::{Deed, Part, Store};

/// The stored parts of a run that has an outcome.
pub(super) async fn finished(
    store: &Store,
    principal: &Principal,
    name: &str,
    at: At<'_>,
    deed: Deed,
) -> Result<StoredRun, Status> {
    let id = run_id(name, at)?;
    let parts = [Part::Request, Part::Outcome];
    let read = store.read(principal.reach(), &id, &parts, (&principal.name, &[deed])).await;
    let (run, parts) = read.map_err(|error| status::store(&error))?.ok_or_else(status::run_not_found)?;
    if !run.state.is_finished() {
        return Err(status::precondition(&codes::RUN_NOT_FINISHED, "the run has not finished"));
    }
    let [Some(request), Some(outcome)] = <[_; 2]>::try_from(parts).unwrap_or_default() else {
        return Err(status::precondition(&codes::RUN_WITHOUT_OUTCOME, "the run has no outcome"));
    };
    Ok(StoredRun { id, created: run.created, base: run.asked.base_run, request, outcome })
}

/// Reads a run's name.
pub(super) fn run_id(name: &str, at: At) -> Result<RunId, Status> {
    RunId::of_name(name).ok_or_else(|| status::field(&codes::MALFORMED_RUN_NAME, at, "it is not the name of a run"))
}
