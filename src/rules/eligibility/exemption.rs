//! Who need not meet a program's language, GPA and course rules.

use super::{Admission, Verdict};

/// What a program's rule makes of a student who does not meet it, and what to add to what was found; `None` = exempt,
/// nothing.
///
/// Where the program exempts some study levels and the student's is not known, only that fact is missing.
pub(super) fn unless_exempt(admission: &Admission, verdict: Verdict) -> Option<(Verdict, &'static str)> {
    let exempt = admission.program?.exempt;
    match admission.student.study_level {
        Some(level) if exempt.contains(level) => None,
        None if !exempt.is_empty() => Some((Verdict::NeedsData, ", and a study level, not known, that may be exempt")),
        _ => Some((verdict, "")),
    }
}
