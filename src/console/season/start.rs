//! The match: a run is made of the season, or of the changes of a run.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use wire::numbers::counted;
use wire::pb;

use super::work::Work;
use super::{frame, problems};
use crate::Console;
use crate::run::preview;
use crate::streamed::streamed;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// What the form says of the run.
#[derive(Debug, Deserialize)]
pub(crate) struct Start {
    /// An id that makes a form that is sent twice one run.
    request: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    notes: String,
    /// Whether what is open is left out.
    #[serde(default)]
    skip: String,
    /// Whether who was told a place keeps it.
    #[serde(default)]
    told: String,
}

/// The form: of changes after what they would come to.
pub(crate) async fn form(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
) -> Result<Response, Trouble> {
    let work = Work::read(&console, &visit, &draft).await?;
    let imported = work.import(&console, &visit).await?;
    let is_change = !work.asked.base_run.is_empty();
    let title = if is_change { "What would change" } else { "Match" };
    let open = problems::open_count(&imported);
    let to = |page: &str| console.addresses().season(&draft, page);
    let frame = frame(&console, &visit, &work, title, "/match").await?;
    if is_change && !imported.is_open && !imported.changes.is_empty() {
        let first = html! {
            p { (counted(imported.changes.len() as i64, "change")) " of the season; everyone who was told a place keeps it where the rules leave them one." }
        };
        let rest = changes(console.clone(), visit.clone(), work, imported);
        return Ok(streamed(frame, &first, "The season is solved with them…", rest));
    }
    let body = html! {
        @if work.asked.files.is_empty() {
            p.empty { "There is no file yet. " a href=(to("")) { "Add the season's files first." } }
        } @else if imported.is_open && is_change {
            p.empty { (counted(open, "decision")) " to make first. " a href=(to("/problems")) { "Decide" } }
        } @else if is_change {
            p.empty { "The files change nothing of the season." }
        } @else {
            @if imported.is_open { p.notice { (counted(open, "decision")) " to make. " a href=(to("/problems")) { "Decide" } ", or leave out the rows that wait for one." } }
            p { "The best matching is looked for and proven. This may take a while: the run goes on by itself, and nothing is told to anybody." }
            form.plain method="post" action=(to("/match")) {
                (about())
                @if imported.is_open { label { input type="checkbox" name="skip" value="1" required; " Leave out what is open" } }
                button.main type="submit" { "Match" }
            }
        }
    };
    Ok(frame.page(&body).into_response())
}

/// What a run is called.
fn about() -> Markup {
    html! {
        input type="hidden" name="request" value=(uuid::Uuid::now_v7());
        label for="name" { "What to call the run" }
        input #name type="text" name="name" maxlength="200" autocomplete="off" aria-describedby="name-help";
        p.soft #name-help { "It is seen in lists: name no student in it." }
        label for="notes" { "Notes" }
        textarea #notes name="notes" rows="2" maxlength="1500" {}
    }
}

/// What the changes of files would come to.
async fn changes(
    console: Console,
    visit: Visit,
    work: Work,
    imported: Arc<pb::ImportSeasonResponse>,
) -> Result<Markup, Trouble> {
    let asked = pb::PreviewRunRequest {
        base_run: work.asked.base_run.clone(),
        changes: imported.changes.clone(),
        keep_told: true,
    };
    let told = console.services().call(&visit.principal, asked).await?;
    let (shown, is_kept) = preview(&console, &visit, &work.asked.base_run, &told).await?;
    Ok(html! {
        (shown)
        @if is_kept {
            section aria-labelledby="keep" {
                h2 #keep { "Keep it" }
                p.soft { "A re-match is made from the run before, which stays as it is." }
                form.plain method="post" action=(console.addresses().season(work.draft.id.as_str(), "/match")) {
                    (about())
                    input type="hidden" name="told" value="keep";
                    button.main type="submit" { "Keep as a re-match" }
                }
            }
        }
    })
}

/// Makes the run.
pub(crate) async fn start(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    Form(start): Form<Start>,
) -> Result<Redirect, Trouble> {
    let work = Work::read(&console, &visit, &draft).await?;
    let imported = if start.skip.is_empty() {
        work.import(&console, &visit).await?
    } else {
        Arc::new(work.import_without_open(&console, &visit).await?)
    };
    let is_change = !work.asked.base_run.is_empty();
    if (imported.is_open && start.skip.is_empty()) || (!is_change && imported.instance.is_none()) {
        return Err(Trouble::malformed("There is no season yet: decide first what is open in its files."));
    }
    let asked = pb::CreateRunRequest {
        instance: imported.instance.clone(),
        policy: imported.policy.clone(),
        base_run: work.asked.base_run.clone(),
        changes: imported.changes.clone(),
        keep_told: is_change && start.told == "keep",
        request_id: start.request,
        display_name: start.name.trim().to_owned(),
        notes: start.notes.trim().to_owned(),
        ..pb::CreateRunRequest::default()
    };
    let made = console.services().call(&visit.principal, asked).await?;
    Ok(Redirect::to(&console.addresses().run(made.name.trim_start_matches("runs/"), "")))
}
