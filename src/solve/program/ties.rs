//! The lottery, carried on level by level until one matching is left.
//!
//! Whether one is left is a model of its own: `max 2 · Σ −ticket · x − z` over the matchings in play, z in {0, 1}, with
//! `Σ_{matched} x − Σ_{not matched, no ticket} x − z ≤ |matched| − 1`. The matching in hand has z = 1. Any other that
//! has as few tickets keeps the row with z = 0: were it that one and more pairs, those would have no tickets. So an
//! optimum one below twice its tickets proves that the matching in hand is the only one.

use super::face::{Face, Values};
use super::optimum::{Interrupted, Solver};
use super::sight::Extent;
use crate::limits::Stop;
use formulation::Lottery;

/// Levels after which the lottery is given up; two matchings tie at one level with a chance of about one in a million.
const MAX_LEVELS: u32 = 64;

/// Draws until one matching is left; false where the levels ran out.
pub(super) fn draw(
    lottery: &Lottery,
    pairs: usize,
    face: &mut Face,
    best: &mut Values,
    solver: &mut Solver,
) -> Result<bool, Interrupted> {
    for level in 0..MAX_LEVELS {
        let tickets: Vec<i64> = (0..pairs)
            .map(|column| if face.is_free(column) || face.is_one(column) { -lottery.ticket(column, level) } else { 0 })
            .collect();
        let mut restricted = face.restrict(&tickets);
        let optimum = solver.maximise((face, Extent::Whole), &mut restricted, best, 0.0)?;
        if !optimum.is_proven() {
            return Err(Interrupted::Stopped(Stop::OutOfTime));
        }
        *best = restricted.expand(face, &optimum.values);
        match &optimum.prices {
            Some(prices) => face.tighten(&restricted, prices),
            None => face.hold(&tickets, optimum.value, true),
        }
        if is_alone(&tickets, optimum.value, face, best, solver)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether no other matching in play has tickets of this value.
fn is_alone(tickets: &[i64], value: i64, face: &Face, best: &Values, solver: &mut Solver) -> Result<bool, Interrupted> {
    let doubled: Vec<i64> = tickets.iter().map(|ticket| 2 * ticket).collect();
    let mut restricted = face.restrict(&doubled);
    if restricted.is_empty() {
        return Ok(true);
    }
    restricted.let_differ(best, tickets);
    let optimum = solver.maximise((face, Extent::Whole), &mut restricted, best, 0.0)?;
    match optimum.value - 2 * value {
        0 => Ok(false),
        -1 if optimum.is_proven() => Ok(true),
        _ => Err(Interrupted::Stopped(Stop::OutOfTime)),
    }
}
