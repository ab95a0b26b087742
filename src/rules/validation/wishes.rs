//! What may surprise about wishes and offers.

use std::collections::BTreeSet;

use super::surprises::like_others;
use super::{finding, project_field, student_field};
use crate::codes;
use crate::domain::{GoalKind, Instance, OfferState, PairNote, Policy, ProjectIndex, Student, Target};
use crate::finding::{Finding, Severity, counted, grouped};

/// How many times the next rank the largest has to be, and how large, to be far from the others.
const TIMES: u32 = 3;
const LEAST: u32 = 10;

/// Few who state choices, and choices that take something from each other.
pub(super) fn choices(instance: &Instance, found: &mut Vec<Finding>) {
    let stating = instance.students.iter().filter(|student| !student.choices.is_empty()).count();
    let all = instance.students.len();
    if stating > 0 && stating * 2 < all {
        let message = format!(
            "{} of {} {} a choice",
            grouped(stating as i64),
            counted(all as i64, "student"),
            if stating == 1 { "states" } else { "state" }
        );
        found.push(finding(&codes::FEW_STATE_CHOICES, Severity::Warning, "instance.students".to_owned(), message));
    }
    let loses =
        |student: &Student| student.choices.iter().any(|choice| is_covered_by_a_better(instance, student, choice));
    let losing: Vec<_> = instance.student_indices().filter(|s| loses(&instance.students[s.at()])).collect();
    if let Some(first) = losing.iter().min_by_key(|s| instance.origin.students[s.at()]) {
        let others = like_others(losing.len());
        let message = format!("this student{others} ranks a country, program or host better than a project in it");
        let field = student_field(instance, *first, "choices");
        found.push(finding(&codes::WIDER_CHOICE_RANKED_BETTER, Severity::Warning, field, message));
    }
}

/// Whether a choice of a project has a worse rank than one that covers more.
fn is_covered_by_a_better(instance: &Instance, student: &Student, choice: &crate::domain::Choice) -> bool {
    let Target::Project(index) = choice.target else { return false };
    let project = &instance.projects[index.at()];
    let is_wider = |target: Target| match target {
        Target::Project(_) => false,
        Target::Host(host) => project.host == Some(host),
        Target::Program(program) => project.program == Some(program),
        Target::Country(country) => instance.country_of(project) == Some(country),
    };
    student.choices.iter().any(|wider| wider.rank < choice.rank && is_wider(wider.target))
}

/// One rank that makes all others nearly alike.
pub(super) fn far_rank(instance: &Instance, policy: &Policy) -> Option<Finding> {
    let ranks: BTreeSet<u32> = instance.students.iter().flat_map(|s| &s.choices).map(|choice| choice.rank).collect();
    let mut descending = ranks.iter().rev();
    let (&largest, &next) = (descending.next()?, descending.next()?);
    if policy.rank_scale.is_some() || largest < LEAST || largest <= next.saturating_mul(TIMES) {
        return None;
    }
    let states = |student: &Student| student.choices.iter().any(|choice| choice.rank == largest);
    let first = instance.student_indices().filter(|s| states(&instance.students[s.at()]));
    let first = first.min_by_key(|s| instance.origin.students[s.at()])?;
    let message = format!(
        "this student states rank {}, which is the scale of every rank, and the next largest is {}; rank_scale {next} leaves it out",
        grouped(largest),
        grouped(next)
    );
    Some(finding(&codes::RANK_FAR_FROM_OTHERS, Severity::Warning, student_field(instance, first, "choices"), message))
}

/// Open offers that weigh nothing, and projects with more offers that hold than seats.
pub(super) fn offers(instance: &Instance, policy: &Policy, found: &mut Vec<Finding>) {
    let keeps = policy.goals.iter().any(|goal| goal.kind == GoalKind::LeastDisruption);
    let previous: BTreeSet<_> = instance.previous.iter().map(|place| (place.student, place.project)).collect();
    let keeps_told = policy.goals.iter().any(|goal| goal.kind == GoalKind::KeepTold);
    let weighs = |note: &PairNote| keeps_told || (keeps && previous.contains(&(note.student, note.project)));
    let is_open = |note: &PairNote| note.offer == Some(OfferState::Extended) && !note.pinned && !instance.is_void(note);
    let light = instance.notes.iter().zip(&instance.origin.notes).filter(|(note, _)| is_open(note) && !weighs(note));
    let places: Vec<u32> = light.map(|(_, &place)| place).collect();
    if let Some(first) = places.iter().min() {
        let field = format!("instance.pair_notes[{first}].offer_state");
        let message = format!("this open offer{} weighs nothing in the match", like_others(places.len()));
        found.push(finding(&codes::OFFER_WITHOUT_WEIGHT, Severity::Warning, field, message));
    }
    let mut offered = vec![0_u32; instance.projects.len()];
    for note in instance.notes.iter().filter(|note| !instance.is_void(note)) {
        if matches!(note.offer, Some(OfferState::Extended | OfferState::Accepted)) {
            offered[note.project.at()] += 1;
        }
    }
    let exceeds = |project: &ProjectIndex| offered[project.at()] > instance.projects[project.at()].max_seats();
    for project in instance.project_indices().filter(exceeds) {
        let (offers, seats) = (offered[project.at()], instance.projects[project.at()].max_seats());
        let message = format!(
            "{} has {} that {} open or accepted, and {}",
            instance.projects[project.at()].id,
            counted(offers, "offer"),
            if offers == 1 { "is" } else { "are" },
            counted(seats, "seat")
        );
        let field = project_field(instance, project, "max_seat_count");
        found.push(finding(&codes::MORE_OFFERS_THAN_SEATS, Severity::Warning, field, message));
    }
}
