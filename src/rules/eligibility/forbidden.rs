//! `FORBIDDEN`: the pair is forbidden by a note.

use super::{Case, Report, Rule, Verdict};

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let Some(note) = case.note.filter(|note| note.forbidden) else { return };
    report.refuse(
        Rule::Forbidden,
        Verdict::Ineligible,
        || "a pair that no note forbids".to_owned(),
        || match note.reason.as_str() {
            "" => "a note forbids it".to_owned(),
            reason => format!("a note forbids it ({reason})"),
        },
    );
}
