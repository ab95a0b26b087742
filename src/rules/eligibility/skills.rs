//! `SKILLS`: every required skill at its level.

use super::{Case, Report, Rule, Verdict};

pub(super) fn check(case: &Case, report: &mut impl Report) {
    for &(skill, min_level) in &case.posting.required_skills {
        let held = case.student.skills.binary_search_by_key(&skill, |&(held, _)| held);
        let held = held.ok().map(|at| case.student.skills[at].1);
        let verdict = match (held, min_level) {
            (None, _) => Verdict::Ineligible,
            (Some(None), Some(_)) => Verdict::NeedsData,
            (Some(Some(level)), Some(least)) if level < least => Verdict::Ineligible,
            (Some(_), _) => continue,
        };
        let name = || case.posting.instance.skills.name(skill);
        report.refuse(
            Rule::Skills,
            verdict,
            || match min_level {
                Some(level) => format!("{} at level {}", name(), level as u8),
                None => name().to_owned(),
            },
            || match held {
                None => format!("the profile does not list {}", name()),
                Some(None) => format!("the profile gives no level of {}", name()),
                Some(Some(level)) => format!("the profile has {} at level {}", name(), level as u8),
            },
        );
    }
}
