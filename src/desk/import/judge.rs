//! What the domain refuses of a season, told at the cells that it came from: the same reader as for any request.

use std::collections::BTreeSet;

use rules::codes;
use wire::{SizeLimits, pb, read_request};

use super::assemble::Assembled;
use super::gather::Gather;
use super::season::Rows;
use crate::problem::Severity;

/// What is judged: a season, and the policy that it will be matched by.
pub(super) struct Judged {
    pub assembled: Assembled,
    pub policy: Option<pb::Policy>,
    /// Whether nothing is wrong with what is left of the season.
    pub is_sound: bool,
}

/// Reads the season as any request is read; every fault is told at its cell, and the rows with faults wait.
///
/// `assemble` makes the season of the rows that do not wait.
pub(super) fn judge(
    rows: &mut Rows,
    policy: Option<&pb::Policy>,
    term: &str,
    assemble: impl Fn(&Rows) -> Assembled,
    gather: &mut Gather,
) -> Judged {
    let mut told: BTreeSet<(usize, usize, &'static str, String)> = BTreeSet::new();
    loop {
        let mut assembled = assemble(rows);
        assembled.instance.term = term.to_owned();
        let policy = with_quotas(policy, &assembled.quotas);
        let Err(faults) = read_request(Some(assembled.instance.clone()), policy.clone(), &SizeLimits::NONE) else {
            return Judged { assembled, policy, is_sound: true };
        };
        let mut is_changed = false;
        for fault in faults.findings() {
            let path = fault.field.replace("policy.quotas", "instance.quotas");
            let Some((record, column)) = assembled.locate(&path, rows) else { continue };
            let column = first_of_dates(rows, record, column, fault.code);
            is_changed |= rows.records[record].open.insert(column);
            if told.insert((record, column, fault.code.number, fault.message.clone())) {
                rows.ask(record, column, (fault.code, Severity::Error), &in_cells(fault), "", gather);
            }
        }
        if !is_changed {
            for fault in faults.findings() {
                nowhere(rows, fault, gather);
            }
            return Judged { assembled, policy, is_sound: false };
        }
    }
}

/// A day that is after another is told at the first of the two.
fn first_of_dates(rows: &Rows, record: usize, column: usize, code: &'static codes::Code) -> usize {
    let first = ["start_date", "available_from"].iter().find_map(|name| rows.column(record, name));
    if code == &codes::REVERSED_DATES { first.unwrap_or(column) } else { column }
}

/// What a fault says, without the paths of a message: a spreadsheet has none.
pub(super) fn in_cells(fault: &rules::finding::Finding) -> String {
    if fault.code == &codes::REVERSED_DATES {
        return "the last day of the row is before this one".to_owned();
    }
    if fault.message.contains("instance.") || fault.message.contains("entry ") {
        let mut remedy = fault.code.remedy.trim_end_matches('.').to_owned();
        remedy[..1].make_ascii_lowercase();
        return remedy;
    }
    fault.message.clone()
}

/// A fault of no row, such as one of the policy: told of the first sheet.
pub(super) fn nowhere(rows: &Rows, fault: &rules::finding::Finding, gather: &mut Gather) {
    let Some(found) = rows.found.first() else { return };
    let why = format!("{}: {}", fault.field, fault.message);
    gather.tell(found.sheet, sheets::Place::Sheet, "", "", fault.code, Severity::Error, "", &why, "");
}

/// The policy with the quotas of the tables in it.
fn with_quotas(policy: Option<&pb::Policy>, quotas: &[pb::Quota]) -> Option<pb::Policy> {
    if quotas.is_empty() {
        return policy.cloned();
    }
    let mut policy = policy.cloned().unwrap_or_default();
    // The quotas of the tables stand first, so that their places are those of the rows.
    let of_policy = std::mem::replace(&mut policy.quotas, quotas.to_vec());
    policy.quotas.extend(of_policy);
    Some(policy)
}
