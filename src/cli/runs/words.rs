//! Runs in words.

use std::fmt::Write;

use super::progress;
use crate::cli::summary;
use wire::pb;

/// A run, and its outcome where it has one.
pub(super) fn run(run: &pb::Run) -> String {
    let mut text = String::new();
    let name = if run.name.is_empty() { "nothing stored" } else { &run.name };
    let term = if run.term.is_empty() { String::new() } else { format!("  {}", run.term) };
    let _ = writeln!(text, "{name}{term}{}", called(run));
    // The outcome begins with how it ended.
    if run.state() != pb::run::State::Unspecified && run.outcome.is_none() {
        let _ = writeln!(text, "{}", progress::line(run));
    }
    for finding in &run.findings {
        let severity = finding.severity().as_str_name();
        let _ =
            writeln!(text, "{severity} {}: {}. {} ({})", finding.field, finding.message, finding.remedy, finding.code);
    }
    if let Some(outcome) = &run.outcome {
        let asked = |call: &str| format!("misti-matching runs {call} {}", run.name);
        let (explain, what_if) = (asked("explain"), asked("what-if"));
        text += &summary::Outcome { outcome, explain: &explain, what_if: &what_if, verbose: false }.text();
    }
    text
}

/// What people call it, and its labels.
fn called(run: &pb::Run) -> String {
    let name = if run.display_name.is_empty() { String::new() } else { format!("  \"{}\"", run.display_name) };
    let labels: String = run.labels.iter().map(|(name, value)| format!("  {name}={value}")).collect();
    format!("{name}{labels}")
}

/// One line a run.
pub(super) fn list(page: &pb::ListRunsResponse) -> String {
    let mut text = String::new();
    for run in &page.runs {
        let created = run.create_time.as_ref().map_or_else(String::new, ToString::to_string);
        let base = if run.base_run.is_empty() { String::new() } else { format!("  after {}", run.base_run) };
        let called = called(run);
        let _ = writeln!(text, "{}  {created}  {}  {}{base}{called}", run.name, run.term, progress::line(run));
    }
    if page.runs.is_empty() {
        text += "no runs\n";
    }
    if !page.next_page_token.is_empty() {
        let _ = writeln!(text, "more: --page-token {}", page.next_page_token);
    }
    text
}

/// Who moved, what it cost, and why.
pub(super) fn comparison(response: &pb::CompareRunsResponse) -> String {
    let mut text = response.comparison.as_ref().map_or_else(String::new, summary::comparison);
    for reason in &response.reasons {
        let _ = writeln!(text, "{}: {}", reason.student_id, reason.sentence);
    }
    text
}
