//! [`Season`]: what a report is made of, and [`View`], the same with every id looked up. [`Links`] say where names lead to.

use std::cell::OnceCell;
use std::collections::HashMap;

use maud::Markup;
use rules::codes;
use rules::domain::{Host, HostIndex, Instance, Project, ProjectIndex, Student, StudentIndex};
use rules::finding::At;
use wire::{Faults, Request, SizeLimits, pb};

/// What a report is made of. Only what is given is told; a section that lacks something says which call gives it.
#[derive(Debug, Clone, Copy)]
pub struct Season<'a> {
    /// The season.
    pub instance: &'a pb::Instance,
    /// Its policy; none: every default.
    pub policy: Option<&'a pb::Policy>,
    /// What came out.
    pub outcome: &'a pb::Outcome,
    /// What changed since an earlier outcome, as `CompareRuns` gives it; `Compare` gives it without the reasons.
    pub changes: Option<&'a pb::CompareRunsResponse>,
    /// What `Check` gives of the matching: pairs that block it.
    pub check: Option<&'a pb::CheckResponse>,
    /// What `Explain` gives of students, and of projects of hosts, for any audience. A page without them tells what the outcome holds.
    pub explanations: &'a [pb::ExplainResponse],
}

/// Who reads a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience<'a> {
    /// The office: everything.
    Manager,
    /// One host, by id: its projects and who comes.
    Host(&'a str),
    /// One student, by id: themselves alone.
    Student(&'a str),
}

impl Season<'_> {
    /// Reads the season in the words of the domain.
    ///
    /// # Errors
    /// Every fault of the season; ids of the outcome that the season has not.
    pub(crate) fn read(&self) -> Result<Request, Faults> {
        read(self.instance.clone(), self.policy.cloned(), self.outcome)
    }

    /// What is told of it.
    pub(crate) fn told(&self) -> Told<'_> {
        Told { outcome: self.outcome, changes: self.changes, check: self.check, explanations: self.explanations }
    }
}

/// Reads a season in the words of the domain.
///
/// # Errors
/// As [`Season::read`].
pub(crate) fn read(
    instance: pb::Instance,
    policy: Option<pb::Policy>,
    outcome: &pb::Outcome,
) -> Result<Request, Faults> {
    let mut policy = policy.unwrap_or_default();
    if policy.as_of_date.is_empty() {
        // The day that the outcome compared waivers with.
        policy.as_of_date = outcome.provenance.as_ref().map(|p| p.as_of_date.clone()).unwrap_or_default();
    }
    let request = wire::read_request(Some(instance), Some(policy), &SizeLimits::NONE)?;
    wire::read_base(&request.instance, Some(outcome), &SizeLimits::NONE)?;
    is_of_season(&request.instance, outcome)?;
    Ok(request)
}

/// What is told of a season that has been read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    /// As in [`Season`].
    pub outcome: &'a pb::Outcome,
    /// As in [`Season`].
    pub changes: Option<&'a pb::CompareRunsResponse>,
    /// As in [`Season`].
    pub check: Option<&'a pb::CheckResponse>,
    /// As in [`Season`].
    pub explanations: &'a [pb::ExplainResponse],
}

/// Where the pages of students, projects and hosts begin. Each has its number: counted from 1, in the season sorted by id.
#[derive(Debug, Clone, Copy)]
pub struct Links<'a> {
    /// A student is at `{students}/{number}`.
    pub students: &'a str,
    /// A project is at `{projects}/{number}`.
    pub projects: &'a str,
    /// A host is at `{hosts}/{number}`.
    pub hosts: &'a str,
}

/// A season that has been read, with every id looked up.
pub(crate) struct View<'a> {
    /// What is told of it.
    pub told: Told<'a>,
    /// The season in the words of the domain, sorted by id.
    pub request: &'a Request,
    /// Where names lead to; none: nowhere.
    links: Option<Links<'a>>,
    /// The line of each student who has a place, by id; written when the first is asked for.
    pub lines: OnceCell<HashMap<&'a str, Markup>>,
    students: HashMap<&'a str, StudentIndex>,
    projects: HashMap<&'a str, ProjectIndex>,
    places: HashMap<&'a str, &'a pb::Assignment>,
    unmatched: HashMap<&'a str, &'a pb::Unmatched>,
    coming: HashMap<&'a str, Vec<&'a pb::Assignment>>,
    empty: HashMap<&'a str, pb::empty_project::Reason>,
    of_students: HashMap<&'a str, &'a pb::StudentExplanation>,
    of_projects: HashMap<&'a str, &'a pb::ProjectExplanation>,
}

impl<'a> View<'a> {
    /// Looks up what is told of a season.
    pub fn new(request: &'a Request, told: Told<'a>) -> Self {
        let instance = &request.instance;
        let students = instance.student_indices().map(|at| (instance.students[at.at()].id.as_str(), at));
        let projects = instance.project_indices().map(|at| (instance.projects[at.at()].id.as_str(), at));
        let mut view = Self {
            told,
            request,
            links: None,
            lines: OnceCell::new(),
            students: students.collect(),
            projects: projects.collect(),
            places: told.outcome.assignments.iter().map(|place| (place.student_id.as_str(), place)).collect(),
            unmatched: told.outcome.unmatched.iter().map(|left| (left.student_id.as_str(), left)).collect(),
            coming: HashMap::new(),
            empty: told.outcome.empty_projects.iter().map(|row| (row.project_id.as_str(), row.reason())).collect(),
            of_students: HashMap::new(),
            of_projects: HashMap::new(),
        };
        for place in &told.outcome.assignments {
            view.coming.entry(&place.project_id).or_default().push(place);
        }
        use pb::explain_response::About;
        for explanation in told.explanations {
            match &explanation.about {
                Some(About::Student(about)) => _ = view.of_students.insert(&about.student_id, about),
                Some(About::Project(about)) => _ = view.of_projects.insert(&about.project_id, about),
                Some(About::Pair(_)) | None => {}
            }
        }
        view
    }

