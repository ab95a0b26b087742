//! Tables to begin with, and a season as tables: what the import reads.

mod blank;
mod grammar;
mod season;

pub use blank::{template, template_files, template_workbook};
pub use season::of_season;

#[cfg(test)]
pub(crate) use season::tests::SEASON as FULL_SEASON;
