//! Why a project has whom it has.

use super::numbers::{count, counted, listed};
use super::prospects::Asked;
use super::{Words, refusals};
use crate::{Audience, pb};
use pb::project_explanation::State;
use rules::domain::OfferState;

impl Words<'_> {
    /// Why a project has whom it has.
    pub fn explained_project(&self, explanation: &pb::ProjectExplanation) -> Vec<String> {
        let project = self.project(&explanation.project_id);
        let taken = explanation.assignments.len() as i64;
        let seats = counted(explanation.seat_count.into(), "seat");
        let may = format!("{} may be there", counted(explanation.eligible_student_count.into(), "student"));
        let is_full = |state: State| state == State::Full;
        let mut told = vec![match explanation.state() {
            State::NoSeats => format!("{project} has no seats."),
            State::NoEligibleStudent => self.nobody_may(explanation),
            State::Full if taken == 1 => format!("The one seat of {project} is taken; {may}."),
            State::Full => format!("All {seats} of {project} are taken; {may}."),
            State::FreeSeats => {
                let (number, is) = (count(taken), if taken == 1 { "is" } else { "are" });
                format!("{number} of {seats} of {project} {is} taken; {may}.")
            }
            State::Empty if explanation.host_is_full => {
                format!("{project} is empty: {}.", self.host_is_full(&explanation.project_id))
            }
            State::Empty => format!("{project} is empty, with {seats}; {may}."),
            State::Closed => {
                let least = self.project_row(&explanation.project_id).map_or(1, |row| row.min_seats());
                let least = counted(least.into(), "student");
                let declined = match self.who_declined(&explanation.project_id) {
                    who if who.is_empty() => String::new(),
                    who => format!(" {who}."),
                };
                format!("{project} stays closed: it opens with at least {least}, and {may}.{declined}")
            }
            State::Unspecified => String::new(),
        }];
        if explanation.host_is_full && !is_full(explanation.state()) && explanation.state() != State::Empty {
            told.push(format!("Its host can take nobody else: {}.", self.host_is_full(&explanation.project_id)));
        }
        told.extend(explanation.next_students.iter().map(|next| self.pair(next)));
        // That the host is full says why nobody else may come.
        let says_why = explanation.host_is_full && self.reader == Audience::Host;
        if let Some(newcomer) = explanation.newcomer.as_ref().filter(|_| !says_why) {
            told.push(self.prospect(Asked::Newcomer(&explanation.project_id, taken == 0), newcomer));
        }
        told
    }

    /// Why no student may be there: of who applied, where anybody did.
    fn nobody_may(&self, explanation: &pb::ProjectExplanation) -> String {
        let project = self.project(&explanation.project_id);
        let by_rule = |counts: &[pb::StudentCount]| {
            let told: Vec<String> = counts
                .iter()
                .map(|told| format!("{} keeps out {}", refusals::name(told.rule()), count(told.student_count.into())))
                .collect();
            if told.is_empty() { String::new() } else { format!(": {}", listed(&told, "and")) }
        };
        match explanation.applicant_count {
            Some(0) => format!("Nobody applied to {project}."),
            Some(1) => {
                let rules = explanation.applicant_refusals.iter().map(|told| refusals::name(told.rule()).to_owned());
                match listed(&rules.collect::<Vec<_>>(), "and") {
                    rules if rules.is_empty() => format!("1 student applied to {project}, and may not go there."),
                    rules => format!("1 student applied to {project}, and may not go there because of {rules}."),
                }
            }
            Some(several) => {
                let students = counted(several.into(), "student");
                format!(
                    "{students} applied to {project}, and none of them may go there{}.",
                    by_rule(&explanation.applicant_refusals)
                )
            }
            None => format!("No student may be at {project}{}.", by_rule(&explanation.refusals)),
        }
    }

    fn host_is_full(&self, project_id: &str) -> String {
        let row = self.season.as_ref().and_then(|season| {
            let host = self.project_row(project_id)?.host?;
            season.instance.hosts[host.at()].max_seats
        });
        let whose = if self.reader == Audience::Host { "your other projects" } else { "the host's other projects" };
        match row {
            Some(seats) => format!("{whose} use all {} of the host", counted(seats.into(), "place")),
            None => format!("{whose} use every place of the host"),
        }
    }

    /// Who declined a project, for the manager: why its minimum is not met.
    pub(super) fn who_declined(&self, project_id: &str) -> String {
        let to_manager = self.reader == Audience::Manager;
        let Some(season) = self.season.as_ref().filter(|_| to_manager) else { return String::new() };
        let instance = season.instance;
        let is_it = |note: &&rules::domain::PairNote| {
            note.offer == Some(OfferState::Declined) && instance.projects[note.project.at()].id.as_str() == project_id
        };
        let declined = instance.notes.iter().filter(is_it);
        let who: Vec<String> =
            declined.map(|note| self.student(instance.students[note.student.at()].id.as_str())).collect();
        if who.is_empty() { String::new() } else { format!("{} declined", listed(&who, "and")) }
    }
}
