//! [`Sheet`]: one sheet of a workbook, or one text file.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use super::Cell;

/// What a file is, by its bytes and not by its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with one delimiter between cells: CSV, TSV, TXT.
    Text,
    /// Office Open XML.
    Xlsx,
    /// OpenDocument.
    Ods,
}

/// One sheet of a workbook, or one text file.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The file's name, without its folder.
    pub file: String,
    /// The sheet's name; empty of a text file.
    pub name: String,
    /// What the file is.
    pub format: Format,
    /// Whether the sheet is hidden.
    pub is_hidden: bool,
    /// Columns that are hidden, counted from 0.
    pub hidden_columns: BTreeSet<u32>,
    /// The rows that hold something, from the top. Blank ones are left out; `line` says where each stands.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Counted from 1. Of a text file the line on which the record begins.
    pub line: u32,
    /// Whether a person hid it.
    pub is_hidden: bool,
    /// Whether a filter hides it.
    pub is_filtered: bool,
    /// Whether every cell that holds something is struck through.
    pub is_struck: bool,
    /// Of a text file how many cells the record has, blank ones included.
    pub width: Option<u32>,
    /// The cells that hold something or are covered by a merged one, by column.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell in a column, counted from 0.
    pub fn cell(&self, column: u32) -> Option<&Cell> {
        self.cells.binary_search_by_key(&column, |cell| cell.column).ok().map(|place| &self.cells[place])
    }
}

/// The address of cells as people write it: `C12` a cell, `12:12` a row, `C:C` a column; the line is counted from 1, the column from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The sheet as a whole.
    Sheet,
    /// A whole column.
    Column(u32),
    /// A whole row.
    Row(u32),
    /// Line and column of a cell.
    Cell(u32, u32),
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Sheet => Ok(()),
            Self::Column(column) => write!(f, "{0}:{0}", letters(column)),
            Self::Row(line) => write!(f, "{line}:{line}"),
            Self::Cell(line, column) => write!(f, "{}{line}", letters(column)),
        }
    }
}

impl Place {
    /// The place that an address names: `C12`, `12:12`, `C:C`, or nothing for the whole sheet. None: it is no address.
    pub fn parse(address: &str) -> Option<Self> {
        let line = |text: &str| {
            text.parse().ok().filter(|&line: &u32| line > 0 && text.starts_with(|d: char| d.is_ascii_digit()))
        };
        if address.is_empty() {
            return Some(Self::Sheet);
        }
        if let Some((from, until)) = address.split_once(':') {
            let same = from.eq_ignore_ascii_case(until);
            return match line(from) {
                Some(line) => same.then_some(Self::Row(line)),
                None => column(from).filter(|_| same).map(Self::Column),
            };
        }
        let letters = address.find(|letter: char| !letter.is_ascii_alphabetic())?;
        Some(Self::Cell(line(&address[letters..])?, column(&address[..letters])?))
    }
}

/// The column, counted from 0, that letters name.
fn column(letters: &str) -> Option<u32> {
    let digit = |letter: u8| letter.is_ascii_alphabetic().then(|| u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let number = letters.bytes().try_fold(0_u32, |number, letter| number.checked_mul(26)?.checked_add(digit(letter)?));
    number?.checked_sub(1)
}

/// A column, counted from 0, as spreadsheets name it: `A`, `Z`, `AA`.
fn letters(column: u32) -> String {
    let mut text = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        left -= 1;
        text.insert(0, b'A' + (left % 26) as u8);
        left /= 26;
    }
    text.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_spreadsheets_write_them() {
        let written = [Place::Cell(12, 2), Place::Cell(1, 25), Place::Cell(7, 26), Place::Column(701), Place::Row(12)];
        assert_eq!(written.map(|place| place.to_string()), ["C12", "Z1", "AA7", "ZZ:ZZ", "12:12"]);
    }

    #[test]
    fn an_address_is_read_back_and_anything_else_is_none() {
        let places = [Place::Sheet, Place::Cell(12, 2), Place::Cell(1, 16_383), Place::Column(701), Place::Row(1)];
        assert_eq!(places.map(|place| Place::parse(&place.to_string())), places.map(Some));
        assert_eq!(Place::parse("aa7"), Some(Place::Cell(7, 26)));
        let wrong = [
            "C",
            "12",
            "C0",
            "C-1",
            "C+1",
            "C1:C2",
            "C:D",
            "1:2",
            "C1.5",
            "Ä1",
            ":",
            "1:",
            "AAAAAAAA1",
            "A99999999999",
        ];
        for address in wrong {
            assert_eq!(Place::parse(address), None, "{address}");
        }
    }
}
