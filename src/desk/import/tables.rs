//! Which sheet is which table, where its header stands, and what each column means.

use std::collections::BTreeMap;

use sheets::{Format, Place, Row, Sheet};

use super::gather::Gather;
use super::mapping::Mapping;
use super::text::{on_one_line, trimmed};
use crate::columns::{self, Blank, Column, Kind, Table, column_of, header_form, table_of};
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
    for at in 0..sheets.len() {
        if named[at].is_none() {
            named[at] = gather.decision(at, Place::Sheet, &codes::UNKNOWN_TABLE).and_then(columns::table);
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
        read_header(sheet, mapping, &mut table_found, gather);
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
fn headers(row: &Row) -> Vec<String> {
    row.cells.iter().map(|cell| on_one_line(&cell.shown())).filter(|text| !text.is_empty()).collect()
}

/// How many of a row's cells are headers of a table; none where a column that it needs is not there.
fn known_headers(row: &Row, table: &Table) -> usize {
    let mut known: Vec<&str> =
        headers(row).iter().filter_map(|header| column_of(table, header)).map(|column| column.name).collect();
    known.sort_unstable();
    known.dedup();
    known.len()
}

fn has_keys(row: &Row, table: &Table) -> bool {
    let known: Vec<&str> =
        headers(row).iter().filter_map(|header| column_of(table, header)).map(|column| column.name).collect();
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
    let all = headers(row).len();
    if known < 2 || known * 2 < all {
        return None;
    }
    match found.iter().find(|other| other.table.name == table.name) {
        None => Some(table),
        Some(other) => (headers(&sheets[other.sheet].rows[other.header]) == headers(row)).then_some(table),
    }
}

/// The place of the row that is the header: the one with most known headers, else the first.
fn header_of(sheet: &Sheet, table: &Table) -> usize {
    let scored = sheet.rows.iter().take(HEADER_WITHIN).map(|row| known_headers(row, table)).enumerate();
    let best = scored.max_by_key(|&(at, known)| (known, std::cmp::Reverse(at)));
    best.filter(|(_, known)| *known > 1).map_or(0, |(at, _)| at)
}

/// The rank that a header such as `choice_2` or `2nd choice` names.
pub(super) fn choice_rank(header: &str) -> Option<i64> {
    let form = header_form(header);
    let words = ["choice", "choix", "wunsch", "preference", "wish", "opcion", "prioritat", "priority"];
    let rest = words.iter().find_map(|word| form.strip_prefix(word).or_else(|| form.strip_suffix(word)))?;
    let digits =
        ["st", "nd", "rd", "th", "er", "e"].iter().fold(rest, |rest, end| rest.strip_suffix(end).unwrap_or(rest));
    let rank = digits.parse().ok().or_else(|| {
        let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
        (1..).zip(words).find(|(_, word)| *word == rest).map(|(rank, _)| rank)
    });
    rank.filter(|rank| (1..=10_000).contains(rank))
}

/// The column of money whose header names a currency and perhaps a period: `stipend_usd_week`.
fn money_header(table: &'static Table, header: &str) -> Option<Meaning> {
    let words: Vec<String> = header
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let (first, rest) = words.split_first()?;
    let column = column_of(table, first).filter(|column| column.kind == Kind::Money)?;
    let currency = rest.iter().find(|word| CURRENCIES.contains(&word.as_str()))?.to_uppercase();
    let period = rest.iter().find(|word| {
        ["week", "weekly", "month", "monthly", "day", "daily", "hour", "hourly", "total"].contains(&word.as_str())
    });
    Some(Meaning::Money(column, currency, period.map(|period| period.trim_end_matches("ly").replace("dai", "day"))))
}

const CURRENCIES: &[&str] = &[
    "usd", "eur", "gbp", "chf", "jpy", "cny", "krw", "inr", "brl", "mxn", "clp", "zar", "ils", "sek", "nok", "dkk",
    "sgd", "hkd", "twd", "aud", "nzd", "cad",
];

fn meaning(table: &'static Table, header: &str, mapping: &Mapping) -> Meaning {
    if let Some(is) = mapping.column(table.name, header) {
        if let Some(label) = is.strip_prefix("attribute:") {
            return Meaning::Label(label.to_owned());
        }
        if let Some(rank) = choice_rank(is).filter(|_| table.name == "students") {
            return Meaning::Choice(rank);
        }
        return table.column(is).map_or(Meaning::Ignored, Meaning::Column);
    }
    if table.has_attributes()
        && let Some((start, label)) = header.split_once(':')
        && header_form(start) == "attribute"
        && !label.trim().is_empty()
    {
        return Meaning::Label(label.trim().to_owned());
    }
    if let Some(column) = column_of(table, header) {
        return Meaning::Column(column);
    }
    if table.name == "students"
        && let Some(rank) = choice_rank(header)
    {
        return Meaning::Choice(rank);
    }
    money_header(table, header).unwrap_or(Meaning::Unknown)
}

fn read_header(sheet: &Sheet, mapping: &Mapping, found: &mut Found, gather: &mut Gather) {
    let row = &sheet.rows[found.header];
    if found.header > 0 {
        let why = format!("the header stands in line {}; what stands above it is not read", row.line);
        gather.tell(found.sheet, Place::Sheet, "", "", &codes::HEADER_NOT_FIRST, Severity::Warning, "", &why, "");
    }
    if sheet.is_hidden {
        match gather.decision(found.sheet, Place::Sheet, &codes::HIDDEN) {
            Some("keep" | "accept") => {}
            Some("skip") => {
                found.waits = true;
                gather.ignore_sheet(found.sheet);
            }
            _ => {
                found.waits = true;
                gather.tell(
                    found.sheet,
                    Place::Sheet,
                    "",
                    "",
                    &codes::HIDDEN,
                    Severity::Ask,
                    &sheet.name,
                    "the sheet is hidden: keep reads it, skip leaves it out",
                    "keep",
                );
            }
        }
    }
    let block = beside(sheet, found, mapping);
    for cell in &row.cells {
        let header = on_one_line(&cell.shown());
        if header.is_empty() {
            continue;
        }
        let mut means = meaning(found.table, trimmed(&header), mapping);
        let mut waits = false;
        if block.is_some_and(|start| cell.column >= start) {
            means = Meaning::Ignored;
        }
        let place = Place::Column(cell.column);
        if sheet.hidden_columns.contains(&cell.column) && !matches!(means, Meaning::Ignored | Meaning::Unknown) {
            match gather.decision(found.sheet, place, &codes::HIDDEN) {
                Some("keep" | "accept") => {}
                Some("skip") => means = Meaning::Ignored,
                _ => {
                    waits = true;
                    gather.tell(
                        found.sheet,
                        place,
                        "",
                        &header,
                        &codes::HIDDEN,
                        Severity::Ask,
                        &header,
                        "the column is hidden: keep reads it, skip leaves it out",
                        "keep",
                    );
                }
            }
        }
        found.columns.push(Mapped { place: cell.column, header, means, waits });
    }
    if let Some(start) = block {
        match gather.decision(found.sheet, Place::Sheet, &codes::BLOCK_BESIDE) {
            Some("skip" | "accept") => {}
            _ => {
                let why = format!(
                    "a second block begins in column {}: skip leaves it out; else move it to a sheet of its own",
                    Place::Column(start).to_string().split(':').next().unwrap_or_default()
                );
                gather.tell(found.sheet, Place::Sheet, "", "", &codes::BLOCK_BESIDE, Severity::Ask, "", &why, "skip");
            }
        }
    }
    twice(found, gather);
    for (at, mapped) in found.columns.iter().enumerate() {
        if let Some(column) = mapped.column() {
            found.at.entry(column.name).or_insert(at);
        }
    }
    for column in found
        .table
        .columns
        .iter()
        .filter(|column| column.blank == Blank::Missing && !found.at.contains_key(column.name))
    {
        let why = format!("no column is {}: {}", column.name, column.help.trim_end_matches('.'));
        gather.tell(found.sheet, Place::Sheet, "", column.name, &codes::MISSING_COLUMN, Severity::Error, "", &why, "");
        gather.missing.insert(found.table.name);
    }
}

/// Two columns that are one by their headers.
fn twice(found: &mut Found, gather: &mut Gather) {
    for second in 1..found.columns.len() {
        let (before, after) = found.columns.split_at_mut(second);
        let Some(one) = before
            .iter_mut()
            .find(|one| one.means == after[0].means && !matches!(one.means, Meaning::Ignored | Meaning::Unknown))
        else {
            continue;
        };
        let other = &mut after[0];
        let place = Place::Column(other.place);
        match gather.decision(found.sheet, place, &codes::COLUMN_TWICE) {
            Some("skip" | "accept") => other.means = Meaning::Ignored,
            Some("keep") => one.means = Meaning::Ignored,
            _ => {
                let why = format!(
                    "this column and {} are one by their headers: skip leaves this one out, keep the other",
                    Place::Column(one.place)
                );
                gather.tell(
                    found.sheet,
                    place,
                    "",
                    &other.name(),
                    &codes::COLUMN_TWICE,
                    Severity::Ask,
                    &other.header,
                    &why,
                    "",
                );
                (one.waits, other.waits) = (true, true);
            }
        }
    }
}

/// The column in which a second block begins: after a column without header and cells, where what follows is not just more of this table.
fn beside(sheet: &Sheet, found: &Found, mapping: &Mapping) -> Option<u32> {
    let row = &sheet.rows[found.header];
    let places: Vec<u32> =
        row.cells.iter().filter(|cell| !trimmed(&cell.shown()).is_empty()).map(|cell| cell.column).collect();
    let first = places.first()?;
    let last = places.last()?;
    let is_empty = |column: u32| {
        sheet.rows[found.header..]
            .iter()
            .all(|row| row.cell(column).is_none_or(|cell| trimmed(&cell.shown()).is_empty()))
    };
    let gaps = (*first..*last).filter(|column| !places.contains(column));
    let gap = gaps.into_iter().find(|&column| is_empty(column))?;
    let start = *places.iter().find(|&&column| column > gap)?;
    let header = |column: &u32| row.cell(*column).map(|cell| on_one_line(&cell.shown())).unwrap_or_default();
    let (left, right): (Vec<&u32>, Vec<&u32>) = places.iter().partition(|&&column| column < start);
    let means = |columns: &[&u32]| {
        columns.iter().map(|column| meaning(found.table, &header(column), mapping)).collect::<Vec<_>>()
    };
    let (left, right) = (means(&left), means(&right));
    let is_more = |means: &Meaning| !matches!(means, Meaning::Unknown) && !left.contains(means);
    (!right.iter().all(is_more)).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_wishes_are_read_with_their_rank() {
        for (header, rank) in
            [("choice_1", 1), ("2nd choice", 2), ("Third choice", 3), ("Wunsch 4", 4), ("preference 12", 12)]
        {
            assert_eq!(choice_rank(header), Some(rank), "{header}");
        }
        for header in ["choice", "choices_only", "choice_0", "country_preferences", "choice_x"] {
            assert_eq!(choice_rank(header), None, "{header}");
        }
    }

    #[test]
    fn a_header_of_money_names_its_currency_and_its_period() {
        let projects = columns::table("projects").expect("a table");
        let stipend = projects.column("stipend").expect("a column");
        assert_eq!(
            money_header(projects, "stipend_usd_week"),
            Some(Meaning::Money(stipend, "USD".into(), Some("week".into())))
        );
        assert_eq!(money_header(projects, "stipend (EUR)"), Some(Meaning::Money(stipend, "EUR".into(), None)));
        assert_eq!(money_header(projects, "stipend_week"), None);
    }
}
