//! The only file that names good_lp and its solvers: the solver's process.
//!
//! It reads framed models from standard input, solves one after the other and writes framed answers to standard
//! output until the input ends. It holds indices and integers only.

mod callbacks;

use std::error::Error;
use std::io;
use std::time::Instant;

use good_lp::solvers::highs::highs;
use good_lp::solvers::microlp::microlp;
use good_lp::solvers::{Solution, SolutionStatus};
use good_lp::{Expression, ProblemVariables, SolverModel, Variable, WithTimeLimit, constraint, variable};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit};
use rustix::thread::set_no_new_privs;
use rustix::time::{ClockId, clock_gettime};

use super::frame::{read_frame, write_frame};
use super::model::{Answer, Model, ModelRow, Said, Settings, Way};
use callbacks::Reporter;

/// The solver and its version.
pub fn version() -> String {
    let (major, minor, patch) = highs_sys::linked();
    format!("HiGHS {major}.{minor}.{patch} through good_lp")
}

/// Makes sure that the library that this process runs with is the one that it was built for.
///
/// # Errors
/// Both versions, where they differ.
pub fn check_version() -> Result<(), Box<dyn Error>> {
    let (declared, linked) = (highs_sys::DECLARED, highs_sys::linked());
    if declared == linked {
        return Ok(());
    }
    Err(format!("this engine was built for HiGHS {declared:?} and finds HiGHS {linked:?}").into())
}

/// Serves models on standard input and output until the input ends or the parent dies.
///
/// # Errors
/// When a frame can't be read or written.
pub fn serve() -> Result<(), Box<dyn Error>> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    confine()?;
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut memory = 0;
    // Who writes here is the engine itself.
    while let Some((number, model, settings)) = read_frame::<(u64, Model, Settings)>(&mut input, || u64::MAX)? {
        let asked = Instant::now();
        let solved = limit_resources(&model, &settings, &mut memory).and_then(|()| match settings.way {
            Way::Highs | Way::HighsPlain => {
                solve(&model, &settings, asked, Reporter::new(&mut output, number, model.unit()))
            }
            Way::Microlp => solve_with_microlp(&model, &settings),
        });
        let answer = solved.unwrap_or_else(|error| Answer::Failed(error.to_string()));
        write_frame(&mut output, &(number, Said::Answer(answer)))?;
    }
    Ok(())
}

/// Takes from the process what no solver needs: new privileges, files, core dumps.
fn confine() -> Result<(), Box<dyn Error>> {
    set_no_new_privs(true)?;
    setrlimit(Resource::Fsize, Rlimit { current: Some(0), maximum: Some(0) })?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    Ok(())
}

/// Memory of a process that solves: so much, and so much more for each column and each term of a row. HiGHS was seen to take
/// 457 MB for 120,000 columns.
const MEMORY: u64 = 1 << 30;
const MEMORY_OF_COLUMN: u64 = 8 << 10;
const MEMORY_OF_TERM: u64 = 1 << 10;

/// Past these limits the process ends, and the engine goes on with what it has. Memory is never lowered: what a larger model took
/// may still be held.
fn limit_resources(model: &Model, settings: &Settings, memory: &mut u64) -> Result<(), Box<dyn Error>> {
    let terms: usize = model.rows.iter().map(|row| row.terms.len()).sum();
    let asked = MEMORY + MEMORY_OF_COLUMN * model.most.len() as u64 + MEMORY_OF_TERM * terms as u64;
    *memory = asked.max(*memory);
    lower(Resource::As, *memory)?;
    // Seconds of this process in all, those of questions before included; the engine's own clock stops it sooner.
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.max(0) as u64;
    lower(Resource::Cpu, used + settings.seconds.clamp(0.0, 1e6) as u64 + 10)?;
    Ok(())
}

/// Sets a limit, or keeps the one that whoever started the engine set below it.
fn lower(resource: Resource, wanted: u64) -> Result<(), Box<dyn Error>> {
    let maximum = getrlimit(resource).maximum;
    setrlimit(resource, Rlimit { current: Some(maximum.map_or(wanted, |most| most.min(wanted))), maximum })?;
    Ok(())
}

/// By another solver, for small models that HiGHS failed on. It tells no bound but its own optimum.
fn solve_with_microlp(model: &Model, settings: &Settings) -> Result<Answer, Box<dyn Error>> {
    let mut variables = ProblemVariables::new();
    let columns: Vec<Variable> =
        model.most.iter().map(|&most| variables.add(variable().integer().min(0.0).max(most as f64))).collect();
    let objective = expression(&columns, model.objective.iter().enumerate().map(|(j, &c)| (j as u32, c)));
    let mut problem = variables.maximise(objective.clone()).using(microlp).with_time_limit(settings.seconds);
    for row in &model.rows {
        let sum = || expression(&columns, row.terms.iter().copied());
        if let Some(most) = row.most {
            problem.add_constraint(constraint::leq(sum(), most as f64));
        }
        if let Some(least) = row.least {
            problem.add_constraint(constraint::geq(sum(), least as f64));
        }
    }
    let solved = problem.solve()?;
    let proven = matches!(solved.status(), SolutionStatus::Optimal);
    let bound = if proven { solved.eval(&objective) } else { f64::INFINITY };
    Ok(Answer::Solved {
        values: columns.iter().map(|&column| solved.value(column)).collect(),
        bound,
        prices: Vec::new(),
    })
}

