//! The hosts of a run, as a table.

use std::collections::HashMap;

use axum::extract::{Path, State};
use maud::{Markup, html};
use wire::pb;

use super::people::Names;
use super::projects;
use super::{frame, has_matching};
use crate::Console;
use crate::list::{Column, Filter, Sought, Table};
use crate::shown::{ShownRun, read};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// A host with what became of its projects.
struct Row<'a> {
    host: &'a pb::Host,
    projects: usize,
    seats: i64,
    placed: usize,
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
    let mut sums: HashMap<&str, (usize, i64, usize)> = HashMap::new();
    for row in projects::rows(&shown) {
        let sum = sums.entry(&row.project.host_id).or_default();
        *sum = (sum.0 + 1, sum.1 + i64::from(row.seats), sum.2 + row.placed);
    }
    let row = |host| {
        let host: &pb::Host = host;
        let (projects, seats, placed) = sums.get(host.host_id.as_str()).copied().unwrap_or_default();
        let seats = host.max_seat_count.map_or(seats, |most| seats.min(most.into()));
        Row { host, projects, seats, placed }
    };
    let rows = shown.instance.hosts.iter().map(row).collect();
    let body = of(&shown, Names { console: &console, shown: &shown }).show(rows, &sought);
    Ok(frame(&console, &visit, &shown, "Hosts", "/hosts").page(&body))
}

fn of<'a>(shown: &'a ShownRun, names: Names<'a>) -> Table<'a, Row<'a>> {
    let columns = vec![
        Column::new("title", "Host", move |row: &Row| names.host(&row.host.host_id))
            .by(move |row| (shown.host_name(&row.host.host_id).to_lowercase(), row.host.host_id.clone())),
        Column::new("country", "Country", |row: &Row| html! { (row.host.country_code) })
            .by(|row| row.host.country_code.clone()),
        Column::new("projects", "Projects", |row: &Row| html! { (row.projects) }).by(|row| row.projects).number(),
        Column::new("seats", "Seats", |row: &Row| html! { (row.seats) }).by(|row| row.seats).number(),
        Column::new("placed", "Placed", |row: &Row| html! { (row.placed) }).by(|row| row.placed).number(),
        Column::new("state", "State", |row: &Row| html! { @if row.host.withdrawn { "has withdrawn" } }),
    ];
    let mut countries: Vec<String> = shown.instance.hosts.iter().map(|host| host.country_code.clone()).collect();
    countries.sort();
    countries.dedup();
    countries.retain(|country| !country.is_empty());
    let countries = countries.into_iter().map(|country| (country.clone(), country)).collect();
    Table {
        caption: "Hosts and who is there",
        noun: "host",
        address: names.console.addresses().run(shown.id(), "/hosts"),
        columns,
        filters: vec![Filter::new("country", "Country", countries, |row: &Row, value| row.host.country_code == value)],
        text: Some(Box::new(move |row: &Row| format!("{} {}", shown.host_name(&row.host.host_id), row.host.host_id))),
        empty: "The season names no hosts.",
    }
}
