//! Files that are made to harm their reader: each ends soon, in an error, and takes no more memory than is allowed.

use std::io::Cursor;
use std::time::{Duration, Instant};

use sheets::{Limits, Oddity, Read, Unreadable, read};
use zip::write::SimpleFileOptions;

use crate::files::{ods, open, packed, parts, xlsx, zip};
use crate::memory;

/// How many times the limit of what is unpacked a file may take, with the file itself unpacked.
const TIMES: u64 = 7;

fn held(bytes: &[u8]) -> Result<Read, Unreadable> {
    let limits = Limits::default();
    let started = Instant::now();
    let (said, most) = memory::most(|| read("season.xlsx", bytes, &limits));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!(most <= TIMES * limits.unpacked_bytes, "{} MiB", most >> 20);
    said
}

fn too_large(bytes: &[u8]) -> &'static str {
    match held(bytes) {
        Err(Unreadable::TooLarge { what, .. }) => what,
        said => panic!("{:?}", said.map(|read| read.oddities)),
    }
}

fn sheet(inside: &str) -> String {
    format!("<sheetData>{inside}</sheetData>")
}

#[test]
fn what_unfolds_beyond_the_limit_is_refused_whatever_part_it_is() {
    let blank = " ".repeat(65 << 20);
    let cases =
        [xlsx(&sheet(&blank), "", ""), xlsx("", &blank, ""), xlsx("", "", &blank), ods("", &blank), ods(&blank, "")];
    for bytes in cases {
        assert!(bytes.len() < 1 << 20);
        assert_eq!(too_large(&bytes), "bytes unpacked");
    }
}

#[test]
fn what_a_part_says_of_its_size_is_not_believed() {
    let mut bytes = xlsx(&sheet(&" ".repeat(65 << 20)), "", "");
    let size = (65_u32 << 20).to_le_bytes()[3];
    assert_eq!(size, 4);
    let places: Vec<usize> = (0..bytes.len() - 30).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect();
    for place in places {
        bytes[place + 24..place + 28].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert!(matches!(held(&bytes), Err(Unreadable::TooLarge { .. } | Unreadable::Damaged(_))));
}

#[test]
fn many_parts_many_sheets_and_a_directory_that_lies_are_refused() {
    let mut many = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..10_001 {
        many.start_file(format!("xl/{place}"), SimpleFileOptions::default()).expect("a part");
    }
    assert_eq!(too_large(&many.finish().expect("a zip").into_inner()), "packed parts");
    let mut parts = parts("", "", "");
    parts[2].1 = parts[2].1.replace("<sheets>", &format!("<sheets>{}", "<sheet name='S' r:id='r0'/>".repeat(100_000)));
    assert_eq!(too_large(&packed(&parts)), "sheets");
    assert_eq!(too_large(&ods("", &"<table:table/>".repeat(100_000))), "sheets");
    let mut lie = vec![0; 1 << 20];
    lie[..4].copy_from_slice(b"PK\x03\x04");
    let long = [b"PK\x06\x06".as_slice(), &44_u64.to_le_bytes(), &[0; 12], &[0xFF; 24], &[0; 8]].concat();
    lie.extend(&long);
    lie.extend([b"PK\x06\x07".as_slice(), &[0; 4], &(1_u64 << 20).to_le_bytes(), &[1, 0, 0, 0]].concat());
    lie.extend([b"PK\x05\x06".as_slice(), &[0xFF; 16], &[0, 0]].concat());
    assert_eq!(too_large(&lie), "packed parts");
}

#[test]
fn two_parts_of_one_name_are_damage() {
    let mut both = parts(&sheet("<row><c><v>1</v></c></row>"), "", "");
    both.push(("xl/Workbook.xml".to_owned(), both[2].1.clone()));
    assert!(matches!(held(&packed(&both)), Err(Unreadable::Damaged(_))));
}

#[test]
fn declared_entities_are_refused_in_every_part() {
    let evil = r#"<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c SYSTEM "file:///etc/passwd">]>"#;
    for place in 0..6 {
        let mut parts = parts(&sheet("<row><c><v>1</v></c></row>"), "<a/>", "<si><t>&b;</t></si>");
        parts[5].1 = parts[5].1.replace("&b;", "");
        parts[place].1 = format!("{evil}{}", parts[place].1.trim_start_matches(r#"<?xml version="1.0"?>"#));
        assert_eq!(held(&packed(&parts)).err(), Some(Unreadable::Entities), "{}", parts[place].0);
    }
    assert_eq!(held(&xlsx("", "", "<si><t>&b;</t></si>")).err(), Some(Unreadable::Entities));
    let content = format!("{evil}<a/>");
    let bytes =
        zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())]);
    assert_eq!(held(&bytes).err(), Some(Unreadable::Entities));
}

