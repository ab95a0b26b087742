//! `HOST_RANK`: (K + 1 − rank) / K of the host's rank for the student; 0 where the project ranks students and not this
//! one. K is the largest rank that the project states.
//!
//! Does not apply where the project ranks nobody.

use super::rank_term;
use crate::eligibility::Case;

pub(super) fn term(case: &Case) -> Option<u32> {
    let scale = case.posting.project.ranks.iter().map(|&(_, rank)| rank).max()?;
    Some(case.posting.project.rank_of(case.student_index).map_or(0, |rank| rank_term(rank, scale)))
}
