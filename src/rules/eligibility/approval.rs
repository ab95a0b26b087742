//! `PROGRAM_APPROVAL`: the program manager's approval.

use super::{Admission, Report, Rule, Verdict};

pub(super) fn check(admission: &Admission, report: &mut impl Report) {
    let Some((program, index)) = admission.program.zip(admission.program_index) else { return };
    if !program.requires_approval || admission.student.approved_programs.binary_search(&index).is_ok() {
        return;
    }
    report.refuse(
        Rule::ProgramApproval,
        Verdict::Ineligible,
        || format!("approval by the program {}", program.id),
        || "it has not been given".to_owned(),
    );
}
