//! `runs`: the calls of `RunService`, JSON in and out.

mod create;
mod ledger;
mod list;
pub(super) mod names;
mod progress;
mod words;

use std::path::{Path, PathBuf};

use tonic::{Response, Status};

use super::client::{Runs, Server, answered, block_on};
use super::edits::EditOptions;
use super::exit::Exit;
use super::files::{self, Failure};
use super::matching::tell;
use super::reasons::{self, Asked, Audience};
use super::subject::Subject;
use super::summary;
use list::ListArguments;
use wire::{Stored, pb};

/// Runs of a server.
#[derive(Debug, clap::Args)]
pub(super) struct RunsArguments {
    #[command(flatten)]
    server: Server,
    /// Where to write the answer as proto3 JSON; `-` is standard output. Unset: a summary for people only.
    #[arg(long, global = true)]
    output: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Store a run and queue it: of a CreateRunRequest, or of an earlier run and what changed since.
    Create(Box<create::CreateArguments>),
    /// Give a run.
    Get {
        #[arg(value_name = "RUN", help = names::HELP)]
        name: String,
        /// Without the outcome.
        #[arg(long, conflicts_with = "full")]
        basic: bool,
        /// With what was asked.
        #[arg(long)]
        full: bool,
    },
    /// Give runs, the newest first.
    List(ListArguments),
    /// Tell how far a run has come until it has finished: a bar on a terminal, a line for each change elsewhere.
    Watch {
        #[arg(value_name = "RUN", help = names::HELP)]
        name: String,
    },
    /// End the solve of a run and keep the best matching found so far.
    Cancel {
        #[arg(value_name = "RUN", help = names::HELP)]
        name: String,
    },
    /// Delete a run with everything that is stored of it.
    Delete {
        #[arg(value_name = "RUN", help = names::HELP)]
        name: String,
    },
    /// Say why something is as it is in the matching of a run.
    Explain {
        #[arg(value_name = "RUN", help = names::HELP)]
        name: String,
        #[command(flatten)]
        about: Subject,
        /// Who reads the answer.
        #[arg(long)]
        audience: Option<Audience>,
    },
    /// Say what would be if something of a run were otherwise, by options or of a WhatIfRunRequest.
    WhatIf {
        /// With options the run, as other commands take it. Else the request as proto3 JSON; `-` is standard input.
        #[arg(value_name = "RUN|REQUEST")]
        of: String,
        #[command(flatten)]
        edits: Box<EditOptions>,
    },
    /// Say who moved between two runs, why, and what it cost.
    Compare {
        /// The first run, as other commands take it, such as previous
        before: String,
        /// The second, such as latest
        after: String,
    },
    /// Give the ledger, the newest run first: who decided what, when, why, and what that changed.
    #[command(visible_alias = "ledger")]
    Overrides {
        /// Only of this run, as other commands take it.
        #[arg(long, default_value = "")]
        run: String,
        /// Decisions of a page.
        #[arg(long, default_value_t = 50)]
        page_size: i32,
        /// `next_page_token` of the page before.
        #[arg(long, default_value = "")]
        page_token: String,
    },
}

pub(super) fn run(arguments: RunsArguments) -> Result<Exit, Failure> {
    let told = Told(arguments.output);
    block_on(call(&arguments.server, arguments.command, &told))
}

