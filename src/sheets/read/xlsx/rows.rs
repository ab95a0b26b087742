//! The rows of one sheet of a workbook.

use super::super::budget::Budget;
use super::super::formats::{self, Shown};
use super::super::merged::{self, Range};
use super::super::shape::{self, Shape};
use super::super::xml::{Tag, Xml};
use super::super::{Oddity, Unreadable};
use super::is_true;
use super::shared;
use super::strings::{self, Strike, Strings};
use super::styles::Styles;
use super::workbook::{self, Listed};
use crate::{Cell, Format, Row, Sheet, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What all sheets of a workbook share.
pub(super) struct Book<'a> {
    /// The file's name.
    pub(super) file: &'a str,
    /// How cells look.
    pub(super) styles: Styles,
    /// The texts that cells share.
    pub(super) strings: Strings,
    /// Whether days are counted from 1904.
    pub(super) is_1904: bool,
}

/// A sheet while it is read.
struct Reading<'a, 'b> {
    book: &'a Book<'a>,
    budget: &'a mut Budget,
    shape: Shape,
    /// The last line and, in it, the next column.
    line: u32,
    column: u32,
    /// Formulas that other cells share, by their numbers, and the line and column of the cell that has them.
    shared: BTreeMap<String, (u32, u32, String)>,
    /// Formulas that fill several cells, with those cells.
    arrays: Vec<(Range, String)>,
    value: String,
    formula: String,
    xml: Xml<'b>,
}

/// Reads a sheet. `filters` are the ranges that filters of table objects work on.
pub(super) fn read(
    book: &Book<'_>,
    listed: Listed,
    text: &str,
    mut filters: Vec<Range>,
    budget: &mut Budget,
) -> Result<(Sheet, Vec<Oddity>), Unreadable> {
    let mut reading = Reading {
        book,
        budget,
        shape: Shape::default(),
        line: 0,
        column: 0,
        shared: BTreeMap::new(),
        arrays: Vec::new(),
        value: String::new(),
        formula: String::new(),
        xml: Xml::new(text),
    };
    let mut hidden = Vec::new();
    let mut merged = Vec::new();
    let mut is_filtering = false;
    reading.xml.root()?;
    while let Some(tag) = reading.xml.child()? {
        match tag.name() {
            "sheetPr" => {
                is_filtering = tag.attribute("filterMode")?.is_some_and(|value| is_true(&value));
                reading.xml.skip()?;
            }
            "cols" => {
                while let Some(tag) = reading.xml.child()? {
                    reading.budget.step()?;
                    hidden.extend(hidden_columns(&tag)?);
                    reading.xml.skip()?;
                }
            }
            "sheetData" => reading.rows()?,
            "autoFilter" => {
                let filter = workbook::filter(&tag, &mut reading.xml)?;
                filters.extend(filter.filter(|(_, is_active)| *is_active || is_filtering).map(|(range, _)| range));
            }
            "mergeCells" => {
                while let Some(tag) = reading.xml.child()? {
                    let range = tag.attribute("ref")?.and_then(|range| Range::parse(&range));
                    reading.budget.hold(size_of::<Range>())?;
                    merged.extend(range);
                    reading.xml.skip()?;
                }
            }
            _ => reading.xml.skip()?,
        }
    }
    let oddities = reading.shape.oddities(&listed.name, reading.budget);
    let Shape { mut rows, columns, .. } = reading.shape;
    in_order(&mut rows)?;
    let columns = columns.min(budget.limits.columns);
    merged::cover(&mut rows, &merged, columns, budget)?;
    for row in rows.iter_mut().filter(|row| row.is_hidden) {
        for range in &filters {
            budget.step()?;
            row.is_filtered |= range.lines.contains(&row.line);
        }
        row.is_hidden = !row.is_filtered;
    }
    let mut hidden_columns = BTreeSet::new();
    for (first, last) in hidden {
        for column in first..columns.min(last.saturating_add(1)) {
            budget.step()?;
            hidden_columns.insert(column);
        }
    }
    let Listed { name, is_hidden, .. } = listed;
    let format = Format::Xlsx;
    Ok((Sheet { file: book.file.to_owned(), name, format, is_hidden, hidden_columns, rows }, oddities))
}

