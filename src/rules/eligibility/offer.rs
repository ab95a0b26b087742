//! `OFFER_ENDED`: an offer of this place was made and nothing came of it.

use super::{Case, Report, Rule, Verdict};
use crate::domain::OfferState;

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let Some(offer) = case.note.and_then(|note| note.offer).filter(|offer| offer.has_ended()) else { return };
    report.refuse(
        Rule::OfferEnded,
        Verdict::Ineligible,
        || "no offer, or one that stands".to_owned(),
        || {
            let how = match offer {
                OfferState::Declined => "was declined",
                OfferState::Expired => "expired",
                OfferState::Withdrawn => "was given up",
                _ => "was taken back by the host",
            };
            format!("the offer {how}")
        },
    );
}
