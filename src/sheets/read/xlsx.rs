//! Office Open XML workbooks, also the strict kind. Charts, comments, macros and links to elsewhere are left alone.

mod rows;
mod shared;
mod strings;
mod styles;
mod workbook;

use super::archive::Archive;
use super::budget::Budget;
use super::xml::{self, Xml};
use super::{Read, Unreadable};
use rows::Book;
use strings::Strings;
use styles::Styles;

/// Reads a workbook.
pub(super) fn read(file: &str, archive: &mut Archive<'_>, budget: &mut Budget) -> Result<Read, Unreadable> {
    let workbook = workbook::read(archive, budget)?;
    let styles = match &workbook.styles {
        Some(part) => Styles::read(&required(archive, part, budget)?, budget)?,
        None => Styles::default(),
    };
    let strings = match &workbook.strings {
        Some(part) => Strings::read(&required(archive, part, budget)?, budget)?,
        None => Strings::default(),
    };
    let book = Book { file, styles, strings, is_1904: workbook.is_1904 };
    let mut read = Read { sheets: Vec::new(), oddities: Vec::new() };
    for listed in workbook.sheets {
        let text = required(archive, &listed.part, budget)?;
        let filters = workbook::table_filters(archive, &listed.part, budget)?;
        let (sheet, oddities) = rows::read(&book, listed, &text, filters, budget)?;
        read.sheets.push(sheet);
        read.oddities.extend(oddities);
    }
    Ok(read)
}

/// The text of a part that must be there.
fn required(archive: &mut Archive<'_>, name: &str, budget: &mut Budget) -> Result<String, Unreadable> {
    let part = archive.part(name, budget)?;
    xml::text(part.ok_or_else(|| Unreadable::Damaged(format!("its part {name} is missing")))?)
}

/// Whether a value of an XML attribute or element means yes.
fn is_true(text: &str) -> bool {
    matches!(text.trim(), "1" | "true" | "on")
}

/// Whether an element such as `<strike/>` says yes, which it does without a value, too. Reads it to its end.
fn is_set(tag: &xml::Tag<'_>, xml: &mut Xml<'_>) -> Result<bool, Unreadable> {
    let value = tag.attribute("val")?;
    xml.skip()?;
    Ok(value.is_none_or(|value| is_true(&value)))
}
