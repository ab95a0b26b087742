//! The pipeline on one screen: evaluate, formulate, solve, verify, explain.

mod also;
mod based;
mod certificate;
pub mod comparison;
mod contradiction;
mod explain;
mod feasibility;
mod progress;
mod shortlist;
mod what_if;

pub use explain::{About, Explained, Explanation, explain, explain_each, explain_pairs};
pub use feasibility::{Feasibility, Judged, feasibility, unsettled};
pub use progress::{Phase, Progress, Watch};
pub use shortlist::{Shortlist, before_interviews, shortlist};
pub use what_if::{Also, Baseline, WhatIf, what_if};

use std::time::Duration;

use ::explain::diagnosis::{Conflict, Relaxation};
use ::explain::{self as reasons, Alternates, ExplainError, Full, Gain, Optimum, Summary, Unmatched, WhyEmpty};
use formulation::{self, Formulation};
use rules::codes;
use rules::domain::{Assignment, Certificate, GoalKind, Instance, Matching, Policy, ProjectIndex, Waiver};
use rules::evaluation::{self, Evaluation, EvaluationError, PairEvaluation, PairEvaluator};
use rules::finding::{Finding, Severity};
use rules::funding::{self, Carried};
use rules::validation;
use solve::{self, GoalValue, Limits, Solution, Solved, SolverCommand, SolverFailure, Stop};
use verify::{self, ViolationKind};

/// How a solve ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Every goal is proven.
    Optimal,
    /// Stopped before every goal was proven.
    Feasible,
    /// Proven: no matching keeps every rule.
    Infeasible,
    /// Stopped before any matching was found.
    NoSolutionFound,
    /// Cancelled.
    Cancelled,
}

impl Status {
    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Optimal => "OPTIMAL",
            Self::Feasible => "FEASIBLE",
            Self::Infeasible => "INFEASIBLE",
            Self::NoSolutionFound => "NO_SOLUTION_FOUND",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// What was reached of one goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalResult {
    /// The goal.
    pub kind: GoalKind,
    /// Whether it counts some students only.
    pub is_scoped: bool,
    /// What was reached.
    pub reached: GoalValue,
}

/// The matching, and how good it is known to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// How the solve ended.
    pub status: Status,
    /// Who goes where, by student.
    pub places: Vec<PairEvaluation>,
    /// By place: what could be done today without moving anybody else.
    pub alternates: Vec<Alternates>,
    /// Who goes nowhere, by student.
    pub unmatched: Vec<Unmatched>,
    /// What one unit more would buy of whatever is full.
    pub seat_values: Vec<(Full, Gain)>,
    /// Projects with a minimum that stay empty.
    pub closed_projects: Vec<ProjectIndex>,
    /// Projects where nobody is placed, and why.
    pub empty_projects: Vec<(ProjectIndex, WhyEmpty)>,
    /// By goal of the policy.
    pub goals: Vec<GoalResult>,
    /// Whether the lottery was carried to the end.
    pub canonical: bool,
    /// What proves the goals, or that there is no matching, to anyone; none where no such proof is known.
    pub certificate: Option<Certificate>,
    /// The totals; none without a matching.
    pub summary: Option<Summary>,
    /// Which fund carries which place, where the policy asks for paid ones.
    pub carried: Option<Carried>,
    /// By quota of the policy: the sum of weights; empty without a matching.
    pub quotas: Vec<i64>,
    /// The waivers without which a place would be refused, each once.
    pub used_waivers: Vec<Waiver>,
    /// Rows that can't hold together, where there is no matching.
    pub conflicts: Vec<Conflict>,
    /// Changes after which there is one, fewest units first.
    pub relaxations: Vec<Relaxed>,
    /// Contradictions found without solving, or what of the request had no effect.
    pub findings: Vec<Finding>,
}

impl Outcome {
    fn without_matching(status: Status, findings: Vec<Finding>) -> Self {
        Self {
            status,
            places: Vec::new(),
            alternates: Vec::new(),
            unmatched: Vec::new(),
            seat_values: Vec::new(),
            closed_projects: Vec::new(),
            empty_projects: Vec::new(),
            goals: Vec::new(),
            canonical: false,
            certificate: None,
            summary: None,
            carried: None,
            quotas: Vec::new(),
            used_waivers: Vec::new(),
            conflicts: Vec::new(),
            relaxations: Vec::new(),
            findings,
        }
    }
}

/// Changes after which there is a matching, and the best one then.
#[derive(Debug, Clone, PartialEq)]
pub struct Relaxed {
    /// The changes.
    pub relaxation: Relaxation,
    /// What they lead to.
    pub outcome: Outcome,
}

