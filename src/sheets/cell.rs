//! [`Cell`]: what stands in one place of a sheet.

use jiff::civil::{DateTime, Time};

/// One cell that holds something, or that is covered by a merged one.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Column, counted from 0.
    pub column: u32,
    /// What it holds; of a formula the value that was stored with it. None: nothing.
    pub value: Option<Value>,
    /// The formula, with its `=`, if it is one.
    pub formula: Option<String>,
    /// Line and column of the cell that covers this one by being merged; that cell holds the value.
    pub covered_by: Option<(u32, u32)>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, as it stands: neither trimmed nor shortened. Of a text file every cell is text.
    Text(String),
    /// A number cell of a workbook.
    Number(f64),
    /// A true-or-false cell of a workbook.
    Boolean(bool),
    /// A number cell that is formatted as a day or a time, by the workbook's own calendar (1900 or 1904).
    Moment(DateTime),
    /// An error of a formula, such as `#N/A`.
    Failed(String),
    /// Bytes of a text file that are no text in its encoding; what could be read, with U+FFFD for the rest.
    Undecoded(String),
}

impl Cell {
    /// A cell of a text.
    pub fn text(column: u32, text: impl Into<String>) -> Self {
        Self { column, value: Some(Value::Text(text.into())), formula: None, covered_by: None }
    }

    /// What a person sees there, close enough to find it again; empty where there is nothing.
    pub fn shown(&self) -> String {
        match (&self.value, &self.formula) {
            (Some(value), _) => value.shown(),
            (None, Some(formula)) => formula.clone(),
            (None, None) => String::new(),
        }
    }
}

impl Value {
    /// What a person sees.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Failed(text) | Self::Undecoded(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Boolean(is_true) => if *is_true { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Moment(moment) if moment.time() == Time::midnight() => moment.date().to_string(),
            Self::Moment(moment) => moment.to_string(),
        }
    }
}