/// Sorts rows that are out of order. One that stands twice is damage: which of the two is right, nobody can know.
fn in_order(rows: &mut [Row]) -> Result<(), Unreadable> {
    let twice = || Unreadable::Damaged("a row or cell stands twice".to_owned());
    rows.sort_by_key(|row| row.line);
    for row in rows.iter_mut() {
        row.cells.sort_by_key(|cell| cell.column);
        if row.cells.windows(2).any(|pair| matches!(pair, [a, b] if a.column == b.column)) {
            return Err(twice());
        }
    }
    let is_twice = rows.windows(2).any(|pair| matches!(pair, [a, b] if a.line == b.line));
    if is_twice { Err(twice()) } else { Ok(()) }
}

/// The first and last of some columns, counted from 0, if they are hidden.
fn hidden_columns(tag: &Tag<'_>) -> Result<Option<(u32, u32)>, Unreadable> {
    let (mut first, mut last, mut is_hidden) = (None, None, false);
    tag.each(|name, value| match name {
        "min" => first = value.parse::<u32>().ok().and_then(|column| column.checked_sub(1)),
        "max" => last = value.parse::<u32>().ok().and_then(|column| column.checked_sub(1)),
        "hidden" => is_hidden |= is_true(&value),
        "width" => is_hidden |= value.parse::<f64>().is_ok_and(|width| width <= 0.0),
        _ => {}
    })?;
    Ok(first.zip(last).filter(|_| is_hidden))
}

/// What the attributes of a cell say.
#[derive(Default)]
struct Named {
    kind: Kind,
    style: Option<usize>,
    column: Option<u32>,
}

/// What kind of value a cell says that it has.
#[derive(Default, Clone, Copy)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Boolean,
    Failed,
    Moment,
}

impl Reading<'_, '_> {
    fn rows(&mut self) -> Result<(), Unreadable> {
        let mut cells = Vec::new();
        while let Some(tag) = self.xml.child()? {
            if tag.name() != "row" {
                self.xml.skip()?;
                continue;
            }
            let (mut line, mut is_hidden) = (None, false);
            tag.each(|name, value| match name {
                "r" => line = value.parse().ok(),
                "hidden" => is_hidden |= is_true(&value),
                "ht" => is_hidden |= value.parse::<f64>().is_ok_and(|height| height <= 0.0),
                _ => {}
            })?;
            self.line = line.unwrap_or_else(|| self.line.saturating_add(1));
            self.column = 0;
            self.arrays.retain(|(range, _)| *range.lines.end() >= self.line);
            let mut last = None;
            let mut is_struck = true;
            while let Some(tag) = self.xml.child()? {
                if tag.name() != "c" {
                    self.xml.skip()?;
                    continue;
                }
                let Some((cell, cell_is_struck)) = self.cell(&tag)? else { continue };
                if !shape::is_blank(&cell) {
                    is_struck &= cell_is_struck;
                    last = last.max(Some(cell.column));
                }
                self.budget.hold(shape::size(&cell))?;
                if self.shape.is_within(cell.column, self.budget) {
                    cells.push(cell);
                }
            }
            let mut kept = Vec::with_capacity(cells.len());
            kept.append(&mut cells);
            let Some(last) = last else { continue };
            self.shape.reach(last);
            let line = self.line;
            let row = Row { line, is_hidden, is_filtered: false, is_struck, width: None, cells: kept };
            self.shape.add(row, self.budget)?;
        }
        Ok(())
    }

