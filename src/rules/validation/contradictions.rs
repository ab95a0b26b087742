//! Contradictions that need no solver. Any one of them means that no matching keeps every rule.

use std::collections::BTreeMap;

use super::{finding, project_field, student_field};
use crate::codes;
use crate::domain::{Instance, PairNote, Policy, ProjectId, QuotaScope, Rule, StudentId, StudentIndex};
use crate::eligibility::Refusal;
use crate::evaluation::{Evaluation, PairEvaluation, PairEvaluator};
use crate::finding::{Finding, Severity, counted, grouped};

/// Every contradiction; empty = none that can be seen without solving.
pub fn contradictions(instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> Vec<Finding> {
    let mut found = Vec::new();
    minimums(instance, evaluation, &mut found);
    quotas(instance, policy, evaluation, &mut found);
    pins(instance, policy, evaluation, &mut found);
    for student in instance.student_indices() {
        let possible = evaluation.of_student(student).iter().any(|pair| instance.has_seats(pair.project));
        if instance.students[student.at()].must_place && !possible {
            let field = student_field(instance, student, "must_place");
            let row = &instance.students[student.at()];
            let message = if row.withdrawn {
                format!("{} must be placed and has withdrawn", row.id)
            } else {
                format!("{} must be placed, and no project with a seat may take them", row.id)
            };
            found.push(error(&codes::MUST_PLACE_IMPOSSIBLE, field, message));
        }
    }
    found
}

fn error(code: &'static codes::Code, field: String, message: impl Into<String>) -> Finding {
    finding(code, Severity::Error, field, message)
}

fn minimums(instance: &Instance, evaluation: &Evaluation, found: &mut Vec<Finding>) {
    let mut eligible = vec![0_u32; instance.projects.len()];
    for pair in &evaluation.pairs {
        eligible[pair.project.at()] += 1;
    }
    let mut of_host = vec![0_u64; instance.hosts.len()];
    let mut needed = 0_u64;
    for project in instance.project_indices() {
        let row = &instance.projects[project.at()];
        let (least, most) = (row.min_seats(), row.max_seats());
        if least > most {
            let field = project_field(instance, project, "min_seat_count");
            let message = format!(
                "{} opens with {} at least and has {}",
                row.id,
                counted(least, "student"),
                counted(most, "seat")
            );
            found.push(error(&codes::MINIMUM_ABOVE_MAXIMUM, field, message));
        }
        if !row.must_open {
            continue;
        }
        let must = least.max(1);
        let able = eligible[project.at()];
        if able < must || most < must {
            let field = project_field(instance, project, "must_open");
            let message = format!(
                "{} must open with {}, and has {} and {}",
                row.id,
                counted(must, "student"),
                counted(most, "seat"),
                counted(able, "eligible student")
            );
            found.push(error(&codes::MUST_OPEN_IMPOSSIBLE, field, message));
        }
        needed += u64::from(must);
        if let Some(host) = row.host {
            of_host[host.at()] += u64::from(must);
        }
    }
    for (index, host) in instance.hosts.iter().enumerate() {
        if let Some(seats) = host.max_seats.filter(|&seats| u64::from(seats) < of_host[index]) {
            let field = format!("instance.hosts[{}].max_seat_count", instance.origin.hosts[index]);
            let needed = counted(of_host[index], "student");
            let message = format!(
                "{} takes {}, and its projects that must open need {needed}",
                host.id,
                counted(seats, "student")
            );
            found.push(error(&codes::HOST_BELOW_MINIMUMS, field, message));
        }
    }
    let able = instance.student_indices().filter(|&s| !evaluation.of_student(s).is_empty()).count() as u64;
    if needed > able {
        let message = format!(
            "the projects that must open need {}, and {} may be placed at all",
            counted(needed, "student"),
            grouped(able)
        );
        found.push(error(&codes::MINIMUMS_EXCEED_STUDENTS, "instance.projects".to_owned(), message));
    }
}

fn quotas(instance: &Instance, policy: &Policy, evaluation: &Evaluation, found: &mut Vec<Finding>) {
    for quota in policy.quotas.iter().filter(|quota| quota.penalty.is_none()) {
        let field = |name: &str| format!("policy.quotas[{}].{name}", quota.place);
        let min = quota.min.unwrap_or(0);
        if let Some(max) = quota.max.filter(|&max| max < min) {
            found.push(error(
                &codes::MINIMUM_ABOVE_MAXIMUM,
                field("min_count"),
                format!("quota {} asks for {} at least and {} at most", quota.id, grouped(min), grouped(max)),
            ));
        }
        let scope = QuotaScope::new(instance, quota);
        let heaviest = |student: StudentIndex| {
            let pairs = evaluation.of_student(student).iter().filter(|pair| instance.has_seats(pair.project));
            pairs.map(|pair| scope.weight(pair.student, pair.project)).max().unwrap_or(0)
        };
        let most: i64 = if min > 0 { instance.student_indices().map(heaviest).sum() } else { 0 };
        if most < min {
            let message = format!(
                "quota {} asks for {} at least, and all students together can bring {}",
                quota.id,
                grouped(min),
                grouped(most)
            );
            found.push(error(&codes::QUOTA_OUT_OF_REACH, field("min_count"), message));
        }
    }
}

fn pins(instance: &Instance, policy: &Policy, evaluation: &Evaluation, found: &mut Vec<Finding>) {
    let mut of_project = vec![0_u32; instance.projects.len()];
    let mut of_host = vec![0_u32; instance.hosts.len()];
    let mut of_student: BTreeMap<StudentIndex, u32> = BTreeMap::new();
    let mut judge = None;
    for (place, note) in instance.notes.iter().enumerate().filter(|(_, note)| instance.pins(note)) {
        let by = if note.pinned { "pinned" } else { "offer_state" };
        let field = || format!("instance.pair_notes[{}].{by}", instance.origin.notes[place]);
        of_project[note.project.at()] += 1;
        if let Some(host) = instance.projects[note.project.at()].host {
            of_host[host.at()] += 1;
        }
        let pins = of_student.entry(note.student).or_default();
        *pins += 1;
        if *pins > 1 {
            let (student, project) = named(instance, note);
            let message =
                format!("{student} is held at another project than {project} too, by a pin or an accepted offer");
            found.push(error(&codes::STUDENT_PINNED_TWICE, field(), message));
        }
        if note.forbidden {
            let (student, project) = named(instance, note);
            let message = format!("the note on {student} and {project} both holds the pair and forbids it");
            found.push(error(&codes::PINNED_AND_FORBIDDEN, field(), message));
        } else if evaluation.find(note.student, note.project).is_none() {
            let judge = judge.get_or_insert_with(|| PairEvaluator::new(instance, policy));
            let pair = judge.evaluate(note.student, note.project);
            found.push(error(&codes::PIN_REFUSED, field(), refused(instance, note, &pair)));
        }
    }
    for project in instance.project_indices() {
        let (pins, seats) = (of_project[project.at()], instance.projects[project.at()].max_seats());
        if pins > seats {
            let id = &instance.projects[project.at()].id;
            let field = project_field(instance, project, "max_seat_count");
            found.push(error(&codes::PINS_EXCEED_SEATS, field, held(id.as_str(), seats, pins)));
        }
    }
    for (index, host) in instance.hosts.iter().enumerate() {
        if let Some(seats) = host.max_seats.filter(|&seats| seats < of_host[index]) {
            let field = format!("instance.hosts[{}].max_seat_count", instance.origin.hosts[index]);
            found.push(error(&codes::PINS_EXCEED_SEATS, field, held(host.id.as_str(), seats, of_host[index])));
        }
    }
}

/// Whom and what a note is about.
fn named<'a>(instance: &'a Instance, note: &PairNote) -> (&'a StudentId, &'a ProjectId) {
    (&instance.students[note.student.at()].id, &instance.projects[note.project.at()].id)
}

