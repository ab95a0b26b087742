//! `runs create`: a run of a request, or of an earlier run and what changed since, as JSON or as spreadsheets.

use std::fmt::Write;
use std::path::PathBuf;

use super::super::client::{Runs, answered};
use super::super::exit::Exit;
use super::super::files::{self, Failure};
use super::super::import::{self, Desk};
use super::super::matching::tell;
use super::super::reasons;
use super::super::summary;
use super::{Told, names, words};
use calls::desk;
use wire::numbers::{count, counted};
use wire::pb;

/// What a run is made of.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CreateArguments {
    /// The CreateRunRequest as proto3 JSON; `-` is standard input. Unset: what --base and --changes say.
    #[arg(required_unless_present = "base")]
    request: Option<PathBuf>,
    /// The run that this one starts from, as other commands take it; in the place of the request's base_run.
    #[arg(long, value_name = "RUN")]
    base: Option<String>,
    /// What changed since, as tables: a folder, a workbook or a CSV file. Several times: all of them. They come after the request's changes.
    #[arg(long, value_name = "FOLDER|FILE")]
    changes: Vec<PathBuf>,
    #[command(flatten)]
    desk: Desk,
    /// Say who would move and what it would cost, and store nothing.
    #[arg(long)]
    preview: bool,
    /// With a base: everyone who was told a place keeps it where the rules leave them one.
    #[arg(long)]
    keep_told: bool,
    /// What people will call the run; in the place of the request's.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
}

pub(super) async fn run(runs: &mut Runs, arguments: CreateArguments, told: &Told) -> Result<Exit, Failure> {
    let mut request: pb::CreateRunRequest = match &arguments.request {
        Some(path) => files::read("CreateRunRequest", path)?,
        None => pb::CreateRunRequest::default(),
    };
    request.keep_told |= arguments.keep_told;
    request.base_run = arguments.base.unwrap_or(request.base_run);
    request.display_name = arguments.display_name.unwrap_or(request.display_name);
    if request.base_run.is_empty() && (arguments.preview || !arguments.changes.is_empty()) {
        let why = "--preview and --changes go with --base RUN, or with a request that has a base_run";
        return Err(Failure::of_arguments(why.to_owned()));
    }
    request.base_run = names::resolve(runs, request.base_run).await?;
    if !arguments.changes.is_empty() {
        let view = pb::get_run_request::View::Full as i32;
        let base = answered(runs.get_run(pb::GetRunRequest { name: request.base_run.clone(), view }).await)?;
        let base = base.request.and_then(|asked| asked.instance).unwrap_or_default();
        let import = import::read(&arguments.changes, &arguments.desk, |asked, caller| {
            desk::import_tables(asked, Some(&base), caller)
        })?;
        import.tell(&arguments.desk, told.0.as_deref())?;
        let Some(changes) = import.changes(&arguments.desk) else { return Ok(Exit::Malformed) };
        if changes.is_empty() && request.changes.is_empty() {
            let why = format!("the tables say nothing that is not in {} already", request.base_run);
            return Err(Failure::of_arguments(why));
        }
        request.changes.extend(changes);
    }
    if !arguments.preview {
        return told.of("Run", runs.create_run(request).await, words::run);
    }
    let pb::CreateRunRequest { base_run, changes, keep_told, .. } = request;
    let count = changes.len();
    let preview = pb::PreviewRunRequest { base_run: base_run.clone(), changes, keep_told };
    let response = answered(runs.preview_run(preview).await)?;
    if let Some(output) = &told.0 {
        files::write("PreviewRunResponse", &response, output)?;
    }
    tell(told.0.as_deref(), &preview_words(&base_run, count, &response));
    let outcome = response.outcome.unwrap_or_default();
    Ok(reasons::exit(outcome.status(), outcome.summary.is_some()))
}

/// What a run would come to.
fn preview_words(base: &str, changes: usize, response: &pb::PreviewRunResponse) -> String {
    let changes = counted(changes as i64, "change");
    let mut text = format!("Nothing is stored. With {changes} of {base}:\n");
    let outcome = response.outcome.as_ref();
    if let Some(outcome) = outcome.filter(|outcome| outcome.summary.is_none()) {
        let _ = writeln!(text, "There would be no placement: {}.", outcome.status().as_str_name());
        summary::contradiction(&mut text, &outcome.conflicts, &outcome.relaxations);
        return text;
    }
    if let Some(comparison) = &response.comparison {
        text += &words::comparison(comparison);
        for goal in comparison.comparison.iter().flat_map(|comparison| &comparison.goals) {
            let effect = goal.effect().as_str_name().to_lowercase();
            let (kind, scoped) = (goal.kind().as_str_name(), if goal.scoped { " (some)" } else { "" });
            let _ = match goal.profile_after.as_slice() {
                [] => writeln!(text, "  {kind}{scoped}: {} → {} ({effect})", count(goal.before), count(goal.after)),
                after => writeln!(text, "  {kind}{scoped}: {:?} → {after:?} ({effect})", goal.profile_before),
            };
        }
    }
    if outcome.is_some_and(|outcome| outcome.status() != pb::outcome::Status::Optimal) {
        let _ = writeln!(text, "It is not proven to be the best; a run may have more time and find a better one.");
    }
    text
}
