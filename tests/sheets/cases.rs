//! The labelled cases of `../shared/data/sheets`: what the reader alone can see in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use sheets::{Format, Oddity, Read, Sheet, Unreadable, Value};

use crate::files::open;

/// Folder of the cases.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/sheets"))
}

/// Reads a file of a case.
pub fn case(path: &str) -> Result<Read, Unreadable> {
    let path = folder().join("cases").join(path);
    let bytes = fs::read(&path).expect("a case");
    open(&path.file_name().expect("a name").to_string_lossy(), &bytes)
}

/// Every file of every case.
pub fn all() -> Vec<String> {
    let mut found = Vec::new();
    for case in fs::read_dir(folder().join("cases")).expect("cases") {
        let case = case.expect("a case");
        for file in fs::read_dir(case.path()).expect("files") {
            let name = file.expect("a file").file_name();
            found.push(format!("{}/{}", case.file_name().to_string_lossy(), name.to_string_lossy()));
        }
    }
    found.sort();
    found
}

fn sheet(read: &Read, name: &str) -> Sheet {
    read.sheets.iter().find(|sheet| sheet.name == name).expect("a sheet").clone()
}

/// Shown texts by place, as codes are compared: without regard to case.
fn shown(sheet: &Sheet) -> BTreeMap<(u32, u32), String> {
    let cells = sheet.rows.iter().flat_map(|row| row.cells.iter().map(|cell| ((row.line, cell.column), cell)));
    cells.map(|(place, cell)| (place, cell.shown().to_lowercase())).collect()
}

#[test]
fn every_file_is_read_or_refused_as_its_label_says_and_soon() {
    let labels = fs::read(folder().join("labels.csv")).expect("labels");
    let labels = &open("labels.csv", &labels).expect("labels").sheets[0];
    let exits = labels.rows.iter().skip(1).map(|row| {
        let text = |column: u32| row.cell(column).map(sheets::Cell::shown).unwrap_or_default();
        (text(0), text(13))
    });
    let exits: BTreeMap<String, String> = exits.collect();
    assert_eq!(exits.len(), 72);
    let mut refused: BTreeMap<String, usize> = exits.keys().map(|case| (case.clone(), 0)).collect();
    for file in all() {
        let started = Instant::now();
        let is_refused = case(&file).is_err();
        assert!(started.elapsed() < Duration::from_secs(10), "{file}");
        *refused.get_mut(file.split('/').next().expect("a case")).expect("a label") += usize::from(is_refused);
    }
    for (case, exit) in exits {
        let is_right = if exit == "8" { refused[&case] > 0 } else { refused[&case] == 0 || exit.contains('8') };
        assert!(is_right, "{case}: {} refused, exit {exit}", refused[&case]);
    }
}

#[test]
fn files_that_are_no_workbooks_are_refused_for_what_they_are() {
    assert_eq!(case("file-xls-named-xlsx/season.xlsx").err(), Some(Unreadable::OldWorkbook));
    assert_eq!(case("file-password/season.xlsx").err(), Some(Unreadable::Password));
    assert!(matches!(case("file-cut-short/season.xlsx"), Err(Unreadable::Damaged(_))));
    let bomb = case("file-bomb/programs.xlsx").err();
    assert_eq!(bomb, Some(Unreadable::TooLarge { what: "bytes unpacked", limit: 64 << 20 }));
    let text = case("file-csv-named-xlsx/students.xlsx").expect("text");
    assert_eq!(text.oddities, [Oddity::OtherFormat { ending: "xlsx".to_owned(), found: Format::Text }]);
}

#[test]
fn the_three_clean_seasons_hold_the_same_cells() {
    let (xlsx, ods) = (case("clean-workbook/season.xlsx").expect("one"), case("clean-ods/season.ods").expect("one"));
    let mut files = 0;
    for file in all().iter().filter(|file| file.starts_with("clean-csv/")) {
        let text = case(file).expect("a text");
        assert_eq!(text.oddities, []);
        let name = file.trim_start_matches("clean-csv/").trim_end_matches(".csv");
        let expected = shown(&text.sheets[0]);
        assert!(expected.len() > 10);
        assert_eq!(shown(&sheet(&xlsx, name)), expected, "{name}");
        assert_eq!(shown(&sheet(&ods, name)), expected, "{name}");
        files += 1;
    }
    assert_eq!((files, xlsx.sheets.len(), ods.sheets.len()), (7, 7, 7));
}

#[test]
fn dialects_and_encodings_come_out_as_the_clean_season() {
    for file in all().iter().filter(|file| {
        ["encoding-marked/", "dialect-mixed-folder/", "encoding-cp1252/"].iter().any(|case| file.starts_with(case))
    }) {
        let read = case(file).expect("a text");
        let name = file.split(['/', '.']).nth(1).expect("a name");
        let clean = case(&format!("clean-csv/{name}.csv")).expect("clean");
        assert_eq!(shown(&read.sheets[0]), shown(&clean.sheets[0]), "{file}");
        let preview = "Københavns Vindværk".to_owned();
        let guessed = Oddity::GuessedEncoding { encoding: "windows-1252", preview };
        let is_guessed = file.as_str() == "encoding-cp1252/hosts.csv";
        assert_eq!(read.oddities, if is_guessed { vec![guessed] } else { Vec::new() }, "{file}");
    }
}

