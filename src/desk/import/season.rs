//! [`Rows`]: the records of every table, and what is decided once all of them are read.

use std::collections::{BTreeSet, HashMap};

use rules::codes::Code;
use sheets::{Place, Sheet};

use super::gather::Gather;
use super::reading::{Class, Datum};
use super::records::Record;
use super::tables::Found;
use super::text::on_one_line;
use crate::problem::Severity;

/// The records of every table.
pub(super) struct Rows<'a> {
    pub sheets: &'a [Sheet],
    pub found: &'a [Found],
    pub records: Vec<Record>,
    /// By table: ids that a season before has, and that may be named without a row here.
    pub beyond: &'a Beyond,
}

/// By table: the ids of a season before.
pub(super) type Beyond = HashMap<&'static str, BTreeSet<String>>;

/// What somebody decided about a cell that could be read and is asked about all the same.
pub(super) enum Later {
    /// To take the suggestion.
    Accepted,
    /// To leave it as it is.
    Kept,
    /// Nothing yet.
    Open,
}

impl<'a> Rows<'a> {
    /// The table of a record.
    pub fn of(&self, record: &Record) -> &'a Found {
        &self.found[record.found]
    }

    /// Places of the records of a table that nobody left out.
    pub fn of_table(&self, table: &str) -> impl Iterator<Item = usize> {
        let is_one = move |at: &usize| {
            let record = &self.records[*at];
            self.found[record.found].table.name == table && !record.is_skipped
        };
        (0..self.records.len()).filter(is_one)
    }

    /// Whether a season before has a row with this id.
    pub fn is_beyond(&self, table: &str, id: &str) -> bool {
        self.beyond.get(table).is_some_and(|ids| ids.contains(id))
    }

    /// Whether any sheet is this table.
    pub fn has(&self, table: &str) -> bool {
        self.found.iter().any(|found| found.table.name == table)
    }

    /// The column of a record's table, where its sheet has it.
    pub fn column(&self, record: usize, name: &str) -> Option<usize> {
        self.of(&self.records[record]).at.get(name).copied()
    }

    /// What stands in a cell of a record.
    pub fn shown(&self, record: usize, column: usize) -> String {
        let row = &self.records[record];
        let found = self.of(row);
        let lines = found.rows(self.sheets);
        let at = lines.binary_search_by_key(&row.line, |line| line.line);
        let cell = at.ok().and_then(|at| lines[at].cell(found.columns[column].place));
        cell.map(|cell| cell.shown()).unwrap_or_default()
    }

    /// The text of a column of a record.
    pub fn text(&self, record: usize, name: &str) -> Option<&str> {
        self.records[record].text(self.of(&self.records[record]), name)
    }

    /// The whole number of a column of a record.
    pub fn whole(&self, record: usize, name: &str) -> Option<i64> {
        match self.records[record].get(self.of(&self.records[record]), name) {
            Some(Datum::Whole(number)) => Some(*number),
            _ => None,
        }
    }

    /// The cell of a record, as its address.
    pub fn place(&self, record: usize, column: usize) -> Place {
        let row = &self.records[record];
        Place::Cell(row.line, self.of(row).columns[column].place)
    }

    /// The sheet of a record and the line in it, for people.
    pub fn whereabouts(&self, record: usize) -> String {
        let row = &self.records[record];
        let sheet = &self.sheets[self.of(row).sheet];
        let name = if sheet.name.is_empty() { String::new() } else { format!(", sheet {}", sheet.name) };
        format!("line {} of {}{name}", row.line, sheet.file)
    }

    /// Tells of a cell of a record.
    pub fn tell(
        &self,
        record: usize,
        column: usize,
        (code, severity): (&'static Code, Severity),
        problem: &str,
        suggestion: &str,
        gather: &mut Gather,
    ) {
        let row = &self.records[record];
        let found = self.of(row);
        let shown = on_one_line(&self.shown(record, column));
        gather.tell(
            found.sheet,
            self.place(record, column),
            &row.id,
            &found.columns[column].name(),
            code,
            severity,
            &shown,
            problem,
            suggestion,
        );
    }

    /// What was decided about a cell of a record.
    pub fn decided(&self, record: usize, column: usize, gather: &mut Gather) -> Later {
        let row = &self.records[record];
        let found = self.of(row);
        let shown = self.shown(record, column);
        match gather.decision_of_cell(found.sheet, row.line, found.columns[column].place, &shown, false) {
            Ok(Some("accept")) => Later::Accepted,
            Ok(Some("keep")) => Later::Kept,
            _ => Later::Open,
        }
    }

    /// Makes a cell wait, and tells why.
    pub fn ask(
        &mut self,
        record: usize,
        column: usize,
        (code, severity): (&'static Code, Severity),
        problem: &str,
        suggestion: &str,
        gather: &mut Gather,
    ) {
        self.tell(record, column, (code, severity), problem, suggestion, gather);
        let row = &mut self.records[record];
        row.open.insert(column);
        if let Some(class) = &mut row.classes[column] {
            *class = if severity == Severity::Error { Class::Rejected } else { Class::Proposed };
        }
    }
}
