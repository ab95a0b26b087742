//! The solve: columns, rows and goals in; chosen columns, values, bounds and proofs out. Knows no student.
//!
//! Where the rows are two families of nested sets, everything is settled on a network, in integers, in this process
//! (`network`). Projects that open with their minimum or stay closed are decided by branching over networks (`branch`),
//! or, where there are too many, after a bound has dropped what it can (`program/fixing.rs`), through good_lp
//! (`program`) in a process of its own (`process`). Rows that do not nest are left out first, and nothing more is
//! needed where they do not bind (`relaxation`). Tolerances on sums go to `program` as well, and so does everything where
//! the caller asks for the cross-check.
//!
//! Words of the field, and what they are here:
//!
//! - **column** a variable: a pair, 0 or 1, or one of the others; **row** a constraint over columns.
//! - **price** of a row: its dual value. **Potential** of a node: the sum of prices from it to the root.
//! - **reduced value** of a column: `d_j = c_j − Σ_i a_ij y_i`, what it adds beyond the prices of its rows; its
//!   negative is the reduced cost.
//! - **relaxation**: the program without some rows, or with columns that need not be whole. Its best value bounds all
//!   solutions.
//! - **in hand**: the best solution found so far, the incumbent. **Bound**: no solution is better. Where they meet, it
//!   is proven.
//! - **face**: the solutions that keep every goal settled so far at its best.
//! - **loss** of a decision: how much a bound falls when the decision is forced. Below what is in hand, the decision is
//!   dropped.
//! - **opening**: whether a project takes nobody, or from its minimum to its maximum.
//! - **stage**: sums that are improved together on a network. **Core**: the few columns that a large stage begins with.
//! - **ticket**: what the lottery draws for a pair. **Canonical**: the only solution that is left after the draw.

mod branch;
mod goals;
mod lagrangian;
mod limits;
mod measure;
mod network;
mod process;
mod program;
mod promising;
mod proof;
mod relaxation;
mod tuning;
mod watch;

pub use limits::{Cancel, Engine, Limits, Stop};
pub use process::{
    SolverCommand, check_version as check_solver_version, serve as serve_solver, version as solver_version,
};
pub use proof::{Proof, ProofSum, Threshold};
pub use relaxation::{Relaxed, decided, keeps, loosest};
pub use tuning::Tuning;
pub use watch::{Sighting, Watcher};

use branch::{Branched, Start};
use formulation::{Formulation, Measure};
pub use measure::after;
pub use network::{Detour, Forced, MAX_LEVELS, Residual};
use network::{Graph, Shape};

/// What was reached of one goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalValue {
    /// The value; of a profile the count that is compared first.
    pub value: i64,
    /// No matching that holds the goals before can be better; of a profile the bound of the count compared first.
    pub bound: i64,
    /// Whether the value is within the goal's tolerance of the best.
    pub proven: bool,
    /// Of a profile: counts from rank 1 on, trailing zeros left out.
    pub profile: Vec<i64>,
}

/// A solution and how good it is known to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// Whether each pair column is matched.
    pub matched: Vec<bool>,
    /// By goal.
    pub goals: Vec<GoalValue>,
    /// Whether the lottery was carried to the end.
    pub canonical: bool,
    /// What stopped it, where anything did.
    pub stop: Option<Stop>,
    /// What proves the goals to anyone, where such proofs are known.
    pub proofs: Option<Vec<Proof>>,
    /// Pair columns that no solution as good by the goals holds, as far as that is known.
    pub dropped: Vec<u32>,
}

/// How a solve may end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Solved {
    /// With a solution.
    Solution(Solution),
    /// No solution keeps every row, with its proof where the rows are a network.
    Infeasible(Option<Proof>),
    /// Stopped before any solution was found.
    Nothing(Stop),
}

/// The solver failed in every way it was asked, or contradicted itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolverFailure(pub String);

/// Solves a formulation goal by goal.
///
/// # Errors
/// When the solver's process can't be started or fails in every way on one model before any solution is known, when it denies a
/// solution that there is, or when the prices of a network prove nothing, which is a fault of ours.
pub fn solve(formulation: &Formulation, command: &SolverCommand, limits: &Limits) -> Result<Solved, SolverFailure> {
    let solved = solve_goals(formulation, command, limits)?;
    if let Solved::Solution(solution) = &solved {
        limits.watcher.tell(|| Some(Sighting { is_found: true, goals: solution.goals.clone() }));
    }
    Ok(solved)
}

fn solve_goals(formulation: &Formulation, command: &SolverCommand, limits: &Limits) -> Result<Solved, SolverFailure> {
    let gives_up_a_sum =
        formulation.goals.iter().any(|goal| goal.tolerance > 0 && matches!(goal.measure, Measure::Sum { .. }));
    let through_the_program = |start: Start| -> Result<Solved, SolverFailure> {
        match program::solve(formulation, command, limits, start)? {
            Solved::Infeasible(_) => confirmed(formulation, command, limits),
            solved => Ok(solved),
        }
    };
    if limits.engine == Engine::IntegerProgram || gives_up_a_sum {
        return through_the_program(Start::default());
    }
    let (graph, openings) = match Graph::read(formulation) {
        Shape::Network(graph, openings) => (graph, openings),
        Shape::Contradiction(proof) => return Ok(Solved::Infeasible(proof)),
        Shape::Other => {
            return match relaxation::solve(formulation, limits)? {
                Some(solved) => Ok(solved),
                None => through_the_program(Start::default()),
            };
        }
    };
    if openings.is_empty() {
        return network::solve(formulation, graph, limits);
    }
    // With a tolerance the values of a network bound no other.
    if formulation.goals.iter().any(|goal| goal.tolerance > 0) {
        return through_the_program(Start::default());
    }
    match branch::solve(formulation, &graph, &openings, command, limits)? {
        Branched::Solved(solved) => Ok(solved),
        Branched::GaveUp(start) => through_the_program(start),
    }
}

/// What a claim of the integer program that there is no solution is worth: the networks, which need no solver, say so as well,
/// or it was false.
fn confirmed(formulation: &Formulation, command: &SolverCommand, limits: &Limits) -> Result<Solved, SolverFailure> {
    let limits = &limits.quietly();
    let found = match Graph::read(formulation) {
        Shape::Network(graph, openings) if openings.is_empty() => network::solve(formulation, graph, limits)?,
        Shape::Network(graph, openings) => match branch::solve(formulation, &graph, &openings, command, limits)? {
            Branched::Solved(solved) => solved,
            // The solver said so in two ways; more is not known.
            Branched::GaveUp(Start { found: None, .. }) => Solved::Infeasible(None),
            Branched::GaveUp(_) => return Err(SolverFailure("the solver denies a solution that there is".to_owned())),
        },
        Shape::Contradiction(_) | Shape::Other => Solved::Infeasible(None),
    };
    match found {
        Solved::Solution(_) => Err(SolverFailure("the solver denies a solution that there is".to_owned())),
        // The integer program gives no certificate.
        Solved::Infeasible(_) if limits.engine == Engine::IntegerProgram => Ok(Solved::Infeasible(None)),
        other => Ok(other),
    }
}
