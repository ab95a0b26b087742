//! `PREFERENCE`: (K + 1 − rank) / K, at least 0, of the choice that covers the pair; 0 where the student states choices
//! and none covers. K is the policy's `rank_scale`, else the largest rank that any student states.
//!
//! Does not apply where the student states no choice.

use super::rank_worth;
use crate::eligibility::Case;

pub(super) fn term(case: &Case, scale: u32) -> Option<u32> {
    if case.student.choices.is_empty() {
        return None;
    }
    Some(case.student.choice_rank(case.targets).map_or(0, |rank| rank_worth(rank, scale)))
}
