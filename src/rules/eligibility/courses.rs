//! `COURSES`: one of the program's courses.

use super::exemption::unless_exempt;
use super::{Admission, Report, Rule, Verdict};

pub(super) fn check(admission: &Admission, report: &mut impl Report) {
    let Some(program) = admission.program.filter(|program| !program.required_courses.is_empty()) else { return };
    let taken = |course| admission.student.courses.binary_search(course).is_ok();
    if program.required_courses.iter().any(taken) {
        return;
    }
    let Some((verdict, also)) = unless_exempt(admission, Verdict::Ineligible) else { return };
    report.refuse(
        Rule::Courses,
        verdict,
        || format!("one of the courses {}", program.required_courses.join(", ")),
        || format!("the profile lists none of them{also}"),
    );
}
