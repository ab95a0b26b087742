//! Tables as files: one workbook, or a CSV for each.

use rules::codes::{self, Code};
use rules::finding::{Finding, Severity, grouped};
use sheets::write::{self, Page, Table, Unwritable, Why};

/// Tables as the bytes of one XLSX, a sheet for each.
///
/// # Errors
/// What a workbook can't hold, the first of each sheet.
pub fn workbook(tables: &[Table]) -> Result<Vec<u8>, Vec<Finding>> {
    let pages: Vec<Page> = tables.iter().map(Page::Table).collect();
    pages_as_workbook(&pages)
}

/// Tables as CSV: the name and the bytes of a file for each.
pub fn csv_files(tables: &[Table]) -> Vec<(String, Vec<u8>)> {
    tables.iter().map(|table| (format!("{}.csv", table.name), write::csv(table))).collect()
}

pub(super) fn pages_as_workbook(pages: &[Page]) -> Result<Vec<u8>, Vec<Finding>> {
    write::workbook(pages).map_err(|unwritable| unwritable.iter().map(finding).collect())
}

fn finding(unwritable: &Unwritable) -> Finding {
    let (code, message): (&'static Code, String) = match unwritable.why {
        Why::TextTooLong(length) => (
            &codes::CELL_TOO_LONG,
            format!("the text has {} characters, and a cell of a workbook holds 32,767", grouped(length as i128)),
        ),
        Why::OutsideOfSheet => (
            &codes::TABLE_TOO_LARGE,
            "it is beyond the 1,048,576 rows or 16,384 columns of a workbook's sheet".to_owned(),
        ),
        Why::Refused => (&codes::WORKBOOK_REFUSED, "it can't be written to a workbook".to_owned()),
    };
    let place = unwritable.place.to_string();
    let field = if place.is_empty() { unwritable.page.clone() } else { format!("{}!{place}", unwritable.page) };
    Finding { code, severity: Severity::Error, field, message }
}
