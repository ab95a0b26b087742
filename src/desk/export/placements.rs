//! `placements`: who goes where. Read back as `previous` it gives the same matching.

use std::collections::HashMap;

use super::View;
use sheets::write::{Column, Content, Table};
use wire::pb;

pub(super) fn table(view: &View) -> Table {
    let texts = ["student_id", "name", "email", "project_id", "project_title", "host_id", "host_title", "country"];
    let columns = texts.into_iter().chain(["program_id"]).map(Column::text);
    let numbers = ["points", "choice_rank", "host_rank"].map(Column::values);
    let rest = ["offer_state", "fund_id", "change_since_previous"].map(Column::text);
    let offers: HashMap<(&str, &str), pb::pair_note::OfferState> = view
        .of
        .season
        .pair_notes
        .iter()
        .map(|note| ((note.student_id.as_str(), note.project_id.as_str()), note.offer_state()))
        .collect();
    let previous = previous(view);
    let mut placed: Vec<&pb::Assignment> = view.of.outcome.assignments.iter().collect();
    placed.sort_by(|one, other| one.student_id.cmp(&other.student_id));
    let rows = placed.into_iter().map(|place| {
        let (student, project) = (place.student_id.as_str(), place.project_id.as_str());
        let (row, host) = (view.projects.get(project), view.host_of(project));
        let offer = offers.get(&(student, project)).filter(|offer| **offer as i32 != 0);
        vec![
            Content::text(student),
            Content::text(view.name(student)),
            Content::text(view.email(student)),
            Content::text(project),
            Content::text(view.title(project)),
            Content::text(row.map_or("", |row| &row.host_id)),
            Content::text(host.map_or("", |host| &host.title)),
            Content::text(view.country_of(project)),
            Content::text(row.map_or("", |row| &row.program_id)),
            Content::Whole(place.points.into()),
            Content::whole(place.choice_rank),
            Content::whole(place.host_rank),
            Content::text(offer.map_or("", |offer| offer.as_str_name())),
            Content::text(place.fund_id.as_str()),
            Content::text(previous.as_ref().map_or_else(String::new, |previous| match previous.get(student) {
                None => "new".to_owned(),
                Some(&before) if before == project => "same".to_owned(),
                Some(before) => format!("moved from {before}"),
            })),
        ]
    });
    Table { name: "placements".to_owned(), columns: columns.chain(numbers).chain(rest).collect(), rows: rows.collect() }
}

/// Who was where before, by the outcome before, else by the season; none where neither says so.
fn previous<'a>(view: &View<'a>) -> Option<HashMap<&'a str, &'a str>> {
    match view.of.before {
        Some(before) => {
            Some(before.assignments.iter().map(|was| (was.student_id.as_str(), was.project_id.as_str())).collect())
        }
        None => {
            let places = &view.of.season.previous_assignments;
            let by_student = places.iter().map(|was| (was.student_id.as_str(), was.project_id.as_str()));
            (!places.is_empty()).then(|| by_student.collect())
        }
    }
}
