//! `Origin`: the hidden sheet of a problems workbook that says what its copies were copied from.
//!
//! A workbook can't hold everything that a text file says: how many cells a record has, that bytes were no text, what the file was called.
//! So that the workbook, read again, asks what the files asked, these stand in a sheet of their own.

use std::collections::{BTreeMap, HashMap};

use rules::codes::{self, Code};
use sheets::write::{Column, Content, Table};
use sheets::{Format, Place, Row, Sheet, Value};

use crate::{Problem, Severity, is_problems};

/// Its name.
pub(super) const ORIGIN: &str = "Origin";

/// Its columns: of which copy, from which sheet; where a line stands, how many cells its record has; where a column stands, that the cell
/// there was no text.
const COLUMNS: [&str; 7] = ["copy", "file", "sheet", "format", "line", "column", "cells"];

/// What only the file itself shows, and its copy tells on.
const ON_FILES: [&Code; 4] =
    [&codes::UNCLOSED_QUOTE, &codes::FILE_TOO_LARGE, &codes::GUESSED_ENCODING, &codes::OTHER_FORMAT];

/// What a table says of copies, by their names in the workbook.
pub(super) fn table(copies: &[(&str, &Sheet)]) -> Table {
    let columns =
        COLUMNS.map(|name| if COLUMNS[4..].contains(&name) { Column::values(name) } else { Column::text(name) });
    let rows = copies.iter().flat_map(|(name, sheet)| rows(name, sheet)).collect();
    Table { name: ORIGIN.to_owned(), columns: columns.to_vec(), rows }
}

fn rows(name: &str, sheet: &Sheet) -> Vec<Vec<Content>> {
    let usual = usual_width(sheet);
    let row = |line: Option<u32>, column: Option<u32>, cells: Option<u32>| {
        vec![
            Content::text(name),
            Content::text(sheet.file.as_str()),
            Content::text(sheet.name.as_str()),
            Content::text(format_name(sheet.format)),
            Content::whole(line),
            Content::whole(column),
            Content::whole(cells),
        ]
    };
    let mut rows = vec![row(None, None, usual)];
    for of in &sheet.rows {
        if of.width != usual {
            rows.push(row(Some(of.line), None, of.width));
        }
        let undecoded = of.cells.iter().filter(|cell| matches!(cell.value, Some(Value::Undecoded(_))));
        rows.extend(undecoded.map(|cell| row(Some(of.line), Some(cell.column), None)));
    }
    rows
}

/// How many cells most records of a text file have.
fn usual_width(sheet: &Sheet) -> Option<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    sheet.rows.iter().filter_map(|row| row.width).for_each(|width| *counts.entry(width).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(width, _)| width)
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::Text => "text",
        Format::Xlsx => "xlsx",
        Format::Ods => "ods",
    }
}

/// What is said of one copy.
#[derive(Debug, Default)]
struct Said {
    file: String,
    sheet: String,
    format: Option<Format>,
    usual: Option<u32>,
    widths: HashMap<u32, u32>,
    undecoded: HashMap<u32, Vec<u32>>,
}

/// The sheets of a workbook: where it is one of problems, the copies are what they were copied from.
pub(super) fn restored(mut sheets: Vec<Sheet>) -> Vec<Sheet> {
    let Some(at) = sheets.iter().position(is_origin) else { return sheets };
    let origin = sheets.remove(at);
    let mut said: HashMap<String, Said> = HashMap::new();
    for row in origin.rows.iter().skip(1) {
        note(row, &mut said);
    }
    for sheet in &mut sheets {
        if let Some(said) = said.get(&sheet.name) {
            restore(sheet, said);
        }
    }
    sheets
}

fn is_origin(sheet: &Sheet) -> bool {
    let header = sheet.rows.first().map(|row| row.cells.iter().map(|cell| cell.shown()).collect::<Vec<_>>());
    sheet.format == Format::Xlsx && sheet.name == ORIGIN && header.is_some_and(|header| header == COLUMNS)
}

fn note(row: &Row, said: &mut HashMap<String, Said>) {
    let text = |column: u32| row.cell(column).map(|cell| cell.shown()).unwrap_or_default();
    let number = |column: u32| text(column).parse::<u32>().ok();
    let copy = said.entry(text(0)).or_default();
    match (number(4), number(5)) {
        (None, _) => {
            (copy.file, copy.sheet) = (text(1), text(2));
            copy.format =
                [Format::Text, Format::Xlsx, Format::Ods].into_iter().find(|one| format_name(*one) == text(3));
            copy.usual = number(6);
        }
        (Some(line), None) => copy.widths.extend(number(6).map(|cells| (line, cells))),
        (Some(line), Some(column)) => copy.undecoded.entry(line).or_default().push(column),
    }
}

fn restore(sheet: &mut Sheet, said: &Said) {
    (sheet.file, sheet.name) = (said.file.clone(), said.sheet.clone());
    sheet.format = said.format.unwrap_or(sheet.format);
    for row in &mut sheet.rows {
        if sheet.format == Format::Text {
            // A cell that somebody added since counts too.
            let filled = row.cells.last().map_or(0, |cell| cell.column.saturating_add(1));
            row.width = said.widths.get(&row.line).copied().or(said.usual).map(|width| width.max(filled));
        }
        let undecoded = said.undecoded.get(&row.line).map_or(&[][..], Vec::as_slice);
        for cell in row.cells.iter_mut().filter(|cell| undecoded.contains(&cell.column)) {
            match &mut cell.value {
                // What somebody wrote anew since is text.
                Some(Value::Text(text)) if text.contains('\u{fffd}') => {
                    cell.value = Some(Value::Undecoded(std::mem::take(text)));
                }
                _ => {}
            }
        }
    }
}

/// What a sheet of problems tells of files that only they themselves show.
pub(super) fn told_of_files(sheets: &[Sheet]) -> Vec<Problem> {
    let tables = sheets.iter().filter(|sheet| is_problems(sheet));
    tables.flat_map(|sheet| sheet.rows.iter().skip(1).filter_map(|row| problem(sheet, row))).collect()
}

fn problem(sheet: &Sheet, row: &Row) -> Option<Problem> {
    let header = sheet.rows.first()?;
    let text = |name: &str| {
        let column = header.cells.iter().find(|cell| cell.shown() == name)?.column;
        Some(row.cell(column).map(|cell| cell.shown()).unwrap_or_default())
    };
    let number = text("code")?;
    let severity = text("severity")?;
    let severities = [Severity::Note, Severity::Warning, Severity::Ask, Severity::Error];
    Some(Problem {
        file: text("file")?,
        sheet: text("sheet")?,
        place: Place::parse(&text("cell")?)?,
        record_id: text("record_id")?,
        column: text("column")?,
        code: ON_FILES.into_iter().find(|code| code.number == number)?,
        severity: severities.into_iter().find(|one| one.name() == severity)?,
        found: text("found")?,
        problem: text("problem")?,
        suggestion: text("suggestion")?,
        decision: String::new(),
    })
}
