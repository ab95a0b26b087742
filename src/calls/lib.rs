//! Each call as a plain function, message in and message out: what the service and the command line share.

pub mod desk;
mod run;
pub mod sample;
mod validation;

pub use run::{
    Decided, Performed, Prepared, StoredBase, StoredRun, compare_runs, day_of, explain_run, perform, prepare,
    preview_run, what_if_run,
};
pub use validation::{Question, judge, unasked, until, validate};

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use engine::comparison;
use engine::{self, EngineError, Status, Watch};
use rules::codes;
use rules::domain;
use rules::evaluation::{self, EvaluationError, PairEvaluator};
use rules::finding::{Finding, Severity};
use solve::{Cancel, Engine, Limits, SolverCommand, Tuning, Watcher};
use wire::{self, Audience, Faults, SizeLimits, pb};

/// How much earlier than the caller's deadline a solve ends, so that its answer arrives in time: a tenth of what is left, and at most this.
const MOST_MARGIN: Duration = Duration::from_millis(200);

/// What every call needs.
#[derive(Debug, Clone)]
pub struct Caller {
    /// How much one request may hold.
    pub sizes: SizeLimits,
    /// When its computing began, which `limits.time_limit` counts from.
    pub arrived: Instant,
    /// The longest `limits.time_limit` that the caller may ask for; unset: the contract's.
    pub most_time: Option<Duration>,
    /// When the caller stops waiting.
    pub deadline: Option<Instant>,
    /// Uttered when the caller wants no answer any more.
    pub cancel: Cancel,
    /// The day of the call, UTC.
    pub today: domain::Date,
    /// Who hears how far it has come.
    pub watch: Watch,
    /// Where one method of the solve gives way to another.
    pub tuning: Tuning,
}

/// The day it is, UTC.
pub fn today() -> domain::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Reads a request; waivers that may expire are compared with the day of the call where the policy names none.
fn read(instance: Option<pb::Instance>, policy: Option<pb::Policy>, caller: &Caller) -> Result<wire::Request, Faults> {
    let mut request = wire::read_request(instance, policy, &caller.sizes)?;
    if request.instance.waivers.iter().any(|waiver| waiver.expires.is_some()) {
        request.policy.as_of.get_or_insert(caller.today);
    }
    Ok(request)
}

impl Caller {
    /// Somebody on this machine, without limits, who wants an answer until `cancel` says otherwise.
    pub fn local(cancel: Cancel) -> Self {
        Self {
            sizes: SizeLimits::NONE,
            arrived: Instant::now(),
            most_time: None,
            deadline: None,
            cancel,
            today: today(),
            watch: Watch::default(),
            tuning: Tuning::default(),
        }
    }

    fn wants_no_answer(&self) -> bool {
        self.cancel.is_cancelled() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// Why a call has no answer.
#[derive(Debug)]
pub enum CallError {
    /// The request is malformed.
    Malformed(Faults),
    /// Files that it brings can't be read.
    Unreadable(Vec<desk::UnreadableFile>),
    /// The engine gave none.
    Engine(EngineError),
    /// The caller wants none any more.
    Stopped,
}

impl From<Faults> for CallError {
    fn from(faults: Faults) -> Self {
        Self::Malformed(faults)
    }
}

impl From<EngineError> for CallError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<EvaluationError> for CallError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::TooManyPairs { limit } => Self::Engine(EngineError::TooManyPairs { limit }),
            EvaluationError::Stopped => Self::Stopped,
        }
    }
}

/// A request for evaluations that has been read.
pub struct Evaluations {
    request: wire::Request,
    selection: wire::Selection,
    /// By quota of the policy.
    scopes: Vec<domain::QuotaScope>,
}

/// Reads a request for evaluations.
///
/// # Errors
/// [`CallError::Malformed`].
pub fn read_evaluations(message: pb::EvaluateRequest, caller: &Caller) -> Result<Evaluations, CallError> {
    let request = read(message.instance, message.policy, caller)?;
    let selection = wire::read_selection(&request.instance, &message.student_ids, &message.project_ids)?;
    let scope = |quota: &domain::Quota| domain::QuotaScope::new(&request.instance, quota);
    let scopes = request.policy.quotas.iter().map(scope).collect();
    Ok(Evaluations { request, selection, scopes })
}

