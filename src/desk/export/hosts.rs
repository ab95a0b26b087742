//! `hosts`: what each host has, and `interviews`: whom it meets.

use std::collections::BTreeMap;

use super::View;
use sheets::write::{Column, Content, Table};
use wire::pb;

pub(super) fn table(view: &View) -> Table {
    let texts = |names: &[&str]| names.iter().map(|&name| Column::text(name)).collect::<Vec<_>>();
    let numbers = ["seats", "placed", "open"].map(Column::values);
    let columns =
        [texts(&["host_id", "title", "country", "contact"]), numbers.to_vec(), texts(&["projects", "students"])];
    let mut projects: BTreeMap<&str, Vec<&pb::Project>> = BTreeMap::new();
    for project in view.projects.values() {
        projects.entry(&project.host_id).or_default().push(project);
    }
    let mut students: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for place in &view.of.outcome.assignments {
        if let Some(host) = view.host_of(&place.project_id) {
            students.entry(&host.host_id).or_default().push(&place.student_id);
        }
    }
    let rows = view.hosts.values().map(|host| {
        let id = host.host_id.as_str();
        let projects = projects.get(id).map_or(&[][..], Vec::as_slice);
        let mut students = students.get(id).cloned().unwrap_or_default();
        students.sort_unstable();
        let seats: i64 = projects.iter().map(|project| View::seats_of(project)).sum();
        let seats = host.max_seat_count.map_or(seats, |most| seats.min(most.into()));
        let placed = i64::try_from(students.len()).unwrap_or(i64::MAX);
        let projects = projects.iter().map(|project| View::titled(&project.title, &project.project_id));
        let students = students.iter().map(|student| View::titled(view.name(student), student));
        vec![
            Content::text(id),
            Content::text(host.title.as_str()),
            Content::text(host.country_code.as_str()),
            Content::text(host.contact.as_str()),
            Content::Whole(seats),
            Content::Whole(placed),
            Content::Whole((seats - placed).max(0)),
            Content::text(projects.collect::<Vec<_>>().join("; ")),
            Content::text(students.collect::<Vec<_>>().join("; ")),
        ]
    });
    Table { name: "hosts".to_owned(), columns: columns.concat(), rows: rows.collect() }
}

/// Whom each host interviews, by host, project and student.
pub(super) fn interviews(view: &View, shortlist: &pb::ShortlistResponse) -> Table {
    let texts = ["host_id", "host_title", "project_id", "project_title", "student_id", "name", "email"];
    let columns = texts.map(Column::text).into_iter().chain(["points", "choice_rank"].map(Column::values)).collect();
    let mut interviews: Vec<(&str, &pb::Interview)> = shortlist
        .interviews
        .iter()
        .map(|interview| (view.projects.get(&*interview.project_id).map_or("", |row| &*row.host_id), interview))
        .collect();
    interviews.sort_by_key(|(host, interview)| (*host, &interview.project_id, &interview.student_id));
    let rows = interviews.into_iter().map(|(host, interview)| {
        let (student, project) = (interview.student_id.as_str(), interview.project_id.as_str());
        vec![
            Content::text(host),
            Content::text(view.hosts.get(host).map_or("", |host| &host.title)),
            Content::text(project),
            Content::text(view.title(project)),
            Content::text(student),
            Content::text(view.name(student)),
            Content::text(view.email(student)),
            Content::Whole(interview.points.into()),
            Content::whole(interview.choice_rank),
        ]
    });
    Table { name: "interviews".to_owned(), columns, rows: rows.collect() }
}
