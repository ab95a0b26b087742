//! Wishes and ranks: what each names, what stands twice, gaps and ties.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rules::codes;
use rules::domain::{Country, looks};

use super::gather::Gather;
use super::nations::meant_country;
use super::reading::Datum;
use super::season::{Later, Rows};
use super::tables::Meaning;
use crate::problem::Severity;

/// What a row may name, the narrowest first.
pub(super) const TARGETS: [&str; 4] = ["project_id", "host_id", "program_id", "country"];

/// Looks at every table of wishes and ranks.
pub(super) fn look(rows: &mut Rows, gather: &mut Gather) {
    for table in ["choices", "vetoes"] {
        targets(rows, table, gather);
    }
    wide(rows, gather);
    for (table, names) in [
        ("choices", &["student_id", "project_id", "host_id", "program_id", "country"][..]),
        ("host_ranks", &["project_id", "student_id"]),
        ("pair_notes", &["student_id", "project_id"]),
        ("offers", &["student_id", "project_id"]),
        ("previous", &["student_id"]),
    ] {
        twice(rows, table, names, gather);
    }
    uneven(rows, "choices", "student_id", gather);
    uneven(rows, "host_ranks", "project_id", gather);
}

/// Rows that name nothing, or two things.
fn targets(rows: &mut Rows, table: &str, gather: &mut Gather) {
    for record in rows.of_table(table).collect::<Vec<_>>() {
        if rows.records[record].is_open() {
            continue;
        }
        let filled: Vec<usize> = TARGETS
            .iter()
            .filter(|name| rows.text(record, name).is_some())
            .filter_map(|name| rows.column(record, name))
            .collect();
        match filled[..] {
            [_] => {}
            [] => {
                if let Some(column) = TARGETS.iter().find_map(|name| rows.column(record, name)) {
                    if matches!(rows.decided(record, column, gather), Later::Accepted) {
                        rows.records[record].is_skipped = true;
                        continue;
                    }
                    let why = "the row names no project, host, program or country; skip leaves it out";
                    rows.ask(record, column, (&codes::MISSING_VALUE, Severity::Ask), why, "skip", gather);
                    rows.records[record].open.insert(column);
                }
            }
            [_, second, ..] => {
                let why =
                    "the row names two things: leave one of project, host, program and country, and blank the others";
                rows.ask(record, second, (&codes::TWO_TARGETS, Severity::Ask), why, "", gather);
            }
        }
    }
}

/// Wishes that stand in the rows of the students.
fn wide(rows: &mut Rows, gather: &mut Gather) {
    let ids: HashMap<String, ()> = [("projects", "project_id"), ("hosts", "host_id"), ("programs", "program_id")]
        .into_iter()
        .flat_map(|(table, key)| {
            rows.of_table(table).filter_map(|record| rows.text(record, key).map(str::to_owned)).collect::<Vec<_>>()
        })
        .chain(rows.beyond.values().flatten().cloned())
        .map(|id| (id, ()))
        .collect();
    let mut by_looks: HashMap<String, Vec<&String>> = HashMap::new();
    ids.keys().for_each(|id| by_looks.entry(looks(id)).or_default().push(id));
    for record in rows.of_table("students").collect::<Vec<_>>() {
        let mut columns: Vec<(i64, usize)> = rows
            .of(&rows.records[record])
            .columns
            .iter()
            .enumerate()
            .filter_map(|(at, mapped)| match mapped.means {
                Meaning::Choice(rank) => Some((rank, at)),
                _ => None,
            })
            .collect();
        columns.sort_unstable();
        let mut seen: HashMap<String, i64> = HashMap::new();
        let last = columns
            .iter()
            .rposition(|&(_, at)| rows.records[record].values[at].is_some() || rows.records[record].open.contains(&at));
        for (order, &(rank, at)) in columns.iter().enumerate() {
            let Some(Datum::Text(id)) = rows.records[record].values[at].clone() else {
                let is_hole = last.is_some_and(|last| order < last) && !rows.records[record].open.contains(&at);
                if is_hole && !rows.records[record].is_skipped {
                    let why = format!("no choice {rank} is named, and later ones are; their ranks stay as they are");
                    rows.tell(record, at, (&codes::RANKS_UNEVEN, Severity::Warning), &why, "", gather);
                }
                continue;
            };
            if let Some(before) = seen.insert(id.clone(), rank) {
                let why = format!("{id} is choice {before} already; blank leaves this one out");
                rows.ask(record, at, (&codes::DUPLICATE_ROW, Severity::Ask), &why, "", gather);
            } else if !ids.contains_key(&id) && Country::parse(&id).is_none() {
                let near = by_looks.get(&looks(&id)).map(Vec::as_slice).unwrap_or_default();
                let meant = if let [near] = near { (*near).clone() } else { meant_country(&id).unwrap_or_default() };
                if !meant.is_empty() && matches!(rows.decided(record, at, gather), Later::Accepted) {
                    rows.records[record].values[at] = Some(Datum::Text(meant));
                    continue;
                }
                let why = format!("{id} is no project, host, program or country");
                rows.ask(record, at, (&codes::UNKNOWN_REFERENCE, Severity::Ask), &why, &meant, gather);
            }
        }
    }
}

