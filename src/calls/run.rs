//! Runs: what is stored of a request, and what a worker makes of it.

use super::{CallError, Caller, findings, read, solve};
use crate::domain::{NewRun, RunId};
use crate::evaluation;
use crate::solve::SolverCommand;
use crate::wire::{self, pb};

/// The bytes of a run to start from.
#[derive(Debug)]
pub struct StoredBase {
    /// Which run.
    pub id: RunId,
    /// What was asked.
    pub request: Vec<u8>,
    /// What came of it.
    pub outcome: Vec<u8>,
}

/// A run that may be stored.
#[derive(Debug)]
pub struct Prepared {
    /// What never changes of it.
    pub new: NewRun,
    /// What was asked, or what was made of the base run: a MatchRequest.
    pub request: Vec<u8>,
    /// What was changed of the base run: a CreateRunRequest with nothing else.
    pub changes: Option<Vec<u8>>,
    /// What `Validate` would find, where that was all that was wanted.
    pub findings: Option<Vec<pb::Finding>>,
}

/// Reads a request for a run of `owner`, and makes its season where it starts from an earlier run.
///
/// # Errors
/// [`CallError::Malformed`] with every fault; where it is only validated also [`CallError::Engine`] and [`CallError::Stopped`]; `None` where
/// the stored base can't be read.
pub fn prepare(
    message: pb::CreateRunRequest,
    owner: &str,
    base: Option<StoredBase>,
    caller: &Caller,
) -> Result<Option<Prepared>, CallError> {
    wire::check_create(&message)?;
    let (mut asked, base_run) = match base {
        None => (pb::MatchRequest { instance: message.instance.clone(), policy: message.policy.clone() }, None),
        Some(base) => {
            let (Some(request), Some(outcome)) = (wire::decode(&base.request), wire::decode(&base.outcome)) else {
                return Ok(None);
            };
            (wire::make_changes(wire::Base { request, outcome }, &message.changes, &caller.sizes)?, Some(base.id))
        }
    };
    let request = read(asked.instance.clone(), asked.policy.clone(), caller)?;
    // The day that waivers are compared with is that of the call, whenever a worker comes to it.
    if let Some(day) = request.policy.as_of {
        asked.policy.get_or_insert_default().as_of_date = day.to_string();
    }
    let findings = if message.validate_only {
        let (instance, policy) = (&request.instance, &request.policy);
        let evaluation = evaluation::evaluate(instance, policy, caller.sizes.pairs, &|| caller.wants_no_answer())?;
        Some(findings(&request, &evaluation).iter().map(wire::write_finding).collect())
    } else {
        None
    };
    let new = wire::new_run(&message, &request, owner, base_run);
    let changes = new.base_run.is_some().then(|| {
        let changes = pb::CreateRunRequest { changes: message.changes, ..pb::CreateRunRequest::default() };
        wire::encode(&changes)
    });
    Ok(Some(Prepared { new, request: wire::encode(&asked), changes, findings }))
}

/// Solves what is stored; `None` where it can't be read.
///
/// # Errors
/// [`CallError::Malformed`] where this engine takes less than the one that stored it; [`CallError::Engine`].
pub fn perform(request: &[u8], caller: &Caller, solver: &SolverCommand) -> Result<Option<pb::Outcome>, CallError> {
    let Some(request) = wire::decode::<pb::MatchRequest>(request) else { return Ok(None) };
    Ok(solve(request, caller, solver)?.outcome)
}
