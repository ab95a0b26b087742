//! `VETO`, `CHOICES_ONLY` and `RANKED_ONLY`: what the two sides themselves do not wish.

use super::{Case, Report, Rule, Verdict};

pub(super) fn check(case: &Case, report: &mut impl Report) {
    if case.is_vetoed {
        report.refuse(
            Rule::Veto,
            Verdict::Unacceptable,
            || "a project the student does not refuse".to_owned(),
            || "vetoed".to_owned(),
        );
    }
    if case.student.choices_only && case.choice_rank.is_none() {
        report.refuse(
            Rule::ChoicesOnly,
            Verdict::Unacceptable,
            || "a project that a choice covers".to_owned(),
            || "none covers it".to_owned(),
        );
    }
    if case.posting.project.ranked_only && case.posting.project.rank_of(case.student_index).is_none() {
        report.refuse(
            Rule::RankedOnly,
            Verdict::Unacceptable,
            || "a student the host ranked".to_owned(),
            || "not ranked".to_owned(),
        );
    }
}
