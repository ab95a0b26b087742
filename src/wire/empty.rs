//! Why seats are empty, in sentences.

use std::collections::BTreeMap;

use super::evaluation::rule;
use super::names::Names;
use super::sentences::Words;
use super::{Request, pb};
use rules::domain::{ProjectIndex, Rule};
use rules::evaluation::PairEvaluator;

/// Tells the manager why each of these projects has nobody, in the sentences that `Explain` has.
///
/// Projects that the season does not have are told by their id alone.
pub fn why_empty(request: &Request, projects: &[pb::EmptyProject]) -> Vec<String> {
    let Request { instance, policy } = request;
    let words = Words::to_manager(Names { instance, policy });
    let evaluator = PairEvaluator::new(instance, policy);
    let told = projects.iter().map(|empty| {
        let at = instance.projects.binary_search_by(|row| row.id.as_str().cmp(&empty.project_id)).ok();
        let index = at.and_then(|at| u32::try_from(at).ok()).map(ProjectIndex);
        let explanation = explanation(request, &evaluator, empty, index);
        words.explained_project(&explanation).into_iter().next().unwrap_or_default()
    });
    told.collect()
}

/// What is needed of an explanation to tell why nobody is there.
fn explanation(
    request: &Request,
    evaluator: &PairEvaluator,
    empty: &pb::EmptyProject,
    project: Option<ProjectIndex>,
) -> pb::ProjectExplanation {
    use pb::empty_project::Reason;
    use pb::project_explanation::State;
    let instance = &request.instance;
    let state = match empty.reason() {
        Reason::NoSeats => State::NoSeats,
        Reason::NoEligibleStudent => State::NoEligibleStudent,
        Reason::BelowMinimum => State::Closed,
        Reason::HostFull | Reason::NotNeeded => State::Empty,
        Reason::Unspecified => State::Unspecified,
    };
    let mut told = pb::ProjectExplanation {
        project_id: empty.project_id.clone(),
        state: state as i32,
        host_is_full: empty.reason() == Reason::HostFull,
        ..pb::ProjectExplanation::default()
    };
    let needs_students = !matches!(empty.reason(), Reason::NoSeats | Reason::HostFull | Reason::Unspecified);
    let Some(project) = project.filter(|_| needs_students) else { return told };
    told.seat_count = i32::try_from(instance.projects[project.at()].max_seats()).unwrap_or(i32::MAX);
    let targets = instance.targets_of(project);
    let (mut all, mut of_applicants) = (BTreeMap::new(), BTreeMap::new());
    let mut applicants = 0_i32;
    for student in instance.student_indices() {
        let row = &instance.students[student.at()];
        let refusing = evaluator.refusing(student, project);
        told.eligible_student_count += i32::from(refusing.is_empty());
        let applies = row.choice_rank(&targets).is_some() || (row.choices.is_empty() && !row.choices_only);
        applicants += i32::from(applies);
        for rule in refusing.iter() {
            *all.entry(rule).or_insert(0) += 1;
            *of_applicants.entry(rule).or_insert(0) += i32::from(applies);
        }
    }
    let counts = |counts: BTreeMap<Rule, i32>| -> Vec<pb::StudentCount> {
        let told = counts.into_iter().filter(|&(_, count)| count > 0);
        told.map(|(refusing, student_count)| pb::StudentCount { rule: rule(refusing) as i32, student_count }).collect()
    };
    told.refusals = counts(all);
    if instance.largest_choice_rank() > 0 {
        told.applicant_count = Some(applicants);
        told.applicant_refusals = counts(of_applicants);
    }
    told
}
