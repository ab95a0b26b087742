//! The integer program of a season, as plain data: columns, labelled rows, goals.
//!
//! One column `x[p]` in {0, 1} per pair that may be matched, and one `y[j]` per project that opens with at least its
//! minimum or stays closed; funds, soft quotas and stability add columns of their own ([`Column`]). Every row is `least ≤ Σ a · column ≤ most` with integers. The families:
//!
//! | label | row | file |
//! |---|---|---|
//! | **C1** placement | a student takes at most one project: `Σ x ≤ 1` | `placement.rs` |
//! | **C2** project seats | `Σ x ≤ max_seat_count` | `capacity.rs` |
//! | **C3** host seats | `Σ x ≤ max_seat_count` of the host | `capacity.rs` |
//! | **C4** opening | `min · y ≤ Σ x ≤ max · y` | `opening.rs` |
//! | **C5** must open | `Σ x ≥ max(1, min)` | `opening.rs` |
//! | **C6** pin | `x = 1` | `pin.rs` |
//! | **C7** must place | `Σ x ≥ 1` over a student's pairs | `placement.rs` |
//! | **C8** quota | `min ≤ Σ weight · x ≤ max` over the pairs it counts; soft with what is missed | `quota.rs` |
//! | **C9** link | linked students go to the same, or to different projects | `link.rs` |
//! | **C10** funds | placements without a stipend are carried, and no fund carries more than it can | `fund.rs` |
//! | **C11** stability | no pair blocks, or those that do are counted | `stability.rs` |
//!
//! A forbidden or refused pair has no column. Without C4, C9 to C11, and quotas that cross other rows, weigh or are soft, the rows
//! are those of a network (students on one side; seats of projects inside seats of hosts and quotas, a laminar family, on the
//! other), so their matrix is totally unimodular and every
//! vertex is integral (Edmonds, "Submodular functions, matroids, and certain polyhedra", 1970).

mod asked;
mod capacity;
mod deferral;
mod fund;
mod goals;
mod link;
mod lottery;
mod opening;
mod pairs;
mod pin;
mod placement;
mod quota;
mod shortlist;
mod stability;

pub use goals::{GoalMeasure, Measure, Reading, changes_from};
pub use lottery::Lottery;
pub use pairs::Pairs;
pub use shortlist::{GOALS as SHORTLIST_GOALS, Interviews, ShortlistGoal, shortlist};

use rules::domain::{FundSet, HostIndex, Instance, Policy, ProjectIndex, StudentIndex};
use rules::evaluation::Evaluation;

/// What a column after the pairs stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Whether a project opens.
    Opening(ProjectIndex),
    /// Whether all seats of a project or host are with students that it ranks at some rank or better, or a student has a place at some
    /// rank or better.
    Filled,
    /// How many placements of a class a fund carries, at most `units`.
    Carried {
        /// Which, by place in the instance.
        fund: u32,
        /// The most there may be.
        units: i64,
    },
    /// Whether a pair of this student blocks.
    Blocking(StudentIndex),
    /// By how many units a soft quota is missed, at most `units`.
    Missed {
        /// The most there may be.
        units: i64,
        /// What each costs.
        penalty: i64,
    },
}

impl Column {
    /// The greatest value it may have; the least is 0.
    pub fn most(self) -> i64 {
        match self {
            Self::Opening(_) | Self::Filled | Self::Blocking(_) => 1,
            Self::Missed { units, .. } | Self::Carried { units, .. } => units,
        }
    }
}

/// The columns of a program: pairs first, each 0 or 1, then others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// How many are pairs.
    pub pairs: usize,
    /// Those after the pairs.
    pub others: Vec<Column>,
}

impl Columns {
    /// Pairs alone.
    pub fn of_pairs(pairs: usize) -> Self {
        Self { pairs, others: Vec::new() }
    }

    /// How many there are.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.pairs + self.others.len()
    }

    /// What stands at a place; `None` where that is a pair.
    pub fn other(&self, place: usize) -> Option<Column> {
        self.others.get(place.checked_sub(self.pairs)?).copied()
    }

    /// The greatest value of the column at a place; the least is 0.
    pub fn most(&self, place: usize) -> i64 {
        self.other(place).map_or(1, Column::most)
    }

    /// Every column that is no pair, with its place.
    pub fn placed(&self) -> impl Iterator<Item = (usize, Column)> {
        (self.pairs..).zip(self.others.iter().copied())
    }

    fn add(&mut self, column: Column) -> u32 {
        self.others.push(column);
        self.len() as u32 - 1
    }
}

/// What a row says, in the words of diagnostics and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowLabel {
    /// **C1**
    Placement(StudentIndex),
    /// **C2**
    ProjectSeats(ProjectIndex),
    /// **C3**
    HostSeats(HostIndex),
    /// **C4**
    Opening(ProjectIndex),
    /// **C5**
    MustOpen(ProjectIndex),
    /// **C6**
    Pin(StudentIndex, ProjectIndex),
    /// **C7**
    MustPlace(StudentIndex),
    /// **C8**, by place in the policy's quotas.
    Quota(u32, Side),
    /// **C9**, by place in the instance's links.
    Link(u32),
    /// **C10**, over the placements that these funds may carry: an axiom.
    Carriage(FundSet),
    /// **C10**, what a fund carries, by place in the instance.
    Fund(u32),
    /// **C11**
    Stability,
    /// Of a shortlist; see `shortlist.rs`.
    Interviews(Side),
    /// What is asked for beyond the season, or held of it: an axiom; see `asked.rs`.
    Asked(Side),
}

