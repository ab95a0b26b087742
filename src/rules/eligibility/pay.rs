//! `PAY`: the project pays for an hour at least what the policy asks, stated in its currency.

use super::{Posting, Report, Rule, Verdict};

pub(super) fn check(posting: &Posting, report: &mut impl Report) {
    let Some(least) = posting.policy.min_hourly_pay.as_ref().filter(|least| least.cents > 0) else { return };
    let pay = posting.project.hourly_pay.as_ref();
    let verdict = match pay {
        Some(pay) if pay.currency != least.currency => Verdict::NeedsData,
        Some(pay) if pay.cents >= least.cents => return,
        Some(_) => Verdict::Ineligible,
        None => Verdict::NeedsData,
    };
    let observed =
        || pay.map_or_else(|| "its hourly pay is not known".to_owned(), |pay| format!("it pays {pay} an hour"));
    report.refuse(Rule::Pay, verdict, || format!("at least {least} an hour"), observed);
}
