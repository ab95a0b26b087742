//! Prices of rows, added up in whole numbers: what no solution can exceed, and what each decision takes from that.
//!
//! Let `y` be prices of the rows, with the sign that their bounds allow, and `d_j = c_j − Σ_i a_ij y_i`. For *every*
//! such `y`
//!
//! `L(y) = Σ_i b_i y_i + Σ_{other columns} max(0, d_j) · most_j + Σ_{openings} max(0, d_open + best d of min … max of its pairs)`
//!
//! is at least the value of every solution: the Lagrangian bound, in which a project's own problem, nobody or from its
//! minimum to its maximum, is solved exactly by sorting (Geoffrion, "Lagrangean relaxation for integer programming",
//! 1974). Good prices come from a linear program. Its tolerances can only make the bound weaker, because prices are
//! rounded to parts of a unit and `L` is added up again in `i128`.
//!
//! A decision's loss is how much `L` falls when it is forced in that sum. If `L − loss` is below the value in hand, no
//! solution as good makes the decision; strictly below, so that what only ties stays.

use std::cmp::Reverse;

use super::process::{Model, ModelRow};

/// More than any bound, and small enough to be added up.
const ENDLESS: i128 = i128::MAX / 4;

/// A project that opens or stays closed: the column that says which, and its pairs, of which none or `least` to `most`
/// are 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    pub column: u32,
    pub pairs: Vec<u32>,
    pub least: usize,
    pub most: usize,
    /// The rows that say so. They have no price, because its own problem keeps them.
    pub rows: Vec<u32>,
}

/// By row, in parts of a unit: at least 0 for an upper bound and at most 0 for a lower one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prices {
    of_rows: Vec<i128>,
    parts: i128,
}

impl Prices {
    /// A solver's prices of the first rows, rounded; a price that is no number, is endless or is of a bound that does
    /// not exist is 0, which only weakens the bound.
    pub fn rounded(rows: &[ModelRow], prices: &[f64], parts: i128) -> Self {
        let rounded = |(row, price): (&ModelRow, &f64)| {
            let price = (price * parts as f64).round();
            let bound = if price > 0.0 { row.most } else { row.least };
            if bound.is_some() && price.abs() < 1e18 { price as i128 } else { 0 }
        };
        Self { of_rows: rows.iter().zip(prices).map(rounded).collect(), parts }
    }

    /// By row.
    pub fn of_rows(&self) -> impl Iterator<Item = i128> {
        self.of_rows.iter().copied()
    }

    /// Whole prices.
    pub fn whole(prices: &[i64]) -> Self {
        Self { of_rows: prices.iter().map(|&price| i128::from(price)).collect(), parts: 1 }
    }
}

/// `L`, and by column what decisions take from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Losses {
    parts: i128,
    /// In parts.
    bound: i128,
    of_columns: Vec<Loss>,
    /// By column: whether it is one of an opening's.
    is_grouped: Vec<bool>,
}

/// How much `L` falls, in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Loss {
    /// Where the column is more than 0.
    pub taken: i128,
    /// Where it is less than its most.
    pub left: i128,
}

