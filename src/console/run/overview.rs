//! The first page of a run: how far it has come, then the pictures of the report.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};
use wire::numbers::count;
use wire::pb;

use super::{frame_of, progress};
use crate::Console;
use crate::frame::Frame;
use crate::shown::{ShownRun, look, read, title};
use crate::streamed::streamed;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words::{moment, state_name, status_name};

/// Seconds after which a browser without scripts looks again.
const RELOAD: u32 = 2;

/// The page. What is known at once is sent at once, and the pictures when they are drawn.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
) -> Result<Response, Trouble> {
    let now = look(&console, &visit.principal, &run).await?;
    let told = wire::write_run(&now);
    if !now.state.is_finished() {
        return Ok(working(&console, &visit, &told, &run).into_response());
    }
    let has_matching = now.placed_count.is_some();
    let title = title(&told);
    let frame = frame_of(&console, &visit, &run, (&title, has_matching), &title, "");
    let first = head(&console, &told);
    let (console, visit) = (console.clone(), visit.clone());
    let rest = async move { rest(&console, &visit, &run).await };
    Ok(streamed(frame, &first, "The pictures are drawn…", rest))
}

/// What takes longer.
async fn rest(console: &Console, visit: &Visit, run: &str) -> Result<Markup, Trouble> {
    let shown = read(console, &visit.principal, run).await?;
    let outcome = shown.outcome.as_ref();
    Ok(html! {
        @if !shown.notes.is_empty() { p { bdi { (shown.notes) } } }
        @if let Some(outcome) = outcome {
            @if outcome.summary.is_none() { (super::conflict::shown(outcome)) }
            @else { (PreEscaped(pictures(console, &shown).await?)) }
        }
        @if visit.may_change() { (deletion(console, run)) }
    })
}

/// A run that has not ended.
fn working(console: &Console, visit: &Visit, run: &pb::Run, id: &str) -> Markup {
    let body = html! {
        div #progress data-events=(console.addresses().run(id, "/progress")) { (progress::told(run)) }
        p.soft { "The page follows it by itself. It may be closed: the run goes on." }
        @if visit.may_change() {
            form method="post" action=(console.addresses().run(id, "/cancel")) { button type="submit" { "Stop, and keep the best matching so far" } }
        }
    };
    let trail = vec![(console.addresses().to("/runs"), "Runs".to_owned())];
    let title = title(run);
    Frame::new(console, &title).to(visit).part("/runs").within(trail).reload(Some(RELOAD)).page(&body)
}

/// What is told of the run itself.
fn head(console: &Console, run: &pb::Run) -> Markup {
    html! {
        p.lead {
            @if let Some(failure) = &run.failure { "The run failed: " code { (failure.code) } " " (failure.remedy) }
            @else {
                (state_name(run.state())) ", " strong { (status_name(run.outcome_status())) }
                @if let Some(placed) = run.placed_count { ": " (count(placed.into())) " of " (count(run.student_count.into())) " students placed" }
                "."
            }
        }
        p.soft {
            "Made by " bdi { (run.created_by) } @if let Some(time) = &run.create_time { " on " (moment(time.seconds)) }
            @if !run.base_run.is_empty() {
                ", from " a href=(console.addresses().run(run.base_run.trim_start_matches("runs/"), "")) { "the run before" }
                " (to undo what changed since, go on from there)"
            }
            "."
        }
    }
}

/// The end of a run.
fn deletion(console: &Console, run: &str) -> Markup {
    html! {
        details.danger {
            summary { "Delete this run" }
            p { "Everything that is stored of it goes, for good. The ledger keeps who decided what kind of thing, and when." }
            form method="post" action=(console.addresses().run(run, "/delete")) { button type="submit" { "Delete it for good" } }
        }
    }
}

/// The section that a page of its own has, because the matching is checked anew for it.
pub(super) const OBJECTIONS: &str = "objections";

/// The pictures of the report, drawn once.
async fn pictures(console: &Console, shown: &Arc<ShownRun>) -> Result<String, Trouble> {
    if let Some(known) = shown.overview() {
        return Ok(known.to_owned());
    }
    let sections = sections(console, shown, None).await?.into_iter();
    let drawn: String = sections.filter(|section| section.id != OBJECTIONS).map(|section| section.html).collect();
    shown.keep_overview(&drawn);
    Ok(drawn)
}

/// The parts of the report, with ways to the people in them.
pub(super) async fn sections(
    console: &Console,
    shown: &Arc<ShownRun>,
    check: Option<pb::CheckResponse>,
) -> Result<Vec<report::Section>, Trouble> {
    let base = |what: &str| console.addresses().run(shown.id(), format_args!("/{what}"));
    let (students, projects, hosts) = (base("students"), base("projects"), base("hosts"));
    let of = shown.clone();
    let made = tokio::task::spawn_blocking(move || {
        let (instance, policy) = (of.instance.clone(), Some(of.policy.clone()));
        let mut reading = report::Reading::new(instance, policy, of.outcome.clone()?).ok()?;
        reading.check = check;
        let links = report::Links { students: &students, projects: &projects, hosts: &hosts };
        Some(report::sections(&reading, &links))
    });
    let unread = || {
        let message = "This engine can't read the season of this run. The tables still show it.";
        Trouble::new(StatusCode::INTERNAL_SERVER_ERROR, "The pictures can't be drawn", message)
    };
    made.await.ok().flatten().ok_or_else(unread)
}
