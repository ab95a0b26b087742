//! `GPA`: the program's least grade point average.

use super::exemption::unless_exempt;
use super::{Case, Report, Rule, Verdict};
use crate::domain::RequiredFact;

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let least = case.program.and_then(|program| program.min_gpa);
    let known = case.student.gpa;
    let verdict = match (least, known) {
        (Some(least), Some(gpa)) if gpa < least => unless_exempt(case, Verdict::Ineligible),
        (Some(_), None) => unless_exempt(case, Verdict::NeedsData),
        _ => None,
    };
    let absent = known.is_none() && case.policy.required_data.contains(RequiredFact::Gpa);
    let Some((verdict, also)) = verdict.or(absent.then_some((Verdict::NeedsData, ""))) else { return };
    report.refuse(
        Rule::Gpa,
        verdict,
        || least.map_or_else(|| "a GPA".to_owned(), |least| format!("a GPA of at least {least}")),
        || format!("{}{also}", known.map_or_else(|| "not known".to_owned(), |gpa| gpa.to_string())),
    );
}
