//! The lottery, carried on level by level until one matching is left. The first level is drawn before anyone asks whether
//! it is needed: seasons nearly always have ties, and where there is none the draw changes nothing.
//!
//! Whether one is left is a model of its own: maximise, over the matchings in play, the pairs that differ from the
//! best one found. `Σ_{not matched} x − Σ_{matched} x` is at least `1 − |matched|` for every other matching, so an
//! optimum of `−|matched|` proves that there is none.

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
        if is_alone(pairs, face, best, solver)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_alone(pairs: usize, face: &Face, best: &[i64], solver: &mut Solver) -> Result<bool, Interrupted> {
    let mut difference = vec![0; best.len()];
    let mut matched = 0;
    let mut free = 0;
    for column in (0..pairs).filter(|&column| face.is_free(column)) {
        free += 1;
        matched += best[column];
        difference[column] = if best[column] == 1 { -1 } else { 1 };
    }
    if free == 0 {
        return Ok(true);
    }
    let mut restricted = face.restrict(&difference);
    let optimum = solver.maximise((face, Extent::Whole), &mut restricted, best, 0.0)?;
    // The best one found is itself in play, with a value of −matched.
    if optimum.value > -matched {
        return Ok(false);
    }
    if optimum.bound > -matched {
        return Err(Interrupted::Stopped(Stop::OutOfTime));
    }
    Ok(true)
}
