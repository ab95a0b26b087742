//! Spreadsheets to be written: tables as plain values, and copies of sheets that were read, with cells marked.
//!
//! The same input gives the same bytes. Nothing that is written runs: texts of a workbook are texts, those of a CSV are neutralised, and
//! of the formulas of a copied sheet only those are kept that compute with the sheet's own cells.

mod copy;
mod csv;
mod formula;
mod names;
mod results;
#[cfg(test)]
mod tests;
mod workbook;

pub use copy::{Copy, Mark, Tone};
pub use csv::csv;
pub use names::sheet_names;
pub use workbook::workbook;

use super::Place;
use jiff::civil::Date;

/// One table: a header, and rows below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The name of its sheet or, with its ending, of its file.
    pub name: String,
    /// Its columns, from the left.
    pub columns: Vec<Column>,
    /// Its rows: a cell for each column.
    pub rows: Vec<Vec<Content>>,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// What its header says.
    pub name: String,
    /// What a workbook tells of it in a note on the header; empty: nothing.
    pub note: String,
    /// What a drop-down offers for its cells; empty: there is none. A list too long for one (255 characters) is left out.
    pub choices: Vec<String>,
    /// Whether what a person types there stays text: ids keep their zeros.
    pub is_text: bool,
}

/// What is written to one cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing.
    Blank,
    /// A text, as it stands.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with decimals; what is no number is left blank.
    Decimal(f64),
    /// True or false.
    Boolean(bool),
    /// A day.
    Day(Date),
    /// A text that leads to a place of another page of the workbook.
    Link {
        /// What is shown.
        text: String,
        /// Which page, counted from 0.
        page: usize,
        /// Where on it.
        place: Place,
    },
    /// A text that is marked.
    Marked(String, Tone),
}

/// One sheet of a workbook to be written.
#[derive(Debug, Clone)]
pub enum Page<'a> {
    /// A table.
    Table(&'a Table),
    /// A table that nobody sees who does not look for it.
    Hidden(&'a Table),
    /// A sheet that was read, each value in its own place.
    Copy(Copy<'a>),
}

/// Why something can't be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwritable {
    /// The name of the page.
    pub page: String,
    /// The cell.
    pub place: Place,
    /// What stands against it.
    pub why: Why,
}

/// What stands against writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The text is longer than a cell of a workbook holds: so many characters, as UTF-16 counts them.
    TextTooLong(usize),
    /// The cell is beyond the last row or column of a workbook.
    OutsideOfSheet,
    /// The library that writes workbooks refuses it.
    Refused,
}

impl Column {
    /// A column of texts, such as ids.
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), note: String::new(), choices: Vec::new(), is_text: true }
    }

    /// A column of numbers, days and the like.
    pub fn values(name: impl Into<String>) -> Self {
        Self { is_text: false, ..Self::text(name) }
    }
}

impl Content {
    /// A text; blank where it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        match text.into() {
            text if text.is_empty() => Self::Blank,
            text => Self::Text(text),
        }
    }

    /// A number; blank where there is none.
    pub fn whole(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Blank, |number| Self::Whole(number.into()))
    }

    /// What a person sees, and what a CSV holds before it is neutralised.
    pub fn shown(&self) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Text(text) | Self::Marked(text, _) | Self::Link { text, .. } => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Decimal(number) if number.is_finite() => number.to_string(),
            Self::Decimal(_) => String::new(),
            Self::Boolean(is_true) => is_true.to_string(),
            Self::Day(day) => day.to_string(),
        }
    }

    /// Its text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Marked(text, _) | Self::Link { text, .. } => Some(text),
            Self::Blank | Self::Whole(_) | Self::Decimal(_) | Self::Boolean(_) | Self::Day(_) => None,
        }
    }
}
