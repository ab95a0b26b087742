//! [`Face`]: the matchings still in play while goals are held one after another.
//!
//! On a network a held goal is a face of an integral polytope, so no row with large coefficients is needed. With exact
//! prices `y` of the rows and reduced values `d_j = c_j − Σ_i a_ij · y_i`, the Lagrangian bound
//!
//! `z(y) = Σ_i (y_i > 0 ? most_i : least_i) · y_i + Σ_j max(0, d_j)`
//!
//! is an upper bound for every `y` whose priced bounds exist (weak duality), so rounding the solver's floats to integers
//! can't break it. Where it equals the value of a matching both are optimal, and complementary slackness says which
//! matchings are: exactly those with `x_j = 1` where `d_j > 0`, `x_j = 0` where `d_j < 0`, and every priced row at its
//! priced bound. See Schrijver, *Theory of Linear and Integer Programming* (1986), sections 7.9 and 24.1.
//!
//! Where projects open or stay closed, or a goal is held below its optimum, goals are held by rows and every column is whole.

use crate::process::{Model, ModelRow};
use formulation::{Column, Formulation};

/// What is settled of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    Fixed(i64),
}

/// The matchings still in play.
#[derive(Debug, Clone)]
pub(super) struct Face {
    columns: Vec<State>,
    /// How many columns are pairs.
    pub pairs: usize,
    /// By column: its greatest value.
    most: Vec<i64>,
    rows: Vec<ModelRow>,
    /// The rows that say what an opening project has, and the columns that say whether it opens.
    openings: Vec<(usize, u32)>,
    /// Whether the rows are those of a network.
    nests: bool,
    /// Whether every held goal is held at its very optimum; see the module.
    exact: bool,
}

/// A model over the free columns of a face.
pub(super) struct Restricted {
    /// What is sent to the solver.
    pub model: Model,
    /// By column of the model: the column of the face; columns after these stand for shortfalls.
    free: Vec<usize>,
    /// By row of the model: the row of the face.
    rows: Vec<usize>,
    /// The value of the fixed columns.
    constant: i64,
}

/// A value, by column of the formulation.
pub(super) type Values = Vec<i64>;

impl Face {
    /// Every matching of a formulation; `nests` says that its rows are those of a network.
    pub fn new(formulation: &Formulation, nests: bool) -> Self {
        let rows = formulation.rows.iter();
        Self {
            columns: vec![State::Free; formulation.columns.len()],
            pairs: formulation.pair_count(),
            most: (0..formulation.columns.len()).map(|column| formulation.columns.most(column)).collect(),
            rows: rows.map(|row| ModelRow { terms: row.terms().collect(), least: row.least, most: row.most }).collect(),
            openings: (0..)
                .zip(&formulation.rows)
                .filter(|(_, row)| row.least.is_some())
                .filter_map(|(at, row)| Some((at, row.defines?.0)))
                .filter(|&(_, column)| matches!(formulation.columns.other(column as usize), Some(Column::Opening(_))))
                .collect(),
            nests,
            exact: true,
        }
    }

    /// Whether a column may still be either.
    pub fn is_free(&self, column: usize) -> bool {
        self.columns[column] == State::Free
    }

    /// Whether every matching in play has the column.
    pub fn is_one(&self, column: usize) -> bool {
        self.columns[column] == State::Fixed(1)
    }

    /// Whether rows and columns are those of a network.
    pub fn is_network(&self) -> bool {
        self.exact && self.nests
    }

    /// Takes the matchings with a column out of play; false where none is left.
    pub fn forbid(&mut self, column: usize) -> bool {
        let left = self.columns[column] != State::Fixed(1);
        self.columns[column] = State::Fixed(0);
        left
    }

    /// Takes the matchings out of play that do not have a column where it is wanted, or have it where it is not; a column of more than
    /// one unit that is wanted stays as it is.
    pub fn settle(&mut self, column: usize, is_wanted: bool) {
        if !is_wanted || self.most[column] == 1 {
            self.columns[column] = State::Fixed(i64::from(is_wanted));
        }
    }

    /// Holds `Σ weight · column ≥ least` by a row. `optimum` says that `least` is proven the greatest there is.
    pub fn hold(&mut self, weights: &[i64], least: i64, optimum: bool) {
        let terms = weights.iter().enumerate().filter(|&(_, &w)| w != 0).map(|(j, &w)| (j as u32, w)).collect();
        self.rows.push(ModelRow { terms, least: Some(least), most: None });
        self.exact &= optimum && !self.nests;
    }