/// Rows that say the same thing twice: the first counts.
fn twice(rows: &mut Rows, table: &str, names: &[&str], gather: &mut Gather) {
    let mut seen: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for record in rows.of_table(table).collect::<Vec<_>>() {
        let parts: Vec<String> =
            names.iter().map(|name| rows.text(record, name).unwrap_or_default().to_owned()).collect();
        if rows.records[record].is_open() || parts[0].is_empty() {
            continue;
        }
        let Some(&before) = seen.get(&parts) else {
            seen.insert(parts, record);
            continue;
        };
        let named = names.iter().rev().find(|name| rows.text(record, name).is_some());
        let Some(column) = named.and_then(|name| rows.column(record, name)) else { continue };
        if matches!(rows.decided(record, column, gather), Later::Accepted) {
            rows.records[record].is_skipped = true;
            continue;
        }
        let why = format!("the same is said in {}: skip leaves this one out", rows.whereabouts(before));
        rows.ask(record, column, (&codes::DUPLICATE_ROW, Severity::Ask), &why, "skip", gather);
    }
}

/// Ranks of one list that leave some out, or stand twice. A list that waits for a person is not looked at.
fn uneven(rows: &mut Rows, table: &str, owner: &str, gather: &mut Gather) {
    let mut lists: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    // A row whose owner is not known yet may belong to any list whose owner looks the same.
    let mut unsettled: BTreeSet<String> = BTreeSet::new();
    for (record, row) in rows.records.iter().enumerate().filter(|(_, row)| rows.of(row).table.name == table) {
        let Some(column) = rows.column(record, owner) else { continue };
        let is_known = rows.whole(record, "rank").is_some() && !row.is_skipped;
        match rows.text(record, owner).filter(|_| is_known && !row.open.contains(&column)) {
            Some(owner) => lists.entry(owner.to_owned()).or_default().push(record),
            None => {
                unsettled.insert(looks(&rows.shown(record, column)));
            }
        }
    }
    for (owner, list) in lists {
        if unsettled.contains(&looks(&owner)) {
            continue;
        }
        let mut ranked: Vec<(i64, usize)> =
            list.iter().filter_map(|&record| Some((rows.whole(record, "rank")?, record))).collect();
        ranked.sort_unstable();
        let mut before = 0;
        for (order, &(rank, record)) in (0_i64..).zip(&ranked) {
            let Some(column) = rows.column(record, "rank") else { continue };
            if order > 0 && rank == before {
                let why = format!("rank {rank} stands here more than once; the tie is kept");
                rows.tell(record, column, (&codes::RANKS_UNEVEN, Severity::Warning), &why, "", gather);
            } else if rank > before + 1 && rank > order + 1 {
                let why = format!("no rank from {} to {} is stated; the rank is kept", before + 1, rank - 1);
                rows.tell(record, column, (&codes::RANKS_UNEVEN, Severity::Warning), &why, "", gather);
            }
            before = rank;
        }
    }
}
