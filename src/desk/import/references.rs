//! Ids that meet: keys that are broken or stand twice, and references to rows that there are not.

use std::collections::BTreeMap;

use rules::codes;
use rules::domain::looks;

use super::gather::Gather;
use super::mends::{by_looks, mends};
use super::reading::Datum;
use super::season::{Later, Rows};
use super::text::on_one_line;
use crate::columns::{Kind, column_of, table};
use crate::problem::Severity;

/// Tables whose rows others name.
const NAMED: [(&str, &str); 4] =
    [("students", "student_id"), ("projects", "project_id"), ("hosts", "host_id"), ("programs", "program_id")];

/// Where one row names another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    record: usize,
    column: usize,
    /// Place in a list of ids.
    entry: Option<usize>,
}

/// Looks at all ids, table by table.
pub(super) fn meet(rows: &mut Rows, gather: &mut Gather) {
    for (name, key) in NAMED {
        // Decisions about keys come first: what they mend is no longer unknown.
        while accept_keys(rows, name, key, gather) {}
        twice(rows, name, key, gather);
        resolve(rows, name, key, gather);
    }
    for (name, key) in [("funds", "fund_id"), ("quotas", "quota_id")] {
        blank_keys(rows, name, key, &BTreeMap::new(), gather);
        twice(rows, name, key, gather);
    }
}

/// The ids of a table: by id its records; and the records whose id is not known.
pub(super) fn keys(rows: &Rows, name: &str, key: &str) -> (BTreeMap<String, Vec<usize>>, Vec<usize>) {
    let (mut known, mut broken) = (BTreeMap::<String, Vec<usize>>::new(), Vec::new());
    for record in rows.of_table(name) {
        match rows.text(record, key) {
            Some(id) => known.entry(id.to_owned()).or_default().push(record),
            None => broken.push(record),
        }
    }
    (known, broken)
}

/// By id: where it is named.
pub(super) fn references(rows: &Rows, name: &str) -> BTreeMap<String, Vec<Reference>> {
    let mut named: BTreeMap<String, Vec<Reference>> = BTreeMap::new();
    for (record, row) in rows.records.iter().enumerate().filter(|(_, row)| !row.is_skipped) {
        for (column, mapped) in rows.of(row).columns.iter().enumerate() {
            let Some(kind) = mapped.column().map(|column| column.kind) else { continue };
            match (kind, &row.values[column]) {
                (Kind::Reference(of), Some(Datum::Text(id))) if of == name => {
                    named.entry(id.clone()).or_default().push(Reference { record, column, entry: None });
                }
                (Kind::References(of), Some(Datum::List(ids))) if of == name => {
                    for (entry, id) in ids.iter().enumerate() {
                        named.entry(id.clone()).or_default().push(Reference { record, column, entry: Some(entry) });
                    }
                }
                _ => {}
            }
        }
    }
    named
}

/// Takes the ids that somebody accepted; whether there was one.
fn accept_keys(rows: &mut Rows, name: &str, key: &str, gather: &mut Gather) -> bool {
    let mut is_changed = false;
    for (record, id) in mends(rows, name, key) {
        let Some(column) = rows.column(record, key) else { continue };
        if matches!(rows.decided(record, column, gather), Later::Accepted) {
            rows.records[record].values[column] = Some(Datum::Text(id.clone()));
            rows.records[record].open.remove(&column);
            rows.records[record].id = id;
            is_changed = true;
        }
    }
    is_changed
}

/// Keys that stand twice.
fn twice(rows: &mut Rows, name: &str, key: &str, gather: &mut Gather) {
    let (known, _) = keys(rows, name, key);
    for group in known.into_values().filter(|group| group.len() > 1) {
        let kept = *group.iter().find(|&&record| stands_in_order(rows, record, key)).unwrap_or(&group[0]);
        for &record in group.iter().filter(|&&record| record != kept) {
            let Some(column) = rows.column(record, key) else { continue };
            let same = says_the_same(rows, kept, record);
            match (rows.decided(record, column, gather), same) {
                (Later::Accepted, true) => rows.records[record].is_skipped = true,
                (_, true) => {
                    let why = format!("the same row stands in {}: skip leaves this one out", rows.whereabouts(kept));
                    rows.ask(record, column, (&codes::DUPLICATE_ROW, Severity::Ask), &why, "skip", gather);
                }
                (_, false) => {
                    let why = format!(
                        "another row with this id stands in {}: skip leaves this one out, or write the id that is meant",
                        rows.whereabouts(kept)
                    );
                    rows.ask(record, column, (&codes::DUPLICATE_ROW, Severity::Error), &why, "", gather);
                }
            }
        }
    }
}

