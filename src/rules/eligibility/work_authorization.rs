//! `WORK_AUTHORIZATION`: the student may work there by the first day.
//!
//! Met where none is needed, it is granted, the project sponsors it, or the student is a citizen of the project's
//! country. Else it must be asked for early enough: requested + lead time ≤ first day.

use jiff::ToSpan;

use super::{Case, Report, Rule, Verdict};
use crate::domain::WorkAuthorization;

#[inline]
pub(super) fn check(case: &Case, report: &mut impl Report) {
    let Some(needed) = case.student.work_authorization.as_ref().filter(|w| w.required && !w.granted) else { return };
    if case.posting.project.sponsors_work_authorization {
        return;
    }
    let citizenships = &case.student.citizenships;
    if case.posting.country.is_some_and(|country| citizenships.binary_search(&country).is_ok()) {
        return;
    }
    let country_unknown = case.posting.country.is_none() && !citizenships.is_empty();
    let verdict = match in_time(case, needed) {
        Some(true) => return,
        None => Verdict::NeedsData,
        Some(false) if country_unknown => Verdict::NeedsData,
        Some(false) => Verdict::Ineligible,
    };
    report.refuse(
        Rule::WorkAuthorization,
        verdict,
        || "work authorisation by the first day".to_owned(),
        || match (needed.requested, in_time(case, needed)) {
            (None, _) if country_unknown => {
                "it is not granted, sponsored or requested, and the country is not known".to_owned()
            }
            (None, _) => "it is not granted, sponsored or requested, and no citizenship replaces it".to_owned(),
            (Some(_), Some(_)) => "it was requested, but takes until after that day".to_owned(),
            (Some(_), None) => "it was requested, but how long it takes or the first day is not known".to_owned(),
        },
    );
}

/// Whether a request ends in time; `None` where a fact is missing.
fn in_time(case: &Case, needed: &WorkAuthorization) -> Option<bool> {
    let Some(requested) = needed.requested else { return Some(false) };
    let granted =
        requested.checked_add(i64::from(needed.lead_time_days.or(case.policy.authorization_lead_days)?).days());
    let first = case.posting.project.start?;
    Some(granted.is_ok_and(|day| day <= first))
}
