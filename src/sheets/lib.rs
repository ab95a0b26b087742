//! Spreadsheets as bytes: read into sheets of cells, and written. Nothing here knows what a season is.

mod cell;
mod sheet;

pub use cell::{Cell, Value};
pub use sheet::{Format, Place, Row, Sheet};
