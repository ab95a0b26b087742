//! Decisions about problems, by groups: one answer serves every cell of a column in which the same is the matter.

use std::collections::HashMap;

use pb::desk_problem::Severity;
use rules::codes;
use sheets::Place;
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

/// The table of problems with what was decided, as the import reads it.
pub(super) fn table(problems: impl Iterator<Item = pb::DeskProblem>) -> pb::DeskFile {
    let decided = problems.filter(|problem| !problem.decision.is_empty());
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
