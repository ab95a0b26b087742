//! What became of offers: who declined and is in the pool again, and who was told a place and has it no more.

use std::collections::BTreeSet;

use super::finding;
use crate::codes;
use crate::domain::{GoalKind, Instance, Matching, OfferState, PairNote, Policy, StudentIndex};
use crate::evaluation::Evaluation;
use crate::finding::{Finding, Severity};

/// Students that a finding names before it only counts them.
const MOST_NAMED: usize = 10;

/// Students who declined an offer, take part, and have accepted no other.
pub(super) fn decliners(instance: &Instance) -> Option<Finding> {
    let is_in_pool = |note: &PairNote| {
        note.offer == Some(OfferState::Declined)
            && !instance.students[note.student.at()].withdrawn
            && !has_accepted(instance, note.student)
    };
    let declined: Vec<usize> = (0..instance.notes.len()).filter(|&at| is_in_pool(&instance.notes[at])).collect();
    let students: BTreeSet<StudentIndex> = declined.iter().map(|&at| instance.notes[at].student).collect();
    let first = declined.iter().map(|&at| instance.origin.notes[at]).min()?;
    let message = match students.len() {
        1 => "a student who declined an offer is in the pool again".to_owned(),
        count => format!("{count} students who declined an offer, of whom this is one, are in the pool again"),
    };
    let field = format!("instance.pair_notes[{first}].offer_state");
    Some(finding(&codes::DECLINED_IN_POOL, Severity::Info, field, message))
}

/// Students who were told a place and did nothing, and whom a matching gives another place or none.
pub fn told_and_moved(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    matching: &Matching,
) -> Option<Finding> {
    let is_told = |note: &PairNote| {
        note.offer == Some(OfferState::Extended)
            && !instance.students[note.student.at()].withdrawn
            && !has_accepted(instance, note.student)
    };
    let told: Vec<usize> = (0..instance.notes.len()).filter(|&at| is_told(&instance.notes[at])).collect();
    let has_one = |student| matching.place_of(student).is_some_and(|place| instance.is_told(student, place));
    let moved: Vec<usize> = told.into_iter().filter(|&at| !has_one(instance.notes[at].student)).collect();
    let first = moved.iter().map(|&at| instance.origin.notes[at]).min()?;
    let students: BTreeSet<StudentIndex> = moved.iter().map(|&at| instance.notes[at].student).collect();
    let named = students.iter().take(MOST_NAMED).map(|&student| {
        let of_student = moved.iter().map(|&at| &instance.notes[at]).filter(|note| note.student == student);
        let offered: Vec<String> = of_student
            .map(|note| {
                let project = &instance.projects[note.project.at()].id;
                let is_refused = evaluation.find(student, note.project).is_none() || !instance.has_seats(note.project);
                let refused = if is_refused { ", refused by now" } else { "" };
                format!("{project}{refused}")
            })
            .collect();
        let has = matching.place_of(student).map(|place| &instance.projects[place.at()].id);
        let has = has.map_or_else(|| "has no place".to_owned(), |place| format!("has {place}"));
        format!("{} (told {}; {has})", instance.students[student.at()].id, offered.join(" or "))
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match students.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let who = match students.len() {
        1 => "a student was told a place, did nothing and does not have it".to_owned(),
        count => format!("{count} students were told a place, did nothing and do not have it"),
    };
    let keeps_first = policy.goals.first().is_some_and(|goal| goal.kind == GoalKind::KeepTold && !goal.is_scoped());
    let kept = if keeps_first { "; KEEP_TOLD is the first goal, and keeps as many as can be" } else { "" };
    let field = format!("instance.pair_notes[{first}].offer_state");
    Some(finding(&codes::TOLD_AND_MOVED, Severity::Warning, field, format!("{who}: {named}{more}{kept}")))
}

/// Whether a student accepted a place that can still be had.
fn has_accepted(instance: &Instance, student: StudentIndex) -> bool {
    let from = instance.notes.partition_point(|note| note.student < student);
    let of_student = instance.notes[from..].iter().take_while(|note| note.student == student);
    of_student.into_iter().any(|note| note.offer == Some(OfferState::Accepted) && !instance.is_void(note))
}
