//! Runs: what is stored of them, and what is told.

use std::collections::BTreeMap;

use prost::Message;
use sha2::{Digest, Sha256};

use super::faults::{MAX_NAME, MAX_TEXT};
use super::instance::References;
use super::outcome::{digest, goal, provenance};
use super::policy::goal_kind;
use super::{Faults, Request, pb};
use engine::{Phase, Progress};
use rules::codes;
use rules::domain::{NewRun, Policy, Run, RunFilter, RunId, RunState, Timestamp, check_id};
use rules::finding::At;
use rules::hexadecimal;

/// Labels of a run, and bytes of the name of one.
const MOST_LABELS: usize = 32;
const MOST_LABEL_NAME: usize = 63;

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
    faults.text(At::root("display_name"), message.display_name.clone(), MAX_NAME);
    faults.text(At::root("notes"), message.notes.clone(), MAX_TEXT);
    check_labels(&message.labels, &mut faults);
    let both = "base_run brings one already";
    if message.base_run.is_empty() {
        if !message.changes.is_empty() {
            faults.add(
                &codes::INSTANCE_AND_BASE_RUN,
                At::root("changes"),
                "there is no base_run that they could change",
            );
        }
        if message.keep_told {
            faults.add(&codes::INSTANCE_AND_BASE_RUN, At::root("keep_told"), "nobody was told a place by no run");
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

/// Refuses labels that a run can't be found by.
fn check_labels(labels: &BTreeMap<String, String>, faults: &mut Faults) {
    let all = At::root("labels");
    if !faults.count(all, labels.len(), MOST_LABELS) {
        return;
    }
    for (place, (name, value)) in labels.iter().enumerate() {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        let at = all.index(place);
        if !(1..=MOST_LABEL_NAME).contains(&name.len()) || !name.bytes().all(is_name) {
            faults.add(
                &codes::MALFORMED_LABEL,
                at,
                format!("{name:?} is no name; 1 to 63 of a to z, A to Z, 0 to 9, -, _, . and / are allowed"),
            );
        }
        if value.chars().any(char::is_control) {
            faults.add(&codes::CONTROL_CHARACTER, at, "it holds a control character");
        } else {
            faults.text(at, value.clone(), MAX_NAME);
        }
    }
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
        display_name: message.display_name.clone(),
        labels: message.labels.clone(),
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
    let pb::CreateRunRequest { base_run, changes, keep_told, .. } = message.clone();
    let payload = pb::CreateRunRequest { base_run, changes, keep_told, ..pb::CreateRunRequest::default() };
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
        display_name: asked.display_name.clone(),
        labels: asked.labels.clone(),
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

/// Reads which runs a list has, and in which order.
///
/// # Errors
/// What no run has: a text that is too long, a number that stands for no state or order, a time that is none.
pub fn read_filter(message: &pb::ListRunsRequest) -> Result<RunFilter, Faults> {
    let mut faults = Faults::default();
    let text = |name, text: &String, faults: &mut Faults| {
        let text = faults.text(At::root(name), text.clone(), MAX_NAME);
        Some(text).filter(|text| !text.is_empty())
    };
    let term = text("term", &message.term, &mut faults);
    let display_name = text("display_name", &message.display_name, &mut faults);
    let owner = text("created_by", &message.created_by, &mut faults);
    check_labels(&message.labels, &mut faults);
    let all = At::root("states");
    let mut states = Vec::new();
    if faults.count(all, message.states.len(), RunState::ALL.len()) {
        for (place, &number) in message.states.iter().enumerate() {
            match RunState::ALL.into_iter().find(|&known| state(known) as i32 == number) {
                Some(known) => states.push(known),
                None => faults.add(&codes::UNKNOWN_ENUM_VALUE, all.index(place), NO_MEANING),
            }
        }
    }
    if pb::list_runs_request::Order::try_from(message.order).is_err() {
        faults.add(&codes::UNKNOWN_ENUM_VALUE, At::root("order"), NO_MEANING);
    }
    let from = read_time(At::root("created_from"), message.created_from, &mut faults);
    let before = read_time(At::root("created_before"), message.created_before, &mut faults);
    let oldest_first = message.order() == pb::list_runs_request::Order::OldestFirst;
    let filter =
        RunFilter { term, states, display_name, labels: message.labels.clone(), owner, from, before, oldest_first };
    if faults.total() == 0 { Ok(filter) } else { Err(faults) }
}

/// What is said of a number of an enum.
const NO_MEANING: &str = "the number stands for none of the values";

/// Seconds of the first and last moment that a Timestamp of protobuf has.
const YEAR_1: i64 = -62_135_596_800;
const YEAR_9999: i64 = 253_402_300_799;

fn read_time(at: At, told: Option<prost_types::Timestamp>, faults: &mut Faults) -> Option<Timestamp> {
    let told = told?;
    // A Timestamp of protobuf reaches a day further than those that runs can have.
    let is_one = (YEAR_1..=YEAR_9999).contains(&told.seconds) && (0..1_000_000_000).contains(&told.nanos);
    let nearest = if told.seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let read = is_one.then(|| Timestamp::new(told.seconds, told.nanos).unwrap_or(nearest));
    if read.is_none() {
        faults.add(&codes::OUT_OF_RANGE, at, "it is no time from the year 1 to 9999");
    }
    read
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
