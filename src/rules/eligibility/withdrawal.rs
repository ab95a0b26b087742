//! `STUDENT_WITHDRAWN`: the student takes no place any more.

use super::{Admission, Report, Rule, Verdict};

pub(super) fn check(admission: &Admission, report: &mut impl Report) {
    if admission.student.withdrawn {
        report.refuse(
            Rule::StudentWithdrawn,
            Verdict::Ineligible,
            || "a student who takes part".to_owned(),
            || "the student has withdrawn".to_owned(),
        );
    }
}
