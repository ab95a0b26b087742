//! A copy of a sheet that was read: every value in its own place and of its own type, with cells marked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_xlsxwriter::{FilterCondition, Formula, Worksheet, XlsxError};

use super::formula::is_kept;
use super::workbook::{Look, Pen, write_note};
use super::{Unwritable, Why};
use crate::{Cell, Place, Row, Sheet, Value};

/// A sheet that was read, with cells marked.
///
/// Hidden rows, columns and sheets are hidden again, merged cells merged, struck rows struck through. A formula that reaches outside of its
/// sheet becomes one that gives the value it had last.
#[derive(Debug, Clone)]
pub struct Copy<'a> {
    /// What is copied.
    pub sheet: &'a Sheet,
    /// The name of the copy.
    pub name: String,
    /// What is marked.
    pub marks: Vec<Mark>,
}

/// A place that is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where. Of a row its first cell has the note, of a column its topmost, of a sheet its first.
    pub place: Place,
    /// How it is filled.
    pub tone: Tone,
    /// What a note on it says.
    pub note: String,
}

/// How a marked cell is filled, from pale to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// Grey: something to know.
    Known,
    /// Yellow: something to look at.
    Look,
    /// Orange: something to decide.
    Decide,
    /// Red: something that can't be read.
    Wrong,
}

/// The most cells of a sheet that are merged again: each of them takes memory.
const MOST_MERGED: u64 = 1_000_000;
/// The most characters of a formula that Excel takes.
const MOST_OF_FORMULA: usize = 8_192;
/// The most characters of a text in a formula.
const MOST_OF_TEXT_IN_FORMULA: usize = 255;

