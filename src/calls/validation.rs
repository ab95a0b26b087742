//! `Validate`: what reading and counting find at once, and the question that takes a solve, to be answered where and when there is time for it.

use std::time::{Duration, Instant};

use super::{CallError, Caller, before, engine_of, read};
use engine::{self, EngineError, Feasibility, Judged};
use rules::codes;
use rules::evaluation::{self, Evaluation};
use rules::finding::{Finding, Severity};
use rules::validation;
use solve::{Cancel, Limits, SolverCommand, Tuning, Watcher};
use wire::{self, pb};

/// Whether a season that was read has a matching, where it takes a solve to tell.
pub struct Question {
    request: wire::Request,
    evaluation: Evaluation,
    known: Vec<Finding>,
    feasibility: Feasibility,
}

impl Question {
    /// What rows of the season can't hold together; that it was cut short, where it was.
    pub fn answer(&self, until: Instant, cancel: Cancel, solver: &SolverCommand) -> Vec<Finding> {
        let (instance, policy) = (&self.request.instance, &self.request.policy);
        let limits = Limits {
            deadline: until,
            cancel,
            relative_gap: 0.0,
            engine: engine_of(policy),
            lottery: false,
            watcher: Watcher::default(),
            tuning: Tuning::default(),
        };
        let season = Judged { instance, policy, evaluation: &self.evaluation, known: &self.known };
        self.feasibility.findings(season, solver, &limits)
    }
}

/// What is found of a question that nobody had time for.
pub fn unasked() -> Finding {
    engine::unsettled("others were validated meanwhile")
}

/// When an answer must be there that is given so much time, and whose caller may stop waiting earlier.
pub fn until(time: Duration, deadline: Option<Instant>) -> Instant {
    let until = Instant::now() + time;
    deadline.map_or(until, |deadline| until.min(before(deadline)))
}

/// Tells every fault and contradiction of a request, and its market; those of several rows that are found within some time. A malformed
/// request is an answer here.
///
/// # Errors
/// [`CallError::Engine`] when more pairs may be matched than the limit allows; [`CallError::Stopped`].
pub fn validate(
    message: pb::ValidateRequest,
    caller: &Caller,
    solver: &SolverCommand,
    time: Duration,
) -> Result<pb::ValidateResponse, CallError> {
    let (mut response, question) = judge(message, caller)?;
    if let Some(question) = question {
        let found = question.answer(until(time, caller.deadline), caller.cancel.clone(), solver);
        wire::add_findings(&mut response, &found);
    }
    Ok(response)
}

/// What [`validate`] tells without a solve, and what it would solve.
///
/// # Errors
/// As [`validate`].
pub fn judge(
    message: pb::ValidateRequest,
    caller: &Caller,
) -> Result<(pb::ValidateResponse, Option<Question>), CallError> {
    let request = match read(message.instance, message.policy, caller) {
        Ok(request) => request,
        Err(faults) => {
            let total = faults.total();
            return Ok((wire::write_validation(faults.into_findings(), total, None), None));
        }
    };
    let (findings, evaluation, feasibility) = judge_season(&request, caller)?;
    let market = validation::market(&request.instance, &evaluation);
    let total = findings.len();
    let market = Some((&request.instance, &evaluation, &market));
    let response = wire::write_validation(findings.clone(), total, market);
    let question = feasibility.map(|feasibility| Question { request, evaluation, known: findings, feasibility });
    Ok((response, question))
}

/// The same of a season that was read.
pub(super) fn judge_read(
    request: wire::Request,
    caller: &Caller,
) -> Result<(Vec<Finding>, Option<Question>), CallError> {
    let (findings, evaluation, feasibility) = judge_season(&request, caller)?;
    let known = findings.clone();
    let question = feasibility.map(|feasibility| Question { request, evaluation, known, feasibility });
    Ok((findings, question))
}

/// What contradicts what, what may surprise, and the question that is left.
fn judge_season(
    request: &wire::Request,
    caller: &Caller,
) -> Result<(Vec<Finding>, Evaluation, Option<Feasibility>), CallError> {
    let (instance, policy) = (&request.instance, &request.policy);
    let evaluation = evaluation::evaluate(instance, policy, caller.sizes.pairs, &|| caller.wants_no_answer())?;
    let mut findings = validation::contradictions(instance, policy, &evaluation);
    findings.extend(validation::surprises(instance, policy, &evaluation));
    let feasibility = match engine::feasibility(instance, policy, &evaluation, caller.sizes.pairs) {
        Ok(feasibility) => feasibility,
        // A match would be refused.
        Err(EngineError::TooManyTerms { limit }) => {
            let message = format!("quotas, links and stability speak of pairs more than {limit} times");
            let (code, field) = (&codes::TOO_MANY_TERMS, "policy".to_owned());
            findings.push(Finding { code, severity: Severity::Error, field, message });
            None
        }
        Err(error) => return Err(error.into()),
    };
    Ok((findings, evaluation, feasibility))
}