    /// Whether a solution keeps every row and every settled column.
    pub fn admits(&self, values: &[i64]) -> bool {
        let columns = self.columns.iter().zip(&self.most).zip(values).all(|((state, &most), &v)| match *state {
            State::Free => (0..=most).contains(&v),
            State::Fixed(fixed) => v == fixed,
        });
        columns
            && self.rows.iter().all(|row| {
                let activity = activity(&row.terms, values);
                row.least.is_none_or(|least| activity >= i128::from(least))
                    && row.most.is_none_or(|most| activity <= i128::from(most))
            })
    }

    /// The model that maximises `Σ weight · column` over the matchings in play.
    pub fn restrict(&self, weights: &[i64]) -> Restricted {
        self.model(weights, false)
    }

    /// The model that makes the rows hold with the least shortfall, which is 0 where any matching is in play: each row that is broken
    /// where every free column is 0 gets a column for what it lacks or exceeds, and those cost 1 a unit.
    pub fn shortfall(&self) -> Restricted {
        self.model(&[], true)
    }

    fn model(&self, weights: &[i64], elastic: bool) -> Restricted {
        let mut place = vec![u32::MAX; self.columns.len()];
        let mut free = Vec::new();
        let mut constant = 0;
        let weight = |column: usize| weights.get(column).copied().unwrap_or(0);
        for (column, state) in self.columns.iter().enumerate() {
            match *state {
                State::Free => {
                    place[column] = free.len() as u32;
                    free.push(column);
                }
                State::Fixed(value) => constant += value * weight(column),
            }
        }
        let mut objective: Vec<i64> = free.iter().map(|&column| weight(column)).collect();
        let mut most: Vec<i64> = free.iter().map(|&column| self.most[column]).collect();
        let mut kept = Vec::new();
        let mut rows = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let mut settled = 0;
            let mut terms = Vec::with_capacity(row.terms.len());
            for &(column, a) in &row.terms {
                match self.columns[column as usize] {
                    State::Free => terms.push((place[column as usize], a)),
                    State::Fixed(value) => settled += a * value,
                }
            }
            let (lowest, highest) = range(&terms, &most);
            let least = row.least.map(|b| b - settled).filter(|&b| b > lowest);
            let upper = row.most.map(|b| b - settled).filter(|&b| b < highest);
            if elastic && let Some(lack) = least.filter(|&b| b > 0) {
                terms.push((objective.len() as u32, 1));
                objective.push(-1);
                most.push(lack);
            }
            if elastic && let Some(excess) = upper.filter(|&b| b < 0) {
                terms.push((objective.len() as u32, -1));
                objective.push(-1);
                most.push(-excess);
            }
            if least.is_some() || upper.is_some() {
                kept.push(index);
                rows.push(ModelRow { terms, least, most: upper });
            }
        }
        if !elastic {
            rows.extend(self.together(&place));
        }
        let whole = if self.is_network() { Vec::new() } else { (0..objective.len() as u32).collect() };
        let model = Model { objective, most, rows, whole, start: None };
        Restricted { model, free, rows: kept, constant }
    }

    /// `x ≤ y` for each pair and the opening of its project, both free; `place` is where they are in the model. They follow from
    /// the rows of whole columns, and bring the linear program's bound near.
    fn together(&self, place: &[u32]) -> Vec<ModelRow> {
        let mut rows = Vec::new();
        for &(row, open) in self.openings.iter().filter(|&&(_, open)| self.is_free(open as usize)) {
            let free = |&&(column, _): &&(u32, i64)| column != open && self.is_free(column as usize);
            let pairs = self.rows[row].terms.iter().filter(free);
            let together = |&(pair, _): &(u32, i64)| ModelRow {
                terms: vec![(place[pair as usize], 1), (place[open as usize], -1)],
                least: None,
                most: Some(0),
            };
            rows.extend(pairs.map(together));
        }
        rows
    }

    /// Keeps only the matchings that reach the bound of these prices; see the module.
    pub fn tighten(&mut self, restricted: &Restricted, prices: &[i64]) {
        for (row, &price) in restricted.rows.iter().zip(prices) {
            let row = &mut self.rows[*row];
            if price > 0 {
                row.least = row.most;
            } else if price < 0 {
                row.most = row.least;
            }
        }
        let reduced = restricted.reduced_values(prices);
        for (&column, d) in restricted.free.iter().zip(reduced) {
            if d != 0 {
                self.columns[column] = State::Fixed(i64::from(d > 0));
            }
        }
    }
}

impl Restricted {
    /// Whether every column is settled.
    pub fn is_empty(&self) -> bool {
        self.model.objective.is_empty()
    }

    /// The value of a solution of the model, fixed columns included.
    pub fn value(&self, values: &[i64]) -> i128 {
        let free: i128 = self.model.objective.iter().zip(values).map(|(&c, &v)| i128::from(c) * i128::from(v)).sum();
        i128::from(self.constant) + free
    }

    /// The column of the face that a column of the model is.
    pub fn column(&self, at: usize) -> usize {
        self.free[at]
    }

