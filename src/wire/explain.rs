//! Explanations: message to domain and back.

use super::audience::Audience;
use super::conflict::{write_conflict, write_relaxation};
use super::counterfactual::MessageWriter;
use super::evaluation::{rule, write_pair};
use super::names::Names;
use super::outcome::status;
use super::request::Ids;
use super::sentences::Words;
use super::{Faults, pb};
use ::explain::{PairExplanation, PairReason, ProjectExplanation, ProjectState, StudentExplanation};
use engine::{About, Explained, Explanation};
use rules::codes;
use rules::domain::{Instance, OfferState, Policy, Rule};
use rules::finding::At;

/// Reads what is to be explained, and to whom.
///
/// # Errors
/// Every fault.
pub fn read_about(
    instance: &Instance,
    about: Option<&pb::explain_request::About>,
    audience: i32,
) -> Result<(About, Audience), Faults> {
    use pb::explain_request::About as Raw;
    let mut faults = Faults::default();
    let ids = Ids::of(instance);
    let read_audience = faults.level(At::root("audience"), audience, &Audience::ALL).unwrap_or(Audience::Manager);
    let read = match about {
        None => {
            faults.add(
                &codes::NOTHING_ASKED,
                At::root("about"),
                "the request names no student_id, no project_id and no pair",
            );
            None
        }
        Some(Raw::StudentId(id)) => ids.student(At::root("student_id"), id, &mut faults).map(About::Student),
        Some(Raw::ProjectId(id)) => ids.project(At::root("project_id"), id, &mut faults).map(About::Project),
        Some(Raw::Pair(pair)) => {
            let at = At::root("pair");
            let student = ids.student(at.field("student_id"), &pair.student_id, &mut faults);
            let project = ids.project(at.field("project_id"), &pair.project_id, &mut faults);
            student.zip(project).map(|(student, project)| About::Pair(student, project))
        }
    };
    match (read_audience, about) {
        (Audience::Student, Some(Raw::ProjectId(_))) => {
            let message = "a project is not explained to STUDENT";
            faults.add(&codes::NOT_FOR_THIS_AUDIENCE, At::root("audience"), message);
        }
        (Audience::Host, Some(Raw::StudentId(_))) => {
            faults.add(&codes::NOT_FOR_THIS_AUDIENCE, At::root("audience"), "a student is not explained to HOST");
        }
        _ => {}
    }
    match read {
        Some(about) if faults.total() == 0 => Ok((about, read_audience)),
        _ => Err(faults),
    }
}

/// Writes an explanation for those who read it.
pub fn write_explanation(
    instance: &Instance,
    policy: &Policy,
    explanation: &Explanation,
    audience: Audience,
) -> pb::ExplainResponse {
    use pb::explain_response::About;
    let writer = MessageWriter { names: Names { instance, policy }, goals: &explanation.goals };
    let words = Words { season: Some(writer.names), reader: audience, is_best: explanation.is_best };
    let sentences;
    let (mut conflicts, mut relaxations) = (Vec::new(), Vec::new());
    let about = match &explanation.explained {
        Explained::Student(explained) => {
            let mut message = student(&writer, explained);
            audience.of_student(&mut message);
            if let Some(left) = &mut message.unmatched {
                left.sentence = words.unmatched(left);
            }
            sentences = words.explained_student(&message);
            Some(About::Student(message))
        }
        Explained::Project(explained) => {
            let mut message = project(&writer, explained);
            audience.of_project(&mut message);
            sentences = words.explained_project(&message);
            Some(About::Project(message))
        }
        Explained::Pair(explained) => {
            let mut message = pair(&writer, explained);
            audience.of_pair(&mut message);
            sentences = words.asked_pair(&message);
            Some(About::Pair(message))
        }
        Explained::Nothing(outcome) => {
            // What others asked for is the manager's to read.
            let is_told = audience == Audience::Manager;
            if is_told {
                conflicts = outcome.conflicts.iter().map(|c| write_conflict(instance, policy, c)).collect();
                relaxations = outcome.relaxations.iter().map(|r| write_relaxation(instance, policy, r)).collect();
            }
            let findings = outcome.findings.iter().filter(|_| is_told).map(|finding| finding.message.as_str());
            sentences = words.nothing(status(explanation.status), findings, &conflicts, &relaxations);
            None
        }
    };
    pb::ExplainResponse {
        status: status(explanation.status) as i32,
        is_best: explanation.is_best,
        about,
        sentences,
        conflicts,
        relaxations,
    }
}

