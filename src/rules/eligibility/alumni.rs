//! `ALUMNI_HOST`: the host is an alumna or alumnus, where the policy asks for that.

use super::{Case, Report, Rule, Verdict};

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let is_alumni = case.project.host.is_some_and(|host| case.instance.hosts[host.at()].alumni);
    if case.policy.alumni_only && !is_alumni {
        report.refuse(
            Rule::AlumniHost,
            Verdict::Ineligible,
            || "a host who is an alumna or alumnus".to_owned(),
            || "another host, or none".to_owned(),
        );
    }
}