/// Why there is no outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineError {
    /// More pairs may be matched than the caller allows.
    TooManyPairs {
        /// How many the caller allows.
        limit: usize,
    },
    /// The rows of quotas, links and stability have more terms than the caller allows.
    TooManyTerms {
        /// How many the caller allows.
        limit: usize,
    },
    /// The solver failed in every way it was asked.
    SolverFailed(SolverFailure),
    /// The result did not pass the check; it was thrown away.
    ResultRejected(String),
    /// The matching that the caller gives breaks rules.
    OutcomeBreaksRules {
        /// The first that it breaks.
        first: ViolationKind,
        /// How many it breaks.
        count: usize,
    },
}

impl From<ExplainError> for EngineError {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::SolverFailed(failure) => Self::SolverFailed(failure),
            ExplainError::Rejected(why) => Self::ResultRejected(why),
        }
    }
}

/// How many times as long as the solve its reasons may take, and how long they may in any case.
const TIMES_FOR_REASONS: u32 = 2;
const LEAST_FOR_REASONS: Duration = Duration::from_secs(10);

/// Terms of quotas and links for each pair that the caller allows.
const TERMS_OF_PAIR: usize = 10;

/// A season, and what solves it.
#[derive(Clone, Copy)]
pub struct Season<'a> {
    /// The season.
    pub instance: &'a Instance,
    /// What is wanted of it.
    pub policy: &'a Policy,
    /// What the integer program is asked of.
    pub command: &'a SolverCommand,
    /// When to stop.
    pub limits: &'a Limits,
    /// The most pairs that the caller allows.
    pub pair_limit: usize,
    /// Whether the outcome tells why who is left out is, what could be done instead and what a seat would buy.
    pub tells_why: bool,
    /// Who hears how far it has come.
    pub watch: &'a Watch,
}

/// How the part of the pipeline up to `solve` ended.
enum Reached {
    /// With a solution.
    Solution(Box<Solvable>),
    /// With an outcome that has no matching.
    Outcome(Box<Outcome>),
}

/// A season's pairs and rows, and a solution of them.
struct Solvable {
    evaluation: Evaluation,
    formulation: Formulation,
    solution: Solution,
}

/// Finds the best matching of a season under a policy and proves it; or says why there is none and what would make one.
///
/// # Errors
/// See [`EngineError`]. An instance without a matching is no error but an outcome.
pub fn solve(season: &Season) -> Result<Outcome, EngineError> {
    let before = season.limits.remaining();
    season.watch.enter(Phase::Evaluating);
    let reached = season.reach()?;
    match reached {
        Reached::Outcome(outcome) => Ok(*outcome),
        Reached::Solution(solved) => {
            let used = before.saturating_sub(season.limits.remaining());
            // Why somebody is left out is worth as much time again as the matching took, no more.
            season.watch.enter(Phase::Explaining);
            let _span = tracing::info_span!("explain").entered();
            let limits = season.limits.within(TIMES_FOR_REASONS * used + LEAST_FOR_REASONS);
            Season { limits: &limits, ..*season }.finish(&solved)
        }
    }
}

impl Season<'_> {
    /// Evaluates, formulates and solves.
    fn reach(&self) -> Result<Reached, EngineError> {
        let Self { instance, policy, command, limits, pair_limit, .. } = *self;
        let ended = |outcome| Ok(Reached::Outcome(Box::new(outcome)));
        let span = tracing::info_span!("evaluate").entered();
        let evaluation = match evaluation::evaluate(instance, policy, pair_limit, &|| limits.stop().is_some()) {
            Ok(evaluation) => evaluation,
            Err(EvaluationError::TooManyPairs { limit }) => return Err(EngineError::TooManyPairs { limit }),
            Err(EvaluationError::Stopped) => return ended(nothing(limits.stop())),
        };
        let limit = pair_limit.saturating_mul(TERMS_OF_PAIR);
        if formulation::size(instance, policy, &evaluation) > limit {
            return Err(EngineError::TooManyTerms { limit });
        }
        let formulation = formulation::formulate(instance, policy, &evaluation);
        span.exit();
        let contradictions = validation::contradictions(instance, policy, &evaluation);
        let proof = if contradictions.is_empty() {
            let watched = self.watch.over(limits, policy, &formulation);
            self.watch.enter(Phase::Solving);
            let _span = tracing::info_span!("solve").entered();
            match solve::solve(&formulation, command, &watched).map_err(EngineError::SolverFailed)? {
                Solved::Infeasible(proof) => proof,
                Solved::Nothing(stop) => return ended(nothing(Some(stop))),
                Solved::Solution(solution) => {
                    return Ok(Reached::Solution(Box::new(Solvable { evaluation, formulation, solution })));
                }
            }
        } else {
            None
        };
        self.watch.enter(Phase::Explaining);
        ended(self.contradicted(&evaluation, &formulation, proof.as_ref(), contradictions)?)
    }
}

