//! `unplaced`: who goes nowhere, why, and what would help.

use super::View;
use sheets::write::{Column, Content, Table};
use wire::numbers::{counted, listed};
use wire::{pb, rule_name};

pub(super) fn table(view: &View) -> Table {
    let columns = ["student_id", "name", "reason", "sentence", "nearest", "what_would_help"].map(Column::text);
    let mut left: Vec<&pb::Unmatched> = view.of.outcome.unmatched.iter().collect();
    left.sort_by(|one, other| one.student_id.cmp(&other.student_id));
    let rows = left.into_iter().map(|left| {
        let cells = [
            left.student_id.clone(),
            view.name(&left.student_id).to_owned(),
            left.reason().as_str_name().to_owned(),
            left.sentence.clone(),
            nearest(view, left),
            help(view, left),
        ];
        cells.into_iter().map(Content::text).collect()
    });
    Table { name: "unplaced".to_owned(), columns: columns.to_vec(), rows: rows.collect() }
}

/// The projects that come nearest, each with the rules that refuse.
fn nearest(view: &View, left: &pb::Unmatched) -> String {
    let told = left.nearest_projects.iter().map(|pair| {
        let project = View::titled(view.title(&pair.project_id), &pair.project_id);
        match rules(pair) {
            rules if rules.is_empty() => project,
            rules => format!("{project}: {rules}"),
        }
    });
    told.collect::<Vec<_>>().join("; ")
}

/// The rules that refuse a pair, each once.
fn rules(pair: &pb::PairEvaluation) -> String {
    let mut names: Vec<String> = pair.refusals.iter().map(|refusal| rule_name(refusal.rule()).to_owned()).collect();
    names.dedup();
    listed(&names, "and")
}

/// What would give a place, as far as it is in somebody's hands.
fn help(view: &View, left: &pb::Unmatched) -> String {
    let mut told = Vec::new();
    for single in left.single_rules.iter().filter(|single| single.waivable) {
        let projects = counted(single.project_count.into(), "project");
        told.push(format!("A waiver of {} would open {projects}.", rule_name(single.rule())));
    }
    let lacks_facts = |pair: &&pb::PairEvaluation| pair.verdict() == pb::Verdict::NeedsData;
    for pair in left.nearest_projects.iter().filter(lacks_facts) {
        let project = View::titled(view.title(&pair.project_id), &pair.project_id);
        let missing = pair.refusals.iter().filter(|refusal| refusal.verdict() == pb::Verdict::NeedsData);
        let missing: Vec<String> = missing.map(|refusal| refusal.observed.clone()).collect();
        told.push(format!("What is not known may open {project}: {}.", listed(&missing, "and")));
    }
    for quota in &left.full_quota_ids {
        told.push(format!("A greater maximum of quota {quota} would leave seats to take."));
    }
    told.join(" ")
}
