//! The linear program of a model, by column generation: its prices, and what they say of every decision.
//!
//! It begins with some columns. Those left out that would still gain by its prices come in, until none would: then the
//! prices are those of the whole program (Dantzig and Wolfe, "Decomposition principle for linear programs", 1960).
//! Whatever the prices are, what they say is added up in whole numbers (`lagrangian.rs`).

use super::face::Restricted;
use super::optimum::{Interrupted, Solver, Vertex};
use crate::lagrangian::{Losses, Prices};

/// Parts of a unit that prices are rounded to.
const PARTS: i128 = 1 << 12;

/// The linear program's optimum.
pub(super) struct Linear {
    pub losses: Losses,
    /// By column of the model; 0 where it was left out.
    pub values: Vec<f64>,
}

/// A bound is near enough that exceeds the linear program's value by no more than this share of that.
const NEAR_ENOUGH: f64 = 1e-6;

/// Solves the linear program of a model, beginning with the columns `taken`. It ends once its bound is no more than
/// `hand`, or near enough. `None` where the solver gave no prices.
pub(super) fn solve(
    restricted: &Restricted,
    mut taken: Vec<bool>,
    hand: Option<i128>,
    solver: &mut Solver,
) -> Result<Option<Linear>, Interrupted> {
    let mut rounds = 0;
    loop {
        let (model, columns) = restricted.part(&taken);
        let Some(Vertex { values, prices }) = solver.relax(&model)? else {
            // Columns left out may be what the rows ask for.
            if taken.iter().all(|&taken| taken) {
                return Ok(None);
            }
            taken.fill(true);
            continue;
        };
        let losses = restricted.losses(&Prices::rounded(&model.rows[..restricted.priced()], &prices, PARTS));
        let value: f64 = model.objective.iter().zip(&values).map(|(&c, v)| c as f64 * v).sum();
        let value = value + restricted.constant() as f64;
        let is_near = hand.is_some_and(|hand| losses.bound() <= hand)
            || losses.bound() as f64 - value <= NEAR_ENOUGH * value.abs();
        rounds += 1;
        let gains = |&column: &usize| !taken[column] && losses.gains(column);
        let missed: Vec<usize> = (0..taken.len()).filter(gains).collect();
        if is_near || missed.is_empty() || rounds >= solver.tuning().most_rounds {
            let mut all = vec![0.0; taken.len()];
            columns.iter().zip(values).for_each(|(&column, value)| all[column as usize] = value);
            return Ok(Some(Linear { losses, values: all }));
        }
        missed.into_iter().for_each(|column| taken[column] = true);
    }
}
