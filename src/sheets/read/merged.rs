//! [`Range`]: cells from one corner to the other, and what merged ones cover.

use super::Unreadable;
use super::budget::Budget;
use super::shape;
use crate::{Cell, Row};
use std::ops::RangeInclusive;

/// A rectangle of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    /// Counted from 1.
    pub(super) lines: RangeInclusive<u32>,
    /// Counted from 0.
    pub(super) columns: RangeInclusive<u32>,
}

impl Range {
    /// Reads an address such as `A1:C3` or `B2`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let ((top, left), (bottom, right)) = (address(first)?, address(last)?);
        Some(Self { lines: top..=bottom, columns: left..=right })
    }

    /// Whether it is more than one cell.
    pub(super) fn is_wide(&self) -> bool {
        self.lines.start() < self.lines.end() || self.columns.start() < self.columns.end()
    }

    /// Whether it has a cell.
    pub(super) fn has(&self, line: u32, column: u32) -> bool {
        self.lines.contains(&line) && self.columns.contains(&column)
    }
}

/// Line and column of an address such as `C12`, also `$C$12`.
pub(super) fn address(text: &str) -> Option<(u32, u32)> {
    let mut column = 0_u32;
    let mut line = 0_u32;
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if line == 0 => {
                let letter = u32::from(byte.to_ascii_uppercase() - b'A') + 1;
                column = column.checked_mul(26)?.checked_add(letter)?;
            }
            b'0'..=b'9' => line = line.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'$' => {}
            _ => return None,
        }
    }
    (line > 0).then_some((line, column.checked_sub(1)?))
}

/// Marks the cells that merged ones cover, and adds those that hold nothing, up to the last column that anything is in.
/// Rows and their cells must be in order. A merged cell without content covers only what holds something.
pub(super) fn cover(rows: &mut [Row], ranges: &[Range], columns: u32, budget: &mut Budget) -> Result<(), Unreadable> {
    for range in ranges.iter().filter(|range| range.is_wide()) {
        budget.step()?;
        let corner = (*range.lines.start(), *range.columns.start());
        let first = rows.partition_point(|row| row.line < corner.0);
        let end = rows.partition_point(|row| row.line <= *range.lines.end());
        let Some(within) = rows.get_mut(first..end) else { continue };
        let holds = |row: &Row| row.line == corner.0 && row.cell(corner.1).is_some_and(|cell| !shape::is_blank(cell));
        let is_blank = !within.first().is_some_and(holds);
        let last = (*range.columns.end()).min(columns.saturating_sub(1));
        for row in within {
            for column in corner.1..=last {
                budget.step()?;
                let place = row.cells.binary_search_by_key(&column, |cell| cell.column);
                match place {
                    _ if (row.line, column) == corner => {}
                    Ok(place) => {
                        if let Some(cell) = row.cells.get_mut(place) {
                            cell.covered_by = cell.covered_by.or(Some(corner));
                        }
                    }
                    Err(_) if is_blank => {}
                    Err(place) => {
                        let cell = Cell { column, value: None, formula: None, covered_by: Some(corner) };
                        budget.hold(shape::size(&cell))?;
                        row.cells.insert(place, cell);
                    }
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn row(line: u32, columns: &[u32]) -> Row {
        let cells = columns.iter().map(|column| Cell::text(*column, "x")).collect();
        Row { line, is_hidden: false, is_filtered: false, is_struck: false, width: None, cells }
    }

    fn covered(rows: &[Row]) -> Vec<(u32, u32)> {
        let cells = rows.iter().flat_map(|row| row.cells.iter().map(|cell| (row.line, cell)));
        cells.filter(|(_, cell)| cell.covered_by.is_some()).map(|(line, cell)| (line, cell.column)).collect()
    }

    #[test]
    fn addresses_are_letters_and_a_line() {
        assert_eq!(address("A1"), Some((1, 0)));
        assert_eq!(address("$XFD$1048576"), Some((1_048_576, 16_383)));
        assert_eq!([address(""), address("A"), address("1"), address("A0"), address("Ä1"), address("1A")], [None; 6]);
        assert_eq!(address("ZZZZZZZZZ1"), None);
    }

    #[test]
    fn a_merged_cell_covers_others_within_the_rows_and_columns_that_hold_something() {
        let mut rows = [row(1, &[0, 1]), row(2, &[1]), row(900_000, &[2])];
        let range = Range::parse("A1:XFD1048576").expect("a range");
        cover(&mut rows, &[range], 3, &mut Budget::new(&Limits::default())).expect("within the budget");
        let expected = [(1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (900_000, 0), (900_000, 1), (900_000, 2)];
        assert_eq!(covered(&rows), expected);
        assert_eq!(rows[1].cell(0).and_then(|cell| cell.covered_by), Some((1, 0)));
    }

    #[test]
    fn a_merged_cell_without_content_covers_only_what_holds_something() {
        let mut rows = [row(1, &[2]), row(2, &[1])];
        let range = Range::parse("A1:B2").expect("a range");
        cover(&mut rows, &[range], 3, &mut Budget::new(&Limits::default())).expect("within the budget");
        assert_eq!(covered(&rows), [(2, 1)]);
    }

    #[test]
    fn a_million_merged_cells_over_each_other_end_in_an_error() {
        let mut rows: Vec<Row> = (1..=1000).map(|line| row(line, &[0, 400])).collect();
        let range = Range::parse("A1:XFD1048576").expect("a range");
        let said = cover(&mut rows, &vec![range; 1_000_000], 401, &mut Budget::new(&Limits::default()));
        assert!(matches!(said, Err(Unreadable::TooLarge { .. })), "{said:?}");
    }
}
