//! Runs: what is stored of them, and what is told.

use prost::Message;
use sha2::{Digest, Sha256};

use super::faults::MAX_NAME;
use super::instance::References;
use super::outcome::{digest, goal, provenance};
use super::policy::goal_kind;
use super::{Faults, Request, pb};
use engine::{Phase, Progress};
use rules::codes;
use rules::domain::{NewRun, Policy, Run, RunId, RunState, Timestamp, check_id};
use rules::finding::At;
use rules::hexadecimal;

/// Refuses what no request for a run may have beside its season.
///
/// # Errors
/// A malformed request id; a season and a run to start from, or changes of nothing.
pub fn check_create(message: &pb::CreateRunRequest) -> Result<(), Faults> {
    let mut faults = Faults::default();
    let id = &message.request_id;
    if !id.is_empty()
        && let Err(malformed) = check_id(id)
    {
        References::malformed(At::root("request_id"), malformed, &mut faults);
    }
    let both = "both a season and a run to start from";
    if message.base_run.is_empty() {
        if !message.changes.is_empty() {
            faults.add(&codes::INSTANCE_AND_BASE_RUN, At::root("changes"), "changes of no run");
        }
    } else {
        if message.instance.is_some() {
            faults.add(&codes::INSTANCE_AND_BASE_RUN, At::root("instance"), both);
        }
        if message.policy.is_some() {
            faults.add(&codes::INSTANCE_AND_BASE_RUN, At::root("policy"), both);
        }
    }
    if faults.total() == 0 { Ok(()) } else { Err(faults) }
}

/// What is stored of a run that `owner` asks for; `request` is what `message` says, or what it makes of its base run.
pub fn new_run(message: &pb::CreateRunRequest, request: &Request, owner: &str, base_run: Option<RunId>) -> NewRun {
    let (instance, policy) = (&request.instance, &request.policy);
    let of = provenance(instance, policy, std::time::Duration::ZERO);
    NewRun {
        owner: owner.to_owned(),
        request_id: Some(message.request_id.clone()).filter(|id| !id.is_empty()),
        payload_digest: base_digest(message).unwrap_or_else(|| season_digest(message, request)),
        term: instance.term.clone(),
        base_run,
        digest: of.digest,
        engine_version: of.engine_version,
        solver_version: of.solver_version,
        lottery_seed: of.lottery_seed,
        student_count: instance.students.len() as i64,
        project_count: instance.projects.len() as i64,
    }
}

/// What tells requests for a run of the same season from others: the digest of the season as it was sent, whatever the order of its rows and
/// whatever day it is.
fn season_digest(message: &pb::CreateRunRequest, request: &Request) -> String {
    let states_day = message.policy.as_ref().is_some_and(|policy| !policy.as_of_date.is_empty());
    let as_of = request.policy.as_of.filter(|_| states_day);
    digest(&request.instance, &Policy { as_of, ..request.policy.clone() })
}

/// What tells requests for a run that starts from another from others: SHA-256 of that run and the changes, in hexadecimal.
fn base_digest(message: &pb::CreateRunRequest) -> Option<String> {
    let pb::CreateRunRequest { base_run, changes, .. } = message.clone();
    let payload = pb::CreateRunRequest { base_run, changes, ..pb::CreateRunRequest::default() };
    (!message.base_run.is_empty()).then(|| hexadecimal::write(&Sha256::digest(payload.encode_to_vec())))
}

/// The bytes of a message, to be stored.
pub fn encode<M: Message>(message: &M) -> Vec<u8> {
    message.encode_to_vec()
}

/// A message that may be stored.
pub trait Stored: Message + Default {}
impl<M: Message + Default> Stored for M {}

/// A message that was stored; `None` where the bytes are none.
pub fn decode<M: Stored>(bytes: &[u8]) -> Option<M> {
    M::decode(bytes).ok()
}

/// Writes a run, without its outcome and what was asked.
pub fn write_run(run: &Run) -> pb::Run {
    let asked = &run.asked;
    let small = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    pb::Run {
        name: run.id.name(),
        state: state(run.state) as i32,
        create_time: Some(time(run.created)),
        start_time: run.started.map(time),
        end_time: run.ended.map(time),
        expire_time: run.expires.map(time),
        attempt_count: small(run.attempts),
        cancel_requested: run.cancelled_by.is_some(),
        cancelled_by: run.cancelled_by.clone().unwrap_or_default(),
        failure: run.failure.as_deref().map(failure),
        outcome_status: run.outcome_status.unwrap_or_default(),
        placed_count: run.placed_count.map(small),
        progress: run.progress.as_deref().and_then(decode),
        ..write_new_run(asked)
    }
}

