//! `INTERVIEW` and `AFFINITY`: as the pair's note gives them. Neither applies where it is not given.

use crate::domain::Share;
use crate::eligibility::Case;

pub(super) fn interview(case: &Case) -> Option<u32> {
    case.note.and_then(|note| note.interview_rating).map(micros)
}

pub(super) fn affinity(case: &Case) -> Option<u32> {
    case.note.and_then(|note| note.affinity).map(micros)
}

fn micros(share: Share) -> u32 {
    share.micros() as u32
}
