//! Who could object: pairs that would both rather have each other, and those who are worst off.

use std::collections::BTreeMap;

use maud::{Markup, html};
use wire::numbers::{count, counted, ordinal, scores};
use wire::pb;

use crate::bars::{self, Bar};
use crate::html::section as frame;
use crate::people;
use crate::season::View;

/// Worst-off students who are told.
const WORST: usize = 10;
/// Students with blocking pairs that are seen at once.
const SHOWN: usize = 5;

/// Blocking pairs, and the worst-off.
pub(super) fn section(view: &View) -> Markup {
    let worst = worst(view);
    let mut answers = Vec::new();
    match view.told.check {
        None => answers
            .push("Pairs that would both rather have each other are not in the outcome: Check gives them.".to_owned()),
        Some(check) if check.blocking_pair_count == 0 => {
            answers.push("No student and project would both rather have each other than what they have.".to_owned());
        }
        Some(check) => answers.push(format!(
            "{} of a student and a project would both rather have each other than what they have.",
            counted(check.blocking_pair_count.into(), "pair")
        )),
    }
    let shown = html! {
        @if let Some(check) = view.told.check.filter(|check| !check.blocking_pairs.is_empty()) { (blocking(view, check)) }
        @if !worst.is_empty() {
            h3 { "The worst-off who have a place" }
            ol { @for place in &worst { li { (people::placed(view, place)) ": " (told(place)) } } }
        }
    };
    frame("objections", "Who could object?", &answers, &shown)
}

fn told(place: &pb::Assignment) -> String {
    let score = scores(place.points.into(), 0).0;
    match place.choice_rank {
        Some(rank) => format!("{} choice, score {score}", ordinal(rank.into())),
        None => format!("no choice covers it, score {score}"),
    }
}

/// Those whose place is furthest from their wishes: no choice, then the last rank, then the fewest points.
fn worst<'a>(view: &View<'a>) -> Vec<&'a pb::Assignment> {
    let mut places: Vec<&pb::Assignment> = view.outcome().assignments.iter().collect();
    let wished = |place: &pb::Assignment| std::cmp::Reverse(place.choice_rank.unwrap_or(i32::MAX));
    places.sort_by(|a, b| (wished(a), a.points, &a.student_id).cmp(&(wished(b), b.points, &b.student_id)));
    places.truncate(WORST);
    places
}

fn blocking(view: &View, check: &pb::CheckResponse) -> Markup {
    let mut by: BTreeMap<&str, Vec<Markup>> = BTreeMap::new();
    for pair in &check.blocking_pairs {
        by.entry(&pair.student_id).or_default().push(people::project(view, &pair.project_id));
    }
    let mut bars: Vec<Bar> = by
        .into_iter()
        .map(|(id, projects)| {
            let name = view.student(id).map_or("", |(_, row)| &row.display_name);
            let label = if name.is_empty() { id.to_owned() } else { format!("{name} ({id})") };
            Bar { page: view.student_page(id), ..Bar::of(label, projects, "project") }
        })
        .collect();
    bars.sort_by(|a, b| b.behind.len().cmp(&a.behind.len()).then_with(|| a.label.cmp(&b.label)));
    let rows: Vec<Vec<String>> = bars.iter().map(|bar| vec![bar.label.clone(), bar.behind.len().to_string()]).collect();
    let left_out = i64::from(check.blocking_pair_count) - check.blocking_pairs.len() as i64;
    html! {
        h3 { "Students, by projects that would rather have them too" }
        (bars::rows("blocking", &bars, SHOWN, "more students"))
        @if left_out > 0 { p.soft { (count(left_out)) " more pairs are counted and not listed." } }
        (bars::numbers_of("blocking", "Blocking pairs by student", &["Student", "Projects"], &rows, &bars))
    }
}
