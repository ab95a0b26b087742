//! Files that the tests make, and what was read of them in one line a row.

use std::io::{Cursor, Write};

use sheets::{Limits, Read, Sheet, Unreadable, read};
use zip::write::SimpleFileOptions;

/// A zip file.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes).expect("bytes");
    }
    zip.finish().expect("a zip").into_inner()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A list of parts that a part needs: kind and target.
pub fn relations(listed: &[(&str, &str)]) -> String {
    let each = |(place, (kind, target)): (usize, &(&str, &str))| {
        format!(r#"<Relationship Id="r{place}" Type="{TYPES}/{kind}" Target="{target}"/>"#)
    };
    let listed: String = listed.iter().enumerate().map(each).collect();
    format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}</Relationships>"#
    )
}

/// The parts of a workbook of one sheet, `People`: the inside of the sheet, of the styles and of the shared texts.
pub fn parts(sheet: &str, styles: &str, strings: &str) -> Vec<(String, String)> {
    let book = r#"<sheets><sheet name="People" sheetId="1" r:id="r0"/></sheets>"#;
    let listed =
        [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")];
    let part = |name: &str, root: &str, inside: &str| {
        (name.to_owned(), format!(r#"<?xml version="1.0"?><{root} xmlns="{MAIN}" xmlns:r="{TYPES}">{inside}</{root}>"#))
    };
    vec![
        ("_rels/.rels".to_owned(), relations(&[("officeDocument", "xl/workbook.xml")])),
        ("xl/_rels/workbook.xml.rels".to_owned(), relations(&listed)),
        part("xl/workbook.xml", "workbook", book),
        part("xl/worksheets/sheet1.xml", "worksheet", sheet),
        part("xl/styles.xml", "styleSheet", styles),
        part("xl/sharedStrings.xml", "sst", strings),
    ]
}

/// A zip file of texts.
pub fn packed(parts: &[(String, String)]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&parts)
}

/// A workbook of one sheet.
pub fn xlsx(sheet: &str, styles: &str, strings: &str) -> Vec<u8> {
    packed(&parts(sheet, styles, strings))
}

/// An OpenDocument workbook: the inside of its styles and of its list of sheets.
pub fn ods(styles: &str, tables: &str) -> Vec<u8> {
    let names = ["office", "table", "text", "style", "fo"]
        .map(|name| format!(r#" xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0""#))
        .concat();
    let content = format!(
        r#"<office:document-content{names} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#
    );
    zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
}

/// Reads a file by the limits that hold for all.
pub fn open(file: &str, bytes: &[u8]) -> Result<Read, Unreadable> {
    read(file, bytes, &Limits::default())
}

/// The only sheet of a file in which nothing is odd.
pub fn only(file: &str, bytes: &[u8]) -> Sheet {
    let mut read = open(file, bytes).expect("a spreadsheet");
    assert_eq!(read.oddities, []);
    assert_eq!(read.sheets.len(), 1);
    read.sheets.remove(0)
}

/// A row for each line, such as `3 hidden: A=x B=4 C=7{=1+6} D<A3`.
pub fn lines(sheet: &Sheet) -> Vec<String> {
    let rows = sheet.rows.iter().map(|row| {
        let seen = [(row.is_hidden, " hidden"), (row.is_filtered, " filtered"), (row.is_struck, " struck")];
        let seen: String = seen.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        let cells = row.cells.iter().map(|cell| {
            let place = sheets::Place::Cell(row.line, cell.column).to_string();
            let column = place.trim_end_matches(|c: char| c.is_ascii_digit());
            let covered = cell.covered_by.map(|(line, column)| format!("<{}", sheets::Place::Cell(line, column)));
            let value = cell.value.as_ref().map(|value| format!("={}", value.shown())).unwrap_or_default();
            let formula = cell.formula.as_ref().map(|formula| format!("{{{formula}}}")).unwrap_or_default();
            format!(" {column}{}{value}{formula}", covered.unwrap_or_default())
        });
        format!("{}{seen}:{}", row.line, cells.collect::<String>())
    });
    rows.collect()
}
