//! Runs: what is stored of a request, and what a worker makes of it.

mod effects;

pub use effects::{Decided, StoredBase};

use super::validation::judge_read;
use super::{CallError, Caller, Question, compare, explain, limits, read, season, solve, what_if};
use rules::domain::{Date, NewRun, RunId, Timestamp};
use solve::SolverCommand;
use wire::{self, Faults, pb};

/// The bytes of a run that has an outcome.
#[derive(Debug)]
pub struct StoredRun {
    /// Which run.
    pub id: RunId,
    /// When it was stored: waivers that expire are compared with that day.
    pub created: Timestamp,
    /// The run that it was made from, which may be deleted by now.
    pub base: Option<RunId>,
    /// What was asked.
    pub request: Vec<u8>,
    /// What came of it.
    pub outcome: Vec<u8>,
}

/// A run that may be stored.
pub struct Prepared {
    /// What never changes of it.
    pub new: NewRun,
    /// What was asked, or what was made of the base run: a MatchRequest.
    pub request: Vec<u8>,
    /// What was changed of the base run: a CreateRunRequest with nothing else.
    pub changes: Option<Vec<u8>>,
    /// What there is to say of it; empty where there is nothing.
    pub notes: String,
    /// What people decided by it, in the order of the ledger.
    pub decisions: Vec<pb::Override>,
    /// What `Validate` would find, where that was all that was wanted; with what it would solve.
    pub judged: Option<(Vec<pb::Finding>, Option<Question>)>,
}

/// Reads a request for a run of `owner`, and makes its season where it starts from an earlier run.
///
/// # Errors
/// [`CallError::Malformed`] with every fault; [`CallError::Stopped`]; where it is only validated also [`CallError::Engine`]; `None` where the stored
/// base can't be read.
pub fn prepare(
    message: pb::CreateRunRequest,
    owner: &str,
    base: Option<StoredRun>,
    caller: &Caller,
) -> Result<Option<Prepared>, CallError> {
    let (asked, base_run, decisions) = match base {
        None => (pb::MatchRequest { instance: message.instance.clone(), policy: message.policy.clone() }, None, None),
        Some(base) => {
            let (Some(request), Some(outcome)) = (wire::decode(&base.request), wire::decode(&base.outcome)) else {
                return Ok(None);
            };
            let made = wire::make_changes(wire::Base { request, outcome }, &message, &caller.sizes);
            let made = made.map_err(|more| with_faults_of(&message, more))?;
            (made.request, Some(base.id), Some(made.decisions))
        }
    };
    if caller.wants_no_answer() {
        return Err(CallError::Stopped);
    }
    let request =
        read(asked.instance.clone(), asked.policy.clone(), caller).map_err(|more| with_faults_of(&message, more))?;
    wire::check_create(&message)?;
    let decisions = decisions.unwrap_or_else(|| wire::decisions_of(&request.instance));
    let new = wire::new_run(&message, &request, owner, base_run);
    let (notes, validate_only) = (message.notes.clone(), message.validate_only);
    let changes = new.base_run.is_some().then(|| {
        let pb::CreateRunRequest { changes, keep_told, .. } = message;
        let changes = pb::CreateRunRequest { changes, keep_told, ..pb::CreateRunRequest::default() };
        wire::encode(&changes)
    });
    let judged = if validate_only {
        let (findings, question) = judge_read(request, caller)?;
        Some((findings.iter().map(wire::write_finding).collect(), question))
    } else {
        None
    };
    Ok(Some(Prepared { new, request: wire::encode(&asked), changes, notes, decisions, judged }))
}

/// What is wrong with a season, together with what is wrong beside it.
fn with_faults_of(message: &pb::CreateRunRequest, more: Faults) -> Faults {
    match wire::check_create(message) {
        Ok(()) => more,
        Err(faults) => faults.and(more),
    }
}

/// What a worker makes of a run.
#[derive(Debug)]
pub struct Performed {
    /// The outcome.
    pub outcome: pb::Outcome,
    /// What the decisions that came with it changed, in their order; no effect where it was not measured. `None` where there are none.
    pub effects: Option<pb::StoredOverrides>,
}

