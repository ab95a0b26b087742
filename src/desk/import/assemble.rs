//! Records become a season: messages, and for each where it came from.

mod beside;
mod people;
mod places;
mod row;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wire::pb;

use super::questions::Answers;
use super::season::Rows;
use crate::columns::column_of;

pub(super) use row::Defaults;
use row::Line;

/// A season of the records that are taken, and where each row of it came from.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    pub instance: pb::Instance,
    pub quotas: Vec<pb::Quota>,
    /// By list of the message: the record of each row.
    origins: HashMap<&'static str, Vec<usize>>,
    /// By student, then choice: record and column.
    choices: Vec<Vec<(usize, usize)>>,
    /// By project, then rank: record.
    ranks: Vec<Vec<usize>>,
    /// By veto of a student: record.
    vetoes: Vec<Vec<usize>>,
    /// By note: the record that says how far the offer has come.
    offers: Vec<Option<usize>>,
    /// Records that a note was made of beside the first.
    also: Vec<usize>,
}

/// What the makers of rows share.
pub(super) struct Making<'a, 'b> {
    rows: &'a Rows<'b>,
    defaults: &'a Defaults,
    answers: &'a Answers,
    /// By record and column: for what an amount is.
    periods: &'a HashMap<(usize, usize), String>,
    /// By table: the ids of the rows that are taken.
    taken: HashMap<&'static str, BTreeSet<String>>,
}

