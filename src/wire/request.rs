//! A request read whole: instance and policy, or every fault of both.

use super::instance::{References, read_instance, read_references};
use super::policy::{read_goals, read_policy};
use super::quota::read_quotas;
use super::{Faults, SizeLimits, pb};
use rules::codes;
use rules::domain::{Assignment, HostIndex, Instance, MalformedId, Matching, Policy, ProjectIndex, StudentIndex};
use rules::finding::At;

/// A request read whole.
#[derive(Debug, Clone)]
pub struct Request {
    /// The season.
    pub instance: Instance,
    /// What is wanted.
    pub policy: Policy,
}

/// Reads the instance and policy of a request.
///
/// # Errors
/// Every fault of both, with its field path.
pub fn read_request(
    instance: Option<pb::Instance>,
    policy: Option<pb::Policy>,
    limits: &SizeLimits,
) -> Result<Request, Faults> {
    let mut faults = Faults::default();
    let mut policy = policy.unwrap_or_default();
    let (goals, quotas) = (std::mem::take(&mut policy.goals), std::mem::take(&mut policy.quotas));
    let mut policy = read_policy(policy, &mut faults);
    let at = At::root("policy");
    let Some(instance) = instance else {
        read_goals(at.field("goals"), goals, None, &mut faults);
        faults.add(&codes::MISSING_INSTANCE, At::root("instance"), "it is missing");
        return Err(faults);
    };
    let Some(refs) = read_references(&instance, limits, &mut faults) else { return Err(faults) };
    policy.goals = read_goals(at.field("goals"), goals, Some(&refs), &mut faults).unwrap_or(policy.goals);
    policy.quotas = read_quotas(at.field("quotas"), quotas, &refs, limits, &mut faults);
    let read = read_instance(instance, refs, limits, &mut faults);
    match read {
        Some(instance) if faults.total() == 0 => Ok(Request { instance, policy }),
        _ => Err(faults),
    }
}

/// Reads the matching that a check is about.
///
/// # Errors
/// Every unknown or malformed id, or a list that is too long.
pub fn read_assignments(
    instance: &Instance,
    assignments: &[pb::CheckedAssignment],
    limits: &SizeLimits,
) -> Result<Matching, Faults> {
    let places = assignments.iter().map(|raw| (raw.student_id.as_str(), raw.project_id.as_str()));
    read_places(instance, At::root("assignments"), places, limits)
}

/// Reads the matching that an explanation or a what-if starts from; none where no outcome is given.
///
/// # Errors
/// Every unknown or malformed id, or a list that is too long.
pub fn read_base(
    instance: &Instance,
    outcome: Option<&pb::Outcome>,
    limits: &SizeLimits,
) -> Result<Option<Matching>, Faults> {
    let Some(outcome) = outcome else { return Ok(None) };
    let places = outcome.assignments.iter().map(|raw| (raw.student_id.as_str(), raw.project_id.as_str()));
    read_places(instance, At::root("outcome").field("assignments"), places, limits).map(Some)
}

fn read_places<'a>(
    instance: &Instance,
    all: At,
    places: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
    limits: &SizeLimits,
) -> Result<Matching, Faults> {
    let mut faults = Faults::default();
    let ids = Ids::of(instance);
    if !faults.count(all, places.len(), limits.assignments) {
        return Err(faults);
    }
    let read = places.enumerate().filter_map(|(place, (student, project))| {
        let at = all.index(place);
        let student = ids.student(at.field("student_id"), student, &mut faults);
        let project = ids.project(at.field("project_id"), project, &mut faults);
        Some(Assignment { student: student?, project: project? })
    });
    let matching = Matching::new(read.collect());
    if faults.total() == 0 { Ok(matching) } else { Err(faults) }
}

/// Which pairs an evaluation is about: all of these students with all of these projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Sorted, once each.
    pub students: Vec<StudentIndex>,
    /// Sorted, once each.
    pub projects: Vec<ProjectIndex>,
}

/// Reads which students and projects an evaluation is about; an empty list means all.
///
/// # Errors
/// Every unknown or malformed id.
pub fn read_selection(
    instance: &Instance,
    student_ids: &[String],
    project_ids: &[String],
) -> Result<Selection, Faults> {
    let mut faults = Faults::default();
    let ids = Ids::of(instance);
    let at = At::root("student_ids");
    let mut students: Vec<_> =
        student_ids.iter().enumerate().filter_map(|(i, id)| ids.student(at.index(i), id, &mut faults)).collect();
    let at = At::root("project_ids");
    let mut projects: Vec<_> =
        project_ids.iter().enumerate().filter_map(|(i, id)| ids.project(at.index(i), id, &mut faults)).collect();
    if faults.total() > 0 {
        return Err(faults);
    }
    if students.is_empty() {
        students.extend(instance.student_indices());
    }
    if projects.is_empty() {
        projects.extend(instance.project_indices());
    }
    students.sort_unstable();
    students.dedup();
    projects.sort_unstable();
    projects.dedup();
    Ok(Selection { students, projects })
}

/// Looks ids up in an instance that was read before.
pub(super) struct Ids<'a>(&'a Instance);

impl<'a> Ids<'a> {
    pub fn of(instance: &'a Instance) -> Self {
        Self(instance)
    }

    pub fn student(&self, at: At, id: &str, faults: &mut Faults) -> Option<StudentIndex> {
        let found = self.0.students.binary_search_by(|s| s.id.as_str().cmp(id)).ok();
        Self::known(at, id, found, faults).map(StudentIndex)
    }

    pub fn project(&self, at: At, id: &str, faults: &mut Faults) -> Option<ProjectIndex> {
        let found = self.0.projects.binary_search_by(|p| p.id.as_str().cmp(id)).ok();
        Self::known(at, id, found, faults).map(ProjectIndex)
    }

    pub fn host(&self, at: At, id: &str, faults: &mut Faults) -> Option<HostIndex> {
        let found = self.0.hosts.binary_search_by(|h| h.id.as_str().cmp(id)).ok();
        Self::known(at, id, found, faults).map(HostIndex)
    }

    fn known(at: At, id: &str, found: Option<usize>, faults: &mut Faults) -> Option<u32> {
        match (found, id.is_empty()) {
            (Some(index), _) => return Some(index as u32),
            (None, true) => References::malformed(at, MalformedId::Empty, faults),
            (None, false) => faults.add(&codes::UNKNOWN_ID, at, "nothing of the instance has this id"),
        }
        None
    }
}
