//! Results of formulas whose type can't be read off their text.
//!
//! The library tells the type of a result by its look: a text `00123` would become a number. Such results are written with a mark in
//! front, which is taken off again in the finished file. The same mark in the place of a formula stands for an error without one.

use std::io::{Cursor, Read, Write};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// A character of the private use area, which no text begins with but by our hand, or behind another one.
const MARK: char = '\u{f8f0}';

/// A text as the result of a formula.
pub(super) fn text(text: &str) -> String {
    let looks_otherwise =
        text.parse::<f64>().is_ok() || matches!(text, "TRUE" | "FALSE") || text.starts_with(['#', MARK]);
    if looks_otherwise { format!("{MARK}{text}") } else { text.to_owned() }
}

/// What stands for an error that no formula made.
pub(super) fn error_alone(error: &str) -> String {
    format!("{MARK}{error}")
}

/// Takes the marks off.
pub(super) fn mend(workbook: &[u8]) -> ZipResult<Vec<u8>> {
    let mut parts = ZipArchive::new(Cursor::new(workbook))?;
    let mut mended = ZipWriter::new(Cursor::new(Vec::with_capacity(workbook.len())));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for at in 0..parts.len() {
        let mut part = parts.by_index(at)?;
        let name = part.name()?.into_owned();
        if !name.starts_with("xl/worksheets/sheet") {
            mended.raw_copy_file(part)?;
            continue;
        }
        let mut xml = String::new();
        part.read_to_string(&mut xml)?;
        mended.start_file(name, options)?;
        mended.write_all(unmarked(&xml).as_bytes())?;
    }
    Ok(mended.finish()?.into_inner())
}

fn unmarked(xml: &str) -> String {
    let xml = xml.replace(&format!("<v>{MARK}"), "<v>");
    let begin = format!("<f>{MARK}");
    let mut pieces = xml.split(&*begin);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept.push_str(piece.split_once("</f>").map_or("", |(_, rest)| rest));
    }
    kept
}