    /// Reads a cell to its end, and whether it is struck through. None: it holds nothing.
    fn cell(&mut self, tag: &Tag<'_>) -> Result<Option<(Cell, bool)>, Unreadable> {
        let mut named = Named::default();
        tag.each(|name, value| match name {
            "r" => named.column = merged::address(&value).map(|(_, column)| column),
            "s" => named.style = value.parse().ok(),
            "t" => {
                named.kind = match &*value {
                    "s" => Kind::Shared,
                    "str" | "inlineStr" => Kind::Text,
                    "b" => Kind::Boolean,
                    "e" => Kind::Failed,
                    "d" => Kind::Moment,
                    _ => Kind::Number,
                }
            }
            _ => {}
        })?;
        let column = named.column.unwrap_or(self.column);
        self.column = column.saturating_add(1);
        self.value.clear();
        let (mut has_value, mut formula, mut strike) = (false, None, Strike::AsCell);
        while let Some(tag) = self.xml.child()? {
            match tag.name() {
                "v" => {
                    self.xml.gather(&mut self.value)?;
                    has_value = true;
                }
                "is" => {
                    strike = strings::rich(&mut self.xml, &mut self.value)?;
                    has_value = true;
                }
                "f" => formula = Some(self.formula(&tag, column)?),
                _ => self.xml.skip()?,
            }
        }
        if formula.is_none() && !self.arrays.is_empty() {
            for (range, filling) in &self.arrays {
                self.budget.step()?;
                if range.has(self.line, column) {
                    formula = Some(filling.clone());
                    break;
                }
            }
        }
        let style = self.book.styles.style(named.style.unwrap_or(0));
        let shown = style.map_or(&Shown::Number, |style| &style.shown);
        let value = if has_value { self.value(named.kind, shown, &mut strike)? } else { None };
        let value = value.filter(|value| formula.is_some() || *value != Value::Text(String::new()));
        if value.is_none() && formula.is_none() {
            return Ok(None);
        }
        let is_struck = match strike {
            Strike::AsCell => style.is_some_and(|style| style.is_struck),
            Strike::All => true,
            Strike::NotAll => false,
        };
        Ok(Some((Cell { column, value, formula, covered_by: None }, is_struck)))
    }

    /// What was gathered, as a value of a kind.
    fn value(&mut self, kind: Kind, shown: &Shown, strike: &mut Strike) -> Result<Option<Value>, Unreadable> {
        let text = self.value.trim();
        Ok(match kind {
            Kind::Shared if text.is_empty() => None,
            Kind::Shared => {
                let shared = text.parse().ok().and_then(|place| self.book.strings.text(place));
                let missing = || Unreadable::Damaged("a cell names a text that is missing".to_owned());
                let (text, own) = shared.ok_or_else(missing)?;
                *strike = own;
                Some(Value::Text(text.to_owned()))
            }
            Kind::Text => {
                let mut text = std::mem::take(&mut self.value);
                strings::unescape(&mut text, 0);
                Some(Value::Text(text))
            }
            _ if text.is_empty() => None,
            Kind::Boolean => Some(Value::Boolean(is_true(text))),
            Kind::Failed => Some(Value::Failed(text.to_owned())),
            Kind::Moment => Some(formats::iso(text)),
            Kind::Number => Some(match formats::number(text) {
                Some(number) => formats::value(number, shown, self.book.is_1904),
                None => Value::Text(text.to_owned()),
            }),
        })
    }

    /// Reads a formula, of several cells that share one or are filled by one, too.
    fn formula(&mut self, tag: &Tag<'_>, column: u32) -> Result<String, Unreadable> {
        let (mut range, mut shares, mut fills) = (None, None, false);
        tag.each(|name, value| match name {
            "ref" => range = Range::parse(&value),
            "si" => shares = Some(value.into_owned()),
            "t" => fills = matches!(&*value, "array" | "dataTable"),
            _ => {}
        })?;
        self.formula.clear();
        self.formula.push('=');
        self.xml.gather(&mut self.formula)?;
        let is_own = self.formula.len() > 1;
        if let (Some(number), false) = (&shares, is_own) {
            let Some((line, first, formula)) = self.shared.get(number) else { return Ok(self.formula.clone()) };
            let further = |at: u32, from: u32| i64::from(at) - i64::from(from);
            return Ok(shared::moved(formula, further(self.line, *line), further(column, *first)));
        }
        self.budget.hold(shares.as_ref().map_or(0, |number| number.len() + self.formula.len()))?;
        if let Some(number) = shares {
            self.shared.insert(number, (self.line, column, self.formula.clone()));
        }
        if let Some(range) = range.filter(|range| fills && range.is_wide()) {
            self.budget.hold(size_of::<Range>() + self.formula.len())?;
            self.arrays.push((range, self.formula.clone()));
        }
        Ok(self.formula.clone())
    }
}