impl Copy<'_> {
    pub(super) fn write(&self, to: &mut Worksheet, pen: &mut Pen) -> Result<(), Unwritable> {
        let at = |place: Place, why: Why| Unwritable { page: self.name.clone(), place, why };
        to.set_hidden(self.sheet.is_hidden);
        to.set_formula_result_default("");
        for &column in &self.sheet.hidden_columns {
            let column = u16::try_from(column).map_err(|_| at(Place::Column(column), Why::OutsideOfSheet))?;
            to.set_column_hidden(column).map_err(|_| at(Place::Column(column.into()), Why::OutsideOfSheet))?;
        }
        let tones = self.tones();
        self.merge(to, pen)?;
        for row in &self.sheet.rows {
            let line = row.line.saturating_sub(1);
            if row.is_hidden || row.is_filtered {
                to.set_row_hidden(line).map_err(|_| at(Place::Row(row.line), Why::OutsideOfSheet))?;
            }
            let tone_of_row = tones.get(&Place::Row(row.line)).copied();
            // Under a merged cell there may be values that nobody sees.
            for cell in row.cells.iter().filter(|cell| cell.covered_by.is_none() || cell.value.is_some()) {
                let place = Place::Cell(row.line, cell.column);
                let column = u16::try_from(cell.column).map_err(|_| at(place, Why::OutsideOfSheet))?;
                let tone = tones.get(&place).copied().or(tone_of_row);
                let look = Look { tone, is_struck: row.is_struck, ..Look::default() };
                write_cell(to, pen, (line, column), cell, look).map_err(|why| at(place, why))?;
            }
        }
        for ((line, column), (tone, note)) in self.notes() {
            let outside = || at(Place::Cell(line, column), Why::OutsideOfSheet);
            let cell = (line.saturating_sub(1), u16::try_from(column).map_err(|_| outside())?);
            if self.row(line).and_then(|row| row.cell(column)).is_none() {
                let look = Look { tone: Some(tone), ..Look::default() };
                to.write_blank(cell.0, cell.1, &pen.format(look)).map_err(|_| outside())?;
            }
            write_note(to, cell, &note).map_err(|why| at(Place::Cell(line, column), why))?;
        }
        self.filter(to).map_err(|why| at(Place::Sheet, why))
    }

    fn row(&self, line: u32) -> Option<&Row> {
        self.sheet.rows.binary_search_by_key(&line, |row| row.line).ok().map(|at| &self.sheet.rows[at])
    }

    /// The line and column of the cell that has the note about a place.
    fn cell_of(&self, place: Place) -> (u32, u32) {
        let rows = &self.sheet.rows;
        let first = rows.first().map_or(1, |row| row.line);
        match place {
            Place::Cell(line, column) => (line.max(1), column),
            Place::Row(line) => {
                let column = self.row(line).and_then(|row| row.cells.first()).map_or(0, |cell| cell.column);
                (line.max(1), column)
            }
            Place::Column(column) => {
                let topmost = rows.iter().find(|row| row.cell(column).is_some());
                (topmost.map_or(first, |row| row.line), column)
            }
            Place::Sheet => (first, rows.first().and_then(|row| row.cells.first()).map_or(0, |cell| cell.column)),
        }
    }

    /// What is filled: cells by where their notes stand, and whole rows.
    fn tones(&self) -> HashMap<Place, Tone> {
        let mut tones: HashMap<Place, Tone> = HashMap::with_capacity(self.marks.len());
        for mark in &self.marks {
            let (line, column) = self.cell_of(mark.place);
            let whole_row = matches!(mark.place, Place::Row(_)).then_some(mark.place);
            for place in [Place::Cell(line, column)].into_iter().chain(whole_row) {
                let tone = tones.entry(place).or_insert(mark.tone);
                *tone = (*tone).max(mark.tone);
            }
        }
        tones
    }

    /// The notes by their cells, those of one cell below each other.
    fn notes(&self) -> BTreeMap<(u32, u32), (Tone, String)> {
        let mut notes: BTreeMap<(u32, u32), (Tone, String)> = BTreeMap::new();
        for mark in &self.marks {
            let (tone, note) = notes.entry(self.cell_of(mark.place)).or_insert((mark.tone, String::new()));
            *tone = (*tone).max(mark.tone);
            if !note.is_empty() {
                note.push('\n');
            }
            note.push_str(&mark.note);
        }
        notes
    }

    /// Merges what was merged.
    fn merge(&self, to: &mut Worksheet, pen: &mut Pen) -> Result<(), Unwritable> {
        let mut covered: BTreeMap<(u32, u32), BTreeSet<(u32, u32)>> = BTreeMap::new();
        for row in &self.sheet.rows {
            for cell in &row.cells {
                if let Some(by) = cell.covered_by {
                    covered.entry(by).or_default().insert((row.line, cell.column));
                }
            }
        }
        let plain = pen.format(Look::default());
        let mut merged_cells = 0_u64;
        for (corner, cells) in covered {
            let at = |why: Why| Unwritable { page: self.name.clone(), place: Place::Cell(corner.0, corner.1), why };
            let all = || cells.iter().chain([&corner]);
            let lines =
                all().map(|cell| cell.0.saturating_sub(1)).min().zip(all().map(|cell| cell.0.saturating_sub(1)).max());
            let columns = all().map(|cell| cell.1).min().zip(all().map(|cell| cell.1).max());
            let ((top, bottom), (left, right)) = lines.zip(columns).ok_or_else(|| at(Why::Refused))?;
            merged_cells += u64::from(bottom - top + 1) * u64::from(right - left + 1);
            if merged_cells > MOST_MERGED {
                return Err(at(Why::Refused));
            }
            let columns = u16::try_from(left).ok().zip(u16::try_from(right).ok());
            let (left, right) = columns.ok_or_else(|| at(Why::OutsideOfSheet))?;
            match to.merge_range(top, left, bottom, right, "", &plain) {
                // Of two that overlap, which no program makes, the first one counts.
                Ok(_) | Err(XlsxError::MergeRangeOverlaps(..)) => {}
                Err(_) => return Err(at(Why::OutsideOfSheet)),
            }
        }
        Ok(())
    }

    /// Sets a filter that lets through what is seen, where one hides rows.
    fn filter(&self, to: &mut Worksheet) -> Result<(), Why> {
        let rows = &self.sheet.rows;
        let filtered = || rows.iter().filter(|row| row.is_filtered).map(|row| row.line);
        let Some(((first, top), last)) = rows.first().zip(filtered().min()).zip(filtered().max()) else {
            return Ok(());
        };
        // Rows that a person hid stand outside of the filter, else they would count as filtered.
        let is_hidden_above = rows.iter().any(|row| row.is_hidden && row.line < top);
        let header = if is_hidden_above { top.saturating_sub(1).max(1) } else { first.line };
        let columns = rows.iter().flat_map(|row| row.cells.first().into_iter().chain(row.cells.last()));
        let columns: Vec<u32> = columns.map(|cell| cell.column).collect();
        let ends = columns.iter().min().zip(columns.iter().max());
        let ends = ends.and_then(|(&from, &to)| u16::try_from(from).ok().zip(u16::try_from(to).ok()));
        let (from, until) = ends.ok_or(Why::OutsideOfSheet)?;
        let seen = rows.iter().filter(|row| !row.is_filtered && row.line > header);
        let seen = seen.filter_map(|row| row.cell(from.into())).map(Cell::shown);
        let seen: BTreeSet<String> = seen.filter(|text| !text.is_empty()).collect();
        let condition = seen.iter().fold(FilterCondition::new(), |some, text| some.add_list_filter(text.as_str()));
        to.filter_automatic_off();
        to.autofilter(header.saturating_sub(1), from, last.saturating_sub(1), until)
            .and_then(|to| to.filter_column(from, &condition.add_list_blanks_filter()))
            .map_err(|_| Why::Refused)?;
        Ok(())
    }
}

