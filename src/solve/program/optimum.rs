//! [`Solver`]: asks the solver's process for optima. A solution is believed after it was rounded and checked in integers;
//! on a network so is a bound, elsewhere the bound is the solver's word, rounded down to a whole number.

use super::face::{Face, Restricted, Values};
use super::sight::{Course, Extent};
use crate::SolverFailure;
use crate::lagrangian::Prices;
use crate::limits::{Limits, Stop};
use crate::process::{Answer, Model, ModelRow, News, Settings, Way};
use crate::process::{SolverCommand, SolverProcess, Trouble};
use crate::promising::Promising;
use crate::tuning::Tuning;
use formulation::Formulation;

/// How much earlier than the deadline the solver is asked to stop by itself, so that its best solution is not lost.
const HEAD_START: f64 = 0.15;

/// Columns of the largest model that microlp is asked.
const MOST_FOR_MICROLP: usize = 2_000;

/// Why no optimum came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Interrupted {
    /// A limit was reached.
    Stopped(Stop),
    /// The solver failed.
    Failed(SolverFailure),
}

impl Interrupted {
    /// Why the best solution so far is the answer.
    pub fn into_stop(self) -> Stop {
        match self {
            Self::Stopped(stop) => stop,
            Self::Failed(failure) => {
                tracing::error!(why = failure.0, "the solver failed; the best solution so far is the answer");
                Stop::SolverFailed
            }
        }
    }
}

/// The best solution found of a model, checked against its rows in integers, and a bound.
pub(super) struct Optimum {
    /// By column of the model.
    pub values: Values,
    /// Of the solution.
    pub value: i64,
    /// No solution has a greater value; equal to `value` where it is proven.
    pub bound: i64,
    /// Prices that prove the bound, of a network.
    pub prices: Option<Prices>,
    /// What ended the search before the solver's answer; the solution is then the best that it told of.
    pub cut_short: Option<Interrupted>,
}

impl Optimum {
    /// Whether nothing is better.
    pub fn is_proven(&self) -> bool {
        self.value == self.bound
    }
}

/// An optimum of a linear program, as the solver tells it.
pub(super) struct Vertex {
    /// By column.
    pub values: Vec<f64>,
    /// By row.
    pub prices: Vec<f64>,
}

/// The solver's process and when to stop.
pub(super) struct Solver<'a> {
    command: &'a SolverCommand,
    limits: &'a Limits,
    process: Option<SolverProcess>,
    /// The goal that is improved, where one is.
    pub course: Option<Course<'a>>,
    /// Which pairs a linear program begins with.
    pub promising: Promising<'a>,
    /// What the model in hand has of the columns in play.
    extent: Extent,
}

impl<'a> Solver<'a> {
    /// A solver whose process is started with the first question.
    pub fn new(formulation: &'a Formulation, command: &'a SolverCommand, limits: &'a Limits) -> Self {
        let promising = Promising::new(formulation, limits);
        Self { command, limits, process: None, course: None, promising, extent: Extent::Whole }
    }

