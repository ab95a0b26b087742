//! Which sheet is which table, where its header stands, and what each column means.

use std::collections::BTreeMap;

use sheets::{Format, Place, Row, Sheet};

use super::gather::Gather;
use super::headers;
use super::mapping::Mapping;
use super::text::on_one_line;
use crate::columns::{self, Blank, Column, Table, column_of, header_form, table_of};
use crate::problem::Severity;
use rules::codes;

/// A sheet that is a table.
#[derive(Debug)]
pub(super) struct Found {
    /// Which of the sheets.
    pub sheet: usize,
    /// Which table.
    pub table: &'static Table,
    /// Place of the header among the sheet's rows.
    pub header: usize,
    /// Its columns that have a header, from the left.
    pub columns: Vec<Mapped>,
    /// By name: the first column that is read.
    pub at: BTreeMap<&'static str, usize>,
    /// Whether the sheet is hidden and nobody decided about it.
    pub waits: bool,
}

/// One column of a sheet.
#[derive(Debug)]
pub(super) struct Mapped {
    /// Counted from 0.
    pub place: u32,
    /// What stands above it.
    pub header: String,
    /// What it means.
    pub means: Meaning,
    /// Whether a question about it is open.
    pub waits: bool,
}

/// What a column means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// One of the table's columns.
    Column(&'static Column),
    /// One of them that holds money, in the currency and for the period that the header names.
    Money(&'static Column, String, Option<String>),
    /// A label of this name.
    Label(String),
    /// The wish of this rank.
    Choice(i64),
    /// Nobody reads it, because somebody said so.
    Ignored,
    /// Nobody knows it.
    Unknown,
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Mapped {
    /// The column of the table that it is read as.
    pub fn column(&self) -> Option<&'static Column> {
        match &self.means {
            Meaning::Column(column) | Meaning::Money(column, ..) => Some(column),
            _ => None,
        }
    }

    /// What it is called in problems.
    pub fn name(&self) -> String {
        match &self.means {
            Meaning::Column(column) | Meaning::Money(column, ..) => column.name.to_owned(),
            Meaning::Label(name) => format!("attribute:{name}"),
            Meaning::Choice(rank) => format!("choice_{rank}"),
            Meaning::Ignored | Meaning::Unknown => self.header.clone(),
        }
    }
}

impl Found {
    /// The column of this name, where the sheet has it.
    pub fn mapped(&self, name: &str) -> Option<&Mapped> {
        self.at.get(name).map(|&at| &self.columns[at])
    }

    /// The rows under the header.
    pub fn rows<'a>(&self, sheets: &'a [Sheet]) -> &'a [Row] {
        sheets[self.sheet].rows.get(self.header + 1..).unwrap_or_default()
    }
}

/// Rows among which a header is looked for.
const HEADER_WITHIN: usize = 30;

/// Finds the tables among the sheets, and tells of what is none.
pub(super) fn find(sheets: &[Sheet], mapping: &Mapping, gather: &mut Gather) -> Vec<Found> {
    let mut named: Vec<Option<&'static Table>> = sheets.iter().map(|sheet| by_name(sheet, mapping)).collect();
    for (at, named) in named.iter_mut().enumerate() {
        if named.is_none() {
            *named = gather.decision(at, Place::Sheet, &codes::UNKNOWN_TABLE).and_then(columns::table);
        }
    }
    let mut found: Vec<Found> = Vec::new();
    let order =
        (0..sheets.len()).filter(|&at| named[at].is_some()).chain((0..sheets.len()).filter(|&at| named[at].is_none()));
    for at in order.collect::<Vec<_>>() {
        let sheet = &sheets[at];
        if mapping.table(&sheet.file, &sheet.name) == Some("ignore") || is_ours(sheet) {
            gather.ignore_sheet(at);
            continue;
        }
        let table = named[at].or_else(|| by_headers(sheet, &found, sheets));
        let Some(table) = table else {
            if !sheet.rows.is_empty() && !asks_which(sheets, at, &named, gather) {
                gather.ignore_sheet(at);
                gather.tell(
                    at,
                    Place::Sheet,
                    "",
                    "",
                    &codes::UNKNOWN_TABLE,
                    Severity::Note,
                    "",
                    "no table is known by this name or these headers: nothing of it is read",
                    "",
                );
            }
            continue;
        };
        if sheet.rows.is_empty() {
            if named[at].is_some() && sheet.format == Format::Text {
                gather.tell(
                    at,
                    Place::Sheet,
                    "",
                    "",
                    &codes::EMPTY_TABLE,
                    Severity::Error,
                    "",
                    &format!("nothing stands in it, not even a header: {} are not known", table.name),
                    "",
                );
                gather.missing.insert(table.name);
            }
            continue;
        }
        let header = header_of(sheet, table);
        let mut table_found =
            Found { sheet: at, table, header, columns: Vec::new(), at: BTreeMap::new(), waits: false };
        headers::read(sheet, mapping, &mut table_found, gather);
        found.push(table_found);
    }
    found.sort_by_key(|found| found.sheet);
    if found.is_empty() && gather.missing.is_empty() && !sheets.is_empty() {
        let why = "no table was found in any of the files: nothing is read";
        gather.tell(0, Place::Sheet, "", "", &codes::UNKNOWN_TABLE, Severity::Error, "", why, "");
    }
    found
}

/// Tables that a season is rarely without.
const MAIN: [&str; 7] = ["students", "projects", "hosts", "programs", "choices", "host_ranks", "offers"];

