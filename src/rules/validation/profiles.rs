//! What may surprise about what students state of themselves.

use super::{finding, others, student_field};
use crate::codes;
use crate::domain::{Instance, StudentIndex};
use crate::finding::{Finding, Severity};

/// Students who list no language, one skill at two levels, or two first choices.
pub(super) fn profiles(instance: &Instance, found: &mut Vec<Finding>) {
    let asking = instance.projects.iter().filter(|project| {
        let program = project.program.into_iter().flat_map(|program| &instance.programs[program.at()].languages);
        project.languages.iter().chain(program).any(|requirement| requirement.required)
    });
    let asking = asking.count();
    if asking > 0 {
        let silent = |student: &StudentIndex| instance.students[student.at()].languages.is_empty();
        let require = if asking == 1 { "project requires" } else { "projects require" };
        let message = format!("no language is listed, and {asking} {require} one");
        let silent: Vec<StudentIndex> = instance.student_indices().filter(silent).collect();
        tell(instance, (&codes::NO_LANGUAGE, Severity::Warning), "languages", &message, &silent, found);
    }
    let (of_two, message) =
        ((&codes::SKILL_AT_TWO_LEVELS, Severity::Warning), "one skill is listed at two levels; the higher counts");
    tell(instance, of_two, "skills", message, &instance.origin.skill_at_two_levels, found);
    let is_first = |student: &StudentIndex| instance.students[student.at()].choices.iter().filter(|c| c.rank == 1);
    let tied: Vec<StudentIndex> =
        instance.student_indices().filter(|student| is_first(student).nth(1).is_some()).collect();
    let message = "more than one choice has rank 1";
    tell(instance, (&codes::TWO_FIRST_CHOICES, Severity::Info), "choices", message, &tied, found);
}

/// Tells of the student who stands first in the request, and how many others there are.
fn tell(
    instance: &Instance,
    (code, severity): (&'static codes::Code, Severity),
    field: &str,
    message: &str,
    students: &[StudentIndex],
    found: &mut Vec<Finding>,
) {
    if let Some(&first) = students.iter().min_by_key(|student| instance.origin.students[student.at()]) {
        let message = format!("{message}{}", others(students.len(), "student"));
        found.push(finding(code, severity, student_field(instance, first, field), message));
    }
}
