//! What changed between two runs.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use wire::pb;

use super::people::Names;
use super::{change, frame, has_matching};
use crate::Console;
use crate::list::Asked;
use crate::shown::{ShownRun, read, title};
use crate::streamed::streamed;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Runs that one may choose from.
const MOST_RUNS: i32 = 200;

/// The page: with the run that it was made from, unless another is asked for.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    has_matching(&shown)?;
    let asked = Asked::read(query.as_deref());
    let others = pb::ListRunsRequest { page_size: MOST_RUNS, ..pb::ListRunsRequest::default() };
    let mut others = console.services().call(&visit.principal, others).await?.runs;
    others.retain(|other| other.name != shown.run.name && other.placed_count.is_some());
    let before = match asked.value("before") {
        "" => shown.run.base_run.clone(),
        id => format!("runs/{id}"),
    };
    let id = |name: &str| name.trim_start_matches("runs/").to_owned();
    let first = html! {
        @if others.is_empty() { p.empty { "There is no other run with a matching to compare it with." } } @else {
            form.filters method="get" action=(console.addresses().run(&run, "/compare")) {
                label { "What changed since " select name="before" {
                    @for other in &others { option value=(id(&other.name)) selected[other.name == before] { (title(other)) } }
                } }
                button type="submit" { "Compare" }
            }
        }
    };
    let frame = frame(&console, &visit, &shown, "Compare", "/compare");
    if before.is_empty() {
        return Ok(frame.page(&first).into_response());
    }
    let rest = changed(console.clone(), visit.clone(), shown.clone(), before);
    Ok(streamed(frame, &first, "The reasons are looked for…", rest))
}

/// What changed since another run.
async fn changed(console: Console, visit: Visit, shown: Arc<ShownRun>, before: String) -> Result<Markup, Trouble> {
    let request = pb::CompareRunsRequest { before, after: shown.run.name.clone() };
    let compared = console.services().call(&visit.principal, request).await?;
    let names = Names { console: &console, shown: &shown };
    Ok(
        html! { section aria-labelledby="changed" { h2 #changed { "What changed" } (change::comparison(names, &compared)) } },
    )
}
