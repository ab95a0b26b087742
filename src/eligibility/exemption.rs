//! Who need not meet a program's language, GPA and course rules.

use super::{Case, Verdict};

/// What a program's rule makes of a student who does not meet it; `None` = exempt, nothing.
///
/// Where the program exempts some study levels and the student's is not known, only that fact is missing.
pub(super) fn unless_exempt(case: &Case, verdict: Verdict) -> Option<Verdict> {
    let exempt = case.program?.exempt;
    match case.student.study_level {
        Some(level) if exempt.contains(level) => None,
        None if !exempt.is_empty() => Some(Verdict::NeedsData),
        _ => Some(verdict),
    }
}
