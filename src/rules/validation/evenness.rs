//! Terms that are known for some candidates of a project and not for others. A term that is not known leaves the sum and the divisor both, so
//! that the two are scored by different measures.

use super::{finding, others};
use crate::codes;
use crate::domain::{Criterion, Instance, PairNote, Policy, ProjectIndex};
use crate::evaluation::Evaluation;
use crate::finding::{Finding, Severity};

/// Tells of each term with the first note that states it where others do not.
pub(super) fn terms(instance: &Instance, policy: &Policy, evaluation: &Evaluation, found: &mut Vec<Finding>) {
    let mut candidates = vec![0_u32; instance.projects.len()];
    evaluation.pairs.iter().for_each(|pair| candidates[pair.project.at()] += 1);
    type States = fn(&PairNote) -> bool;
    let terms: [(Criterion, &str, &str, States); 2] = [
        (Criterion::Interview, "interview_rating", "an interview", |note| note.interview_rating.is_some()),
        (Criterion::Affinity, "affinity", "an affinity", |note| note.affinity.is_some()),
    ];
    for (criterion, field, what, states) in terms {
        if policy.weights.0[criterion as usize].micros() == 0 {
            continue;
        }
        let mut known = vec![0_u32; instance.projects.len()];
        let counts = |note: &PairNote| states(note) && evaluation.find(note.student, note.project).is_some();
        instance.notes.iter().filter(|note| counts(note)).for_each(|note| known[note.project.at()] += 1);
        let is_uneven = |project: ProjectIndex| (1..candidates[project.at()]).contains(&known[project.at()]);
        let uneven = instance.project_indices().filter(|&project| is_uneven(project)).count();
        let notes = instance.notes.iter().zip(&instance.origin.notes);
        let first = notes.filter(|(note, _)| counts(note) && is_uneven(note.project)).min_by_key(|(_, place)| **place);
        if let Some((note, place)) = first {
            let (id, at) = (&instance.projects[note.project.at()].id, note.project.at());
            let (known, candidates) = (known[at], candidates[at]);
            let message = format!(
                "{what} is known for {known} of {candidates} candidates for project {id}, and left out of the points of the others{}",
                others(uneven, "project")
            );
            let field = format!("instance.pair_notes[{place}].{field}");
            found.push(finding(&codes::TERM_KNOWN_FOR_SOME, Severity::Warning, field, message));
        }
    }
}