impl Losses {
    /// Adds up the prices of a model whose other columns are worth `constant`.
    pub fn add_up(model: &Model, constant: i64, openings: &[Opening], prices: &Prices) -> Self {
        let parts = prices.parts;
        let mut bound = i128::from(constant) * parts;
        let mut reduced: Vec<i128> = model.objective.iter().map(|&c| i128::from(c) * parts).collect();
        let mut is_kept = vec![false; model.rows.len()];
        openings.iter().flat_map(|opening| &opening.rows).for_each(|&row| is_kept[row as usize] = true);
        for ((row, &price), is_kept) in model.rows.iter().zip(&prices.of_rows).zip(is_kept) {
            let Some(units) = (if price > 0 { row.most } else { row.least }) else { continue };
            if price != 0 && !is_kept {
                bound += i128::from(units) * price;
                row.terms.iter().for_each(|&(column, a)| reduced[column as usize] -= i128::from(a) * price);
            }
        }
        let mut of_columns: Vec<Loss> = reduced.iter().map(|&d| Loss { taken: (-d).max(0), left: d.max(0) }).collect();
        let mut is_grouped = vec![false; reduced.len()];
        for opening in openings {
            let problem = Problem::new(opening, &reduced);
            bound += problem.best();
            is_grouped[opening.column as usize] = true;
            of_columns[opening.column as usize] = problem.loss_of_opening();
            for &pair in &opening.pairs {
                is_grouped[pair as usize] = true;
                of_columns[pair as usize] = problem.loss_of_pair(reduced[pair as usize]);
            }
        }
        let ungrouped = reduced.iter().zip(&model.most).zip(&is_grouped).filter(|&(_, is_grouped)| !is_grouped);
        bound += ungrouped.map(|((&d, &most), _)| d.max(0) * i128::from(most)).sum::<i128>();
        Self { parts, bound, of_columns, is_grouped }
    }

    /// No solution has a greater value.
    pub fn bound(&self) -> i128 {
        self.bound.div_euclid(self.parts)
    }

    /// By column.
    pub fn of_columns(&self) -> &[Loss] {
        &self.of_columns
    }

    /// Whether a linear program that left this column out may gain by it.
    pub fn gains(&self, column: usize) -> bool {
        let Loss { taken, left } = self.of_columns[column];
        if self.is_grouped[column] { taken == 0 } else { left > 0 }
    }

    /// What a column is in every solution of at least this value: `true` at its most, `false` at 0, `None` where that is
    /// not known.
    pub fn settled(&self, column: usize, value: i128) -> Option<bool> {
        let is_lost = |loss: i128| self.bound - loss < value * self.parts;
        let Loss { taken, left } = self.of_columns[column];
        if is_lost(taken) { Some(false) } else { is_lost(left).then_some(true) }
    }
}

/// A project's own problem: nobody, or from its minimum to its maximum.
struct Problem {
    /// Reduced values of its pairs, the greatest first.
    sorted: Vec<i128>,
    least: usize,
    most: usize,
    /// The reduced value of opening.
    opening: i128,
}

impl Problem {
    fn new(opening: &Opening, reduced: &[i128]) -> Self {
        let mut sorted: Vec<i128> = opening.pairs.iter().map(|&pair| reduced[pair as usize]).collect();
        sorted.sort_unstable_by_key(|&d| Reverse(d));
        Self { sorted, least: opening.least, most: opening.most, opening: reduced[opening.column as usize] }
    }

    /// The greatest value of the project where it opens, by what is asked of one pair; `None` where it can't.
    fn open(&self, asked: Asked) -> Option<i128> {
        let (own, with) = match asked {
            Asked::Nothing => (None, None),
            Asked::Without(d) => (Some(d), None),
            Asked::With(d) => (Some(d), Some(d)),
        };
        let own = own.map(|d| self.sorted.partition_point(|&other| other > d));
        let others = self.sorted.iter().enumerate().filter(|&(place, _)| Some(place) != own).map(|(_, &d)| d);
        let taken = usize::from(with.is_some());
        let (forced, room) = (self.least.saturating_sub(taken), self.most.checked_sub(taken)?);
        let there_are = self.sorted.len() - usize::from(own.is_some());
        if there_are < forced || room < forced {
            return None;
        }
        let others = others.take(room).enumerate().take_while(|&(place, d)| place < forced || d > 0);
        Some(self.opening + with.unwrap_or(0) + others.map(|(_, d)| d).sum::<i128>())
    }

    fn best(&self) -> i128 {
        self.open(Asked::Nothing).map_or(0, |open| open.max(0))
    }

    fn loss_of_opening(&self) -> Loss {
        let best = self.best();
        Loss { taken: self.open(Asked::Nothing).map_or(ENDLESS, |open| best - open), left: best }
    }

