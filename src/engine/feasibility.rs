//! Whether a season has a matching at all, asked without its goals: what `Validate` finds by solving.

use std::collections::HashSet;

use super::{EngineError, TERMS_OF_PAIR, certificate};
use ::explain::diagnosis::{self, Conflict};
use formulation::{self, Column, Columns, Formulation, Row, RowLabel};
use rules::codes;
use rules::domain::{Instance, Policy};
use rules::evaluation::Evaluation;
use rules::finding::{Finding, Severity};
use solve::{self, Limits, Proof, Solved, SolverCommand, SolverFailure};

/// The question whether a season has a matching, where it takes a solve to answer.
pub struct Feasibility {
    formulation: Formulation,
}

/// A season that is asked about, and what is known of it without a solve.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    /// The season.
    pub instance: &'a Instance,
    /// What is wanted of it.
    pub policy: &'a Policy,
    /// Its pairs.
    pub evaluation: &'a Evaluation,
    /// What was found; its errors are not told again.
    pub known: &'a [Finding],
}

/// The question of a season; none where a matching that places nobody keeps every rule.
///
/// # Errors
/// [`EngineError::TooManyTerms`].
pub fn feasibility(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    pair_limit: usize,
) -> Result<Option<Feasibility>, EngineError> {
    let policy = &Policy { goals: Vec::new(), ..policy.clone() };
    let limit = pair_limit.saturating_mul(TERMS_OF_PAIR);
    if formulation::size(instance, policy, evaluation) > limit {
        return Err(EngineError::TooManyTerms { limit });
    }
    let formulation = formulation::formulate(instance, policy, evaluation);
    let is_open = formulation.rows.iter().any(|row| !holds_with_nobody(row, &formulation.columns));
    Ok(is_open.then_some(Feasibility { formulation }))
}

/// Whether a row holds where every pair is left out.
fn holds_with_nobody(row: &Row, columns: &Columns) -> bool {
    // What a soft quota misses is no contradiction.
    let is_soft =
        row.defines.is_some_and(|(column, _)| matches!(columns.other(column as usize), Some(Column::Missed { .. })));
    is_soft || (row.least.is_none_or(|least| least <= 0) && row.most.is_none_or(|most| most >= 0))
}

impl Feasibility {
    /// An error for each set of rows that can't hold together, and a warning where the limits did not allow to look for all of them.
    pub fn findings(&self, season: Judged, command: &SolverCommand, limits: &Limits) -> Vec<Finding> {
        match self.conflicts(season, command, limits) {
            Ok(Answer::Matching) => Vec::new(),
            Ok(Answer::Unsettled) => vec![unsettled("the time was over")],
            Ok(Answer::Conflicts(conflicts)) => {
                let mut found: Vec<Finding> =
                    conflicts.iter().map(|conflict| contradiction(season.instance, season.policy, conflict)).collect();
                if found.is_empty() {
                    let message = "no matching keeps every rule; which can't hold together was not found in time";
                    found.push(error("instance".to_owned(), message.to_owned()));
                }
                if limits.stop().is_some() {
                    found.push(cut_short("there may be more that can't hold together than was found in time"));
                }
                found
            }
            Err(why) => {
                tracing::error!(why, "the solver failed while a season was validated");
                vec![unsettled("the solver failed")]
            }
        }
    }

    fn conflicts(&self, season: Judged, command: &SolverCommand, limits: &Limits) -> Result<Answer, String> {
        let Judged { instance, policy, evaluation, known } = season;
        let errors = || known.iter().filter(|finding| finding.severity == Severity::Error);
        let fields: HashSet<&str> = errors().map(|finding| finding.field.as_str()).collect();
        let are_minimums_known = errors().any(|finding| std::ptr::eq(finding.code, &codes::MINIMUMS_EXCEED_STUDENTS));
        let is_known = |label: RowLabel| {
            (are_minimums_known && matches!(label, RowLabel::MustOpen(_)))
                || diagnosis::fields(instance, policy, label).iter().any(|field| fields.contains(field.as_str()))
        };
        let is_whole = fields.is_empty();
        let rest = if is_whole { None } else { Some(diagnosis::only(&self.formulation, |label| !is_known(label))) };
        let formulation = rest.as_ref().unwrap_or(&self.formulation);
        if limits.stop().is_some() {
            return Ok(Answer::Unsettled);
        }
        let failed = |failure: SolverFailure| failure.0;
        let proof = match solve::solve(formulation, command, limits).map_err(failed)? {
            Solved::Solution(_) => return Ok(Answer::Matching),
            Solved::Nothing(_) => return Ok(Answer::Unsettled),
            Solved::Infeasible(proof) => proof,
        };
        let proves = |proof: &Proof| {
            let proof = certificate::certificate(policy, formulation, std::slice::from_ref(proof));
            verify::proves_infeasible(instance, policy, evaluation, &proof)
        };
        // Where rows were left out the proof is one of another season.
        if is_whole && proof.as_ref().is_some_and(|proof| !proves(proof)) {
            return Err("its proof that there is no matching is none".to_owned());
        }
        let conflicts = diagnosis::conflicts(formulation, proof.as_ref(), command, limits).map_err(failed)?;
        Ok(Answer::Conflicts(conflicts))
    }
}

/// What came of the question.
enum Answer {
    /// There is a matching, but for what was known.
    Matching,
    /// There is none; fewer conflicts, or none, where time was over.
    Conflicts(Vec<Conflict>),
    /// It is not known.
    Unsettled,
}

fn contradiction(instance: &Instance, policy: &Policy, conflict: &Conflict) -> Finding {
    let fields = conflict.rows.iter().flat_map(|&label| diagnosis::fields(instance, policy, label));
    let words = diagnosis::words(instance, policy, conflict);
    let some = if conflict.is_irreducible { "" } else { ", of which some may not be needed" };
    let field = fields.into_iter().next().unwrap_or_else(|| "instance".to_owned());
    error(field, format!("these can't hold together{some}: {words}"))
}

fn error(field: String, message: String) -> Finding {
    Finding { code: &codes::ROWS_CONTRADICT, severity: Severity::Error, field, message }
}

/// Says that the question has no answer.
pub fn unsettled(why: &str) -> Finding {
    cut_short(&format!("whether any matching keeps every rule was not settled: {why}"))
}

fn cut_short(message: &str) -> Finding {
    let field = "instance".to_owned();
    Finding { code: &codes::DIAGNOSIS_CUT_SHORT, severity: Severity::Warning, field, message: message.to_owned() }
}
