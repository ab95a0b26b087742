//! What changed between two runs.

use axum::extract::{Path, RawQuery, State};
use maud::{Markup, html};
use wire::pb;

use super::people::Names;
use super::{change, frame, has_matching};
use crate::Console;
use crate::door::Visit;
use crate::list::Asked;
use crate::shown::{read, title};
use crate::trouble::Trouble;

/// Runs that one may choose from.
const MOST_RUNS: i32 = 200;

/// The page: with the run that it was made from, unless another is asked for.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Trouble> {
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
    let told = if before.is_empty() {
        None
    } else {
        let request = pb::CompareRunsRequest { before: before.clone(), after: shown.run.name.clone() };
        Some(console.services().call(&visit.principal, request).await)
    };
    let names = Names { console: &console, shown: &shown };
    let body = html! {
        @if others.is_empty() { p.empty { "There is no other run with a matching to compare it with." } } @else {
            form.filters method="get" action=(console.addresses().run(&run, "/compare")) {
                label { "What changed since " select name="before" {
                    @for other in &others { option value=(id(&other.name)) selected[other.name == before] { (title(other)) } }
                } }
                button type="submit" { "Compare" }
            }
        }
        @match told {
            None => {}
            Some(Err(refused)) => { div.trouble role="alert" { (Trouble::from(refused).message()) } }
            Some(Ok(compared)) => { section aria-label="What changed" { (change::comparison(names, &compared)) } }
        }
    };
    Ok(frame(&console, &visit, &shown, "Compare", "/compare").page(&body))
}