    /// Where one method gives way to another.
    pub fn tuning(&self) -> &'a Tuning {
        &self.limits.tuning
    }

    /// How far from its bound a goal may end, as a share of its value.
    pub fn relative_gap(&self) -> f64 {
        self.limits.relative_gap
    }

    /// A bound of the goal that is improved: what the season's loosest network reaches. `None` where it is not known, or
    /// the season is so small that a solver is as quick.
    pub fn bound_of_network(&self, face: &Face) -> Option<i64> {
        let course = self.course.as_ref()?;
        let is_large = !face.is_network() && face.pairs >= self.tuning().large;
        if is_large { self.promising.bound(course.place, &course.goals[..course.place]) } else { None }
    }

    /// Why to stop now, where there is a reason.
    pub fn stop(&self) -> Result<(), Interrupted> {
        self.limits.stop().map_or(Ok(()), |stop| Err(Interrupted::Stopped(stop)))
    }

    /// Maximises over a face, from a solution known to be in it, and proves it but for `gap`.
    pub fn maximise(
        &mut self,
        (face, extent): (&Face, Extent),
        restricted: &mut Restricted,
        known: &[i64],
        gap: f64,
    ) -> Result<Optimum, Interrupted> {
        if restricted.is_empty() {
            let value = restricted.constant();
            return Ok(Optimum {
                values: Vec::new(),
                value,
                bound: value,
                prices: Some(Prices::whole(&[])),
                cut_short: None,
            });
        }
        let known = restricted.project(known);
        if !face.is_network() && known.len() == restricted.model.objective.len() {
            restricted.model.start = Some(known.clone());
        }
        self.extent = extent;
        let optimum = self.ask(restricted, gap)?;
        // A solution in hand that is better stays: the solver may have stopped early.
        if known.len() == restricted.model.objective.len() && restricted.value(&known) > i128::from(optimum.value) {
            let value = whole(restricted.value(&known))?;
            return Ok(Optimum { values: known, value, ..optimum });
        }
        Ok(optimum)
    }

    /// Asks in one way after the other, each time a new process and with every column whole, from the best solution that the
    /// ones before told of; then gives up. Where no answer came, that solution is the optimum known.
    pub fn ask(&mut self, restricted: &mut Restricted, gap: f64) -> Result<Optimum, Interrupted> {
        let mut heard = Heard::default();
        let mut answered = self.attempt(restricted, gap, Way::Highs, &mut heard);
        for way in [Way::HighsPlain, Way::Microlp] {
            let Err(Interrupted::Failed(failure)) = &answered else { break };
            if way == Way::Microlp && restricted.model.objective.len() > MOST_FOR_MICROLP {
                break;
            }
            tracing::warn!(why = failure.0, ?way, "the solver failed; asking again in another way");
            self.process = None;
            restricted.model.whole = (0..restricted.model.objective.len() as u32).collect();
            if let Some(found) = &heard.found {
                restricted.model.start = Some(found.clone());
            }
            heard.bound = f64::INFINITY;
            answered = self.attempt(restricted, gap, way, &mut heard);
        }
        answered.or_else(|cut_short| {
            self.process = None;
            heard.into_optimum(restricted, cut_short)
        })
    }

    /// The optimum of a linear program; `None` where the solver gave none.
    pub fn relax(&mut self, relaxed: &Model) -> Result<Option<Vertex>, Interrupted> {
        let (settings, limits) = (self.settings(0.0, Way::Highs, relaxed), self.limits);
        match self.process()?.ask(relaxed, settings, limits, |_| {}) {
            Ok(Answer::Solved { values, prices, .. }) => {
                let fits = values.len() == relaxed.most.len() && prices.len() == relaxed.rows.len();
                Ok(fits.then_some(Vertex { values, prices }))
            }
            Ok(Answer::Nothing | Answer::Failed(_)) => Ok(None),
            Err(trouble) => {
                self.process = None;
                match interrupted(trouble) {
                    Interrupted::Failed(_) => Ok(None),
                    stopped => Err(stopped),
                }
            }
        }
    }

    /// How a model is solved. HiGHS's presolve takes longer than all else where one row, such as that of a goal that is
    /// held, is over many of the columns: 12 of 16 s were seen.
    fn settings(&self, relative_gap: f64, way: Way, model: &Model) -> Settings {
        let is_weighted = |row: &&ModelRow| row.terms.iter().any(|&(_, a)| a != row.terms[0].1);
        let wide = |row: &ModelRow| row.terms.len().saturating_mul(self.tuning().wide) > model.objective.len();
        let is_wide = model.rows.iter().filter(is_weighted).any(wide);
        let presolves = way == Way::Highs && (model.whole.is_empty() || !is_wide);
        Settings { seconds: self.seconds(), relative_gap, way, presolves }
    }

    fn process(&mut self) -> Result<&mut SolverProcess, Interrupted> {
        match &mut self.process {
            Some(process) => Ok(process),
            none => Ok(none.insert(SolverProcess::start(self.command).map_err(interrupted)?)),
        }
    }

    /// When the solver should stop by itself.
    fn seconds(&self) -> f64 {
        (self.limits.remaining().as_secs_f64() - HEAD_START).max(0.01)
    }

    /// Asks a new process in another way.
    pub fn second_opinion(&mut self, restricted: &Restricted) -> Result<Optimum, Interrupted> {
        self.process = None;
        self.attempt(restricted, 0.0, Way::HighsPlain, &mut Heard::default())
    }

    fn attempt(
        &mut self,
        restricted: &Restricted,
        relative_gap: f64,
        way: Way,
        heard: &mut Heard,
    ) -> Result<Optimum, Interrupted> {
        let (settings, limits) = (self.settings(relative_gap, way, &restricted.model), self.limits);
        let extent = self.extent;
        self.process()?;
        let (Some(process), course) = (&mut self.process, &mut self.course) else {
            return Err(failed("the solver's process is gone"));
        };
        let answer = process.ask(&restricted.model, settings, limits, |news| {
            heard.hear(news, restricted);
            if let Some(course) = course {
                let value = heard.found.as_ref().map(|found| restricted.value(found));
                course.tell(&limits.watcher, value, extent.bound(restricted, heard.bound));
            }
        });
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

/// What the solver told before its answer, checked as its answer is.
struct Heard {
    /// The best solution, by column.
    found: Option<Values>,
    bound: f64,
}

impl Default for Heard {
    fn default() -> Self {
        Self { found: None, bound: f64::INFINITY }
    }
}

impl Heard {
    fn hear(&mut self, news: News, restricted: &Restricted) {
        match news {
            News::Bound(bound) => self.bound = self.bound.min(bound),
            News::Incumbent(values) => {
                let values = restricted.round(&values);
                let best = self.found.as_ref().map_or(i128::MIN, |found| restricted.value(found));
                self.found = values.filter(|values| restricted.value(values) > best).or(self.found.take());
            }
        }
    }

    fn into_optimum(self, restricted: &Restricted, cut_short: Interrupted) -> Result<Optimum, Interrupted> {
        let Some(values) = self.found else { return Err(cut_short) };
        let value = whole(restricted.value(&values))?;
        let Some(bound) = whole_bound(restricted, self.bound, value) else { return Err(cut_short) };
        Ok(Optimum { values, value, bound, prices: None, cut_short: Some(cut_short) })
    }
}

/// Checks a claimed solution and turns its claimed bound into whole numbers.
fn read(restricted: &Restricted, values: &[f64], bound: f64, prices: &[f64]) -> Result<Optimum, Interrupted> {
    let values = restricted.round(values).ok_or_else(|| failed("the solver's solution breaks a row"))?;
    let value = whole(restricted.value(&values))?;
    if restricted.model.whole.is_empty() && prices.len() == restricted.model.rows.len() {
        let prices = Prices::rounded(&restricted.model.rows, prices, 1);
        let bound = whole(restricted.losses_of_all(&prices).bound())?;
        if bound == value {
            return Ok(Optimum { values, value, bound, prices: Some(prices), cut_short: None });
        }
        return Err(failed("the solver's prices prove no optimum"));
    }
    let bound = whole_bound(restricted, bound, value).ok_or_else(|| failed("the solver's bound is no bound"))?;
    Ok(Optimum { values, value, bound, prices: None, cut_short: None })
}

/// The solver's bound of a solution of this value, in whole numbers; `None` where it is below the solution or too large.
fn whole_bound(restricted: &Restricted, bound: f64, value: i64) -> Option<i64> {
    // A solver that was stopped early may know no better bound than this.
    let quick = i64::try_from(restricted.quick_bound()).ok()?;
    // The bound is of whole multiples of the weights' common divisor, so what is past the last one below it is air; the margin
    // is for rounding.
    let unit = restricted.model.unit() as f64;
    let claimed = (bound / unit + 1e-3).floor() * unit + restricted.constant() as f64;
    let bound = if claimed < quick as f64 { claimed as i64 } else { quick };
    (claimed >= value as f64).then_some(bound)
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
