//! Spreadsheets and seasons: import, template, export. Tables of cells come from `sheets`; seasons leave as messages, read by `wire` as any request.

pub mod columns;
mod problem;

pub use problem::{Problem, Severity};
