//! One sum: improved over the matchings in play, then held.

use super::face::{Face, Values};
use super::narrow::narrow;
use super::optimum::{Interrupted, Solver};
use super::sight::Extent;
use crate::limits::Stop;

/// A sum of the goal at a place, more being better.
pub(super) struct Sum<'a> {
    pub goal: usize,
    pub weights: &'a [i64],
    pub tolerance: i64,
}

impl Sum<'_> {
    /// Of a solution.
    fn value(&self, values: &Values) -> i64 {
        self.weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
    }

    /// What no matching in play exceeds, without solving. A bound that does not fit is no news.
    pub fn quick_bound(&self, face: &Face) -> i64 {
        i64::try_from(face.restrict(self.weights).quick_bound()).unwrap_or(i64::MAX)
    }

    /// Finds the greatest sum and holds it; whether it is proven. `bound` becomes the least that is found; `best` stays a matching in play
    /// and becomes the best one found.
    pub fn improve(
        &self,
        face: &mut Face,
        best: &mut Values,
        bound: &mut i64,
        solver: &mut Solver,
    ) -> Result<bool, Interrupted> {
        let &Self { goal, weights, tolerance } = self;
        let mut restricted = face.restrict(weights);
        let prices = restricted.quick_prices();
        let value = self.value(best);
        if tolerance == 0 && restricted.losses_of_all(&prices).bound() == i128::from(value) {
            // What is in hand meets a bound that needs no solver.
            *bound = value;
            face.tighten(&restricted, &prices);
            return Ok(true);
        }
        if tolerance == 0 && *bound == value {
            face.hold(weights, value, true);
            return Ok(true);
        }
        if tolerance == 0 && solver.relative_gap() == 0.0 {
            let found = narrow(weights, goal, face, best, solver)?;
            *bound = found.map_or(*bound, |found| found.min(*bound));
            let value = self.value(best);
            if found == Some(value) {
                face.hold(weights, value, true);
                return Ok(true);
            }
            restricted = face.restrict(weights);
        }
        let optimum = solver.maximise((face, Extent::Whole), &mut restricted, best, solver.relative_gap())?;
        *best = restricted.expand(face, &optimum.values);
        // What the prices of the linear program said stays true where the solver was cut short.
        *bound = optimum.bound.min(*bound);
        let is_proven = optimum.value == *bound;
        match &optimum.prices {
            Some(prices) if tolerance == 0 => face.tighten(&restricted, prices),
            _ => face.hold(weights, optimum.value.saturating_sub(tolerance), tolerance == 0 && is_proven),
        }
        if let Some(cut_short) = optimum.cut_short {
            return Err(cut_short);
        }
        if !is_proven && solver.relative_gap() == 0.0 {
            // The solver ran out of time with a solution; nothing after this goal can be proven.
            return Err(Interrupted::Stopped(Stop::OutOfTime));
        }
        Ok(is_proven)
    }
}
