//! The market: seats and applicants before any match, and what may surprise.

use axum::extract::{Path, State};
use maud::{Markup, html};
use wire::numbers::{count, counted};
use wire::{pb, rule_name};

use super::frame;
use super::work::Work;
use crate::Console;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Rows of a list.
const MOST: usize = 50;

/// The page.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
) -> Result<Markup, Trouble> {
    let work = Work::read(&console, &visit, &draft).await?;
    let imported = work.import(&console, &visit).await?;
    let body = if let Some(season) = &imported.instance {
        let asked = pb::ValidateRequest { instance: Some(season.clone()), policy: imported.policy.clone() };
        let told = console.services().call(&visit.principal, asked).await?;
        shown(&told, season)
    } else {
        html! { p.empty { "There is no season yet. " a href=(console.addresses().season(&draft, "/problems")) { "Decide what is open" } " first." } }
    };
    Ok(frame(&console, &visit, &work, "Market", "/market").await?.page(&body))
}

/// What is found and what there is.
fn shown(told: &pb::ValidateResponse, season: &pb::Instance) -> Markup {
    html! {
        (findings(told))
        @if let Some(market) = &told.market {
            p.lead {
                (counted(market.student_count.into(), "student")) ", " (counted(market.project_count.into(), "project")) ", "
                (counted(market.seat_count, "seat")) "; " (counted(market.eligible_pair_count, "pair")) " may be matched."
            }
            (lines("By program", "Program", &market.programs))
            (lines("By country", "Country", &market.countries))
            (lines("By language", "Language", &market.languages))
            (crowded(market, season))
            (thin(market, season))
            (stranded(market, season))
        }
    }
}

/// Findings, the worst first.
pub(super) fn findings(told: &pb::ValidateResponse) -> Markup {
    html! {
        @if !told.findings.is_empty() {
            section aria-labelledby="findings" {
                h2 #findings { (counted(told.finding_count.into(), "finding")) }
                ul { @for finding in told.findings.iter().take(MOST) {
                    li { span.badge { (finding.severity().as_str_name()) } " " code { (finding.code) } " " code { (finding.field) } ": " (finding.message) }
                } }
                @if told.findings.len() > MOST { p { "And " (count(i64::from(told.finding_count) - MOST as i64)) " more." } }
            }
        }
    }
}

fn lines(title: &str, key: &str, lines: &[pb::MarketLine]) -> Markup {
    html! {
        @if lines.len() > 1 || lines.iter().any(|line| !line.key.is_empty()) {
            table.list {
                caption { (title) }
                thead { tr { th scope="col" { (key) } th scope="col" class="number" { "Projects" } th scope="col" class="number" { "Seats" } th scope="col" class="number" { "Students who may go" } } }
                tbody { @for line in lines {
                    tr { th scope="row" { @if line.key.is_empty() { "none stated" } @else { bdi { (line.key) } } }
                        td.number { (count(line.project_count.into())) } td.number { (count(line.seat_count)) } td.number { (count(line.eligible_student_count.into())) } }
                } }
            }
        }
    }
}

fn project(season: &pb::Instance, id: &str) -> Markup {
    let title =
        season.projects.iter().find(|project| project.project_id == id).map_or("", |project| project.title.as_str());
    html! { @if title.is_empty() || title == id { bdi { (id) } } @else { bdi { (title) } " " span.id { bdi { (id) } } } }
}

fn student(season: &pb::Instance, id: &str) -> Markup {
    let name = season.students.iter().find(|row| row.student_id == id).map_or("", |row| row.display_name.as_str());
    html! { @if name.is_empty() || name == id { bdi { (id) } } @else { bdi { (name) } " " span.id { bdi { (id) } } } }
}

fn crowded(market: &pb::Market, season: &pb::Instance) -> Markup {
    html! {
        @if !market.crowded_projects.is_empty() {
            table.list {
                caption { "More students wish for these most than they have seats" }
                thead { tr { th scope="col" { "Project" } th scope="col" class="number" { "Seats" } th scope="col" class="number" { "First choices" } th scope="col" class="number" { "Who may go" } } }
                tbody { @for row in market.crowded_projects.iter().take(MOST) {
                    tr { th scope="row" { (project(season, &row.project_id)) } td.number { (row.seat_count) } td.number { (row.first_choice_count) } td.number { (row.eligible_student_count) } }
                } }
            }
        }
    }
}

fn thin(market: &pb::Market, season: &pb::Instance) -> Markup {
    html! {
        @if !market.thin_projects.is_empty() {
            table.list {
                caption { "These may stay short of students" }
                thead { tr { th scope="col" { "Project" } th scope="col" class="number" { "Opens with" } th scope="col" class="number" { "Seats" } th scope="col" class="number" { "Who may go" } } }
                tbody { @for row in market.thin_projects.iter().take(MOST) {
                    tr { th scope="row" { (project(season, &row.project_id)) } td.number { (row.min_seat_count) } td.number { (row.max_seat_count) } td.number { (row.eligible_student_count) } }
                } }
            }
        }
    }
}

fn stranded(market: &pb::Market, season: &pb::Instance) -> Markup {
    html! {
        @if !market.stranded_students.is_empty() {
            table.list {
                caption { "No project may take these students" }
                thead { tr { th scope="col" { "Student" } th scope="col" { "Rules that refuse them projects" } } }
                tbody { @for row in market.stranded_students.iter().take(MOST) {
                    @let rules: Vec<String> = row.refusals.iter().map(|rule| format!("{} {}", rule_name(rule.rule()), rule.project_count)).collect();
                    tr { th scope="row" { (student(season, &row.student_id)) } td { (rules.join(", ")) @if row.wishes_refuse { "; the rules allow some, and wishes refuse each of them" } } }
                } }
            }
            @if market.stranded_students.len() > MOST { p { "And " (count((market.stranded_students.len() - MOST) as i64)) " more." } }
        }
    }
}
