//! The first page of a run: how far it has come, then the pictures of the report.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use maud::{Markup, PreEscaped, html};
use rules::domain::RunState;
use wire::numbers::count;
use wire::pb;

use super::{frame, progress};
use crate::Console;
use crate::door::Visit;
use crate::frame::Frame;
use crate::runs::{moment, state_name, status_name};
use crate::shown::{ShownRun, look, read, title};
use crate::trouble::Trouble;

/// Seconds after which a browser without scripts looks again.
const RELOAD: u32 = 2;

/// The page.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
) -> Result<Markup, Trouble> {
    let now = look(&console, &visit.principal, &run).await?;
    if !now.state.is_finished() {
        return Ok(working(&console, &visit, &wire::write_run(&now), &run));
    }
    let shown = read(&console, &visit.principal, &run).await?;
    let outcome = shown.outcome.as_ref();
    let body = html! {
        (head(&console, &shown, now.state))
        @if let Some(outcome) = outcome {
            @if outcome.summary.is_none() { (super::conflict::shown(outcome)) }
            @else { (PreEscaped(pictures(&console, &visit, &shown).await?)) }
        }
        @if visit.may_change() { (deletion(&console, shown.id())) }
    };
    Ok(frame(&console, &visit, &shown, &shown.title(), "").page(&body))
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
fn head(console: &Console, shown: &ShownRun, state: RunState) -> Markup {
    let run = &shown.run;
    let failure = run.failure.as_ref().filter(|_| state == RunState::Failed);
    html! {
        p.lead {
            @if let Some(failure) = failure { "The run failed: " code { (failure.code) } " " (failure.remedy) }
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
        @if !shown.notes.is_empty() { p { bdi { (shown.notes) } } }
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

/// The pictures of the report, with ways to the people in them.
async fn pictures(console: &Console, visit: &Visit, shown: &std::sync::Arc<ShownRun>) -> Result<String, Trouble> {
    if let Some(known) = shown.overview() {
        return Ok(known.to_owned());
    }
    let assignments = shown.outcome.iter().flat_map(|outcome| &outcome.assignments);
    let place = |row: &pb::Assignment| pb::CheckedAssignment {
        student_id: row.student_id.clone(),
        project_id: row.project_id.clone(),
    };
    let asked = pb::CheckRequest {
        instance: Some(shown.instance.clone()),
        policy: Some(shown.policy.clone()),
        assignments: assignments.map(place).collect(),
        certificate: None,
    };
    // Of a season that is larger than a call may be the rest is shown all the same.
    let check = if visit.may_change() { console.services().call(&visit.principal, asked).await.ok() } else { None };
    let base = |what: &str| console.addresses().run(shown.id(), format_args!("/{what}"));
    let (students, projects, hosts) = (base("students"), base("projects"), base("hosts"));
    let of = shown.clone();
    let is_whole = visit.may_change();
    let made = tokio::task::spawn_blocking(move || {
        let (instance, policy) = (of.instance.clone(), Some(of.policy.clone()));
        let mut reading = report::Reading::new(instance, policy, of.outcome.clone()?).ok()?;
        reading.check = check;
        let links = report::Links { students: &students, projects: &projects, hosts: &hosts };
        let sections = report::sections(&reading, &links);
        Some(sections.into_iter().map(|section| section.html).collect::<String>())
    });
    let made = made.await.ok().flatten();
    let damaged = || {
        Trouble::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The pictures can't be drawn",
            "This engine can't read the season of this run. The tables still show it.",
        )
    };
    let made = made.ok_or_else(damaged)?;
    if is_whole {
        shown.keep_overview(&made);
    }
    Ok(made)
}
