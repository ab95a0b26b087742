//! The projects of a run, as a table.

use std::collections::HashMap;

use axum::extract::{Path, State};
use maud::{Markup, html};
use wire::pb;

use super::people::Names;
use super::{frame, has_matching};
use crate::Console;
use crate::list::{Column, Filter, Sought, Table};
use crate::shown::{ShownRun, read};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// A project with what became of it.
pub(super) struct Row<'a> {
    pub project: &'a pb::Project,
    pub placed: usize,
    pub seats: i32,
    /// Why nobody is there.
    pub empty: Option<pb::empty_project::Reason>,
}

/// Seats of a project, as the contract counts them.
pub(super) fn seats(project: &pb::Project) -> i32 {
    project.max_seat_count.unwrap_or_else(|| project.min_seat_count.unwrap_or(0).max(1))
}

/// Every project with what became of it.
pub(super) fn rows(shown: &ShownRun) -> Vec<Row<'_>> {
    let mut placed: HashMap<&str, usize> = HashMap::new();
    let mut empty: HashMap<&str, pb::empty_project::Reason> = HashMap::new();
    if let Some(outcome) = &shown.outcome {
        outcome.assignments.iter().for_each(|place| *placed.entry(&place.project_id).or_default() += 1);
        empty.extend(outcome.empty_projects.iter().map(|row| (row.project_id.as_str(), row.reason())));
    }
    let row = |project| {
        let project: &pb::Project = project;
        let id = project.project_id.as_str();
        Row {
            project,
            placed: placed.get(id).copied().unwrap_or(0),
            seats: seats(project),
            empty: empty.get(id).copied(),
        }
    };
    shown.instance.projects.iter().map(row).collect()
}

/// The table.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    sought: Sought,
) -> Result<Markup, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    has_matching(&shown)?;
    let body = of(&shown, Names { console: &console, shown: &shown }).show(rows(&shown), &sought);
    Ok(frame(&console, &visit, &shown, "Projects", "/projects").page(&body))
}

fn of<'a>(shown: &'a ShownRun, names: Names<'a>) -> Table<'a, Row<'a>> {
    let columns = vec![
        Column::new("title", "Project", move |row: &Row| names.project(&row.project.project_id)).by(move |row| {
            (shown.project_name(&row.project.project_id).to_lowercase(), row.project.project_id.clone())
        }),
        Column::new("host", "Host", move |row: &Row| names.host(&row.project.host_id))
            .by(move |row| shown.host_name(&row.project.host_id).to_lowercase()),
        Column::new("country", "Country", move |row: &Row| html! { (shown.country_of(row.project)) })
            .by(move |row| shown.country_of(row.project).to_owned()),
        Column::new("program", "Program", |row: &Row| html! { bdi { (row.project.program_id) } })
            .by(|row| row.project.program_id.clone()),
        Column::new("seats", "Seats", |row: &Row| html! { (row.seats) }).by(|row| row.seats).number(),
        Column::new("placed", "Placed", |row: &Row| html! { (row.placed) }).by(|row| row.placed).number(),
        Column::new("empty", "Why nobody", |row: &Row| html! { @if let Some(why) = row.empty { (empty_name(why)) } }),
    ];
    let values = |of: &dyn Fn(&'a pb::Project) -> String| {
        let mut values: Vec<String> =
            shown.instance.projects.iter().map(of).filter(|value| !value.is_empty()).collect();
        values.sort();
        values.dedup();
        values.into_iter().map(|value| (value.clone(), value)).collect::<Vec<_>>()
    };
    let fills = [("full", "full"), ("some", "with seats free"), ("none", "with nobody")];
    let reasons = EMPTY.into_iter().map(|why| (why.as_str_name().to_owned(), empty_name(why).to_owned())).collect();
    let filters = vec![
        Filter::new(
            "fill",
            "Seats",
            fills.map(|(value, name)| (value.to_owned(), name.to_owned())).to_vec(),
            is_filled,
        ),
        Filter::new(
            "country",
            "Country",
            values(&|project| shown.country_of(project).to_owned()),
            move |row: &Row, value| shown.country_of(row.project) == value,
        ),
        Filter::new("program", "Program", values(&|project| project.program_id.clone()), |row: &Row, value| {
            row.project.program_id == value
        }),
        Filter::new("empty", "Why nobody", reasons, |row: &Row, value| {
            row.empty.is_some_and(|why| why.as_str_name() == value)
        }),
    ];
    Table {
        caption: "Projects and who is there",
        noun: "project",
        address: names.console.addresses().run(shown.id(), "/projects"),
        columns,
        filters,
        text: Some(Box::new(move |row: &Row| {
            let (project, host) = (&row.project.project_id, &row.project.host_id);
            format!("{} {project} {} {host}", shown.project_name(project), shown.host_name(host))
        })),
        empty: "The season has no projects.",
    }
}

fn is_filled(row: &Row, value: &str) -> bool {
    let placed = i32::try_from(row.placed).unwrap_or(i32::MAX);
    match value {
        "full" => placed >= row.seats && placed > 0,
        "some" => placed < row.seats,
        _ => placed == 0,
    }
}

const EMPTY: [pb::empty_project::Reason; 5] = {
    use pb::empty_project::Reason;
    [Reason::NoSeats, Reason::NoEligibleStudent, Reason::HostFull, Reason::BelowMinimum, Reason::NotNeeded]
};

/// Why nobody is at a project, in a few words.
pub(super) fn empty_name(why: pb::empty_project::Reason) -> &'static str {
    use pb::empty_project::Reason;
    match why {
        Reason::Unspecified => "",
        Reason::NoSeats => "it has no seat",
        Reason::NoEligibleStudent => "no student may be there",
        Reason::HostFull => "its host is full",
        Reason::BelowMinimum => "closed, under its minimum",
        Reason::NotNeeded => "everybody is better elsewhere",
    }
}
