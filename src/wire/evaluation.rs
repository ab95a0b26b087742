//! Verdicts and scores: domain to message.

use super::pb;
use rules::domain::{Criterion, Instance, Policy};
use rules::eligibility::{Refusal, Rule, Verdict};
use rules::evaluation::{PairEvaluation, RefusalCounts};
use rules::scoring::Score;

/// Writes what the rules and the score say of a pair, and what it weighs in each quota of the policy.
pub fn write_pair_evaluation(
    instance: &Instance,
    policy: &Policy,
    pair: &PairEvaluation,
    weights: impl Iterator<Item = i64>,
) -> pb::PairEvaluation {
    let counted = policy.quotas.iter().zip(weights).filter(|&(_, weight)| weight != 0);
    let quotas = counted.map(|(quota, weight)| pb::QuotaShare { quota_id: quota.id.clone(), weight }).collect();
    pb::PairEvaluation { quotas, ..write_pair(instance, pair) }
}

/// Writes what the rules and the score say of a pair.
pub(super) fn write_pair(instance: &Instance, pair: &PairEvaluation) -> pb::PairEvaluation {
    pb::PairEvaluation {
        student_id: instance.students[pair.student.at()].id.to_string(),
        project_id: instance.projects[pair.project.at()].id.to_string(),
        verdict: verdict(pair.verdict) as i32,
        refusals: pair.refusals.iter().map(refusal).collect(),
        points: pair.score.points.0,
        contributions: contributions(&pair.score),
        choice_rank: pair.choice_rank.map(|rank| rank as i32),
        host_rank: pair.host_rank.map(|rank| rank as i32),
        quotas: Vec::new(),
        waived_rules: pair.used_waivers.iter().map(|waiver| rule(waiver.rule) as i32).collect(),
    }
}

fn verdict(verdict: Verdict) -> pb::Verdict {
    match verdict {
        Verdict::Eligible => pb::Verdict::Eligible,
        Verdict::Ineligible => pb::Verdict::Ineligible,
        Verdict::NeedsData => pb::Verdict::NeedsData,
        Verdict::Unacceptable => pb::Verdict::Unacceptable,
    }
}

fn refusal(refusal: &Refusal) -> pb::Refusal {
    pb::Refusal {
        rule: rule(refusal.rule) as i32,
        verdict: verdict(refusal.verdict) as i32,
        required: refusal.required.clone(),
        observed: refusal.observed.clone(),
        waivable: refusal.rule.is_waivable(),
    }
}

/// Writes a rule.
pub(super) fn rule(rule: Rule) -> pb::Rule {
    match rule {
        Rule::Language => pb::Rule::Language,
        Rule::Skills => pb::Rule::Skills,
        Rule::Dates => pb::Rule::Dates,
        Rule::Duration => pb::Rule::Duration,
        Rule::WorkAuthorization => pb::Rule::WorkAuthorization,
        Rule::StudyLevel => pb::Rule::StudyLevel,
        Rule::Gpa => pb::Rule::Gpa,
        Rule::Courses => pb::Rule::Courses,
        Rule::ProgramApproval => pb::Rule::ProgramApproval,
        Rule::ProgramSuspended => pb::Rule::ProgramSuspended,
        Rule::Materials => pb::Rule::Materials,
        Rule::Supervisor => pb::Rule::Supervisor,
        Rule::Workspace => pb::Rule::Workspace,
        Rule::Forbidden => pb::Rule::Forbidden,
        Rule::Veto => pb::Rule::Veto,
        Rule::ChoicesOnly => pb::Rule::ChoicesOnly,
        Rule::RankedOnly => pb::Rule::RankedOnly,
        Rule::CountrySuspended => pb::Rule::CountrySuspended,
        Rule::HostWithdrawn => pb::Rule::HostWithdrawn,
        Rule::OfferEnded => pb::Rule::OfferEnded,
        Rule::Funding => pb::Rule::Funding,
        Rule::Pay => pb::Rule::Pay,
        Rule::AlumniHost => pb::Rule::AlumniHost,
        Rule::StudentWithdrawn => pb::Rule::StudentWithdrawn,
    }
}

/// Writes how many projects each rule refuses a student, rules that refuse none left out.
pub(super) fn rule_counts(counts: &RefusalCounts) -> Vec<pb::RuleCount> {
    Rule::ALL
        .into_iter()
        .zip(counts)
        .filter(|&(_, &count)| count > 0)
        .map(|(refusing, &count)| pb::RuleCount { rule: rule(refusing) as i32, project_count: count as i32 })
        .collect()
}

/// Writes the terms of a score.
pub(super) fn contributions(score: &Score) -> Vec<pb::Contribution> {
    score
        .contributions
        .iter()
        .map(|contribution| pb::Contribution {
            criterion: criterion(contribution.criterion) as i32,
            applies: contribution.term.is_some(),
            term: contribution.term.unwrap_or(0) as i32,
            weight: contribution.weight.to_f64(),
            points: contribution.points,
        })
        .collect()
}

/// Writes a term.
pub(super) fn criterion(criterion: Criterion) -> pb::contribution::Criterion {
    use pb::contribution::Criterion as Raw;
    match criterion {
        Criterion::Skills => Raw::Skills,
        Criterion::Language => Raw::Language,
        Criterion::Preference => Raw::Preference,
        Criterion::HostRank => Raw::HostRank,
        Criterion::Interview => Raw::Interview,
        Criterion::Affinity => Raw::Affinity,
    }
}
