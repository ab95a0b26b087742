//! `GPA`: the program's least grade point average.

use super::exemption::unless_exempt;
use super::{Admission, Report, Rule, Verdict};
use crate::domain::RequiredFact;

pub(super) fn check(admission: &Admission, report: &mut impl Report) {
    let least = admission.program.and_then(|program| program.min_gpa);
    let known = admission.student.gpa;
    let verdict = match (least, known) {
        (Some(least), Some(gpa)) if gpa < least => unless_exempt(admission, Verdict::Ineligible),
        (Some(_), None) => unless_exempt(admission, Verdict::NeedsData),
        _ => None,
    };
    let absent = known.is_none() && admission.policy.required_data.contains(RequiredFact::Gpa);
    let Some((verdict, also)) = verdict.or(absent.then_some((Verdict::NeedsData, ""))) else { return };
    report.refuse(
        Rule::Gpa,
        verdict,
        || least.map_or_else(|| "a GPA".to_owned(), |least| format!("a GPA of at least {least}")),
        || {
            known
                .map_or_else(|| format!("the profile states none{also}"), |gpa| format!("the profile says {gpa}{also}"))
        },
    );
}
