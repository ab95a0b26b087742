//! `SUPERVISOR` and `WORKSPACE`: the project has them, where the policy asks for them.

use super::{Posting, Report, Rule, Verdict};
use crate::domain::RequiredFact;

pub(super) fn check(posting: &Posting, report: &mut impl Report) {
    let required = posting.policy.required_data;
    if required.contains(RequiredFact::Supervisor) && posting.project.supervisor.is_empty() {
        report.refuse(
            Rule::Supervisor,
            Verdict::NeedsData,
            || "a named supervisor".to_owned(),
            || "it names none".to_owned(),
        );
    }
    if required.contains(RequiredFact::Workspace) && posting.project.workspace_confirmed != Some(true) {
        report.refuse(
            Rule::Workspace,
            Verdict::NeedsData,
            || "a confirmed workspace".to_owned(),
            || "it has none".to_owned(),
        );
    }
}