/// Solves what is stored, and measures what the decisions that came with it changed; `None` where it can't be read.
///
/// # Errors
/// [`CallError::Malformed`] where this engine takes less than the one that stored it; [`CallError::Engine`].
pub fn perform(
    request: &[u8],
    decided: Option<Decided>,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<Option<Performed>, CallError> {
    let Some(request) = wire::decode::<pb::MatchRequest>(request) else { return Ok(None) };
    let Some(outcome) = solve(request.clone(), caller, solver)?.outcome else { return Ok(None) };
    let effects = match decided {
        None => None,
        Some(decided) => {
            let Some(effects) = effects::measure(request, &outcome, decided, caller, solver)? else { return Ok(None) };
            Some(effects)
        }
    };
    Ok(Some(Performed { outcome, effects }))
}

/// What was asked of a stored run, and what came of it; `None` where that can't be read.
fn stored(run: &StoredRun) -> Option<(pb::MatchRequest, pb::Outcome)> {
    Some((wire::decode(&run.request)?, wire::decode(&run.outcome)?))
}

/// The day that a run's waivers are compared with: that on which it was stored, whenever a worker or a question comes to it.
pub fn day_of(created: Timestamp) -> Date {
    created.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// A matching to explain, where the outcome has one.
fn given(outcome: pb::Outcome) -> Option<pb::Outcome> {
    Some(outcome).filter(|outcome| outcome.summary.is_some())
}

/// Explains the matching of a run; `None` where it can't be read.
///
/// # Errors
/// As [`explain`].
pub fn explain_run(
    message: pb::ExplainRunRequest,
    run: &StoredRun,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<Option<pb::ExplainResponse>, CallError> {
    use pb::explain_request::About;
    use pb::explain_run_request::About as Asked;
    let Some((asked, outcome)) = stored(run) else { return Ok(None) };
    let about = message.about.map(|about| match about {
        Asked::StudentId(id) => About::StudentId(id),
        Asked::ProjectId(id) => About::ProjectId(id),
        Asked::Pair(pair) => About::Pair(pair),
    });
    let (instance, policy) = (asked.instance, asked.policy);
    let request = pb::ExplainRequest { instance, policy, outcome: given(outcome), about, audience: message.audience };
    explain(request, &Caller { today: day_of(run.created), ..caller.clone() }, solver).map(Some)
}

/// Says what a run from another would come to, and who would move; `None` where that one can't be read.
///
/// # Errors
/// [`CallError::Malformed`] with every fault; [`CallError::Engine`]; [`CallError::Stopped`].
pub fn preview_run(
    message: pb::PreviewRunRequest,
    base: StoredRun,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<Option<pb::PreviewRunResponse>, CallError> {
    let Some((request, earlier)) = stored(&base) else { return Ok(None) };
    let pb::PreviewRunRequest { base_run, changes, keep_told } = message;
    let asked = pb::CreateRunRequest { base_run, changes, keep_told, ..pb::CreateRunRequest::default() };
    let base = wire::Base { request, outcome: earlier.clone() };
    let made = wire::make_changes(base, &asked, &caller.sizes)?.request;
    let Some(outcome) = solve(made.clone(), caller, solver)?.outcome else { return Ok(None) };
    let comparison = compare_seasons(earlier, made, outcome.clone(), caller, solver)?;
    Ok(Some(pb::PreviewRunResponse { outcome: Some(outcome), comparison: Some(comparison) }))
}

/// Says what would be if something of a run were otherwise; `None` where it can't be read.
///
/// # Errors
/// As [`what_if`].
pub fn what_if_run(
    message: pb::WhatIfRunRequest,
    run: &StoredRun,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<Option<pb::WhatIfResponse>, CallError> {
    let Some((asked, outcome)) = stored(run) else { return Ok(None) };
    let (instance, policy) = (asked.instance, asked.policy);
    let pb::WhatIfRunRequest { edits, return_request, .. } = message;
    let request = pb::WhatIfRequest { instance, policy, outcome: given(outcome), edits, return_request };
    what_if(request, &Caller { today: day_of(run.created), ..caller.clone() }, solver).map(Some)
}

/// Says what changed between two runs, and why; `None` where one can't be read.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Engine`].
pub fn compare_runs(
    before: &StoredRun,
    after: &StoredRun,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<Option<pb::CompareRunsResponse>, CallError> {
    let (Some((_, earlier)), Some((asked, later))) = (stored(before), stored(after)) else { return Ok(None) };
    let caller = &Caller { today: day_of(after.created), ..caller.clone() };
    compare_seasons(earlier, asked, later, caller, solver).map(Some)
}

/// Says what changed between an outcome and that of a later season, and why.
///
/// # Errors
/// As [`compare_runs`].
pub(super) fn compare_seasons(
    earlier: pb::Outcome,
    asked: pb::MatchRequest,
    later: pb::Outcome,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<pb::CompareRunsResponse, CallError> {
    // Each counts its disruption against a matching of its own, so that the two say nothing of each other.
    let comparable = |mut outcome: pb::Outcome| {
        outcome.goals.retain(|goal| goal.kind() != pb::goal::Kind::LeastDisruption);
        outcome
    };
    let both = pb::CompareRequest { before: Some(comparable(earlier)), after: Some(comparable(later.clone())) };
    let comparison = compare(&both, caller)?;
    let request = read(asked.instance, asked.policy, caller)?;
    let (instance, policy) = (&request.instance, &request.policy);
    let mut moved = wire::moved_pairs(&comparison, instance);
    if later.summary.is_none() {
        // Nobody has a place, for no reason of their own.
        moved.clear();
    }
    let pairs: Vec<_> = moved.iter().filter_map(|&(_, pair)| pair).collect();
    let matching = wire::read_base(instance, given(later).as_ref(), &caller.sizes)?;
    let (goals, explained) = match matching.filter(|_| !pairs.is_empty()) {
        None => (Vec::new(), Vec::new()),
        Some(matching) => {
            let limits = limits(policy, caller);
            engine::explain_pairs(&season(&request, caller, solver, &limits), &pairs, &matching)?
        }
    };
    let reasons = wire::write_reasons(instance, policy, &moved, &goals, &explained);
    Ok(pb::CompareRunsResponse { comparison: Some(comparison), reasons })
}
