//! [`read`]: bytes of a spreadsheet into sheets. The content decides what a file is, never its ending.

mod archive;
mod budget;
mod formats;
mod kind;
mod merged;
mod ods;
mod shape;
mod text;
mod xlsx;
mod xml;

use super::{Format, Sheet};
use budget::Budget;
use kind::Kind;
use std::fmt::{self, Display};

/// How much a file may hold. What is more is refused or told, and never left out without a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file, and of what is unpacked of it. What is kept of it in memory may be five times as much.
    pub unpacked_bytes: u64,
    /// Rows of a sheet that hold something.
    pub rows: u32,
    /// Columns of a sheet, up to the last that holds something.
    pub columns: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { unpacked_bytes: 64 << 20, rows: 200_000, columns: 500 }
    }
}

/// What was read of a file.
#[derive(Debug, Clone)]
pub struct Read {
    /// The sheets in the order of the workbook; one of a text file.
    pub sheets: Vec<Sheet>,
    /// What is odd about it.
    pub oddities: Vec<Oddity>,
}

/// What is odd about a file, that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Oddity {
    /// The bytes are no UTF-8, and nothing says what they are: the encoding was guessed.
    GuessedEncoding {
        /// Its name, such as `windows-1252`.
        encoding: &'static str,
        /// The first cell that has a letter beyond ASCII, as it was read, at most 80 letters of it.
        preview: String,
    },
    /// The file's ending promises another format.
    OtherFormat {
        /// The ending in small letters, such as `xlsx`.
        ending: String,
        /// What the file is.
        found: Format,
    },
    /// A quote opens a cell and never closes: this cell holds the rest of the file.
    UnclosedQuote {
        /// Line on which the record begins.
        line: u32,
        /// Column of the cell, counted from 0.
        column: u32,
    },
    /// Text follows the quote that closes a cell, as after a quote that was left open somewhere above; or spaces stand before the one
    /// that would open it, so that it is text.
    StrayQuote {
        /// Line on which the record begins.
        line: u32,
        /// Column of the cell, counted from 0.
        column: u32,
    },
    /// A sheet has more rows than the limit; those after it were not read.
    TooManyRows {
        /// The sheet's name; empty of a text file.
        sheet: String,
        /// How many rows hold something.
        found: u64,
        /// How many may.
        limit: u32,
    },
    /// A sheet has more columns than the limit; the cells beyond it were not read.
    TooManyColumns {
        /// The sheet's name; empty of a text file.
        sheet: String,
        /// The last column that holds something, counted from 1.
        found: u32,
        /// The last that may.
        limit: u32,
    },
}

/// Why a file can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is encrypted.
    Password,
    /// It breaks the rules of its own format; what was met.
    Damaged(String),
    /// It holds too much.
    TooLarge {
        /// Of what, such as `bytes unpacked`.
        what: &'static str,
        /// How many there may be.
        limit: u64,
    },
    /// It is a binary workbook of Excel 2003 or older (`.xls`).
    OldWorkbook,
    /// It declares XML entities, which no spreadsheet needs and attacks use.
    Entities,
    /// It is something else, such as `a PDF document`.
    NotASheet(&'static str),
}

impl Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password => f.write_str("The file is protected by a password."),
            Self::Damaged(what) => write!(f, "The file is damaged: {what}."),
            Self::TooLarge { what, limit } => write!(f, "The file is too large: it has more than {limit} {what}."),
            Self::OldWorkbook => f.write_str("The file is a workbook of Excel 2003 or older (.xls)."),
            Self::Entities => f.write_str("The file declares XML entities (DOCTYPE), which no spreadsheet needs."),
            Self::NotASheet(kind) => write!(f, "The file is {kind}, and no spreadsheet."),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Reads a spreadsheet: CSV, TSV or other delimited text, XLSX, ODS. `file` is the name without its folder.
///
/// Nothing is trimmed, converted or repaired. An empty file is a sheet without rows. Links to elsewhere are never followed.
///
/// # Errors
/// [`Unreadable`], before anything beyond the limits is unpacked.
pub fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Read, Unreadable> {
    let mut budget = Budget::new(limits);
    if bytes.len() as u64 > limits.unpacked_bytes {
        return Err(Unreadable::TooLarge { what: "bytes", limit: limits.unpacked_bytes });
    }
    let (format, mut read) = match kind::of(bytes)? {
        Kind::Text => (Format::Text, text::read(file, bytes, &mut budget)?),
        Kind::Zip => {
            let mut archive = archive::Archive::open(bytes)?;
            let format = kind::of_archive(&mut archive, &mut budget)?;
            let read = match format {
                Format::Ods => ods::read(file, &mut archive, &mut budget)?,
                Format::Xlsx | Format::Text => xlsx::read(file, &mut archive, &mut budget)?,
            };
            (format, read)
        }
    };
    if let Some(ending) = kind::other_ending(file, format) {
        read.oddities.insert(0, Oddity::OtherFormat { ending, found: format });
    }
    Ok(read)
}
