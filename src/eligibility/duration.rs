//! `DURATION`: the project lasts the least weeks and offers the least hours a week that its program, else the policy,
//! asks.
//!
//! A project lasts w weeks where last day − first day + 1 ≥ 7 · w − 2: from a Monday to the Friday of the w-th week is
//! enough.

use super::{Case, Report, Rule, Verdict};

/// Days that the last week may lack.
const WEEKEND: i64 = 2;

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let project = case.project;
    if let Some(weeks) = case.program.and_then(|p| p.min_weeks).or(case.policy.min_weeks) {
        let days = project.start.zip(project.end).map(|(first, last)| (last - first).get_days() + 1);
        let verdict = match days {
            Some(days) if i64::from(days) >= i64::from(weeks) * 7 - WEEKEND => None,
            Some(_) => Some(Verdict::Ineligible),
            None => Some(Verdict::NeedsData),
        };
        if let Some(verdict) = verdict {
            let observed =
                || days.map_or_else(|| "first or last day not known".to_owned(), |days| format!("{days} days"));
            report.refuse(Rule::Duration, verdict, || format!("at least {weeks} weeks"), observed);
        }
    }
    if let Some(least) = case.program.and_then(|p| p.min_hours).or(case.policy.min_hours) {
        let verdict = match project.hours {
            Some(hours) if hours >= least => return,
            Some(_) => Verdict::Ineligible,
            None => Verdict::NeedsData,
        };
        let observed = || project.hours.map_or_else(|| "hours not known".to_owned(), |h| format!("{h} hours a week"));
        report.refuse(Rule::Duration, verdict, || format!("at least {least} hours a week"), observed);
    }
}
