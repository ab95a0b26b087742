//! The rows of one sheet. Rows and cells that stand many times are counted, and unfolded only where they hold something.

use super::super::budget::Budget;
use super::super::merged::{self, Range};
use super::super::shape::{self, Shape};
use super::super::xml::{Tag, Xml};
use super::super::{Oddity, Unreadable};
use super::styles::Styles;
use super::text::Paragraphs;
use super::value::Named;
use crate::{Cell, Format, Row, Sheet};
use std::collections::BTreeSet;

/// A sheet while it is read.
struct Reading<'a, 'b> {
    styles: &'a Styles,
    xml: &'a mut Xml<'b>,
    budget: &'a mut Budget,
    shape: Shape,
    /// The next line, counted from 1.
    line: u32,
    /// Runs of columns: the first after it, whether it is hidden, whether its cells are struck through.
    columns: Vec<(u32, bool, bool)>,
    merged: Vec<Range>,
    /// Formulas that fill several cells, with those cells.
    arrays: Vec<(Range, String)>,
}

/// Reads a sheet to its end.
pub(super) fn read(
    name: String,
    styles: &Styles,
    xml: &mut Xml<'_>,
    budget: &mut Budget,
) -> Result<(Sheet, Vec<Oddity>), Unreadable> {
    let mut reading = Reading {
        styles,
        xml,
        budget,
        shape: Shape::default(),
        line: 1,
        columns: Vec::new(),
        merged: Vec::new(),
        arrays: Vec::new(),
    };
    reading.group(false)?;
    let Reading { shape, columns: runs, merged, .. } = reading;
    let oddities = shape.oddities(&name, budget);
    let Shape { mut rows, columns, .. } = shape;
    let columns = columns.min(budget.limits.columns);
    merged::cover(&mut rows, &merged, columns, budget)?;
    let mut hidden_columns = BTreeSet::new();
    let mut start = 0;
    for (end, is_hidden, _) in runs {
        if is_hidden {
            hidden_columns.extend(start..end.min(columns));
        }
        start = end;
    }
    let sheet = Sheet { file: String::new(), name, format: Format::Ods, is_hidden: false, hidden_columns, rows };
    Ok((sheet, oddities))
}

/// How often a column or row stands there, and how it is seen.
struct Seen {
    count: u32,
    is_hidden: bool,
    is_filtered: bool,
    style: Option<String>,
}

fn seen(tag: &Tag<'_>) -> Result<Seen, Unreadable> {
    let mut seen = Seen { count: 1, is_hidden: false, is_filtered: false, style: None };
    tag.each(|key, value| match key {
        "number-columns-repeated" | "number-rows-repeated" => seen.count = value.parse().unwrap_or(1).max(1),
        "visibility" => {
            seen.is_hidden = value == "collapse";
            seen.is_filtered = value == "filter";
        }
        "default-cell-style-name" => seen.style = Some(value.into_owned()),
        _ => {}
    })?;
    Ok(seen)
}

impl Reading<'_, '_> {
    /// Reads a sheet, or a group of its columns or rows, which may be folded.
    fn group(&mut self, is_folded: bool) -> Result<(), Unreadable> {
        while let Some(tag) = self.xml.child()? {
            match tag.name() {
                "table-column-group" | "table-row-group" => {
                    let is_shown = tag.attribute("display")?.is_none_or(|value| value != "false");
                    self.group(is_folded || !is_shown)?;
                }
                "table-header-columns" | "table-columns" | "table-header-rows" | "table-rows" => {
                    self.group(is_folded)?;
                }
                "table-column" => {
                    let seen = seen(&tag)?;
                    let start = self.columns.last().map_or(0, |(end, _, _)| *end);
                    let is_struck = seen.style.and_then(|style| self.styles.strikes(&style)).unwrap_or(false);
                    self.budget.hold(size_of::<(u32, bool, bool)>())?;
                    let is_hidden = seen.is_hidden || seen.is_filtered || is_folded;
                    self.columns.push((start.saturating_add(seen.count), is_hidden, is_struck));
                    self.xml.skip()?;
                }
                "table-row" => {
                    let seen = seen(&tag)?;
                    self.row(seen, is_folded)?;
                }
                _ => self.xml.skip()?,
            }
        }
        Ok(())
    }

