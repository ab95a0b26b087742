//! What does not stop a match and may surprise whoever sent it.

use super::{finding, project_field, spelling, student_field};
use crate::codes;
use crate::domain::{GoalKind, Instance, Policy, RequiredFact};
use crate::evaluation::Evaluation;
use crate::finding::{Finding, Severity};

/// Every warning and remark.
pub fn surprises(instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> Vec<Finding> {
    let mut found = Vec::new();
    emptiness(instance, evaluation, &mut found);
    goals(policy, &mut found);
    requirements(instance, policy, &mut found);
    spelling::unknown_skills(instance, &mut found);
    found
}

fn emptiness(instance: &Instance, evaluation: &Evaluation, found: &mut Vec<Finding>) {
    let warn = |code, field: &str, message: &str| finding(code, Severity::Warning, field.to_owned(), message);
    if instance.students.is_empty() {
        found.push(warn(&codes::EMPTY_COHORT, "instance.students", "no student"));
    } else if instance.projects.iter().all(|project| project.max_seats() == 0) {
        found.push(warn(&codes::NO_SEATS, "instance.projects", "no seat"));
    } else if evaluation.pairs.is_empty() {
        found.push(warn(&codes::NO_ELIGIBLE_PAIR, "instance", "every pair is refused"));
    }
}

fn goals(policy: &Policy, found: &mut Vec<Finding>) {
    let mut placed_first = false;
    for (place, goal) in policy.goals.iter().enumerate() {
        let field = || format!("policy.goals[{place}]");
        match goal.kind {
            GoalKind::PlaceMost | GoalKind::TotalPoints | GoalKind::RankMaximal => placed_first = true,
            GoalKind::RaiseWorst | GoalKind::LeastRankSum | GoalKind::LowestWorstRank | GoalKind::Generous => {
                if !placed_first {
                    let message = "counts placed students only, so placing nobody may be its best";
                    found.push(finding(&codes::GOAL_MAY_PLACE_NOBODY, Severity::Warning, field(), message));
                    placed_first = true;
                }
            }
        }
        let by_points = matches!(goal.kind, GoalKind::TotalPoints | GoalKind::RaiseWorst);
        if by_points && policy.weights.0.iter().all(|weight| weight.micros() == 0) {
            found.push(finding(&codes::NO_WEIGHT, Severity::Warning, field(), "every weight is 0, so are all points"));
        }
    }
}

fn requirements(instance: &Instance, policy: &Policy, found: &mut Vec<Finding>) {
    for project in instance.project_indices() {
        let row = &instance.projects[project.at()];
        let skills = row.skills.iter().any(|r| r.min_level.is_some() && !r.required);
        let languages = row.languages.iter().any(|r| r.min_level.is_some() && !r.required);
        for (list, loose) in [("skill_requirements", skills), ("language_requirements", languages)] {
            if loose {
                let message = "a level that only counts in the score, because required is not set";
                let field = project_field(instance, project, list);
                found.push(finding(&codes::LEVEL_NOT_REQUIRED, Severity::Info, field, message));
            }
        }
    }
    if policy.required_data.contains(RequiredFact::Materials) {
        return;
    }
    for student in instance.student_indices() {
        if !instance.students[student.at()].missing_materials.is_empty() {
            let field = student_field(instance, student, "missing_materials");
            let message = "materials are missing, and the policy does not ask for them";
            found.push(finding(&codes::MATERIALS_NOT_ASKED, Severity::Warning, field, message));
        }
    }
}