#[test]
fn what_a_text_hides_is_told_at_its_place() {
    let cut = case("encoding-cut-byte/students.csv").expect("a text");
    let undecoded = cut.sheets[0].rows.iter().flat_map(|row| row.cells.iter().map(move |cell| (row.line, cell)));
    let undecoded = undecoded.filter(|(_, cell)| matches!(cell.value, Some(Value::Undecoded(_))));
    assert_eq!(undecoded.map(|(line, cell)| (line, cell.column)).collect::<Vec<_>>(), [(31, 1)]);
    assert_eq!(cut.oddities, []);
    let open = case("dialect-unbalanced-quote/students.csv").expect("a text");
    assert_eq!(open.oddities, [Oddity::UnclosedQuote { line: 7, column: 1 }]);
    let widths = &case("shape-row-length/projects.csv").expect("a text").sheets[0];
    let width = |line: u32| widths.rows.iter().find(|row| row.line == line).and_then(|row| row.width).expect("a row");
    assert_eq!((width(12) + 3, width(4) - 1), (width(1), width(1)));
    let broken = &case("dialect-newline-in-cell/projects.csv").expect("a text").sheets[0];
    assert_eq!(broken.rows[..3].iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 4]);
    assert_eq!(case("shape-empty-file/students.csv").expect("a text").sheets[0].rows, []);
}

#[test]
fn what_a_workbook_hides_is_told_at_its_place() {
    let rows = |path: &str, name: &str, is: fn(&sheets::Row) -> bool| {
        let sheet = sheet(&case(path).expect("a workbook"), name);
        sheet.rows.iter().filter(|row| is(row)).map(|row| row.line).collect::<Vec<_>>()
    };
    let hidden = "sheet-hidden-rows-and-column/season.xlsx";
    assert_eq!(rows(hidden, "students", |row| row.is_hidden), [7, 20]);
    assert_eq!(sheet(&case(hidden).expect("one"), "projects").hidden_columns, BTreeSet::from([6]));
    assert_eq!(rows("sheet-struck-row/season.xlsx", "students", |row| row.is_struck), [13, 27]);
    assert_eq!(rows("sheet-ods-hidden-row/season.ods", "students", |row| row.is_hidden), [18]);
    assert_eq!(rows("sheet-ods-hidden-row/season.ods", "projects", |row| row.is_filtered), [19]);
    let sheets = case("sheet-hidden-sheet/season.xlsx").expect("one").sheets;
    let sheets: Vec<_> = sheets.iter().filter(|sheet| sheet.is_hidden).map(|sheet| &sheet.name).collect();
    assert_eq!(sheets, ["host_ranks"]);
    let merged = sheet(&case("sheet-merged-key/season.xlsx").expect("one"), "choices");
    let covered = merged.rows.iter().filter_map(|row| Some((row.line, row.cell(0)?.covered_by?)));
    let expected = [(3, (2, 0)), (4, (2, 0)), (5, (2, 0)), (7, (6, 0)), (8, (6, 0)), (81, (80, 0)), (82, (80, 0))];
    assert_eq!(covered.collect::<Vec<_>>(), expected);
}

#[test]
fn cells_of_a_workbook_are_what_they_are() {
    let cell = |path: &str, name: &str, line: u32, column: u32| {
        let sheet = sheet(&case(path).expect("a workbook"), name);
        let row = sheet.rows.iter().find(|row| row.line == line).expect("a row").clone();
        let cell = row.cell(column).expect("a cell").clone();
        (cell.value.map(|value| value.shown()), cell.formula)
    };
    let (formulas, text) = ("sheet-formulas/season.xlsx", |text: &str| Some(text.to_owned()));
    assert_eq!(cell(formulas, "projects", 20, 6), (text("3"), text("=1+2")));
    assert_eq!(cell(formulas, "students", 13, 6), (None, text("=AVERAGE(4.1,4.3)")));
    assert_eq!(cell(formulas, "students", 10, 11), (text("2027-06-02"), text("=DATE(2027,6,2)")));
    assert_eq!(cell("sheet-error-cells/season.xlsx", "students", 9, 6).0, text("#DIV/0!"));
    assert_eq!(cell("sheet-decorated/season.xlsx", "students", 13, 1), (text("Dilnoza Rahimova"), None));
    assert_eq!(cell("sheet-decorated/season.xlsx", "students", 27, 0), (text("00702"), None));
    let clean = sheet(&case("clean-workbook/season.xlsx").expect("one"), "students");
    assert_eq!(shown(&sheet(&case("date-1904/season.xlsx").expect("one"), "students")), shown(&clean));
}
