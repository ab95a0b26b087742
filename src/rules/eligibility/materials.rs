//! `MATERIALS`: no material is missing, where the policy asks for them.

use super::{Case, Report, Rule, Verdict};
use crate::domain::RequiredFact;

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let missing = &case.student.missing_materials;
    if missing.is_empty() || !case.policy.required_data.contains(RequiredFact::Materials) {
        return;
    }
    report.refuse(
        Rule::Materials,
        Verdict::NeedsData,
        || "a complete file".to_owned(),
        || format!("still missing: {}", missing.join(", ")),
    );
}
