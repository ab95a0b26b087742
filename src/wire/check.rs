//! Checks: domain to message.

use super::certificate::write_fault;
use super::pb;
use super::policy::goal_kind;
use rules::domain::{HostIndex, Instance, Points, Policy, ProjectIndex, StudentIndex};
use verify::{CertificateCheck, GoalCheck, Violation, ViolationKind};

/// Most blocking pairs written out.
const MOST_BLOCKING_PAIRS: usize = 10_000;

/// Writes what a check found.
pub fn write_check(
    instance: &Instance,
    policy: &Policy,
    violations: &[Violation],
    points: &[Points],
    goals: &[GoalCheck],
    blocking: &[(StudentIndex, ProjectIndex)],
    certificate: Option<&CertificateCheck>,
) -> pb::CheckResponse {
    let proven_bound = |goal: usize| certificate.and_then(|check| check.bounds[goal]);
    pb::CheckResponse {
        violations: violations.iter().map(|v| violation(instance, policy, v)).collect(),
        points: points.iter().map(|p| i64::from(p.0)).sum(),
        goals: goals
            .iter()
            .enumerate()
            .map(|(place, goal)| pb::GoalResult {
                kind: goal_kind(goal.kind) as i32,
                scoped: policy.goals[place].is_scoped(),
                value: goal.value,
                bound: proven_bound(place).unwrap_or(0),
                proven: proven_bound(place).is_some(),
                profile: goal.profile.iter().map(|&count| count as i32).collect(),
                ..pb::GoalResult::default()
            })
            .collect(),
        blocking_pairs: blocking
            .iter()
            .take(MOST_BLOCKING_PAIRS)
            .map(|&(student, project)| pb::BlockingPair {
                student_id: student_id(instance, student),
                project_id: project_id(instance, project),
            })
            .collect(),
        blocking_pair_count: blocking.len() as i32,
        certificate_faults: certificate
            .map(|check| check.faults.iter().map(|fault| write_fault(instance, fault)).collect())
            .unwrap_or_default(),
    }
}

fn student_id(instance: &Instance, student: StudentIndex) -> String {
    instance.students[student.at()].id.to_string()
}

fn project_id(instance: &Instance, project: ProjectIndex) -> String {
    instance.projects[project.at()].id.to_string()
}

fn host_id(instance: &Instance, host: HostIndex) -> String {
    instance.hosts[host.at()].id.to_string()
}

fn violation(instance: &Instance, policy: &Policy, violation: &Violation) -> pb::Violation {
    use pb::violation::Kind as Raw;
    let kind = match violation.kind {
        ViolationKind::RefusedPair => Raw::RefusedPair,
        ViolationKind::Placement => Raw::Placement,
        ViolationKind::ProjectSeats => Raw::ProjectSeats,
        ViolationKind::HostSeats => Raw::HostSeats,
        ViolationKind::Opening => Raw::Opening,
        ViolationKind::MustOpen => Raw::MustOpen,
        ViolationKind::Pin => Raw::Pin,
        ViolationKind::MustPlace => Raw::MustPlace,
        ViolationKind::Quota => Raw::Quota,
        ViolationKind::Link => Raw::Link,
        ViolationKind::Funds => Raw::Funds,
        ViolationKind::BlockingPair => Raw::BlockingPair,
    };
    pb::Violation {
        kind: kind as i32,
        student_id: violation.student.map_or_else(String::new, |s| student_id(instance, s)),
        project_id: violation.project.map_or_else(String::new, |p| project_id(instance, p)),
        host_id: violation.host.map_or_else(String::new, |h| host_id(instance, h)),
        quota_id: violation.quota.map_or_else(String::new, |q| policy.quotas[q as usize].id.clone()),
        required: violation.required.clone(),
        observed: violation.observed.clone(),
    }
}
