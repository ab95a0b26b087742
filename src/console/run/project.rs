//! A project: who is there and why, who came next, and what may be changed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use wire::numbers::{count, counted};
use wire::{pb, rule_name};

use super::ask::Ask;
use super::people::Names;
use super::projects::seats;
use super::{change, frame, has_matching};
use crate::Console;
use crate::shown::{ShownRun, explain, read};
use crate::streamed::streamed;
use crate::trouble::Trouble;
use crate::visit::Visit;
use pb::explain_run_request::About;

/// The page of a project. Why takes a solve, and comes after what is known without one.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path((run, number)): Path<(String, usize)>,
) -> Result<Response, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    let outcome = has_matching(&shown)?;
    let project = shown.project(number).ok_or_else(|| Trouble::nothing("project"))?;
    let names = Names { console: &console, shown: &shown };
    let here = outcome.assignments.iter().filter(|place| place.project_id == project.project_id);
    let here: Vec<&pb::Assignment> = here.collect();
    let seat = outcome.seat_values.iter().find(|value| value.project_id == project.project_id);
    let first = html! {
        p.lead { "At " (names.host(&project.host_id)) ", " (counted(seats(project).into(), "seat")) ", " (counted(here.len() as i64, "student")) " placed." }
        @if let Some(seat) = seat { p { (seat.sentence) } }
        @if visit.may_change() { (changes(&console, &shown, number, project)) }
        (placed(names, number, &here))
    };
    let about = About::ProjectId(project.project_id.clone());
    let frame = frame(&console, &visit, &shown, shown.project_name(&project.project_id), "/projects");
    let rest = why(console.clone(), visit.clone(), shown.clone(), number, about);
    Ok(streamed(frame, &first, "The season is solved anew for the reasons…", rest))
}

async fn why(
    console: Console,
    visit: Visit,
    shown: Arc<ShownRun>,
    number: usize,
    about: About,
) -> Result<Markup, Trouble> {
    let told = explain(&console, &visit, &shown, about).await?;
    let names = Names { console: &console, shown: &shown };
    Ok(html! {
        section aria-labelledby="why" {
            h2 #why { "Why" }
            @for sentence in &told.sentences { p { (sentence) } }
        }
        @if let Some(pb::explain_response::About::Project(about)) = &told.about { (next(names, number, about)) }
        @if let Some(project) = shown.project(number) { (facts(names, project)) }
    })
}

fn changes(console: &Console, shown: &ShownRun, number: usize, project: &pb::Project) -> Markup {
    let host = shown
        .host_number(&project.host_id)
        .filter(|number| shown.host(*number).is_some_and(|host| host.max_seat_count.is_some()));
    html! {
        h2 { "What if" }
        p.soft { "Who would move, and what it would cost, is shown before anything is kept." }
        ul.actions {
            li { (change::link(console, shown, &Ask::OneMoreSeat(number), "One more seat…")) }
            @if seats(project) > 0 {
                li { (change::link(console, shown, &Ask::OneLessSeat(number), "One seat less…")) }
                li { (change::link(console, shown, &Ask::Close(number), "Close it…")) }
                li { (change::link(console, shown, &Ask::MustOpen(number), "It must open…")) }
            }
            @if let Some(host) = host { li { (change::link(console, shown, &Ask::OneMoreAtHost(host), "One more seat at its host…")) } }
        }
    }
}

fn placed(names: Names, number: usize, here: &[&pb::Assignment]) -> Markup {
    html! {
        section aria-labelledby="here" {
            h2 #here { "Who is there" }
            @if here.is_empty() { p.empty { "Nobody." } } @else {
                table.list {
                    thead { tr { th scope="col" { "Student" } th scope="col" class="number" { "Choice" } th scope="col" class="number" { "Host's rank" } th scope="col" class="number" { "Points" } th scope="col" { "Ask" } } }
                    tbody { @for place in here {
                        @let student = names.shown.student_number(&place.student_id).unwrap_or_default();
                        tr { th scope="row" { (names.student(&place.student_id)) }
                            td.number { @match place.choice_rank { Some(rank) => (rank), None => "–" } }
                            td.number { @match place.host_rank { Some(rank) => (rank), None => "–" } }
                            td.number { (count(place.points.into())) }
                            td { a href=(names.console.addresses().run(names.shown.id(), format_args!("/students/{student}/projects/{number}"))) { "How are the points made?" } } }
                    } }
                }
            }
        }
    }
}

/// Who came next, and whom the rules refuse.
fn next(names: Names, number: usize, about: &pb::ProjectExplanation) -> Markup {
    html! {
        @if !about.next_students.is_empty() {
            section aria-labelledby="next" {
                h2 #next { "Who came next" }
                ul { @for pair in &about.next_students {
                    @if let Some(evaluation) = &pair.evaluation {
                        @let student = names.shown.student_number(&evaluation.student_id).unwrap_or_default();
                        li { (names.student(&evaluation.student_id)) ", " (count(evaluation.points.into())) " points. "
                            a href=(names.console.addresses().run(names.shown.id(), format_args!("/students/{student}/projects/{number}"))) { "Why not?" } }
                    }
                } }
            }
        }
        @if !about.refusals.is_empty() {
            section aria-labelledby="refused" {
                h2 #refused { "Whom the rules refuse it" }
                p { (counted(about.eligible_student_count.into(), "student")) " may be there by every rule and wish." }
                table.list { thead { tr { th scope="col" { "Rule" } th scope="col" class="number" { "Students" } } }
                    tbody { @for row in &about.refusals { tr { th scope="row" { (rule_name(row.rule())) } td.number { (count(row.student_count.into())) } } } } }
            }
        }
    }
}

fn facts(names: Names, project: &pb::Project) -> Markup {
    let list = |items: Vec<String>| items.join(", ");
    let skill =
        |row: &pb::SkillRequirement| if row.required { format!("{} (required)", row.skill) } else { row.skill.clone() };
    let language = |row: &pb::LanguageRequirement| match row.min_level() {
        pb::LanguageLevel::Unspecified => row.language.clone(),
        level => format!("{} {}", row.language, level.as_str_name()),
    };
    let lines = [
        ("Program", project.program_id.clone()),
        ("Country", names.shown.country_of(project).to_owned()),
        ("Opens with at least", project.min_seat_count.map_or_else(String::new, |least| least.to_string())),
        ("Skills", list(project.skill_requirements.iter().map(skill).collect())),
        ("Languages", list(project.language_requirements.iter().map(language).collect())),
        ("First day", project.start_date.clone()),
        ("Last day", project.end_date.clone()),
        ("Hours a week", project.hours_per_week.map_or_else(String::new, |hours| hours.to_string())),
        ("Supervisor", project.supervisor.clone()),
    ];
    html! {
        section aria-labelledby="facts" {
            h2 #facts { "What the season says of it" }
            dl { @for (name, value) in lines { @if !value.is_empty() { dt { (name) } dd { bdi { (value) } } } } }
        }
    }
}