/// Whether the ids before and after it say that a row stands where it belongs.
fn stands_in_order(rows: &Rows, record: usize, key: &str) -> bool {
    let beside = |at: usize| {
        rows.records.get(at).filter(|row| row.found == rows.records[record].found).and_then(|_| rows.text(at, key))
    };
    let Some(id) = rows.text(record, key) else { return false };
    let before = record.checked_sub(1).and_then(beside).is_none_or(|before| before <= id);
    before && beside(record + 1).is_none_or(|after| id <= after)
}

fn says_the_same(rows: &Rows, one: usize, other: usize) -> bool {
    let (one, other) = (&rows.records[one], &rows.records[other]);
    one.found == other.found && one.values == other.values && one.open == other.open
}

/// Keys that are blank or broken, with what mends them.
fn blank_keys(rows: &mut Rows, name: &str, key: &str, mends: &BTreeMap<usize, String>, gather: &mut Gather) {
    for record in keys(rows, name, key).1 {
        let Some(column) = rows.column(record, key) else { continue };
        let mend = mends.get(&record).map_or("", String::as_str);
        let is_blank = rows.shown(record, column).trim().is_empty();
        if rows.records[record].waits || (!is_blank && mend.is_empty()) {
            continue;
        }
        let (code, why) = if is_blank {
            let why = if mend.is_empty() {
                "the row has no id: write it, or skip leaves the row out".to_owned()
            } else {
                format!("the row has no id; others name {mend}, which no row has")
            };
            (&codes::MISSING_VALUE, why)
        } else {
            (&codes::ID_CHANGED, format!("others name {mend}, which no row has"))
        };
        if !is_blank {
            // What stands there was told as its cell was read: the repair is added to it.
            let (file, place) =
                (rows.sheets[rows.of(&rows.records[record]).sheet].file.clone(), rows.place(record, column));
            let sheet = rows.sheets[rows.of(&rows.records[record]).sheet].name.clone();
            let told =
                gather.problems.iter_mut().find(|told| told.file == file && told.sheet == sheet && told.place == place);
            if let Some(told) = told {
                told.suggestion = mend.to_owned();
                continue;
            }
        }
        rows.ask(record, column, (code, Severity::Ask), &why, mend, gather);
        rows.records[record].open.insert(column);
    }
}

/// Every reference to a row that there is not.
fn resolve(rows: &mut Rows, name: &'static str, key: &str, gather: &mut Gather) {
    let mends = mends(rows, name, key);
    blank_keys(rows, name, key, &mends, gather);
    let (known, _) = keys(rows, name, key);
    for (&record, mend) in &mends {
        let Some(column) = rows.column(record, key) else { continue };
        if rows.text(record, key).is_some() && !matches!(rows.decided(record, column, gather), Later::Kept) {
            let why = if rows.is_beyond(name, mend) {
                format!("the season has {mend}, which looks the same, and does not have this id")
            } else {
                format!("others name {mend}, which looks the same, and nobody names this id")
            };
            let code = if rows.shown(record, column).trim_start_matches('0') == mend.trim_start_matches('0') {
                &codes::ID_CHANGED
            } else {
                &codes::ID_NEARLY_KNOWN
            };
            rows.ask(record, column, (code, Severity::Ask), &why, mend, gather);
        }
    }
    let mended: BTreeMap<&String, usize> = mends.iter().map(|(record, mend)| (mend, *record)).collect();
    let beyond = rows.beyond.get(name);
    let mut by_looks = by_looks(known.keys().chain(beyond.into_iter().flatten()));
    by_looks.values_mut().for_each(|ids| ids.dedup());
    let named = references(rows, name);
    if known.is_empty() && !rows.has(name) && beyond.is_none() || gather.missing.contains(name) {
        without_table(rows, name, &named, gather);
        return;
    }
    let mut titles: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (id, records) in &known {
        let title = records.first().and_then(|&record| rows.text(record, "title"));
        if let Some(title) = title {
            titles.entry(rules::domain::folded(title)).or_default().push(id);
        }
    }
    let is_torn = rows.found.iter().any(|found| found.table.name == name && gather.torn.contains(&found.sheet));
    let left_out = left_out(rows, name, key);
    for (id, places) in named
        .iter()
        .filter(|(id, _)| !known.contains_key(*id) && !rows.beyond.get(name).is_some_and(|ids| ids.contains(*id)))
    {
        for &place in places {
            if let Some(&record) = left_out.get(id) {
                leave_out(rows, place, record, gather);
                continue;
            }
            if is_torn {
                let why = format!("this follows from {name}, of which rows can't be told apart");
                rows.tell(place.record, place.column, (&codes::FOLLOWS, Severity::Note), &why, "", gather);
                rows.records[place.record].open.insert(place.column);
                continue;
            }
            if let Some(&record) = mended.get(id) {
                let why = format!("this follows from the id in {}", rows.whereabouts(record));
                rows.tell(place.record, place.column, (&codes::FOLLOWS, Severity::Note), &why, "", gather);
                rows.records[place.record].open.insert(place.column);
                continue;
            }
            let near = by_looks.get(&looks(id)).map(Vec::as_slice).unwrap_or_default();
            let titled = titles.get(&rules::domain::folded(id)).map(Vec::as_slice).unwrap_or_default();
            let near = if near.is_empty() { titled } else { near };
            let mend = if let [near] = near { near.as_str() } else { "" };
            if !mend.is_empty() && matches!(rows.decided(place.record, place.column, gather), Later::Accepted) {
                take(rows, place, mend);
                continue;
            }
            let (code, why) = if let ([near], true) = (titled, near == titled) {
                (&codes::UNKNOWN_REFERENCE, format!("this is the title of {near}, and no id"))
            } else if near.is_empty() {
                (&codes::UNKNOWN_REFERENCE, format!("no row of {name} has the id {id}"))
            } else {
                let near = near.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" and ");
                (&codes::ID_NEARLY_KNOWN, format!("no row of {name} has the id {id}; {near} looks the same"))
            };
            let suggestion = with_entry(rows, place, mend);
            rows.ask(place.record, place.column, (code, Severity::Ask), &why, &suggestion, gather);
        }
    }
}