    /// The value of the columns that are fixed.
    pub fn constant(&self) -> i64 {
        self.constant
    }

    /// A solution of the model as values of every column of the face.
    pub fn expand(&self, face: &Face, values: &[i64]) -> Values {
        let mut all: Values = face.columns.iter().map(|state| if *state == State::Fixed(1) { 1 } else { 0 }).collect();
        for (&column, &value) in self.free.iter().zip(values) {
            all[column] = value;
        }
        all
    }

    /// A solution of the face as values of the model's columns, shortfalls left out.
    pub fn project(&self, values: &[i64]) -> Values {
        self.free.iter().map(|&column| values[column]).collect()
    }

    /// Whole values within the columns' bounds that keep every row; `None` where the solver's do not.
    pub fn round(&self, values: &[f64]) -> Option<Values> {
        if values.len() != self.model.most.len() {
            return None;
        }
        let whole: Option<Values> = values
            .iter()
            .zip(&self.model.most)
            .map(|(&value, &most)| {
                let whole = value.round();
                // A value farther off is no rounding error, and a comparison with NaN is false.
                ((value - whole).abs() < 1e-5 && (0.0..=most as f64).contains(&whole)).then_some(whole as i64)
            })
            .collect();
        whole.filter(|values| {
            self.model.rows.iter().all(|row| {
                let activity = activity(&row.terms, values);
                row.least.is_none_or(|least| activity >= i128::from(least))
                    && row.most.is_none_or(|most| activity <= i128::from(most))
            })
        })
    }

    /// Whole prices from the solver's, 0 where the priced bound does not exist; `None` where there are none.
    pub fn whole_prices(&self, prices: &[f64]) -> Option<Vec<i64>> {
        if prices.len() != self.model.rows.len() {
            return None;
        }
        let whole = self.model.rows.iter().zip(prices).map(|(row, &price)| {
            let price = price.round();
            let bounded = if price > 0.0 { row.most } else { row.least };
            // NaN and what no price can be end as 0, which only weakens the bound.
            if bounded.is_some() && price.abs() < 1e15 { price as i64 } else { 0 }
        });
        Some(whole.collect())
    }

    /// `z(y)` of the module: no solution of the model has a greater value.
    pub fn bound(&self, prices: &[i64]) -> i128 {
        let rows: i128 = self
            .model
            .rows
            .iter()
            .zip(prices)
            .map(|(row, &price)| {
                let bound = if price > 0 { row.most } else { row.least };
                i128::from(bound.unwrap_or(0)) * i128::from(price)
            })
            .sum();
        let columns: i128 =
            self.reduced_values(prices).zip(&self.model.most).map(|(d, &most)| d.max(0) * i128::from(most)).sum();
        i128::from(self.constant) + rows + columns
    }

    /// A bound without solving: `z(y)` with prices that cover every column's value once. Each row in turn, where all its
    /// coefficients are 1 and it has an upper bound, is priced at the most that is left of its columns' values. With the
    /// placement rows first that is `Σ_student max weight`.
    pub fn quick_bound(&self) -> i128 {
        self.bound(&self.quick_prices())
    }

    /// The prices of [`Self::quick_bound`].
    pub fn quick_prices(&self) -> Vec<i64> {
        let mut left = self.model.objective.clone();
        self.model
            .rows
            .iter()
            .map(|row| {
                if row.most.is_none() || row.terms.iter().any(|&(_, a)| a != 1) {
                    return 0;
                }
                let price = row.terms.iter().map(|&(column, _)| left[column as usize]).max().unwrap_or(0).max(0);
                row.terms.iter().for_each(|&(column, _)| left[column as usize] -= price);
                price
            })
            .collect()
    }

    /// `d_j = c_j − Σ_i a_ij · y_i` of every column of the model.
    fn reduced_values(&self, prices: &[i64]) -> impl Iterator<Item = i128> + use<> {
        let mut reduced: Vec<i128> = self.model.objective.iter().map(|&c| i128::from(c)).collect();
        for (row, &price) in self.model.rows.iter().zip(prices) {
            if price != 0 {
                for &(column, a) in &row.terms {
                    reduced[column as usize] -= i128::from(a) * i128::from(price);
                }
            }
        }
        reduced.into_iter()
    }
}

fn activity(terms: &[(u32, i64)], values: &[i64]) -> i128 {
    terms.iter().map(|&(column, a)| i128::from(a) * i128::from(values[column as usize])).sum()
}

/// The least and greatest activity of a row.
fn range(terms: &[(u32, i64)], most: &[i64]) -> (i64, i64) {
    terms.iter().fold((0, 0), |(low, high), &(column, a)| {
        let a = a * most[column as usize];
        (low + a.min(0), high + a.max(0))
    })
}
