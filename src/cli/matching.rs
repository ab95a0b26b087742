//! `match`, `shortlist`, `validate`, `evaluate`, `check` and `sample`: the calls without a server.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use super::InOut;
use super::exit::Exit;
use super::files::{self, Failure};
use super::serve::{VALIDATE_SECONDS, validate_seconds};
use super::summary;
use calls::{self, Caller};
use solve::{Cancel, SolverCommand};
use wire::{json, pb};

/// Where the summary goes: standard output, unless the response goes there.
pub(super) fn tell(output: Option<&Path>, text: &str) {
    if output == Some(Path::new("-")) {
        eprint!("{text}");
    } else {
        print!("{text}");
    }
}

/// What is matched.
#[derive(Debug, clap::Args)]
pub(super) struct MatchArguments {
    #[command(flatten)]
    files: InOut,
    /// Tell goals, bounds, the seed and the solver, too.
    #[arg(long, short)]
    verbose: bool,
}

pub(super) fn solve(arguments: &MatchArguments) -> Result<Exit, Failure> {
    let files = &arguments.files;
    let request = files::read("MatchRequest", &files.request)?;
    let cancel = Cancel::default();
    cancel_on_ctrl_c(cancel.clone());
    let response = calls::solve(request, &Caller::local(cancel), &this_binary()?)?;
    if let Some(output) = &files.output {
        files::write("MatchResponse", &response, output)?;
    }
    let outcome = response.outcome.unwrap_or_default();
    let asked = |call: &str| format!("misti-matching {call} {}", files.request.display());
    let told = summary::Outcome {
        outcome: &outcome,
        explain: &asked("explain"),
        what_if: &asked("what-if"),
        verbose: arguments.verbose,
    };
    tell(files.output.as_deref(), &told.text());
    Ok(match outcome.status() {
        _ if summary::places_nobody(&outcome) => Exit::NobodyPlaced,
        pb::outcome::Status::Optimal => Exit::Done,
        pb::outcome::Status::Infeasible => Exit::Infeasible,
        _ if outcome.goals.is_empty() => Exit::NoMatching,
        _ => Exit::Unproven,
    })
}

/// The solver's process is this very binary.
pub(super) fn this_binary() -> Result<SolverCommand, Failure> {
    let binary = std::env::current_exe().map_err(|error| Failure::of_file(Path::new("misti-matching"), &error))?;
    Ok(SolverCommand::of_binary(binary))
}

pub(super) fn shortlist(files: &InOut) -> Result<Exit, Failure> {
    let request = files::read("ShortlistRequest", &files.request)?;
    let cancel = Cancel::default();
    cancel_on_ctrl_c(cancel.clone());
    let response = calls::shortlist(request, &Caller::local(cancel), &this_binary()?)?;
    if let Some(output) = &files.output {
        files::write("ShortlistResponse", &response, output)?;
    }
    tell(files.output.as_deref(), &summary::shortlist(&response));
    Ok(match response.status() {
        pb::outcome::Status::Optimal => Exit::Done,
        _ if response.goals.is_empty() => Exit::NoMatching,
        _ => Exit::Unproven,
    })
}

/// Keeps the best matching found when a person on a terminal has waited long enough.
pub(super) fn cancel_on_ctrl_c(cancel: Cancel) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime
            && runtime.block_on(tokio::signal::ctrl_c()).is_ok()
        {
            cancel.cancel();
        }
    });
}

/// What is validated, and for how long.
#[derive(Debug, clap::Args)]
pub(super) struct ValidateArguments {
    #[command(flatten)]
    files: InOut,
    /// Seconds to look for rows that can't hold together, 0 to 600. What is not settled by then is said.
    #[arg(long, default_value = VALIDATE_SECONDS, value_parser = validate_seconds)]
    validate_seconds: Duration,
}

pub(super) fn validate(arguments: &ValidateArguments) -> Result<Exit, Failure> {
    let files = &arguments.files;
    let request = files::read("ValidateRequest", &files.request)?;
    let (caller, solver) = (Caller::local(Cancel::default()), this_binary()?);
    let response = calls::validate(request, &caller, &solver, arguments.validate_seconds)?;
    if let Some(output) = &files.output {
        files::write("ValidateResponse", &response, output)?;
    }
    tell(files.output.as_deref(), &summary::validation(&response));
    let wrong = response.findings.iter().any(|finding| finding.severity() == pb::finding::Severity::Error);
    Ok(if wrong { Exit::Malformed } else { Exit::Done })
}

/// Which pairs are evaluated.
#[derive(Debug, clap::Args)]
pub(super) struct EvaluateArguments {
    #[command(flatten)]
    files: InOut,
    /// Only this student; several times: each of them.
    #[arg(long = "student", value_name = "ID")]
    students: Vec<String>,
    /// Only this project; several times: each of them.
    #[arg(long = "project", value_name = "ID")]
    projects: Vec<String>,
}

/// Pairs of so many students, at least, are written to know how long one is.
const STUDENTS_MEASURED: usize = 10;

