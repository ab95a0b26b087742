//! Spreadsheets and seasons: import, template, export. Tables of cells come from `sheets`; seasons leave as messages, read by `wire` as any request.

pub mod columns;
mod export;
mod files;
mod problem;
pub mod template;

pub use export::{Export, export};
pub use files::{csv_files, workbook};
pub use problem::{Problem, Severity};
