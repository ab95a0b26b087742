//! `runs`: the calls of `RunService`, JSON in and out.

mod progress;

use std::path::{Path, PathBuf};

use tonic::{Response, Status};

use super::client::Server;
use super::exit::Exit;
use super::files::{self, Failure};
use crate::wire::{Stored, pb};

/// Runs of a server.
#[derive(Debug, clap::Args)]
pub(super) struct RunsArguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Store a run and queue it, of a CreateRunRequest.
    Create {
        /// The request as proto3 JSON; `-` is standard input.
        request: PathBuf,
    },
    /// Give a run.
    Get {
        /// Its name: runs/…
        name: String,
        /// Without the outcome.
        #[arg(long, conflicts_with = "full")]
        basic: bool,
        /// With what was asked.
        #[arg(long)]
        full: bool,
    },
    /// Give runs, the newest first.
    List {
        /// Only of this term.
        #[arg(long, default_value = "")]
        term: String,
        /// Runs of a page.
        #[arg(long, default_value_t = 50)]
        page_size: i32,
        /// `next_page_token` of the page before.
        #[arg(long, default_value = "")]
        page_token: String,
    },
    /// Tell how far a run has come until it has finished: a bar on a terminal, a line for each change elsewhere.
    Watch {
        /// Its name: runs/…
        name: String,
    },
    /// End the solve of a run and keep the best matching found so far.
    Cancel {
        /// Its name: runs/…
        name: String,
    },
    /// Delete a run with everything that is stored of it.
    Delete {
        /// Its name: runs/…
        name: String,
    },
    /// Say why something is as it is in the matching of a run, of an ExplainRunRequest.
    Explain {
        /// The request as proto3 JSON; `-` is standard input.
        request: PathBuf,
    },
    /// Say what would be if something of a run were otherwise, of a WhatIfRunRequest.
    WhatIf {
        /// The request as proto3 JSON; `-` is standard input.
        request: PathBuf,
    },
    /// Say who moved between two runs, why, and what it cost.
    Compare {
        /// The first: runs/…
        before: String,
        /// The second: runs/…
        after: String,
    },
    /// Give the ledger of overrides, the newest first.
    Overrides {
        /// Only of this run: runs/…
        #[arg(long, default_value = "")]
        run: String,
        /// Overrides of a page.
        #[arg(long, default_value_t = 50)]
        page_size: i32,
        /// `next_page_token` of the page before.
        #[arg(long, default_value = "")]
        page_token: String,
    },
}

pub(super) fn run(arguments: RunsArguments) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::of_server(&error.to_string()))?;
    runtime.block_on(call(&arguments.server, arguments.command))
}

async fn call(server: &Server, command: Command) -> Result<Exit, Failure> {
    let mut runs = server.connect().await?;
    match command {
        Command::Create { request } => {
            let request: pb::CreateRunRequest = files::read("CreateRunRequest", &request)?;
            told("Run", runs.create_run(request).await)
        }
        Command::Get { name, basic, full } => {
            use pb::get_run_request::View;
            let view = if basic {
                View::Basic
            } else if full {
                View::Full
            } else {
                View::Outcome
            };
            told("Run", runs.get_run(pb::GetRunRequest { name, view: view as i32 }).await)
        }
        Command::List { term, page_size, page_token } => {
            let request = pb::ListRunsRequest { page_size, page_token, term, states: Vec::new() };
            told("ListRunsResponse", runs.list_runs(request).await)
        }
        Command::Watch { name } => {
            let mut changes = answered(runs.watch_run(pb::WatchRunRequest { name }).await)?;
            let mut display = progress::Display::new();
            while let Some(run) = changes.message().await.map_err(|status| Failure::of_status(&status))? {
                display.show(&run);
            }
            Ok(display.end())
        }
        Command::Cancel { name } => told("Run", runs.cancel_run(pb::CancelRunRequest { name }).await),
        Command::Delete { name } => told("DeleteRunResponse", runs.delete_run(pb::DeleteRunRequest { name }).await),
        Command::Explain { request } => {
            let request: pb::ExplainRunRequest = files::read("ExplainRunRequest", &request)?;
            told("ExplainResponse", runs.explain_run(request).await)
        }
        Command::WhatIf { request } => {
            let request: pb::WhatIfRunRequest = files::read("WhatIfRunRequest", &request)?;
            told("WhatIfResponse", runs.what_if_run(request).await)
        }
        Command::Compare { before, after } => {
            told("CompareRunsResponse", runs.compare_runs(pb::CompareRunsRequest { before, after }).await)
        }
        Command::Overrides { run, page_size, page_token } => {
            let request = pb::ListOverridesRequest { page_size, page_token, run };
            told("ListOverridesResponse", runs.list_overrides(request).await)
        }
    }
}

fn answered<T>(answer: Result<Response<T>, Status>) -> Result<T, Failure> {
    answer.map(Response::into_inner).map_err(|status| Failure::of_status(&status))
}

/// Writes an answer on standard output.
fn told<M: Stored>(name: &str, answer: Result<Response<M>, Status>) -> Result<Exit, Failure> {
    files::write(name, &answered(answer)?, Path::new("-"))?;
    Ok(Exit::Done)
}
