//! `STUDY_LEVEL`: the project takes the student's study level.

use super::{Case, Report, Rule, Verdict};
use crate::domain::RequiredFact;

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let taken = case.posting.project.study_levels;
    let required = case.policy.required_data.contains(RequiredFact::StudyLevel);
    let verdict = match case.student.study_level {
        Some(level) if taken.is_empty() || taken.contains(level) => return,
        Some(_) => Verdict::Ineligible,
        None if taken.is_empty() && !required => return,
        None => Verdict::NeedsData,
    };
    report.refuse(
        Rule::StudyLevel,
        verdict,
        || if taken.is_empty() { "a study level".to_owned() } else { taken.to_string() },
        || {
            case.student
                .study_level
                .map_or_else(|| "the profile states none".to_owned(), |level| format!("the profile says {level}"))
        },
    );
}