    /// Of a pair of this reduced value.
    fn loss_of_pair(&self, d: i128) -> Loss {
        let best = self.best();
        Loss {
            taken: self.open(Asked::With(d)).map_or(ENDLESS, |with| best - with),
            left: best - self.open(Asked::Without(d)).map_or(0, |without| without.max(0)),
        }
    }
}

/// What is asked of a pair, named by its reduced value.
enum Asked {
    Nothing,
    With(i128),
    Without(i128),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three pairs of a project that opens with two, one of another student, and rows of one place each; drawn
    /// objectives and prices.
    fn drawn(seed: u64) -> (Model, Vec<Opening>, Prices) {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut below = |end: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as i64 % end
        };
        let objective = vec![below(10), below(10), below(10), below(10), 0];
        let row = |terms: &[(u32, i64)], least, most| ModelRow { terms: terms.to_vec(), least, most };
        let rows = vec![
            row(&[(0, 1), (3, 1)], None, Some(1)),
            row(&[(1, 1), (2, 1), (3, 1)], None, Some(2)),
            row(&[(0, 1), (1, 1), (2, 1), (4, -2)], Some(0), None),
            row(&[(0, 1), (1, 1), (2, 1), (4, -3)], None, Some(0)),
        ];
        let prices = Prices::rounded(&rows, &[below(40) as f64 / 8.0, below(40) as f64 / 8.0, -1.0, 1.0], 8);
        let opening = Opening { column: 4, pairs: vec![0, 1, 2], least: 2, most: 3, rows: vec![2, 3] };
        (Model { objective, most: vec![1; 5], rows, whole: Vec::new(), start: None }, vec![opening], prices)
    }

    /// Every solution, with its value.
    fn solutions(model: &Model) -> Vec<(Vec<i64>, i128)> {
        let all = (0..32_i64).map(|set| (0..5).map(|column| (set >> column) & 1).collect::<Vec<i64>>());
        let keeps = |values: &Vec<i64>| {
            model.rows.iter().all(|row| {
                let sum: i64 = row.terms.iter().map(|&(column, a)| a * values[column as usize]).sum();
                row.least.is_none_or(|least| sum >= least) && row.most.is_none_or(|most| sum <= most)
            })
        };
        let value = |values: &[i64]| values.iter().zip(&model.objective).map(|(&v, &c)| i128::from(v * c)).sum();
        all.filter(keeps).map(|values| (values.clone(), value(&values))).collect()
    }

    #[test]
    fn no_solution_exceeds_the_bound_and_none_as_good_decides_what_is_settled_otherwise() {
        let mut settled = 0;
        for seed in 0..2_000 {
            let (model, openings, prices) = drawn(seed);
            let losses = Losses::add_up(&model, 0, &openings, &prices);
            let solutions = solutions(&model);
            let best = solutions.iter().map(|&(_, value)| value).max().unwrap_or(0);
            assert!(best <= losses.bound(), "seed {seed}");
            for column in 0..5 {
                let Some(is_wanted) = losses.settled(column, best) else { continue };
                settled += 1;
                let best = solutions.iter().filter(|&&(_, value)| value == best);
                best.for_each(|(values, _)| assert_eq!(values[column] == 1, is_wanted, "seed {seed}, column {column}"));
            }
        }
        assert!(settled > 500, "{settled}");
    }

    #[test]
    fn what_is_no_price_is_0() {
        let row = |least, most| ModelRow { terms: vec![(0, 1)], least, most };
        let rows = [row(None, Some(1)), row(None, Some(1)), row(Some(0), None), row(Some(0), None)];
        let prices = Prices::rounded(&rows, &[f64::NAN, f64::INFINITY, 3.0, -3.4], 1);
        assert_eq!(prices.of_rows().collect::<Vec<_>>(), [0, 0, 0, -3]);
    }
}
