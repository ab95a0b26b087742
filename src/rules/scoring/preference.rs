//! `PREFERENCE`: (K + 1 − rank) / K, at least 0, of the choice that covers the pair; 0 where none of the student's choices does, also of a
//! student who states none. K is the policy's `rank_scale`, else the largest rank that any student states.
//!
//! Does not apply where no student of the season states a choice. So, at one scale, a wish that nothing else covers never makes a place less
//! likely than silence.

use super::rank_term;
use crate::eligibility::Case;

pub(super) fn term(case: &Case, scale: Option<u32>) -> Option<u32> {
    let scale = scale?;
    Some(case.choice_rank.map_or(0, |rank| rank_term(rank, scale)))
}
