//! Decisions about problems, by groups: one answer serves every cell of a column in which the same is the matter.

use std::collections::{HashMap, HashSet};

use pb::desk_problem::Severity;
use rules::codes;
use sheets::{Limits, Place};
use wire::pb;

/// Problems that one answer serves.
pub(super) struct Group<'a> {
    /// Its number on the page, for as long as the season is at one revision.
    pub number: usize,
    pub problems: Vec<&'a pb::DeskProblem>,
}

impl Group<'_> {
    /// The one that stands for all.
    pub fn first(&self) -> Option<&pb::DeskProblem> {
        self.problems.first().copied()
    }
}

/// What makes two problems the same question.
fn key(problem: &pb::DeskProblem) -> (i32, &str, &str, &str, &str, &str, &str) {
    // Rows are decided one by one where what stands there says nothing of them.
    let row = if problem.found.is_empty() { problem.cell.as_str() } else { "" };
    let of = (problem.column.as_str(), problem.found.as_str(), problem.suggestion.as_str());
    (-problem.severity, problem.code.as_str(), problem.sheet.as_str(), of.0, of.1, of.2, row)
}

/// Problems in groups, the worst first, in the order in which they are told. What is asked of a whole column is not among them: it is a question.
pub(super) fn groups(problems: &[pb::DeskProblem]) -> Vec<Group<'_>> {
    let mut places = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for problem in problems.iter().filter(|problem| problem.code != codes::TABLE_QUESTION.number) {
        let number = groups.len();
        let at = *places.entry((key(problem), problem.file.as_str())).or_insert(number);
        if at == number {
            groups.push(Group { number, problems: Vec::new() });
        }
        groups[at].problems.push(problem);
    }
    groups
}

/// Whether there is no season before it is decided.
pub(super) fn is_open(problem: &pb::DeskProblem) -> bool {
    [Severity::Ask, Severity::Error].contains(&problem.severity()) && problem.decision.is_empty()
}

/// What was decided so far, as the problems that it was about: a problem that a decision has settled is told no more.
pub(super) fn decided(table: Option<&pb::DeskFile>) -> Vec<pb::DeskProblem> {
    let Some(table) = table else { return Vec::new() };
    // What was kept could be read when it was kept.
    let Ok(read) = sheets::read(&table.name, &table.content, &Limits::default()) else { return Vec::new() };
    let sheet = read.sheets.iter().find(|sheet| desk::is_problems(sheet)).or_else(|| read.sheets.first());
    let decisions = sheet.and_then(|sheet| desk::read_decisions(sheet).ok()).unwrap_or_default();
    decisions.into_iter().map(of_decision).collect()
}

fn of_decision(made: desk::Decision) -> pb::DeskProblem {
    let severity =
        SEVERITIES.iter().find(|(_, name)| *name == made.severity).map_or(Severity::Ask, |(known, _)| *known);
    pb::DeskProblem {
        file: made.file,
        sheet: made.sheet,
        cell: made.place.to_string(),
        row: 0,
        record_id: made.record_id,
        column: made.column,
        code: made.code,
        severity: severity as i32,
        found: made.found,
        problem: made.problem,
        suggestion: made.suggestion,
        decision: made.decision,
    }
}

const SEVERITIES: [(Severity, &str); 4] =
    [(Severity::Note, "NOTE"), (Severity::Warning, "WARNING"), (Severity::Ask, "ASK"), (Severity::Error, "ERROR")];

/// The place and the matter that a decision is about.
fn about(problem: &pb::DeskProblem) -> [String; 5] {
    let pb::DeskProblem { file, sheet, cell, column, code, .. } = problem;
    [file.clone(), sheet.clone(), cell.clone(), column.clone(), code.clone()]
}

/// The table of what is decided, as the import reads it: what was before, but for what is decided anew.
pub(super) fn table(before: Vec<pb::DeskProblem>, anew: Vec<pb::DeskProblem>) -> pb::DeskFile {
    let changed: HashSet<[String; 5]> = anew.iter().map(about).collect();
    let kept = before.into_iter().filter(|known| !changed.contains(&about(known)));
    let decided = kept.chain(anew).filter(|problem| !problem.decision.is_empty());
    let read: Vec<desk::Problem> = decided.filter_map(of_message).collect();
    pb::DeskFile { name: "problems.csv".to_owned(), content: desk::problems_csv(&read) }
}

fn of_message(problem: pb::DeskProblem) -> Option<desk::Problem> {
    let severity = match problem.severity() {
        Severity::Note | Severity::Unspecified => desk::Severity::Note,
        Severity::Warning => desk::Severity::Warning,
        Severity::Ask => desk::Severity::Ask,
        Severity::Error => desk::Severity::Error,
    };
    Some(desk::Problem {
        code: codes::ALL.iter().find(|code| code.number == problem.code)?,
        place: Place::parse(&problem.cell)?,
        severity,
        file: problem.file,
        sheet: problem.sheet,
        record_id: problem.record_id,
        column: problem.column,
        found: problem.found,
        problem: problem.problem,
        suggestion: problem.suggestion,
        decision: problem.decision,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(cell: &str, found: &str, decision: &str) -> pb::DeskProblem {
        let [file, column, code] = ["students.csv", "gpa", "M7029"].map(str::to_owned);
        let (cell, found, decision) = (cell.to_owned(), found.to_owned(), decision.to_owned());
        let severity = Severity::Error as i32;
        pb::DeskProblem { file, cell, column, code, found, decision, severity, ..pb::DeskProblem::default() }
    }

    #[test]
    fn one_question_stands_for_every_cell_in_which_the_same_is_the_matter() {
        let problems = [problem("B2", "9", ""), problem("B3", "7", ""), problem("B4", "9", "")];
        let groups = groups(&problems);
        let cells = |group: &Group| group.problems.iter().map(|one| one.cell.clone()).collect::<Vec<_>>();
        assert_eq!(groups.iter().map(cells).collect::<Vec<_>>(), [vec!["B2", "B4"], vec!["B3"]]);
    }

    #[test]
    fn what_was_decided_before_stays_unless_it_is_decided_anew() {
        let first = table(Vec::new(), vec![problem("B2", "9", "skip"), problem("B3", "=1+1", "blank")]);
        let second = table(decided(Some(&first)), vec![problem("B2", "9", "5"), problem("B4", "x", "skip")]);
        let third = table(decided(Some(&second)), vec![problem("B4", "x", "")]);
        let told = |one: &pb::DeskProblem| (one.cell.clone(), one.found.clone(), one.decision.clone());
        let kept = decided(Some(&third));
        let known =
            [("B3", "=1+1", "blank"), ("B2", "9", "5")].map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(kept.iter().map(told).collect::<Vec<_>>(), known);
        assert_eq!(kept[0].severity(), Severity::Error);
    }
}
