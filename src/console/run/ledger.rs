//! The ledger: who decided what, when and why, and what that changed for others.

use axum::extract::{Path, RawQuery, State};
use maud::{Markup, html};
use wire::numbers::counted;
use wire::{pb, rule_name};

use super::frame;
use crate::Console;
use crate::list::Asked;
use crate::shown::read;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words::moment;

/// Decisions of a page.
const PAGE: i32 = 50;

/// What was decided in a run.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    let body = decisions(&console, &visit, Some(&shown.run.name), &Asked::read(query.as_deref())).await?;
    Ok(frame(&console, &visit, &shown, "Ledger", "/ledger").page(&body))
}

/// What was decided, in one run or in all.
pub(crate) async fn decisions(
    console: &Console,
    visit: &Visit,
    run: Option<&str>,
    asked: &Asked,
) -> Result<Markup, Trouble> {
    let request = pb::ListOverridesRequest {
        page_size: PAGE,
        page_token: asked.value("after").to_owned(),
        run: run.unwrap_or_default().to_owned(),
    };
    let listed = console.services().call(&visit.principal, request).await?;
    let id = |name: &str| name.trim_start_matches("runs/").to_owned();
    let next = form_urlencoded::Serializer::new(String::new()).append_pair("after", &listed.next_page_token).finish();
    let page =
        run.map_or_else(|| console.addresses().to("/ledger"), |run| console.addresses().run(&id(run), "/ledger"));
    Ok(html! {
        @if listed.overrides.is_empty() { p.empty { "Nobody has decided anything before the rules and the goals." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Decisions" {
                table.list {
                    caption.hidden { "Decisions, the newest first" }
                    thead { tr { th scope="col" { "What" } th scope="col" { "About" } th scope="col" { "Why" } th scope="col" { "What it changed" } th scope="col" { "Who and when" } } }
                    tbody { @for one in &listed.overrides {
                        tr {
                            th scope="row" { (one.kind().as_str_name().replace('_', " ").to_lowercase()) @if one.rule() != pb::Rule::Unspecified { " " (rule_name(one.rule())) } }
                            td { (about(one)) }
                            td { bdi { (one.reason) } }
                            td { (effect(one)) }
                            td { bdi { (one.made_by) } @if let Some(time) = &one.make_time { ", " (moment(time.seconds)) }
                                @if run.is_none() { ", " a href=(console.addresses().run(&id(&one.run), "")) { "its run" } } }
                        }
                    } }
                }
            }
        }
        @if !listed.next_page_token.is_empty() { nav.pages aria-label="Pages of the table" { a rel="next" href=(format!("{page}?{next}")) { "Earlier decisions" } } }
    })
}

fn about(one: &pb::Override) -> Markup {
    let ids = [
        &one.student_id,
        &one.project_id,
        &one.host_id,
        &one.program_id,
        &one.country_code,
        &one.quota_id,
        &one.fund_id,
    ];
    let ids: Vec<&str> =
        ids.into_iter().chain(&one.student_ids).map(String::as_str).filter(|id| !id.is_empty()).collect();
    let number = |number: Option<i64>| number.map_or_else(|| "no limit".to_owned(), |number| number.to_string());
    html! {
        @for (place, id) in ids.iter().enumerate() { @if place > 0 { ", " } bdi { (id) } }
        @if one.from.is_some() || one.to.is_some() { " " (number(one.from)) " → " (number(one.to)) }
    }
}

fn effect(one: &pb::Override) -> Markup {
    let Some(effect) = &one.effect else { return html! { span.soft { "not measured" } } };
    html! {
        @if effect.no_matching { "Without it there is no matching." }
        @else { (counted(effect.others_count.into(), "other student")) " moved." @if !effect.is_proven { " Not proven." } }
    }
}