/// By id: the row that somebody decided to leave out.
fn left_out(rows: &Rows, name: &str, key: &str) -> BTreeMap<String, usize> {
    let skipped = rows.records.iter().enumerate().filter(|(_, row)| row.is_skipped && rows.of(row).table.name == name);
    let ids = skipped.filter_map(|(record, _)| {
        let column = rows.column(record, key)?;
        let id = rows.text(record, key).map_or_else(|| on_one_line(&rows.shown(record, column)), str::to_owned);
        (!id.is_empty()).then_some((id, record))
    });
    ids.collect()
}

/// What names a row that was left out is left out with it; of a list only the one name is.
fn leave_out(rows: &mut Rows, place: Reference, record: usize, gather: &mut Gather) {
    let why = format!("the row in {} is left out, and this goes with it", rows.whereabouts(record));
    rows.tell(place.record, place.column, (&codes::FOLLOWS, Severity::Note), &why, "", gather);
    let is_link = rows.of(&rows.records[place.record]).table.name == "links";
    match (&mut rows.records[place.record].values[place.column], place.entry) {
        (Some(Datum::List(ids)), Some(entry)) if !is_link => ids[entry].clear(),
        _ => {
            rows.records[place.record].open.insert(place.column);
        }
    }
}

/// The cell with one id of it mended.
fn with_entry(rows: &Rows, place: Reference, mend: &str) -> String {
    match (&rows.records[place.record].values[place.column], place.entry) {
        (Some(Datum::List(ids)), Some(entry)) if !mend.is_empty() => {
            let mut ids = ids.clone();
            ids[entry] = mend.to_owned();
            ids.join(";")
        }
        _ => mend.to_owned(),
    }
}

fn take(rows: &mut Rows, place: Reference, mend: &str) {
    match (&mut rows.records[place.record].values[place.column], place.entry) {
        (Some(Datum::List(ids)), Some(entry)) => ids[entry] = mend.to_owned(),
        (value, _) => *value = Some(Datum::Text(mend.to_owned())),
    }
}

/// References to a table that there is not, told once a column.
fn without_table(rows: &mut Rows, name: &'static str, named: &BTreeMap<String, Vec<Reference>>, gather: &mut Gather) {
    let mut columns: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for place in named.values().flatten() {
        *columns.entry((rows.records[place.record].found, place.column)).or_default() += 1;
        rows.records[place.record].open.insert(place.column);
    }
    for ((at, column), count) in columns {
        let found = &rows.found[at];
        let mapped = &found.columns[column];
        let (severity, code, why) = if gather.missing.contains(name) {
            (Severity::Note, &codes::FOLLOWS, format!("the rows follow from {name}, which can't be read"))
        } else {
            let about = table(name).map_or("", |table| table.about);
            let key = table(name).and_then(|table| column_of(table, "id")).map_or("", |column| column.name);
            (
                Severity::Error,
                &codes::UNKNOWN_REFERENCE,
                format!(
                    "{} here name rows of {name}, and no file is that table ({about} Its key is {key})",
                    rules::finding::counted(count as i64, "cell")
                ),
            )
        };
        gather.tell(
            found.sheet,
            sheets::Place::Column(mapped.place),
            "",
            &mapped.name(),
            code,
            severity,
            &mapped.header,
            &why,
            "",
        );
    }
}
