//! `MATERIALS`: no material is missing, where the policy asks for them.

use super::{Admission, Report, Rule, Verdict};
use crate::domain::RequiredFact;

pub(super) fn check(admission: &Admission, report: &mut impl Report) {
    let missing = &admission.student.missing_materials;
    if missing.is_empty() || !admission.policy.required_data.contains(RequiredFact::Materials) {
        return;
    }
    report.refuse(
        Rule::Materials,
        Verdict::NeedsData,
        || "a complete file".to_owned(),
        || format!("still missing: {}", missing.join(", ")),
    );
}
