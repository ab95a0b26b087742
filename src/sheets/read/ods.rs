//! OpenDocument workbooks.

mod rows;
mod styles;
mod text;
mod value;

use super::archive::Archive;
use super::budget::Budget;
use super::xml::{self, Xml};
use super::{Read, Unreadable};
use styles::Styles;

/// Reads a workbook.
pub(super) fn read(file: &str, archive: &mut Archive<'_>, budget: &mut Budget) -> Result<Read, Unreadable> {
    if let Some(manifest) = archive.part("META-INF/manifest.xml", budget)?
        && is_encrypted(&xml::text(manifest)?)?
    {
        return Err(Unreadable::Password);
    }
    let mut styles = Styles::default();
    if let Some(part) = archive.part("styles.xml", budget)? {
        let text = xml::text(part)?;
        let mut xml = Xml::new(&text);
        xml.root()?;
        while let Some(tag) = xml.child()? {
            match tag.name() {
                "styles" | "automatic-styles" => styles.read(&mut xml, budget)?,
                _ => xml.skip()?,
            }
        }
    }
    let content = archive.part("content.xml", budget)?;
    let content = xml::text(content.ok_or_else(|| Unreadable::Damaged("its part content.xml is missing".to_owned()))?)?;
    let mut xml = Xml::new(&content);
    let mut read = Read { sheets: Vec::new(), oddities: Vec::new() };
    let mut is_spreadsheet = false;
    xml.root()?;
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "automatic-styles" => styles.read(&mut xml, budget)?,
            "body" => {
                while let Some(tag) = xml.child()? {
                    if tag.name() == "spreadsheet" {
                        is_spreadsheet = true;
                        tables(file, &styles, &mut xml, &mut read, budget)?;
                    } else {
                        xml.skip()?;
                    }
                }
            }
            _ => xml.skip()?,
        }
    }
    if is_spreadsheet { Ok(read) } else { Err(Unreadable::NotASheet("an OpenDocument file of another program")) }
}

/// Reads the sheets. Copies of sheets of other files, which nobody sees, are left alone.
fn tables(
    file: &str,
    styles: &Styles,
    xml: &mut Xml<'_>,
    read: &mut Read,
    budget: &mut Budget,
) -> Result<(), Unreadable> {
    while let Some(tag) = xml.child()? {
        let name = tag.attribute("name")?.unwrap_or_default();
        if tag.name() != "table" || name.starts_with("'file:") {
            xml.skip()?;
            continue;
        }
        budget.sheet()?;
        let style = tag.attribute("style-name")?.unwrap_or_default();
        let (mut sheet, oddities) = rows::read(name, styles, xml, budget)?;
        sheet.file = file.to_owned();
        sheet.is_hidden = styles.hides(&style);
        read.sheets.push(sheet);
        read.oddities.extend(oddities);
    }
    Ok(())
}

/// Whether the list of a workbook's parts says that any is encrypted.
fn is_encrypted(manifest: &str) -> Result<bool, Unreadable> {
    let mut xml = Xml::new(manifest);
    xml.root()?;
    while xml.child()?.is_some() {
        while let Some(tag) = xml.child()? {
            if tag.name() == "encryption-data" {
                return Ok(true);
            }
            xml.skip()?;
        }
    }
    Ok(false)
}
