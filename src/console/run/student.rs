//! A student: their place and why, every choice with its state and its price, and what may be changed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use wire::numbers::{count, counted, ordinal};
use wire::{pb, rule_name};

use super::ask::Ask;
use super::people::Names;
use super::{change, frame, has_matching};
use crate::Console;
use crate::shown::{ShownRun, explain, read};
use crate::streamed::streamed;
use crate::trouble::Trouble;
use crate::visit::Visit;
use pb::explain_run_request::About;

/// Projects of one choice that are listed; of a choice of a country there may be hundreds.
const MOST_PROJECTS: usize = 10;

/// The page of a student. Why takes a solve, and comes after what is known without one.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path((run, number)): Path<(String, usize)>,
) -> Result<Response, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    has_matching(&shown)?;
    let student = shown.student(number).ok_or_else(|| Trouble::nothing("student"))?;
    let names = Names { console: &console, shown: &shown };
    let place = shown.place_of(&student.student_id);
    let first = html! {
        p.lead {
            @if let Some(place) = place { (names.project(&place.project_id)) " " span.soft { (points(place)) } } @else { "No place." }
        }
        @if visit.may_change() { (changes(&console, &shown, number, place)) }
    };
    let frame = frame(&console, &visit, &shown, shown.student_name(&student.student_id), "/students");
    let rest = why(console.clone(), visit.clone(), shown.clone(), number);
    Ok(streamed(frame, &first, SOLVING, rest))
}

/// What is said while a season is solved anew for a question about it.
const SOLVING: &str = "The season is solved anew for this answer…";

async fn why(console: Console, visit: Visit, shown: Arc<ShownRun>, number: usize) -> Result<Markup, Trouble> {
    let student = shown.student(number).ok_or_else(|| Trouble::nothing("student"))?;
    let told = explain(&console, &visit, &shown, About::StudentId(student.student_id.clone())).await?;
    let names = Names { console: &console, shown: &shown };
    let has_place = shown.place_of(&student.student_id).is_some();
    Ok(html! {
        section aria-labelledby="place" {
            h2 #place { @if has_place { "Why this place" } @else { "Why there is no place" } }
            @for sentence in &told.sentences { p { (sentence) } }
        }
        (choices(names, student, number, &told))
        @if let Some(pb::explain_response::About::Student(about)) = &told.about { (instead(names, number, about)) }
        (facts(student))
    })
}

/// Why one student is not at one project.
pub(crate) async fn pair(
    State(console): State<Console>,
    visit: Visit,
    Path((run, number, at)): Path<(String, usize, usize)>,
) -> Result<Response, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    has_matching(&shown)?;
    let student = shown.student(number).ok_or_else(|| Trouble::nothing("student"))?;
    let project = shown.project(at).ok_or_else(|| Trouble::nothing("project"))?;
    let names = Names { console: &console, shown: &shown };
    let first = html! { p.lead { (names.student(&student.student_id)) " at " (names.project(&project.project_id)) } };
    let title = format!("Why not {}?", shown.project_name(&project.project_id));
    let frame = frame(&console, &visit, &shown, &title, "/students");
    let pair = pb::Placement { student_id: student.student_id.clone(), project_id: project.project_id.clone() };
    let rest = why_not(console.clone(), visit.clone(), shown.clone(), (number, at), pair);
    Ok(streamed(frame, &first, SOLVING, rest))
}

async fn why_not(
    console: Console,
    visit: Visit,
    shown: Arc<ShownRun>,
    (number, at): (usize, usize),
    pair: pb::Placement,
) -> Result<Markup, Trouble> {
    let told = explain(&console, &visit, &shown, About::Pair(pair)).await?;
    let about = match &told.about {
        Some(pb::explain_response::About::Pair(about)) => Some(about),
        Some(_) | None => None,
    };
    let evaluation = about.and_then(|about| about.evaluation.as_ref());
    let other = about.and_then(|about| about.prospect.as_ref()).and_then(|prospect| prospect.counterfactual.as_ref());
    let waivable = evaluation.into_iter().flat_map(|e| &e.refusals).filter(|refusal| refusal.waivable);
    let names = Names { console: &console, shown: &shown };
    let ask = |ask: Ask, words: &str| html! { li { (change::link(&console, &shown, &ask, words)) } };
    Ok(html! {
        @for sentence in &told.sentences { p { (sentence) } }
        @if let Some(evaluation) = evaluation { (terms(evaluation)) }
        @if let Some(other) = other { (change::moves(names, other)) }
        @if visit.may_change() {
            h2 { "What if" }
            p.soft { "Who would move, and what it would cost, is shown before anything is kept." }
            ul.actions {
                (ask(Ask::Pin(number, at), "Pin this student here…"))
                (ask(Ask::Forbid(number, at), "Forbid this pair…"))
                @for refusal in waivable { (ask(Ask::Waive(number, at, refusal.rule), &format!("Waive {}…", rule_name(refusal.rule())))) }
                (ask(Ask::OneMoreSeat(at), "One more seat at this project…"))
            }
        }
    })
}

