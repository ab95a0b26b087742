//! Spreadsheets as bytes: read into sheets of cells, and written. Nothing here knows what a season is.

mod cell;
mod neutral;
mod sheet;
pub mod write;

pub use cell::{Cell, Value};
pub use neutral::{neutralise, restore};
pub use sheet::{Format, Place, Row, Sheet};
