//! `PROGRAM_APPROVAL`: the program manager's approval.

use super::{Case, Report, Rule, Verdict};

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let Some((program, index)) = case.program.zip(case.project.program) else { return };
    if !program.requires_approval || case.student.approved_programs.binary_search(&index).is_ok() {
        return;
    }
    report.refuse(
        Rule::ProgramApproval,
        Verdict::Ineligible,
        || format!("approval by the program {}", program.id),
        || "it has not been given".to_owned(),
    );
}
