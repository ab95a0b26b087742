//! Requests in, responses out, and what to say when either fails.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use prost::Message;
use tonic::Code;

use super::exit::Exit;
use api::innermost;
use calls::CallError;
use calls::desk::UnreadableFile;
use engine::EngineError;
use rules::codes;
use rules::finding::{Finding, counted, grouped};
use wire::json;

/// Faults told on the terminal; the rest are counted.
const MOST_TOLD: usize = 50;

/// Why a command failed, in words, and how it ends.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    lines: Vec<String>,
}

impl Failure {
    fn new(exit: Exit, line: String) -> Self {
        Self { exit, lines: vec![line] }
    }

    /// A file that can't be read or written.
    pub fn of_file(path: &Path, error: &io::Error) -> Self {
        Self::new(Exit::File, format!("{}: {error}", path.display()))
    }

    /// An address that can't be served, or a refused one.
    pub fn of_server(why: &str) -> Self {
        Self::new(Exit::File, why.to_owned())
    }

    /// What a server answered in the place of an answer.
    pub fn of_status(status: &tonic::Status) -> Self {
        let broken = std::error::Error::source(status).map(innermost);
        let exit = match status.code() {
            _ if broken.is_some() => Exit::File,
            Code::InvalidArgument => Exit::Malformed,
            Code::Internal | Code::DataLoss | Code::Unknown => Exit::Engine,
            _ => Exit::File,
        };
        let hint = match status.code() {
            _ if broken.is_some() => {
                "; the server may ask for https:// or, by --certificate and --key, for a certificate"
            }
            Code::Unauthenticated => "; here by --token-file",
            _ => "",
        };
        // A broken connection is told by what broke it.
        let why = broken.unwrap_or_else(|| status.message().to_owned());
        Self::new(exit, format!("{why}{hint}"))
    }

    /// Options that do not go together, or that name nobody.
    pub fn of_arguments(why: String) -> Self {
        Self::new(Exit::Arguments, why)
    }

    /// The solver's process that can't go on.
    pub fn of_solver(error: &dyn std::error::Error) -> Self {
        Self::new(Exit::Engine, error.to_string())
    }

    /// What it is about, in one line.
    pub fn line(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    /// Tells it on standard error.
    pub fn tell(&self) -> Exit {
        for line in &self.lines {
            eprintln!("error: {line}");
        }
        self.exit
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Malformed(faults) => {
                let total = faults.total();
                let line = |fault: &Finding| fault_line(fault, &faults.message_with_student(fault));
                let mut lines: Vec<String> = faults.findings().iter().take(MOST_TOLD).map(line).collect();
                if total > lines.len() {
                    lines.push(format!("and {} more; `validate` tells them all", total - lines.len()));
                }
                Self { exit: Exit::Malformed, lines }
            }
            CallError::Unreadable(files) => {
                let line = |file: &UnreadableFile| {
                    let (code, why) = (file.code(), file.why.to_string());
                    told(format!("{}: {}", file.name, why.trim_end_matches('.')), code)
                };
                Self { exit: Exit::File, lines: files.iter().map(line).collect() }
            }
            CallError::Engine(EngineError::TooManyPairs { limit }) => Self::new(
                Exit::Malformed,
                told(format!("more than {} may be matched", counted(limit as i64, "pair")), &codes::TOO_MANY_PAIRS),
            ),
            CallError::Engine(EngineError::TooManyTerms { limit }) => Self::new(
                Exit::Malformed,
                told(
                    format!("quotas, links and stability speak of pairs more than {} times", grouped(limit as i64)),
                    &codes::TOO_MANY_TERMS,
                ),
            ),
            CallError::Engine(EngineError::OutcomeBreaksRules { first, count }) => Self::new(
                Exit::Malformed,
                told(
                    format!(
                        "the outcome breaks {} of the season; the first is {first:?}",
                        counted(count as i64, "rule")
                    ),
                    &codes::OUTCOME_BREAKS_RULES,
                ),
            ),
            CallError::Engine(EngineError::SolverFailed(failure)) => {
                Self::new(Exit::Engine, told(format!("the solver failed: {}", failure.0), &codes::SOLVER_FAILED))
            }
            CallError::Engine(EngineError::ResultRejected(why)) => Self::new(
                Exit::Engine,
                told(format!("the result did not pass its check: {why}"), &codes::RESULT_REJECTED),
            ),
            CallError::Stopped => Self::new(Exit::NoMatching, "stopped".to_owned()),
        }
    }
}

