//! Spreadsheets and seasons: import, template, export. Tables of cells come from `sheets`; seasons leave as messages, read by `wire` as any request.

pub mod columns;
mod decisions;
mod export;
mod files;
pub mod import;
mod origin;
mod problem;
mod problems;
#[cfg(test)]
mod round_trips;
pub mod template;

pub use decisions::{Decision, read_decisions};
pub use export::{Export, export};
pub use files::{csv_files, workbook};
pub use import::{Import, import, import_changes};
pub use problem::{Problem, Severity};
pub use problems::{PROBLEMS, is_problems, problems_csv, problems_workbook};
