//! What is written is read back, by the reader of this crate.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use jiff::civil::{date, datetime};

use super::*;
use crate::{Cell, Format, Limits, Row, Sheet, Value, read};

fn read_back(bytes: &[u8]) -> Vec<Sheet> {
    read("x.xlsx", bytes, &Limits::default()).expect("a workbook").sheets
}

fn table(rows: Vec<Vec<Content>>) -> Table {
    let columns = ["id", "b", "c", "d", "e"].map(Column::text).to_vec();
    Table { name: "students".to_owned(), columns, rows }
}

fn row(line: u32, cells: Vec<Cell>) -> Row {
    Row { line, is_hidden: false, is_filtered: false, is_struck: false, width: None, cells }
}

fn cell(column: u32, value: Value) -> Cell {
    Cell { value: Some(value), ..Cell::text(column, "") }
}

fn formula(column: u32, formula: &str, value: Option<Value>) -> Cell {
    Cell { column, value, formula: Some(formula.to_owned()), covered_by: None }
}

fn sheet(rows: Vec<Row>) -> Sheet {
    Sheet {
        file: "x.xlsx".to_owned(),
        name: "students".to_owned(),
        format: Format::Xlsx,
        is_hidden: false,
        hidden_columns: BTreeSet::new(),
        rows,
    }
}

fn copied(sheet: &Sheet, marks: Vec<Mark>) -> Vec<u8> {
    let first = table(Vec::new());
    let copy = Copy { sheet, name: sheet.name.clone(), marks };
    workbook(&[Page::Table(&Table { name: "Problems".to_owned(), ..first }), Page::Copy(copy)]).expect("a workbook")
}

/// A part of a workbook as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn a_table_is_read_back_with_its_types_and_texts_stay_texts_whatever_they_look_like() {
    let texts =
        ["00123", "=1+1", "<r>&</r>", "_x0041_", " a\tb\nc\r", "\u{1}\u{fffe}", "1E5", "TRUE", "#N/A", "http://x"];
    let rows = texts.map(|text| vec![Content::text(text)]).to_vec();
    let typed = vec![
        Content::Whole(-5),
        Content::Decimal(0.1 + 0.2),
        Content::Boolean(false),
        Content::Day(date(2027, 6, 1)),
        Content::Whole(i64::MAX),
    ];
    let table = table([vec![typed], rows].concat());
    let sheets = read_back(&workbook(&[Page::Table(&table)]).expect("a workbook"));
    assert_eq!((sheets.len(), sheets[0].name.as_str()), (1, "students"));
    let read: Vec<Value> = sheets[0].rows[1].cells.iter().filter_map(|cell| cell.value.clone()).collect();
    let day = Value::Moment(datetime(2027, 6, 1, 0, 0, 0, 0));
    let most = Value::Text(i64::MAX.to_string());
    assert_eq!(read, [Value::Number(-5.0), Value::Number(0.3), Value::Boolean(false), day, most]);
    for (row, text) in sheets[0].rows[2..].iter().zip(texts) {
        assert_eq!(row.cells, [Cell::text(0, text)]);
    }
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    let table = table(vec![vec![Content::text("S1"), Content::Decimal(1.5)]]);
    let bytes = || workbook(&[Page::Table(&table)]).expect("a workbook");
    let first = bytes();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(first, bytes());
    let sheet = sheet(vec![row(1, vec![cell(0, Value::Failed("#N/A".to_owned()))])]);
    assert_eq!(copied(&sheet, Vec::new()), copied(&sheet, Vec::new()));
}

#[test]
fn a_text_that_no_cell_holds_is_an_error_and_never_cut() {
    let long = "é".repeat(32_767);
    let rows = |text: &str| table(vec![vec![Content::text("S1"), Content::text(text)]]);
    let whole = read_back(&workbook(&[Page::Table(&rows(&long))]).expect("a workbook"));
    assert_eq!(whole[0].rows[1].cells[1], Cell::text(1, long.as_str()));
    let longer = workbook(&[Page::Table(&rows(&format!("{long}𝒳")))]).expect_err("too long");
    let page = "students".to_owned();
    assert_eq!(longer, [Unwritable { page, place: Place::Cell(2, 1), why: Why::TextTooLong(32_769) }]);
}

