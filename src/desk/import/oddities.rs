//! What the reader of sheets says of a file, as problems and codes.

use rules::codes::{self, Code};
use sheets::{Oddity, Place, Sheet, Unreadable};

use super::gather::Gather;
use crate::problem::Severity;

/// The code of a file that can't be read.
pub fn code_of(why: &Unreadable) -> &'static Code {
    match why {
        Unreadable::Password => &codes::FILE_PROTECTED,
        Unreadable::Damaged(_) => &codes::FILE_DAMAGED,
        Unreadable::TooLarge { .. } => &codes::FILE_TOO_LARGE,
        Unreadable::OldWorkbook => &codes::OLD_WORKBOOK,
        Unreadable::Entities => &codes::FILE_WITH_ENTITIES,
        Unreadable::NotASheet(_) => &codes::NOT_A_SHEET,
    }
}

/// Tells what is odd about files.
pub(super) fn tell(sheets: &[Sheet], oddities: &[(String, Oddity)], gather: &mut Gather) {
    for (file, oddity) in oddities {
        let name = match oddity {
            Oddity::TooManyRows { sheet, .. } | Oddity::TooManyColumns { sheet, .. } => Some(sheet),
            _ => None,
        };
        let of_file = |sheet: &Sheet| sheet.file == *file && name.is_none_or(|name| sheet.name == *name);
        let Some(at) = sheets.iter().position(of_file) else { continue };
        if matches!(oddity, Oddity::UnclosedQuote { .. } | Oddity::StrayQuote { .. } | Oddity::TooManyRows { .. }) {
            gather.torn.insert(at);
        }
        let mut say = |place: Place, code: &'static Code, severity: Severity, why: &str| {
            gather.tell(at, place, "", "", code, severity, "", why, "");
        };
        match oddity {
            Oddity::GuessedEncoding { encoding, preview } => {
                let why =
                    format!("the bytes are no UTF-8 and are read as {encoding}, by which a cell says {preview:?}");
                say(Place::Sheet, &codes::GUESSED_ENCODING, Severity::Warning, &why);
            }
            Oddity::OtherFormat { ending, found } => {
                let why = format!("the file's name ends with .{ending}, and it is {}", format_name(*found));
                say(Place::Sheet, &codes::OTHER_FORMAT, Severity::Warning, &why);
            }
            Oddity::UnclosedQuote { line, column } => {
                let why = "a quote opens here and never closes: what follows in the file is in this cell";
                say(Place::Cell(*line, *column), &codes::UNCLOSED_QUOTE, Severity::Error, why);
                say(
                    Place::Sheet,
                    &codes::UNCLOSED_QUOTE,
                    Severity::Error,
                    "the rows after an open quote can't be told apart",
                );
            }
            Oddity::StrayQuote { line, column } => {
                let why = "letters follow a closing quote, as where a quote was left open above";
                say(Place::Cell(*line, *column), &codes::UNCLOSED_QUOTE, Severity::Error, why);
            }
            Oddity::TooManyRows { found, limit, .. } => {
                let why = format!("it has {found} rows, and {limit} may be read: none of those after them is");
                say(Place::Sheet, &codes::FILE_TOO_LARGE, Severity::Error, &why);
            }
            Oddity::TooManyColumns { found, limit, .. } => {
                let why = format!("it has {found} columns, and {limit} may be read: none of those after them is");
                say(Place::Sheet, &codes::FILE_TOO_LARGE, Severity::Error, &why);
            }
        }
    }
}

/// Tells what a workbook of problems has kept of the files that it was made of.
pub(super) fn tell_again(sheets: &[Sheet], gather: &mut Gather) {
    for problem in crate::origin::told_of_files(sheets) {
        let is_it = |sheet: &Sheet| sheet.file == problem.file && sheet.name == problem.sheet;
        let Some(at) = sheets.iter().position(is_it) else { continue };
        if problem.severity == Severity::Error {
            gather.torn.insert(at);
        }
        gather.problems.push(problem);
    }
}

fn format_name(format: sheets::Format) -> &'static str {
    match format {
        sheets::Format::Text => "text",
        sheets::Format::Xlsx => "an XLSX workbook",
        sheets::Format::Ods => "an ODS workbook",
    }
}