/// Says before it is written how much it will be: exact in pairs, and by the mean of some in bytes.
fn tell_size(evaluations: &calls::Evaluations, path: &Path) -> io::Result<()> {
    let students = evaluations.student_count();
    let step = students.div_ceil(STUDENTS_MEASURED).max(1);
    let (mut pairs, mut bytes) = (0, Vec::new());
    for student in (0..students).step_by(step) {
        for pair in evaluations.of_student(student) {
            json::write("PairEvaluation", &pair, false, &mut bytes)?;
            pairs += 1;
        }
    }
    let all = evaluations.pair_count();
    let size = bytes.len() as f64 * all as f64 / f64::from(pairs.max(1));
    let narrower = if size < LARGE { "" } else { "; --student and --project ask for less" };
    eprintln!("{all} pairs, about {} to {}{narrower}", summary::size(size), path.display());
    Ok(())
}

/// So many bytes are a lot.
const LARGE: f64 = 1e8;

pub(super) fn evaluate(arguments: EvaluateArguments) -> Result<Exit, Failure> {
    let (caller, files) = (Caller::local(Cancel::default()), &arguments.files);
    let mut request: pb::EvaluateRequest = files::read("EvaluateRequest", &files.request)?;
    request.student_ids.extend(arguments.students);
    request.project_ids.extend(arguments.projects);
    let evaluations = calls::read_evaluations(request, &caller)?;
    let mut verdicts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
    let path = files.output.as_deref();
    if let Some(path) = path {
        tell_size(&evaluations, path).map_err(|error| Failure::of_file(path, &error))?;
    }
    let mut output: Option<Box<dyn Write>> = match path {
        None => None,
        Some(path) if path == Path::new("-") => Some(Box::new(BufWriter::new(io::stdout().lock()))),
        Some(path) => {
            let file = std::fs::File::create(path).map_err(|error| Failure::of_file(path, &error))?;
            Some(Box::new(BufWriter::new(file)))
        }
    };
    let mut written = Ok(());
    evaluations.tell(|pair| {
        *verdicts.entry(pair.verdict().as_str_name()).or_default() += 1;
        let mut refusing: Vec<&str> = pair.refusals.iter().map(|refusal| refusal.rule().as_str_name()).collect();
        refusing.dedup();
        for rule in refusing {
            *rules.entry(rule).or_default() += 1;
        }
        if let Some(output) = &mut output {
            written = json::write("PairEvaluation", &pair, false, output);
        }
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let flushed = written.and_then(|()| output.as_mut().map_or(Ok(()), |output| output.flush()));
    flushed.map_err(|error| Failure::of_file(path.unwrap_or(Path::new("-")), &error))?;
    tell(path, &summary::evaluations(&verdicts, &rules));
    Ok(Exit::Done)
}

/// What is checked.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    files: InOut,
    /// A response of `match`: its assignments and its certificate are checked, and the request may be the MatchRequest that it
    /// answers.
    #[arg(long, value_name = "OUTCOME")]
    certificate: Option<PathBuf>,
}

pub(super) fn check(arguments: &CheckArguments) -> Result<Exit, Failure> {
    let files = &arguments.files;
    let mut request: pb::CheckRequest = files::read("CheckRequest", &files.request)?;
    if let Some(path) = &arguments.certificate {
        let response: pb::MatchResponse = files::read("MatchResponse", path)?;
        let outcome = response.outcome.unwrap_or_default();
        let place = |a: pb::Assignment| pb::CheckedAssignment { student_id: a.student_id, project_id: a.project_id };
        request.assignments = outcome.assignments.into_iter().map(place).collect();
        // An outcome without a certificate proves no goal, and the check says so.
        request.certificate = Some(outcome.certificate.unwrap_or_default());
    }
    let response = calls::check(request, &Caller::local(Cancel::default()))?;
    if let Some(output) = &files.output {
        files::write("CheckResponse", &response, output)?;
    }
    tell(files.output.as_deref(), &summary::check(&response));
    let is_sound = response.violations.is_empty() && response.certificate_faults.is_empty();
    Ok(if is_sound { Exit::Done } else { Exit::RuleBroken })
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SampleName {
    Tiny,
    Summer,
    MicroInternship,
    Externship,
}

/// Which sample, how large, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct SampleArguments {
    /// Which season.
    sample: SampleName,
    /// The same seed gives the same season.
    #[arg(long, default_value_t = 0)]
    seed: i64,
    /// Students, 1 to 10,000.
    #[arg(long)]
    students: Option<i32>,
    /// Projects, 1 to 10,000.
    #[arg(long)]
    projects: Option<i32>,
    /// Where to write the request.
    #[arg(long, default_value = "-")]
    output: PathBuf,
}

pub(super) fn sample(arguments: &SampleArguments) -> Result<Exit, Failure> {
    let sample = match arguments.sample {
        SampleName::Tiny => pb::get_sample_request::Sample::Tiny,
        SampleName::Summer => pb::get_sample_request::Sample::Summer,
        SampleName::MicroInternship => pb::get_sample_request::Sample::MicroInternship,
        SampleName::Externship => pb::get_sample_request::Sample::Externship,
    };
    let response = calls::sample(&pb::GetSampleRequest {
        sample: sample as i32,
        seed: arguments.seed,
        student_count: arguments.students,
        project_count: arguments.projects,
    })?;
    files::write("GetSampleResponse", &response, &arguments.output)?;
    Ok(Exit::Done)
}
