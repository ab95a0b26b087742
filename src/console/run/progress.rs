//! How far a run has come, as it comes; and its end, where somebody wishes it.

use std::convert::Infallible;

use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use tokio_stream::StreamExt;
use wire::numbers::count;
use wire::pb;

use crate::Console;
use crate::shown::look;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words::state_name;

/// What is known of a run that has not ended.
pub(super) fn told(run: &pb::Run) -> Markup {
    let progress = run.progress.as_ref();
    let phase = match progress.map(pb::RunProgress::phase) {
        None | Some(pb::run_progress::Phase::Unspecified) => "",
        Some(pb::run_progress::Phase::Evaluating) => ": judging every pair",
        Some(pb::run_progress::Phase::Solving) => ": looking for the best matching, and proving it",
        Some(pb::run_progress::Phase::Explaining) => ": telling the reasons",
    };
    html! {
        p.lead role="status" { "The run is " strong { (state_name(run.state())) } (phase) "." @if run.cancel_requested { " It is asked to stop." } }
        @if let Some(progress) = progress.filter(|progress| !progress.goals.is_empty()) {
            table.list {
                caption { "Goals, the most important first" }
                thead { tr { th scope="col" { "Goal" } th scope="col" class="number" { "Found" } th scope="col" class="number" { "None is better than" } td {} } }
                tbody { @for goal in &progress.goals {
                    tr { th scope="row" { (goal.kind().as_str_name()) }
                        td.number { @match goal.incumbent { Some(value) => (count(value)), None => "–" } }
                        td.number { @match goal.bound { Some(value) => (count(value)), None => "–" } }
                        td { @if goal.proven { "proven" } } }
                } }
            }
        }
    }
}

/// What is known, after every change, for a page that is open. The last event says that the page has more to show.
pub(crate) async fn events(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
) -> Result<Response, Trouble> {
    let name = format!("runs/{run}");
    let watched = console.services().watch(&visit.principal, name).await?;
    let event = |told: Result<pb::Run, api::Refusal>| -> Result<Event, Infallible> {
        use pb::run::State;
        Ok(match told {
            Ok(run) if [State::Pending, State::Running].contains(&run.state()) => {
                Event::default().event("progress").data(told_line(&run))
            }
            Ok(_) => Event::default().event("ended").data("1"),
            Err(_) => Event::default().event("lost").data("1"),
        })
    };
    Ok(Sse::new(watched.map(event)).keep_alive(KeepAlive::default()).into_response())
}

/// The same on one line, as an event takes it.
fn told_line(run: &pb::Run) -> String {
    told(run).into_string().replace(['\r', '\n'], " ")
}

/// Asks for the end of a run.
pub(crate) async fn cancel(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
) -> Result<Redirect, Trouble> {
    let now = look(&console, &visit.principal, &run).await?;
    if !now.state.is_finished() {
        console.services().call(&visit.principal, pb::CancelRunRequest { name: now.id.name() }).await?;
    }
    Ok(Redirect::to(&console.addresses().run(&run, "")))
}

/// Deletes a run with everything that is stored of it.
pub(crate) async fn delete(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
) -> Result<Redirect, Trouble> {
    let now = look(&console, &visit.principal, &run).await?;
    console.services().call(&visit.principal, pb::DeleteRunRequest { name: now.id.name() }).await?;
    console.0.runs.forget(&now.id.name());
    Ok(Redirect::to(&console.addresses().to("/runs")))
}
