//! An import in words: problems by kind, the worst first; what became of the cells; what has to be answered. No more than a screen or two,
//! however many problems there are.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Desk;
use wire::numbers::{count, counted, listed};
use wire::pb;
use wire::pb::desk_problem::Severity;

/// Kinds of problems that are told; the rest are counted.
const MOST_KINDS: usize = 20;
/// Cells of a kind that are named.
const MOST_CELLS: usize = 3;
/// Questions that are told.
const MOST_QUESTIONS: usize = 10;
/// Names of a list that are told.
const MOST_NAMES: usize = 10;
/// Sheets whose cells are counted apart.
const MOST_SHEETS: usize = 15;
/// Letters of what stands in a cell.
const MOST_LETTERS: usize = 40;

/// What is told of an import.
pub(super) struct Told<'a> {
    pub desk: &'a Desk,
    pub response: &'a pb::ImportSeasonResponse,
    /// Files of folders that were not read.
    pub left_out: &'a [String],
}

impl Told<'_> {
    /// All of it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.problems(&mut text);
        self.questions(&mut text);
        let ignored: Vec<&str> = self.response.ignored_tables.iter().chain(self.left_out).map(String::as_str).collect();
        if !ignored.is_empty() {
            let _ = writeln!(text, "Not read: {}.", names(&ignored));
        }
        self.totals(&mut text);
        self.ending(&mut text);
        text
    }

    /// Problems by code and column, the worst first, then the most.
    fn problems(&self, text: &mut String) {
        let mut kinds: BTreeMap<(&str, &str), Vec<&pb::DeskProblem>> = BTreeMap::new();
        // What is asked of a whole column is told as a question.
        for problem in self.response.problems.iter().filter(|problem| !self.is_question(problem)) {
            kinds.entry((&problem.code, &problem.column)).or_default().push(problem);
        }
        let worst = |all: &[&pb::DeskProblem]| all.iter().map(|one| one.severity).max().unwrap_or_default();
        let mut kinds: Vec<Vec<&pb::DeskProblem>> = kinds.into_values().collect();
        kinds.sort_by_key(|all| std::cmp::Reverse((worst(all), all.len())));
        for all in kinds.iter_mut().take(MOST_KINDS) {
            all.sort_by_key(|one| std::cmp::Reverse(one.severity));
            kind(text, all);
        }
        let rest = kinds.get(MOST_KINDS..).unwrap_or_default();
        if !rest.is_empty() {
            let problems: usize = rest.iter().map(Vec::len).sum();
            let (kinds, problems) = (counted(rest.len() as i64, "kind"), counted(problems as i64, "problem"));
            let _ = writeln!(text, "… and {kinds} more with {problems}{}", self.where_all_are());
        } else if kinds.iter().any(|all| all.len() > MOST_CELLS) && self.desk.problems.is_none() {
            let _ = writeln!(text, "--problems FILE.xlsx writes them all, each beside its cell.");
        }
    }

    /// Whether a problem is one of the questions.
    fn is_question(&self, problem: &pb::DeskProblem) -> bool {
        let mut ids = self.response.questions.iter().map(|asked| &asked.question_id);
        ids.any(|id| problem.problem.contains(&format!("{id:?}")))
    }

    fn where_all_are(&self) -> String {
        match &self.desk.problems {
            Some(path) => format!("; all of them are in {}.", path.display()),
            None => "; --problems FILE.xlsx writes them all.".to_owned(),
        }
    }

    fn questions(&self, text: &mut String) {
        let questions = &self.response.questions;
        for asked in questions.iter().take(MOST_QUESTIONS) {
            let _ = writeln!(text, "? {}: {}", asked.question_id, asked.question);
            for answer in &asked.answers {
                let rows = counted(answer.row_count, "row");
                let _ = writeln!(text, "    {} – {} ({rows})", answer.answer, answer.means);
            }
        }
        if questions.len() > MOST_QUESTIONS {
            let more = counted((questions.len() - MOST_QUESTIONS) as i64, "question");
            let _ = writeln!(text, "… and {more} more; the mapping has them all.");
        }
        if !questions.is_empty() {
            let _ = match &self.desk.mapping {
                Some(path) => writeln!(text, "Answer in {}, and import again.", path.display()),
                None => {
                    writeln!(text, "Name a file by --mapping FILE.toml; it is written with these questions to answer.")
                }
            };
        }
    }

    /// What became of the cells, by sheet and in all.
    fn totals(&self, text: &mut String) {
        let rows: Vec<(String, &pb::CellTotals)> = self.response.totals.iter().map(|row| (sheet(row), row)).collect();
        let Some((_, all)) = rows.last() else { return };
        let wide = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(MOST_LETTERS);
        let line = |name: &str, numbers: [String; 5]| {
            let numbers: String = numbers.iter().map(|number| format!(" {number:>10}")).collect();
            format!("{:<wide$}{numbers}\n", short(name))
        };
        let words = ["verbatim", "normalised", "proposed", "rejected", "ignored"].map(str::to_owned);
        *text += &line("cells", words);
        let numbers = |row: &pb::CellTotals| {
            [row.verbatim_count, row.normalised_count, row.proposed_count, row.rejected_count, row.ignored_count]
                .map(count)
        };
        let sheets = &rows[..rows.len() - 1];
        for (name, row) in sheets.iter().take(MOST_SHEETS) {
            *text += &line(name, numbers(row));
        }
        if sheets.len() > MOST_SHEETS {
            let _ = writeln!(text, "… and {} more", counted((sheets.len() - MOST_SHEETS) as i64, "sheet"));
        }
        *text += &line("together", numbers(all));
    }

    /// Which rows are not in the season, by table.
    fn left_out(&self) -> String {
        let tables: Vec<String> = self
            .response
            .left_out
            .iter()
            .map(|of| format!("{} of {}", counted(of.row_count.into(), "row"), of.table))
            .collect();
        if tables.is_empty() { String::new() } else { format!(" {}", listed(&tables, "and")) }
    }

    fn ending(&self, text: &mut String) {
        let open =
            self.response.problems.iter().filter(|problem| is_open(problem) && !self.is_question(problem)).count();
        let open = open as i64;
        let questions = counted(self.response.questions.len() as i64, "question");
        let what = match (open, self.response.questions.is_empty()) {
            (0, _) => format!("{questions} to answer"),
            (open, true) => format!("{} to decide", counted(open, "problem")),
            (open, false) => format!("{} to decide and {questions} to answer", counted(open, "problem")),
        };
        let _ = match (&self.response.instance, self.response.is_open) {
            (Some(season), true) => writeln!(text, "{} Left out{}: {what}.", size(season), self.left_out()),
            (Some(season), false) => writeln!(text, "{}", size(season)),
            (None, _) if !self.response.changes.is_empty() => {
                let changes = counted(self.response.changes.len() as i64, "change");
                let left_out = if self.response.is_open { format!(" Left out: {what}.") } else { String::new() };
                writeln!(text, "{changes} of the season.{left_out}")
            }
            (None, true) => writeln!(text, "Nothing is written: {what}."),
            (None, false) => Ok(()),
        };
    }
}

