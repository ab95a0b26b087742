//! OpenDocument workbooks.

use super::archive::Archive;
use super::budget::Budget;
use super::{Read, Unreadable};

/// Reads a workbook.
pub(super) fn read(_: &str, _: &mut Archive<'_>, _: &mut Budget) -> Result<Read, Unreadable> {
    Err(Unreadable::NotASheet("an OpenDocument workbook, which is not read yet"))
}
