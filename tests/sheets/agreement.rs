//! Another reader of workbooks, calamine, finds the same cells; where it does not, the reason is here.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

use calamine::{Data, Reader};
use sheets::Value;

use crate::cases;

type Cells = BTreeMap<(String, u32, u32), String>;

/// The cells that hold a value, by calamine. Numbers and days as numbers.
fn theirs(bytes: &[u8]) -> Option<Cells> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes.to_vec())).ok()?;
    let mut cells = Cells::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).ok()?;
        let (top, left) = range.start().unwrap_or_default();
        for (line, column, value) in range.used_cells() {
            let shown = match value {
                Data::Empty => continue,
                Data::Int(number) => number.to_string(),
                Data::Float(number) => number.to_string(),
                Data::String(text) => text.clone(),
                Data::Bool(is_true) => is_true.to_string().to_uppercase(),
                Data::DateTime(moment) => {
                    let (year, month, day, ..) = moment.to_ymd_hms_milli();
                    format!("{year:04}-{month:02}-{day:02}")
                }
                Data::DateTimeIso(text) => text.trim_end_matches("T00:00:00").to_owned(),
                Data::DurationIso(text) => text.clone(),
                Data::Error(fault) => fault.to_string(),
            };
            cells.insert((name.clone(), top + line as u32 + 1, left + column as u32), shown);
        }
    }
    cells.retain(|_, shown| !shown.is_empty());
    Some(cells)
}

fn ours(bytes: &[u8]) -> Cells {
    let mut cells = Cells::new();
    for sheet in crate::files::open("season.xlsx", bytes).expect("a workbook").sheets {
        for row in sheet.rows {
            let held = row.cells.into_iter().filter_map(|cell| Some((cell.column, cell.value?)));
            let held = held.filter(|(_, value)| *value != Value::Text(String::new()));
            cells.extend(held.map(|(column, value)| ((sheet.name.clone(), row.line, column), value.shown())));
        }
    }
    cells
}

/// calamine makes room for every cell of the used range: of these 17 thousand million.
const TOO_MUCH_FOR_IT: &str = "sheet-empty-first-and-far-corner";

#[test]
fn every_workbook_of_the_cases_has_the_cells_that_calamine_finds() {
    let mut workbooks = 0;
    for file in cases::all() {
        let is_workbook = file.ends_with(".xlsx") || file.ends_with(".ods");
        if !is_workbook || file.starts_with("file-") || file.starts_with(TOO_MUCH_FOR_IT) {
            continue;
        }
        let bytes = fs::read(cases::folder().join("cases").join(&file)).expect("a case");
        let (ours, theirs) = (ours(&bytes), theirs(&bytes).expect("calamine reads it"));
        let different = theirs.iter().filter(|(place, value)| ours.get(*place) != Some(*value));
        let different: Vec<_> = different.map(|(place, value)| (place, value, ours.get(place))).collect();
        let more: Vec<_> = ours.iter().filter(|(place, _)| !theirs.contains_key(*place)).collect();
        assert!(different.is_empty() && more.is_empty(), "{file}: {different:?}, only ours: {more:?}");
        workbooks += 1;
    }
    assert!(workbooks >= 20, "{workbooks}");
}
