//! [`Oracle`]: asks the solver's process for optima and believes nothing of the answer.

use super::SolverFailure;
use super::child::{SolverCommand, SolverProcess, Trouble};
use super::face::{Face, Restricted, Values};
use super::limits::{Limits, Stop};
use super::program::Answer;

/// Why no optimum came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Interrupted {
    /// A limit was reached.
    Stopped(Stop),
    /// The solver failed.
    Failed(SolverFailure),
}

/// The best solution found of a program, checked against its rows in integers, and a bound.
pub(super) struct Optimum {
    /// By column of the program.
    pub values: Values,
    /// Of the solution.
    pub value: i64,
    /// No solution has a greater value; equal to `value` where it is proven.
    pub bound: i64,
    /// Prices that prove the bound, of a network.
    pub prices: Option<Vec<i64>>,
}

impl Optimum {
    /// Whether nothing is better.
    pub fn is_proven(&self) -> bool {
        self.value == self.bound
    }
}

/// The solver's process and when to stop.
pub(super) struct Oracle<'a> {
    command: &'a SolverCommand,
    limits: &'a Limits,
    process: Option<SolverProcess>,
}

impl<'a> Oracle<'a> {
    /// An oracle whose process is started with the first question.
    pub fn new(command: &'a SolverCommand, limits: &'a Limits) -> Self {
        Self { command, limits, process: None }
    }

    /// Whether a goal may end short of its bound.
    pub fn accepts_gap(&self) -> bool {
        self.limits.relative_gap > 0.0
    }

    /// Maximises over a face, from a solution known to be in it.
    pub fn maximise(
        &mut self,
        face: &Face,
        restricted: &mut Restricted,
        known: &[i64],
    ) -> Result<Optimum, Interrupted> {
        if restricted.is_empty() {
            let value = restricted.constant();
            return Ok(Optimum { values: Vec::new(), value, bound: value, prices: Some(Vec::new()) });
        }
        let known = restricted.project(known);
        if !face.is_network() && known.len() == restricted.program.objective.len() {
            restricted.program.start = Some(known.clone());
        }
        let optimum = self.ask(restricted)?;
        // A solution in hand that is better stays: the solver may have stopped early.
        if known.len() == restricted.program.objective.len() && restricted.value(&known) > i128::from(optimum.value) {
            let value = whole(restricted.value(&known))?;
            return Ok(Optimum { values: known, value, ..optimum });
        }
        Ok(optimum)
    }

    /// Asks in one configuration, then in another, then gives up.
    pub fn ask(&mut self, restricted: &mut Restricted) -> Result<Optimum, Interrupted> {
        let first = match self.attempt(restricted, true) {
            Err(Interrupted::Failed(failure)) => failure,
            answered => return answered,
        };
        self.process = None;
        tracing::warn!(why = first.0, "the solver failed; asking again without presolve and with whole columns");
        restricted.program.integer = true;
        self.attempt(restricted, false).inspect_err(|_| self.process = None)
    }

    fn attempt(&mut self, restricted: &Restricted, presolve: bool) -> Result<Optimum, Interrupted> {
        let process = match &mut self.process {
            Some(process) => process,
            none => none.insert(SolverProcess::start(self.command).map_err(interrupted)?),
        };
        let answer = process.ask(&restricted.program, presolve, self.limits);
        if answer.is_err() {
            self.process = None;
        }
        match answer.map_err(interrupted)? {
            Answer::Solved { values, bound, prices } => read(restricted, &values, bound, &prices),
            Answer::Nothing if self.limits.remaining().as_secs_f64() < 0.5 => {
                Err(Interrupted::Stopped(Stop::OutOfTime))
            }
            Answer::Nothing => Err(failed("the solver found no solution where there is one")),
            Answer::Failed(why) => Err(failed(&why)),
        }
    }
}

/// Checks a claimed solution and turns its claimed bound into whole numbers.
fn read(restricted: &Restricted, values: &[f64], bound: f64, prices: &[f64]) -> Result<Optimum, Interrupted> {
    let values = restricted.round(values).ok_or_else(|| failed("the solver's solution breaks a row"))?;
    let value = whole(restricted.value(&values))?;
    if let Some(prices) = restricted.whole_prices(prices).filter(|_| !restricted.program.integer) {
        let bound = whole(restricted.bound(&prices))?;
        if bound == value {
            return Ok(Optimum { values, value, bound, prices: Some(prices) });
        }
        return Err(failed("the solver's prices prove no optimum"));
    }
    // A solver that was stopped early may know no better bound than this.
    let quick = whole(restricted.quick_bound())?;
    // The bound is of whole values, so what is past the last whole number below it is air; the margin is for rounding.
    let claimed = (bound + restricted.constant() as f64 + 1e-3).floor();
    if claimed < value as f64 {
        return Err(failed("the solver's bound is below its own solution"));
    }
    let bound = if claimed < quick as f64 { claimed as i64 } else { quick };
    Ok(Optimum { values, value, bound, prices: None })
}

fn whole(value: i128) -> Result<i64, Interrupted> {
    i64::try_from(value).map_err(|_| failed("a value is too large"))
}

fn failed(why: &str) -> Interrupted {
    Interrupted::Failed(SolverFailure(why.to_owned()))
}

fn interrupted(trouble: Trouble) -> Interrupted {
    match trouble {
        Trouble::Stopped(stop) => Interrupted::Stopped(stop),
        Trouble::Broken(why) => Interrupted::Failed(SolverFailure(why)),
    }
}
