//! The command line: the same JSON as grpcurl, the same calls as the service.

mod client;
mod desk_files;
mod doctor;
mod edits;
mod exit;
mod export;
mod files;
mod health;
mod import;
mod matched;
mod matching;
mod reasons;
mod report;
mod runs;
mod serve;
mod settings;
mod store;
mod subject;
mod summary;
mod telemetry;
mod template;
mod token;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use exit::Exit;
use solve::{check_solver_version, serve_solver};

/// Matches students to host projects: rules as data, a proven optimum.
#[derive(Debug, Parser)]
#[command(version, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the calls by gRPC, and work on runs.
    Serve(Box<serve::Serve>),
    /// Work on the runs of a PostgreSQL store, beside servers.
    Worker(serve::WorkerArguments),
    /// Find the best matching of a MatchRequest. Ctrl-C keeps the best found so far.
    Match(matching::MatchArguments),
    /// Say who should interview whom before a match, of a ShortlistRequest.
    Shortlist(InOut),
    /// Say why a student, a project, a pair or a host's projects are as they are, of an ExplainRequest or of a season by options.
    Explain(reasons::ExplainArguments),
    /// Say what would be if something were otherwise, of a WhatIfRequest or of a season by options.
    WhatIf(reasons::WhatIfArguments),
    /// Say what changed between two responses of `match`.
    Compare(reasons::CompareArguments),
    /// Tell every fault of a ValidateRequest, every contradiction of single rows, those of several that are found in time, and its market.
    Validate(matching::ValidateArguments),
    /// Tell of every pair of an EvaluateRequest what the rules and the score say.
    Evaluate(matching::EvaluateArguments),
    /// Check a matching against the rules, and the certificate of an outcome.
    Check(matching::CheckArguments),
    /// Make a season from a seed, as a MatchRequest.
    Sample(matching::SampleArguments),
    /// Read a season from spreadsheets: CSV, TSV, XLSX and ODS. Every problem is told at once, by file and cell.
    Import(import::ImportArguments),
    /// Write the tables that `import` reads, with headers, help and an example: a workbook, or CSV files.
    Template(template::TemplateArguments),
    /// Write a matching as tables for the office: a workbook, or CSV files.
    Export(Box<export::ExportArguments>),
    /// Write a matching as one page to look at and to print, for the office, a host or a student; and letters.
    Report(Box<report::ReportArguments>),
    /// Store, watch, cancel, explain and compare the runs of a server.
    Runs(runs::RunsArguments),
    /// Make a token: the line for the server's file on standard output, the token itself, which is kept nowhere, on standard error.
    Token(token::TokenArguments),
    /// Back up, restore and check a store.
    Store(store::StoreArguments),
    /// Tell what is missing or odd on this machine for `serve` with the same flags, and the command that mends it.
    Doctor(Box<serve::Serve>),
    /// Ask a running server whether it serves.
    Health(health::Health),
    /// The solver's process; started by the engine itself.
    #[command(hide = true)]
    Solver,
}

/// What goes in and what comes out.
#[derive(Debug, clap::Args)]
struct InOut {
    /// The request as proto3 JSON; `-` is standard input.
    request: PathBuf,
    /// Where to write the response as proto3 JSON; `-` is standard output. Unset: a summary for people only.
    #[arg(long)]
    output: Option<PathBuf>,
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().collect();
    let command = match settings::add_to(Arguments::command(), &given) {
        Ok(command) => command,
        Err(failure) => return failure.tell().into(),
    };
    let arguments = match Arguments::from_arg_matches(&command.get_matches_from(given)) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    if let Err(error) = check_solver_version() {
        return files::Failure::of_solver(&*error).tell().into();
    }
    let exit = match arguments.command {
        Command::Serve(arguments) => serve::run(*arguments),
        Command::Worker(arguments) => serve::run_worker(arguments),
        Command::Match(arguments) => matching::solve(&arguments),
        Command::Shortlist(files) => matching::shortlist(&files),
        Command::Explain(arguments) => reasons::explain(&arguments),
        Command::WhatIf(arguments) => reasons::what_if(&arguments),
        Command::Compare(arguments) => reasons::compare(&arguments),
        Command::Validate(arguments) => matching::validate(&arguments),
        Command::Evaluate(arguments) => matching::evaluate(arguments),
        Command::Check(arguments) => matching::check(&arguments),
        Command::Sample(arguments) => matching::sample(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Template(arguments) => template::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Runs(arguments) => runs::run(arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Store(arguments) => store::run(arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::Solver => serve_solver().map(|()| Exit::Done).map_err(|error| files::Failure::of_solver(&*error)),
    };
    exit.unwrap_or_else(|failure| failure.tell()).into()
}