    fn row(&mut self, seen: Seen, is_folded: bool) -> Result<(), Unreadable> {
        let line = self.line;
        self.line = line.saturating_add(seen.count);
        self.arrays.retain(|(range, _)| *range.lines.end() >= line);
        let (mut cells, mut column, mut last, mut is_struck) = (Vec::new(), 0, None, true);
        let row_style = seen.style.and_then(|style| self.styles.strikes(&style));
        while let Some(tag) = self.xml.child()? {
            if !matches!(tag.name(), "table-cell" | "covered-table-cell") {
                self.xml.skip()?;
                continue;
            }
            let named = Named::read(&tag)?;
            let count = named.count;
            let (cell, own) = self.cell(line, column, named)?;
            let first = column;
            column = column.saturating_add(count);
            let Some(cell) = cell else { continue };
            if !shape::is_blank(&cell) {
                is_struck &= own.or(row_style).unwrap_or_else(|| self.column_is_struck(first));
                last = Some(column.saturating_sub(1));
            }
            self.budget.hold(shape::size(&cell))?;
            for column in first..column {
                if !self.shape.is_within(column, self.budget) {
                    break;
                }
                if column > first {
                    self.budget.hold(shape::size(&cell))?;
                }
                cells.push(Cell { column, ..cell.clone() });
            }
        }
        let Some(last) = last else { return Ok(()) };
        self.shape.reach(last);
        let is_filtered = seen.is_filtered;
        let is_hidden = !is_filtered && (seen.is_hidden || is_folded);
        let row = Row { line, is_hidden, is_filtered, is_struck, width: None, cells };
        self.shape.add_repeated(row, seen.count, self.budget)
    }

    /// Reads a cell to its end, and whether it is struck through. None: it holds nothing, or its column or row says.
    fn cell(&mut self, line: u32, column: u32, named: Named) -> Result<(Option<Cell>, Option<bool>), Unreadable> {
        let mut paragraphs = Paragraphs::default();
        while let Some(tag) = self.xml.child()? {
            match tag.name() {
                "p" | "h" => paragraphs.read(self.xml, self.styles, self.budget)?,
                _ => self.xml.skip()?,
            }
        }
        let style = named.style.as_ref().and_then(|style| self.styles.strikes(style));
        let is_struck = paragraphs.is_struck().or(style);
        let value = named.value(paragraphs.text);
        let span = |(rows, columns): (u32, u32)| Range {
            lines: line..=line.saturating_add(rows - 1),
            columns: column..=column.saturating_add(columns - 1),
        };
        if named.merged != (1, 1) {
            self.budget.hold(size_of::<Range>())?;
            self.merged.push(span(named.merged));
        }
        let mut formula = named.formula;
        match &formula {
            Some(text) if named.fills != (1, 1) => {
                self.budget.hold(size_of::<Range>() + text.len())?;
                self.arrays.push((span(named.fills), text.clone()));
            }
            Some(_) => {}
            None if value.is_some() => {
                for (range, filling) in &self.arrays {
                    self.budget.step()?;
                    if range.has(line, column) {
                        formula = Some(filling.clone());
                        break;
                    }
                }
            }
            None => {}
        }
        let holds = value.is_some() || formula.is_some();
        Ok((holds.then_some(Cell { column, value, formula, covered_by: None }), is_struck))
    }

    fn column_is_struck(&self, column: u32) -> bool {
        let place = self.columns.partition_point(|(end, _, _)| *end <= column);
        self.columns.get(place).is_some_and(|(_, _, is_struck)| *is_struck)
    }
}