async fn call(server: &Server, command: Command, told: &Told) -> Result<Exit, Failure> {
    let mut runs = server.connect().await?;
    match command {
        Command::Create(arguments) => create::run(&mut runs, *arguments, told).await,
        Command::Get { name, basic, full } => {
            use pb::get_run_request::View;
            let view = if basic {
                View::Basic
            } else if full {
                View::Full
            } else {
                View::Outcome
            };
            let name = names::resolve(&mut runs, name).await?;
            told.of("Run", runs.get_run(pb::GetRunRequest { name, view: view as i32 }).await, words::run)
        }
        Command::List(list) => told.of("ListRunsResponse", runs.list_runs(list.request()).await, words::list),
        Command::Watch { name } => {
            let name = names::resolve(&mut runs, name).await?;
            let mut changes = answered(runs.watch_run(pb::WatchRunRequest { name }).await)?;
            let mut display = progress::Display::new();
            while let Some(run) = changes.message().await.map_err(|status| Failure::of_status(&status))? {
                display.show(&run);
            }
            Ok(display.end())
        }
        Command::Cancel { name } => {
            let name = names::resolve(&mut runs, name).await?;
            told.of("Run", runs.cancel_run(pb::CancelRunRequest { name }).await, words::run)
        }
        Command::Delete { name } => {
            let name = names::resolve(&mut runs, name).await?;
            let deleted = format!("deleted {name}\n");
            told.of("DeleteRunResponse", runs.delete_run(pb::DeleteRunRequest { name }).await, |_| deleted)
        }
        Command::Explain { name, about, audience } => {
            if about.is_empty() {
                let why = "say what is asked: --student, --project, both of them, --host or --name";
                return Err(Failure::of_arguments(why.to_owned()));
            }
            let name = names::resolve(&mut runs, name).await?;
            let season = if about.needs_season() { season(&mut runs, &name).await? } else { pb::Instance::default() };
            let asked = reasons::asked(&about, &season)?;
            explain(&mut runs, name, asked, audience.map_or(0, |audience| audience as i32 + 1), told).await
        }
        Command::WhatIf { of, edits } if edits.is_empty() => {
            if of != "-" && !Path::new(&of).exists() {
                names::resolve(&mut runs, of.clone()).await?;
                let why = format!("say what of {of} would be otherwise, such as --project P0001 --seats +1");
                return Err(Failure::of_arguments(why));
            }
            let mut request: pb::WhatIfRunRequest = files::read("WhatIfRunRequest", Path::new(&of))?;
            request.name = names::resolve(&mut runs, request.name).await?;
            told.of("WhatIfResponse", runs.what_if_run(request).await, summary::what_if)
        }
        Command::WhatIf { of, edits } => {
            let name = names::resolve(&mut runs, of).await?;
            let season = if edits.needs_season() { Some(season(&mut runs, &name).await?) } else { None };
            let edits = edits.edits(season.as_ref())?;
            let request = pb::WhatIfRunRequest { name, edits, return_request: false };
            told.of("WhatIfResponse", runs.what_if_run(request).await, summary::what_if)
        }
        Command::Compare { before, after } => {
            let before = names::resolve(&mut runs, before).await?;
            let after = names::resolve(&mut runs, after).await?;
            let answer = runs.compare_runs(pb::CompareRunsRequest { before, after }).await;
            told.of("CompareRunsResponse", answer, words::comparison)
        }
        Command::Overrides { run, page_size, page_token } => {
            let run = names::resolve(&mut runs, run).await?;
            let request = pb::ListOverridesRequest { page_size, page_token, run };
            told.of("ListOverridesResponse", runs.list_overrides(request).await, ledger::page)
        }
    }
}

/// The season that a run is about.
async fn season(runs: &mut Runs, name: &str) -> Result<pb::Instance, Failure> {
    let view = pb::get_run_request::View::Full as i32;
    let run = answered(runs.get_run(pb::GetRunRequest { name: name.to_owned(), view }).await)?;
    Ok(run.request.and_then(|request| request.instance).unwrap_or_default())
}

/// Explains the matching of a run; of a host project after project.
async fn explain(runs: &mut Runs, name: String, asked: Asked, audience: i32, told: &Told) -> Result<Exit, Failure> {
    use pb::explain_request::About as One;
    use pb::explain_run_request::About;
    let request = |about| pb::ExplainRunRequest { name: name.clone(), about, audience };
    match asked {
        Asked::One(about) => {
            let about = about.map(|about| match about {
                One::StudentId(id) => About::StudentId(id),
                One::ProjectId(id) => About::ProjectId(id),
                One::Pair(pair) => About::Pair(pair),
            });
            told.of("ExplainResponse", runs.explain_run(request(about)).await, summary::explanation)
        }
        Asked::Projects(projects) => {
            let mut responses = Vec::with_capacity(projects.len());
            for project in projects {
                let about = Some(About::ProjectId(project));
                responses.push(answered(runs.explain_run(request(about)).await)?);
            }
            reasons::tell_each(told.0.as_deref(), &responses)
        }
    }
}

/// Where answers are told.
struct Told(Option<PathBuf>);

impl Told {
    /// Tells an answer: as JSON where that is asked for, and in words.
    fn of<M: Stored>(
        &self,
        name: &str,
        answer: Result<Response<M>, Status>,
        words: impl FnOnce(&M) -> String,
    ) -> Result<Exit, Failure> {
        let answer = answered(answer)?;
        if let Some(output) = &self.0 {
            files::write(name, &answer, output)?;
        }
        tell(self.0.as_deref(), &words(&answer));
        Ok(Exit::Done)
    }
}