impl Evaluations {
    /// How many students it is about.
    pub fn student_count(&self) -> usize {
        self.selection.students.len()
    }

    /// How many pairs it is about.
    pub fn pair_count(&self) -> usize {
        self.selection.students.len() * self.selection.projects.len()
    }

    /// Tells of every pair of one student, counted from 0, by project.
    pub fn of_student(&self, student: usize) -> Vec<pb::PairEvaluation> {
        let (instance, policy) = (&self.request.instance, &self.request.policy);
        let evaluator = PairEvaluator::new(instance, policy);
        let pairs = self.selection.projects.iter().map(|&p| evaluator.evaluate(self.selection.students[student], p));
        let written = pairs.map(|pair| {
            let weights = self.scopes.iter().map(|scope| scope.weight(pair.student, pair.project));
            wire::write_pair_evaluation(instance, policy, &pair, weights)
        });
        written.collect()
    }

    /// Tells of each pair, by student, then project, until `tell` breaks.
    pub fn tell(&self, mut tell: impl FnMut(pb::PairEvaluation) -> ControlFlow<()>) {
        for student in 0..self.student_count() {
            if self.of_student(student).into_iter().try_for_each(&mut tell).is_break() {
                return;
            }
        }
    }
}

/// Finds the best matching and proves it.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Engine`].
pub fn solve(
    message: pb::MatchRequest,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<pb::MatchResponse, CallError> {
    let request = read(message.instance, message.policy, caller)?;
    let (instance, policy) = (&request.instance, &request.policy);
    let (limits, solver) = (limits(policy, caller), &solver.counting());
    let outcome = engine::solve(&season(&request, caller, solver, &limits))?;
    tell("match", &request, outcome.status, solver, caller);
    in_time(outcome.status, &limits, policy, caller)?;
    let mut outcome = wire::write_outcome(instance, policy, &outcome, caller.arrived.elapsed());
    outcome.findings.extend(shortened(policy, caller));
    Ok(pb::MatchResponse { outcome: Some(outcome) })
}

fn season<'a>(
    request: &'a wire::Request,
    caller: &'a Caller,
    solver: &'a SolverCommand,
    limits: &'a Limits,
) -> engine::Season<'a> {
    let (instance, policy, pair_limit) = (&request.instance, &request.policy, caller.sizes.pairs);
    let tells_why = !policy.limits.skip_reasons;
    engine::Season { instance, policy, command: solver, limits, pair_limit, tells_why, watch: &caller.watch }
}

