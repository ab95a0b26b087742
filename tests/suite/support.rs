//! What the topics share: requests from JSON, and the engine's calls without a server.

use std::time::Duration;

use calls::{CallError, Caller};
use prost::Message;
use solve::{Cancel, SolverCommand, Tuning};
use wire::json;
use wire::pb;

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_misti-matching");

pub fn solver() -> SolverCommand {
    SolverCommand::of_binary(BINARY)
}

pub fn caller() -> Caller {
    Caller::local(Cancel::default())
}

/// Reads the JSON of a message; a malformed text is a fault of the test.
pub fn message<T: Message + Default>(name: &str, text: &str) -> T {
    json::read(name, text.as_bytes()).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

pub fn match_request(text: &str) -> pb::MatchRequest {
    message("MatchRequest", text)
}

/// Validates a request, with more time than any of the tests takes.
pub fn validate(request: pb::ValidateRequest) -> pb::ValidateResponse {
    validate_within(request, Duration::from_secs(60))
}

pub fn validate_within(request: pb::ValidateRequest, time: Duration) -> pb::ValidateResponse {
    calls::validate(request, &caller(), &solver(), time).unwrap_or_else(|error| panic!("{error:?}"))
}

/// Solves a request that is well formed.
pub fn solve(request: pb::MatchRequest) -> pb::Outcome {
    solve_by(request, Tuning::default())
}

/// The same, with other thresholds.
pub fn solve_by(request: pb::MatchRequest, tuning: Tuning) -> pb::Outcome {
    match calls::solve(request, &Caller { tuning, ..caller() }, &solver()) {
        Ok(response) => response.outcome.expect("a response has an outcome"),
        Err(CallError::Malformed(faults)) => panic!("{:#?}", faults.findings()),
        Err(error) => panic!("{error:?}"),
    }
}

/// A season that takes longer to prove than any test waits: every project opens with two or stays closed.
pub fn long_season() -> pb::MatchRequest {
    season_of_minimums(1_500)
}

/// A season of so many students and projects, of which every one opens with two or stays closed.
pub fn season_of_minimums(size: i32) -> pb::MatchRequest {
    let asked = pb::GetSampleRequest {
        sample: pb::get_sample_request::Sample::Summer as i32,
        student_count: Some(size),
        project_count: Some(size),
        ..pb::GetSampleRequest::default()
    };
    let mut made = calls::sample(&asked).expect("a sample");
    for project in made.instance.iter_mut().flat_map(|instance| &mut instance.projects) {
        project.min_seat_count = Some(2);
        project.max_seat_count = Some(project.max_seat_count().max(3));
    }
    pb::MatchRequest { instance: made.instance, policy: made.policy }
}

/// The same, to be answered after so many seconds with what is found by then.
pub fn season_cut_short(seconds: i64) -> pb::MatchRequest {
    let mut request = long_season();
    let time_limit = Some(prost_types::Duration { seconds, nanos: 0 });
    request.policy.get_or_insert_default().limits = Some(pb::Limits { time_limit, ..pb::Limits::default() });
    request
}

/// A request as JSON.
pub fn text(request: &pb::MatchRequest) -> String {
    as_json("MatchRequest", request)
}

/// A message as JSON.
pub fn as_json<T: Message>(name: &str, message: &T) -> String {
    let mut text = Vec::new();
    json::write(name, message, false, &mut text).expect("it is written");
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// Checks a matching of a request that is well formed.
pub fn check(request: &pb::MatchRequest, assignments: Vec<pb::CheckedAssignment>) -> pb::CheckResponse {
    checked(request, assignments, None)
}

/// The same with a certificate.
pub fn check_certificate(
    request: &pb::MatchRequest,
    assignments: Vec<pb::CheckedAssignment>,
    certificate: pb::Certificate,
) -> pb::CheckResponse {
    checked(request, assignments, Some(certificate))
}

fn checked(
    request: &pb::MatchRequest,
    assignments: Vec<pb::CheckedAssignment>,
    certificate: Option<pb::Certificate>,
) -> pb::CheckResponse {
    let (instance, policy) = (request.instance.clone(), request.policy.clone());
    let request = pb::CheckRequest { instance, policy, assignments, certificate };
    calls::check(request, &caller()).unwrap_or_else(|error| panic!("{error:?}"))
}

/// The places of an outcome, as a check takes them.
pub fn places(outcome: &pb::Outcome) -> Vec<pb::CheckedAssignment> {
    let place = |a: &pb::Assignment| pb::CheckedAssignment {
        student_id: a.student_id.clone(),
        project_id: a.project_id.clone(),
    };
    outcome.assignments.iter().map(place).collect()
}

/// A policy with these goals and every default.
pub fn goals(kinds: &[pb::goal::Kind]) -> pb::Policy {
    pb::Policy { goals: kinds.iter().map(|&kind| crate::oracle::goal(kind)).collect(), ..pb::Policy::default() }
}

/// An outcome without the only part that two equal calls may differ in.
pub fn timeless(mut outcome: pb::Outcome) -> pb::Outcome {
    if let Some(provenance) = &mut outcome.provenance {
        provenance.elapsed_time = None;
    }
    outcome
}