pub(super) fn pair(writer: &MessageWriter, explanation: &PairExplanation) -> pb::PairExplanation {
    use pb::pair_explanation::Reason;
    let (reason, prospect) = match &explanation.reason {
        PairReason::Matched => (Reason::Matched, None),
        PairReason::Refused => (Reason::Refused, None),
        PairReason::Possible(prospect) => (Reason::Possible, Some(writer.prospect(prospect))),
    };
    let evaluation = Some(write_pair(writer.names.instance, &explanation.evaluation));
    pb::PairExplanation { evaluation, reason: reason as i32, prospect }
}

fn student(writer: &MessageWriter, explanation: &StudentExplanation) -> pb::StudentExplanation {
    let place = explanation.place.as_ref();
    let instance = writer.names.instance;
    let note = place.and_then(|(place, _)| instance.note(place.student, place.project));
    let waivers = place.iter().flat_map(|(place, _)| &place.used_waivers);
    pb::StudentExplanation {
        student_id: writer.names.student(explanation.student),
        assignment: place.map(|(place, alternates)| writer.assignment(place, Some(alternates))),
        unmatched: explanation.unmatched.as_ref().map(|left| writer.unmatched(left)),
        preferred: explanation.preferred.iter().map(|preferred| pair(writer, preferred)).collect(),
        preferred_count: explanation.preferred_count as i32,
        pinned: note.is_some_and(|note| note.pinned),
        accepted: note.is_some_and(|note| note.offer == Some(OfferState::Accepted)),
        waived_rules: waivers.map(|waiver| rule(waiver.rule) as i32).collect(),
        void_acceptance: explanation.void.as_ref().map(|pair| write_pair(instance, pair)),
    }
}

fn project(writer: &MessageWriter, explanation: &ProjectExplanation) -> pb::ProjectExplanation {
    use pb::project_explanation::State;
    let state = match explanation.state {
        ProjectState::NoSeats => State::NoSeats,
        ProjectState::NoEligibleStudent => State::NoEligibleStudent,
        ProjectState::Full => State::Full,
        ProjectState::FreeSeats => State::FreeSeats,
        ProjectState::Empty => State::Empty,
        ProjectState::Closed => State::Closed,
    };
    let counts = |refusals: &[(Rule, u32)]| {
        let sentences = |&(refusing, count): &(Rule, u32)| pb::StudentCount {
            rule: rule(refusing) as i32,
            student_count: count as i32,
        };
        refusals.iter().map(sentences).collect::<Vec<_>>().into_iter()
    };
    pb::ProjectExplanation {
        project_id: writer.names.project(explanation.project),
        state: state as i32,
        seat_count: writer.names.instance.projects[explanation.project.at()].max_seats() as i32,
        assignments: explanation.places.iter().map(|place| writer.assignment(place, None)).collect(),
        eligible_student_count: explanation.eligible as i32,
        refusals: counts(&explanation.refusals).collect(),
        next_students: explanation.next.iter().map(|next| pair(writer, next)).collect(),
        newcomer: explanation.newcomer.as_ref().map(|newcomer| writer.prospect(newcomer)),
        host_is_full: explanation.host_is_full,
        applicant_count: explanation.applicants.as_ref().map(|applicants| applicants.count as i32),
        applicant_refusals: explanation.applicants.iter().flat_map(|applicants| counts(&applicants.refusals)).collect(),
    }
}