fn points(place: &pb::Assignment) -> String {
    let rank = place.choice_rank.map_or_else(String::new, |rank| format!(", {} choice", ordinal(rank.into())));
    format!("{} points{rank}", count(place.points.into()))
}

fn changes(console: &Console, shown: &ShownRun, number: usize, place: Option<&pb::Assignment>) -> Markup {
    let at = place.and_then(|place| shown.project_number(&place.project_id));
    html! {
        ul.actions aria-label="What if" {
            @if let Some(at) = at {
                li { (change::link(console, shown, &Ask::Pin(number, at), "Pin here…")) }
                li { (change::link(console, shown, &Ask::Forbid(number, at), "Anywhere but here…")) }
            } @else {
                li { (change::link(console, shown, &Ask::MustPlace(number), "Must be placed…")) }
            }
            li { (change::link(console, shown, &Ask::Withdraw(number), "Withdraws…")) }
        }
    }
}

/// What a choice covers.
fn covered<'a>(shown: &'a ShownRun, choice: &'a pb::Choice) -> Vec<&'a pb::Project> {
    use pb::choice::Target;
    let is_covered = |project: &&pb::Project| match &choice.target {
        Some(Target::ProjectId(id)) => project.project_id == *id,
        Some(Target::HostId(id)) => project.host_id == *id,
        Some(Target::ProgramId(id)) => project.program_id == *id,
        Some(Target::CountryCode(code)) => shown.country_of(project).eq_ignore_ascii_case(code),
        None => false,
    };
    shown.instance.projects.iter().filter(is_covered).collect()
}

fn target(names: Names, choice: &pb::Choice) -> Markup {
    use pb::choice::Target;
    match &choice.target {
        Some(Target::ProjectId(id)) => names.project(id),
        Some(Target::HostId(id)) => html! { "any project of " (names.host(id)) },
        Some(Target::ProgramId(id)) => html! { "any project of the program " bdi { (id) } },
        Some(Target::CountryCode(code)) => html! { "any project in " (code) },
        None => html! { "nothing" },
    }
}

