//! Relaxations that are networks: the season without the rows that do not nest, and with openings undecided or decided.
//!
//! Every matching of the season is one of the network without those rows, and is worth no more by any goal: a quota that is missed and a
//! pair that blocks only cost something. So the network's best value bounds every matching's, its prices prove that, and its best matching
//! is the season's where it keeps all rows. A network without a matching proves that the season has none.

use super::limits::Limits;
use super::network::{self, Graph, Shape};
use super::program::complete;
use super::{Proof, Solution, Solved, SolverFailure};
use formulation::{Column, Formulation, Measure, Row, RowLabel, Side};

/// The rows that nest.
pub(super) struct Nested {
    pub formulation: Formulation,
    /// By row: its place among all rows.
    pub places: Vec<u32>,
}

impl Nested {
    pub fn of(formulation: &Formulation) -> Self {
        let rows = (0..).zip(&formulation.rows).filter(|(_, row)| nests(row));
        let (places, rows) = rows.map(|(place, row)| (place, row.clone())).unzip();
        Self { formulation: Formulation { rows, ..without_rows(formulation) }, places }
    }

    /// A proof that names rows by their places among all.
    fn placed(&self, mut proof: Proof) -> Proof {
        proof.rows.iter_mut().for_each(|row| *row = self.places[*row as usize]);
        proof
    }
}

fn nests(row: &Row) -> bool {
    row.label.side() != Side::Neither
}

fn without_rows(formulation: &Formulation) -> Formulation {
    let Formulation { columns, rows: _, goals, lottery, hint } = formulation;
    let (columns, goals) = (columns.clone(), goals.clone());
    Formulation { columns, rows: Vec::new(), goals, lottery: lottery.clone(), hint: hint.clone() }
}

/// Solves without the rows that do not nest; `None` where those bind, or where the others are no network. Where projects may stay closed,
/// it only tells that there is no matching.
pub(super) fn solve(formulation: &Formulation, limits: &Limits) -> Result<Option<Solved>, SolverFailure> {
    // A tolerance lets a later goal choose what the rows left out might forbid.
    if formulation.rows.iter().all(nests) || formulation.goals.iter().any(|goal| goal.tolerance > 0) {
        return Ok(None);
    }
    let mut nested = Nested::of(formulation);
    let (graph, openings) = match Graph::read(&nested.formulation) {
        Shape::Network(graph, openings) => (graph, openings),
        Shape::Contradiction(proof) => return Ok(Some(Solved::Infeasible(proof.map(|proof| nested.placed(proof))))),
        Shape::Other => return Ok(None),
    };
    let is_decided = openings.is_empty();
    if !is_decided {
        nested.formulation.goals.clear();
    }
    let limits = &Limits { lottery: limits.lottery && is_decided, ..limits.quietly() };
    // Nothing that keeps all rows is better. Of what is as good nothing has fewer tickets, where the lottery is drawn.
    Ok(match network::solve(&nested.formulation, graph, limits)? {
        Solved::Solution(mut solution)
            if is_decided && solution.stop.is_none() && keeps(formulation, &solution.matched) =>
        {
            let proofs = solution.proofs.take();
            solution.proofs = proofs.map(|proofs| proofs.into_iter().map(|proof| nested.placed(proof)).collect());
            Some(Solved::Solution(solution))
        }
        Solved::Infeasible(proof) => Some(Solved::Infeasible(proof.map(|proof| nested.placed(proof)))),
        _ => None,
    })
}

/// Whether a matching keeps every row, misses nothing and leaves nobody blocking.
pub fn keeps(formulation: &Formulation, matched: &[bool]) -> bool {
    let values = complete(formulation, matched);
    let only_costs = |column: Column| match column {
        Column::Missed { .. } | Column::Blocking(_) => true,
        Column::Opening(_) | Column::Carried { .. } | Column::Filled => false,
    };
    let misses = formulation.columns.placed().any(|(at, column)| only_costs(column) && values[at] > 0);
    let keeps = |row: &Row| {
        let sum: i64 = row.terms().map(|(column, a)| a * values[column as usize]).sum();
        row.least.is_none_or(|least| sum >= least) && row.most.is_none_or(|most| sum <= most)
    };
    !misses && formulation.rows.iter().all(keeps)
}

/// A network and its best matching.
pub struct Relaxed {
    /// Its rows, and the goals before the first that is no sum or profile or has a tolerance.
    pub formulation: Formulation,
    /// Its best matching, with the prices that prove it.
    pub solution: Solution,
}

/// The season without the rows that do not nest, and with projects that open with a minimum open to anybody: no matching of the season is
/// better by these goals. `None` where it is no network even so, or time is over.
///
/// # Errors
/// When the prices of the network prove nothing, which is a fault of ours.
pub fn loosest(formulation: &Formulation, limits: &Limits) -> Result<Option<Relaxed>, SolverFailure> {
    solve_sums(Nested::of(formulation).formulation, limits)
}

/// The season in which just those projects open that a matching opens; `None` where other rows do not nest, or time is over.
///
/// # Errors
/// As [`loosest`].
pub fn decided(formulation: &Formulation, matched: &[bool], limits: &Limits) -> Result<Option<Relaxed>, SolverFailure> {
    if !formulation.rows.iter().all(nests) {
        return Ok(None);
    }
    let decide = |row: &Row| {
        let (RowLabel::Opening(_), Some((_, coefficient))) = (row.label, row.defines) else { return row.clone() };
        // `min · y ≤ Σ x ≤ max · y`, with y as it is.
        let seats = if row.pairs.iter().any(|&pair| matched[pair as usize]) { -coefficient } else { 0 };
        Row { defines: None, least: row.least.map(|_| seats), most: row.most.map(|_| seats), ..row.clone() }
    };
    let rows = formulation.rows.iter().map(decide).collect();
    solve_sums(Formulation { rows, ..without_rows(formulation) }, limits)
}

fn solve_sums(mut formulation: Formulation, limits: &Limits) -> Result<Option<Relaxed>, SolverFailure> {
    let is_sum =
        |goal: &formulation::GoalMeasure| goal.tolerance == 0 && !matches!(goal.measure, Measure::Worst { .. });
    let sums = formulation.goals.iter().take_while(|goal| is_sum(goal)).count();
    formulation.goals.truncate(sums);
    let Shape::Network(graph, _) = Graph::read(&formulation) else { return Ok(None) };
    let limits = Limits { lottery: false, ..limits.quietly() };
    Ok(match network::solve(&formulation, graph, &limits)? {
        Solved::Solution(solution) if solution.stop.is_none() => Some(Relaxed { formulation, solution }),
        _ => None,
    })
}
