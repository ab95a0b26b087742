//! Delimited text: CSV, TSV and their kin.

mod dialect;
mod encoding;
mod record;

use super::budget::Budget;
use super::shape::{self, Shape};
use super::{Oddity, Read, Unreadable};
use crate::{Cell, Format, Row, Sheet, Value};
use record::Records;
use std::collections::BTreeSet;

/// How much of a cell is shown for its owner to see whether an encoding was guessed right.
const PREVIEW: usize = 80;

/// Reads a text file.
pub(super) fn read(file: &str, bytes: &[u8], budget: &mut Budget) -> Result<Read, Unreadable> {
    let decoded = encoding::decode(bytes);
    if is_binary(&decoded.bytes) {
        return Err(Unreadable::NotASheet("binary data"));
    }
    let (separator, start) = dialect::declared(&decoded.bytes).unwrap_or((0, 0));
    let records = || Records::new(&decoded.bytes, start);
    let delimiter = if start > 0 { separator } else { dialect::delimiter(records) };
    let mut read = Read { sheets: Vec::new(), oddities: Vec::new() };
    let mut shape = Shape::default();
    let mut preview = None;
    let mut records = records();
    let mut cells = Vec::new();
    loop {
        let mut oddities = Vec::new();
        let mut last = None;
        let record = records.next(delimiter, |column, bytes| {
            let cell = cell(column, bytes);
            if !shape::is_blank(&cell) {
                last = Some(column);
            }
            if cell.value.is_some() && shape.is_within(column, budget) {
                budget.hold(shape::size(&cell))?;
                cells.push(cell);
            }
            Ok(())
        })?;
        let Some(record) = record else { break };
        let line = record.line;
        oddities.extend(record.unclosed.map(|column| Oddity::UnclosedQuote { line, column }));
        oddities.extend(record.stray.map(|column| Oddity::StrayQuote { line, column }));
        budget.hold(oddities.len().saturating_mul(size_of::<Oddity>()))?;
        read.oddities.extend(oddities);
        let mut kept = Vec::with_capacity(cells.len());
        kept.append(&mut cells);
        let Some(last) = last else { continue };
        shape.reach(last);
        preview = preview.or_else(|| decoded.guessed.and_then(|_| kept.iter().find_map(beyond_ascii)));
        let width = Some(record.width);
        let row = Row { line, is_hidden: false, is_filtered: false, is_struck: false, width, cells: kept };
        shape.add(row, budget)?;
    }
    if let Some(encoding) = decoded.guessed {
        read.oddities.insert(0, Oddity::GuessedEncoding { encoding, preview: preview.unwrap_or_default() });
    }
    read.oddities.extend(shape.oddities("", budget));
    read.sheets.push(Sheet {
        file: file.to_owned(),
        name: String::new(),
        format: Format::Text,
        is_hidden: false,
        hidden_columns: BTreeSet::new(),
        rows: shape.rows,
    });
    Ok(read)
}

/// One cell of a record.
fn cell(column: u32, bytes: &[u8]) -> Cell {
    let value = match str::from_utf8(bytes) {
        Ok("") => None,
        Ok(text) => Some(Value::Text(text.to_owned())),
        Err(_) => Some(Value::Undecoded(String::from_utf8_lossy(bytes).into_owned())),
    };
    Cell { column, value, formula: None, covered_by: None }
}

/// The beginning of a cell that has a letter beyond ASCII.
fn beyond_ascii(cell: &Cell) -> Option<String> {
    match &cell.value {
        Some(Value::Text(text)) if text.chars().any(|c| !c.is_ascii() && c.is_alphabetic()) => {
            Some(text.chars().take(PREVIEW).collect())
        }
        _ => None,
    }
}

/// Whether more than one byte in twenty of the beginning is a control character.
fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..8192).unwrap_or(bytes);
    let controls = head.iter().filter(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r')).count();
    controls > 8 && controls > head.len() / 20
}
