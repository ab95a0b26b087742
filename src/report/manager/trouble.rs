//! What may surprise, and why there is no matching where there is none.

use maud::{Markup, html};
use pb::finding::Severity;
use wire::numbers::{count, counted};
use wire::pb;

use crate::html::section;
use crate::season::View;

/// Findings that paper has room for.
const MOST_SHOWN: usize = 6;

/// What the engine found that a person should know.
pub(super) fn findings(view: &View) -> Markup {
    let mut findings: Vec<&pb::Finding> = view.outcome().findings.iter().collect();
    if findings.is_empty() {
        return Markup::default();
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let line = |finding: &pb::Finding| {
        let word = match finding.severity() {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
            Severity::Info | Severity::Unspecified => "Note",
        };
        html! { li { strong { (word) ": " } (finding.message) ". " (finding.remedy) " " span.soft { (finding.code) } } }
    };
    let shown = html! {
        ul.told { @for finding in findings.iter().take(MOST_SHOWN) { (line(finding)) } }
        @if findings.len() > MOST_SHOWN {
            details.more {
                summary { (count((findings.len() - MOST_SHOWN) as i64)) " more" }
                ul.told { @for finding in findings.iter().skip(MOST_SHOWN) { (line(finding)) } }
            }
        }
    };
    section("findings", "What should I know first?", &[], &shown)
}

/// Why there is no matching, and what would make one.
pub(super) fn no_matching(view: &View) -> Markup {
    let outcome = view.outcome();
    let ways = outcome.relaxations.len() as i64;
    let answer = match outcome.status() {
        pb::outcome::Status::Infeasible if ways > 0 => {
            format!("Some of what was asked for can't hold together. {} to mend it:", counted(ways, "way"))
        }
        pb::outcome::Status::Infeasible => "Some of what was asked for can't hold together.".to_owned(),
        _ => "Nothing was found that could be shown: give the solve more time.".to_owned(),
    };
    let shown = html! {
        @for conflict in &outcome.conflicts {
            h3 { @if conflict.rows.len() == 1 { "This can't hold" } @else { "These can't hold together" } }
            ul { @for row in &conflict.rows { li { @if row.sentence.is_empty() { (row.label) } @else { (row.sentence) } } } }
        }
        @if ways > 0 {
            h3 { "What would make a placement" }
            ol {
                @for relaxation in &outcome.relaxations {
                    li {
                        @for edit in &relaxation.edits { (edit.sentence) " " }
                        "Then " (counted(relaxation.assignments.len() as i64, "student")) " would have a place."
                    }
                }
            }
        }
    };
    section("contradiction", "Why is there no placement?", &[answer], &shown)
}
