//! The policy of a season: what is best, what counts how much, which rules hold. Each says what it means, in the words of the contract; what the form
//! has no field for stays as it is, and can be written as JSON.

mod form;

use std::collections::HashMap;

use axum::extract::{Path, RawForm, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use pb::goal::Kind;
use pb::policy::Preset;
use wire::{comment, json, pb};

use super::work::Work;
use super::{frame, market};
use crate::Console;
use crate::frame::prose;
use crate::trouble::Trouble;
use crate::visit::Visit;
use form::{GOALS, MORE_QUOTAS, of_form};

const PRESETS: [Preset; 3] = [Preset::Summer, Preset::MicroInternship, Preset::Externship];

const KINDS: [Kind; 13] = [
    Kind::PlaceMost,
    Kind::TotalPoints,
    Kind::LeastRankSum,
    Kind::RaiseWorst,
    Kind::LowestWorstRank,
    Kind::RankMaximal,
    Kind::Generous,
    Kind::Leximin,
    Kind::FewestBelowFloor,
    Kind::LeastDisruption,
    Kind::KeepTold,
    Kind::FewestChanges,
    Kind::FewestBlockingPairs,
];

const WEIGHTS: [&str; 6] = ["skills", "language", "preference", "host_rank", "interview", "affinity"];

const WHOLE: [&str; 3] = ["min_weeks", "max_weeks", "authorization_lead_time_days"];

const HOURS: [&str; 2] = ["min_hours_per_week", "max_hours_per_week"];

const SWITCHES: [&str; 3] = ["paid_placements_only", "alumni_hosts_only", "stable_only"];

/// The page.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
) -> Result<Markup, Trouble> {
    let work = Work::read(&console, &visit, &draft).await?;
    let policy = work.asked.policy.clone().unwrap_or_default();
    show(&console, &visit, &work, &policy, None).await
}

async fn show(
    console: &Console,
    visit: &Visit,
    work: &Work,
    policy: &pb::Policy,
    refused: Option<Markup>,
) -> Result<Markup, Trouble> {
    let action = console.addresses().season(work.draft.id.as_str(), "/policy");
    let revision = html! { input type="hidden" name="revision" value=(work.draft.revision); };
    let body = html! {
        @if let Some(refused) = &refused { div.trouble role="alert" { p { strong { "Nothing was saved." } } (refused) } }
        @else { (findings(console, visit, work).await?) }
        form.policy method="post" action=(action) {
            (revision)
            (preset(policy))
            (goals(policy))
            (weights(policy))
            (rules(policy))
            (quotas(policy))
            (limits(policy))
            p.sticky { button.main type="submit" { "Save the policy" } }
        }
        details {
            summary { "The whole policy as JSON" }
            p.soft { "What the form has no field for, such as goals of some students or a quota's weights, is written here. The reference of the contract names every field." }
            form.plain method="post" action=(action) {
                (revision)
                label for="json" { "Policy" }
                textarea #json name="json" rows="16" spellcheck="false" { (text(policy)) }
                button type="submit" { "Save this text" }
            }
        }
    };
    Ok(frame(console, visit, work, "Policy", "/policy").await?.page(&body))
}

