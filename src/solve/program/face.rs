//! [`Face`]: the matchings still in play while goals are held one after another.
//!
//! On a network a held goal is a face of an integral polytope, so no row with large coefficients is needed. Whole
//! prices `y` give the bound `L(y)` of `lagrangian.rs`, here without openings. Rounding the solver's floats to them can't
//! break it. Where it equals the value of a matching both are optimal, and complementary slackness says which matchings
//! are: exactly those with `x_j = 1` where `d_j > 0`, `x_j = 0` where `d_j < 0`, and every priced row at its priced
//! bound. See Schrijver, *Theory of Linear and Integer Programming* (1986), sections 7.9 and 24.1.
//!
//! Where projects open or stay closed, or a goal is held below its optimum, goals are held by rows and every column is whole.

use crate::lagrangian::{Loss, Losses, Opening, Prices};
use crate::process::{Model, ModelRow};
use formulation::{Column, Formulation, Pairs};

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
    openings: Vec<FaceOpening>,
    /// Whether the rows are those of a network.
    nests: bool,
    /// Whether every held goal is held at its very optimum; see the module.
    exact: bool,
}

/// A column that says whether a project opens, and the rows that say what it then has.
#[derive(Debug, Clone)]
struct FaceOpening {
    column: u32,
    pairs: Pairs,
    least: usize,
    most: usize,
    rows: Vec<usize>,
}

/// A model over the free columns of a face.
pub(super) struct Restricted {
    /// What is sent to the solver.
    pub model: Model,
    /// By column of the model: the column of the face; columns after these stand for shortfalls.
    free: Vec<usize>,
    /// By row of the model: the row of the face.
    rows: Vec<usize>,
    /// The openings that are free, in the model's columns and rows.
    openings: Vec<Opening>,
    /// The value of the fixed columns.
    constant: i64,
}

/// A value, by column of the formulation.
pub(super) type Values = Vec<i64>;

impl Face {
    /// Every matching of a formulation; `nests` says that its rows are those of a network.
    pub fn new(formulation: &Formulation, nests: bool) -> Self {
        let rows = formulation.rows.iter();
        let mut face = Self {
            columns: vec![State::Free; formulation.columns.len()],
            pairs: formulation.pair_count(),
            most: (0..formulation.columns.len()).map(|column| formulation.columns.most(column)).collect(),
            rows: rows.map(|row| ModelRow { terms: row.terms().collect(), least: row.least, most: row.most }).collect(),
            openings: openings(formulation),
            nests,
            exact: true,
        };
        for row in &face.rows {
            // What adds up to nothing is nothing, column by column.
            if row.most == Some(0) && row.terms.iter().all(|&(_, a)| a > 0) {
                row.terms.iter().for_each(|&(column, _)| face.columns[column as usize] = State::Fixed(0));
            }
        }
        face
    }

    /// Whether a column may still be either.
    pub fn is_free(&self, column: usize) -> bool {
        self.columns[column] == State::Free
    }

    /// Whether every matching in play has the column.
    pub fn is_one(&self, column: usize) -> bool {
        self.columns[column] == State::Fixed(1)
    }