/// Writes what a run would be.
pub fn write_new_run(asked: &NewRun) -> pb::Run {
    let small = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    pb::Run {
        term: asked.term.clone(),
        created_by: asked.owner.clone(),
        request_id: asked.request_id.clone().unwrap_or_default(),
        base_run: asked.base_run.as_ref().map_or_else(String::new, RunId::name),
        digest: asked.digest.clone(),
        engine_version: asked.engine_version.clone(),
        solver_version: asked.solver_version.clone(),
        lottery_seed: asked.lottery_seed,
        student_count: small(asked.student_count),
        project_count: small(asked.project_count),
        ..pb::Run::default()
    }
}

/// Writes an entry of the ledger; `about` is what the run says of it, where it is still there.
pub fn write_entry(
    run: String,
    made_by: &str,
    made: Timestamp,
    kind: i32,
    about: Option<pb::Override>,
) -> pb::Override {
    let about = about.unwrap_or_default();
    pb::Override { run, made_by: made_by.to_owned(), make_time: Some(time(made)), kind, ..about }
}

/// Writes what a solve knows; `better` matchings were found so far.
pub fn write_progress(progress: &Progress, better: i32) -> pb::RunProgress {
    let phase = match progress.phase {
        Phase::Evaluating => pb::run_progress::Phase::Evaluating,
        Phase::Solving => pb::run_progress::Phase::Solving,
        Phase::Explaining => pb::run_progress::Phase::Explaining,
    };
    let goals = progress.goals.iter().map(|result| {
        let told = goal(result);
        let found = progress.is_found;
        pb::GoalProgress {
            kind: goal_kind(result.kind) as i32,
            incumbent: found.then_some(told.value),
            // What stands for "nothing is known" is no bound.
            bound: Some(told.bound).filter(|&bound| bound.unsigned_abs() < i64::MAX as u64),
            proven: found && told.proven,
            relative_gap: found.then_some(told.relative_gap),
            scoped: told.scoped,
        }
    });
    pb::RunProgress { phase: phase as i32, goals: goals.collect(), incumbent_count: better }
}

/// Reads which runs a list has: of which term, in which states.
///
/// # Errors
/// A term that no season has, or a number that stands for no state.
pub fn read_filter(term: String, states: &[i32]) -> Result<(Option<String>, Vec<RunState>), Faults> {
    let mut faults = Faults::default();
    let term = faults.text(At::root("term"), term, MAX_NAME);
    let all = At::root("states");
    let mut read = Vec::new();
    if faults.count(all, states.len(), RunState::ALL.len()) {
        for (place, &number) in states.iter().enumerate() {
            match RunState::ALL.into_iter().find(|&known| state(known) as i32 == number) {
                Some(known) => read.push(known),
                None => faults.add(&codes::UNKNOWN_ENUM_VALUE, all.index(place), "a number that has no meaning here"),
            }
        }
    }
    if faults.total() == 0 { Ok((Some(term).filter(|term| !term.is_empty()), read)) } else { Err(faults) }
}

/// What makes two requests for a run that starts from another the same: the id, where there is one, and the digest of what it is about.
pub fn request_key(message: &pb::CreateRunRequest) -> Option<(&str, String)> {
    base_digest(message).filter(|_| !message.request_id.is_empty()).map(|digest| (message.request_id.as_str(), digest))
}

fn state(state: RunState) -> pb::run::State {
    match state {
        RunState::Pending => pb::run::State::Pending,
        RunState::Running => pb::run::State::Running,
        RunState::Succeeded => pb::run::State::Succeeded,
        RunState::Cancelled => pb::run::State::Cancelled,
        RunState::Failed => pb::run::State::Failed,
    }
}

/// Why a run failed, by the number of a code; one of a newer engine is told by its number alone.
fn failure(number: &str) -> pb::RunFailure {
    let known = codes::ALL.iter().find(|code| code.number == number);
    let (reason, remedy) = known.map_or(("", ""), |code| (code.reason, code.remedy));
    pb::RunFailure { code: number.to_owned(), reason: reason.to_owned(), remedy: remedy.to_owned() }
}

fn time(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}
