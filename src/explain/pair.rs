//! Why a student is not at a project.

use super::{Asked, ExplainError, Optimum, Prospect};
use rules::domain::{ProjectIndex, StudentIndex};
use rules::evaluation::{PairEvaluation, PairEvaluator};

/// Why a pair is or is not matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairReason {
    /// It is matched.
    Matched,
    /// A rule or wish refuses it.
    Refused,
    /// It could be matched, at this price.
    Possible(Prospect),
}

/// One pair and why it is as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairExplanation {
    /// What the rules and the score say of it.
    pub evaluation: PairEvaluation,
    /// Why.
    pub reason: PairReason,
}

impl Optimum<'_> {
    /// Says why a student is or is not at a project.
    ///
    /// # Errors
    /// See [`ExplainError`].
    pub fn explain_pair(&self, student: StudentIndex, project: ProjectIndex) -> Result<PairExplanation, ExplainError> {
        self.explained(student, project, || self.prospect(Asked::Pair(student, project)))
    }

    /// The same, with what it would take where no rule refuses it.
    pub(super) fn explained(
        &self,
        student: StudentIndex,
        project: ProjectIndex,
        prospect: impl FnOnce() -> Result<Prospect, ExplainError>,
    ) -> Result<PairExplanation, ExplainError> {
        let evaluation = PairEvaluator::new(self.instance, self.policy).evaluate(student, project);
        let reason = if self.matching.place_of(student) == Some(project) {
            PairReason::Matched
        } else if evaluation.refusals.is_empty() {
            PairReason::Possible(prospect()?)
        } else {
            PairReason::Refused
        };
        Ok(PairExplanation { evaluation, reason })
    }
}
