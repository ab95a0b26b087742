//! What was decided, read from the table that `problems` wrote and a person edited.

use std::collections::HashMap;

use rules::codes;
use rules::finding::{At, Finding, Severity};
use sheets::{Cell, Format, Place, Row, Sheet, restore};

/// What was decided about one problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The line of the table in which it stands.
    pub line: u32,
    /// The file that it is about, without its folder.
    pub file: String,
    /// The sheet; empty of a text file.
    pub sheet: String,
    /// Where.
    pub place: Place,
    /// Id of the record.
    pub record_id: String,
    /// Name of the column.
    pub column: String,
    /// Number of the code.
    pub code: String,
    /// What stood there.
    pub found: String,
    /// What was proposed.
    pub suggestion: String,
    /// How bad it was told to be; empty where the table does not say.
    pub severity: String,
    /// What was told to be the matter; empty where the table does not say.
    pub problem: String,
    /// `accept`, `keep`, `skip`, `blank`, or the value to take instead.
    pub decision: String,
}

/// Columns without which no decision finds its cell.
const NEEDED: [&str; 7] = ["file", "sheet", "cell", "column", "code", "found", "decision"];

/// Reads the decisions of a table of problems, without the rows in which nothing is decided.
///
/// # Errors
/// A column that is missing, or every row with a decision whose cell is no address.
pub fn read_decisions(sheet: &Sheet) -> Result<Vec<Decision>, Vec<Finding>> {
    let headers: HashMap<String, u32> = sheet.rows.first().map(|row| headers(sheet, row)).unwrap_or_default();
    let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !headers.contains_key(*name)).collect();
    if !missing.is_empty() {
        let message = format!("{} has no column {}", sheet.file, missing.join(", "));
        return Err(vec![finding(&codes::NO_DECISIONS, message)]);
    }
    let (mut decisions, mut malformed) = (Vec::new(), Vec::new());
    for row in sheet.rows.iter().skip(1) {
        let cell = |name: &str| {
            let found = headers.get(name).and_then(|&column| row.cell(column));
            found.map_or_else(String::new, |cell| text(sheet, cell))
        };
        let decision = cell("decision");
        if decision.trim().is_empty() {
            continue;
        }
        let address = cell("cell");
        let Some(place) = Place::parse(address.trim()) else {
            let message = format!("{address} in line {} of {} is no address of a cell", row.line, sheet.file);
            malformed.push(finding(&codes::MALFORMED_CELL, message));
            continue;
        };
        decisions.push(Decision {
            line: row.line,
            file: cell("file"),
            sheet: cell("sheet"),
            place,
            record_id: cell("record_id"),
            column: cell("column"),
            code: cell("code").trim().to_owned(),
            found: cell("found"),
            suggestion: cell("suggestion"),
            severity: cell("severity").trim().to_owned(),
            problem: cell("problem"),
            decision,
        });
    }
    if malformed.is_empty() { Ok(decisions) } else { Err(malformed) }
}

fn headers(sheet: &Sheet, row: &Row) -> HashMap<String, u32> {
    let names = row.cells.iter().map(|cell| (text(sheet, cell).trim().to_lowercase(), cell.column));
    // Of two columns of one name the first counts.
    names.rev().collect()
}

/// The text of a cell. A formula is what a person typed: `=text` is a decision.
fn text(sheet: &Sheet, cell: &Cell) -> String {
    if let Some(formula) = &cell.formula {
        return formula.clone();
    }
    let shown = cell.shown();
    if sheet.format == Format::Text { restore(&shown).to_owned() } else { shown }
}

fn finding(code: &'static codes::Code, message: String) -> Finding {
    Finding { code, severity: Severity::Error, field: At::root("decisions").to_string(), message }
}
