//! `ImportSeason`: spreadsheets into a season, or into what changes of one.

use std::collections::BTreeSet;

use super::{file, read_format, workbook_name};
use crate::{CallError, Caller, StoredRun};
use desk::import::{File, Import, Options, Refused, Tally, code_of};
use desk::{Decision, Problem, Severity};
use rules::codes::{self, Code};
use rules::finding::At;
use sheets::{Format, Limits, Place, Unreadable};
use wire::{Faults, SizeLimits, pb};

/// Most files of an import.
const MOST_FILES: usize = 100;
/// Bytes of a file's name.
const MOST_NAME: usize = 255;
/// How a workbook's bytes begin.
const ZIP: &[u8] = b"PK";

/// A file that can't be read.
#[derive(Debug)]
pub struct UnreadableFile {
    /// Its name.
    pub name: String,
    /// What stands against it.
    pub why: Unreadable,
}

impl UnreadableFile {
    /// The code that says what to do.
    pub fn code(&self) -> &'static Code {
        code_of(&self.why)
    }
}

/// Reads a season, or with a base run what changes of its season; `None` where that run can't be read.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Unreadable`].
pub fn import(
    message: pb::ImportSeasonRequest,
    base: Option<&StoredRun>,
    caller: &Caller,
) -> Result<Option<pb::ImportSeasonResponse>, CallError> {
    let base = match base {
        None => None,
        Some(run) => {
            let Some(request) = wire::decode::<pb::MatchRequest>(&run.request) else { return Ok(None) };
            Some(request.instance.unwrap_or_default())
        }
    };
    import_tables(message, base.as_ref(), caller).map(Some)
}

/// Reads a season, or what changes of the one that is given.
///
/// # Errors
/// [`CallError::Malformed`]; [`CallError::Unreadable`].
pub fn import_tables(
    message: pb::ImportSeasonRequest,
    base: Option<&pb::Instance>,
    caller: &Caller,
) -> Result<pb::ImportSeasonResponse, CallError> {
    check_names(&message.files)?;
    let format = message.problems_format.map(read_format).transpose()?;
    let decisions = message.decisions.map(|file| read_decisions(&file)).transpose()?.unwrap_or_default();
    let limits = limits(&message.files, caller);
    let pb::ImportSeasonRequest { mapping, policy, skip_open, term, .. } = message;
    let options = Options { mapping, decisions, policy, skip_open, term, limits };
    let files: Vec<File> =
        message.files.into_iter().map(|file| File { name: file.name, bytes: file.content }).collect();
    let (import, changes) = match base {
        None => (desk::import(&files, &options)?, Vec::new()),
        Some(base) => desk::import_changes(&files, base, &options)?,
    };
    if caller.wants_no_answer() {
        return Err(CallError::Stopped);
    }
    let problems_file = match format {
        None => None,
        Some(pb::desk_file::Format::Csv) => {
            Some(file(("problems.csv".to_owned(), desk::problems_csv(&import.problems))))
        }
        Some(_) => {
            let workbook = desk::problems_workbook(&import.problems, &import.sheets).map_err(Faults::from)?;
            Some(file((workbook_name("problems"), workbook)))
        }
    };
    let response = pb::ImportSeasonResponse { changes, problems_file, ..written(import) };
    // Of changes there is no season.
    Ok(match base {
        None => response,
        Some(_) => pb::ImportSeasonResponse { instance: None, policy: None, ..response },
    })
}

impl From<Refused> for CallError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unreadable(files) => {
                let unreadable = |(name, why)| UnreadableFile { name, why };
                Self::Unreadable(files.into_iter().map(unreadable).collect())
            }
            Refused::Mapping(malformed) => {
                let mut faults = Faults::default();
                // Lines of the mapping itself are left out: its words stand in cells.
                let parts: Vec<&str> = malformed.0.split("; ").filter(|part| !part.contains('|')).collect();
                faults.add(&codes::MALFORMED_MAPPING, At::root("mapping"), parts.join("; "));
                Self::Malformed(faults)
            }
        }
    }
}

/// Refuses names by which no problem could say where it is.
fn check_names(files: &[pb::DeskFile]) -> Result<(), Faults> {
    let mut faults = Faults::default();
    let all = At::root("files");
    if !faults.count(all, files.len(), MOST_FILES) {
        return Err(faults);
    }
    let mut known = BTreeSet::new();
    for (place, file) in files.iter().enumerate() {
        let name = file.name.as_str();
        let why = if name.is_empty() {
            "it has no name"
        } else if name.len() > MOST_NAME {
            "its name is longer than 255 bytes"
        } else if name.contains(['/', '\\']) || name.chars().any(char::is_control) {
            "its name holds a folder or a control character"
        } else if !known.insert(name) {
            "another file has the same name"
        } else {
            continue;
        };
        faults.add(&codes::MALFORMED_FILE_NAME, all.index(place).field("name"), why);
    }
    if files.is_empty() {
        faults.add(&codes::NOT_A_SHEET, all, "there is none");
    }
    if faults.total() == 0 { Ok(()) } else { Err(faults) }
}