fn nothing(stop: Option<Stop>) -> Outcome {
    let status = match stop {
        Some(Stop::Cancelled) => Status::Cancelled,
        Some(Stop::OutOfTime | Stop::SolverFailed) | None => Status::NoSolutionFound,
    };
    Outcome::without_matching(status, Vec::new())
}

/// How a solve ended that has something to give.
fn status_of(proven: bool, stop: Option<Stop>) -> Status {
    match stop {
        _ if proven => Status::Optimal,
        Some(Stop::Cancelled) => Status::Cancelled,
        Some(Stop::OutOfTime | Stop::SolverFailed) | None => Status::Feasible,
    }
}

/// A solution that passed the check.
struct Checked {
    matching: Matching,
    certificate: Option<Certificate>,
    /// By goal of the policy, in its own unit.
    goals: Vec<GoalValue>,
}

/// Checks a solution against the instance, by code that does not know how it was made.
fn check(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    formulation: &Formulation,
    solution: &Solution,
) -> Result<Checked, EngineError> {
    // A certificate names goals by their kinds.
    let proofs = solution.proofs.as_ref().filter(|_| policy.is_certifiable());
    let certificate = proofs.map(|proofs| certificate::certificate(policy, formulation, proofs));
    let chosen = evaluation.pairs.iter().zip(&solution.matched).filter(|&(_, &matched)| matched);
    let matching =
        Matching::new(chosen.map(|(pair, _)| Assignment { student: pair.student, project: pair.project }).collect());
    if let Some(violation) = verify::violations(instance, policy, evaluation, &matching).first() {
        return Err(EngineError::ResultRejected(format!("it breaks {:?}", violation.kind)));
    }
    let goals = reasons::in_goal_units(formulation, &solution.goals);
    for (check, reached) in verify::goal_values(instance, policy, evaluation, &matching).iter().zip(&goals) {
        if (check.value, &check.profile) != (reached.value, &reached.profile) {
            return Err(EngineError::ResultRejected(format!("its {:?} is not what it says", check.kind)));
        }
    }
    if let Some(proof) = &certificate {
        let check = verify::certificate(instance, policy, evaluation, proof, &matching, &|| false);
        if let Some(fault) = check.iter().flat_map(|check| &check.faults).next() {
            return Err(EngineError::ResultRejected(format!("its certificate has the fault {fault:?}")));
        }
    }
    Ok(Checked { matching, certificate, goals })
}

impl Season<'_> {
    /// Tells what a solution means.
    fn finish(&self, solved: &Solvable) -> Result<Outcome, EngineError> {
        let Solvable { evaluation, formulation, solution } = solved;
        let (instance, policy) = (self.instance, self.policy);
        let Checked { matching, certificate, goals } = check(instance, policy, evaluation, formulation, solution)?;
        let evaluator = PairEvaluator::new(instance, policy);
        let places: Vec<PairEvaluation> =
            matching.assignments().iter().map(|a| evaluator.evaluate(a.student, a.project)).collect();
        let carried = policy.paid_only.then(|| funding::carry(instance, policy, &matching));
        let optimum = Optimum {
            instance,
            policy,
            evaluation,
            formulation,
            solution,
            goals: &goals,
            matching: &matching,
            command: self.command,
            limits: self.limits,
        };
        let why = if self.tells_why {
            reasons::reasons(&optimum, carried.as_ref())
        } else {
            reasons::reasons_of_rules(&optimum)
        };
        let proven = solution.goals.iter().all(|goal| goal.proven);
        Ok(Outcome {
            status: status_of(proven, solution.stop),
            unmatched: why.unmatched,
            alternates: why.alternates,
            seat_values: why.seat_values,
            closed_projects: reasons::closed_projects(instance, &matching),
            empty_projects: reasons::empty_projects(instance, evaluation, &matching),
            goals: policy
                .goals
                .iter()
                .zip(goals)
                .map(|(goal, reached)| GoalResult { kind: goal.kind, is_scoped: goal.is_scoped(), reached })
                .collect(),
            canonical: solution.canonical,
            certificate,
            summary: Some(reasons::summarise(instance, &matching, &places)),
            carried,
            quotas: verify::quota_sums(instance, policy, &matching),
            used_waivers: places.iter().flat_map(|place| place.used_waivers.iter().cloned()).collect(),
            conflicts: Vec::new(),
            relaxations: Vec::new(),
            findings: self.remarks(evaluation, &matching, solution.stop),
            places,
        })
    }
}

