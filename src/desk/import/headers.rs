//! Headers: what each column of a sheet means, and what is odd about them.

use sheets::{Place, Sheet};

use super::gather::Gather;
use super::mapping::Mapping;
use super::tables::{Found, Mapped, Meaning};
use super::text::{on_one_line, trimmed};
use crate::columns::{Blank, Kind, Table, column_of, header_form};
use crate::problem::Severity;
use rules::codes;

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

/// Reads the header of a table, and tells what is odd about its columns.
pub(super) fn read(sheet: &Sheet, mapping: &Mapping, found: &mut Found, gather: &mut Gather) {
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
    use crate::columns;

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
