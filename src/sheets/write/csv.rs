//! A table as CSV: UTF-8 with a byte order mark, records that end in CR LF (RFC 4180), texts neutralised.

use std::borrow::Cow;

use super::{Content, Table};
use crate::neutral::neutralise;

/// A table as the bytes of a CSV.
pub fn csv(table: &Table) -> Vec<u8> {
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let header: Vec<Cow<str>> = table.columns.iter().map(|column| neutralise(&column.name)).collect();
    record(&mut bytes, &header);
    for row in &table.rows {
        let cells: Vec<Cow<str>> = row.iter().map(cell).collect();
        record(&mut bytes, &cells);
    }
    bytes
}

fn cell(content: &Content) -> Cow<'_, str> {
    content.as_text().map_or_else(|| Cow::Owned(content.shown()), neutralise)
}

fn record(bytes: &mut Vec<u8>, cells: &[Cow<str>]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            bytes.push(b',');
        }
        let is_alone_and_blank = cells.len() == 1 && cell.is_empty();
        let has_outer_space = cell.starts_with(char::is_whitespace) || cell.ends_with(char::is_whitespace);
        if is_alone_and_blank || has_outer_space || cell.contains([',', ';', '"', '\r', '\n', '\t']) {
            bytes.push(b'"');
            bytes.extend(cell.replace('"', "\"\"").bytes());
            bytes.push(b'"');
        } else {
            bytes.extend(cell.bytes());
        }
    }
    bytes.extend(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::Column;

    #[test]
    fn a_table_is_written_as_rfc_4180_says_with_texts_neutralised_and_numbers_as_they_are() {
        let columns = ["id", "name", "points"].map(Column::text).to_vec();
        let text = |text: &str| Content::text(text);
        let rows = vec![
            vec![text("007"), text("=cmd|' /C calc'!A0"), Content::Whole(-5)],
            vec![text("S2"), text("Ana, \"Anni\"\nSilva"), Content::Decimal(3.5)],
            vec![text("S3"), Content::Blank, Content::Boolean(true)],
        ];
        let written = csv(&Table { name: "students".to_owned(), columns, rows });
        assert_eq!(
            String::from_utf8(written).expect("text"),
            "\u{feff}id,name,points\r\n007,'=cmd|' /C calc'!A0,-5\r\nS2,\"Ana, \"\"Anni\"\"\nSilva\",3.5\r\nS3,,true\r\n"
        );
    }
}
