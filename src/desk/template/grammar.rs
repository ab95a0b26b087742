//! How lists and parts are written into one cell: `Python:3;C++:2`.
//!
//! Entries have `;` between them, parts of an entry `:`. A name that holds one of `;`, `:`, `=`, `|`, `,`, `"` or a line break, or has a
//! space at either end, is written in double quotes, and a quote inside of it twice.

use wire::pb;

/// A name as one part of an entry.
pub(super) fn quoted(name: &str) -> String {
    let has_outer_space = name.starts_with(char::is_whitespace) || name.ends_with(char::is_whitespace);
    if has_outer_space || name.contains([';', ':', '=', '|', ',', '"', '\n']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

/// Entries that are written already, as one cell.
pub(super) fn joined(entries: impl IntoIterator<Item = String>) -> String {
    entries.into_iter().collect::<Vec<_>>().join(";")
}

/// Names as one cell.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    joined(names.into_iter().map(|name| quoted(name)))
}

/// What a student knows: `name:level`.
pub(super) fn skill_held(skill: &pb::StudentSkill) -> String {
    match skill.level {
        0 => quoted(&skill.skill),
        level => format!("{}:{level}", quoted(&skill.skill)),
    }
}

/// What is asked: `name:level:weight`, of which level and weight may be missing. In a column with weights a level is never without one: it
/// would be read as a weight.
pub(super) fn skill_asked(asked: &pb::SkillRequirement, has_weights: bool) -> String {
    let level = if asked.min_level == 0 { String::new() } else { asked.min_level.to_string() };
    match asked.weight.or((has_weights && !level.is_empty()).then_some(1.0)) {
        Some(weight) => format!("{}:{level}:{weight}", quoted(&asked.skill)),
        None if level.is_empty() => quoted(&asked.skill),
        None => format!("{}:{level}", quoted(&asked.skill)),
    }
}

/// What a student speaks: `ja:B1`, `ja:4 semesters`.
pub(super) fn language_held(held: &pb::StudentLanguage) -> String {
    let level = (held.level != 0).then(|| held.level().as_str_name().to_owned());
    let semesters = held.semesters.map(|number| format!("{number} semesters"));
    let parts = [Some(quoted(&held.language)), level, semesters];
    parts.into_iter().flatten().collect::<Vec<_>>().join(":")
}

/// What is asked: `ja:B1:weight`, or `ja:any`.
pub(super) fn language_asked(asked: &pb::LanguageRequirement) -> String {
    let level = if asked.min_level == 0 { "any" } else { asked.min_level().as_str_name() };
    let weight = asked.weight.map_or_else(String::new, |weight| format!(":{weight}"));
    format!("{}:{level}{weight}", quoted(&asked.language))
}

/// Where a language's level is known from: `ja:text`; None: nothing is said.
pub(super) fn evidence(held: &pb::StudentLanguage) -> Option<String> {
    (!held.evidence.is_empty()).then(|| format!("{}:{}", quoted(&held.language), quoted(&held.evidence)))
}

/// An amount: `560 USD`.
pub(super) fn money(money: &pb::Money) -> String {
    format!("{} {}", money.amount, money.currency_code).trim_end().to_owned()
}

/// Labels: `name=value|value`.
pub(super) fn labels(labels: &pb::AttributeValues) -> String {
    let values = labels.values.iter().map(|value| quoted(value));
    format!("{}={}", quoted(&labels.name), values.collect::<Vec<_>>().join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_be_taken_apart_are_quoted_and_no_others() {
        for name in ["C++", "C#", "Web Services", "21G.503"] {
            assert_eq!(quoted(name), name);
        }
        assert_eq!(names(&["a;b".to_owned(), "c:d".to_owned(), "say \"x\"".to_owned(), " e".to_owned()]), {
            r#""a;b";"c:d";"say ""x""";" e""#
        });
    }

    #[test]
    fn levels_weights_and_semesters_are_written_where_they_are_stated() {
        let held = |level| pb::StudentSkill { skill: "C++".to_owned(), level };
        assert_eq!([skill_held(&held(0)), skill_held(&held(3))], ["C++", "C++:3"]);
        let asked = |min_level, weight| {
            skill_asked(&pb::SkillRequirement { skill: "C".to_owned(), min_level, weight, required: true }, false)
        };
        let written = [asked(0, None), asked(2, None), asked(2, Some(0.5)), asked(0, Some(2.0))];
        assert_eq!(written, ["C", "C:2", "C:2:0.5", "C::2"]);
        let level = pb::SkillRequirement { skill: "C".to_owned(), min_level: 2, ..pb::SkillRequirement::default() };
        assert_eq!(skill_asked(&level, true), "C:2:1");
        let speaks = |level: i32, semesters| {
            language_held(&pb::StudentLanguage { language: "ja".to_owned(), level, semesters, evidence: String::new() })
        };
        let written = [speaks(3, None), speaks(3, Some(4)), speaks(0, Some(4)), speaks(7, None), speaks(0, None)];
        assert_eq!(written, ["ja:B1", "ja:B1:4 semesters", "ja:4 semesters", "ja:NATIVE", "ja"]);
        let needs = |min_level, weight| {
            language_asked(&pb::LanguageRequirement { language: "ja".to_owned(), min_level, required: None, weight })
        };
        assert_eq!([needs(0, None), needs(4, None), needs(4, Some(0.5))], ["ja:any", "ja:B2", "ja:B2:0.5"]);
        assert_eq!(money(&pb::Money { amount: 560.5, currency_code: "USD".to_owned() }), "560.5 USD");
        let values = vec!["yes".to_owned(), "a|b".to_owned()];
        assert_eq!(labels(&pb::AttributeValues { name: "new".to_owned(), values }), "new=yes|\"a|b\"");
    }
}