/// What happened and what to do.
fn told(message: String, code: &codes::Code) -> String {
    format!("{message}. {} ({code} {})", code.remedy, code.reason)
}

fn fault_line(fault: &Finding, message: &str) -> String {
    format!("{}: {message}. {} ({} {})", fault.field, fault.code.remedy, fault.code, fault.code.reason)
}

/// Reads a request.
pub(super) fn read<T: Message + Default>(name: &str, path: &Path) -> Result<T, Failure> {
    let mut text = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().read_to_end(&mut text)
    } else {
        File::open(path).and_then(|mut file| file.read_to_end(&mut text))
    };
    read.map_err(|error| Failure::of_file(path, &error))?;
    json::read(name, &text).map_err(|malformed| {
        let code = &codes::MALFORMED_JSON;
        if is_spreadsheet(path, &text) {
            let why = "this is a spreadsheet, and no JSON: `misti-matching import` makes a season of spreadsheets";
            return Failure::new(Exit::Malformed, format!("{}: {why} ({code} {})", path.display(), code.reason));
        }
        let file = if path == Path::new("-") { String::new() } else { format!("{}: ", path.display()) };
        let line = |fault: &json::MalformedJson| {
            let place = if fault.field.is_empty() { String::new() } else { format!("{}: ", fault.field) };
            format!("{file}{place}{}. {} ({code} {})", fault.message, code.remedy, code.reason)
        };
        let mut lines: Vec<String> = malformed.iter().take(MOST_TOLD).map(line).collect();
        if malformed.len() > MOST_TOLD {
            lines.push(format!("and {} more", malformed.len() - MOST_TOLD));
        }
        Failure { exit: Exit::Malformed, lines }
    })
}

/// Whether a file is a workbook by its bytes, or a spreadsheet by its ending.
fn is_spreadsheet(path: &Path, bytes: &[u8]) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    bytes.starts_with(b"PK\x03\x04") || matches!(ending.as_deref(), Some("csv" | "tsv" | "xlsx" | "xls" | "ods"))
}

/// Writes a response, in one piece or not at all where it goes to a file.
pub(super) fn write<T: Message>(name: &str, message: &T, path: &Path) -> Result<(), Failure> {
    write_by(path, |output| json::write(name, message, true, output))
}

/// Writes responses, one a line, all or none where they go to a file.
pub(super) fn write_lines<T: Message>(name: &str, messages: &[T], path: &Path) -> Result<(), Failure> {
    write_by(path, |output| messages.iter().try_for_each(|message| json::write(name, message, false, output)))
}

/// Writes bytes, in one piece or not at all where they go to a file.
pub(super) fn write_bytes(bytes: &[u8], path: &Path) -> Result<(), Failure> {
    write_by(path, |output| output.write_all(bytes))
}

fn write_by(path: &Path, write: impl FnOnce(&mut Box<dyn Write>) -> io::Result<()>) -> Result<(), Failure> {
    let failure = |error: io::Error| Failure::of_file(path, &error);
    let whole = |mut output: Box<dyn Write>| write(&mut output).and_then(|()| output.flush()).map_err(failure);
    if path == Path::new("-") {
        return whole(Box::new(BufWriter::new(io::stdout().lock())));
    }
    // What is there and no plain file, such as /dev/null or a pipe, is written to and not replaced.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return whole(Box::new(BufWriter::new(File::options().write(true).open(path).map_err(failure)?)));
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".part");
    let partial = Path::new(&partial);
    whole(Box::new(BufWriter::new(File::create(partial).map_err(failure)?)))?;
    std::fs::rename(partial, path).map_err(failure)
}
