//! How far a run has come: a bar on a terminal, a line for each change elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::exit::Exit;
use wire::numbers::{count, counted};
use wire::pb;

/// Steps of the bar.
const STEPS: u64 = 1_000;

/// Shows a run after each change.
pub(super) struct Display {
    bar: Option<ProgressBar>,
    last: String,
    exit: Exit,
}

impl Display {
    /// A bar where standard output is a terminal.
    pub fn new() -> Self {
        let bar = std::io::stdout().is_terminal().then(|| {
            let bar = ProgressBar::new(STEPS);
            // The clock goes on where nothing is told.
            bar.enable_steady_tick(Duration::from_millis(200));
            if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} [{bar:30}] {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Self { bar, last: String::new(), exit: Exit::NoMatching }
    }

    /// Shows it.
    pub fn show(&mut self, run: &pb::Run) {
        let line = line(run);
        self.exit = exit(run);
        if let Some(bar) = &self.bar {
            bar.set_position((share(run) * STEPS as f64) as u64);
            bar.set_message(line);
        } else if line != self.last {
            println!("{line}");
            self.last = line;
        }
    }

    /// Leaves the last line on the screen; how the run ended.
    pub fn end(self) -> Exit {
        if let Some(bar) = self.bar {
            bar.abandon();
        }
        self.exit
    }
}

/// How a run that is shown would end the command.
fn exit(run: &pb::Run) -> Exit {
    use pb::outcome::Status;
    match (run.state(), run.outcome_status()) {
        (pb::run::State::Failed, _) => Exit::Engine,
        (_, Status::Optimal) => Exit::Done,
        (_, Status::Infeasible) => Exit::Infeasible,
        (_, Status::Feasible | Status::Cancelled) if run.placed_count.is_some() => Exit::Unproven,
        _ => Exit::NoMatching,
    }
}

/// How much of the goals is settled: of each as much as its gap is closed.
fn share(run: &pb::Run) -> f64 {
    if run.end_time.is_some() {
        return 1.0;
    }
    let goals = run.progress.iter().flat_map(|progress| &progress.goals);
    let closed: Vec<f64> = goals.map(|goal| 1.0 - goal.relative_gap.unwrap_or(1.0).clamp(0.0, 1.0)).collect();
    closed.iter().sum::<f64>() / closed.len().max(1) as f64
}

/// The run in one line.
pub(super) fn line(run: &pb::Run) -> String {
    use pb::outcome::Status;
    use pb::run::State;
    let placed = run.placed_count.map(|placed| format!("{} placed", counted(placed.into(), "student")));
    let placed = placed.unwrap_or_else(|| "no placement was found".to_owned());
    match run.state() {
        State::Pending => "Waiting for a worker".to_owned(),
        State::Failed => match &run.failure {
            Some(failure) => format!("Failed: {} ({} {})", failure.remedy, failure.code, failure.reason),
            None => "Failed".to_owned(),
        },
        State::Running => format!("Running{}", known(run)),
        State::Cancelled => format!("Cancelled: {placed}{}", known(run)),
        State::Succeeded => match run.outcome_status() {
            Status::Optimal => format!("Finished: {placed}, proven to be the best"),
            Status::Infeasible => "Finished: no placement keeps every rule".to_owned(),
            _ => format!("Stopped early: {placed}, not proven to be the best{}", known(run)),
        },
        State::Unspecified => "Not stored".to_owned(),
    }
}

/// What is known of a solve so far, goal by goal.
fn known(run: &pb::Run) -> String {
    use pb::run_progress::Phase;
    let Some(progress) = &run.progress else { return String::new() };
    let mut line = match progress.phase() {
        _ if run.end_time.is_some() => String::new(),
        Phase::Evaluating => ", judging every pair".to_owned(),
        Phase::Solving => ", solving".to_owned(),
        Phase::Explaining => ", telling the reasons".to_owned(),
        Phase::Unspecified => String::new(),
    };
    let number = |number: Option<i64>| number.map_or("?".to_owned(), count);
    for goal in &progress.goals {
        line += &format!("; {} {}", goal.kind().as_str_name(), number(goal.incumbent));
        if goal.proven {
            line += " proven";
        } else {
            line += &format!(" of at best {}", number(goal.bound));
            if let Some(gap) = goal.relative_gap {
                line += &format!(", gap {:.2} %", gap * 100.0);
            }
        }
    }
    line
}