#[test]
fn headers_are_frozen_and_have_notes_and_columns_have_drop_downs() {
    let mut columns = ["id", "b", "c", "d", "e"].map(Column::text).to_vec();
    columns[1] = Column {
        note: "Who \"it\" is <&>.".to_owned(),
        choices: vec!["true".into(), "false".into()],
        ..columns[1].clone()
    };
    columns[2].choices = vec!["x".repeat(200); 2];
    let bytes = workbook(&[Page::Table(&Table { columns, ..table(Vec::new()) })]).expect("a workbook");
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    for expected in
        ["state=\"frozen\"", "<autoFilter ref=\"A1:E1\"", "<formula1>\"true,false\"</formula1>", "B2:B1048576"]
    {
        assert!(xml.contains(expected), "{expected}: {xml}");
    }
    assert_eq!(xml.matches("<dataValidation ").count(), 1);
    assert!(part(&bytes, "xl/comments1.xml").contains("Who \"it\" is &lt;&amp;&gt;."));
}

#[test]
fn links_lead_to_the_page_under_the_name_that_it_got() {
    let link = Content::Link { text: "C12".to_owned(), page: 1, place: Place::Cell(12, 2) };
    let first = Table { name: "it's".to_owned(), ..table(vec![vec![link]]) };
    let second = Table { name: "It's".to_owned(), ..table(Vec::new()) };
    let bytes = workbook(&[Page::Table(&first), Page::Table(&second)]).expect("a workbook");
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("<hyperlink ref=\"A2\" location=\"'It''s (2)'!C12\""), "{xml}");
    assert_eq!(read_back(&bytes)[0].rows[1].cells, [Cell::text(0, "C12")]);
}

#[test]
fn a_copied_sheet_is_read_back_as_it_was() {
    let days =
        [datetime(1900, 1, 1, 0, 0, 0, 0), datetime(1900, 2, 28, 0, 0, 0, 0), datetime(2027, 6, 1, 9, 30, 15, 0)];
    let moments = days.into_iter().zip(0..).map(|(day, column)| cell(column, Value::Moment(day)));
    let merged = |column, by| Cell { value: None, covered_by: Some(by), ..Cell::text(column, "") };
    let original = Sheet {
        is_hidden: true,
        hidden_columns: [2, 4].into(),
        rows: vec![
            row(2, vec![Cell::text(0, "id"), cell(3, Value::Number(1e21)), cell(4, Value::Number(-0.1))]),
            row(3, moments.collect()),
            row(5, vec![cell(0, Value::Failed("#N/A".to_owned())), cell(1, Value::Boolean(true)), merged(2, (5, 1))]),
            row(
                6,
                vec![
                    Cell::text(0, "x"),
                    Cell { covered_by: Some((5, 1)), ..Cell::text(1, "unseen") },
                    merged(2, (5, 1)),
                ],
            ),
            Row { is_hidden: true, ..row(7, vec![Cell::text(0, "hidden")]) },
            Row { is_struck: true, ..row(8, vec![Cell::text(0, "struck"), Cell::text(3, "<r>x</r>")]) },
            Row { is_filtered: true, ..row(10, vec![Cell::text(0, "filtered")]) },
            row(11, vec![Cell::text(0, "shown")]),
        ],
        ..sheet(Vec::new())
    };
    let marks = vec![
        Mark { place: Place::Cell(3, 1), tone: Tone::Wrong, note: "first".to_owned() },
        Mark { place: Place::Cell(3, 1), tone: Tone::Known, note: "second".to_owned() },
        Mark { place: Place::Row(5), tone: Tone::Decide, note: "row".to_owned() },
        Mark { place: Place::Column(3), tone: Tone::Look, note: "column".to_owned() },
        Mark { place: Place::Sheet, tone: Tone::Known, note: "sheet".to_owned() },
        Mark { place: Place::Cell(20, 9), tone: Tone::Wrong, note: "blank".to_owned() },
    ];
    let bytes = copied(&original, marks);
    let read = &read_back(&bytes)[1];
    assert_eq!(read.rows, original.rows);
    assert_eq!((read.is_hidden, &read.hidden_columns), (true, &original.hidden_columns));
    let notes = part(&bytes, "xl/comments1.xml");
    for (place, note) in [("B3", "first\nsecond"), ("A5", "row"), ("D2", "column"), ("A2", "sheet"), ("J20", "blank")] {
        let comment = notes.split(&format!("<comment ref=\"{place}\"")).nth(1).unwrap_or_default();
        let comment = comment.split("</comment>").next().unwrap_or_default();
        assert!(comment.contains(note), "{place}: {comment}");
    }
}

