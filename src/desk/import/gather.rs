//! [`Gather`]: what is gathered while sheets are read: problems, and which decisions were used.

use std::collections::{BTreeSet, HashMap};

use rules::codes::{self, Code};
use sheets::{Place, Sheet};

use super::text::{on_one_line, shortened};
use crate::decisions::Decision;
use crate::problem::{Problem, Severity};

/// Problems that other rows make of a cell, and that are the same for every cell that holds the same.
const SERVING: [&Code; 3] = [&codes::ID_NEARLY_KNOWN, &codes::UNKNOWN_REFERENCE, &codes::SKILL_NEARLY_KNOWN];

/// What is gathered while sheets are read.
pub(super) struct Gather<'a> {
    sheets: &'a [Sheet],
    /// Everything told so far.
    pub problems: Vec<Problem>,
    decisions: &'a [Decision],
    /// By file, sheet and place: the decisions about it.
    by_place: HashMap<(&'a str, &'a str, Place), Vec<usize>>,
    /// By file, sheet, column letter's number and what stands there: one answer serves every cell that holds the same.
    by_found: HashMap<(&'a str, &'a str, u32, String), usize>,
    used: BTreeSet<usize>,
    /// Sheets that nobody reads.
    ignored: BTreeSet<usize>,
    /// Tables that can't be read at all: what names their rows only follows.
    pub missing: BTreeSet<&'static str>,
    /// Sheets of which rows can't be told apart: what names rows of them may only follow.
    pub torn: BTreeSet<usize>,
}

impl<'a> Gather<'a> {
    /// Nothing gathered yet.
    pub fn new(sheets: &'a [Sheet], decisions: &'a [Decision]) -> Self {
        let mut by_place: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_found = HashMap::new();
        for (at, decision) in decisions.iter().enumerate().filter(|(_, decision)| !decision.decision.is_empty()) {
            let (file, sheet) = (decision.file.as_str(), decision.sheet.as_str());
            by_place.entry((file, sheet, decision.place)).or_default().push(at);
            if let Place::Cell(_, column) = decision.place
                && decision.decision != "skip"
            {
                by_found.entry((file, sheet, column, on_one_line(&decision.found))).or_insert(at);
            }
        }
        Self {
            sheets,
            problems: Vec::new(),
            decisions,
            by_place,
            by_found,
            used: BTreeSet::new(),
            ignored: BTreeSet::new(),
            missing: BTreeSet::new(),
            torn: BTreeSet::new(),
        }
    }

    /// Leaves a sheet out.
    pub fn ignore_sheet(&mut self, sheet: usize) {
        self.ignored.insert(sheet);
    }

    /// Whether nobody reads a sheet.
    pub fn is_ignored(&self, sheet: usize) -> bool {
        self.ignored.contains(&sheet)
    }

    /// What was decided about a whole row, column or sheet, or about a cell whose problem has this code.
    pub fn decision(&mut self, sheet: usize, place: Place, code: &'static Code) -> Option<&'a str> {
        let row = &self.sheets[sheet];
        let about = self.by_place.get(&(row.file.as_str(), row.name.as_str(), place))?;
        let is_about = |at: &&usize| {
            matches!(self.decisions[**at].code.as_str(), "" | "*") || self.decisions[**at].code == code.number
        };
        let at = *about.iter().find(is_about)?;
        self.used.insert(at);
        Some(self.decisions[at].decision.as_str())
    }

    /// What was decided about a cell that holds this: by its place, else for every cell of the column that holds the same.
    ///
    /// # Errors
    /// Where the cell no longer holds what was found.
    pub fn decision_of_cell(
        &mut self,
        sheet: usize,
        line: u32,
        column: u32,
        found: &str,
        is_open: bool,
    ) -> Result<Option<&'a str>, String> {
        if self.decisions.is_empty() {
            return Ok(None);
        }
        let row = &self.sheets[sheet];
        let (file, name) = (row.file.as_str(), row.name.as_str());
        let found = on_one_line(&shortened(found));
        if let Some(about) = self.by_place.get(&(file, name, Place::Cell(line, column))) {
            for &at in about {
                self.used.insert(at);
            }
            let Some(&at) = about.first() else { return Ok(None) };
            let decision = &self.decisions[at];
            if on_one_line(&decision.found) != found {
                return Err(on_one_line(&decision.found));
            }
            return Ok(Some(decision.decision.as_str()));
        }
        let decision = self.by_found.get(&(file, name, column, found)).map(|&at| &self.decisions[at]);
        // What is asked by the cell alone has one answer; what is asked because of other rows has one only where ids or names are unknown.
        let serves = |decision: &&Decision| is_open || SERVING.iter().any(|code| decision.code == code.number);
        Ok(decision.filter(serves).map(|decision| decision.decision.as_str()))
    }

    /// Tells of a place of a sheet.
    #[allow(clippy::too_many_arguments)]
    pub fn tell(
        &mut self,
        sheet: usize,
        place: Place,
        record_id: &str,
        column: &str,
        code: &'static Code,
        severity: Severity,
        found: &str,
        problem: &str,
        suggestion: &str,
    ) {
        let row = &self.sheets[sheet];
        self.problems.push(Problem {
            file: row.file.clone(),
            sheet: row.name.clone(),
            place,
            record_id: record_id.to_owned(),
            column: column.to_owned(),
            code,
            severity,
            found: shortened(found),
            problem: problem.to_owned(),
            suggestion: suggestion.to_owned(),
            decision: String::new(),
        });
    }

    /// Tells of decisions that are about nothing that was read.
    pub fn tell_unused(&mut self) {
        let unused: Vec<&Decision> = (0..self.decisions.len())
            .filter(|at| !self.used.contains(at) && !self.decisions[*at].decision.is_empty())
            .map(|at| &self.decisions[at])
            .collect();
        for decision in unused {
            self.problems.push(Problem {
                file: decision.file.clone(),
                sheet: decision.sheet.clone(),
                place: decision.place,
                record_id: String::new(),
                column: decision.column.clone(),
                code: &codes::STALE_DECISION,
                severity: Severity::Error,
                found: shortened(&decision.found),
                problem: "a decision is about this place, and nothing there asks for one any more".to_owned(),
                suggestion: String::new(),
                decision: decision.decision.clone(),
            });
        }
    }
}