/// Every choice in a table.
fn choices(names: Names, student: &pb::Student, number: usize, told: &pb::ExplainResponse) -> Markup {
    let shown = names.shown;
    let Some(pb::explain_response::About::Student(about)) = &told.about else { return html! {} };
    let preferred: HashMap<&str, &pb::PairExplanation> = about
        .preferred
        .iter()
        .filter_map(|pair| pair.evaluation.as_ref().map(|evaluation| (evaluation.project_id.as_str(), pair)))
        .collect();
    let mut listed: Vec<(i32, &pb::Choice)> =
        (1..).zip(&student.choices).map(|(place, choice)| (choice.rank.unwrap_or(place), choice)).collect();
    listed.sort_by_key(|(rank, _)| *rank);
    let rank_of_place = shown.place_of(&student.student_id).map(|place| place.choice_rank.unwrap_or(i32::MAX));
    // What several choices cover stands under the best of them.
    let mut seen = HashSet::new();
    let listed: Vec<(i32, &pb::Choice, Vec<&pb::Project>, usize)> = listed
        .into_iter()
        .map(|(rank, choice)| {
            let all = covered(shown, choice);
            let number = all.len();
            (rank, choice, all.into_iter().filter(|project| seen.insert(&project.project_id)).collect(), number)
        })
        .collect();
    let state_of = |rank: i32, project: &pb::Project| match preferred.get(project.project_id.as_str()) {
        Some(told) => state(told),
        None if rank_of_place.is_some_and(|of_place| rank > of_place) => {
            html! { span.soft { "wished for less than their place" } }
        }
        None => html! { span.soft { "see why not" } },
    };
    html! {
        section aria-labelledby="choices" {
            h2 #choices { "Every choice" }
            @if listed.is_empty() { p.empty { "The student states no choice." } } @else {
                div.scroll tabindex="0" role="region" aria-label="Choices and their states" {
                    table.list {
                        thead { tr { th scope="col" class="number" { "Rank" } th scope="col" { "Choice" } th scope="col" { "State" } th scope="col" { "Who has it" } th scope="col" { "Ask" } } }
                        tbody {
                            @for (rank, choice, projects, number_of) in &listed {
                                @if !matches!(choice.target, Some(pb::choice::Target::ProjectId(_))) || projects.is_empty() {
                                    tr { th scope="row" class="number" { (rank) } td { (target(names, choice)) } td colspan="3" {
                                        span.soft { (counted(*number_of as i64, "project")) @if projects.len() < *number_of { ", some of them above" }
                                            @if projects.len() > MOST_PROJECTS { "; the first " (MOST_PROJECTS) " follow" } }
                                    } }
                                }
                                @for project in projects.iter().take(MOST_PROJECTS) { (row(names, *rank, project, number, &state_of(*rank, project))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(names: Names, rank: i32, project: &pb::Project, number: usize, state: &Markup) -> Markup {
    let shown = names.shown;
    let id = &project.project_id;
    let here = shown.outcome.iter().flat_map(|outcome| &outcome.assignments).filter(|place| place.project_id == *id);
    let here: Vec<&pb::Assignment> = here.collect();
    let is_theirs =
        shown.student(number).is_some_and(|row| here.iter().any(|place| place.student_id == row.student_id));
    let at = shown.project_number(id).unwrap_or_default();
    html! {
        tr {
            th scope="row" class="number" { (rank) }
            td { (names.project(id)) }
            td { @if is_theirs { strong { "Their place." } } @else { (state) } }
            td {
                @if here.is_empty() { span.soft { "nobody" } }
                @for (place, who) in here.iter().take(3).enumerate() { @if place > 0 { ", " } (names.student(&who.student_id)) }
                @if here.len() > 3 { " and " (here.len() - 3) " more" }
            }
            td { @if !is_theirs {
                a href=(names.console.addresses().run(shown.id(), format_args!("/students/{number}/projects/{at}"))) { "Why not?" }
            } }
        }
    }
}

/// What is known of a pair without asking about it alone.
fn state(told: &pb::PairExplanation) -> Markup {
    use pb::prospect::Kind;
    match told.reason() {
        pb::pair_explanation::Reason::Matched => html! { strong { "Their place." } },
        pb::pair_explanation::Reason::Refused => {
            let rules: Vec<&str> =
                told.evaluation.iter().flat_map(|e| &e.refusals).map(|r| rule_name(r.rule())).collect();
            html! { "Refused: " (rules.join(", ")) }
        }
        pb::pair_explanation::Reason::Possible | pb::pair_explanation::Reason::Unspecified => {
            let Some(prospect) = &told.prospect else { return html! { "Possible" } };
            let costs = prospect.counterfactual.as_ref().map(|other| {
                let worse = other.prices.iter().find(|price| price.effect() == pb::goal_price::Effect::Worse);
                let price = worse.map(|price| format!("{} {:+}", price.kind().as_str_name(), price.change));
                (price.unwrap_or_default(), other.moved_count)
            });
            html! {
                @match prospect.kind() {
                    Kind::Costs => "Would cost",
                    Kind::Tie => "As good: the lottery decided",
                    Kind::Blocked => "No matching has it",
                    Kind::Unproven | Kind::Unspecified => "Not settled in time",
                }
                @if let Some((price, moved)) = costs { @if !price.is_empty() { " " code { (price) } } "; " (moved) " would move" }
            }
        }
    }
}

/// Where the student could go today with nobody else moving.
fn instead(names: Names, number: usize, about: &pb::StudentExplanation) -> Markup {
    let alternates = about.assignment.as_ref().map_or(&[][..], |place| &place.alternates);
    html! {
        @if !alternates.is_empty() {
            section aria-labelledby="instead" {
                h2 #instead { "Places with a seat free, nobody else moving" }
                ul { @for other in alternates {
                    @let at = names.shown.project_number(&other.project_id).unwrap_or_default();
                    li { (names.project(&other.project_id)) " " a href=(names.console.addresses().run(names.shown.id(), format_args!("/students/{number}/projects/{at}"))) { "Why not?" } }
                } }
            }
        }
    }
}

/// The terms of a pair's points.
fn terms(evaluation: &pb::PairEvaluation) -> Markup {
    html! {
        details {
            summary { (count(evaluation.points.into())) " points: how they are made" }
            table.list {
                thead { tr { th scope="col" { "Term" } th scope="col" class="number" { "Weight" } th scope="col" class="number" { "Term, in millionths" } th scope="col" class="number" { "Points" } } }
                tbody { @for term in &evaluation.contributions {
                    tr { th scope="row" { (term.criterion().as_str_name()) }
                        td.number { @if term.applies { (term.weight) } @else { "does not apply" } }
                        td.number { (count(term.term.into())) } td.number { (count(term.points.into())) } }
                } }
            }
        }
    }
}

/// What the season says of the student.
fn facts(student: &pb::Student) -> Markup {
    let skills: Vec<&str> = student.skills.iter().map(|skill| skill.skill.as_str()).collect();
    let languages: Vec<String> = student
        .languages
        .iter()
        .map(|row| match row.level() {
            pb::LanguageLevel::Unspecified => row.language.clone(),
            level => format!("{} {}", row.language, level.as_str_name()),
        })
        .collect();
    let level = match student.study_level() {
        pb::StudyLevel::Unspecified => "",
        level => level.as_str_name(),
    };
    let lines = [
        ("Study level", level.to_owned()),
        ("Major", student.major.clone()),
        ("GPA", student.gpa.map_or_else(String::new, |gpa| gpa.to_string())),
        ("Skills", skills.join(", ")),
        ("Languages", languages.join(", ")),
        ("Citizenships", student.citizenships.join(", ")),
        ("First day", student.available_from.clone()),
        ("Last day", student.available_until.clone()),
        ("Missing materials", student.missing_materials.join(", ")),
    ];
    html! {
        section aria-labelledby="facts" {
            h2 #facts { "What the season says of them" }
            dl { @for (name, value) in lines { @if !value.is_empty() { dt { (name) } dd { bdi { (value) } } } } }
        }
    }
}
