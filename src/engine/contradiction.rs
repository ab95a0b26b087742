//! A season without a matching: what contradicts what, and what would make one.

use std::cmp::Reverse;

use super::{EngineError, Outcome, Relaxed, Season, Status, Watch, certificate, solve};
use ::explain::diagnosis::{self, Conflict, Relaxation};
use ::explain::parallel;
use formulation::Formulation;
use rules::codes;
use rules::evaluation::Evaluation;
use rules::finding::Finding;
use solve::{Proof, SolverFailure};

impl Season<'_> {
    /// What contradicts what in a season without a matching, and what would make one.
    pub(super) fn contradicted(
        &self,
        evaluation: &Evaluation,
        formulation: &Formulation,
        proof: Option<&Proof>,
        contradictions: Vec<Finding>,
    ) -> Result<Outcome, EngineError> {
        let Self { instance, policy, command, limits, .. } = *self;
        let certificate = proof.map(|proof| certificate::certificate(policy, formulation, std::slice::from_ref(proof)));
        if certificate.as_ref().is_some_and(|proof| !verify::proves_infeasible(instance, policy, evaluation, proof)) {
            return Err(EngineError::ResultRejected("its proof that there is no matching is none".to_owned()));
        }
        // That there is no matching is proven; a failure to say why must not lose that.
        let failed =
            |failure: SolverFailure| tracing::error!(why = failure.0, "the solver failed while conflicts were sought");
        let conflicts = diagnosis::conflicts(formulation, proof, command, limits).map_err(failed).unwrap_or_default();
        // A minimum above the seats is refused before the rows are asked, which let such a project stay closed.
        let is_reversed = |finding: &Finding| std::ptr::eq(finding.code, &codes::MINIMUM_ABOVE_MAXIMUM);
        let is_whole = !contradictions.iter().any(is_reversed);
        let conflicts: Vec<Conflict> = conflicts
            .into_iter()
            .map(|conflict| Conflict { is_irreducible: conflict.is_irreducible && is_whole, ..conflict })
            .collect();
        let relaxations = diagnosis::relaxations(instance, policy, evaluation, &conflicts, command, limits);
        let relax = |relaxation: &Relaxation| {
            let (mut instance, mut policy) = (instance.clone(), policy.clone());
            relaxation.edits.iter().for_each(|edit| edit.apply(&mut instance, &mut policy));
            let watch = &Watch::default();
            let outcome = solve(&Season { instance: &instance, policy: &policy, tells_why: false, watch, ..*self });
            let outcome = outcome.inspect_err(|error| tracing::error!(?error, "a relaxation has no outcome")).ok()?;
            // What only might make a matching is no answer.
            outcome.summary.is_some().then(|| Relaxed { relaxation: relaxation.clone(), outcome })
        };
        let relaxations = relaxations.map_err(failed).unwrap_or_default();
        let mut relaxations: Vec<Relaxed> = parallel::map(&relaxations, relax).into_iter().flatten().collect();
        relaxations.sort_by_key(|relaxed| (relaxed.relaxation.units, Reverse(relaxed.outcome.places.len())));
        let told = Outcome::without_matching(Status::Infeasible, contradictions);
        Ok(Outcome { certificate, conflicts, relaxations, ..told })
    }
}