/// Whether somebody has to decide about it first. What was decided well is told no more.
fn is_open(problem: &pb::DeskProblem) -> bool {
    matches!(problem.severity(), Severity::Ask | Severity::Error)
}

/// What people call a sheet.
fn sheet(row: &pb::CellTotals) -> String {
    if row.sheet.is_empty() { row.file.clone() } else { format!("{}/{}", row.file, row.sheet) }
}

/// A season in a line.
fn size(season: &pb::Instance) -> String {
    let choices: usize = season.students.iter().map(|student| student.choices.len()).sum();
    let parts = [
        counted(season.students.len() as i64, "student"),
        counted(season.projects.len() as i64, "project"),
        counted(season.hosts.len() as i64, "host"),
        counted(choices as i64, "choice"),
    ];
    format!("A season of {}.", listed(&parts, "and"))
}

/// Problems of one kind.
fn kind(text: &mut String, all: &[&pb::DeskProblem]) {
    let Some(first) = all.first() else { return };
    let column = if first.column.is_empty() { String::new() } else { format!(" {}", first.column) };
    let severity = first.severity().as_str_name();
    // What was read by a rule needs nobody's hand.
    if first.severity() == Severity::Note {
        let _ = writeln!(text, "{severity} {}{column}: {} ({})", first.code, count(all.len() as i64), first.problem);
        return;
    }
    let _ = writeln!(text, "{severity} {}{column}: {}", first.code, count(all.len() as i64));
    for problem in all.iter().take(MOST_CELLS) {
        let place = [problem.file.as_str(), &problem.sheet, &problem.cell];
        let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
        let found = if problem.found.is_empty() { String::new() } else { format!(" {:?}", short(&problem.found)) };
        let suggestion = match problem.suggestion.as_str() {
            "" => String::new(),
            suggestion => format!("; take {:?}?", short(suggestion)),
        };
        let _ = writeln!(text, "    {}{found}: {}{suggestion}", place.join(" "), problem.problem);
    }
    if let Some(code) = rules::codes::ALL.iter().find(|code| code.number == first.code) {
        let _ = writeln!(text, "    → {}", code.remedy);
    }
}

/// What fits on a line.
fn short(text: &str) -> String {
    if text.chars().count() <= MOST_LETTERS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MOST_LETTERS).collect();
    format!("{kept}…")
}

fn names(all: &[&str]) -> String {
    let named = all.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(MOST_NAMES) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
