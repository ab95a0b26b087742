//! What does not stop a match and may surprise whoever sent it.

use super::{
    alike, answers, evenness, finding, others, places, profiles, project_field, spelling, student_field, wishes,
};
use crate::codes;
use crate::domain::{Date, GoalKind, Instance, OfferState, PairNote, Policy, ProjectIndex, RequiredFact, StudentIndex};
use crate::evaluation::Evaluation;
use crate::finding::{Finding, Severity, counted};

/// Every warning and remark.
pub fn surprises(instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> Vec<Finding> {
    let mut found = Vec::new();
    emptiness(instance, evaluation, &mut found);
    goals(instance, policy, &mut found);
    found.extend(without_effect(instance, policy));
    soft_quotas(policy, &mut found);
    if !instance.funds.is_empty() && !policy.paid_only {
        let message = "funds limit nothing here: the policy does not ask for paid placements";
        found.push(finding(&codes::FUNDS_NOT_ASKED, Severity::Warning, "instance.funds".to_owned(), message));
    }
    requirements(instance, policy, &mut found);
    spelling::unknown_skills(instance, &mut found);
    wishes::choices(instance, &mut found);
    wishes::offers(instance, policy, &mut found);
    places::places(instance, &mut found);
    profiles::profiles(instance, &mut found);
    evenness::terms(instance, policy, evaluation, &mut found);
    waivers(instance, policy, &mut found);
    alike::ids(instance, &mut found);
    alike::values(instance, policy, &mut found);
    found
}

fn soft_quotas(policy: &Policy, found: &mut Vec<Finding>) {
    if policy.goals.iter().any(|goal| goal.kind == GoalKind::TotalPoints && !goal.is_scoped()) {
        return;
    }
    for quota in policy.quotas.iter().filter(|quota| quota.penalty.is_some()) {
        let field = format!("policy.quotas[{}].penalty_points", quota.place);
        let message =
            format!("quota {} costs nothing when it is missed: TOTAL_POINTS of everybody is no goal", quota.id);
        found.push(finding(&codes::SOFT_QUOTA_WITHOUT_POINTS, Severity::Warning, field, message));
    }
}

/// What of the request may have another effect than is meant: waivers that expired, acceptances that are void, a rank that makes all others alike,
/// students who declined and are in the pool again.
pub fn without_effect(instance: &Instance, policy: &Policy) -> Vec<Finding> {
    let mut found: Vec<Finding> = wishes::far_rank(instance, policy).into_iter().collect();
    for (place, waiver) in instance.waivers.iter().enumerate().filter(|(_, waiver)| !waiver.is_valid(policy.as_of)) {
        let field = format!("instance.waivers[{}].expires_date", instance.origin.waivers[place]);
        let days = (waiver.expires.map(|d| d.to_string()), policy.as_of.map(|d| d.to_string()));
        let (last, asked) = (days.0.unwrap_or_default(), days.1.unwrap_or_default());
        let (rule, student) = (waiver.rule.name(), &instance.students[waiver.student.at()].id);
        let message = format!("the waiver of {rule} for {student} expired on {last}, before {asked}");
        found.push(finding(&codes::WAIVER_EXPIRED, Severity::Warning, field, message));
    }
    let is_void = |note: &PairNote| note.offer == Some(OfferState::Accepted) && instance.is_void(note);
    for (place, note) in instance.notes.iter().enumerate().filter(|(_, note)| is_void(note)) {
        let field = format!("instance.pair_notes[{}].offer_state", instance.origin.notes[place]);
        let (student, project) = (&instance.students[note.student.at()], &instance.projects[note.project.at()]);
        let program = project.program.map(|program| &instance.programs[program.at()]);
        let host = project.host.map(|host| &instance.hosts[host.at()]);
        let why = match (program.filter(|program| program.suspended), host.filter(|host| host.withdrawn)) {
            _ if student.withdrawn => "has withdrawn since".to_owned(),
            (Some(program), _) => format!("program {} is suspended by now", program.id),
            (None, Some(host)) => format!("host {} has withdrawn since", host.id),
            (None, None) => {
                format!(
                    "country {} is suspended by now",
                    instance.country_of(project).map_or_else(String::new, |c| c.to_string())
                )
            }
        };
        let message = format!("{} accepted {} and {why}", student.id, project.id);
        found.push(finding(&codes::ACCEPTANCE_VOID, Severity::Warning, field, message));
    }
    found.extend(answers::decliners(instance));
    found
}

/// How soon a waiver has to expire to be told.
const SOON_DAYS: i64 = 30;

/// Waivers that hold today and may not when the season is matched again.
fn waivers(instance: &Instance, policy: &Policy, found: &mut Vec<Finding>) {
    let Some(today) = policy.as_of else { return };
    let is_soon = |last: Date| last >= today && i64::from((last - today).get_days()) <= SOON_DAYS;
    let soon = instance.waivers.iter().zip(&instance.origin.waivers);
    let soon: Vec<(Date, u32)> =
        soon.filter_map(|(waiver, &place)| Some((waiver.expires.filter(|&last| is_soon(last))?, place))).collect();
    if let Some((last, place)) = soon.iter().min() {
        let message = format!("the waiver expires on {last}; a match after that day is without it");
        let message = format!("{message}{}", others(soon.len(), "waiver"));
        let field = format!("instance.waivers[{place}].expires_date");
        found.push(finding(&codes::WAIVER_EXPIRES_SOON, Severity::Info, field, message));
    }
}

fn emptiness(instance: &Instance, evaluation: &Evaluation, found: &mut Vec<Finding>) {
    let warn = |code, field: &str, message: &str| finding(code, Severity::Warning, field.to_owned(), message);
    if instance.students.is_empty() {
        found.push(warn(&codes::EMPTY_COHORT, "instance.students", "there is no student"));
    } else if instance.projects.iter().all(|project| project.max_seats() == 0) {
        found.push(warn(&codes::NO_SEATS, "instance.projects", "no project has a seat"));
    } else if evaluation.pairs.is_empty() {
        found.push(warn(&codes::NO_ELIGIBLE_PAIR, "instance", "the rules and wishes refuse every pair"));
    }
}

fn goals(instance: &Instance, policy: &Policy, found: &mut Vec<Finding>) {
    let mut placed_first = false;
    for (place, goal) in policy.goals.iter().enumerate() {
        let field = || format!("policy.goals[{place}]");
        match goal.kind {
            GoalKind::PlaceMost | GoalKind::TotalPoints | GoalKind::RankMaximal => {
                placed_first |= goal.tolerance == 0 && !goal.is_scoped();
            }
            GoalKind::LeastDisruption
            | GoalKind::FewestBlockingPairs
            | GoalKind::FewestChanges
            | GoalKind::KeepTold => {}
            GoalKind::RaiseWorst
            | GoalKind::Leximin
            | GoalKind::LeastRankSum
            | GoalKind::LowestWorstRank
            | GoalKind::Generous
            | GoalKind::FewestBelowFloor => {
                if !placed_first {
                    let message = "this goal counts placed students only, so that placing nobody may be its best";
                    found.push(finding(&codes::GOAL_MAY_PLACE_NOBODY, Severity::Warning, field(), message));
                    placed_first = true;
                }
            }
        }
        let keeps =
            goal.kind == GoalKind::LeastDisruption || (goal.kind == GoalKind::FewestChanges && goal.compared.is_none());
        if keeps && instance.previous.is_empty() {
            let message = "this goal keeps previous_assignments, and there are none";
            found.push(finding(&codes::NOTHING_TO_KEEP, Severity::Warning, field(), message));
        }
        let is_told = |note: &PairNote| note.offer == Some(OfferState::Extended);
        if goal.kind == GoalKind::KeepTold && !instance.notes.iter().any(is_told) {
            let message = "this goal keeps offers that are open, and there are none";
            found.push(finding(&codes::NOTHING_TO_KEEP, Severity::Warning, field(), message));
        }
        if goal.kind.goes_by_points() && policy.weights.0.iter().all(|weight| weight.micros() == 0) {
            found.push(finding(
                &codes::NO_WEIGHT,
                Severity::Warning,
                field(),
                "this goal goes by points, and all are 0 because every weight is",
            ));
        }
    }
}

/// That what is said of one row is said of others too.
pub(super) fn like_others(all: usize) -> String {
    match all {
        0 | 1 => String::new(),
        all => format!(", like {},", counted(all as i64 - 1, "other")),
    }
}

fn requirements(instance: &Instance, policy: &Policy, found: &mut Vec<Finding>) {
    let project = |p: &ProjectIndex| &instance.projects[p.at()];
    let loose_skill = |p: &ProjectIndex| project(p).skills.iter().any(|r| r.min_level.is_some() && !r.required);
    let loose_language = |p: &ProjectIndex| project(p).languages.iter().any(|r| r.min_level.is_some() && !r.required);
    let lists: [(&str, Vec<ProjectIndex>); 2] = [
        ("skill_requirements", instance.project_indices().filter(loose_skill).collect()),
        ("language_requirements", instance.project_indices().filter(loose_language).collect()),
    ];
    for (list, projects) in lists {
        if let Some(first) = projects.iter().min_by_key(|p| instance.origin.projects[p.at()]) {
            let others = like_others(projects.len());
            let message = format!("this project{others} asks for a level that only counts in the score");
            let field = project_field(instance, *first, list);
            found.push(finding(&codes::LEVEL_NOT_REQUIRED, Severity::Info, field, message));
        }
    }
    if policy.required_data.contains(RequiredFact::Materials) {
        return;
    }
    let missing = |s: &StudentIndex| !instance.students[s.at()].missing_materials.is_empty();
    let students: Vec<StudentIndex> = instance.student_indices().filter(missing).collect();
    if let Some(first) = students.iter().min_by_key(|s| instance.origin.students[s.at()]) {
        let field = student_field(instance, *first, "missing_materials");
        let others = like_others(students.len());
        let message = format!("this student{others} misses materials that the policy does not ask for");
        found.push(finding(&codes::MATERIALS_NOT_ASKED, Severity::Warning, field, message));
    }
}
