//! Networks beside the one that a season is: its loosest, whose values bound every matching's, and the one that a matching has decided.

use super::limits::Limits;
use super::network::{self, Graph, Shape};
use super::{Solution, Solved, SolverFailure};
use formulation::{Formulation, Measure, Row, RowLabel, Side};

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
    let rows = formulation.rows.iter().filter(|row| row.label.side() != Side::Neither).cloned().collect();
    solved(formulation, rows, limits)
}

/// The season in which just those projects open that a matching opens; `None` where other rows do not nest, or time is over.
///
/// # Errors
/// As [`loosest`].
pub fn decided(formulation: &Formulation, matched: &[bool], limits: &Limits) -> Result<Option<Relaxed>, SolverFailure> {
    if formulation.rows.iter().any(|row| row.label.side() == Side::Neither) {
        return Ok(None);
    }
    let rows = formulation.rows.iter().map(|row| {
        let (RowLabel::Opening(_), Some((_, coefficient))) = (row.label, row.defines) else { return row.clone() };
        // `min · y ≤ Σ x ≤ max · y`, with y as it is.
        let seats = if row.pairs.iter().any(|&pair| matched[pair as usize]) { -coefficient } else { 0 };
        Row { defines: None, least: row.least.map(|_| seats), most: row.most.map(|_| seats), ..row.clone() }
    });
    solved(formulation, rows.collect(), limits)
}

fn solved(formulation: &Formulation, rows: Vec<Row>, limits: &Limits) -> Result<Option<Relaxed>, SolverFailure> {
    let is_sum =
        |goal: &&formulation::GoalMeasure| goal.tolerance == 0 && !matches!(goal.measure, Measure::Worst { .. });
    let goals = formulation.goals.iter().take_while(is_sum).cloned().collect();
    let formulation = Formulation { rows, goals, ..formulation.clone() };
    let Shape::Network(graph, _) = Graph::read(&formulation) else { return Ok(None) };
    let limits = Limits { lottery: false, ..limits.quietly() };
    Ok(match network::solve(&formulation, graph, &limits)? {
        Solved::Solution(solution) if solution.stop.is_none() => Some(Relaxed { formulation, solution }),
        _ => None,
    })
}
