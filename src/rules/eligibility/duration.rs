//! `DURATION`: the project lasts as many weeks, and asks as many hours a week, as its program and the policy say; the program's least
//! goes before the policy's.
//!
//! With d = last day − first day + 1 a project lasts at least w weeks where d ≥ 7 · w − 2, so that from a Monday to the Friday of the
//! w-th week is enough, and at most w weeks where d ≤ 7 · w.

use super::{Posting, Report, Rule, Verdict};

/// Days that the last week may lack.
const WEEKEND: i64 = 2;

pub(super) fn check(posting: &Posting, report: &mut impl Report) {
    let (project, policy) = (posting.project, posting.policy);
    let days = project.start.zip(project.end).map(|(first, last)| i64::from((last - first).get_days()) + 1);
    let least = posting.program.and_then(|p| p.min_weeks).or(policy.min_weeks).filter(|&weeks| weeks > 0);
    let fits = |days: i64| {
        least.is_none_or(|weeks| days >= i64::from(weeks) * 7 - WEEKEND)
            && policy.max_weeks.is_none_or(|weeks| days <= i64::from(weeks) * 7)
    };
    if least.is_some() || policy.max_weeks.is_some() {
        let observed = || {
            days.map_or_else(|| "its first or last day is not known".to_owned(), |days| format!("it has {days} days"))
        };
        refuse(report, days.map(fits), || range(least, policy.max_weeks, "weeks"), observed);
    }
    let least = posting.program.and_then(|p| p.min_hours).or(policy.min_hours).filter(|hours| hours.micros() > 0);
    if least.is_some() || policy.max_hours.is_some() {
        let fits = project
            .hours
            .map(|hours| least.is_none_or(|least| hours >= least) && policy.max_hours.is_none_or(|most| hours <= most));
        let observed = || {
            project.hours.map_or_else(|| "its hours are not known".to_owned(), |h| format!("it has {h} hours a week"))
        };
        refuse(report, fits, || range(least, policy.max_hours, "hours a week"), observed);
    }
}

/// Refuses what does not fit; `None` where a fact is missing.
fn refuse(
    report: &mut impl Report,
    fits: Option<bool>,
    required: impl FnOnce() -> String,
    observed: impl FnOnce() -> String,
) {
    let verdict = match fits {
        Some(true) => return,
        Some(false) => Verdict::Ineligible,
        None => Verdict::NeedsData,
    };
    report.refuse(Rule::Duration, verdict, required, observed);
}

fn range<N: std::fmt::Display>(least: Option<N>, most: Option<N>, unit: &str) -> String {
    let bound = |what: &str, bound: Option<N>| bound.map(|bound| format!("{what} {bound}"));
    let bounds: Vec<String> = [bound("at least", least), bound("at most", most)].into_iter().flatten().collect();
    format!("{} {unit}", bounds.join(" and "))
}