    /// The same, in which names lead somewhere.
    pub fn linked(self, links: Links<'a>) -> Self {
        Self { links: Some(links), lines: OnceCell::new(), ..self }
    }

    /// The season.
    pub fn instance(&self) -> &Instance {
        &self.request.instance
    }

    /// What came out.
    pub fn outcome(&self) -> &'a pb::Outcome {
        self.told.outcome
    }

    /// Whether the matching is proven to be as good as any.
    pub fn is_best(&self) -> bool {
        self.outcome().status() == pb::outcome::Status::Optimal
    }

    /// A student by id.
    pub fn student(&self, id: &str) -> Option<(StudentIndex, &Student)> {
        let at = *self.students.get(id)?;
        Some((at, &self.instance().students[at.at()]))
    }

    /// A project by id.
    pub fn project(&self, id: &str) -> Option<(ProjectIndex, &Project)> {
        let at = *self.projects.get(id)?;
        Some((at, &self.instance().projects[at.at()]))
    }

    /// A host by id.
    pub fn host(&self, id: &str) -> Option<(HostIndex, &Host)> {
        let hosts = &self.instance().hosts;
        let at = hosts.binary_search_by(|row| row.id.as_str().cmp(id)).ok()?;
        Some((HostIndex(at as u32), &hosts[at]))
    }

    /// The address of a student's page.
    pub fn student_page(&self, id: &str) -> Option<String> {
        Some(numbered(self.links?.students, self.student(id)?.0.at()))
    }

    /// The address of a project's page.
    pub fn project_page(&self, id: &str) -> Option<String> {
        Some(numbered(self.links?.projects, self.project(id)?.0.at()))
    }

    /// The address of a host's page.
    pub fn host_page(&self, host: HostIndex) -> Option<String> {
        Some(numbered(self.links?.hosts, host.at()))
    }

    /// The table of the students for whom each of these fields says this; none: one of them says nothing, or there are no tables.
    pub fn students_where(&self, fields: &[(&str, &str)]) -> Option<String> {
        filtered(self.links?.students, fields)
    }

    /// The same of projects.
    pub fn projects_where(&self, fields: &[(&str, &str)]) -> Option<String> {
        filtered(self.links?.projects, fields)
    }

    /// Where a student goes.
    pub fn place_of(&self, student_id: &str) -> Option<&'a pb::Assignment> {
        self.places.get(student_id).copied()
    }

    /// Why a student goes nowhere.
    pub fn why_unmatched(&self, student_id: &str) -> Option<&'a pb::Unmatched> {
        self.unmatched.get(student_id).copied()
    }

    /// What was explained of a student.
    pub fn explained_student(&self, student_id: &str) -> Option<&'a pb::StudentExplanation> {
        self.of_students.get(student_id).copied()
    }

    /// What was explained of a project.
    pub fn explained_project(&self, project_id: &str) -> Option<&'a pb::ProjectExplanation> {
        self.of_projects.get(project_id).copied()
    }

    /// Who goes to a project, by student id.
    pub fn coming_to(&self, project_id: &str) -> &[&'a pb::Assignment] {
        self.coming.get(project_id).map_or(&[], Vec::as_slice)
    }

    /// Why nobody goes to a project.
    pub fn why_empty(&self, project_id: &str) -> Option<pb::empty_project::Reason> {
        self.empty.get(project_id).copied()
    }
}

/// The address of a table whose rows say this.
fn filtered(base: &str, fields: &[(&str, &str)]) -> Option<String> {
    if fields.iter().any(|(_, value)| value.is_empty()) {
        return None;
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Some(format!("{base}?{query}"))
}

/// The address of the row at an index.
fn numbered(base: &str, at: usize) -> String {
    format!("{base}/{}", at.saturating_add(1))
}

/// Refuses rows of an outcome about students and projects that the season has not; those of `assignments` are refused before.
fn is_of_season(instance: &Instance, outcome: &pb::Outcome) -> Result<(), Faults> {
    let mut faults = Faults::default();
    let root = At::root("outcome");
    let unmatched = root.field("unmatched");
    for (place, left) in outcome.unmatched.iter().enumerate() {
        if instance.students.binary_search_by(|row| row.id.as_str().cmp(&left.student_id)).is_err() {
            faults.add(
                &codes::UNKNOWN_ID,
                unmatched.index(place).field("student_id"),
                "the season has no such student",
            );
        }
    }
    let empty = root.field("empty_projects");
    for (place, project) in outcome.empty_projects.iter().enumerate() {
        if instance.projects.binary_search_by(|row| row.id.as_str().cmp(&project.project_id)).is_err() {
            let message = format!("the season has no project {}", project.project_id);
            faults.add(&codes::UNKNOWN_ID, empty.index(place).field("project_id"), message);
        }
    }
    if faults.total() == 0 { Ok(()) } else { Err(faults) }
}
