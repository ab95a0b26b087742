//! `SUPERVISOR` and `WORKSPACE`: the project has them, where the policy asks for them.

use super::{Case, Report, Rule, Verdict};
use crate::domain::RequiredFact;

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let required = case.policy.required_data;
    if required.contains(RequiredFact::Supervisor) && case.project.supervisor.is_empty() {
        report.refuse(
            Rule::Supervisor,
            Verdict::NeedsData,
            || "a named supervisor".to_owned(),
            || "it names none".to_owned(),
        );
    }
    if required.contains(RequiredFact::Workspace) && case.project.workspace_confirmed != Some(true) {
        report.refuse(
            Rule::Workspace,
            Verdict::NeedsData,
            || "a confirmed workspace".to_owned(),
            || "it has none".to_owned(),
        );
    }
}
