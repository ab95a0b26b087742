//! [`Totals`]: how every cell ended. They add up to the cells that hold something.

use std::collections::BTreeMap;

use sheets::Sheet;

use super::reading::Class;
use super::season::Rows;
use super::tables::Found;

/// How many cells ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Read as they stand.
    pub verbatim: usize,
    /// Read by a named rule that can't change what is meant.
    pub normalised: usize,
    /// A repair waits for a person.
    pub proposed: usize,
    /// They can't be read, or were left out.
    pub rejected: usize,
    /// Nobody reads them.
    pub ignored: usize,
}

/// How every cell ended, as a whole and by sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// All of them.
    pub all: Tally,
    /// By file and sheet.
    pub by_sheet: BTreeMap<(String, String), Tally>,
}

impl Tally {
    fn add(&mut self, class: Class) {
        *match class {
            Class::Verbatim => &mut self.verbatim,
            Class::Normalised => &mut self.normalised,
            Class::Proposed => &mut self.proposed,
            Class::Rejected => &mut self.rejected,
            Class::Ignored => &mut self.ignored,
        } += 1;
    }

    /// All cells.
    pub fn sum(&self) -> usize {
        self.verbatim + self.normalised + self.proposed + self.rejected + self.ignored
    }
}

/// Counts every cell that holds something. Headers are read as they stand; what stands above them is ignored.
pub(super) fn totals(sheets: &[Sheet], rows: &Rows) -> Totals {
    let mut by_sheet: Vec<Tally> = vec![Tally::default(); sheets.len()];
    let mut lines: BTreeMap<(usize, u32), usize> = BTreeMap::new();
    for (at, record) in rows.records.iter().enumerate() {
        lines.insert((rows.of(record).sheet, record.line), at);
    }
    let found: BTreeMap<usize, &Found> = rows.found.iter().map(|found| (found.sheet, found)).collect();
    for (at, sheet) in sheets.iter().enumerate() {
        for (place, row) in sheet.rows.iter().enumerate() {
            for cell in row.cells.iter().filter(|cell| !cell.shown().is_empty()) {
                let class = match found.get(&at) {
                    None => Class::Ignored,
                    Some(found) if place < found.header => Class::Ignored,
                    Some(found) if place == found.header => header(found, cell.column),
                    Some(found) => {
                        let column = found.columns.iter().position(|mapped| mapped.place == cell.column);
                        let record = lines.get(&(at, row.line));
                        let class =
                            record.zip(column).and_then(|(&record, column)| rows.records[record].classes[column]);
                        class.unwrap_or(Class::Ignored)
                    }
                };
                by_sheet[at].add(class);
            }
        }
    }
    let mut totals = Totals::default();
    for (sheet, tally) in sheets.iter().zip(by_sheet) {
        let all = &mut totals.all;
        all.verbatim += tally.verbatim;
        all.normalised += tally.normalised;
        all.proposed += tally.proposed;
        all.rejected += tally.rejected;
        all.ignored += tally.ignored;
        totals.by_sheet.insert((sheet.file.clone(), sheet.name.clone()), tally);
    }
    totals
}

fn header(found: &Found, column: u32) -> Class {
    let mapped = found.columns.iter().find(|mapped| mapped.place == column);
    match mapped {
        Some(mapped) if mapped.waits => Class::Proposed,
        Some(mapped) if mapped.column().is_some_and(|column| column.name != mapped.header) => Class::Normalised,
        Some(mapped) if matches!(mapped.means, super::tables::Meaning::Ignored | super::tables::Meaning::Unknown) => {
            Class::Ignored
        }
        _ => Class::Verbatim,
    }
}
