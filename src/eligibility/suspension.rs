//! `PROGRAM_SUSPENDED`: nobody goes with a suspended program.

use super::{Case, Report, Rule, Verdict};

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let Some(program) = case.program.filter(|program| program.suspended) else { return };
    report.refuse(
        Rule::ProgramSuspended,
        Verdict::Ineligible,
        || "a program that runs".to_owned(),
        || match program.suspended_reason.as_str() {
            "" => format!("program {} is suspended", program.id),
            reason => format!("program {} is suspended: {reason}", program.id),
        },
    );
}
