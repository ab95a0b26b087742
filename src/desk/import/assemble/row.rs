//! [`Line`]: one record as the makers of messages read it.

use std::collections::BTreeMap;

use sheets::Cell;
use wire::pb;

use super::super::cell::{self, About};
use super::super::dates::Writing;
use super::super::reading::{Datum, Entry};
use super::super::season::Rows;
use crate::columns::Column;

/// By table and column: the value of every row where no sheet has the column.
pub(in super::super) struct Defaults(pub BTreeMap<(&'static str, &'static str), Datum>);

/// One record, with the defaults of columns that no sheet has.
pub(super) struct Line<'a> {
    rows: &'a Rows<'a>,
    defaults: &'a Defaults,
    record: usize,
}

impl<'a> Line<'a> {
    pub fn new<'b>(rows: &'a Rows<'b>, defaults: &'a Defaults, record: usize) -> Line<'a>
    where
        'b: 'a,
    {
        Line { rows, defaults, record }
    }

    pub fn get(&self, name: &str) -> Option<&'a Datum> {
        let record = &self.rows.records[self.record];
        let found = self.rows.of(record);
        match found.at.get(name) {
            Some(&at) => record.values[at].as_ref(),
            None => {
                let column = found.table.column(name)?;
                self.defaults.0.get(&(found.table.name, column.name))
            }
        }
    }

    pub fn text(&self, name: &str) -> Option<&'a str> {
        match self.get(name) {
            Some(Datum::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text of a column; empty where there is none.
    pub fn string(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    pub fn list(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Datum::List(list)) => list.iter().filter(|entry| !entry.is_empty()).cloned().collect(),
            _ => Vec::new(),
        }
    }

    pub fn entries(&self, name: &str) -> &'a [Entry] {
        match self.get(name) {
            Some(Datum::Entries(entries)) => entries,
            _ => &[],
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        self.flag_if_stated(name).unwrap_or_default()
    }

    pub fn flag_if_stated(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Datum::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    pub fn whole(&self, name: &str) -> Option<i32> {
        match self.get(name) {
            Some(Datum::Whole(number)) => i32::try_from(*number).ok(),
            _ => None,
        }
    }

    pub fn wholes(&self, name: &str) -> Vec<i32> {
        match self.get(name) {
            Some(Datum::Wholes(numbers)) => numbers.iter().filter_map(|&number| i32::try_from(number).ok()).collect(),
            _ => Vec::new(),
        }
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Datum::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The day of a column, as messages hold it; empty where there is none.
    pub fn day(&self, name: &str) -> String {
        match self.get(name) {
            Some(Datum::Date(day)) => day.to_string(),
            _ => String::new(),
        }
    }

    pub fn money(&self, name: &str) -> Option<pb::Money> {
        match self.get(name) {
            Some(Datum::Money(amount, currency)) => {
                Some(pb::Money { amount: *amount, currency_code: currency.clone() })
            }
            _ => None,
        }
    }

    pub fn labels(&self, name: &str) -> Vec<pb::AttributeValues> {
        match self.get(name) {
            Some(Datum::Labels(labels)) => super::labels(labels),
            _ => Vec::new(),
        }
    }
}

/// Reads a default as a cell of its column.
pub(super) fn default(text: &str, column: &'static Column) -> Option<Datum> {
    let about = About {
        kind: column.kind,
        blank: column.blank,
        is_mostly_filled: false,
        trailing_is_usual: true,
        writing: Writing::YearFirst,
        commas: Some(false),
        weighs: false,
        currency: None,
        words: None,
    };
    cell::read(&Cell::text(0, text), None, &about).datum
}
