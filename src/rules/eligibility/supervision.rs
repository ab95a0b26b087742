//! `SUPERVISOR` and `WORKSPACE`: the project has them, where the policy asks for them.

use super::{Opening, Report, Rule, Verdict};
use crate::domain::RequiredFact;

pub(super) fn check(opening: &Opening, report: &mut impl Report) {
    let required = opening.policy.required_data;
    if required.contains(RequiredFact::Supervisor) && opening.project.supervisor.is_empty() {
        report.refuse(
            Rule::Supervisor,
            Verdict::NeedsData,
            || "a named supervisor".to_owned(),
            || "it names none".to_owned(),
        );
    }
    if required.contains(RequiredFact::Workspace) && opening.project.workspace_confirmed != Some(true) {
        report.refuse(
            Rule::Workspace,
            Verdict::NeedsData,
            || "a confirmed workspace".to_owned(),
            || "it has none".to_owned(),
        );
    }
}