/// Of which of the two families of a network a row may be a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Over all pairs of some students.
    Students,
    /// Over all pairs of some projects.
    Seats,
    /// Over one pair.
    Pair,
    /// Over anything else, or with other coefficients than 1.
    Neither,
}

impl RowLabel {
    /// Whether it follows from what a matching is, so that no caller wrote it.
    pub fn is_axiom(self) -> bool {
        matches!(self, Self::Placement(_) | Self::Carriage(_) | Self::Asked(_))
    }

    /// The family that a row of this label may be a part of.
    pub fn side(self) -> Side {
        match self {
            Self::Placement(_) | Self::MustPlace(_) => Side::Students,
            Self::ProjectSeats(_) | Self::HostSeats(_) | Self::Opening(_) | Self::MustOpen(_) => Side::Seats,
            Self::Pin(..) => Side::Pair,
            Self::Quota(_, side) | Self::Interviews(side) | Self::Asked(side) => side,
            Self::Link(_) | Self::Carriage(_) | Self::Fund(_) | Self::Stability => Side::Neither,
        }
    }
}

/// `least ≤ Σ weight · pair + Σ coefficient · column ≤ most`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it says.
    pub label: RowLabel,
    /// The pair columns, ascending.
    pub pairs: Pairs,
    /// By pair column; empty = 1 each.
    pub weights: Vec<i64>,
    /// A column whose value follows from those of the others, and its coefficient: an opening column is 1 where a pair of the row is
    /// matched, a column of what is filled as soon as the row allows it, any other as much as the row lacks.
    pub defines: Option<(u32, i64)>,
    /// Columns that rows before it define, or of what funds carry, and their coefficients.
    pub others: Vec<(u32, i64)>,
    /// Lower bound.
    pub least: Option<i64>,
    /// Upper bound.
    pub most: Option<i64>,
}

impl Row {
    /// A row over pairs alone.
    fn over(label: RowLabel, pairs: impl Into<Pairs>, least: Option<i64>, most: Option<i64>) -> Self {
        let pairs = pairs.into();
        Self { label, pairs, weights: Vec::new(), defines: None, others: Vec::new(), least, most }
    }

    /// Every (column, coefficient).
    pub fn terms(&self) -> impl Iterator<Item = (u32, i64)> + use<'_> {
        let weight = |place: usize| self.weights.get(place).copied().unwrap_or(1);
        let pairs = self.pairs.iter().enumerate().map(move |(place, &pair)| (pair, weight(place)));
        pairs.chain(self.defines).chain(self.others.iter().copied())
    }
}

/// The integer program of a season.
#[derive(Debug, Clone)]
pub struct Formulation {
    /// Pairs first, in the order of the evaluation. Then, each where the season has any: openings, what funds carry, what soft quotas miss,
    /// what is filled, who blocks. Of a shortlist pairs with nobody are pairs as well, after the others, students first.
    pub columns: Columns,
    /// In no order that matters.
    pub rows: Vec<Row>,
    /// Most important first.
    pub goals: Vec<GoalMeasure>,
    /// Breaks the ties that the goals leave.
    pub lottery: Lottery,
    /// By pair column: a matching that may keep every row, to begin with.
    pub hint: Option<Vec<bool>>,
}

impl Formulation {
    /// How many columns are pairs, be it with nobody.
    pub fn pair_count(&self) -> usize {
        self.columns.pairs
    }

    /// The columns that say whether a project opens; without any the rows are those of a network.
    pub fn openings(&self) -> impl Iterator<Item = usize> {
        self.columns.placed().filter(|(_, column)| matches!(column, Column::Opening(_))).map(|(at, _)| at)
    }
}

/// Writes the integer program. O(pairs · goals).
pub fn formulate(instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> Formulation {
    let of_project = Pairs::grouped(instance.projects.len(), evaluation.pairs.iter().map(|pair| pair.project.0));
    let mut columns = Columns::of_pairs(evaluation.pairs.len());
    let mut rows = Vec::new();
    placement::rows(instance, evaluation, &mut rows);
    capacity::rows(instance, &of_project, &mut rows);
    opening::rows(instance, &of_project, &mut columns, &mut rows);
    pin::rows(instance, evaluation, &mut rows);
    link::rows(instance, evaluation, &mut rows);
    fund::rows(instance, evaluation, &mut columns, &mut rows);
    quota::rows(instance, policy, evaluation, &mut columns, &mut rows);
    if policy.looks_at_blocking_pairs() {
        stability::rows(instance, policy, evaluation, &mut columns, &mut rows);
    }
    Formulation {
        hint: policy.looks_at_blocking_pairs().then(|| deferral::stable_matching(instance, evaluation)),
        goals: goals::measures(instance, policy, evaluation, &columns.others),
        lottery: Lottery::new(instance, policy.lottery_seed, evaluation),
        columns,
        rows,
    }
}

/// How many terms the rows of quotas, links and stability have that [`formulate`] would write: rows that, unlike seats, may be many over the
/// same pairs. O(pairs · quotas).
pub fn size(instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> usize {
    let stability = if policy.looks_at_blocking_pairs() { stability::size(instance, evaluation) } else { 0 };
    quota::size(instance, policy, evaluation).saturating_add(link::size(instance, evaluation)).saturating_add(stability)
}