fn write_cell(to: &mut Worksheet, pen: &mut Pen, at: (u32, u16), cell: &Cell, look: Look) -> Result<(), Why> {
    if let Some(formula) = &cell.formula
        && let Some(formula) = carried(formula, cell.value.as_ref())
    {
        let (result, look) = match &cell.value {
            None => (String::new(), look),
            Some(Value::Text(text) | Value::Undecoded(text)) => (pen.text_result(text), look),
            Some(Value::Number(number)) => (number.to_string(), look),
            Some(Value::Boolean(is_true)) => (if *is_true { "TRUE" } else { "FALSE" }.to_owned(), look),
            Some(Value::Failed(error)) => (error.clone(), look),
            Some(Value::Moment(moment)) => match Look::serial(*moment) {
                Some((serial, days)) => (serial.to_string(), Look { days, ..look }),
                None => (pen.text_result(&moment.to_string()), look),
            },
        };
        let formula = Formula::new(formula).set_result(result);
        to.write_formula_with_format(at.0, at.1, formula, &pen.format(look)).map_err(|_| Why::OutsideOfSheet)?;
        return Ok(());
    }
    match &cell.value {
        None => pen.blank(to, at, look),
        Some(Value::Text(text) | Value::Undecoded(text)) => pen.text(to, at, text, look),
        Some(Value::Number(number)) => pen.number(to, at, *number, look),
        Some(Value::Boolean(is_true)) => pen.boolean(to, at, *is_true, look),
        Some(Value::Moment(moment)) => match Look::serial(*moment) {
            Some((serial, days)) => pen.number(to, at, serial, Look { days, ..look }),
            None => pen.text(to, at, &moment.to_string(), look),
        },
        Some(Value::Failed(error)) => pen.error(to, at, error, look),
    }
}

/// A formula as it is carried over: itself where it is harmless, else one that gives its last value. None: the value has to do.
fn carried(formula: &str, value: Option<&Value>) -> Option<String> {
    if is_kept(formula) && formula.encode_utf16().count() <= MOST_OF_FORMULA {
        return Some(formula.to_owned());
    }
    let constant = match value {
        None => "=\"\"".to_owned(),
        Some(Value::Text(text) | Value::Undecoded(text)) => text_constant(text),
        Some(Value::Number(number)) if number.is_finite() => format!("={number}"),
        Some(Value::Number(_)) => return None,
        Some(Value::Boolean(is_true)) => if *is_true { "=TRUE" } else { "=FALSE" }.to_owned(),
        Some(Value::Failed(error)) => format!("={error}"),
        Some(Value::Moment(moment)) => format!("={}", Look::serial(*moment)?.0),
    };
    (constant.encode_utf16().count() <= MOST_OF_FORMULA).then_some(constant)
}

/// A formula that gives a text: pieces that are short enough, joined by `&`.
fn text_constant(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    // A character may count twice, and so may a quote.
    let pieces: Vec<String> = letters
        .chunks(MOST_OF_TEXT_IN_FORMULA / 2)
        .map(|piece| format!("\"{}\"", piece.iter().collect::<String>().replace('"', "\"\"")))
        .collect();
    if pieces.is_empty() { "=\"\"".to_owned() } else { format!("={}", pieces.join("&")) }
}
