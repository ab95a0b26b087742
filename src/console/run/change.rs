//! A change of a run: what it would come to and who would move, before anything is kept; then kept as a re-match, with its reason.

use std::sync::Arc;

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wire::numbers::{count, counted};
use wire::pb;

use super::ask::Ask;
use super::people::Names;
use super::{frame, has_matching};
use crate::Console;
use crate::shown::{ShownRun, read};
use crate::streamed::streamed;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Changes that one form may hold.
const MOST_CHANGES: usize = 10_000;

/// Who moves that is listed.
const MOST_MOVES: usize = 500;

/// The way to see what a change would come to.
pub(super) fn link(console: &Console, shown: &ShownRun, ask: &Ask, words: &str) -> Markup {
    html! { a.button href=(console.addresses().run(shown.id(), format_args!("/change?c={ask}"))) { (words) } }
}

/// What a form or an address asks for.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    asks: Vec<Ask>,
    /// Whether who was told a place keeps it.
    keep_told: bool,
    reason: String,
    name: String,
    request_id: String,
}

impl Asked {
    fn read(text: &[u8]) -> Result<Self, Trouble> {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            match name.as_ref() {
                // A choice that was left as it was is empty.
                "c" if value.is_empty() => {}
                "c" => asked.asks.push(
                    value.parse().map_err(|()| Trouble::malformed("The change is none that the console knows."))?,
                ),
                "told" => asked.keep_told = value == "keep",
                "reason" => asked.reason = value.trim().to_owned(),
                "name" => asked.name = value.trim().to_owned(),
                "request" => asked.request_id = value.into_owned(),
                _ => {}
            }
        }
        if asked.asks.len() > MOST_CHANGES {
            return Err(Trouble::malformed(format!(
                "A form holds up to {MOST_CHANGES} changes. Send a file of offers instead."
            )));
        }
        Ok(asked)
    }

    /// The changes of the contract.
    fn changes(&self, shown: &ShownRun) -> Result<Vec<pb::RunChange>, Trouble> {
        let of = |ask: &Ask| {
            let change = ask
                .of(shown)
                .ok_or_else(|| Trouble::malformed("The change is about somebody or something that the run has not."))?;
            Ok(pb::RunChange { reason: self.reason.clone(), ..change })
        };
        self.asks.iter().map(of).collect()
    }
}

/// What a change in an address would come to.
pub(crate) async fn preview(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    show(&console, &visit, &run, Asked::read(query.unwrap_or_default().as_bytes())?).await
}

