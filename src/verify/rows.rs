//! Every hard rule of a season, checked on a matching one by one.

use super::blocking::blocking_pairs;
use rules::domain::{
    Assignment, HostIndex, Instance, Link, LinkKind, Matching, Meeting, Policy, ProjectIndex, Quota, QuotaScope,
    StudentIndex,
};
use rules::eligibility::{self, Rulebook};
use rules::evaluation::Evaluation;
use rules::funding;

/// What a matching may break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViolationKind {
    /// The pair is refused by a rule.
    RefusedPair,
    /// A student has more than one place.
    Placement,
    /// A project has more students than seats.
    ProjectSeats,
    /// A host has more students than seats.
    HostSeats,
    /// A project is open with fewer students than its minimum, or its minimum is above its maximum.
    Opening,
    /// A project that must open has too few students.
    MustOpen,
    /// A pinned pair is not matched.
    Pin,
    /// A student that must be placed is not.
    MustPlace,
    /// A hard quota is missed.
    Quota,
    /// Linked students are not placed as the link says.
    Link,
    /// The funds can't carry every placement that needs one.
    Funds,
    /// A pair blocks, and the policy takes only what is stable.
    BlockingPair,
}

/// One rule that a matching breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub kind: ViolationKind,
    /// Who, where it is about a student.
    pub student: Option<StudentIndex>,
    /// Which project, where it is about one.
    pub project: Option<ProjectIndex>,
    /// Which host, where it is about one.
    pub host: Option<HostIndex>,
    /// Which quota of the policy, where it is about one.
    pub quota: Option<u32>,
    /// What is allowed.
    pub required: String,
    /// What was found.
    pub observed: String,
}

/// Every rule that a matching breaks; empty = it keeps them all.
pub fn violations(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    matching: &Matching,
) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut places = vec![0_u32; instance.students.len()];
    let mut open = vec![0_u32; instance.projects.len()];
    let mut hosted = vec![0_u32; instance.hosts.len()];
    let rulebook = Rulebook::new(instance, policy);
    for assignment in matching.assignments() {
        let (student, project) = (assignment.student, assignment.project);
        places[student.at()] += 1;
        open[project.at()] += 1;
        if let Some(host) = instance.projects[project.at()].host {
            hosted[host.at()] += 1;
        }
        for refusal in eligibility::refusals(&rulebook.case(student, project)) {
            found.push(Violation {
                kind: ViolationKind::RefusedPair,
                student: Some(student),
                project: Some(project),
                host: None,
                quota: None,
                required: refusal.required,
                observed: refusal.observed,
            });
        }
    }
    for student in instance.student_indices() {
        let count = places[student.at()];
        let of_student = |kind, required: &str, observed: String| Violation {
            kind,
            student: Some(student),
            project: None,
            host: None,
            quota: None,
            required: required.to_owned(),
            observed,
        };
        if count > 1 {
            found.push(of_student(ViolationKind::Placement, "at most 1 place", format!("{count} places")));
        }
        if count == 0 && instance.students[student.at()].must_place {
            found.push(of_student(ViolationKind::MustPlace, "a place", "none".to_owned()));
        }
    }
    for project in instance.project_indices() {
        check_project(instance, project, open[project.at()], &mut found);
    }
    for (index, host) in instance.hosts.iter().enumerate() {
        let count = hosted[index];
        if let Some(seats) = host.max_seats.filter(|&seats| count > seats) {
            found.push(Violation {
                kind: ViolationKind::HostSeats,
                student: None,
                project: None,
                host: Some(HostIndex(index as u32)),
                quota: None,
                required: format!("at most {seats} students"),
                observed: format!("{count} students"),
            });
        }
    }
    for note in instance.notes.iter().filter(|note| instance.pins(note)) {
        let pinned = Assignment { student: note.student, project: note.project };
        let kept = matching.assignments().binary_search(&pinned).is_ok();
        if !kept {
            found.push(Violation {
                kind: ViolationKind::Pin,
                student: Some(note.student),
                project: Some(note.project),
                host: None,
                quota: None,
                required: "this pair".to_owned(),
                observed: "not matched".to_owned(),
            });
        }
    }
    for (index, (quota, sum)) in (0..).zip(policy.quotas.iter().zip(quota_sums(instance, policy, matching))) {
        if quota.penalty.is_none() && quota.missed(sum) != (0, 0) {
            let bound = |what: &str, bound: Option<i64>| bound.map(|bound| format!("{what} {bound}"));
            let required: Vec<String> =
                [bound("at least", quota.min), bound("at most", quota.max)].into_iter().flatten().collect();
            found.push(Violation {
                kind: ViolationKind::Quota,
                student: None,
                project: None,
                host: None,
                quota: Some(index),
                required: required.join(" and "),
                observed: sum.to_string(),
            });
        }
    }
    let left = if policy.paid_only { funding::carry(instance, policy, matching).left } else { Vec::new() };
    if let Some(first) = left.first() {
        found.push(Violation {
            kind: ViolationKind::Funds,
            student: Some(first.student),
            project: Some(first.project),
            host: None,
            quota: None,
            required: "a fund for every placement that no stipend pays".to_owned(),
            observed: format!("{} placements without, of which this is one", left.len()),
        });
    }
    let blocking = if policy.stable_only { blocking_pairs(instance, evaluation, matching) } else { Vec::new() };
    if let Some(&(student, project)) = blocking.first() {
        found.push(Violation {
            kind: ViolationKind::BlockingPair,
            student: Some(student),
            project: Some(project),
            host: None,
            quota: None,
            required: "no pair that blocks".to_owned(),
            observed: format!("{} pairs, of which this is one", blocking.len()),
        });
    }
    for link in &instance.links {
        let places: Vec<ProjectIndex> = link.students.iter().filter_map(|&s| matching.place_of(s)).collect();
        if !is_kept(instance, link, &places) {
            let how = match link.kind {
                LinkKind::SameProject => "the same project",
                LinkKind::SameHost => "the same host",
                LinkKind::SameCountry => "the same country",
                LinkKind::DifferentProject => "different projects",
            };
            let all = if link.placed_together { ", all or none" } else { "" };
            found.push(Violation {
                kind: ViolationKind::Link,
                student: link.students.first().copied(),
                project: None,
                host: None,
                quota: None,
                required: format!("{} students at {how}{all}", link.students.len()),
                observed: format!("{} placed, at {} of those", places.len(), meetings(instance, link, &places).len()),
            });
        }
    }
    found
}

