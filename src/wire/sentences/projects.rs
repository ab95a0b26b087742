//! Why a project has whom it has.

use super::numbers::{count, counted, listed, listed_most};
use super::prospects::Asked;
use super::{Words, refusals};
use crate::{Audience, pb};
use pb::project_explanation::State;
use rules::domain::OfferState;

/// Students at a project who are named.
const MOST_THERE: usize = 5;

fn students_are(number: i64) -> String {
    format!("{} {}", counted(number, "student"), if number == 1 { "is" } else { "are" })
}

impl Words<'_> {
    /// Why a project has whom it has.
    pub fn explained_project(&self, explanation: &pb::ProjectExplanation) -> Vec<String> {
        let project = self.project(&explanation.project_id);
        let taken = explanation.assignments.len() as i64;
        let seats = counted(explanation.seat_count.into(), "seat");
        let may = format!("{} eligible", students_are(explanation.eligible_student_count.into()));
        let mut told = vec![match explanation.state() {
            State::NoSeats => self.no_seats(&explanation.project_id),
            State::NoEligibleStudent => self.nobody_may(explanation),
            State::Full if taken == 1 => format!("The one seat of {project} is taken; {may}."),
            State::Full if taken == 2 => format!("Both seats of {project} are taken; {may}."),
            State::Full => format!("All {seats} of {project} are taken; {may}."),
            State::FreeSeats => {
                let (number, is) = (count(taken), if taken == 1 { "is" } else { "are" });
                format!("{number} of {seats} of {project} {is} taken; {may}.")
            }
            State::Empty if explanation.host_is_full => {
                format!("{project} is empty: {}.", self.host_is_full(&explanation.project_id))
            }
            State::Empty => format!("{project} is empty, with {seats}; {may}."),
            // Whoever comes alone would open it.
            State::Closed if self.least(&explanation.project_id) <= 1 => {
                format!("{project} is empty, with {seats}; {may}.")
            }
            State::Closed => {
                let least = counted(self.least(&explanation.project_id), "student");
                let declined = match self.who_declined(&explanation.project_id) {
                    who if who.is_empty() => String::new(),
                    who => format!(" {who}."),
                };
                format!("{project} stays closed: it opens with at least {least}, and {may}.{declined}")
            }
            State::Unspecified => String::new(),
        }];
        let says_so = matches!(explanation.state(), State::NoSeats | State::Full | State::Empty);
        if explanation.host_is_full && !says_so {
            told.push(format!("Its host can take nobody else: {}.", self.host_seats(&explanation.project_id)));
        }
        if taken > 0 {
            let there = explanation.assignments.iter().filter(|place| !place.student_id.is_empty());
            let there: Vec<String> = there.map(|place| self.student(&place.student_id)).collect();
            let is = if there.len() == 1 { "is" } else { "are" };
            if !there.is_empty() {
                told.push(format!("{} {is} there.", listed_most(there, MOST_THERE, "and")));
            }
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
                .map(|told| match told.student_count {
                    0 => format!("{} stands against it", refusals::name(told.rule())),
                    number => format!("{} keeps out {}", refusals::name(told.rule()), count(number.into())),
                })
                .collect();
            if told.is_empty() { String::new() } else { format!(": {}", listed(&told, "and")) }
        };
        let list = self.project_row(&explanation.project_id).filter(|row| row.ranked_only && row.ranks.is_empty());
        match explanation.applicant_count {
            _ if self.reader == Audience::Host && list.is_some() => format!("Your list for {project} names nobody."),
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

    fn least(&self, project_id: &str) -> i64 {
        self.project_row(project_id).map_or(0, |row| row.min_seats().into())
    }

    /// Why nobody can be there at all.
    fn no_seats(&self, project_id: &str) -> String {
        let project = self.project(project_id);
        let host = self.host_of(project_id).filter(|host| host.max_seats == Some(0));
        match host.filter(|_| self.project_row(project_id).is_some_and(|row| row.max_seats() > 0)) {
            Some(host) => format!("{project} takes nobody: its host {} has no seats.", self.host(host.id.as_str())),
            None => format!("{project} has no seats."),
        }
    }

    fn host_of(&self, project_id: &str) -> Option<&rules::domain::Host> {
        let host = self.project_row(project_id)?.host?;
        Some(&self.season.as_ref()?.instance.hosts[host.at()])
    }

    /// That every seat of a host is taken.
    fn host_seats(&self, project_id: &str) -> String {
        match self.host_of(project_id).and_then(|host| host.max_seats) {
            Some(1) => "its one seat is taken".to_owned(),
            Some(seats) => format!("all its {} are taken", counted(seats.into(), "seat")),
            None => "all its seats are taken".to_owned(),
        }
    }

    /// That a host's other projects leave an empty one no seat.
    fn host_is_full(&self, project_id: &str) -> String {
        let whose = if self.reader == Audience::Host { "your other projects" } else { "its host's other projects" };
        match self.host_of(project_id).and_then(|host| host.max_seats) {
            Some(1) => format!("{whose} use the one seat of the host"),
            Some(seats) => format!("{whose} use all {} of the host", counted(seats.into(), "seat")),
            None => format!("{whose} use every seat of the host"),
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
