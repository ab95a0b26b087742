//! `PROGRAM_SUSPENDED`, `COUNTRY_SUSPENDED` and `HOST_WITHDRAWN`: nobody goes there any more.

use super::{Posting, Report, Rule, Verdict};

pub(super) fn check(posting: &Posting, report: &mut impl Report) {
    let told = |what: String, reason: &str| if reason.is_empty() { what } else { format!("{what} ({reason})") };
    if let Some(program) = posting.program.filter(|program| program.suspended) {
        report.refuse(
            Rule::ProgramSuspended,
            Verdict::Ineligible,
            || "a program that runs".to_owned(),
            || told(format!("program {} is suspended", program.id), &program.suspended_reason),
        );
    }
    if let Some(country) = posting.country.filter(|country| posting.instance.is_suspended(*country)) {
        report.refuse(
            Rule::CountrySuspended,
            Verdict::Ineligible,
            || "a country that is not suspended".to_owned(),
            || format!("{country} is suspended"),
        );
    }
    if let Some(host) = posting.host.filter(|host| host.withdrawn) {
        report.refuse(
            Rule::HostWithdrawn,
            Verdict::Ineligible,
            || "a host that takes part".to_owned(),
            || told(format!("host {} has withdrawn", host.id), &host.withdrawn_reason),
        );
    }
}
