//! `LANGUAGE`: every required language of project and program at its level.

use super::exemption::unless_exempt;
use super::{Admission, Case, Report, Rule, Verdict};
use crate::domain::{Language, LanguageLevel, LanguageRequirement, Policy, Student};

/// What is known of a student's level in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The language is not listed: it is not held.
    Not,
    /// Listed without level or semesters.
    Unknown,
    /// Listed; `None` = less than A1, by too few semesters.
    At(Option<LanguageLevel>),
}

/// The level a student holds: as stated, else by semesters under the policy's table.
pub fn level_held(policy: &Policy, student: &Student, language: Language) -> Held {
    let Ok(at) = student.languages.binary_search_by_key(&language, |held| held.language) else { return Held::Not };
    let held = &student.languages[at];
    match (held.level, held.semesters) {
        (Some(level), _) => Held::At(Some(level)),
        (None, Some(semesters)) => Held::At(policy.semester_levels.level(semesters)),
        (None, None) => Held::Unknown,
    }
}

pub(super) fn check(case: &Case, report: &mut impl Report) {
    let admission = &case.admission();
    for requirement in &case.posting.project.languages {
        if let Some(verdict) = shortfall(admission, requirement) {
            refuse(admission, requirement, (verdict, ""), "", report);
        }
    }
}

pub(super) fn check_program(admission: &Admission, report: &mut impl Report) {
    let Some(program) = admission.program else { return };
    for requirement in &program.languages {
        if let Some(refused) = shortfall(admission, requirement).and_then(|verdict| unless_exempt(admission, verdict)) {
            refuse(admission, requirement, refused, " for its program", report);
        }
    }
}

fn shortfall(admission: &Admission, requirement: &LanguageRequirement) -> Option<Verdict> {
    if !requirement.required {
        return None;
    }
    match level_held(admission.policy, admission.student, requirement.language) {
        Held::Not => Some(Verdict::Ineligible),
        Held::Unknown => requirement.min_level.map(|_| Verdict::NeedsData),
        Held::At(level) => {
            let least = requirement.min_level.unwrap_or(LanguageLevel::A1);
            level.is_none_or(|level| level < least).then_some(Verdict::Ineligible)
        }
    }
}

fn refuse(
    admission: &Admission,
    requirement: &LanguageRequirement,
    (verdict, also): (Verdict, &str),
    by: &str,
    report: &mut impl Report,
) {
    let language = requirement.language;
    report.refuse(
        Rule::Language,
        verdict,
        || match requirement.min_level {
            Some(level) => format!("{language} at {level}{by}"),
            None => format!("{language}{by}"),
        },
        || match level_held(admission.policy, admission.student, language) {
            Held::Not => format!("the profile does not list {language}{also}"),
            Held::Unknown => format!("the profile gives no level of {language}{also}"),
            Held::At(None) => format!("the profile has {language} below A1{also}"),
            Held::At(Some(level)) => format!("the profile has {language} at {level}{also}"),
        },
    );
}
