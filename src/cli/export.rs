//! `export`: a matching as tables for the office.

use std::path::PathBuf;

use super::client::{Server, answered, block_on};
use super::desk_files;
use super::exit::Exit;
use super::files::Failure;
use super::matched::{Before, Matched, Of};
use calls::Caller;
use calls::desk::{self, NamedRuns};
use solve::Cancel;
use wire::pb;

/// Which matching, and where its tables go.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    matched: Matched,
    /// A response of `shortlist`, for the table of interviews.
    #[arg(long, value_name = "SHORTLIST.json")]
    shortlist: Option<PathBuf>,
    /// A workbook FILE.xlsx, or a folder for a CSV file of each table.
    #[arg(long, value_name = "FILE.xlsx|FOLDER")]
    output: PathBuf,
    /// Replace files of the same names.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    server: Server,
}

pub(super) fn run(arguments: &ExportArguments) -> Result<Exit, Failure> {
    use pb::export_request::Before as Asked;
    let format = desk_files::format(&arguments.output)? as i32;
    let shortlist =
        arguments.shortlist.as_ref().map(|path| super::files::read("ShortlistResponse", path)).transpose()?;
    let mut request = pb::ExportRequest { shortlist, format, ..pb::ExportRequest::default() };
    let response = match arguments.matched.of()? {
        Of::Season(season) => {
            (request.instance, request.policy, request.outcome) = (season.instance, season.policy, season.outcome);
            request.before = season.before.map(Asked::BeforeOutcome);
            let caller = Caller::local(Cancel::default());
            desk::export(request, NamedRuns::default(), &caller)?.unwrap_or_default()
        }
        Of::Run { run, before } => block_on(async {
            let (mut runs, mut desk) = arguments.server.connect_desk().await?;
            request.run = super::runs::names::resolve(&mut runs, run).await?;
            request.before = match before {
                None => None,
                Some(Before::Outcome(outcome)) => Some(Asked::BeforeOutcome(*outcome)),
                Some(Before::Run(run)) => Some(Asked::BeforeRun(super::runs::names::resolve(&mut runs, run).await?)),
            };
            answered(desk.export(request).await)
        })?,
    };
    if !arguments.replace {
        desk_files::refuse_to_replace(&response.files, &arguments.output)?;
    }
    desk_files::write(&response.files, &arguments.output)?;
    println!("{}", arguments.output.display());
    Ok(Exit::Done)
}