impl<'a, 'b> Making<'a, 'b> {
    fn line(&self, record: usize) -> Line<'a> {
        Line::new(self.rows, self.defaults, record)
    }

    /// Records of a table that are taken.
    fn of_table(&self, name: &str) -> Vec<usize> {
        self.rows.of_table(name).filter(|&record| self.rows.records[record].is_taken()).collect()
    }

    /// Whether every row that a record names is taken: one that follows from a row which was left out is left out, too.
    fn stands(&self, line: &Line, names: &[(&str, &'static str)]) -> bool {
        names.iter().all(|(column, of)| line.text(column).is_none_or(|id| self.is_taken(of, id)))
    }

    fn is_taken(&self, of: &'static str, id: &str) -> bool {
        self.rows.is_beyond(of, id) || self.taken.get(of).is_some_and(|ids| ids.contains(id))
    }
}

/// Makes the season of the records that are taken.
pub(super) fn season(
    rows: &Rows,
    defaults: &Defaults,
    answers: &Answers,
    periods: &HashMap<(usize, usize), String>,
) -> Assembled {
    let mut making = Making { rows, defaults, answers, periods, taken: HashMap::new() };
    let named =
        [("programs", "program_id"), ("hosts", "host_id"), ("projects", "project_id"), ("students", "student_id")];
    for (name, key) in named {
        let mut ids = BTreeSet::new();
        for record in making.of_table(name) {
            let line = making.line(record);
            let stands =
                name != "projects" || making.stands(&line, &[("host_id", "hosts"), ("program_id", "programs")]);
            if let Some(id) = line.text(key).filter(|_| stands) {
                ids.insert(id.to_owned());
            }
        }
        making.taken.insert(name, ids);
    }
    let mut made = Assembled::default();
    places::programs(&making, &mut made);
    places::hosts(&making, &mut made);
    places::projects(&making, &mut made);
    people::students(&making, &mut made);
    beside::notes(&making, &mut made);
    beside::waivers(&making, &mut made);
    beside::links(&making, &mut made);
    beside::funds(&making, &mut made);
    beside::quotas(&making, &mut made);
    beside::previous(&making, &mut made);
    beside::skills(&making, &mut made);
    beside::countries(&making, &mut made);
    made
}

impl Assembled {
    fn came_from(&mut self, list: &'static str, record: usize) {
        self.origins.entry(list).or_default().push(record);
    }

    /// Every record that something was made of.
    pub fn used(&self) -> BTreeSet<usize> {
        let wishes = self.choices.iter().flatten().map(|(record, _)| record);
        let lists = self.ranks.iter().chain(&self.vetoes).flatten();
        let rows = self.origins.values().flatten();
        let notes = self.offers.iter().flatten().chain(&self.also);
        wishes.chain(lists).chain(rows).chain(notes).copied().collect()
    }

    /// The record that a row of a list came from.
    pub fn origin(&self, list: &str, at: usize) -> Option<usize> {
        self.origins.get(list)?.get(at).copied()
    }

    /// The record and the column that a path such as `instance.students[3].choices[1].rank` speaks of.
    pub fn locate(&self, path: &str, rows: &Rows) -> Option<(usize, usize)> {
        let (_, rest) = path.split_once('.')?;
        let (list, at, field) = step(rest)?;
        let record = *self.origins.get(list)?.get(at)?;
        let inner = field.and_then(step);
        let of_list = |records: Option<&Vec<usize>>, field: Option<&str>| {
            let (_, at, _) = inner?;
            let record = *records?.get(at)?;
            Some((record, column_for(rows, record, field)))
        };
        let inner_field = inner.and_then(|(_, _, field)| field);
        match (list, inner.map(|(list, ..)| list)) {
            ("students", Some("choices")) => {
                let (record, column) = *self.choices.get(at)?.get(inner?.1)?;
                let of_rank = inner_field.filter(|field| *field == "rank").and_then(|_| rows.column(record, "rank"));
                Some((record, of_rank.unwrap_or(column)))
            }
            ("students", Some("vetoes")) => of_list(self.vetoes.get(at), inner_field),
            ("projects", Some("student_ranks")) => of_list(self.ranks.get(at), inner_field),
            ("pair_notes", _) if field == Some("offer_state") => {
                let record = self.offers.get(at).copied().flatten().unwrap_or(record);
                Some((record, column_for(rows, record, field)))
            }
            _ => Some((record, column_for(rows, record, field))),
        }
    }
}

/// The list, the place in it and what follows of a path.
fn step(path: &str) -> Option<(&str, usize, Option<&str>)> {
    let (list, rest) = path.split_once('[')?;
    let (at, rest) = rest.split_once(']')?;
    Some((list, at.parse().ok()?, rest.strip_prefix('.')))
}

/// The column of a record's sheet that fills a field of its row, else its first.
pub(super) fn column_for(rows: &Rows, record: usize, field: Option<&str>) -> usize {
    let found = rows.of(&rows.records[record]);
    let field = field.unwrap_or_default();
    let plain: String = field.split('[').next().unwrap_or_default().to_owned();
    let fills = |name: &str| {
        let column = found.table.column(name).filter(|column| !column.field.is_empty());
        column.is_some_and(|column| {
            field == column.field || plain == column.field || field.starts_with(&format!("{}.", column.field))
        })
    };
    let exact = found.at.iter().find(|(name, _)| fills(name)).map(|(_, &at)| at);
    let by_name = || column_of(found.table, &plain).and_then(|column| found.at.get(column.name).copied());
    exact.or_else(by_name).or_else(|| found.at.values().copied().min()).unwrap_or(0)
}

/// The values of each label, as messages hold them.
fn labels(entries: &[(String, Vec<String>)]) -> Vec<pb::AttributeValues> {
    entries.iter().map(|(name, values)| pb::AttributeValues { name: name.clone(), values: values.clone() }).collect()
}

/// Every default of the mapping, read as a cell of its column; those that can't be read, in words.
pub(super) fn defaults(mapping: &super::Mapping) -> (Defaults, Vec<String>) {
    let mut read = BTreeMap::new();
    let mut wrong = Vec::new();
    for table in crate::columns::TABLES {
        for (name, text) in mapping.defaults(table.name) {
            let Some(column) = table.column(name) else { continue };
            match row::default(text, column) {
                Some(datum) => {
                    read.insert((table.name, column.name), datum);
                }
                None => wrong.push(format!("[defaults.{}]: {text:?} is no {name}", table.name)),
            }
        }
    }
    (Defaults(read), wrong)
}
