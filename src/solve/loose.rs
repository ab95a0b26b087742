//! Rows that do not nest, left out: where the best matching of the others keeps them all the same, it is the best of all.
//!
//! Every matching that keeps all rows is one of the network without some of them, and has no more by any goal, a soft quota and a
//! pair that blocks only costing something. So if the network's canonical matching keeps every row, misses no quota and leaves nobody
//! blocking, no other is better, and none
//! that is as good has fewer tickets; and its prices prove it. A network without a matching proves that there is none.

use super::limits::Limits;
use super::network::{self, Graph, Shape};
use super::program::complete;
use super::{Proof, Solved, SolverFailure};
use formulation::{Column, Columns, Formulation, Row, Side};

/// Solves without the rows that do not nest; `None` where those bind, or where the others are no network.
pub(super) fn solve(formulation: &Formulation, limits: &Limits) -> Result<Option<Solved>, SolverFailure> {
    let nests = |row: &Row| row.label.side() != Side::Neither;
    let left_out: Vec<&Row> = formulation.rows.iter().filter(|row| !nests(row)).collect();
    let (places, rows): (Vec<u32>, Vec<Row>) =
        (0..).zip(&formulation.rows).filter(|(_, row)| nests(row)).map(|(place, row)| (place, row.clone())).unzip();
    // A tolerance lets a later goal choose what the rows left out might forbid.
    if left_out.is_empty() || formulation.goals.iter().any(|goal| goal.tolerance > 0) {
        return Ok(None);
    }
    let openings = formulation.columns.others.iter().take_while(|column| matches!(column, Column::Opening(_)));
    let columns = Columns { pairs: formulation.columns.pairs, others: openings.copied().collect() };
    let nested = Formulation { rows, columns, ..formulation.clone() };
    let Shape::Network(graph, openings) = Graph::read(&nested) else { return Ok(None) };
    if !openings.is_empty() {
        return Ok(None);
    }
    // Proofs name rows by their places.
    let placed = |mut proof: Proof| {
        proof.rows.iter_mut().for_each(|row| *row = places[*row as usize]);
        proof
    };
    Ok(match network::solve(&nested, graph, limits)? {
        Solved::Solution(mut solution) if solution.stop.is_none() && keeps(formulation, &solution.matched) => {
            solution.proofs = solution.proofs.map(|proofs| proofs.into_iter().map(placed).collect());
            Some(Solved::Solution(solution))
        }
        Solved::Infeasible(proof) => Some(Solved::Infeasible(proof.map(placed))),
        _ => None,
    })
}

/// Whether a matching keeps every row, misses nothing and leaves nobody blocking.
fn keeps(formulation: &Formulation, matched: &[bool]) -> bool {
    let values = complete(formulation, matched);
    let is_missed = |column: &Column| matches!(column, Column::Missed { .. } | Column::Blocking(_));
    let misses = formulation.columns.placed().any(|(at, column)| is_missed(&column) && values[at] > 0);
    let keeps = |row: &Row| {
        let sum: i64 = row.terms().map(|(column, a)| a * values[column as usize]).sum();
        row.least.is_none_or(|least| sum >= least) && row.most.is_none_or(|most| sum <= most)
    };
    !misses && formulation.rows.iter().all(keeps)
}