fn solve(
    model: &Model,
    settings: &Settings,
    asked: Instant,
    mut reporter: Reporter<'_>,
) -> Result<Answer, Box<dyn Error>> {
    let mut variables = ProblemVariables::new();
    let mut whole = vec![false; model.most.len()];
    model.whole.iter().for_each(|&column| whole[column as usize] = true);
    let columns: Vec<Variable> = model
        .most
        .iter()
        .zip(whole)
        .map(|(&most, whole)| {
            let column = variable().min(0.0).max(most as f64);
            variables.add(if whole { column.integer() } else { column })
        })
        .collect();
    let continuous = model.whole.is_empty();
    // In the largest unit: a bound is then met as soon as less than one is missing. Prices are in the weights' own unit.
    let unit = model.unit();
    // HiGHS is asked to minimise the negative, so that the signs of its prices need no case for the direction.
    let objective = expression(&columns, model.objective.iter().enumerate().map(|(j, &c)| (j as u32, -c / unit)));
    let mut problem = variables.minimise(objective).using(highs);
    for row in &model.rows {
        let sum = || expression(&columns, row.terms.iter().copied());
        match (row.least, row.most) {
            (Some(least), Some(most)) if least == most => {
                problem.add_constraint(constraint::eq(sum(), most as f64));
            }
            (least, most) => {
                if let Some(most) = most {
                    problem.add_constraint(constraint::leq(sum(), most as f64));
                }
                if let Some(least) = least {
                    problem.add_constraint(constraint::geq(sum(), least as f64));
                }
            }
        }
    }
    // good_lp has no bound to give, so its HiGHS model is solved here and asked for it; options and start are set on it.
    let mut highs_model = problem.try_into_inner()?;
    let options = [
        highs_model.try_set_option("output_flag", false),
        highs_model.try_set_option("threads", 1),
        highs_model.try_set_option("random_seed", i32::from(settings.way != Way::Highs)),
        highs_model.try_set_option("time_limit", (settings.seconds - asked.elapsed().as_secs_f64()).max(0.01)),
        highs_model.try_set_option("presolve", if settings.presolves { "on" } else { "off" }),
        highs_model.try_set_option("mip_rel_gap", settings.relative_gap),
        // Values are whole, so a bound less than one unit away is met.
        highs_model.try_set_option("mip_abs_gap", 0.99),
    ];
    if options.iter().any(Result::is_err) {
        return Err("an option was refused".into());
    }
    if continuous {
        // The simplex method ends at a vertex, which is integral on a network.
        highs_model.try_set_option("solver", "simplex").map_err(|status| format!("{status:?}"))?;
    } else {
        reporter.listen(&mut highs_model)?;
        if let Some(start) = &model.start {
            let start: Vec<f64> = start.iter().map(|&v| v as f64).collect();
            highs_model.try_set_solution(Some(&start), None, None, None).map_err(|status| format!("{status:?}"))?;
        }
    }
    let solved = highs_model.try_solve().map_err(|status| format!("{status:?}"))?;
    if solved.primal_solution_status() != ::highs::HighsSolutionStatus::Feasible {
        return Ok(Answer::Nothing);
    }
    let solution = solved.get_solution();
    let (bound, prices) = if continuous {
        let prices = prices(&model.rows, solution.dual_rows()).iter().map(|price| price * unit as f64).collect();
        (-solved.objective_value() * unit as f64, prices)
    } else {
        let bound = solved.double_info_value(c"mip_dual_bound").map_err(|status| format!("{status:?}"))?;
        (-bound * unit as f64, Vec::new())
    };
    Ok(Answer::Solved { values: solution.columns().to_vec(), bound, prices })
}

fn expression(columns: &[Variable], terms: impl ExactSizeIterator<Item = (u32, i64)>) -> Expression {
    let mut sum = Expression::with_capacity(terms.len());
    for (column, coefficient) in terms {
        if coefficient != 0 {
            sum.add_mul(coefficient as f64, columns[column as usize]);
        }
    }
    sum
}

/// The price of each row of a maximisation: the negative of HiGHS's duals, two constraints of one row added up.
fn prices(rows: &[ModelRow], duals: &[f64]) -> Vec<f64> {
    let mut next = duals.iter();
    rows.iter()
        .map(|row| {
            let constraints = match (row.least, row.most) {
                (Some(least), Some(most)) if least != most => 2,
                _ => 1,
            };
            -next.by_ref().take(constraints).sum::<f64>()
        })
        .collect()
}
