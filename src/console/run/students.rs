//! The students of a run, as a table.

use axum::extract::{Path, State};
use maud::{Markup, html};
use wire::numbers::count;
use wire::pb;

use super::people::Names;
use super::{frame, has_matching};
use crate::Console;
use crate::list::{Column, Filter, Sought, Table};
use crate::shown::{ShownRun, read};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// A student with what became of them.
struct Row<'a> {
    student: &'a pb::Student,
    place: Option<&'a pb::Assignment>,
    left: Option<&'a pb::Unmatched>,
}

/// The table.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    sought: Sought,
) -> Result<Markup, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    let outcome = has_matching(&shown)?;
    let left = |id: &str| {
        let at = outcome.unmatched.binary_search_by(|row| row.student_id.as_str().cmp(id)).ok()?;
        outcome.unmatched.get(at)
    };
    let row = |student| {
        let student: &pb::Student = student;
        Row { student, place: shown.place_of(&student.student_id), left: left(&student.student_id) }
    };
    let rows: Vec<Row> = shown.instance.students.iter().map(row).collect();
    let shown_table = of(&shown, Names { console: &console, shown: &shown });
    let body = shown_table.show(rows, &sought);
    Ok(frame(&console, &visit, &shown, "Students", "/students").page(&body))
}

/// The rank of the choice that a place fulfils; who has none comes last.
fn rank(row: &Row) -> i32 {
    match row.place {
        None => i32::MAX,
        Some(place) => place.choice_rank.unwrap_or(i32::MAX - 1),
    }
}

fn of<'a>(shown: &'a ShownRun, names: Names<'a>) -> Table<'a, Row<'a>> {
    let project = move |row: &Row| row.place.and_then(|place| shown.project_number(&place.project_id));
    let project = move |row: &Row| project(row).and_then(|number| shown.project(number));
    let country = move |row: &Row| project(row).map_or("", |project| shown.country_of(project)).to_owned();
    let program = move |row: &Row| project(row).map_or("", |project| project.program_id.as_str()).to_owned();
    let columns = vec![
        Column::new("name", "Student", move |row: &Row| names.student(&row.student.student_id)).by(move |row| {
            (shown.student_name(&row.student.student_id).to_lowercase(), row.student.student_id.clone())
        }),
        Column::new("project", "Project", move |row: &Row| {
            names.project(row.place.map_or("", |place| &place.project_id))
        })
        .by(move |row| row.place.map(|place| shown.project_name(&place.project_id).to_lowercase())),
        Column::new("country", "Country", move |row: &Row| html! { (country(row)) }).by(country),
        Column::new("choice", "Choice", |row: &Row| match row.place {
            None => html! { "–" },
            Some(place) => html! { @match place.choice_rank { Some(rank) => (rank), None => "other" } },
        })
        .by(rank)
        .number(),
        Column::new("points", "Points", |row: &Row| {
            html! { @match row.place { Some(place) => (count(place.points.into())), None => "–" } }
        })
        .by(|row| row.place.map_or(-1, |place| place.points))
        .number(),
        Column::new("why", "Why no place", |row: &Row| html! { @if let Some(left) = row.left { (left.sentence) } }),
    ];
    let reasons = |reason: pb::unmatched::Reason| (reason.as_str_name().to_owned(), reason_name(reason).to_owned());
    let reasons: Vec<_> = REASONS.into_iter().map(reasons).collect();
    let values = |of: &mut dyn Iterator<Item = String>| {
        let mut values: Vec<String> = of.filter(|value| !value.is_empty()).collect();
        values.sort();
        values.dedup();
        values.into_iter().map(|value| (value.clone(), value)).collect::<Vec<_>>()
    };
    let projects = &shown.instance.projects;
    let countries = values(&mut projects.iter().map(|project| shown.country_of(project).to_owned()));
    let programs = values(&mut projects.iter().map(|project| project.program_id.clone()));
    let mut ranks = values(
        &mut shown
            .outcome
            .iter()
            .flat_map(|outcome| &outcome.assignments)
            .map(|place| place.choice_rank.map_or_else(|| "other".to_owned(), |rank| rank.to_string())),
    );
    ranks.sort_by_key(|(rank, _)| rank.parse().unwrap_or(i32::MAX));
    let majors = values(&mut shown.instance.students.iter().map(|student| student.major.clone()));
    let scores =
        (0..10).map(|step| (format!("{}", step * 10), format!("{} to {}", step * 10, step * 10 + 10))).collect();
    let places = [("yes", "has a place"), ("no", "has none")].map(|(value, name)| (value.to_owned(), name.to_owned()));
    let filters = vec![
        Filter::new("place", "Place", places.to_vec(), |row: &Row, value| row.place.is_some() == (value == "yes")),
        Filter::new("rank", "Choice", ranks, |row: &Row, value| match row.place {
            None => false,
            Some(place) => place.choice_rank.map_or(value == "other", |rank| value == rank.to_string()),
        }),
        Filter::new("country", "Country", countries, move |row: &Row, value| country(row) == value),
        Filter::new("program", "Program", programs, move |row: &Row, value| program(row) == value),
        Filter::new("major", "Major", majors, |row: &Row, value| row.student.major == value),
        Filter::new("score", "Score", scores, |row: &Row, value| {
            row.place.is_some_and(|place| value.parse() == Ok((place.points / 100_000).clamp(0, 9) * 10))
        }),
        Filter::new("reason", "Why no place", reasons, |row: &Row, value| {
            row.left.is_some_and(|left| left.reason().as_str_name() == value)
        }),
    ];
    Table {
        caption: "Students and their places",
        noun: "student",
        address: names.console.addresses().run(shown.id(), "/students"),
        columns,
        filters,
        text: Some(Box::new(move |row: &Row| {
            format!("{} {}", shown.student_name(&row.student.student_id), row.student.student_id)
        })),
        empty: "The season has no students.",
    }
}

/// Why somebody may have no place.
const REASONS: [pb::unmatched::Reason; 6] = {
    use pb::unmatched::Reason;
    [
        Reason::NoEligibleProject,
        Reason::NotAcceptable,
        Reason::Blocked,
        Reason::CrowdedOut,
        Reason::Tie,
        Reason::Unproven,
    ]
};

/// The same in a few words.
pub(super) fn reason_name(reason: pb::unmatched::Reason) -> &'static str {
    use pb::unmatched::Reason;
    match reason {
        Reason::Unspecified => "",
        Reason::NoEligibleProject => "the rules allow no project",
        Reason::NotAcceptable => "wishes refuse every project",
        Reason::Blocked => "pins, quotas or seats leave none",
        Reason::CrowdedOut => "others are better there",
        Reason::Tie => "the lottery decided",
        Reason::Unproven => "not settled in time",
    }
}