#[test]
fn cells_that_are_merged_over_more_than_memory_holds_are_an_error() {
    let covered = |line| row(line, vec![Cell { value: None, covered_by: Some((1, 0)), ..Cell::text(400, "") }]);
    let original = sheet(vec![row(1, vec![Cell::text(0, "title")]), covered(200_000)]);
    let copy = Copy { sheet: &original, name: "students".to_owned(), marks: Vec::new() };
    let refused = workbook(&[Page::Copy(copy)]).expect_err("it is too much");
    assert_eq!(refused, [Unwritable { page: "students".to_owned(), place: Place::Cell(1, 0), why: Why::Refused }]);
}

#[test]
fn results_of_formulas_keep_their_types() {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let cells = vec![
        formula(0, "=TEXT(A1,\"00000\")", text("00123")),
        formula(1, "=A1", text("TRUE")),
        formula(2, "=A1", text("")),
        formula(3, "=A1", text("#N/A")),
        formula(4, "=A1", text("\u{f8f0}x")),
        formula(5, "=NA()", Some(Value::Failed("#N/A".to_owned()))),
        formula(6, "=A1=1", Some(Value::Boolean(true))),
        formula(7, "=A1+0.5", Some(Value::Number(1.5))),
        formula(8, "=DATE(2027,6,1)", Some(Value::Moment(datetime(2027, 6, 1, 0, 0, 0, 0)))),
        formula(9, "=A1", text("inf")),
        formula(10, "=A1&\"<&>\"", text("<&>\n")),
    ];
    let original = sheet(vec![row(1, cells)]);
    let read = &read_back(&copied(&original, Vec::new()))[1];
    let same = |cell: &Cell| match &cell.value {
        Some(Value::Text(text)) if text.is_empty() => Cell { value: None, ..cell.clone() },
        _ => cell.clone(),
    };
    let (read, original): (Vec<Cell>, Vec<Cell>) =
        (read.rows[0].cells.iter().map(same).collect(), original.rows[0].cells.iter().map(same).collect());
    assert_eq!(read, original);
}

#[test]
fn a_formula_that_reaches_outside_becomes_one_that_gives_its_last_value() {
    let long = format!("say \"{}\"", "ab".repeat(300));
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let cells = vec![
        formula(0, "=WEBSERVICE(\"http://evil\")", text("00123")),
        formula(1, "='[b.xlsx]S'!A1", Some(Value::Number(2.5))),
        formula(2, "=cmd|' /C calc'!A0", Some(Value::Failed("#REF!".to_owned()))),
        formula(3, "=RTD(A1)", Some(Value::Boolean(false))),
        formula(4, "=HYPERLINK(\"http://evil\",B1)", text(&long)),
        formula(5, "=Other!A1", Some(Value::Moment(datetime(2027, 6, 1, 12, 0, 0, 0)))),
    ];
    let original = sheet(vec![row(1, cells)]);
    let bytes = copied(&original, Vec::new());
    let read = &read_back(&bytes)[1].rows[0].cells;
    for (read, original) in read.iter().zip(&original.rows[0].cells) {
        assert_eq!(read.value, original.value);
        assert!(read.formula.is_some(), "it is still told to be a formula: {read:?}");
    }
    let xml = part(&bytes, "xl/worksheets/sheet2.xml");
    let reaching = ["evil", "WEBSERVICE", "b.xlsx", "calc", "RTD", "HYPERLINK", "Other"];
    assert!(reaching.iter().all(|word| !xml.contains(word)), "{xml}");
    assert!(xml.contains("<f>\"00123\"</f><v>00123</v>"), "{xml}");
}
