//! The desk's calls: spreadsheets in and out, and pages. Files are bytes; a call that names runs gets what is stored of them.

mod import;
mod letters;
mod report;
mod subject;

pub use self::import::{UnreadableFile, import, import_tables};
pub use self::letters::{default_templates, letters};
pub use self::report::report;
pub use self::subject::{NamedRuns, Subject};

use super::{CallError, Caller};
use rules::codes;
use rules::finding::At;
use sheets::write::Table;
use wire::pb::desk_file::Format;
use wire::{Faults, pb};

/// Gives the tables to begin with, or a season as tables.
///
/// # Errors
/// [`CallError::Malformed`].
pub fn template(message: &pb::GetTemplateRequest) -> Result<pb::GetTemplateResponse, CallError> {
    let format = read_format(message.format)?;
    if let Some(season) = &message.instance {
        let quotas = message.policy.as_ref().map_or(&[][..], |policy| &policy.quotas);
        return Ok(pb::GetTemplateResponse {
            files: files("season", &desk::template::of_season(season, quotas), format)?,
        });
    }
    let files = match format {
        Format::Csv => desk::template::template_files().into_iter().map(file).collect(),
        _ => vec![file((workbook_name("template"), desk::template::template_workbook().map_err(Faults::from)?))],
    };
    Ok(pb::GetTemplateResponse { files })
}

/// Puts a matching into tables; `None` where a run can't be read.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Stopped`].
pub fn export(
    message: pb::ExportRequest,
    named: NamedRuns,
    caller: &Caller,
) -> Result<Option<pb::ExportResponse>, CallError> {
    use pb::export_request::Before;
    let format = read_format(message.format)?;
    let before = message.before.and_then(|before| match before {
        Before::BeforeOutcome(outcome) => Some(outcome),
        Before::BeforeRun(_) => None,
    });
    let sent = Subject { instance: message.instance, policy: message.policy, outcome: message.outcome, before };
    let Some(subject) = sent.of(&message.run, named)? else { return Ok(None) };
    let (season, policy, outcome) = subject.stated()?;
    let (before, shortlist) = (subject.before.as_ref(), message.shortlist.as_ref());
    let tables = desk::export(&desk::Export { season, policy: &policy, outcome, before, shortlist });
    let tables = tables.map_err(Faults::from)?;
    if caller.wants_no_answer() {
        return Err(CallError::Stopped);
    }
    Ok(Some(pb::ExportResponse { files: files("matching", &tables, format)? }))
}

/// Tables as files: one workbook, or a file for each.
fn files(name: &str, tables: &[Table], format: Format) -> Result<Vec<pb::DeskFile>, Faults> {
    Ok(match format {
        Format::Csv => desk::csv_files(tables).into_iter().map(file).collect(),
        _ => vec![file((workbook_name(name), desk::workbook(tables)?))],
    })
}

fn workbook_name(name: &str) -> String {
    format!("{name}.xlsx")
}

fn file((name, content): (String, Vec<u8>)) -> pb::DeskFile {
    pb::DeskFile { name, content }
}

fn read_format(number: i32) -> Result<Format, Faults> {
    Format::try_from(number).map_err(|_| {
        let mut faults = Faults::default();
        faults.add(&codes::UNKNOWN_ENUM_VALUE, At::root("format"), "the number stands for none of the values");
        faults
    })
}
