//! A first solution: one near the best of a large season; else none at all where no row asks for anyone, else the one that makes the
//! rows fall short the least;
//! then filled up greedily, so that a solve which is stopped early has something to give.

use super::face::{Face, Values};
use super::optimum::{Interrupted, Solver};
use super::{carriage, narrow};
use crate::limits::Stop;
use formulation::{Column, Formulation, Measure};

/// Finds a solution that keeps every row; `None` where it is proven that there is none.
pub(super) fn find(formulation: &Formulation, face: &Face, solver: &mut Solver) -> Result<Option<Values>, Interrupted> {
    if let Some(values) = narrow::first(formulation, face, solver)? {
        return Ok(Some(values));
    }
    Ok(feasible(face, solver)?.map(|values| filled(formulation, face, values)))
}

/// A matching as values of every column.
pub(crate) fn complete(formulation: &Formulation, matched: &[bool]) -> Values {
    let mut values: Values = matched.iter().map(|&matched| i64::from(matched)).collect();
    values.resize(formulation.columns.len(), 0);
    carriage::carry(formulation, &mut values);
    for row in &formulation.rows {
        let Some((column, coefficient)) = row.defines else { continue };
        let others = row.terms().filter(|&(other, _)| other != column);
        let sum: i64 = others.map(|(other, a)| a * values[other as usize]).sum();
        let value = match formulation.columns.other(column as usize) {
            Some(Column::Opening(_)) => i64::from(row.pairs.iter().any(|&pair| matched[pair as usize])),
            Some(Column::Filled) => i64::from(sum + coefficient >= 0),
            Some(Column::Carried { .. } | Column::Blocking(_) | Column::Missed { .. }) | None => {
                let short = row.least.map_or(0, |least| least - sum);
                let excess = row.most.map_or(0, |most| sum - most);
                // Another row may have found more.
                values[column as usize].max(short).max(excess)
            }
        };
        values[column as usize] = value;
    }
    values
}

/// A solution of a face; `None` where it is proven that there is none.
pub(super) fn feasible(face: &Face, solver: &mut Solver) -> Result<Option<Values>, Interrupted> {
    let mut restricted = face.shortfall();
    let least = restricted.expand(face, &[]);
    if face.admits(&least) {
        return Ok(Some(least));
    }
    if narrow::falls_short(face, &restricted, solver)? {
        return Ok(None);
    }
    let mut optimum = solver.ask(&mut restricted, 0.0)?;
    if optimum.value < 0 && optimum.prices.is_none() && optimum.cut_short.is_none() {
        // Nothing but the solver's word says so; another configuration must say the same.
        optimum = solver.second_opinion(&restricted)?;
    }
    if optimum.value == 0 {
        return Ok(Some(restricted.expand(face, &optimum.values)));
    }
    if let Some(cut_short) = optimum.cut_short {
        return Err(cut_short);
    }
    if optimum.bound < 0 {
        return Ok(None);
    }
    Err(Interrupted::Stopped(Stop::OutOfTime))
}

/// Adds pairs while the rows allow it, those first that the first goal values most.
fn filled(formulation: &Formulation, face: &Face, mut values: Values) -> Values {
    let Some(Measure::Sum { weights, least: false }) = formulation.goals.first().map(|goal| &goal.measure) else {
        return values;
    };
    let mut of_column: Vec<Vec<(u32, i64)>> = vec![Vec::new(); formulation.columns.len()];
    let mut activities: Vec<i64> = Vec::with_capacity(formulation.rows.len());
    for (index, row) in formulation.rows.iter().enumerate() {
        let activity: i64 = row.terms().map(|(column, a)| a * values[column as usize]).sum();
        activities.push(activity);
        for (column, a) in row.terms() {
            of_column[column as usize].push((index as u32, a));
        }
    }
    let mut order: Vec<usize> =
        (0..weights.len()).filter(|&column| values[column] == 0 && weights[column] > 0).collect();
    order.sort_by_key(|&column| std::cmp::Reverse(weights[column]));
    // A row that asks for something stays as it is or comes nearer.
    let allows = |row: u32, activity: i64, a: i64| {
        let row = &formulation.rows[row as usize];
        row.most.is_none_or(|most| activity + a <= most)
            && row.least.is_none_or(|least| a >= 0 || activity + a >= least)
    };
    for column in order {
        let rows = &of_column[column];
        if rows.iter().all(|&(row, a)| allows(row, activities[row as usize], a)) {
            values[column] = 1;
            rows.iter().for_each(|&(row, a)| activities[row as usize] += a);
        }
    }
    debug_assert!(face.admits(&values));
    values
}
