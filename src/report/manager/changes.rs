//! What changed since an earlier outcome, and why; only where it was compared.

use std::collections::HashMap;

use maud::{Markup, html};
use pb::student_change::Kind;
use wire::numbers::{counted, ordinal};
use wire::pb;

use crate::bars::{self, Bar, Fill};
use crate::html::section as frame;
use crate::people;
use crate::season::View;

/// What changed, student by student.
pub(super) fn section(view: &View) -> Markup {
    let Some(changes) = view.told.changes else { return Markup::default() };
    let Some(comparison) = &changes.comparison else { return Markup::default() };
    let reasons: HashMap<&str, &str> =
        changes.reasons.iter().map(|reason| (reason.student_id.as_str(), reason.sentence.as_str())).collect();
    let bars: Vec<Bar> = [(Kind::Lost, "Lost their place"), (Kind::Moved, "Moved"), (Kind::Placed, "Got a place")]
        .into_iter()
        .map(|(kind, name)| {
            let them = comparison.changes.iter().filter(|change| change.kind() == kind);
            Bar::of(name.to_owned(), them.map(|change| line(view, change, &reasons)).collect(), "student")
        })
        .collect();
    let mut rows: Vec<Vec<String>> =
        bars.iter().map(|bar| vec![bar.label.clone(), bar.behind.len().to_string()]).collect();
    rows.push(vec!["Nothing changed".to_owned(), comparison.unchanged_count.to_string()]);
    let same = Bar {
        label: "Nothing changed".to_owned(),
        parts: vec![(u64::from(comparison.unchanged_count.unsigned_abs()), Fill::Open)],
        told: counted(comparison.unchanged_count.into(), "student"),
        ..Bar::default()
    };
    let bars: Vec<Bar> = bars.into_iter().chain([same]).collect();
    let shown = html! {
        (bars::rows("changes", &bars, bars.len(), "more"))
        (bars::numbers("changes", "Students by what changed", &["Change", "Students"], &rows))
        @if !comparison.ranks.is_empty() {
            (bars::numbers("ranks", "Students by choice before and after", &["Choice", "Before", "After"], &ranks(comparison)))
        }
    };
    frame("changes", "What changed since?", &comparison.sentences, &shown)
}

fn line(view: &View, change: &pb::StudentChange, reasons: &HashMap<&str, &str>) -> Markup {
    let place = |id: &str| {
        if id.is_empty() {
            html! { "no place" }
        } else {
            people::project(view, id)
        }
    };
    html! {
        (people::student(view, &change.student_id)) ": " (place(&change.from_project_id)) " → " (place(&change.to_project_id))
        @if let Some(reason) = reasons.get(change.student_id.as_str()).filter(|reason| !reason.is_empty()) { ". " (reason) }
    }
}

fn ranks(comparison: &pb::CompareResponse) -> Vec<Vec<String>> {
    let name = |key: &str| match key.parse::<i64>() {
        Ok(0) => "no choice covers it".to_owned(),
        Ok(rank) => ordinal(rank),
        Err(_) => key.to_owned(),
    };
    let row = |change: &pb::KeyedChange| vec![name(&change.key), change.before.to_string(), change.after.to_string()];
    comparison.ranks.iter().map(row).collect()
}
