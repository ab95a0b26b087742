//! `FUNDING`: a stipend pays the placement, or a fund may carry it, where the policy asks for paid placements.

use super::{Case, Report, Rule, Verdict};

pub(super) fn check(case: &Case, report: &mut impl Report) {
    if case.policy.paid_only && !case.posting.project.pays() && case.funds == 0 {
        report.refuse(
            Rule::Funding,
            Verdict::Ineligible,
            || "a stipend, or a fund for the student and the project".to_owned(),
            || "neither".to_owned(),
        );
    }
}
