//! [`Finding`]: one thing about a request that its sender should know, and [`At`], the path of a field.

use std::fmt::{self, Display, Write};

use crate::codes::Code;

/// How bad a finding is. The order is from harmless to fatal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Matching goes on; the result may surprise.
    Warning,
    /// `Match` refuses the request or finds no matching.
    Error,
}

/// One thing about a request that its sender should know.
///
/// `message` quotes values of projects, hosts, programs and policy, and of a student no more than the skill name that
/// `UNKNOWN_SKILL` is about, and, in contradictions and of what has no effect, their id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which kind.
    pub code: &'static Code,
    /// How bad.
    pub severity: Severity,
    /// Path of the field in the request, such as `instance.students[17].choices[3].rank`.
    pub field: String,
    /// What was found, and what is allowed: subject first, without a full stop.
    pub message: String,
}

/// The path of a field, built without allocating until it is shown.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Field(&'static str),
    Index(usize),
}

impl At<'static> {
    /// The path of a field of the request itself.
    pub fn root(name: &'static str) -> Self {
        At { parent: None, step: Step::Field(name) }
    }
}

impl<'a> At<'a> {
    /// The path of a field of the message at this path.
    pub fn field(&'a self, name: &'static str) -> At<'a> {
        At { parent: Some(self), step: Step::Field(name) }
    }

    /// The path of one entry of the repeated field at this path, counted from 0.
    pub fn index(&'a self, index: usize) -> At<'a> {
        At { parent: Some(self), step: Step::Index(index) }
    }
}

/// Parts of a request that say nothing of any student, so that a message may quote what stands there.
const QUOTABLE: [&str; 12] = [
    "programs",
    "program",
    "hosts",
    "host",
    "projects",
    "project",
    "funds",
    "fund",
    "policy",
    "skill_aliases",
    "page_size",
    "suspended_country_codes",
];

/// Lists in those that are about students all the same.
const OF_STUDENTS: [&str; 2] = ["student_ranks", "students"];

impl At<'_> {
    /// Whether a message may quote what stands here: it is nothing that a student states, or that somebody says of one.
    pub fn may_be_quoted(&self) -> bool {
        self.passes(&QUOTABLE) && !self.passes(&OF_STUDENTS)
    }

    /// Whether the path leads through a field with one of these names.
    fn passes(&self, names: &[&str]) -> bool {
        let is_here = matches!(self.step, Step::Field(name) if names.contains(&name));
        is_here || self.parent.is_some_and(|parent| parent.passes(names))
    }
}

/// A whole number as people write it: `10,000`.
pub fn grouped(number: impl Into<i128>) -> String {
    let number: i128 = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something: `1 seat`, `1,393 seats`.
pub fn counted(number: impl Into<i128>, one: &str) -> String {
    let number: i128 = number.into();
    let many = if number == 1 { "" } else { "s" };
    format!("{} {one}{many}", grouped(number))
}

impl Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Field(name) => {
                if self.parent.is_some() {
                    f.write_char('.')?;
                }
                f.write_str(name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_counts_agree() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (100_000, "100,000")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "seat"), "1 seat");
        assert_eq!(counted(0, "seat"), "0 seats");
        assert_eq!(counted(1_393, "seat"), "1,393 seats");
    }

    #[test]
    fn what_is_said_of_students_is_not_quoted() {
        let instance = At::root("instance");
        let (projects, students) = (instance.field("projects"), instance.field("students"));
        let (project, student) = (projects.index(3), students.index(3));
        assert!(project.field("max_seat_count").may_be_quoted());
        assert!(At::root("policy").field("min_weeks").may_be_quoted());
        assert!(!student.field("gpa").may_be_quoted());
        let ranks = project.field("student_ranks");
        assert!(!ranks.index(0).field("rank").may_be_quoted());
        let change = At::root("changes");
        let change = change.index(0);
        assert!(!change.field("student").field("gpa").may_be_quoted());
        assert!(!instance.field("pair_notes").index(0).field("affinity").may_be_quoted());
    }
}
