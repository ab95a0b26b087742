//! Outcomes: domain to message.

use std::collections::BTreeMap;
use std::time::Duration;

use prost::Message;
use sha2::{Digest, Sha256};

use super::certificate::write_certificate;
use super::conflict::{write_conflict, write_relaxation};
use super::counterfactual::MessageWriter;
use super::instance::{write_money, write_waiver};
use super::names::Names;
use super::policy::goal_kind;
use super::{pb, write_finding, write_instance, write_policy};
use ::explain::{Fill, Summary, WhyEmpty};
use engine::{GoalResult, Outcome, Status};
use rules::domain::{Fund, Instance, Money, Policy, ProjectIndex, Quota};
use rules::funding::Carried;
use rules::hexadecimal;
use solve::{GoalValue, solver_version};

/// Writes an outcome. `elapsed` is the only part that two equal canonical outcomes differ in.
pub fn write_outcome(instance: &Instance, policy: &Policy, outcome: &Outcome, elapsed: Duration) -> pb::Outcome {
    let goals: Vec<GoalValue> = outcome.goals.iter().map(|goal| goal.reached.clone()).collect();
    let writer = MessageWriter { names: Names { instance, policy }, goals: &goals };
    pb::Outcome {
        status: status(outcome.status) as i32,
        assignments: outcome
            .places
            .iter()
            .enumerate()
            .map(|(at, place)| {
                let fund = outcome.carried.as_ref().and_then(|carried| carried.by[at]);
                let fund_id = fund.map_or_else(String::new, |fund| instance.funds[fund].id.clone());
                pb::Assignment { fund_id, ..writer.assignment(place, outcome.alternates.get(at)) }
            })
            .collect(),
        funds: outcome.carried.iter().flat_map(|carried| funds(instance, carried)).collect(),
        unmatched: outcome.unmatched.iter().map(|student| writer.unmatched(student)).collect(),
        seat_values: outcome.seat_values.iter().map(|(full, gain)| writer.seat_value(*full, gain)).collect(),
        closed_projects: outcome.closed_projects.iter().map(|p| instance.projects[p.at()].id.to_string()).collect(),
        empty_projects: outcome.empty_projects.iter().map(|message| empty(instance, message)).collect(),
        goals: outcome.goals.iter().map(goal).collect(),
        canonical: outcome.canonical,
        summary: outcome.summary.as_ref().map(summary),
        findings: outcome.findings.iter().map(write_finding).collect(),
        used_waivers: outcome.used_waivers.iter().map(|w| write_waiver(instance, w)).collect(),
        quotas: policy.quotas.iter().zip(&outcome.quotas).map(|(quota, &sum)| quota_result(quota, sum)).collect(),
        conflicts: outcome.conflicts.iter().map(|conflict| write_conflict(instance, policy, conflict)).collect(),
        relaxations: outcome.relaxations.iter().map(|r| write_relaxation(instance, policy, r)).collect(),
        certificate: outcome.certificate.as_ref().map(|certificate| write_certificate(instance, policy, certificate)),
        provenance: Some(provenance(instance, policy, elapsed)),
    }
}

fn empty(instance: &Instance, &(project, why): &(ProjectIndex, WhyEmpty)) -> pb::EmptyProject {
    use pb::empty_project::Reason;
    let reason = match why {
        WhyEmpty::NoSeats => Reason::NoSeats,
        WhyEmpty::NoEligibleStudent => Reason::NoEligibleStudent,
        WhyEmpty::HostFull => Reason::HostFull,
        WhyEmpty::BelowMinimum => Reason::BelowMinimum,
        WhyEmpty::NotNeeded => Reason::NotNeeded,
    };
    pb::EmptyProject { project_id: instance.projects[project.at()].id.to_string(), reason: reason as i32 }
}

pub(super) fn status(status: Status) -> pb::outcome::Status {
    match status {
        Status::Optimal => pb::outcome::Status::Optimal,
        Status::Feasible => pb::outcome::Status::Feasible,
        Status::Infeasible => pb::outcome::Status::Infeasible,
        Status::NoSolutionFound => pb::outcome::Status::NoSolutionFound,
        Status::Cancelled => pb::outcome::Status::Cancelled,
    }
}

pub(super) fn provenance(instance: &Instance, policy: &Policy, elapsed: Duration) -> pb::Provenance {
    pb::Provenance {
        digest: digest(instance, policy),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        solver_version: solver_version(),
        lottery_seed: policy.lottery_seed,
        as_of_date: policy.as_of.map_or_else(String::new, |day| day.to_string()),
        elapsed_time: prost_types::Duration::try_from(elapsed).ok(),
    }
}

/// SHA-256 of instance and policy in canonical form, each preceded by its length in bytes (u64, little-endian).
pub(super) fn digest(instance: &Instance, policy: &Policy) -> String {
    let mut hash = Sha256::new();
    for bytes in [write_instance(instance).encode_to_vec(), write_policy(instance, policy).encode_to_vec()] {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    hexadecimal::write(&hash.finalize())
}

fn quota_result(quota: &Quota, sum: i64) -> pb::QuotaResult {
    let (short, excess) = quota.missed(sum);
    pb::QuotaResult {
        quota_id: quota.id.clone(),
        count: sum,
        short_count: short,
        excess_count: excess,
        penalty_points: quota.penalty.unwrap_or(0) * (short + excess),
    }
}

fn funds(instance: &Instance, carried: &Carried) -> Vec<pb::FundResult> {
    let result = |(place, fund): (usize, &Fund)| {
        let count = carried.by.iter().filter(|&&by| by == Some(place)).count() as i64;
        let left = i64::from(fund.places()) - count;
        let amount = fund.amount.as_ref().zip(fund.cost);
        let amount_left = amount.map(|(amount, cost)| Money { cents: amount.cents - count * cost, ..amount.clone() });
        pb::FundResult {
            fund_id: fund.id.clone(),
            carried_count: count as i32,
            left_count: left.min(instance.students.len() as i64) as i32,
            amount_left: amount_left.as_ref().map(write_money),
        }
    };
    instance.funds.iter().enumerate().map(result).collect()
}

pub(super) fn goal(result: &GoalResult) -> pb::GoalResult {
    let reached = &result.reached;
    pb::GoalResult {
        kind: goal_kind(result.kind) as i32,
        scoped: result.is_scoped,
        value: reached.value,
        bound: reached.bound,
        proven: reached.proven,
        profile: reached.profile.iter().map(|&count| count as i32).collect(),
        relative_gap: reached.bound.abs_diff(reached.value) as f64 / reached.value.unsigned_abs().max(1) as f64,
    }
}

fn summary(summary: &Summary) -> pb::Summary {
    pb::Summary {
        placed_count: summary.placed as i32,
        unmatched_count: summary.unmatched as i32,
        total_points: summary.points,
        rank_histogram: summary
            .ranks
            .iter()
            .map(|(&rank, &count)| pb::RankCount { rank: rank as i32, student_count: count as i32 })
            .collect(),
        programs: fills(&summary.programs),
        countries: fills(&summary.countries),
    }
}

fn fills(fills: &BTreeMap<String, Fill>) -> Vec<pb::Fill> {
    fills
        .iter()
        .map(|(key, fill)| pb::Fill {
            key: key.clone(),
            seat_count: fill.seats as i64,
            placed_count: fill.placed as i32,
        })
        .collect()
}
