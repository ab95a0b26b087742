//! [`Ask`]: one thing of a run that may be otherwise, as a few numbers, such as `pin.12.34`: it may stand in an address without naming anybody.

use maud::{Markup, html};
use pb::edit::Kind;
use pb::pair_note::OfferState;
use wire::{pb, rule_name};

use super::people::Names;
use crate::shown::ShownRun;

/// One thing that may be otherwise, by the numbers of students, projects and hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A student at a project.
    Pin(usize, usize),
    /// A student not at a project.
    Forbid(usize, usize),
    /// A rule, by its number in the contract, not for a student at a project.
    Waive(usize, usize, i32),
    /// A student who has to have a place.
    MustPlace(usize),
    /// A student who takes part no more.
    Withdraw(usize),
    /// A project with one seat more.
    OneMoreSeat(usize),
    /// A project with one seat less.
    OneLessSeat(usize),
    /// A project without seats.
    Close(usize),
    /// A project that has to open.
    MustOpen(usize),
    /// A host with one seat more.
    OneMoreAtHost(usize),
    /// A host that takes part no more.
    WithdrawHost(usize),
    /// What became of a student's offer of a project, by the number of the state, and whether the student leaves with it.
    Offer(usize, usize, i32, bool),
}

impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pin(student, project) => write!(f, "pin.{student}.{project}"),
            Self::Forbid(student, project) => write!(f, "forbid.{student}.{project}"),
            Self::Waive(student, project, rule) => write!(f, "waive.{student}.{project}.{rule}"),
            Self::MustPlace(student) => write!(f, "place.{student}"),
            Self::Withdraw(student) => write!(f, "withdraw.{student}"),
            Self::OneMoreSeat(project) => write!(f, "more.{project}"),
            Self::OneLessSeat(project) => write!(f, "less.{project}"),
            Self::Close(project) => write!(f, "close.{project}"),
            Self::MustOpen(project) => write!(f, "open.{project}"),
            Self::OneMoreAtHost(host) => write!(f, "morehost.{host}"),
            Self::WithdrawHost(host) => write!(f, "withdrawhost.{host}"),
            Self::Offer(student, project, state, out) => {
                write!(f, "offer.{student}.{project}.{state}.{}", i32::from(*out))
            }
        }
    }
}

impl std::str::FromStr for Ask {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.');
        let kind = parts.next().ok_or(())?;
        let numbers: Vec<usize> = parts.map(|part| part.parse().map_err(|_| ())).collect::<Result<_, _>>()?;
        let small = |number: usize| i32::try_from(number).map_err(|_| ());
        Ok(match (kind, numbers.as_slice()) {
            ("pin", &[student, project]) => Self::Pin(student, project),
            ("forbid", &[student, project]) => Self::Forbid(student, project),
            ("waive", &[student, project, rule]) => Self::Waive(student, project, small(rule)?),
            ("place", &[student]) => Self::MustPlace(student),
            ("withdraw", &[student]) => Self::Withdraw(student),
            ("more", &[project]) => Self::OneMoreSeat(project),
            ("less", &[project]) => Self::OneLessSeat(project),
            ("close", &[project]) => Self::Close(project),
            ("open", &[project]) => Self::MustOpen(project),
            ("morehost", &[host]) => Self::OneMoreAtHost(host),
            ("withdrawhost", &[host]) => Self::WithdrawHost(host),
            ("offer", &[student, project, state, out @ (0 | 1)]) => {
                Self::Offer(student, project, small(state)?, out == 1)
            }
            _ => return Err(()),
        })
    }
}