/// Asks which table a sheet is whose name speaks of one that no other sheet is; whether it did.
fn asks_which(sheets: &[Sheet], at: usize, named: &[Option<&'static Table>], gather: &mut Gather) -> bool {
    let sheet = &sheets[at];
    let stem = sheet.file.rsplit_once('.').map_or(sheet.file.as_str(), |(stem, _)| stem);
    let words = format!("{stem} {}", sheet.name);
    let words = words.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.len() > 3);
    let is_free = |table: &&'static Table| {
        MAIN.contains(&table.name) && !named.iter().flatten().any(|other| other.name == table.name)
    };
    let mut meant: Vec<&'static str> = words.filter_map(table_of).filter(is_free).map(|table| table.name).collect();
    meant.dedup();
    if meant.is_empty() || sheet.rows.len() < 2 {
        return false;
    }
    let why = format!(
        "the name speaks of {}, and the headers are not those of it: name the table under [tables] of mapping.toml, or ignore",
        meant.join(" and ")
    );
    gather.ignore_sheet(at);
    gather.tell(at, Place::Sheet, "", "", &codes::UNKNOWN_TABLE, Severity::Ask, "", &why, "");
    true
}

/// Whether a sheet is one that this desk wrote for people to read.
fn is_ours(sheet: &Sheet) -> bool {
    let texts = |row: &Row| row.cells.iter().map(|cell| cell.shown()).collect::<Vec<_>>();
    let first = sheet.rows.first().map(texts).unwrap_or_default();
    let is_read_me = sheet.format == Format::Text && sheet.file.eq_ignore_ascii_case("readme.txt");
    is_read_me
        || crate::is_problems(sheet)
        || (sheet.name == "Help" && first.first().is_some_and(|text| text == "table"))
}

/// The table that a sheet is by its name, or by the mapping.
fn by_name(sheet: &Sheet, mapping: &Mapping) -> Option<&'static Table> {
    if let Some(is) = mapping.table(&sheet.file, &sheet.name) {
        return columns::table(is);
    }
    let stem = sheet.file.rsplit_once('.').map_or(sheet.file.as_str(), |(stem, _)| stem);
    let plain = |name: &str| {
        let short = name.trim_end_matches(|letter: char| {
            letter.is_ascii_digit() || matches!(letter, ' ' | '(' | ')' | '_' | '-' | '.')
        });
        table_of(name)
            .or_else(|| table_of(short))
            .or_else(|| table_of(short.trim_end_matches("continued").trim_end_matches("cont").trim_end()))
    };
    // A copy of a text file in a workbook of problems has the file's name.
    let name =
        [".csv", ".tsv", ".txt"].iter().fold(sheet.name.as_str(), |name, end| name.strip_suffix(end).unwrap_or(name));
    if sheet.format == Format::Text {
        plain(stem)
    } else {
        plain(name).or_else(|| if is_plain_name(name) { plain(stem) } else { None })
    }
}

/// Whether a sheet has the name that spreadsheets give by themselves.
fn is_plain_name(name: &str) -> bool {
    let form = header_form(name);
    let start = form.trim_end_matches(|letter: char| letter.is_ascii_digit());
    matches!(start, "sheet" | "tabelle" | "feuil" | "feuille" | "hoja" | "foglio" | "blatt")
}

/// The texts of a row's cells, as headers.
fn texts(row: &Row) -> Vec<String> {
    row.cells.iter().map(|cell| on_one_line(&cell.shown())).filter(|text| !text.is_empty()).collect()
}

/// How many of a row's cells are headers of a table; none where a column that it needs is not there.
fn known_headers(row: &Row, table: &Table) -> usize {
    let mut known: Vec<&str> =
        texts(row).iter().filter_map(|header| column_of(table, header)).map(|column| column.name).collect();
    known.sort_unstable();
    known.dedup();
    known.len()
}

fn has_keys(row: &Row, table: &Table) -> bool {
    let known: Vec<&str> =
        texts(row).iter().filter_map(|header| column_of(table, header)).map(|column| column.name).collect();
    table.columns.iter().filter(|column| column.blank == Blank::Missing).all(|column| known.contains(&column.name))
}

/// The table that a sheet is by its headers. One that another sheet is by its name it can only go on with, under the same headers.
fn by_headers(sheet: &Sheet, found: &[Found], sheets: &[Sheet]) -> Option<&'static Table> {
    let rows = sheet.rows.iter().take(HEADER_WITHIN);
    let scored = rows.flat_map(|row| columns::TABLES.iter().map(move |table| (row, table)));
    let scored =
        scored.filter(|(row, table)| has_keys(row, table)).map(|(row, table)| (known_headers(row, table), row, table));
    let (known, row, table) =
        scored.max_by_key(|(known, _, table)| (*known, std::cmp::Reverse(table.columns.len())))?;
    let all = texts(row).len();
    if known < 2 || known * 2 < all {
        return None;
    }
    match found.iter().find(|other| other.table.name == table.name) {
        None => Some(table),
        Some(other) => (texts(&sheets[other.sheet].rows[other.header]) == texts(row)).then_some(table),
    }
}

/// The place of the row that is the header: the one with most known headers, else the first.
fn header_of(sheet: &Sheet, table: &Table) -> usize {
    let scored = sheet.rows.iter().take(HEADER_WITHIN).map(|row| known_headers(row, table)).enumerate();
    let best = scored.max_by_key(|&(at, known)| (known, std::cmp::Reverse(at)));
    best.filter(|(_, known)| *known > 1).map_or(0, |(at, _)| at)
}
