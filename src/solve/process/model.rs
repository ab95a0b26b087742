//! What goes to the solver's process and what comes back: indices and integers, never a student.

use serde::{Deserialize, Serialize};

/// `least ≤ Σ coefficient · column ≤ most`; at least one bound is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRow {
    /// (column, coefficient).
    pub terms: Vec<(u32, i64)>,
    /// Lower bound.
    pub least: Option<i64>,
    /// Upper bound.
    pub most: Option<i64>,
}

/// Maximise `Σ objective · column` over the rows, `0 ≤ column ≤ most` for each column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// By column.
    pub objective: Vec<i64>,
    /// By column: its upper bound.
    pub most: Vec<i64>,
    /// The rows.
    pub rows: Vec<ModelRow>,
    /// The columns that must be whole; empty where every vertex is whole by itself.
    pub whole: Vec<u32>,
    /// A solution to start from, by column.
    pub start: Option<Vec<i64>>,
}

impl Model {
    /// The greatest number that divides every weight, at least 1.
    pub fn unit(&self) -> i64 {
        let divisor = |a: i64, b: i64| {
            let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
            while b != 0 {
                (a, b) = (b, a % b);
            }
            i64::try_from(a).unwrap_or(1)
        };
        self.objective.iter().copied().fold(0, divisor).max(1)
    }
}

/// How to solve it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// When the solver should stop by itself, in seconds after it was asked.
    pub seconds: f64,
    /// How far from the bound it may stop, as a share of the value.
    pub relative_gap: f64,
    /// By what.
    pub way: Way,
    /// Whether HiGHS makes the model smaller first.
    pub presolves: bool,
}

/// By what a model is solved. Each way is asked when the one before failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// HiGHS.
    Highs,
    /// HiGHS with another seed, and without presolve, from which most of its known false claims come.
    HighsPlain,
    /// microlp, which shares no code with HiGHS; only for small models.
    Microlp,
}

/// What the solver says; `optimum` tells what of it is checked and what is believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// A solution.
    Solved {
        /// By column.
        values: Vec<f64>,
        /// No solution has a greater value.
        bound: f64,
        /// By row, of a continuous model: the price of its bound, at least 0 for an upper and at most 0 for a lower
        /// one. Empty where columns must be whole.
        prices: Vec<f64>,
    },
    /// It stopped without a solution.
    Nothing,
    /// It failed.
    Failed(String),
}

/// What the solver tells before its answer, of a model whose columns must be whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum News {
    /// A better solution than before, by column.
    Incumbent(Vec<f64>),
    /// No solution has a greater value.
    Bound(f64),
}

/// One message of the solver's process about a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// The last.
    Answer(Answer),
    /// One before it.
    News(News),
}
