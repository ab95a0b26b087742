//! Files as people send them, in the folder of labelled cases: each is read, or refused for what it is.

use super::*;
use std::fs;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/sheets/cases");

fn read_case(path: &str) -> Result<Read, Unreadable> {
    let bytes = fs::read(format!("{CASES}/{path}")).expect("a case");
    read(path.rsplit('/').next().expect("a name"), &bytes, &Limits::default())
}

#[test]
fn files_that_are_no_workbooks_are_refused_for_what_they_are() {
    assert_eq!(read_case("file-xls-named-xlsx/season.xlsx").err(), Some(Unreadable::OldWorkbook));
    assert_eq!(read_case("file-password/season.xlsx").err(), Some(Unreadable::Password));
    assert!(matches!(read_case("file-cut-short/season.xlsx"), Err(Unreadable::Damaged(_))));
    let bomb = read_case("file-bomb/programs.xlsx").err();
    assert_eq!(bomb, Some(Unreadable::TooLarge { what: "bytes unpacked", limit: 64 << 20 }));
}

#[test]
fn text_under_the_ending_of_a_workbook_is_read_and_told() {
    let read = read_case("file-csv-named-xlsx/students.xlsx").expect("text");
    assert_eq!(read.oddities, [Oddity::OtherFormat { ending: "xlsx".to_owned(), found: Format::Text }]);
    assert_eq!(read.sheets[0].rows.len(), 31);
}
