//! [`Audience`]: what of an explanation may be told to whom. It takes fields out of the message before any sentence is made of it.

use super::{pb, sentences};
use pb::contribution::Criterion;

/// Who reads an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The program manager: everything.
    Manager,
    /// The host of the project: who is there, and nothing found of a student.
    Host,
    /// The student: themselves alone.
    Student,
}

impl Audience {
    /// Each.
    pub const ALL: [Self; 3] = [Self::Manager, Self::Host, Self::Student];

    pub(super) fn of_student(self, told: &mut pb::StudentExplanation) {
        if self == Self::Manager {
            return;
        }
        told.assignment.iter_mut().for_each(|place| self.of_assignment(place));
        if let Some(left) = &mut told.unmatched {
            left.nearest_projects.iter_mut().for_each(|near| self.of_evaluation(near));
            left.placing.iter_mut().for_each(|placing| self.of_prospect(placing));
            left.sentence = sentences::unmatched(left, false);
        }
        told.preferred.iter_mut().for_each(|pair| self.of_pair(pair));
    }

    pub(super) fn of_project(self, told: &mut pb::ProjectExplanation) {
        if self == Self::Manager {
            return;
        }
        told.assignments.iter_mut().for_each(|place| self.of_assignment(place));
        told.next_students.iter_mut().for_each(|pair| self.of_pair(pair));
        told.newcomer.iter_mut().for_each(|newcomer| self.of_prospect(newcomer));
    }

    pub(super) fn of_pair(self, told: &mut pb::PairExplanation) {
        if self == Self::Manager {
            return;
        }
        told.evaluation.iter_mut().for_each(|evaluation| self.of_evaluation(evaluation));
        told.prospect.iter_mut().for_each(|prospect| self.of_prospect(prospect));
    }

    fn of_assignment(self, place: &mut pb::Assignment) {
        // The points hold terms that are not for every eye.
        place.points = 0;
        self.of_terms(&mut place.contributions);
        place.next_students.clear();
        match self {
            Self::Manager => {}
            Self::Host => {
                place.choice_rank = None;
                place.alternates.clear();
                place.fund_id.clear();
            }
            Self::Student => {
                place.host_rank = None;
                for alternate in &mut place.alternates {
                    (alternate.points, alternate.host_rank) = (0, None);
                }
            }
        }
    }

    fn of_evaluation(self, told: &mut pb::PairEvaluation) {
        told.points = 0;
        self.of_terms(&mut told.contributions);
        match self {
            Self::Manager => {}
            Self::Host => {
                told.choice_rank = None;
                told.quotas.clear();
                told.waived_rules.clear();
                told.refusals.iter_mut().for_each(|refusal| refusal.observed.clear());
            }
            Self::Student => {
                told.host_rank = None;
                // A note's reason, and what a host thinks, are other people's words.
                let by_others = [pb::Rule::Forbidden, pb::Rule::RankedOnly];
                let others = told.refusals.iter_mut().filter(|refusal| by_others.contains(&refusal.rule()));
                others.for_each(|refusal| refusal.observed.clear());
            }
        }
    }

    fn of_terms(self, terms: &mut Vec<pb::Contribution>) {
        let may = |term: &pb::Contribution| match self {
            Self::Manager => true,
            Self::Host => term.criterion() == Criterion::HostRank,
            Self::Student => {
                matches!(term.criterion(), Criterion::Skills | Criterion::Language | Criterion::Preference)
            }
        };
        terms.retain(may);
        // A part of the points tells the sum of the weights that apply, and so which others do.
        terms.iter_mut().for_each(|term| term.points = 0);
    }

    fn of_prospect(self, told: &mut pb::Prospect) {
        told.draw = None;
        // Rows that name students, or other hosts' projects, say where others are.
        let names_nobody = |row: &pb::ConflictRow| row.student_ids.is_empty();
        told.blocked_by.retain(names_nobody);
        if self == Self::Host {
            told.blocked_by.clear();
        }
        if let Some(counterfactual) = &mut told.counterfactual {
            counterfactual.moves.clear();
            for price in &mut counterfactual.prices {
                (price.before, price.after, price.change) = (0, 0, 0);
                price.profile_before.clear();
                price.profile_after.clear();
            }
        }
    }
}