fn text(policy: &pb::Policy) -> String {
    let mut text = Vec::new();
    // What was read can be written.
    let _ = json::write("Policy", policy, true, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// What is found about the policy, once there is a season.
async fn findings(console: &Console, visit: &Visit, work: &Work) -> Result<Markup, Trouble> {
    let Ok(imported) = work.import(console, visit).await else { return Ok(html! {}) };
    let Some(season) = &imported.instance else { return Ok(html! {}) };
    let asked = pb::ValidateRequest { instance: Some(season.clone()), policy: imported.policy.clone() };
    let mut told = console.services().call(&visit.principal, asked).await?;
    told.findings.retain(|finding| finding.field.starts_with("policy"));
    told.finding_count = i32::try_from(told.findings.len()).unwrap_or(i32::MAX);
    Ok(market::findings(&told))
}

fn preset(policy: &pb::Policy) -> Markup {
    html! {
        fieldset {
            legend { "Preset" }
            p.soft { (prose(comment("Policy.preset"))) }
            label { input type="radio" name="preset" value="0" checked[policy.preset() == Preset::Unspecified]; " none" }
            @for preset in PRESETS {
                @let name = preset.as_str_name();
                label { input type="radio" name="preset" value=(preset as i32) checked[policy.preset() == preset]; " " strong { (name) } ": " (prose(comment(&format!("Policy.Preset.{name}")))) }
            }
        }
    }
}

fn goals(policy: &pb::Policy) -> Markup {
    let rows = GOALS.max(policy.goals.len() + 1);
    html! {
        fieldset {
            legend { "Goals" }
            p.soft { (prose(comment("Policy.goals"))) }
            ol.goals { @for place in 0..rows {
                @let goal = policy.goals.get(place);
                li {
                    select name=(format!("goal{place}")) aria-label=(format!("Goal {}", place + 1)) {
                        option value="" selected[goal.is_none()] { "none" }
                        @for kind in KINDS { option value=(kind as i32) selected[goal.is_some_and(|goal| goal.kind() == kind)] { (kind.as_str_name()) } }
                    }
                    " " label { "may give up " input type="number" name=(format!("tolerance{place}")) min="0" value=(goal.map_or(0, |goal| goal.tolerance)); }
                    " " label { "floor, points " input type="number" name=(format!("floor{place}")) min="0" max="1000000" value=[goal.and_then(|goal| goal.floor_points)]; }
                    @if let Some(goal) = goal { p.soft { (prose(comment(&format!("Goal.Kind.{}", goal.kind().as_str_name())))) } }
                    @if goal.is_some_and(|goal| goal.students.is_some()) { " " span.soft { "of some students, as the JSON says" } }
                }
            } }
            details { summary { "What each goal means" }
                dl { @for kind in KINDS { dt { (kind.as_str_name()) } dd { (prose(comment(&format!("Goal.Kind.{}", kind.as_str_name())))) } } }
            }
        }
    }
}

fn weight(weights: &pb::Weights, name: &str) -> Option<f64> {
    match name {
        "skills" => weights.skills,
        "language" => weights.language,
        "preference" => weights.preference,
        "host_rank" => weights.host_rank,
        "interview" => weights.interview,
        _ => weights.affinity,
    }
}

fn weights(policy: &pb::Policy) -> Markup {
    let weights = policy.weights.unwrap_or_default();
    html! {
        fieldset {
            legend { "What counts how much in the points" }
            p.soft { "Empty: the default that stands beside it." }
            @for name in WEIGHTS { (number(name, weight(&weights, name).map(|value| value.to_string()), &format!("Weights.{name}"), "any")) }
        }
    }
}

fn number(name: &str, value: Option<String>, meaning: &str, step: &str) -> Markup {
    html! {
        p.field {
            label for=(name) { (name) }
            input id=(name) type="number" name=(name) min="0" step=(step) value=[value] aria-describedby=(format!("{name}-means"));
            span.soft id=(format!("{name}-means")) { (prose(comment(meaning))) }
        }
    }
}

fn whole(policy: &pb::Policy, name: &str) -> Option<i32> {
    match name {
        "min_weeks" => policy.min_weeks,
        "max_weeks" => policy.max_weeks,
        _ => policy.authorization_lead_time_days,
    }
}

fn switch(policy: &pb::Policy, name: &str) -> Option<bool> {
    match name {
        "paid_placements_only" => policy.paid_placements_only,
        "alumni_hosts_only" => policy.alumni_hosts_only,
        _ => Some(policy.stable_only).filter(|is_on| *is_on),
    }
}

fn rules(policy: &pb::Policy) -> Markup {
    let hours = [policy.min_hours_per_week, policy.max_hours_per_week];
    html! {
        fieldset {
            legend { "Rules" }
            @for name in WHOLE { (number(name, whole(policy, name).map(|value| value.to_string()), &format!("Policy.{name}"), "1")) }
            @for (name, value) in HOURS.into_iter().zip(hours) { (number(name, value.map(|value| value.to_string()), &format!("Policy.{name}"), "any")) }
            @for name in SWITCHES {
                @let value = switch(policy, name);
                p.field {
                    label for=(name) { (name) }
                    select id=(name) name=(name) aria-describedby=(format!("{name}-means")) {
                        option value="" selected[value.is_none()] { "not stated" }
                        option value="1" selected[value == Some(true)] { "yes" }
                        @if name != "stable_only" { option value="0" selected[value == Some(false)] { "no" } }
                    }
                    span.soft id=(format!("{name}-means")) { (prose(comment(&format!("Policy.{name}")))) }
                }
            }
        }
    }
}

fn quotas(policy: &pb::Policy) -> Markup {
    let joined = |values: Option<&Vec<String>>| values.map(|values| values.join(", ")).unwrap_or_default();
    html! {
        fieldset {
            legend { "Quotas" }
            p.soft { (prose(comment("Policy.quotas"))) " A penalty makes one soft: " (prose(comment("Quota.penalty_points"))) }
            div.scroll tabindex="0" role="region" aria-label="Quotas" {
                table.list {
                    thead { tr { th scope="col" { "Id" } th scope="col" { "Title" } th scope="col" { "At least" } th scope="col" { "At most" } th scope="col" { "Penalty" } th scope="col" { "Programs" } th scope="col" { "Countries" } } }
                    tbody { @for place in 0..policy.quotas.len() + MORE_QUOTAS {
                        @let quota = policy.quotas.get(place);
                        @let projects = quota.and_then(|quota| quota.projects.as_ref());
                        @let field = |name: &str, value: Option<String>, kind: &str| html! {
                            td { input type=(kind) name=(format!("{name}{place}")) value=[value] min=[(kind == "number").then_some("0")] aria-label=(format!("{name} of quota {}", place + 1)) autocomplete="off"; }
                        };
                        tr {
                            (field("quota-id-", quota.map(|quota| quota.quota_id.clone()), "text"))
                            (field("quota-title-", quota.map(|quota| quota.title.clone()), "text"))
                            (field("quota-min-", quota.and_then(|quota| quota.min_count).map(|count| count.to_string()), "number"))
                            (field("quota-max-", quota.and_then(|quota| quota.max_count).map(|count| count.to_string()), "number"))
                            (field("quota-penalty-", quota.and_then(|quota| quota.penalty_points).map(|count| count.to_string()), "number"))
                            (field("quota-programs-", Some(joined(projects.map(|set| &set.program_ids))), "text"))
                            (field("quota-countries-", Some(joined(projects.map(|set| &set.country_codes))), "text"))
                        }
                    } }
                }
            }
            p.soft { "A quota whose id is emptied goes." }
        }
    }
}

fn limits(policy: &pb::Policy) -> Markup {
    let seconds =
        policy.limits.as_ref().and_then(|limits| limits.time_limit.as_ref()).map(|time| time.seconds.to_string());
    html! {
        fieldset {
            legend { "Lottery and time" }
            (number("lottery_seed", Some(policy.lottery_seed.to_string()), "Policy.lottery_seed", "1"))
            p.field {
                label for="time" { "seconds at most" }
                input #time type="number" name="time" min="1" max="3600" value=[seconds] aria-describedby="time-means";
                span.soft #time-means { (prose(comment("Limits.time_limit"))) }
            }
        }
    }
}

/// Keeps the policy of a form, or a text.
pub(crate) async fn save(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, Trouble> {
    let fields: HashMap<String, String> = form_urlencoded::parse(&form).into_owned().collect();
    let mut work = Work::read(&console, &visit, &draft).await?;
    let revision = fields.get("revision").and_then(|revision| revision.parse().ok()).unwrap_or_default();
    let now = work.asked.policy.clone().unwrap_or_default();
    let read = match fields.get("json") {
        Some(text) => json::read::<pb::Policy>("Policy", text.as_bytes()).map_err(|faults| {
            faults.into_iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect::<Vec<_>>()
        }),
        None => of_form(&now, &fields),
    };
    let policy = match read {
        Ok(policy) => policy,
        Err(faults) => {
            let told = html! { ul { @for fault in &faults { li { (fault) } } } };
            return Ok(show(&console, &visit, &work, &now, Some(told)).await?.into_response());
        }
    };
    work.asked.policy = Some(policy);
    work.save(&console, &visit, revision).await?;
    Ok(Redirect::to(&console.addresses().season(&draft, "/policy")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_says_what_it_means() {
        let kinds = KINDS.iter().map(|kind| format!("Goal.Kind.{}", kind.as_str_name()));
        let presets = PRESETS.iter().map(|preset| format!("Policy.Preset.{}", preset.as_str_name()));
        let weights = WEIGHTS.iter().map(|name| format!("Weights.{name}"));
        let rules = WHOLE.iter().chain(&HOURS).chain(&SWITCHES).map(|name| format!("Policy.{name}"));
        for name in kinds.chain(presets).chain(weights).chain(rules) {
            assert!(!comment(&name).is_empty(), "{name}");
        }
    }
}
