//! `ALUMNI_HOST`: the host is an alumna or alumnus, where the policy asks for that.

use super::{Posting, Report, Rule, Verdict};

pub(super) fn check(posting: &Posting, report: &mut impl Report) {
    let is_alumni = posting.host.is_some_and(|host| host.alumni);
    if posting.policy.alumni_only && !is_alumni {
        report.refuse(
            Rule::AlumniHost,
            Verdict::Ineligible,
            || "a host who is an alumna or alumnus".to_owned(),
            || "another host, or none".to_owned(),
        );
    }
}
