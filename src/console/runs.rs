//! The runs that one may see, and what was decided in all of them.

use axum::extract::{RawQuery, State};
use maud::{Markup, html};
use wire::numbers::count;
use wire::pb;

use crate::Console;
use crate::frame::Frame;
use crate::list::Asked;
use crate::run::ledger;
use crate::shown::title;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words::{STATES, moment, state_name, status_name};

/// Runs of a page.
const PAGE: i32 = 50;

/// Runs, the newest first.
pub(crate) async fn list(
    State(console): State<Console>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Markup, Trouble> {
    let asked = Asked::read(query.as_deref());
    let state = STATES.iter().find(|(_, name)| *name == asked.value("state")).map(|(state, _)| *state as i32);
    let request = pb::ListRunsRequest {
        page_size: PAGE,
        page_token: asked.value("after").to_owned(),
        term: asked.value("term").to_owned(),
        display_name: asked.value("name").to_owned(),
        states: state.into_iter().collect(),
        ..pb::ListRunsRequest::default()
    };
    let listed = console.services().call(&visit.principal, request).await?;
    let is_filtered = ["state", "term", "name"].iter().any(|name| !asked.value(name).is_empty());
    let address = console.addresses().to("/runs");
    let next = [("state", asked.value("state")), ("term", asked.value("term")), ("name", asked.value("name"))];
    let next = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(next.into_iter().filter(|(_, value)| !value.is_empty()))
        .append_pair("after", &listed.next_page_token)
        .finish();
    let body = html! {
        form.filters method="get" action=(address) {
            label { "Name holds " input type="text" name="name" value=(asked.value("name")) autocomplete="off"; }
            label { "Term " input type="text" name="term" value=(asked.value("term")) autocomplete="off"; }
            label { "State " select name="state" {
                option value="" { "all" }
                @for (_, name) in STATES { option value=(name) selected[asked.value("state") == name] { (name) } }
            } }
            button type="submit" { "Show" }
        }
        @if listed.runs.is_empty() && !is_filtered {
            p.empty { "There is no run yet. " a href=(console.addresses().to("/")) { "Begin with a season" } ": drop its spreadsheets, decide what is open, and match." }
        } @else if listed.runs.is_empty() {
            p.empty { "No run is like that." }
        } @else {
            (table(&console, &listed.runs))
        }
        @if !listed.next_page_token.is_empty() {
            nav.pages aria-label="Pages of the table" { a rel="next" href=(format!("{address}?{next}")) { "Older runs" } }
        }
    };
    Ok(Frame::new(&console, "Runs").to(&visit).part("/runs").page(&body))
}

fn table(console: &Console, runs: &[pb::Run]) -> Markup {
    let id = |name: &str| name.trim_start_matches("runs/").to_owned();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Runs" {
            table.list {
                caption.hidden { "Runs, the newest first" }
                thead { tr {
                    th scope="col" { "Run" } th scope="col" { "Term" } th scope="col" { "State" } th scope="col" { "Outcome" }
                    th scope="col" class="number" { "Placed" } th scope="col" class="number" { "Students" } th scope="col" { "Made" } th scope="col" { "From" }
                } }
                tbody { @for run in runs {
                    tr {
                        th scope="row" { a href=(console.addresses().run(&id(&run.name), "")) { bdi { (title(run)) } } }
                        td { bdi { (run.term) } }
                        td { (state_name(run.state())) }
                        td { (status_name(run.outcome_status())) }
                        td.number { @if let Some(placed) = run.placed_count { (count(placed.into())) } @else { "–" } }
                        td.number { (count(run.student_count.into())) }
                        td { @if let Some(time) = &run.create_time { (moment(time.seconds)) } " by " bdi { (run.created_by) } }
                        td { @if !run.base_run.is_empty() { a href=(console.addresses().run(&id(&run.base_run), "")) { "an earlier run" } } }
                    }
                } }
            }
        }
    }
}

/// What was decided, in all runs that one may see.
pub(crate) async fn ledger(
    State(console): State<Console>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Markup, Trouble> {
    let shown = ledger::decisions(&console, &visit, None, &Asked::read(query.as_deref())).await?;
    Ok(Frame::new(&console, "Ledger").to(&visit).part("/ledger").page(&shown))
}
