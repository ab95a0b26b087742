//! `Report`: a page, and what other calls have to say for it.

use super::{NamedRuns, Subject};
use crate::run::compare_seasons;
use crate::{CallError, Caller, check, explain, explain_each};
use pb::explain_request::{About, Audience};
use rules::codes;
use rules::finding::At;
use solve::SolverCommand;
use wire::{Faults, pb};

/// Puts a matching onto a page; `None` where a run can't be read.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Engine`]; [`CallError::Stopped`].
pub fn report(
    message: pb::ReportRequest,
    named: NamedRuns,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<Option<pb::ReportResponse>, CallError> {
    use pb::report_request::Before;
    let reader = read_reader(&message)?;
    let before = message.before.and_then(|before| match before {
        Before::BeforeOutcome(outcome) => Some(outcome),
        Before::BeforeRun(_) => None,
    });
    let sent = Subject { instance: message.instance, policy: message.policy, outcome: message.outcome, before };
    let Some(subject) = sent.of(&message.run, named)? else { return Ok(None) };
    let season = shown(subject, &reader, caller, solver)?;
    let html = report::page(&season.of(), reader.audience())?;
    Ok(Some(pb::ReportResponse { html: html.into_bytes() }))
}

/// Who reads a page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reader {
    /// The office.
    Manager,
    /// A host, by id.
    Host(String),
    /// A student, by id.
    Student(String),
}

impl Reader {
    fn audience(&self) -> report::Audience<'_> {
        match self {
            Self::Manager => report::Audience::Manager,
            Self::Host(id) => report::Audience::Host(id),
            Self::Student(id) => report::Audience::Student(id),
        }
    }
}

/// Who reads it. An id that does not go with the audience is refused: a page for the office must not reach whom it names.
fn read_reader(message: &pb::ReportRequest) -> Result<Reader, Faults> {
    let (host, student) = (message.host_id.as_str(), message.student_id.as_str());
    let mut faults = Faults::default();
    let reader = match Audience::try_from(message.audience) {
        Ok(Audience::Unspecified | Audience::Manager) if host.is_empty() && student.is_empty() => {
            return Ok(Reader::Manager);
        }
        Ok(Audience::Host) if !host.is_empty() && student.is_empty() => return Ok(Reader::Host(host.to_owned())),
        Ok(Audience::Student) if !student.is_empty() && host.is_empty() => {
            return Ok(Reader::Student(student.to_owned()));
        }
        Ok(Audience::Unspecified | Audience::Manager) => "host_id and student_id do not go with the audience MANAGER",
        Ok(Audience::Host) => "the audience HOST goes with host_id, and with no student_id",
        Ok(Audience::Student) => "the audience STUDENT goes with student_id, and with no host_id",
        Err(_) => {
            let none = "the number stands for none of the values";
            faults.add(&codes::UNKNOWN_ENUM_VALUE, At::root("audience"), none);
            return Err(faults);
        }
    };
    faults.add(&codes::MISPLACED_READER, At::root("audience"), reader);
    Err(faults)
}

/// What a page is made of.
struct Shown {
    instance: pb::Instance,
    policy: pb::Policy,
    outcome: pb::Outcome,
    changes: Option<pb::CompareRunsResponse>,
    check: Option<pb::CheckResponse>,
    explanations: Vec<pb::ExplainResponse>,
}

impl Shown {
    /// The same for the page.
    fn of(&self) -> report::Season<'_> {
        report::Season {
            instance: &self.instance,
            policy: Some(&self.policy),
            outcome: &self.outcome,
            changes: self.changes.as_ref(),
            check: self.check.as_ref(),
            explanations: &self.explanations,
        }
    }
}

/// What a page for a reader is made of: the office reads what changed and who could object, the others why.
fn shown(subject: Subject, reader: &Reader, caller: &Caller, solver: &SolverCommand) -> Result<Shown, CallError> {
    let (instance, policy, outcome) = subject.stated()?;
    let (instance, policy, outcome) = (instance.clone(), policy.into_owned(), outcome.clone());
    let (mut changes, mut checked, mut explanations) = (None, None, Vec::new());
    let has_matching = outcome.summary.is_some();
    let asked = |audience: Audience| pb::ExplainRequest {
        instance: Some(instance.clone()),
        policy: Some(policy.clone()),
        outcome: Some(outcome.clone()),
        audience: audience as i32,
        about: None,
    };
    match reader {
        Reader::Manager => {
            if let Some(before) = subject.before {
                let season = pb::MatchRequest { instance: Some(instance.clone()), policy: Some(policy.clone()) };
                changes = Some(compare_seasons(before, season, outcome.clone(), caller, solver)?);
            }
            if has_matching {
                let place = |at: &pb::Assignment| pb::CheckedAssignment {
                    student_id: at.student_id.clone(),
                    project_id: at.project_id.clone(),
                };
                let assignments = outcome.assignments.iter().map(place).collect();
                let (instance, policy) = (Some(instance.clone()), Some(policy.clone()));
                checked = Some(check(pb::CheckRequest { instance, policy, assignments, certificate: None }, caller)?);
            }
        }
        Reader::Host(host) if has_matching => {
            let projects = instance.projects.iter().filter(|project| project.host_id == *host);
            let abouts: Vec<About> = projects.map(|project| About::ProjectId(project.project_id.clone())).collect();
            if !abouts.is_empty() {
                explanations = explain_each(asked(Audience::Host), &abouts, caller, solver)?;
            }
        }
        Reader::Student(student) if has_matching => {
            // Who is unknown is told so by the page.
            if instance.students.iter().any(|row| row.student_id == *student) {
                let about = Some(About::StudentId(student.clone()));
                explanations = vec![explain(pb::ExplainRequest { about, ..asked(Audience::Student) }, caller, solver)?];
            }
        }
        Reader::Host(_) | Reader::Student(_) => {}
    }
    Ok(Shown { instance, policy, outcome, changes, check: checked, explanations })
}
