//! `LANGUAGE`: the weighted mean, over the languages that the project asks for and those that only its program asks
//! for, of
//!
//! - 0.5 · held / asked below the level asked,
//! - 0.5 + 0.5 · (held − asked) / (NATIVE − asked) from it on, 1 where NATIVE is asked and held,
//! - held / NATIVE where no level is asked.
//!
//! A1 counts 1, NATIVE 7; a language not held, below A1 or of unknown level counts 0. Meeting the level is half, the
//! mother tongue is all: who speaks better than asked is preferred, as MISTI gives priority to language skills.
//!
//! Does not apply where no language is asked, or all weigh 0.

use super::micros;
use crate::domain::{LanguageLevel, LanguageRequirement};
use crate::eligibility::{Case, Held, level_held};

/// Twice every level from 1 to 7, and every difference of two, divides it, so that the sum stays exact.
const COMMON: i128 = 840;
const NATIVE: i128 = LanguageLevel::Native as i128;

pub(super) fn term(case: &Case) -> Option<u32> {
    let own = &case.posting.project.languages;
    let only_program = case
        .posting
        .program
        .into_iter()
        .flat_map(|program| &program.languages)
        .filter(|r| own.binary_search_by_key(&r.language, |o| o.language).is_err());
    let (sum, divisor) = own.iter().chain(only_program).fold((0, 0), |(sum, divisor), requirement| {
        let weight = i128::from(requirement.weight.micros());
        (sum + weight * fulfilled(case, requirement), divisor + weight)
    });
    (divisor > 0).then(|| micros(sum, COMMON * divisor))
}

fn fulfilled(case: &Case, requirement: &LanguageRequirement) -> i128 {
    let held = match level_held(case.policy, case.student, requirement.language) {
        Held::At(Some(level)) => level as i128,
        Held::At(None) | Held::Unknown | Held::Not => 0,
    };
    match requirement.min_level.map(|level| level as i128) {
        None => COMMON * held / NATIVE,
        Some(asked) if held < asked => COMMON * held / (2 * asked),
        Some(NATIVE) => COMMON,
        Some(asked) => COMMON / 2 + COMMON * (held - asked) / (2 * (NATIVE - asked)),
    }
}
