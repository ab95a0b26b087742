//! Rows that people may take for one: ids, addresses and names that look alike.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use rules::codes;
use rules::domain::{folded, looks};

use super::gather::Gather;
use super::season::Rows;
use super::text::on_one_line;
use crate::problem::Severity;

/// Most of a kind; beyond it the rule of the data is that they look alike.
const MOST_TOLD: usize = 200;
/// Names that one is compared with, of those that meet it: where more do, many share one name.
const MOST_COMPARED: usize = 20;

/// Tells of ids, mail addresses and names that look alike.
pub(super) fn look(rows: &Rows, gather: &mut Gather) {
    for (table, key) in
        [("students", "student_id"), ("projects", "project_id"), ("hosts", "host_id"), ("programs", "program_id")]
    {
        pairs(rows, table, key, "this id looks like", &|text| looks(text), gather);
    }
    pairs(rows, "students", "email", "this address looks like", &|text| folded(text), gather);
    names(rows, gather);
}

/// Pairs of cells that differ, or not, and look the same.
fn pairs(rows: &Rows, table: &str, name: &str, why: &str, form: &dyn Fn(&str) -> String, gather: &mut Gather) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut told = 0;
    for record in rows.of_table(table) {
        let Some(text) = rows.text(record, name) else { continue };
        let Some(&other) = seen.get(&form(text)) else {
            seen.insert(form(text), record);
            continue;
        };
        // The same id twice is told as that.
        let is_same = rows.text(other, name) == Some(text);
        if (is_same && name != "email") || is_of_one(rows, record, other) {
            continue;
        }
        told += 1;
        if told <= MOST_TOLD {
            tell(rows, record, other, name, why, gather);
        }
    }
}

/// Whether two rows are one by their id, which is told as that.
fn is_of_one(rows: &Rows, one: usize, other: usize) -> bool {
    ["student_id", "project_id", "host_id", "program_id"].iter().any(|key| {
        rows.text(one, key).is_some()
            && rows.text(one, key) == rows.text(other, key)
            && rows.of(&rows.records[one]).table.columns[0].name == *key
    })
}

fn tell(rows: &Rows, record: usize, other: usize, name: &str, why: &str, gather: &mut Gather) {
    let Some(column) = rows.column(record, name) else { return };
    let other_text = rows.text(other, name).unwrap_or_default();
    let why = format!("{why} {other_text} in {}; both stay", rows.whereabouts(other));
    rows.tell(record, column, (&codes::ROWS_ALIKE, Severity::Warning), &why, "", gather);
}

/// Two people of one name, or of names one letter apart.
fn names(rows: &Rows, gather: &mut Gather) {
    let form = |text: &str| folded(&on_one_line(text));
    let students: Vec<(usize, Vec<char>)> = rows
        .of_table("students")
        .filter_map(|record| Some((record, form(rows.text(record, "name")?).chars().collect::<Vec<char>>())))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    // Two names are one letter apart if they meet after one letter of each, or of one, is left out at the same place.
    let mut met: Vec<(u64, usize)> = Vec::new();
    for (at, (_, name)) in students.iter().enumerate().filter(|(_, (_, name))| (8..=60).contains(&name.len())) {
        met.push((hash(name.iter()), at));
        met.extend((0..name.len()).map(|out| (hash(name[..out].iter().chain(&name[out + 1..])), at)));
    }
    met.sort_unstable();
    met.dedup();
    let mut told = BTreeSet::new();
    for group in met.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1) {
        for (place, &(_, one)) in group.iter().enumerate() {
            for &(_, other) in group[place + 1..].iter().take(MOST_COMPARED) {
                let (first, second) = (one.min(other), one.max(other));
                if first != second && is_near(&students[first].1, &students[second].1) && told.len() < MOST_TOLD {
                    told.insert((second, first));
                }
            }
        }
    }
    for (second, first) in told {
        let (record, other) = (students[second].0, students[first].0);
        if !is_of_one(rows, record, other) {
            let why = if students[first].1 == students[second].1 {
                "this is also the name of"
            } else {
                "this name is one letter from"
            };
            tell(rows, record, other, "name", why, gather);
        }
    }
}

/// Names whose hashes meet are compared; the same letters have the same hash in every run.
fn hash<'a>(letters: impl Iterator<Item = &'a char>) -> u64 {
    let mut hasher = DefaultHasher::new();
    letters.for_each(|letter| letter.hash(&mut hasher));
    hasher.finish()
}

/// Whether two names are the same, or one letter apart.
fn is_near(one: &[char], other: &[char]) -> bool {
    let (one, other): (String, String) = (one.iter().collect(), other.iter().collect());
    strsim::osa_distance(&one, &other) <= 1
}
