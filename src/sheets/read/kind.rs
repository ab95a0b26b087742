//! What a file is, by its bytes.

use super::Unreadable;
use super::archive::Archive;
use super::budget::Budget;
use crate::Format;

/// What is read further.
pub(super) enum Kind {
    /// Text, as far as its beginning tells.
    Text,
    /// A zip file, which may be a workbook.
    Zip,
}

/// Files that are no spreadsheets, by their first bytes.
const OTHERS: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a picture (PNG)"),
    (b"\xFF\xD8\xFF", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"RIFF", "a picture or a sound (RIFF)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3\0", "a database (SQLite)"),
    (b"\x1F\x8B", "a packed file (gzip)"),
    (b"BZh", "a packed file (bzip2)"),
    (b"\xFD7zXZ\0", "a packed file (xz)"),
    (b"\x28\xB5\x2F\xFD", "a packed file (Zstandard)"),
    (b"7z\xBC\xAF\x27\x1C", "a packed file (7z)"),
    (b"Rar!\x1A\x07", "a packed file (RAR)"),
    (b"PAR1", "a Parquet file"),
    (b"\x7FELF", "a program"),
];

/// How an OLE container begins.
const CONTAINER: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// How workbooks begin that are older than the container.
const OLDEST: [&[u8]; 3] = [b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"];

/// How web pages begin, also those that programs name `.xls`.
const WEB: [&[u8]; 7] = [b"<!doctype html", b"<html", b"<head", b"<meta", b"<body", b"<table", b"<!--"];

/// What a file is. What is known to be no spreadsheet is refused by its name.
pub(super) fn of(bytes: &[u8]) -> Result<Kind, Unreadable> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Zip);
    }
    if bytes.starts_with(CONTAINER) {
        return Err(container(bytes));
    }
    if OLDEST.iter().any(|begin| bytes.starts_with(begin)) {
        return Err(Unreadable::OldWorkbook);
    }
    if let Some((_, kind)) = OTHERS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(Unreadable::NotASheet(kind));
    }
    markup(bytes).map_or(Ok(Kind::Text), |kind| Err(Unreadable::NotASheet(kind)))
}

/// What an OLE container holds.
fn container(bytes: &[u8]) -> Unreadable {
    let holds = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    if holds("EncryptedPackage") {
        Unreadable::Password
    } else if holds("Workbook") || holds("Book") {
        Unreadable::OldWorkbook
    } else {
        Unreadable::NotASheet("a document of an old Office program")
    }
}

/// Text that is written for programs.
fn markup(bytes: &[u8]) -> Option<&'static str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut head: Vec<u8> = bytes.trim_ascii_start().iter().take(64).map(u8::to_ascii_lowercase).collect();
    if WEB.iter().any(|begin| head.starts_with(begin)) {
        return Some("a web page (HTML)");
    }
    if head.starts_with(b"<?xml") {
        return Some("an XML document");
    }
    head.retain(|byte| !byte.is_ascii_whitespace());
    match head.as_slice() {
        [b'{', b'"' | b'}', ..] | [b'[', b'"' | b'{' | b'[' | b']', ..] => Some("JSON"),
        _ => None,
    }
}

/// Which workbook a zip file is.
pub(super) fn of_archive(archive: &mut Archive<'_>, budget: &mut Budget) -> Result<Format, Unreadable> {
    let other = |kind| Err(Unreadable::NotASheet(kind));
    if let Some(kind) = archive.part("mimetype", budget)? {
        let kind = String::from_utf8_lossy(&kind);
        return match kind.trim().strip_prefix("application/vnd.oasis.opendocument.") {
            Some("spreadsheet" | "spreadsheet-template") => Ok(Format::Ods),
            Some(_) => other("an OpenDocument file of another program"),
            None => other("a document of another kind in a zip file"),
        };
    }
    if archive.has("xl/workbook.bin") {
        return other("a binary workbook (.xlsb)");
    }
    if archive.has("_rels/.rels") && archive.has_any(|name| name.starts_with("xl/") || name.contains("workbook")) {
        return Ok(Format::Xlsx);
    }
    if archive.has_any(|name| name.starts_with("word/")) {
        return other("a Word document");
    }
    if archive.has_any(|name| name.starts_with("ppt/")) {
        return other("a PowerPoint presentation");
    }
    if archive.has_any(|name| name.ends_with(".iwa")) {
        return other("a document of Numbers, Pages or Keynote");
    }
    if archive.has("content.xml") && archive.has("meta-inf/manifest.xml") {
        return Ok(Format::Ods);
    }
    other("a zip file")
}

/// The ending of a name, if it promises another format.
pub(super) fn other_ending(file: &str, found: Format) -> Option<String> {
    let ending = file.rsplit_once('.')?.1.to_lowercase();
    let promised = match ending.as_str() {
        "xlsx" | "xlsm" | "xltx" | "xltm" => Some(Format::Xlsx),
        "ods" | "ots" => Some(Format::Ods),
        "csv" | "tsv" | "tab" | "txt" => Some(Format::Text),
        _ => None,
    };
    let is_workbook = matches!(ending.as_str(), "xls" | "xlsb" | "numbers" | "fods");
    (is_workbook || promised.is_some_and(|promised| promised != found)).then_some(ending)
}
