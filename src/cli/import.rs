//! `import`: a season of spreadsheets.

mod words;

use std::path::{Path, PathBuf};

use super::desk_files;
use super::exit::Exit;
use super::files::{self, Failure};
use calls::{CallError, Caller};
use solve::Cancel;
use wire::pb;
use wire::pb::desk_file::Format;

/// Which spreadsheets, and where the season goes.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// Folders (their own files, not those of folders in them), CSV, TSV and TXT files, XLSX and ODS workbooks.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where to write the season as a MatchRequest; `-` is standard output. Unset: problems are told, and nothing is written.
    #[arg(long, value_name = "SEASON.json")]
    output: Option<PathBuf>,
    /// The policy that the season is to have, as proto3 JSON. Unset: every default.
    #[arg(long, value_name = "POLICY.json")]
    policy: Option<PathBuf>,
    /// What the season is called, such as 2027-summer.
    #[arg(long, default_value = "")]
    term: String,
    #[command(flatten)]
    desk: Desk,
}

/// How spreadsheets are read, and what is told of them.
#[derive(Debug, clap::Args)]
pub(super) struct Desk {
    /// What headers and columns mean. It is written anew, with the questions that are still open.
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,
    /// The table of problems, with decisions filled in.
    #[arg(long, value_name = "FILE.csv|.xlsx")]
    decisions: Option<PathBuf>,
    /// Where to write the table of problems: as CSV, or as a workbook that has the sheets as well, with the cells marked.
    #[arg(long, value_name = "FILE.csv|.xlsx")]
    problems: Option<PathBuf>,
    /// Leave rows out that have something open, and say which.
    #[arg(long)]
    skip_open: bool,
}

pub(super) fn run(arguments: &ImportArguments) -> Result<Exit, Failure> {
    let policy = arguments.policy.as_ref().map(|path| files::read("Policy", path)).transpose()?;
    let of = |request: pb::ImportSeasonRequest, caller: &_| {
        let term = arguments.term.clone();
        calls::desk::import_tables(pb::ImportSeasonRequest { policy, term, ..request }, None, caller)
    };
    let import = read(&arguments.paths, &arguments.desk, of)?;
    import.tell(&arguments.desk, arguments.output.as_deref())?;
    let pb::ImportSeasonResponse { instance, policy, .. } = import.response;
    let Some(instance) = instance else { return Ok(Exit::Malformed) };
    if let Some(output) = &arguments.output {
        files::write("MatchRequest", &pb::MatchRequest { instance: Some(instance), policy }, output)?;
    }
    Ok(Exit::Done)
}

/// What came of spreadsheets.
pub(super) struct Import {
    response: pb::ImportSeasonResponse,
    /// Files of folders that were not read.
    left_out: Vec<String>,
}

/// Reads spreadsheets, and what was answered about them before.
pub(super) fn read(
    paths: &[PathBuf],
    desk: &Desk,
    import: impl FnOnce(pb::ImportSeasonRequest, &Caller) -> Result<pb::ImportSeasonResponse, CallError>,
) -> Result<Import, Failure> {
    let problems_format = desk.problems.as_deref().map(problems_format).transpose()?;
    if desk.problems.is_some() && desk.problems == desk.decisions {
        let why = "--problems would replace --decisions, and what was decided with it: name another file";
        return Err(Failure::of_arguments(why.to_owned()));
    }
    let desk_files::Found { files, left_out } = desk_files::read(paths)?;
    let mapping = match desk.mapping.as_deref() {
        // It is made by the first import.
        Some(path) if path.exists() => std::fs::read_to_string(path).map_err(|error| Failure::of_file(path, &error))?,
        _ => String::new(),
    };
    let decisions = desk.decisions.as_deref().map(desk_files::file).transpose()?;
    let request = pb::ImportSeasonRequest {
        files,
        mapping,
        decisions,
        skip_open: desk.skip_open,
        problems_format: problems_format.map(|format| format as i32),
        ..pb::ImportSeasonRequest::default()
    };
    Ok(Import { response: import(request, &Caller::local(Cancel::default()))?, left_out })
}

impl Import {
    /// Writes the mapping and the problems, and tells both; on standard error where the season goes to standard output.
    pub fn tell(&self, desk: &Desk, output: Option<&Path>) -> Result<(), Failure> {
        if let (Some(path), Some(file)) = (&desk.problems, &self.response.problems_file) {
            files::write_bytes(&file.content, path)?;
        }
        if let Some(path) = &desk.mapping {
            files::write_bytes(self.response.mapping.as_bytes(), path)?;
        }
        let told = words::Told { desk, response: &self.response, left_out: &self.left_out };
        super::matching::tell(output, &told.text());
        Ok(())
    }

    /// What changes of a base season; none while something is open that was not to be left out.
    pub fn changes(self, desk: &Desk) -> Option<Vec<pb::RunChange>> {
        let pb::ImportSeasonResponse { is_open, changes, .. } = self.response;
        (!is_open || desk.skip_open).then_some(changes)
    }
}

fn problems_format(path: &Path) -> Result<Format, Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("xlsx") => Ok(Format::Xlsx),
        _ => Err(Failure::of_arguments(format!("{}: problems are written to FILE.csv or FILE.xlsx", path.display()))),
    }
}