impl Season<'_> {
    /// Who was told a place and has it no more, what of the request had another effect than was meant, and whether the solver was lost.
    fn remarks(&self, evaluation: &Evaluation, matching: &Matching, stop: Option<Stop>) -> Vec<Finding> {
        let told = validation::told_and_moved(self.instance, self.policy, evaluation, matching);
        let mut found: Vec<Finding> = told.into_iter().collect();
        found.extend(validation::without_effect(self.instance, self.policy));
        if stop == Some(Stop::SolverFailed) {
            found.push(Finding {
                code: &codes::SOLVER_LOST,
                severity: Severity::Warning,
                field: String::new(),
                message: "the solver failed, and this is the best matching that was known before".to_owned(),
            });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use formulation::Measure;
    use wire::{SizeLimits, json, pb, read_request};

    /// Three students and two seats, and the best matching as a solver would claim it.
    fn claimed() -> (Instance, Policy, Evaluation, Solution) {
        let text = br#"{"instance": {"projects": [{"project_id": "P"}, {"project_id": "Q"}], "students": [
            {"student_id": "A", "choices": [{"project_id": "P"}, {"project_id": "Q"}]},
            {"student_id": "B", "choices": [{"project_id": "P"}, {"project_id": "Q"}]},
            {"student_id": "C", "choices": [{"project_id": "Q"}, {"project_id": "P"}]}]},
            "policy": {"goals": [{"kind": "PLACE_MOST"}, {"kind": "LEAST_RANK_SUM"}, {"kind": "RANK_MAXIMAL"}]}}"#;
        let request: pb::MatchRequest = json::read("MatchRequest", text).unwrap();
        let request = read_request(request.instance, request.policy, &SizeLimits::NONE).unwrap();
        let evaluation = evaluation::evaluate(&request.instance, &request.policy, usize::MAX, &|| false).unwrap();
        let value = |value, profile| GoalValue { value, bound: value, proven: true, profile };
        let solution = Solution {
            matched: vec![true, false, false, false, false, true],
            goals: vec![value(2, vec![]), value(2, vec![]), value(2, vec![2])],
            canonical: true,
            stop: None,
            proofs: None,
            dropped: Vec::new(),
        };
        (request.instance, request.policy, evaluation, solution)
    }

    fn formulated(instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> Formulation {
        formulation::formulate(instance, policy, evaluation)
    }

    #[test]
    fn a_true_result_passes() {
        let (instance, policy, evaluation, solution) = claimed();
        let formulation = formulated(&instance, &policy, &evaluation);
        assert_eq!(check(&instance, &policy, &evaluation, &formulation, &solution).unwrap().goals, solution.goals);
    }

    #[test]
    fn a_corrupted_result_never_passes() {
        let (instance, policy, evaluation, solution) = claimed();
        let rejected = |corrupted: Solution| {
            let formulation = formulated(&instance, &policy, &evaluation);
            let ended = check(&instance, &policy, &evaluation, &formulation, &corrupted);
            assert!(matches!(ended, Err(EngineError::ResultRejected(_))));
        };
        for mask in 1_u32..64 {
            let mut corrupted = solution.clone();
            for (column, matched) in corrupted.matched.iter_mut().enumerate() {
                *matched ^= mask & (1 << column) != 0;
            }
            // Nothing else places two at their first choices but B in the place of A, which ties.
            if corrupted.matched != [false, false, true, false, false, true] {
                rejected(corrupted);
            }
        }
        for goal in 0..3 {
            for wrong in [-1, 1, 1_000_000] {
                let mut corrupted = solution.clone();
                corrupted.goals[goal].value += wrong;
                rejected(corrupted);
            }
        }
        let mut corrupted = solution.clone();
        corrupted.goals[2].profile = vec![2, 1];
        rejected(corrupted);
    }

    #[test]
    fn columns_of_the_formulation_are_the_pairs_of_the_evaluation() {
        let (instance, policy, evaluation, _) = claimed();
        let formulation = formulation::formulate(&instance, &policy, &evaluation);
        assert_eq!(formulation.columns.len(), evaluation.pairs.len());
        let Measure::Sum { weights, least: true } = &formulation.goals[1].measure else { panic!("a sum") };
        assert_eq!(*weights, [1, 2, 1, 2, 2, 1]);
    }
}