/// How large files may be: a server's memory is shared, so that workbooks that are sent together unpack to no more than one may.
fn limits(files: &[pb::DeskFile], caller: &Caller) -> Limits {
    let limits = Limits::default();
    if caller.sizes == SizeLimits::NONE {
        return limits;
    }
    let workbooks = files.iter().filter(|file| file.content.starts_with(ZIP)).count();
    Limits { unpacked_bytes: limits.unpacked_bytes / (workbooks.max(1) as u64), ..limits }
}

/// Reads the table of problems with what was decided.
fn read_decisions(file: &pb::DeskFile) -> Result<Vec<Decision>, CallError> {
    let read = sheets::read(&file.name, &file.content, &Limits::default());
    let read = read.map_err(|why| {
        let name = file.name.clone();
        CallError::Unreadable(vec![UnreadableFile { name, why }])
    })?;
    let is_text = |sheet: &&sheets::Sheet| sheet.format == Format::Text;
    let sheet = read.sheets.iter().find(|sheet| desk::is_problems(sheet));
    let sheet = sheet.or_else(|| read.sheets.first().filter(|sheet| is_text(sheet) || read.sheets.len() == 1));
    let Some(sheet) = sheet else {
        let mut faults = Faults::default();
        let message = format!("{} has no sheet {}", file.name, desk::PROBLEMS);
        faults.add(&codes::NO_DECISIONS, At::root("decisions"), message);
        return Err(faults.into());
    };
    Ok(desk::read_decisions(sheet).map_err(Faults::from)?)
}

/// An import as a message.
fn written(import: Import) -> pb::ImportSeasonResponse {
    let all = ((String::new(), String::new()), import.totals.all);
    let totals = import.totals.by_sheet.into_iter().chain([all]);
    pb::ImportSeasonResponse {
        instance: import.instance,
        policy: import.policy,
        is_open: import.is_open,
        problems: import.problems.iter().map(problem).collect(),
        totals: totals.map(|((file, sheet), tally)| cells(file, sheet, tally)).collect(),
        questions: import.questions.into_iter().map(question).collect(),
        mapping: import.mapping,
        ignored_tables: import.ignored,
        left_out: import
            .left_out
            .into_iter()
            .map(|(table, count)| pb::RowsLeftOut { table, row_count: i32::try_from(count).unwrap_or(i32::MAX) })
            .collect(),
        ..pb::ImportSeasonResponse::default()
    }
}

fn problem(problem: &Problem) -> pb::DeskProblem {
    use pb::desk_problem::Severity as Written;
    let row = match problem.place {
        Place::Cell(line, _) | Place::Row(line) => i32::try_from(line).unwrap_or(i32::MAX),
        Place::Sheet | Place::Column(_) => 0,
    };
    let severity = match problem.severity {
        Severity::Note => Written::Note,
        Severity::Warning => Written::Warning,
        Severity::Ask => Written::Ask,
        Severity::Error => Written::Error,
    };
    pb::DeskProblem {
        file: problem.file.clone(),
        sheet: problem.sheet.clone(),
        cell: problem.place.to_string(),
        row,
        record_id: problem.record_id.clone(),
        column: problem.column.clone(),
        code: problem.code.number.to_owned(),
        severity: severity as i32,
        found: problem.found.clone(),
        problem: problem.problem.clone(),
        suggestion: problem.suggestion.clone(),
        decision: problem.decision.clone(),
    }
}

fn cells(file: String, sheet: String, tally: Tally) -> pb::CellTotals {
    pb::CellTotals {
        file,
        sheet,
        verbatim_count: tally.verbatim as i64,
        normalised_count: tally.normalised as i64,
        proposed_count: tally.proposed as i64,
        rejected_count: tally.rejected as i64,
        ignored_count: tally.ignored as i64,
    }
}

fn question(question: desk::import::Question) -> pb::ColumnQuestion {
    let answer = |answer: desk::import::Answer| pb::column_question::Answer {
        answer: answer.answer,
        means: answer.means,
        row_count: answer.row_count as i64,
    };
    pb::ColumnQuestion {
        question_id: question.id,
        question: question.ask,
        answers: question.answers.into_iter().map(answer).collect(),
    }
}