impl Ask {
    /// The change of the contract; `None` where the run has nobody of such a number.
    pub fn of(self, shown: &ShownRun) -> Option<pb::RunChange> {
        use pb::run_change::Change;
        let student = |number: usize| shown.student(number).map(|row| row.student_id.clone());
        let project = |number: usize| shown.project(number).map(|row| row.project_id.clone());
        let host = |number: usize| shown.host(number).map(|row| row.host_id.clone());
        let edit = |kind: Kind| pb::Edit { kind: kind as i32, ..pb::Edit::default() };
        let of_pair = |kind: Kind, who: usize, at: usize| {
            Some(pb::Edit { student_ids: vec![student(who)?], project_id: project(at)?, ..edit(kind) })
        };
        let of_student = |kind: Kind, who: usize| Some(pb::Edit { student_ids: vec![student(who)?], ..edit(kind) });
        let seats = |at: usize, change: &dyn Fn(i64) -> i64| {
            let row = shown.project(at)?;
            let now = i64::from(row.max_seat_count.unwrap_or_else(|| row.min_seat_count.unwrap_or(0).max(1)));
            Some(pb::Edit {
                project_id: row.project_id.clone(),
                to: Some(change(now).max(0)),
                ..edit(Kind::ProjectSeats)
            })
        };
        let change = match self {
            Self::Pin(who, at) => Change::Edit(of_pair(Kind::Pin, who, at)?),
            Self::Forbid(who, at) => Change::Edit(of_pair(Kind::Forbid, who, at)?),
            Self::Waive(who, at, rule) => Change::Edit(pb::Edit { rule, ..of_pair(Kind::WaiveRule, who, at)? }),
            Self::MustPlace(who) => Change::Edit(of_student(Kind::MustPlace, who)?),
            Self::Withdraw(who) => Change::Edit(of_student(Kind::WithdrawStudent, who)?),
            Self::OneMoreSeat(at) => Change::Edit(seats(at, &|now| now + 1)?),
            Self::OneLessSeat(at) => Change::Edit(seats(at, &|now| now - 1)?),
            Self::Close(at) => Change::Edit(seats(at, &|_| 0)?),
            Self::MustOpen(at) => Change::Edit(pb::Edit { project_id: project(at)?, ..edit(Kind::MustOpen) }),
            Self::OneMoreAtHost(at) => {
                let now = i64::from(shown.host(at)?.max_seat_count?);
                Change::Edit(pb::Edit { host_id: host(at)?, to: Some(now + 1), ..edit(Kind::HostSeats) })
            }
            Self::WithdrawHost(at) => Change::Edit(pb::Edit { host_id: host(at)?, ..edit(Kind::WithdrawHost) }),
            Self::Offer(who, at, state, out) => Change::Offer(pb::OfferChange {
                student_id: student(who)?,
                project_id: project(at)?,
                state,
                after_decline: if out { pb::offer_change::AfterDecline::Out as i32 } else { 0 },
            }),
        };
        Some(pb::RunChange { change: Some(change), reason: String::new() })
    }

    /// What it is, for people.
    pub fn told(self, names: Names) -> Markup {
        let id = |row: Option<&String>| row.cloned().unwrap_or_default();
        let shown = names.shown;
        let student = |number: usize| names.student(&id(shown.student(number).map(|row| &row.student_id)));
        let project = |number: usize| names.project(&id(shown.project(number).map(|row| &row.project_id)));
        let host = |number: usize| names.host(&id(shown.host(number).map(|row| &row.host_id)));
        match self {
            Self::Pin(who, at) => html! { (student(who)) " is pinned to " (project(at)) "." },
            Self::Forbid(who, at) => html! { (student(who)) " may not go to " (project(at)) "." },
            Self::Waive(who, at, rule) => {
                let rule = pb::Rule::try_from(rule).unwrap_or_default();
                html! { "The rule " (rule_name(rule)) " does not hold for " (student(who)) " at " (project(at)) "." }
            }
            Self::MustPlace(who) => html! { (student(who)) " must be placed." },
            Self::Withdraw(who) => html! { (student(who)) " withdraws." },
            Self::OneMoreSeat(at) => html! { (project(at)) " has one seat more." },
            Self::OneLessSeat(at) => html! { (project(at)) " has one seat less." },
            Self::Close(at) => html! { (project(at)) " has no seat any more." },
            Self::MustOpen(at) => html! { (project(at)) " must open." },
            Self::OneMoreAtHost(at) => html! { (host(at)) " takes one student more." },
            Self::WithdrawHost(at) => html! { (host(at)) " withdraws." },
            Self::Offer(who, at, state, out) => {
                let state = OfferState::try_from(state).unwrap_or_default();
                html! { "The offer of " (project(at)) " to " (student(who)) ": " (super::offers::state_name(state)) @if out { ", and the student leaves the season" } "." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ask;

    #[test]
    fn a_change_is_numbers_and_is_read_as_it_was_written() {
        for ask in [
            Ask::Pin(1, 2),
            Ask::Forbid(3, 4),
            Ask::Waive(5, 6, 7),
            Ask::MustPlace(8),
            Ask::Withdraw(9),
            Ask::OneMoreSeat(10),
            Ask::OneLessSeat(11),
            Ask::Close(12),
            Ask::MustOpen(13),
            Ask::OneMoreAtHost(14),
            Ask::WithdrawHost(15),
            Ask::Offer(16, 17, 3, true),
        ] {
            assert_eq!(ask.to_string().parse(), Ok(ask));
        }
        for text in ["", "pin", "pin.1", "pin.1.2.3", "pin.x.2", "pin.-1.2", "offer.1.2.3.2", "waive.1.2.99999999999"] {
            assert_eq!(text.parse::<Ask>(), Err(()), "{text}");
        }
    }
}
