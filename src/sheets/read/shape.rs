//! [`Shape`]: rows as they come in, blank ones left out, within the limits.

use super::budget::Budget;
use super::{Oddity, Unreadable};
use crate::{Cell, Row, Value};

/// What a cell takes beside its text: the allocation's own.
const ALLOCATION: usize = 16;

/// The rows of one sheet so far.
#[derive(Default)]
pub(super) struct Shape {
    /// Those that hold something, as they came.
    pub(super) rows: Vec<Row>,
    /// How many hold something, also those beyond the limit.
    found: u64,
    /// One more than the last column that holds something.
    pub(super) columns: u32,
}

impl Shape {
    /// Whether a cell in a column is kept. One that is not is counted by [`Shape::columns`] all the same.
    pub(super) fn is_within(&self, column: u32, budget: &Budget) -> bool {
        column < budget.limits.columns && self.found < u64::from(budget.limits.rows)
    }

    /// Notes that a column holds something.
    pub(super) fn reach(&mut self, column: u32) {
        self.columns = self.columns.max(column.saturating_add(1));
    }

    /// Adds a row that holds something.
    pub(super) fn add(&mut self, row: Row, budget: &mut Budget) -> Result<(), Unreadable> {
        self.found = self.found.saturating_add(1);
        if self.found <= u64::from(budget.limits.rows) {
            budget.hold(size_of::<Row>())?;
            self.rows.push(row);
        }
        Ok(())
    }

    /// Adds a row that holds something and stands `count` times, one below the other.
    pub(super) fn add_repeated(&mut self, row: Row, count: u32, budget: &mut Budget) -> Result<(), Unreadable> {
        let (first, room) = (row.line, u64::from(budget.limits.rows).saturating_sub(self.found));
        let kept = u32::try_from(room).unwrap_or(u32::MAX).min(count);
        let size = row.cells.iter().map(size).fold(size_of::<Row>(), usize::saturating_add);
        for place in 1..kept {
            budget.hold(size)?;
            self.rows.push(Row { line: first.saturating_add(place - 1), ..row.clone() });
        }
        if kept > 0 {
            budget.hold(size)?;
            self.rows.push(Row { line: first.saturating_add(kept - 1), ..row });
        }
        self.found = self.found.saturating_add(u64::from(count));
        Ok(())
    }

    /// What is over the limits.
    pub(super) fn oddities(&self, sheet: &str, budget: &Budget) -> Vec<Oddity> {
        let (rows, columns) = (budget.limits.rows, budget.limits.columns);
        let too_many_rows = || Oddity::TooManyRows { sheet: sheet.to_owned(), found: self.found, limit: rows };
        let too_many_columns =
            || Oddity::TooManyColumns { sheet: sheet.to_owned(), found: self.columns, limit: columns };
        let rows = (self.found > u64::from(rows)).then(too_many_rows);
        rows.into_iter().chain((self.columns > columns).then(too_many_columns)).collect()
    }
}

/// The memory of a cell.
pub(super) fn size(cell: &Cell) -> usize {
    let text = match &cell.value {
        Some(Value::Text(text) | Value::Failed(text) | Value::Undecoded(text)) => text.len() + ALLOCATION,
        Some(Value::Number(_) | Value::Boolean(_) | Value::Moment(_)) | None => 0,
    };
    size_of::<Cell>() + text + cell.formula.as_ref().map_or(0, |formula| formula.len() + ALLOCATION)
}

/// Whether a value is nothing that a person would see.
pub(super) fn is_blank(cell: &Cell) -> bool {
    match &cell.value {
        Some(Value::Text(text)) => cell.formula.is_none() && text.chars().all(char::is_whitespace),
        Some(Value::Number(_) | Value::Boolean(_) | Value::Moment(_) | Value::Failed(_) | Value::Undecoded(_)) => false,
        None => cell.formula.is_none(),
    }
}
