//! `DATES`: the student is there from the project's first to its last day.

use super::{Case, Report, Rule, Verdict};
use crate::domain::{Date, RequiredFact};

#[inline]
pub(super) fn check(case: &Case, report: &mut impl Report) {
    let required = case.policy.required_data.contains(RequiredFact::Dates);
    let (project, student) = (case.posting.project, case.student);
    side(required, "from", project.start, student.available_from, |first, from| from <= first, report);
    side(required, "until", project.end, student.available_until, |last, until| until >= last, report);
}

#[inline]
fn side(
    required: bool,
    word: &str,
    asked: Option<Date>,
    known: Option<Date>,
    holds: fn(Date, Date) -> bool,
    report: &mut impl Report,
) {
    let verdict = match (asked, known) {
        (Some(asked), Some(known)) if holds(asked, known) => return,
        (Some(_), Some(_)) => Verdict::Ineligible,
        (Some(_), None) => Verdict::NeedsData,
        (None, _) if required => Verdict::NeedsData,
        (None, _) => return,
    };
    report.refuse(
        Rule::Dates,
        verdict,
        || {
            asked.map_or_else(
                || format!("a day that the work goes {word}"),
                |day| format!("a student who is there {word} {day}"),
            )
        },
        || match (asked, known) {
            (None, _) => "the project states none".to_owned(),
            (_, None) => format!("the profile gives no day {word} which they are there"),
            (_, Some(day)) => format!("the profile says {word} {day}"),
        },
    );
}