/// Says why something is as it is in a matching.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Engine`].
pub fn explain(
    message: pb::ExplainRequest,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<pb::ExplainResponse, CallError> {
    let request = read(message.instance, message.policy, caller)?;
    let (about, audience) = wire::read_about(&request.instance, message.about.as_ref(), message.audience)?;
    let given = wire::read_base(&request.instance, message.outcome.as_ref(), &caller.sizes)?;
    let (limits, solver) = (limits(&request.policy, caller), &solver.counting());
    let explanation = engine::explain(&season(&request, caller, solver, &limits), about, given.as_ref())?;
    tell("explain", &request, explanation.status, solver, caller);
    in_time(explanation.status, &limits, &request.policy, caller)?;
    Ok(wire::write_explanation(&request.instance, &request.policy, &explanation, audience))
}

/// Says why several things are as they are in one matching; `about` of the message is not looked at. One answer says that there is no matching.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Engine`].
pub fn explain_each(
    message: pb::ExplainRequest,
    abouts: &[pb::explain_request::About],
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<Vec<pb::ExplainResponse>, CallError> {
    let request = read(message.instance, message.policy, caller)?;
    let mut read = Vec::with_capacity(abouts.len());
    let mut audience = Audience::Manager;
    for about in abouts {
        let (about, reader) = wire::read_about(&request.instance, Some(about), message.audience)?;
        read.push(about);
        audience = reader;
    }
    let given = wire::read_base(&request.instance, message.outcome.as_ref(), &caller.sizes)?;
    let (limits, solver) = (limits(&request.policy, caller), &solver.counting());
    let explained = engine::explain_each(&season(&request, caller, solver, &limits), &read, given.as_ref())?;
    let told = explained.iter().map(|one| wire::write_explanation(&request.instance, &request.policy, one, audience));
    Ok(told.collect())
}

/// Says what would be if something were otherwise.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Engine`].
pub fn what_if(
    message: pb::WhatIfRequest,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<pb::WhatIfResponse, CallError> {
    let request = read(message.instance, message.policy, caller)?;
    let given = wire::read_base(&request.instance, message.outcome.as_ref(), &caller.sizes)?;
    let (mut instance, mut policy) = (request.instance.clone(), request.policy.clone());
    let edits = wire::make_edits(&mut instance, &mut policy, &message.edits)?;
    let (limits, solver) = (limits(&request.policy, caller), &solver.counting());
    let what_if = engine::what_if(&season(&request, caller, solver, &limits), given.as_ref(), &instance, &policy)?;
    tell("what_if", &request, what_if.outcome.status, solver, caller);
    in_time(what_if.outcome.status, &limits, &request.policy, caller)?;
    Ok(wire::write_what_if(&request.instance, &request.policy, &instance, &what_if, edits, message.return_request))
}

/// Says what changed between two outcomes.
///
/// # Errors
/// [`CallError::Malformed`].
pub fn compare(message: &pb::CompareRequest, caller: &Caller) -> Result<pb::CompareResponse, CallError> {
    let both = wire::read_compared(message, &caller.sizes)?;
    let comparison = comparison::compare(&both.0, &both.1);
    Ok(wire::write_comparison(message, &both, &comparison))
}

/// Tells the log and the figures how a solve ended.
fn tell(call: &'static str, request: &wire::Request, status: Status, solver: &SolverCommand, caller: &Caller) {
    let (engine, status) = (if solver.started() == 0 { "network" } else { "integer_program" }, status.name());
    let (students, projects) = (request.instance.students.len(), request.instance.projects.len());
    let seconds = caller.arrived.elapsed().as_secs_f64();
    metrics::counter!("misti_solves_total", "call" => call, "engine" => engine, "status" => status).increment(1);
    metrics::histogram!("misti_solve_seconds", "call" => call, "engine" => engine).record(seconds);
    tracing::info!(call, students, projects, engine, status, seconds, "solved");
}

/// When a solve must stop, and which way it takes.
fn limits(policy: &domain::Policy, caller: &Caller) -> Limits {
    let limit = caller.arrived + time_limit(policy, caller);
    Limits {
        deadline: caller.deadline.map_or(limit, |deadline| limit.min(before(deadline))),
        cancel: caller.cancel.clone(),
        relative_gap: policy.limits.relative_gap,
        engine: engine_of(policy),
        lottery: true,
        watcher: Watcher::default(),
        tuning: caller.tuning,
    }
}

/// When a solve ends whose answer has to arrive before a deadline.
fn before(deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(Instant::now());
    deadline.checked_sub(MOST_MARGIN.min(left / 10)).unwrap_or(deadline)
}

fn engine_of(policy: &domain::Policy) -> Engine {
    match policy.limits.engine {
        domain::Engine::Automatic => Engine::Automatic,
        domain::Engine::IntegerProgram => Engine::IntegerProgram,
    }
}

/// How long a solve may take: what the policy says, and no longer than the caller may ask for.
fn time_limit(policy: &domain::Policy, caller: &Caller) -> Duration {
    let asked = policy.limits.time_limit;
    caller.most_time.map_or(asked, |most| asked.min(most))
}

/// That the time limit was shortened, where it was.
fn shortened(policy: &domain::Policy, caller: &Caller) -> Option<pb::Finding> {
    let (asked, given) = (policy.limits.time_limit, time_limit(policy, caller));
    (given < asked).then(|| {
        wire::write_finding(&Finding {
            code: &codes::TIME_LIMIT_SHORTENED,
            severity: Severity::Info,
            field: "policy.limits.time_limit".to_owned(),
            message: format!(
                "the request asks for {} s, and the server gives at most {} s",
                asked.as_secs_f64(),
                given.as_secs_f64()
            ),
        })
    })
}

/// A caller whose deadline ended the solve before anything was found gets no answer, so that its retry policy sees it; a time limit that did
/// is an outcome.
fn in_time(status: Status, limits: &Limits, policy: &domain::Policy, caller: &Caller) -> Result<(), CallError> {
    let was_deadline = limits.deadline < caller.arrived + time_limit(policy, caller);
    if status == Status::NoSolutionFound && was_deadline { Err(CallError::Stopped) } else { Ok(()) }
}

/// Says who should interview whom before a match.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Engine`].
pub fn shortlist(
    message: pb::ShortlistRequest,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<pb::ShortlistResponse, CallError> {
    let request = read(message.instance, message.policy, caller)?;
    let (instance, policy) = (engine::before_interviews(&request.instance), &request.policy);
    let interviews = wire::read_interviews(
        &instance,
        message.interviews_per_project,
        message.interviews_per_student,
        &message.project_interviews,
        &caller.sizes,
    )?;
    let (limits, solver) = (limits(policy, caller), &solver.counting());
    let shortlist = engine::shortlist(&instance, policy, &interviews, solver, &limits, caller.sizes.pairs)?;
    tell("shortlist", &request, shortlist.status, solver, caller);
    in_time(shortlist.status, &limits, policy, caller)?;
    Ok(wire::write_shortlist(&request.instance, policy, &shortlist, caller.arrived.elapsed()))
}

/// Checks a matching against the rules.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Engine`] when more pairs may be matched than the limit allows;
/// [`CallError::Stopped`].
pub fn check(message: pb::CheckRequest, caller: &Caller) -> Result<pb::CheckResponse, CallError> {
    let request = read(message.instance, message.policy, caller)?;
    let (instance, policy) = (&request.instance, &request.policy);
    let matching = wire::read_assignments(instance, &message.assignments, &caller.sizes)?;
    let evaluation = evaluation::evaluate(instance, policy, caller.sizes.pairs, &|| caller.wants_no_answer())?;
    let certificate = match message.certificate {
        None => None,
        Some(raw) => {
            let certificate = wire::read_certificate(instance, policy, &raw, &caller.sizes)?;
            let stop = || caller.wants_no_answer();
            let check = verify::certificate(instance, policy, &evaluation, &certificate, &matching, &stop);
            Some(check.ok_or(CallError::Stopped)?)
        }
    };
    Ok(wire::write_check(
        instance,
        policy,
        &verify::violations(instance, policy, &evaluation, &matching),
        &verify::points(instance, policy, &matching),
        &verify::goal_values(instance, policy, &evaluation, &matching),
        &verify::blocking_pairs(instance, &evaluation, &matching),
        certificate.as_ref(),
    ))
}

/// Makes a season from a seed.
///
/// # Errors
/// [`CallError::Malformed`].
pub fn sample(message: &pb::GetSampleRequest) -> Result<pb::GetSampleResponse, CallError> {
    let asked = sample::read_sample(message)?;
    let (instance, policy) = sample::sample(asked.sample, asked.seed, asked.students, asked.projects);
    Ok(pb::GetSampleResponse { instance: Some(instance), policy: Some(policy) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solve_that_found_nothing_is_too_late_by_the_deadline_and_an_outcome_by_its_time_limit() {
        let mut policy = domain::Policy::default();
        policy.limits.time_limit = Duration::from_millis(500);
        let ended = |deadline: u64, status| {
            let mut caller = Caller::local(Cancel::default());
            caller.deadline = Some(caller.arrived + Duration::from_millis(deadline));
            in_time(status, &limits(&policy, &caller), &policy, &caller).is_ok()
        };
        assert!(!ended(400, Status::NoSolutionFound));
        assert!(!ended(510, Status::NoSolutionFound), "its margin begins before the time limit");
        assert!(ended(650, Status::NoSolutionFound), "its margin begins after the time limit");
        assert!(ended(400, Status::Feasible), "what was found is an answer");
    }
}