/// What the changes of a form would come to.
pub(crate) async fn preview_posted(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, Trouble> {
    show(&console, &visit, &run, Asked::read(&form)?).await
}

async fn show(console: &Console, visit: &Visit, run: &str, asked: Asked) -> Result<Response, Trouble> {
    let shown = read(console, &visit.principal, run).await?;
    has_matching(&shown)?;
    if asked.asks.is_empty() {
        return Ok(Redirect::to(&console.addresses().run(run, "/offers?nothing=1")).into_response());
    }
    let changes = asked.changes(&shown)?;
    let request = pb::PreviewRunRequest { base_run: shown.run.name.clone(), changes, keep_told: asked.keep_told };
    let names = Names { console, shown: &shown };
    let first = html! {
        section aria-labelledby="asked" {
            h2 #asked { "What would be otherwise" }
            ul { @for ask in asked.asks.iter().take(MOST_MOVES) { li { (ask.told(names)) } } }
            p { a href=(console.addresses().run(run, "")) { "Leave everything as it is" } }
        }
    };
    let frame = frame(console, visit, &shown, "Before anything is kept", "");
    let rest = comes(console.clone(), visit.clone(), shown.clone(), asked, request);
    Ok(streamed(frame, &first, "The season is solved with it…", rest))
}

/// What it would come to, and the form that keeps it.
async fn comes(
    console: Console,
    visit: Visit,
    shown: Arc<ShownRun>,
    asked: Asked,
    request: pb::PreviewRunRequest,
) -> Result<Markup, Trouble> {
    let told = console.services().call(&visit.principal, request).await?;
    let names = Names { console: &console, shown: &shown };
    Ok(html! {
        (outcome(names, &told))
        @if visit.may_change() && is_kept(&told) { (keep_form(&console, &shown, &asked)) }
    })
}

/// Whether there would be a matching to keep.
pub(super) fn is_kept(told: &pb::PreviewRunResponse) -> bool {
    told.outcome.as_ref().is_some_and(|outcome| outcome.summary.is_some())
}

/// What it would come to.
pub(super) fn outcome(names: Names, told: &pb::PreviewRunResponse) -> Markup {
    let outcome = told.outcome.as_ref();
    let status = outcome.map_or(pb::outcome::Status::Unspecified, pb::Outcome::status);
    html! {
        section aria-labelledby="comes" {
            h2 #comes { "What it would come to" }
            p { "The matching then: " strong { (crate::words::status_name(status)) } "." }
            @if is_kept(told) {
                @for finding in outcome.iter().flat_map(|outcome| &outcome.findings) { p { (finding.message) } }
                @if let Some(compared) = &told.comparison { (comparison(names, compared)) }
            } @else { p { "Nothing of it can be kept." } }
        }
        @if let Some(outcome) = outcome.filter(|_| !is_kept(told)) { (super::conflict::shown(outcome)) }
    }
}

/// What changed between two matchings: in sentences, goal by goal, and who moves.
pub(super) fn comparison(names: Names, compared: &pb::CompareRunsResponse) -> Markup {
    let reasons: std::collections::HashMap<&str, &str> =
        compared.reasons.iter().map(|reason| (reason.student_id.as_str(), reason.sentence.as_str())).collect();
    let Some(comparison) = &compared.comparison else { return html! {} };
    html! {
        @for sentence in &comparison.sentences { p { (sentence) } }
        (prices(&comparison.goals))
        h3 { "Who moves" }
        @if comparison.changes.is_empty() { p.empty { "Nobody moves." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Who moves" {
                table.list {
                    caption.hidden { "Who moves" }
                    thead { tr { th scope="col" { "Student" } th scope="col" { "From" } th scope="col" { "To" } th scope="col" { "Why" } } }
                    tbody { @for change in comparison.changes.iter().take(MOST_MOVES) {
                        tr { th scope="row" { (names.student(&change.student_id)) }
                            td { (names.project(&change.from_project_id)) } td { (names.project(&change.to_project_id)) }
                            td { (reasons.get(change.student_id.as_str()).copied().unwrap_or_default()) } }
                    } }
                }
            }
            @if comparison.changes.len() > MOST_MOVES { p { "The first " (MOST_MOVES) " of " (count(comparison.changes.len() as i64)) " are shown." } }
        }
        p.soft { (counted(comparison.unchanged_count.into(), "student")) " keep what they have." }
    }
}

/// Goals before and after.
fn prices(prices: &[pb::GoalPrice]) -> Markup {
    html! {
        @if !prices.is_empty() {
            table.list {
                caption { "What it costs, goal by goal, the most important first" }
                thead { tr { th scope="col" { "Goal" } th scope="col" class="number" { "Before" } th scope="col" class="number" { "After" } th scope="col" { "Which is" } } }
                tbody { @for price in prices {
                    tr { th scope="row" { (price.kind().as_str_name()) @if price.scoped { " (some students)" } }
                        td.number { (count(price.before)) } td.number { (count(price.after)) }
                        td { @match price.effect() {
                            pb::goal_price::Effect::Worse => strong { "worse" },
                            pb::goal_price::Effect::Better => strong { "better" },
                            pb::goal_price::Effect::Same | pb::goal_price::Effect::Unspecified => "the same",
                        } } }
                } }
            }
        }
    }
}

/// Who would move in another matching.
pub(super) fn moves(names: Names, other: &pb::Counterfactual) -> Markup {
    html! {
        (prices(&other.prices))
        @if !other.moves.is_empty() {
            h3 { "Who would move" }
            ul { @for step in other.moves.iter().take(MOST_MOVES) {
                li { (names.student(&step.student_id)) ": " (names.project(&step.from_project_id)) " → " (names.project(&step.to_project_id)) }
            } }
        }
    }
}

/// The form that keeps it.
fn keep_form(console: &Console, shown: &ShownRun, asked: &Asked) -> Markup {
    html! {
        section aria-labelledby="keep" {
            h2 #keep { "Keep it" }
            p.soft { "A re-match is made from this run. This run stays as it is: to undo, go back to it." }
            form.plain method="post" action=(console.addresses().run(shown.id(), "/rematch")) {
                @for ask in &asked.asks { input type="hidden" name="c" value=(ask); }
                input type="hidden" name="request" value=(uuid::Uuid::now_v7());
                @if asked.keep_told { input type="hidden" name="told" value="keep"; }
                label for="reason" { "Reason, for the ledger" }
                input #reason type="text" name="reason" required maxlength="500" autocomplete="off";
                label for="name" { "What to call the new run" }
                input #name type="text" name="name" maxlength="200" autocomplete="off" aria-describedby="name-help";
                p.soft #name-help { "It is seen in lists: name no student in it." }
                button.main type="submit" { "Keep as a re-match" }
            }
        }
    }
}

/// Keeps changes as a run that is made from this one.
pub(crate) async fn keep(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    RawForm(form): RawForm,
) -> Result<Redirect, Trouble> {
    let asked = Asked::read(&form)?;
    let shown = read(&console, &visit.principal, &run).await?;
    if asked.asks.is_empty() {
        return Err(Trouble::malformed("The form holds no change."));
    }
    if asked.reason.is_empty() {
        return Err(Trouble::malformed("A change is kept with its reason: go back and write one."));
    }
    let request = pb::CreateRunRequest {
        base_run: shown.run.name.clone(),
        changes: asked.changes(&shown)?,
        keep_told: asked.keep_told,
        display_name: asked.name,
        request_id: asked.request_id,
        ..pb::CreateRunRequest::default()
    };
    let made = console.services().call(&visit.principal, request).await?;
    Ok(Redirect::to(&console.addresses().run(made.name.trim_start_matches("runs/"), "")))
}