    /// Whether a matching in play may have the column.
    pub fn may_hold(&self, column: usize) -> bool {
        self.columns[column] != State::Fixed(0)
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

    /// Whether a project may still open or stay closed.
    fn is_undecided(&self, opening: &FaceOpening) -> bool {
        self.is_free(opening.column as usize) && opening.pairs.iter().all(|&pair| !self.is_one(pair as usize))
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
        let mut rows: Vec<ModelRow> = Vec::new();
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
        let openings = if elastic { Vec::new() } else { self.free_openings(&place, &kept) };
        for opening in &openings {
            // They follow from the rows of whole columns, and bring the linear program's bound near.
            let together =
                |&pair: &u32| ModelRow { terms: vec![(pair, 1), (opening.column, -1)], least: None, most: Some(0) };
            rows.extend(opening.pairs.iter().map(together));
        }
        let whole = if self.is_network() { Vec::new() } else { (0..objective.len() as u32).collect() };
        let model = Model { objective, most, rows, whole, start: None };
        Restricted { model, free, rows: kept, openings, constant }
    }

    /// The openings that may still be either, in the columns and rows of a model.
    fn free_openings(&self, place: &[u32], kept: &[usize]) -> Vec<Opening> {
        let in_model = |opening: &FaceOpening| {
            let pairs = opening.pairs.iter().filter(|&&pair| self.is_free(pair as usize));
            let rows = opening.rows.iter().filter_map(|row| kept.binary_search(row).ok());
            Opening {
                column: place[opening.column as usize],
                pairs: pairs.map(|&pair| place[pair as usize]).collect(),
                least: opening.least,
                most: opening.most,
                rows: rows.map(|row| row as u32).collect(),
            }
        };
        self.openings.iter().filter(|opening| self.is_undecided(opening)).map(in_model).collect()
    }

    /// Keeps only the matchings that reach the bound of these prices; see the module.
    pub fn tighten(&mut self, restricted: &Restricted, prices: &Prices) {
        for (row, price) in restricted.rows.iter().zip(prices.of_rows()) {
            let row = &mut self.rows[*row];
            if price > 0 {
                row.least = row.most;
            } else if price < 0 {
                row.most = row.least;
            }
        }
        let losses = restricted.losses_of_all(prices);
        for (&column, loss) in restricted.free.iter().zip(losses.of_columns()) {
            if *loss != Loss::default() {
                self.columns[column] = State::Fixed(i64::from(loss.left > 0));
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

    /// The column of the face that a column of the model is; `None` where it stands for a shortfall.
    pub fn column(&self, at: usize) -> Option<usize> {
        self.free.get(at).copied()
    }

    /// The value of the columns that are fixed.
    pub fn constant(&self) -> i64 {
        self.constant
    }

    /// Adds a column of weight −1 that is 1 unless a solution differs from this one in pairs, other than by adding
    /// pairs with tickets.
    pub fn let_differ(&mut self, from: &[i64], tickets: &[i64]) {
        let z = self.model.objective.len() as u32;
        let mut terms = Vec::new();
        let mut most = -1;
        for (at, &column) in (0..).zip(&self.free).filter(|(_, column)| **column < tickets.len()) {
            if from[column] == 1 {
                terms.push((at, 1));
                most += 1;
            } else if tickets[column] == 0 {
                terms.push((at, -1));
            }
        }
        terms.push((z, -1));
        self.model.objective.push(-1);
        self.model.most.push(1);
        self.model.rows.push(ModelRow { terms, least: None, most: Some(most) });
        self.model.whole = (0..=z).collect();
        self.model.start = Some(self.project(from).into_iter().chain([1]).collect());
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

    /// How many rows, from the first, are those of the face; those after them follow from them.
    pub fn priced(&self) -> usize {
        self.rows.len()
    }

    /// What prices of the face's rows say.
    pub fn losses(&self, prices: &Prices) -> Losses {
        Losses::add_up(&self.model, self.constant, &self.openings, prices)
    }

    /// What prices of every row say.
    pub fn losses_of_all(&self, prices: &Prices) -> Losses {
        Losses::add_up(&self.model, self.constant, &[], prices)
    }

    /// The model with some of its columns, and which those are.
    pub fn part(&self, taken: &[bool]) -> (Model, Vec<u32>) {
        let columns: Vec<u32> = (0..taken.len() as u32).filter(|&column| taken[column as usize]).collect();
        let mut place = vec![u32::MAX; taken.len()];
        (0..).zip(&columns).for_each(|(at, &column)| place[column as usize] = at);
        let is_in = |column: u32| taken[column as usize];
        let rows = self.model.rows.iter().enumerate();
        let follows = |at: usize| at >= self.rows.len();
        let rows = rows.filter(|(at, row)| !follows(*at) || row.terms.iter().all(|&(column, _)| is_in(column)));
        let inside = |row: &ModelRow| {
            let terms = row.terms.iter().filter(|&&(column, _)| is_in(column));
            terms.map(|&(column, a)| (place[column as usize], a)).collect()
        };
        let rows = rows.map(|(_, row)| ModelRow { terms: inside(row), least: row.least, most: row.most });
        let of = |numbers: &[i64]| columns.iter().map(|&column| numbers[column as usize]).collect();
        let model = Model {
            objective: of(&self.model.objective),
            most: of(&self.model.most),
            rows: rows.collect(),
            whole: Vec::new(),
            start: None,
        };
        (model, columns)
    }

    /// A bound without solving: `L(y)` with prices that cover every column's value once. Each row in turn, where all its
    /// coefficients are 1 and it has an upper bound, is priced at the most that is left of its columns' values. With the
    /// placement rows first that is `Σ_student max weight`.
    pub fn quick_bound(&self) -> i128 {
        self.losses_of_all(&self.quick_prices()).bound()
    }

    /// The prices of [`Self::quick_bound`].
    pub fn quick_prices(&self) -> Prices {
        let mut left = self.model.objective.clone();
        let of_row = |row: &ModelRow| {
            if row.most.is_none() || row.terms.iter().any(|&(_, a)| a != 1) {
                return 0;
            }
            let price = row.terms.iter().map(|&(column, _)| left[column as usize]).max().unwrap_or(0).max(0);
            row.terms.iter().for_each(|&(column, _)| left[column as usize] -= price);
            price
        };
        let prices: Vec<i64> = self.model.rows.iter().map(of_row).collect();
        Prices::whole(&prices)
    }
}

fn activity(terms: &[(u32, i64)], values: &[i64]) -> i128 {
    terms.iter().map(|&(column, a)| i128::from(a) * i128::from(values[column as usize])).sum()
}

/// Every column that says whether a project opens, with the rows of a minimum and a maximum.
fn openings(formulation: &Formulation) -> Vec<FaceOpening> {
    let mut openings: Vec<FaceOpening> = Vec::new();
    for (at, row) in formulation.rows.iter().enumerate() {
        let Some((column, a)) = row.defines else { continue };
        if !matches!(formulation.columns.other(column as usize), Some(Column::Opening(_))) {
            continue;
        }
        if openings.last().is_none_or(|opening| opening.column != column) {
            let pairs = row.pairs.clone();
            openings.push(FaceOpening { column, pairs, least: 0, most: usize::MAX, rows: Vec::new() });
        }
        let units = usize::try_from(-a).unwrap_or(0);
        if let Some(opening) = openings.last_mut() {
            if row.least.is_some() {
                opening.least = units
            } else {
                opening.most = units
            }
            opening.rows.push(at);
        }
    }
    openings
}

/// The least and greatest activity of a row.
fn range(terms: &[(u32, i64)], most: &[i64]) -> (i64, i64) {
    terms.iter().fold((0, 0), |(low, high), &(column, a)| {
        let a = a * most[column as usize];
        (low + a.min(0), high + a.max(0))
    })
}
