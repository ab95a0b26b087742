//! `template`: the tables to begin with, or a season as tables.

use std::path::PathBuf;

use super::desk_files;
use super::exit::Exit;
use super::files::{self, Failure};
use wire::pb;

/// Where the tables go.
#[derive(Debug, clap::Args)]
pub(super) struct TemplateArguments {
    /// A workbook FILE.xlsx, or a folder for a CSV file of each table.
    #[arg(value_name = "FILE.xlsx|FOLDER")]
    output: PathBuf,
    /// A MatchRequest: its season in the place of the examples.
    #[arg(long, value_name = "SEASON.json")]
    season: Option<PathBuf>,
    /// Replace files of the same names.
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(arguments: &TemplateArguments) -> Result<Exit, Failure> {
    let format = desk_files::format(&arguments.output)? as i32;
    let season =
        arguments.season.as_ref().map(|path| files::read::<pb::MatchRequest>("MatchRequest", path)).transpose()?;
    let pb::MatchRequest { instance, policy } = season.unwrap_or_default();
    let template = calls::desk::template(&pb::GetTemplateRequest { format, instance, policy })?;
    if !arguments.replace {
        desk_files::refuse_to_replace(&template.files, &arguments.output)?;
    }
    desk_files::write(&template.files, &arguments.output)?;
    println!("{}", arguments.output.display());
    Ok(Exit::Done)
}
