//! `ALUMNI_HOST`: the host is an alumna or alumnus, where the policy asks for that.

use super::{Opening, Report, Rule, Verdict};

pub(super) fn check(opening: &Opening, report: &mut impl Report) {
    let is_alumni = opening.host.is_some_and(|host| host.alumni);
    if opening.policy.alumni_only && !is_alumni {
        report.refuse(
            Rule::AlumniHost,
            Verdict::Ineligible,
            || "a host who is an alumna or alumnus".to_owned(),
            || "another host, or none".to_owned(),
        );
    }
}
