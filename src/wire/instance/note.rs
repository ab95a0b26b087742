//! Notes on pairs.

use super::super::faults::MAX_TEXT;
use super::super::{Faults, pb};
use super::References;
use rules::codes;
use rules::domain::{Assignment, Instance, OfferState, PairNote, Share};
use rules::finding::At;

/// Reads the notes, by student and project, and where each stood.
pub(super) fn read_notes(
    at: At,
    raw: Vec<pb::PairNote>,
    refs: &References,
    faults: &mut Faults,
) -> (Vec<PairNote>, Vec<u32>) {
    let mut notes = Vec::with_capacity(raw.len());
    for (place, raw) in raw.into_iter().enumerate() {
        let at = at.index(place);
        let student = refs.student(at.field("student_id"), &raw.student_id, faults);
        let project = refs.project(at.field("project_id"), &raw.project_id, faults);
        let reason = faults.text(at.field("reason"), raw.reason, MAX_TEXT);
        let mut share = |name, stated: Option<f64>| {
            stated.and_then(|v| faults.decimal(at.field(name), v, Share::MAX, Share::from_f64))
        };
        let interview_rating = share("interview_rating", raw.interview_rating);
        let affinity = share("affinity", raw.affinity);
        let offer = faults.level(at.field("offer_state"), raw.offer_state, &OfferState::ALL);
        let (Some(student), Some(project)) = (student, project) else { continue };
        let (forbidden, pinned) = (raw.forbidden, raw.pinned);
        notes
            .push((place, PairNote { student, project, forbidden, pinned, reason, interview_rating, affinity, offer }));
    }
    notes.sort_by_key(|(place, note)| (note.student, note.project, *place));
    for two in notes.windows(2) {
        let ((first, a), (second, b)) = (&two[0], &two[1]);
        if (a.student, a.project) == (b.student, b.project) {
            faults.add(&codes::DUPLICATE_ENTRY, at.index(*second), format!("entry {first} is about the same pair"));
        }
    }
    notes.into_iter().map(|(place, note)| (note, place as u32)).unzip()
}

pub(super) fn write_note(instance: &Instance, note: &PairNote) -> pb::PairNote {
    pb::PairNote {
        student_id: instance.students[note.student.at()].id.to_string(),
        project_id: instance.projects[note.project.at()].id.to_string(),
        forbidden: note.forbidden,
        pinned: note.pinned,
        reason: note.reason.clone(),
        interview_rating: note.interview_rating.map(Share::to_f64),
        offer_state: note.offer.map_or(0, |offer| offer as i32 + 1),
        affinity: note.affinity.map(Share::to_f64),
    }
}

/// Reads who goes where, by student; a student at most once.
pub(crate) fn read_placements(
    at: At,
    raw: &[pb::Placement],
    refs: &References,
    faults: &mut Faults,
) -> Vec<Assignment> {
    let read = raw.iter().enumerate().filter_map(|(place, raw)| {
        let at = at.index(place);
        let student = refs.student(at.field("student_id"), &raw.student_id, faults);
        let project = refs.project(at.field("project_id"), &raw.project_id, faults);
        Some((place, Assignment { student: student?, project: project? }))
    });
    let read: Vec<_> = read.collect();
    faults.distinct(at, read, |place| place.student, "student")
}

pub(crate) fn write_placement(instance: &Instance, place: &Assignment) -> pb::Placement {
    pb::Placement {
        student_id: instance.students[place.student.at()].id.to_string(),
        project_id: instance.projects[place.project.at()].id.to_string(),
    }
}
