//! The report: what its pages say equals what the outcome says, and nobody reads of others in their own page.

mod letters;
mod pages;
mod parts;
mod privacy;
mod totals;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use pb::explain_request::About;
use pb::goal::Kind::{LeastRankSum, PlaceMost};
use report::Season;
use wire::pb;

use crate::real_sets::misti_like;
use crate::real_sets::read::table;
use crate::support::{caller, check, goals, places, solve, solver};

/// A season that was matched, with what belongs to it.
struct Matched {
    request: pb::MatchRequest,
    outcome: pb::Outcome,
    check: pb::CheckResponse,
    changes: Option<pb::CompareRunsResponse>,
}

impl Matched {
    fn of(request: pb::MatchRequest) -> Self {
        let outcome = solve(request.clone());
        let check = check(&request, places(&outcome));
        Self { request, outcome, check, changes: None }
    }

    fn instance(&self) -> &pb::Instance {
        self.request.instance.as_ref().expect("a season")
    }

    fn given(&self) -> Season<'_> {
        Season {
            instance: self.instance(),
            policy: self.request.policy.as_ref(),
            outcome: &self.outcome,
            changes: self.changes.as_ref(),
            check: Some(&self.check),
            explanations: &[],
        }
    }

    fn host_of(&self, project: &str) -> String {
        let project = self.instance().projects.iter().find(|row| row.project_id == project).expect("a project");
        project.host_id.clone()
    }
}

/// What is explained of students and of a host's projects, to them.
fn explained(season: &Matched, students: &[&str], host: &str) -> Vec<pb::ExplainResponse> {
    use pb::explain_request::Audience;
    let of_students = students.iter().map(|id| About::StudentId((*id).to_owned())).collect::<Vec<_>>();
    let projects = season.instance().projects.iter().filter(|project| project.host_id == host);
    let of_projects = projects.map(|project| About::ProjectId(project.project_id.clone())).collect::<Vec<_>>();
    let ask = |abouts: &[About], audience: Audience| {
        let request = pb::ExplainRequest {
            instance: season.request.instance.clone(),
            policy: season.request.policy.clone(),
            outcome: Some(season.outcome.clone()),
            audience: audience as i32,
            ..pb::ExplainRequest::default()
        };
        calls::explain_each(request, abouts, &caller(), &solver()).expect("an explanation")
    };
    let mut told = ask(&of_students, Audience::Student);
    told.extend(ask(&of_projects, Audience::Host));
    told
}

/// The real season, with majors and levels as its owner states them, and an earlier outcome.
fn full() -> &'static Matched {
    static FULL: OnceLock<Matched> = OnceLock::new();
    FULL.get_or_init(make_full)
}

fn make_full() -> Matched {
    let mut instance = misti_like::season(true, true);
    let studies: BTreeMap<String, (String, i32)> = table("misti-like", "students.csv")
        .into_iter()
        .map(|row| (row.text("id").to_owned(), (row.text("major").to_owned(), row.number("year").expect("a year"))))
        .collect();
    for student in &mut instance.students {
        let (major, year) = studies[&student.student_id].clone();
        (student.major, student.class_year) = (major, year);
        let level = if year < 5 { pb::StudyLevel::Undergraduate } else { pb::StudyLevel::Masters };
        student.study_level = level as i32;
    }
    instance.term = "2026-summer".to_owned();
    let request = pb::MatchRequest { instance: Some(instance), policy: Some(goals(&[PlaceMost, LeastRankSum])) };
    let mut matched = Matched::of(request.clone());
    // Before, the first host was not there.
    let mut earlier = request;
    let gone = earlier.instance.as_ref().expect("a season").hosts[0].host_id.clone();
    let rows = earlier.instance.iter_mut().flat_map(|instance| &mut instance.hosts);
    rows.filter(|host| host.host_id == gone).for_each(|host| host.withdrawn = true);
    let both = pb::CompareRequest { before: Some(solve(earlier)), after: Some(matched.outcome.clone()) };
    let comparison = calls::compare(&both, &caller()).expect("a comparison");
    matched.changes = Some(pb::CompareRunsResponse { comparison: Some(comparison), reasons: Vec::new() });
    matched
}
