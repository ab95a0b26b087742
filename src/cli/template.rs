//! `template`: the tables to begin with.

use std::path::PathBuf;

use super::desk_files;
use super::exit::Exit;
use super::files::Failure;
use wire::pb;

/// Where the tables go.
#[derive(Debug, clap::Args)]
pub(super) struct TemplateArguments {
    /// A workbook FILE.xlsx, or a folder for a CSV file of each table.
    #[arg(value_name = "FILE.xlsx|FOLDER")]
    output: PathBuf,
}

pub(super) fn run(arguments: &TemplateArguments) -> Result<Exit, Failure> {
    let format = desk_files::format(&arguments.output)? as i32;
    let template = calls::desk::template(&pb::GetTemplateRequest { format })?;
    desk_files::write(&template.files, &arguments.output)?;
    println!("{}", arguments.output.display());
    Ok(Exit::Done)
}