/// That more students are held than there are seats.
fn held(id: &str, seats: u32, pins: u32) -> String {
    format!("{id} has {}, and pins and accepted offers hold {}", counted(seats, "seat"), counted(pins, "student"))
}

/// Which rules refuse what must be matched.
fn refused(instance: &Instance, note: &PairNote, pair: &PairEvaluation) -> String {
    let what = if note.pinned { "be pinned to" } else { "accept" };
    let (student, project) = named(instance, note);
    let rules = pair.refusals.iter().map(|refusal| format!("{} ({})", asks(refusal), refusal.rule.name()));
    let rules: Vec<String> = rules.collect();
    format!("{student} cannot {what} {project}: {}", rules.join("; "))
}

/// What a rule asks for that is not there; what was found of the student is not told.
fn asks(refusal: &Refusal) -> String {
    let Refusal { rule, required, observed, .. } = refusal;
    match rule {
        Rule::Language
        | Rule::Skills
        | Rule::StudyLevel
        | Rule::Gpa
        | Rule::Courses
        | Rule::ProgramApproval
        | Rule::WorkAuthorization
        | Rule::Materials
        | Rule::Supervisor
        | Rule::Workspace
        | Rule::AlumniHost
        | Rule::Funding => format!("it needs {required}"),
        Rule::Dates => format!("it needs somebody {required}"),
        Rule::Duration => format!("it has to last or to ask {required}"),
        Rule::Pay => format!("it has to pay {required}"),
        // These look at nothing of the student.
        Rule::ProgramSuspended | Rule::CountrySuspended | Rule::HostWithdrawn => observed.clone(),
        Rule::OfferEnded => "its offer has ended".to_owned(),
        Rule::StudentWithdrawn => "the student has withdrawn".to_owned(),
        Rule::Forbidden => "a note forbids it".to_owned(),
        Rule::Veto => "the student refuses it".to_owned(),
        Rule::ChoicesOnly => "no choice of the student covers it".to_owned(),
        Rule::RankedOnly => "its host has not ranked the student".to_owned(),
    }
}
