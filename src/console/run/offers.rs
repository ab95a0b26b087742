//! Offers: how far each has come, by hand or from a file. What a re-match would change is shown before it is stored.

use std::collections::HashMap;

use axum::extract::{Path, RawQuery, State};
use maud::{Markup, html};
use wire::pb;

use super::people::Names;
use super::{frame, has_matching};
use crate::Console;
use crate::files::form;
use crate::list::Asked;
use crate::shown::{ShownRun, read};
use crate::trouble::Trouble;
use crate::visit::Visit;
use pb::pair_note::OfferState;

/// Offers of a page.
const PAGE: usize = 100;

/// The states, in the order of an offer's life.
const STATES: [OfferState; 7] = [
    OfferState::Draft,
    OfferState::Extended,
    OfferState::Accepted,
    OfferState::Declined,
    OfferState::Expired,
    OfferState::Withdrawn,
    OfferState::Rescinded,
];

/// What a state is called.
pub(super) fn state_name(state: OfferState) -> &'static str {
    match state {
        OfferState::Unspecified => "none made",
        OfferState::Draft => "to be made",
        OfferState::Extended => "made",
        OfferState::Accepted => "accepted",
        OfferState::Declined => "declined",
        OfferState::Expired => "not answered in time",
        OfferState::Withdrawn => "left by the student",
        OfferState::Rescinded => "taken back by the host",
    }
}

/// One pair that has a place or an offer.
struct Row<'a> {
    student: &'a str,
    project: &'a str,
    state: OfferState,
    is_placed: bool,
}

/// Everybody who has a place or an offer.
fn rows(shown: &ShownRun) -> Vec<Row<'_>> {
    let notes = shown.instance.pair_notes.iter();
    let offers: HashMap<(&str, &str), OfferState> =
        notes.map(|note| ((note.student_id.as_str(), note.project_id.as_str()), note.offer_state())).collect();
    let places = shown.outcome.iter().flat_map(|outcome| &outcome.assignments);
    let placed = places.map(|place| {
        let pair = (place.student_id.as_str(), place.project_id.as_str());
        let state = offers.get(&pair).copied().unwrap_or(OfferState::Unspecified);
        Row { student: pair.0, project: pair.1, state, is_placed: true }
    });
    let mut rows: Vec<Row> = placed.collect();
    let others = offers.iter().filter(|((student, project), state)| {
        **state != OfferState::Unspecified && shown.place_of(student).is_none_or(|place| place.project_id != *project)
    });
    rows.extend(others.map(|(&(student, project), &state)| Row { student, project, state, is_placed: false }));
    rows.sort_by(|a, b| (a.student, a.project).cmp(&(b.student, b.project)));
    rows
}

/// The page.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    has_matching(&shown)?;
    let asked = Asked::read(query.as_deref());
    let rows = rows(&shown);
    let last = rows.len().div_ceil(PAGE).max(1);
    let at: usize = asked.value("page").parse().unwrap_or(1).clamp(1, last);
    let names = Names { console: &console, shown: &shown };
    let to = |page: usize| console.addresses().run(&run, format_args!("/offers?page={page}"));
    let body = html! {
        @if !asked.value("nothing").is_empty() { p.trouble role="alert" { "No offer was changed. Choose a new state beside at least one student." } }
        @if visit.may_change() {
            section aria-labelledby="file" {
                h2 #file { "From a file" }
                p.soft { "A table of offers: student_id, project_id, state, date, reason, after_decline. Other tables of changes are read as well. Problems are shown first, then what would change." }
                (form(&console.addresses().run(&run, "/offers/files"), None, "Read the file"))
            }
        }
        section aria-labelledby="hand" {
            h2 #hand { "By hand" }
            @if rows.is_empty() { p.empty { "Nobody has a place or an offer." } } @else {
                form method="post" action=(console.addresses().run(&run, "/change")) {
                    div.scroll tabindex="0" role="region" aria-label="Offers" {
                        table.list {
                            thead { tr { th scope="col" { "Student" } th scope="col" { "Project" } th scope="col" { "Offer" } th scope="col" { "What became of it" } } }
                            tbody { @for row in rows.iter().skip((at - 1) * PAGE).take(PAGE) { (line(names, row, visit.may_change())) } }
                        }
                    }
                    @if visit.may_change() {
                        p { label { input type="checkbox" name="told" value="keep" checked; " Everyone who was told a place keeps it where the rules leave them one" } }
                        button.main type="submit" { "See what would change" }
                    }
                }
            }
            @if last > 1 {
                nav.pages aria-label="Pages of the table" {
                    @if at > 1 { a rel="prev" href=(to(at - 1)) { "Previous" } }
                    " Page " (at) " of " (last) " "
                    @if at < last { a rel="next" href=(to(at + 1)) { "Next" } }
                }
            }
        }
    };
    Ok(frame(&console, &visit, &shown, "Offers", "/offers").page(&body))
}

fn line(names: Names, row: &Row, may_change: bool) -> Markup {
    let student = names.shown.student_number(row.student).unwrap_or_default();
    let project = names.shown.project_number(row.project).unwrap_or_default();
    let label = format!("What became of the offer to {}", names.shown.student_name(row.student));
    html! {
        tr {
            th scope="row" { (names.student(row.student)) }
            td { (names.project(row.project)) @if !row.is_placed { " " span.soft { "(not their place)" } } }
            td { (state_name(row.state)) }
            td { @if may_change {
                select name="c" aria-label=(label) {
                    option value="" selected { "as it is" }
                    @for state in STATES {
                        @if state != row.state {
                            option value=(format!("offer.{student}.{project}.{}.0", state as i32)) { (state_name(state)) }
                        }
                        @if state == OfferState::Declined && row.state != state {
                            option value=(format!("offer.{student}.{project}.{}.1", state as i32)) { "declined, and leaves the season" }
                        }
                    }
                }
            } }
        }
    }
}