#[test]
fn few_bytes_that_ask_for_much_are_refused() {
    let long = "x".repeat(60_000);
    let (formula, cells) =
        (format!("<f t='shared' si='0'>{long}</f>"), "<c r='XFD1'><f t='shared' si='0'/></c>".repeat(400_000));
    let cases = [
        (xlsx(&sheet(&format!("<row><c>{formula}</c>{cells}</row>")), "", ""), "bytes in memory"),
        (
            xlsx(
                &sheet(&format!("<row>{}</row>", "<c t='s'><v>0</v></c>".repeat(400_000))),
                "",
                &format!("<si><t>{long}</t></si>"),
            ),
            "bytes in memory",
        ),
        (xlsx(&sheet(&"<row><c><v>1</v></c></row>".repeat(2_000_000)), "", ""), "bytes in memory"),
        (
            xlsx(
                &format!(
                    "{}<mergeCells>{}</mergeCells>",
                    sheet(&"<row><c><v>1</v></c></row>".repeat(1_000)),
                    "<mergeCell ref='A1:XFD1048576'/>".repeat(200_000)
                ),
                "",
                "",
            ),
            "cells that are merged, hidden or filled by a formula",
        ),
        (
            xlsx(
                &format!(
                    "<cols>{}</cols>{}",
                    "<col min='1' max='16384' hidden='1'/>".repeat(1_000_000),
                    sheet("<row><c r='RZ1'><v>1</v></c></row>")
                ),
                "",
                "",
            ),
            "cells that are merged, hidden or filled by a formula",
        ),
        (
            ods(
                "",
                &format!(
                    "<table:table><table:table-row table:number-rows-repeated='200000'><table:table-cell table:number-columns-repeated='500'><text:p>{long}</text:p></table:table-cell></table:table-row></table:table>"
                ),
            ),
            "bytes in memory",
        ),
        (
            ods(
                "",
                "<table:table><table:table-row><table:table-cell><text:p><text:s text:c='4000000000'/>x</text:p></table:table-cell></table:table-row></table:table>",
            ),
            "bytes in memory",
        ),
        ("1,".repeat(30 << 20).into_bytes(), "bytes in memory"),
    ];
    for (place, (bytes, what)) in cases.into_iter().enumerate() {
        let said = held(&bytes);
        let is_told = |read: &Read| {
            read.oddities
                .iter()
                .any(|oddity| matches!(oddity, Oddity::TooManyRows { .. } | Oddity::TooManyColumns { .. }))
        };
        match said {
            Err(Unreadable::TooLarge { what: said, .. }) => assert_eq!(said, what, "{place}"),
            said => assert!(said.as_ref().is_ok_and(is_told), "{place}: {:?}", said.map(|read| read.oddities)),
        }
    }
}

#[test]
fn deep_and_wide_xml_ends_soon() {
    for inside in [
        "<a>".repeat(1_000_000),
        format!("<a {}/>", "b='' ".repeat(1_000_000)),
        format!("<a>{}</a>", "&#120;".repeat(1_000_000)),
    ] {
        let said = held(&xlsx(&inside, "", ""));
        assert!(said.is_ok() != inside.starts_with("<a><a>"), "{:?}", said.map(|read| read.oddities));
    }
    let code = "a".repeat(1_000_000);
    let styles = format!(r#"<numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts>"#);
    held(&xlsx("", &styles, "")).expect("a workbook");
}

#[test]
fn a_larger_file_than_the_limit_is_refused_before_it_is_looked_at() {
    assert_eq!(too_large(&vec![b'a'; (64 << 20) + 1]), "bytes");
}

#[test]
fn a_workbook_cut_short_anywhere_is_damaged() {
    let bytes = xlsx(&sheet("<row><c><v>1</v></c></row>"), "", "");
    for length in 4..bytes.len() {
        assert!(matches!(held(&bytes[..length]), Err(Unreadable::Damaged(_))), "{length}");
    }
}

#[test]
fn other_files_are_called_what_they_are() {
    for (bytes, kind) in [
        (b"%PDF-1.7\n".as_slice(), "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xFF\xD8\xFF\xE0", "JPEG"),
        (b"{\\rtf1", "RTF"),
        (b"\n<!DOCTYPE html><html>", "HTML"),
        (b"<meta charset='utf-8'><table>", "HTML"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
        (b"\xEF\xBB\xBF[\n {\"id\": 1}]", "JSON"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x1F\x8B\x08", "gzip"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x00\x01", "binary"),
    ] {
        let said = open("season.xlsx", bytes).map(|read| read.sheets.len());
        assert!(matches!(said, Err(Unreadable::NotASheet(said)) if said.contains(kind)), "{kind}: {said:?}");
    }
    for (part, kind) in [
        ("word/document.xml", "Word"),
        ("ppt/slides/slide1.xml", "PowerPoint"),
        ("Index/Document.iwa", "Numbers"),
        ("xl/workbook.bin", "xlsb"),
        ("a.csv", "zip"),
    ] {
        let said =
            open("season.xlsx", &zip(&[("[Content_Types].xml", b"<a/>"), (part, b"")])).map(|read| read.sheets.len());
        assert!(matches!(said, Err(Unreadable::NotASheet(said)) if said.contains(kind)), "{kind}: {said:?}");
    }
    let said = open("a.ods", &zip(&[("mimetype", b"application/vnd.oasis.opendocument.text")])).err();
    assert!(matches!(said, Some(Unreadable::NotASheet(_))), "{said:?}");
}

#[test]
fn a_part_behind_a_password_is_named_so() {
    let mut bytes = xlsx("", "", "");
    let marks: Vec<usize> = (0..bytes.len() - 10).filter(|at| bytes[*at..].starts_with(b"PK")).collect();
    for at in marks {
        let flags = match &bytes[at..at + 4] {
            b"PK\x03\x04" => at + 6,
            b"PK\x01\x02" => at + 8,
            _ => continue,
        };
        bytes[flags] |= 1;
    }
    assert_eq!(held(&bytes).err(), Some(Unreadable::Password));
}
