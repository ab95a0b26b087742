//! Findings and market: domain to message.

use std::collections::BTreeMap;

use super::evaluation::rule_counts;
use super::{pb, write_finding};
use rules::domain::Instance;
use rules::evaluation::Evaluation;
use rules::finding::Finding;
use rules::validation::{Market, MarketLine};

/// Most findings written out.
const MOST_FINDINGS: usize = 10_000;

/// Writes what a validation found, worst first; `total` counts findings that were not kept.
pub fn write_validation(
    mut findings: Vec<Finding>,
    total: usize,
    market: Option<(&Instance, &Evaluation, &Market)>,
) -> pb::ValidateResponse {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    pb::ValidateResponse {
        finding_count: total as i32,
        findings: findings.iter().take(MOST_FINDINGS).map(write_finding).collect(),
        market: market.map(|(instance, evaluation, market)| write_market(instance, evaluation, market)),
    }
}

/// Adds what was found later, worst first.
pub fn add_findings(response: &mut pb::ValidateResponse, more: &[Finding]) {
    response.finding_count += more.len() as i32;
    response.findings.splice(0..0, more.iter().map(write_finding));
    response.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    response.findings.truncate(MOST_FINDINGS);
}

fn write_market(instance: &Instance, evaluation: &Evaluation, market: &Market) -> pb::Market {
    pb::Market {
        student_count: instance.students.len() as i32,
        project_count: instance.projects.len() as i32,
        seat_count: market.seats as i64,
        eligible_pair_count: market.eligible_pairs as i64,
        programs: lines(&market.programs),
        countries: lines(&market.countries),
        languages: lines(&market.languages),
        thin_projects: market
            .thin_projects
            .iter()
            .map(|thin| {
                let project = &instance.projects[thin.project.at()];
                pb::ThinProject {
                    project_id: project.id.to_string(),
                    min_seat_count: project.min_seats() as i32,
                    max_seat_count: project.max_seats() as i32,
                    eligible_student_count: thin.eligible_students as i32,
                }
            })
            .collect(),
        crowded_projects: market
            .crowded_projects
            .iter()
            .map(|crowded| {
                let project = &instance.projects[crowded.project.at()];
                pb::CrowdedProject {
                    project_id: project.id.to_string(),
                    seat_count: crowded.seats as i32,
                    stated_first_choice_count: crowded.stated_first_choices as i32,
                    first_choice_count: crowded.first_choices as i32,
                    eligible_student_count: crowded.eligible_students as i32,
                }
            })
            .collect(),
        stranded_students: market
            .stranded_students
            .iter()
            .map(|student| pb::StrandedStudent {
                student_id: instance.students[student.at()].id.to_string(),
                refusals: rule_counts(&evaluation.refused[student.at()].by),
                wishes_refuse: evaluation.refused[student.at()].by_wishes > 0,
            })
            .collect(),
    }
}

fn lines(lines: &BTreeMap<String, MarketLine>) -> Vec<pb::MarketLine> {
    lines
        .iter()
        .map(|(key, line)| pb::MarketLine {
            key: key.clone(),
            project_count: line.projects as i32,
            seat_count: line.seats as i64,
            eligible_student_count: line.eligible_students as i32,
        })
        .collect()
}
