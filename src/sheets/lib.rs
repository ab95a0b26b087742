//! Spreadsheets as bytes: read into sheets of cells, and written. Nothing here knows what a season is.

mod cell;
mod neutral;
mod read;
mod sheet;
pub mod write;

pub use cell::{Cell, Value};
pub use neutral::{neutralise, restore};
pub use read::{Limits, Oddity, Read, Unreadable, read};
pub use sheet::{Format, Place, Row, Sheet};
