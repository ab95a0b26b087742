//! Why a student has the place they have, and none that they would rather have.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Alternates, ExplainError, Optimum, PairExplanation, Unmatched, alternates, unmatched};
use rules::domain::{Assignment, Matching, OfferState, PairNote, ProjectIndex, Rule, StudentIndex};
use rules::evaluation::{PairEvaluation, PairEvaluator};
use solve::{Forced, Residual};

use super::{Asked, Prospect, UnmatchedReason};

/// Why a student has the place they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudentExplanation {
    /// Who.
    pub student: StudentIndex,
    /// Their place and what else they could have today; none = they have none.
    pub place: Option<(PairEvaluation, Alternates)>,
    /// Why they have none.
    pub unmatched: Option<Unmatched>,
    /// Projects that they would rather have, the most wished for first.
    pub preferred: Vec<PairExplanation>,
    /// How many those are in all.
    pub preferred_count: usize,
    /// What they accepted and can't have any more.
    pub void: Option<PairEvaluation>,
}

/// Projects told that a student would rather have; and of those that could be matched, where each takes a solve.
const MOST_TOLD: usize = 10;
const MOST_SOLVED: usize = 3;

impl Optimum<'_> {
    /// Says why a student has the place they have, or none.
    ///
    /// # Errors
    /// See [`ExplainError`].
    pub fn explain_student(&self, student: StudentIndex) -> Result<StudentExplanation, ExplainError> {
        self.with_residual(|residual| {
            let occupancy = self.occupancy();
            let evaluator = PairEvaluator::new(self.instance, self.policy);
            let place = self.matching.place_of(student).map(|project| {
                let alone = Matching::new(vec![Assignment { student, project }]);
                let mut told = alternates(&Optimum { matching: &alone, ..*self }, &occupancy);
                (evaluator.evaluate(student, project), told.pop().unwrap_or_default())
            });
            let mut left =
                if place.is_none() { unmatched(self, residual, None, &occupancy, &[student]).pop() } else { None };
            if let Some(left) = &mut left {
                self.price(left)?;
            }
            let here = place.as_ref().map(|(pair, _)| pair);
            let wished = self.preferred(student, here, &evaluator);
            let forced = residual.map(|residual| self.forced_pairs(residual, student)).unwrap_or_default();
            let mut preferred = Vec::new();
            let mut solved = 0;
            for &project in wished.iter().take(MOST_TOLD) {
                let network = forced.get(&project).and_then(|forced| self.forced(&occupancy, forced));
                let is_open = network.is_none() && self.evaluation.find(student, project).is_some();
                solved += usize::from(is_open);
                if is_open && solved > MOST_SOLVED {
                    break;
                }
                preferred.push(self.explained(student, project, || match network {
                    Some(prospect) => Ok(prospect),
                    None => self.prospect(Asked::Pair(student, project)),
                })?);
            }
            let is_void = |note: &&PairNote| {
                note.student == student && note.offer == Some(OfferState::Accepted) && self.instance.is_void(note)
            };
            let void = self.instance.notes.iter().find(is_void).map(|note| evaluator.evaluate(student, note.project));
            let preferred_count = wished.len();
            Ok(StudentExplanation { student, place, unmatched: left, preferred, preferred_count, void })
        })
    }

    /// Settles what a match has left open of a student without a place.
    fn price(&self, left: &mut Unmatched) -> Result<(), ExplainError> {
        let is_open = matches!(left.reason, UnmatchedReason::CrowdedOut(None) | UnmatchedReason::Tie(None));
        let is_unnamed = matches!(&left.reason, UnmatchedReason::Blocked(rows) if rows.is_empty());
        if (is_open || is_unnamed || left.reason == UnmatchedReason::Unproven) && left.possible > 0 {
            let prospect = self.prospect(Asked::Place(left.student))?;
            left.reason = match prospect {
                _ if !self.is_proven() => UnmatchedReason::Unproven,
                // The reason is known, and only its price is not.
                Prospect::Unproven if is_open => return Ok(()),
                Prospect::Blocked(rows) => UnmatchedReason::Blocked(rows),
                Prospect::Tie(..) => UnmatchedReason::Tie(Some(prospect)),
                Prospect::Costs(_) => UnmatchedReason::CrowdedOut(Some(prospect)),
                Prospect::Unproven => UnmatchedReason::Unproven,
            };
        }
        Ok(())
    }

    /// The projects that a student would rather have, the most wished for first.
    fn preferred(
        &self,
        student: StudentIndex,
        here: Option<&PairEvaluation>,
        evaluator: &PairEvaluator,
    ) -> Vec<ProjectIndex> {
        let states_choices = !self.instance.students[student.at()].choices.is_empty();
        let all = self.instance.project_indices().map(|project| evaluator.evaluate(student, project));
        let wish = |pair: &PairEvaluation| pair.choice_rank.unwrap_or(u32::MAX);
        let is_vetoed = |pair: &PairEvaluation| pair.refusals.iter().any(|refusal| refusal.rule == Rule::Veto);
        let is_preferred = |pair: &PairEvaluation| match here {
            _ if is_vetoed(pair) => false,
            _ if states_choices && pair.choice_rank.is_none() => false,
            Some(here) if states_choices => wish(pair) < wish(here),
            Some(here) => pair.score.points > here.score.points && pair.refusals.is_empty(),
            None => states_choices || pair.refusals.is_empty(),
        };
        let mut wished: Vec<_> =
            all.filter(is_preferred).map(|pair| (wish(&pair), Reverse(pair.score.points), pair.project)).collect();
        wished.sort_unstable();
        wished.into_iter().map(|(_, _, project)| project).collect()
    }

    /// By project: what becomes of the student's pair if it is forced.
    fn forced_pairs(&self, residual: &Residual, student: StudentIndex) -> BTreeMap<ProjectIndex, Forced> {
        if self.evaluation.of_student(student).is_empty() {
            return BTreeMap::new();
        }
        let of = |(column, forced): (u32, Forced)| (self.evaluation.pairs[column as usize].project, forced);
        // A pin leaves a student no other pair in the network, so that any of them may stand for it.
        let first = self.evaluation.first_of(student);
        let columns = first..first + self.evaluation.of_student(student).len() as u32;
        let in_network =
            columns.into_iter().map(|column| residual.forcing(column, true)).find(|forced| !forced.is_empty());
        in_network.unwrap_or_default().into_iter().map(of).collect()
    }
}
