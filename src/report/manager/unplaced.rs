//! Who is left out, and why.

use std::collections::BTreeMap;

use maud::{Markup, html};
use pb::unmatched::Reason;
use wire::numbers::{count, counted};
use wire::{pb, rule_name};

use crate::bars::{self, Bar};
use crate::html::section as frame;
use crate::people;
use crate::season::View;
use crate::share::percent;

const QUESTION: &str = "Who is left out, and why?";

fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::NoEligibleProject => "The rules open no project",
        Reason::NotAcceptable => "Wishes leave no open project",
        Reason::Blocked => "Other requirements leave no place",
        Reason::CrowdedOut => "Crowded out: a place would make the whole worse",
        Reason::Tie => "The draw of a tie",
        Reason::Unproven | Reason::Unspecified => "The reason is not known",
    }
}

/// Students without a place, by reason.
pub(super) fn section(view: &View) -> Markup {
    let left = &view.outcome().unmatched;
    let all = view.outcome().assignments.len() + left.len();
    if left.is_empty() {
        let told = if all == 0 { "There are no students." } else { "Nobody: every student has a place." };
        return frame("unplaced", QUESTION, &[told.to_owned()], &Markup::default());
    }
    let mut by: BTreeMap<Reason, Vec<Markup>> = BTreeMap::new();
    for row in left {
        let line = html! { (people::student(view, &row.student_id)) ": " (row.sentence) };
        by.entry(row.reason()).or_default().push(line);
    }
    let bars: Vec<Bar> = by
        .into_iter()
        .map(|(reason, them)| {
            Bar::of(why(reason).to_owned(), them, "student")
                .within(view.students_where(&[("reason", reason.as_str_name())]))
        })
        .collect();
    let rows: Vec<Vec<String>> = bars.iter().map(|bar| vec![bar.label.clone(), bar.behind.len().to_string()]).collect();
    let mut answers = vec![format!(
        "{} of {} ({}) {} no place.",
        count(left.len() as i64),
        counted(all as i64, "student"),
        percent(left.len() as u64, all as u64),
        if left.len() == 1 { "has" } else { "have" }
    )];
    if let Some(bar) = bars.iter().max_by_key(|bar| bar.behind.len()).filter(|_| bars.len() > 1) {
        answers.push(format!("Most often: {} ({}).", lower(&bar.label), count(bar.behind.len() as i64)));
    }
    let shown = html! {
        (bars::rows("unplaced", &bars, bars.len(), "more reasons"))
        (bars::numbers("unplaced", "Students without a place by reason", &["Reason", "Students"], &rows))
        (rules(view))
    };
    frame("unplaced", QUESTION, &answers, &shown)
}

fn upper(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn lower(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Rules that are the only one to keep somebody without a place out of a project.
fn rules(view: &View) -> Markup {
    let mut by: BTreeMap<i32, (bool, Vec<Markup>)> = BTreeMap::new();
    for row in &view.outcome().unmatched {
        for single in &row.single_rules {
            let (waivable, them) = by.entry(single.rule).or_default();
            *waivable |= single.waivable;
            let projects = counted(single.project_count.into(), "project");
            them.push(html! { (people::student(view, &row.student_id)) ": " (projects) });
        }
    }
    if by.is_empty() {
        return Markup::default();
    }
    let mut bars: Vec<Bar> = by
        .into_iter()
        .map(|(rule, (waivable, them))| {
            let name = rule_name(pb::Rule::try_from(rule).unwrap_or_default());
            let name = if waivable { format!("{name} (may be waived)") } else { name.to_owned() };
            Bar::of(upper(&name), them, "student")
        })
        .collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.behind.len()));
    let rows: Vec<Vec<String>> = bars.iter().map(|bar| vec![bar.label.clone(), bar.behind.len().to_string()]).collect();
    html! {
        h3 { "One rule alone keeps them from a project" }
        (bars::rows("rules", &bars, 5, "more rules"))
        (bars::numbers("rules", "Students without a place whom one rule alone keeps from some project", &["Rule", "Students"], &rows))
    }
}
