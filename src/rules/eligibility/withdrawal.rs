//! `STUDENT_WITHDRAWN`: the student takes no place any more.

use super::{Case, Report, Rule, Verdict};

pub(super) fn check(case: &Case, report: &mut impl Report) {
    if case.student.withdrawn {
        report.refuse(
            Rule::StudentWithdrawn,
            Verdict::Ineligible,
            || "a student who takes part".to_owned(),
            || "the student has withdrawn".to_owned(),
        );
    }
}
