//! [`Edit`]: one change of a request that a program manager may make.

use super::{
    Country, Criterion, HostIndex, Instance, OfferState, PairNote, Policy, ProjectIndex, Rule, StudentIndex, Target,
    Waiver, Weight,
};

/// One change of a request. Quotas and links are counted as in the policy and the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// The project has so many seats.
    ProjectSeats(ProjectIndex, u32),
    /// The host has so many seats.
    HostSeats(HostIndex, u32),
    /// The project opens with so many.
    ProjectMinimum(ProjectIndex, u32),
    /// The project may stay closed.
    MayStayClosed(ProjectIndex),
    /// The student may go nowhere.
    NeedNoPlace(StudentIndex),
    /// The pair need not be matched; an acceptance becomes an offer made.
    Unpin(StudentIndex, ProjectIndex),
    /// The quota asks for so many.
    QuotaMinimum(u32, i64),
    /// The quota allows so many.
    QuotaMaximum(u32, i64),
    /// The students are not linked.
    Unlink(u32),
    /// Pairs may block.
    MayBlock,
    /// The fund, counted as in the instance, carries so many.
    FundPlaces(u32, u32),
    /// The rule does not hold for the student at the project, or anywhere.
    Waive(StudentIndex, Option<ProjectIndex>, Rule),
    /// The pair must be matched.
    Pin(StudentIndex, ProjectIndex),
    /// The pair may not be matched.
    Forbid(StudentIndex, ProjectIndex),
    /// The student must go somewhere.
    MustPlace(StudentIndex),
    /// The student goes nowhere.
    WithdrawStudent(StudentIndex),
    /// A term of the points has this weight.
    TermWeight(Criterion, Weight),
    /// Nobody may go to the country.
    SuspendCountry(Country),
    /// The host takes nobody.
    WithdrawHost(HostIndex),
    /// The project may not stay closed.
    MustOpen(ProjectIndex),
}

impl Edit {
    /// Whether pairs that may not be matched may be matched after it.
    pub fn opens_pairs(&self) -> bool {
        matches!(self, Self::Waive(..))
    }

    /// Makes the change.
    pub fn apply(&self, instance: &mut Instance, policy: &mut Policy) {
        match *self {
            Self::ProjectSeats(project, seats) => instance.projects[project.at()].stated_max_seats = Some(seats),
            Self::HostSeats(host, seats) => instance.hosts[host.at()].max_seats = Some(seats),
            Self::ProjectMinimum(project, seats) => {
                let row = &mut instance.projects[project.at()];
                // What an unset maximum means depends on the minimum.
                row.stated_max_seats = Some(row.max_seats());
                row.stated_min_seats = Some(seats);
            }
            Self::MayStayClosed(project) => instance.projects[project.at()].must_open = false,
            Self::NeedNoPlace(student) => instance.students[student.at()].must_place = false,
            Self::Unpin(student, project) => {
                let noted = instance.notes.iter_mut().filter(|note| (note.student, note.project) == (student, project));
                noted.for_each(unpin);
            }
            Self::Pin(student, project) => note(instance, student, project).pinned = true,
            Self::Forbid(student, project) => note(instance, student, project).forbidden = true,
            Self::MustPlace(student) => instance.students[student.at()].must_place = true,
            Self::WithdrawStudent(student) => {
                let from = instance.notes.partition_point(|note| note.student < student);
                let until = instance.notes.partition_point(|note| note.student <= student);
                for note in &mut instance.notes[from..until] {
                    note.pinned = false;
                    // What was offered is left; what had ended before stays as it ended.
                    note.offer = note.offer.map(|offer| if offer.has_ended() { offer } else { OfferState::Withdrawn });
                }
                let row = &mut instance.students[student.at()];
                (row.must_place, row.withdrawn) = (false, true);
            }
            Self::TermWeight(criterion, weight) => policy.weights.0[criterion as usize] = weight,
            Self::SuspendCountry(country) => {
                if let Err(at) = instance.suspended_countries.binary_search(&country) {
                    instance.suspended_countries.insert(at, country);
                }
            }
            Self::WithdrawHost(host) => instance.hosts[host.at()].withdrawn = true,
            Self::MustOpen(project) => instance.projects[project.at()].must_open = true,
            Self::QuotaMinimum(quota, min) => policy.quotas[quota as usize].min = Some(min),
            Self::QuotaMaximum(quota, max) => policy.quotas[quota as usize].max = Some(max),
            Self::Unlink(link) => {
                let link = &mut instance.links[link as usize];
                // Of one student nothing is asked; other links keep their places.
                link.students.truncate(1);
                link.placed_together = false;
            }
            Self::MayBlock => policy.stable_only = false,
            Self::FundPlaces(fund, places) => {
                let fund = &mut instance.funds[fund as usize];
                (fund.amount, fund.stated_places) = (None, Some(places));
            }
            Self::Waive(student, project, rule) => {
                let scope = project.map(Target::Project);
                let (reason, granted_by) = (String::new(), String::new());
                let at = instance.waivers.partition_point(|waiver| waiver.student <= student);
                instance.waivers.insert(at, Waiver { student, rule, scope, reason, granted_by, expires: None });
                instance.origin.waivers.insert(at, 0);
            }
        }
    }
}

impl Edit {
    /// Says why it was made, where the season has a place for that; it was made before.
    pub fn give_reason(&self, instance: &mut Instance, reason: &str) {
        match *self {
            Self::Pin(student, project) | Self::Forbid(student, project) => {
                reason.clone_into(&mut note(instance, student, project).reason);
            }
            Self::Waive(student, ..) => {
                let after = instance.waivers.partition_point(|waiver| waiver.student <= student);
                if let Some(waiver) = after.checked_sub(1).and_then(|at| instance.waivers.get_mut(at)) {
                    reason.clone_into(&mut waiver.reason);
                }
            }
            _ => {}
        }
    }
}

/// The pair need not be matched; an acceptance becomes an offer made.
fn unpin(note: &mut PairNote) {
    note.pinned = false;
    note.offer = note.offer.map(|offer| if offer == OfferState::Accepted { OfferState::Extended } else { offer });
}

/// The note on a pair, an empty one where there was none.
fn note(instance: &mut Instance, student: StudentIndex, project: ProjectIndex) -> &mut PairNote {
    let found = instance.notes.binary_search_by_key(&(student, project), |note| (note.student, note.project));
    let at = found.unwrap_or_else(|at| {
        // It stands after those of the request.
        instance.origin.notes.insert(at, instance.notes.len() as u32);
        let reason = String::new();
        let (forbidden, pinned, interview_rating, affinity, offer) = (false, false, None, None, None);
        instance
            .notes
            .insert(at, PairNote { student, project, forbidden, pinned, reason, interview_rating, affinity, offer });
        at
    });
    &mut instance.notes[at]
}
