//! Why there is no matching, and what would make one.

use maud::{Markup, html};
use wire::numbers::counted;
use wire::pb;

/// What can't hold together, and what would help.
pub(super) fn shown(outcome: &pb::Outcome) -> Markup {
    html! {
        section aria-labelledby="conflict" {
            h2 #conflict { "Why there is no matching" }
            @for finding in &outcome.findings { p { (finding.message) } }
            @for conflict in &outcome.conflicts {
                p { @if conflict.rows.len() == 1 { "This can't hold:" } @else { "These can't hold together" @if conflict.is_irreducible { ", and without any one of them they would" } ":" } }
                ul { @for row in &conflict.rows { li { (row.sentence) } } }
            }
            @if outcome.conflicts.is_empty() && outcome.findings.is_empty() { p.empty { "The solve was stopped before it found a matching, or a reason why there is none." } }
        }
        @if !outcome.relaxations.is_empty() {
            section aria-labelledby="relaxations" {
                h2 #relaxations { "What would make one" }
                ul { @for relaxation in &outcome.relaxations {
                    li { @for edit in &relaxation.edits { (edit.sentence) " " }
                        "Then " (counted(relaxation.assignments.len() as i64, "student")) " would have a place." }
                } }
            }
        }
    }
}