/// Whether a link is kept by students of it who are at these places.
pub(super) fn is_kept(instance: &Instance, link: &Link, places: &[ProjectIndex]) -> bool {
    let meetings = meetings(instance, link, places).len();
    let meet = if link.kind == LinkKind::DifferentProject { meetings == places.len() } else { meetings <= 1 };
    meet && (!link.placed_together || places.is_empty() || places.len() == link.students.len())
}

/// What places share by a link, each once.
fn meetings(instance: &Instance, link: &Link, places: &[ProjectIndex]) -> Vec<Meeting> {
    let mut meetings: Vec<Meeting> = places.iter().map(|&project| link.meeting(instance, project)).collect();
    meetings.sort_unstable();
    meetings.dedup();
    meetings
}

/// By quota of the policy: the sum of weights of a matching.
pub fn quota_sums(instance: &Instance, policy: &Policy, matching: &Matching) -> Vec<i64> {
    let sum = |quota: &Quota| {
        let scope = QuotaScope::new(instance, quota);
        matching.assignments().iter().map(|a| scope.weight(a.student, a.project)).sum()
    };
    policy.quotas.iter().map(sum).collect()
}

fn check_project(instance: &Instance, project: ProjectIndex, count: u32, found: &mut Vec<Violation>) {
    let row = &instance.projects[project.at()];
    let mut add = |kind, required: String, observed: String| {
        found.push(Violation {
            kind,
            student: None,
            project: Some(project),
            host: None,
            quota: None,
            required,
            observed,
        });
    };
    let students = format!("{count} students");
    let (least, most) = (row.min_seats(), row.max_seats());
    if least > most {
        add(ViolationKind::Opening, "a minimum of at most the maximum".to_owned(), format!("{least} and {most}"));
    }
    if count > most {
        add(ViolationKind::ProjectSeats, format!("at most {most} students"), students.clone());
    }
    let must = least.max(1);
    if row.must_open && count < must {
        add(ViolationKind::MustOpen, format!("at least {must} students"), students);
    } else if count > 0 && count < least {
        add(ViolationKind::Opening, format!("nobody or at least {least} students"), students);
    }
}
