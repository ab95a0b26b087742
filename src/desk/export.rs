//! An outcome as tables for the office: who goes where, who goes nowhere and why, where seats are left, what changed.
//!
//! All of it is for the program manager: names, addresses and reasons are in it.

mod changes;
mod hosts;
mod placements;
mod seats;
mod summary;
#[cfg(test)]
mod tests;
mod unplaced;

use std::collections::{BTreeMap, HashMap};

use rules::finding::Finding;
use sheets::write::Table;
use wire::{Request, SizeLimits, pb};

/// What is exported.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The season.
    pub season: &'a pb::Instance,
    /// What was wanted.
    pub policy: &'a pb::Policy,
    /// What came of it.
    pub outcome: &'a pb::Outcome,
    /// The outcome before: there is a table of changes.
    pub before: Option<&'a pb::Outcome>,
    /// A shortlist of the season: there is a table of interviews.
    pub shortlist: Option<&'a pb::ShortlistResponse>,
}

/// The tables of an outcome: `placements`, `unplaced`, `open_seats`, `hosts`, `interviews`, `changes` and `summary`, each by id.
///
/// # Errors
/// Every fault of season and policy.
pub fn export(of: &Export) -> Result<Vec<Table>, Vec<Finding>> {
    let request = wire::read_request(Some(of.season.clone()), Some(of.policy.clone()), &SizeLimits::NONE)
        .map_err(wire::Faults::into_findings)?;
    let view = View::of(of, &request);
    let tables = [
        Some(placements::table(&view)),
        Some(unplaced::table(&view)),
        Some(seats::table(&view)),
        Some(hosts::table(&view)),
        of.shortlist.map(|shortlist| hosts::interviews(&view, shortlist)),
        of.before.map(|before| changes::table(&view, before)),
        Some(summary::table(&view)),
    ];
    Ok(tables.into_iter().flatten().collect())
}

/// The rows of the season by their ids.
struct View<'a> {
    of: &'a Export<'a>,
    request: &'a Request,
    students: HashMap<&'a str, &'a pb::Student>,
    projects: BTreeMap<&'a str, &'a pb::Project>,
    hosts: BTreeMap<&'a str, &'a pb::Host>,
    /// How many are placed at each project.
    placed: HashMap<&'a str, i64>,
    /// How many are placed at each host.
    placed_by_host: HashMap<&'a str, i64>,
}

impl<'a> View<'a> {
    fn of(of: &'a Export<'a>, request: &'a Request) -> Self {
        let projects: BTreeMap<&str, &pb::Project> =
            of.season.projects.iter().map(|row| (row.project_id.as_str(), row)).collect();
        let (mut placed, mut placed_by_host) = (HashMap::new(), HashMap::new());
        for assignment in &of.outcome.assignments {
            *placed.entry(assignment.project_id.as_str()).or_insert(0) += 1;
            if let Some(project) = projects.get(assignment.project_id.as_str()) {
                *placed_by_host.entry(project.host_id.as_str()).or_insert(0) += 1;
            }
        }
        Self {
            of,
            request,
            students: of.season.students.iter().map(|row| (row.student_id.as_str(), row)).collect(),
            projects,
            hosts: of.season.hosts.iter().map(|row| (row.host_id.as_str(), row)).collect(),
            placed,
            placed_by_host,
        }
    }

    fn name(&self, student_id: &str) -> &'a str {
        self.students.get(student_id).map_or("", |row| &row.display_name)
    }

    fn email(&self, student_id: &str) -> &'a str {
        self.students.get(student_id).and_then(|row| row.attributes.get("email")).map_or("", String::as_str)
    }

    fn title(&self, project_id: &str) -> &'a str {
        self.projects.get(project_id).map_or("", |row| &row.title)
    }

    fn host_of(&self, project_id: &str) -> Option<&'a pb::Host> {
        self.hosts.get(self.projects.get(project_id)?.host_id.as_str()).copied()
    }

    /// The country of a project: its own, else its host's.
    fn country_of(&self, project_id: &str) -> &'a str {
        let own = self.projects.get(project_id).map_or("", |row| &row.country_code);
        if own.is_empty() { self.host_of(project_id).map_or("", |host| &host.country_code) } else { own }
    }

    /// The most students that a project takes, whatever its host takes.
    fn seats_of(project: &pb::Project) -> i64 {
        let least = project.min_seat_count.unwrap_or(0);
        project.max_seat_count.unwrap_or(least.max(1)).into()
    }

    fn placed_at(&self, project_id: &str) -> i64 {
        self.placed.get(project_id).copied().unwrap_or(0)
    }

    /// What a person reads of something that has a title: `Thin films (P7)`.
    fn titled(title: &str, id: &str) -> String {
        if title.is_empty() || title == id { id.to_owned() } else { format!("{title} ({id})") }
    }
}
