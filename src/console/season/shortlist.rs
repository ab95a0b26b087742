//! The shortlist: who should interview whom before a match.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use wire::numbers::{count, counted};
use wire::pb;

use super::frame;
use super::work::Work;
use crate::Console;
use crate::files::download;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words::status_name;

/// What is asked for where nothing is said; the contract's own numbers.
const DEFAULTS: Limits = Limits { per_project: 5, per_student: 3, table: String::new() };

/// How many interviews.
#[derive(Debug, Deserialize)]
pub(crate) struct Limits {
    per_project: i32,
    per_student: i32,
    /// Whether a table is wanted in the place of a page.
    #[serde(default)]
    table: String,
}

/// The form.
pub(crate) async fn form(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
) -> Result<Markup, Trouble> {
    let work = Work::read(&console, &visit, &draft).await?;
    let body = fields(&console, &draft, &DEFAULTS);
    Ok(frame(&console, &visit, &work, "Shortlist", "/shortlist").await?.page(&body))
}

fn fields(console: &Console, draft: &str, limits: &Limits) -> Markup {
    html! {
        p { "Who should interview whom before the match: nobody without an interview who may have one comes first, then no project without one, then the most interviews, then the best." }
        form.filters method="post" action=(console.addresses().season(draft, "/shortlist")) {
            label { "Students that a project interviews at most " input type="number" name="per_project" min="1" max="1000" required value=(limits.per_project); }
            label { "Interviews of a student at most " input type="number" name="per_student" min="1" max="1000" required value=(limits.per_student); }
            button.main type="submit" { "Make the shortlist" }
            button type="submit" name="table" value="csv" { "As a table (CSV)" }
        }
    }
}

/// The shortlist.
pub(crate) async fn make(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    Form(limits): Form<Limits>,
) -> Result<Response, Trouble> {
    let work = Work::read(&console, &visit, &draft).await?;
    let imported = work.import(&console, &visit).await?;
    let no_season = || Trouble::malformed("There is no season yet: decide first what is open in its files.");
    let season = imported.instance.clone().ok_or_else(no_season)?;
    let asked = pb::ShortlistRequest {
        instance: Some(season.clone()),
        policy: imported.policy.clone(),
        interviews_per_project: Some(limits.per_project),
        interviews_per_student: Some(limits.per_student),
        project_interviews: Vec::new(),
    };
    let made = console.services().call(&visit.principal, asked).await?;
    if !limits.table.is_empty() {
        return Ok(download("interviews.csv", "text/csv; charset=utf-8", csv(&made, &season)));
    }
    let body = html! { (fields(&console, &draft, &limits)) (shown(&made, &season)) };
    Ok(frame(&console, &visit, &work, "Shortlist", "/shortlist").await?.page(&body).into_response())
}

/// Names by id, as far as there are any.
struct Names<'a> {
    students: HashMap<&'a str, &'a str>,
    projects: HashMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    fn of(season: &'a pb::Instance) -> Self {
        Self {
            students: season.students.iter().map(|row| (row.student_id.as_str(), row.display_name.as_str())).collect(),
            projects: season.projects.iter().map(|row| (row.project_id.as_str(), row.title.as_str())).collect(),
        }
    }

    fn shown(names: &HashMap<&str, &str>, id: &str) -> Markup {
        let name = names.get(id).copied().filter(|name| !name.is_empty() && *name != id);
        html! { @if let Some(name) = name { bdi { (name) } " " span.id { bdi { (id) } } } @else { bdi { (id) } } }
    }
}

fn shown(made: &pb::ShortlistResponse, season: &pb::Instance) -> Markup {
    let names = Names::of(season);
    let mut of_project: HashMap<&str, Vec<&pb::Interview>> = HashMap::new();
    for interview in &made.interviews {
        of_project.entry(&interview.project_id).or_default().push(interview);
    }
    html! {
        section aria-labelledby="interviews" {
            h2 #interviews { (counted(made.interviews.len() as i64, "interview")) ", " (status_name(made.status())) }
            p {
                (counted(made.students_without.len() as i64, "student")) " and " (counted(made.projects_without.len() as i64, "project")) " have none; for "
                (count(made.students_without.iter().filter(|row| row.possible_project_count == 0).count() as i64)) " of the students no rule or seat allows any."
            }
            div.scroll tabindex="0" role="region" aria-label="Interviews of each project" {
                table.list {
                    thead { tr { th scope="col" { "Project" } th scope="col" { "Interviews" } } }
                    tbody { @for project in &made.projects {
                        tr { th scope="row" { (Names::shown(&names.projects, &project.project_id)) }
                            td { ul.plain { @for interview in of_project.get(project.project_id.as_str()).into_iter().flatten() {
                                li { (Names::shown(&names.students, &interview.student_id)) }
                            } } } }
                    } }
                }
            }
        }
    }
}

/// The interviews as a table that nothing in a spreadsheet runs.
fn csv(made: &pb::ShortlistResponse, season: &pb::Instance) -> Vec<u8> {
    use sheets::write::{Column, Content, Table};
    let names = Names::of(season);
    let name = |names: &HashMap<&str, &str>, id: &str| Content::text(names.get(id).copied().unwrap_or_default());
    let rows = made.interviews.iter().map(|row| {
        vec![
            Content::text(row.project_id.as_str()),
            name(&names.projects, &row.project_id),
            Content::text(row.student_id.as_str()),
            name(&names.students, &row.student_id),
            Content::whole(Some(row.points.unsigned_abs())),
        ]
    });
    let columns = ["project_id", "project_title", "student_id", "student_name"].map(Column::text);
    let columns = columns.into_iter().chain([Column::values("points")]).collect();
    sheets::write::csv(&Table { name: "interviews".to_owned(), columns, rows: rows.collect() })
}
