//! `open_seats`: where seats are left, and why a project is empty.

use std::collections::HashMap;

use super::View;
use sheets::write::{Column, Content, Table};
use wire::pb;

pub(super) fn table(view: &View) -> Table {
    let columns = vec![
        Column::text("project_id"),
        Column::text("title"),
        Column::text("host"),
        Column::values("seats_left"),
        Column::text("why_empty"),
    ];
    // Without a matching no seat is left over.
    let has_matching = view.of.outcome.summary.is_some();
    let why = why(view);
    let rows = view.projects.values().filter_map(|project| {
        let id = project.project_id.as_str();
        let left = View::seats_of(project) - view.placed_at(id);
        let host = view.host_of(id);
        let host_title = host.map_or_else(|| project.host_id.clone(), |host| View::titled(&host.title, &host.host_id));
        let why = why
            .get(id)
            .cloned()
            .unwrap_or_else(|| if is_full(view, host) { HOST_IS_FULL.to_owned() } else { String::new() });
        (has_matching && left > 0).then(|| {
            vec![
                Content::text(id),
                Content::text(project.title.as_str()),
                Content::text(host_title),
                Content::Whole(left),
                Content::text(why),
            ]
        })
    });
    let rows = rows.collect();
    Table { name: "open_seats".to_owned(), columns, rows }
}

/// Of a project that has somebody, and seats that its host can't fill.
const HOST_IS_FULL: &str = "Its host can take nobody else.";

/// Whether a host has as many students as it takes.
fn is_full(view: &View, host: Option<&pb::Host>) -> bool {
    let Some((id, most)) = host.and_then(|host| Some((host.host_id.as_str(), host.max_seat_count?))) else {
        return false;
    };
    view.placed_by_host.get(id).copied().unwrap_or(0) >= most.into()
}

/// Why each empty project is empty.
fn why<'a>(view: &View<'a>) -> HashMap<&'a str, String> {
    let empty = &view.of.outcome.empty_projects;
    let sentences = wire::why_empty(view.request, empty);
    empty.iter().map(|project| project.project_id.as_str()).zip(sentences).collect()
}
