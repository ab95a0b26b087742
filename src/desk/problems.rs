//! Problems as a table to decide in: as a CSV, or as a workbook that shows them in the sheets they are about.

use std::collections::HashMap;

use rules::finding::Finding;
use sheets::write::{self, Column, Content, Copy, Mark, Page, Table, Tone, sheet_names};
use sheets::{Format, Place, Sheet};

use crate::files::pages_as_workbook;
use crate::origin::{self, ORIGIN};
use crate::{Problem, Severity};

/// The name of the sheet of problems; the import does not read it as a table.
pub const PROBLEMS: &str = "Problems";

/// The pages before the copies: `Problems` and `Origin`.
const FIRST_COPY: usize = 2;

/// What may be decided, but for a value of one's own.
const DECISIONS: [&str; 4] = ["accept", "keep", "skip", "blank"];

/// The columns of the table, in order.
pub(super) const COLUMNS: [&str; 12] = [
    "file",
    "sheet",
    "cell",
    "row",
    "record_id",
    "column",
    "code",
    "severity",
    "found",
    "problem",
    "suggestion",
    "decision",
];

/// Whether a sheet is the table of problems of a workbook that was written here.
pub fn is_problems(sheet: &Sheet) -> bool {
    sheet.format != Format::Text && sheet.name == PROBLEMS
}

/// The problems as a CSV, in the order given.
pub fn problems_csv(problems: &[Problem]) -> Vec<u8> {
    write::csv(&table(problems, &HashMap::new()))
}

/// The problems as an XLSX: a sheet `Problems` that leads to the cells, and a copy of each sheet in which they are marked.
///
/// # Errors
/// What a workbook can't hold, the first of each sheet.
pub fn problems_workbook(problems: &[Problem], sheets: &[Sheet]) -> Result<Vec<u8>, Vec<Finding>> {
    let sheets: Vec<&Sheet> = sheets.iter().filter(|sheet| !is_problems(sheet)).collect();
    let mut pages_by_sheet = HashMap::new();
    for (page, sheet) in (FIRST_COPY..).zip(&sheets) {
        pages_by_sheet.entry((sheet.file.as_str(), sheet.name.as_str())).or_insert(page);
    }
    let mut marks: Vec<Vec<Mark>> = vec![Vec::new(); sheets.len()];
    for problem in problems {
        let page = pages_by_sheet.get(&(problem.file.as_str(), problem.sheet.as_str()));
        if let Some(marks) = page.and_then(|page| marks.get_mut(page.saturating_sub(FIRST_COPY))) {
            marks.push(mark(problem));
        }
    }
    let table = table(problems, &pages_by_sheet);
    let names = sheet_names([PROBLEMS, ORIGIN].into_iter().chain(sheets.iter().map(|sheet| name(sheet))));
    let names = names.into_iter().skip(FIRST_COPY);
    let copied: Vec<(String, &Sheet)> = names.zip(sheets).collect();
    let by_name: Vec<(&str, &Sheet)> = copied.iter().map(|(name, sheet)| (name.as_str(), *sheet)).collect();
    let origin = origin::table(&by_name);
    let copies = copied.iter().zip(marks);
    let copies = copies.map(|((name, sheet), marks)| Page::Copy(Copy { sheet, name: name.clone(), marks }));
    let pages: Vec<Page> = [Page::Table(&table), Page::Hidden(&origin)].into_iter().chain(copies).collect();
    pages_as_workbook(&pages)
}

/// The name of the copy of a sheet: its own; of a text file that of the file, without its ending.
fn name(sheet: &Sheet) -> &str {
    match sheet.name.as_str() {
        "" => sheet.file.rsplit_once('.').map_or(sheet.file.as_str(), |(stem, _)| stem),
        name => name,
    }
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Note => Tone::Known,
        Severity::Warning => Tone::Look,
        Severity::Ask => Tone::Decide,
        Severity::Error => Tone::Wrong,
    }
}

fn mark(problem: &Problem) -> Mark {
    let suggestion = match problem.suggestion.as_str() {
        "" => String::new(),
        suggestion => format!(" Suggestion: {suggestion}"),
    };
    let note = format!("{} {}: {}.{suggestion}", problem.severity.name(), problem.code, problem.problem);
    Mark { place: problem.place, tone: tone(problem.severity), note }
}

fn table(problems: &[Problem], pages: &HashMap<(&str, &str), usize>) -> Table {
    let column = |name: &str| match name {
        "row" => Column::values(name),
        "decision" => Column {
            note: HOW_TO_DECIDE.to_owned(),
            choices: DECISIONS.map(str::to_owned).to_vec(),
            ..Column::text(name)
        },
        _ => Column::text(name),
    };
    let rows = problems.iter().map(|problem| {
        let address = problem.place.to_string();
        let page = pages.get(&(problem.file.as_str(), problem.sheet.as_str()));
        let cell = match page {
            Some(&page) if !address.is_empty() => Content::Link { text: address, page, place: problem.place },
            _ => Content::text(address),
        };
        let line = match problem.place {
            Place::Cell(line, _) | Place::Row(line) => Some(line),
            Place::Sheet | Place::Column(_) => None,
        };
        vec![
            Content::text(problem.file.as_str()),
            Content::text(problem.sheet.as_str()),
            cell,
            Content::whole(line),
            Content::text(problem.record_id.as_str()),
            Content::text(problem.column.as_str()),
            Content::text(problem.code.number),
            Content::Marked(problem.severity.name().to_owned(), tone(problem.severity)),
            Content::text(problem.found.as_str()),
            Content::text(problem.problem.as_str()),
            Content::text(problem.suggestion.as_str()),
            Content::text(problem.decision.as_str()),
        ]
    });
    Table { name: PROBLEMS.to_owned(), columns: COLUMNS.map(column).to_vec(), rows: rows.collect() }
}

/// What a note on the header says of decisions.
const HOW_TO_DECIDE: &str = "accept: the suggestion. keep: as found; not for an ERROR. skip: leave the row out. \
    blank: empty the cell. Anything else is the value to take instead; =text where it would read as one of these words.";

#[cfg(test)]
mod tests;
