//! `SKILLS`: Σ w · min(1, held / asked) / Σ w over the skills that the project asks for, required ones included;
//! held / 5 where no level is asked. Levels count 1 to 5; a skill that is listed without a level counts as the least.
//!
//! Does not apply where no skill is asked, or all weigh 0.

use super::micros;
use crate::domain::Proficiency;
use crate::eligibility::Case;

/// Every level from 1 to 5 divides it, so that the sum stays exact.
const COMMON: i128 = 60;

/// The level of a skill that is listed without one.
const LEAST: Proficiency = Proficiency::Novice;

pub(super) fn term(case: &Case) -> Option<u32> {
    let mut sum = 0;
    let mut divisor = 0;
    for requirement in &case.posting.project.skills {
        let weight = i128::from(requirement.weight.micros());
        divisor += weight;
        let Ok(at) = case.student.skills.binary_search_by_key(&requirement.skill, |&(skill, _)| skill) else {
            continue;
        };
        let held = case.student.skills[at].1.unwrap_or(LEAST) as i128;
        let asked = requirement.min_level.unwrap_or(Proficiency::Expert) as i128;
        sum += weight * (COMMON * held.min(asked) / asked);
    }
    (divisor > 0).then(|| micros(sum, COMMON * divisor))
}
