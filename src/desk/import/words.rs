//! Flags, and cells that hold one of a few words.

use rules::codes;
use rules::domain::normal_form;

use super::reading::{Datum, Reading};

/// Reads true or false.
pub(super) fn flag(text: &str) -> Reading {
    let by = |value: bool| Reading::by(&codes::FLAG_REWRITTEN, format!("another word for {value}"), Datum::Flag(value));
    let lower = text.to_lowercase();
    match lower.as_str() {
        "true" => Reading::of(Datum::Flag(true)),
        "false" => Reading::of(Datum::Flag(false)),
        "yes" | "y" | "1" | "1.0" | "t" | "ja" | "j" | "oui" | "o" | "si" | "sí" | "wahr" | "vrai" | "verdadero"
        | "✓" | "✔" | "☑" => by(true),
        "no" | "n" | "0" | "0.0" | "f" | "nein" | "non" | "falsch" | "faux" | "falso" | "✗" | "✘" | "☐" => {
            by(false)
        }
        "x" => Reading::ask(&codes::UNCLEAR_FLAG, "a cross may mean yes or no", "true", None),
        _ => Reading::wrong(&codes::UNCLEAR_FLAG, "this is neither true nor false"),
    }
}

/// Whether a text says that there is no limit.
pub(super) fn is_no_limit(text: &str) -> bool {
    matches!(normal_form(text).as_str(), "nolimit" | "unlimited" | "unbegrenzt" | "illimite" | "sinlimite")
}

/// Reads one of some words.
pub(super) fn word(text: &str, words: &'static [&'static str]) -> Reading {
    match known(text, words) {
        Ok(word) => Reading::of(Datum::Text(word.to_owned())),
        Err(meant) => Reading::ask(&codes::UNKNOWN_WORD, one_of(words), meant.unwrap_or_default(), None),
    }
}

/// What may stand there.
pub(super) fn one_of(words: &[&str]) -> String {
    format!("the words are {}", words.join(", "))
}

/// The word that a text is, or that it nearly is.
pub(super) fn known(text: &str, words: &'static [&'static str]) -> Result<&'static str, Option<&'static str>> {
    let upper = text.to_uppercase().replace([' ', '-'], "_");
    if let Some(word) = words.iter().find(|word| **word == upper) {
        return Ok(word);
    }
    let form = normal_form(text);
    let meant = study_level(&form).filter(|meant| words.contains(meant));
    let near =
        || words.iter().find(|word| strsim::osa_distance(&normal_form(word), &form) <= 1 + form.len() / 8).copied();
    Err(meant.or_else(near))
}

/// Other words for a study level; none where the word may be two.
fn study_level(form: &str) -> Option<&'static str> {
    Some(match form {
        "ug" | "undergrad" | "bachelor" | "bachelors" | "ba" | "bs" | "bsc" | "sb" | "licence" | "grado" => {
            "UNDERGRADUATE"
        }
        "master" | "ms" | "msc" | "ma" | "meng" | "sm" | "mba" | "mastersstudent" | "masterstudent" | "maestria" => {
            "MASTERS"
        }
        "phd" | "doctorate" | "doctor" | "dr" | "doktorat" | "doktorand" | "doctoralstudent" | "phdstudent"
        | "phdcandidate" | "scd" | "doctorat" | "doctorado" => "DOCTORAL",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::table;

    #[test]
    fn words_are_read_in_any_case_and_others_are_proposed() {
        let column = table("students").and_then(|table| table.column("study_level")).expect("a column");
        let crate::columns::Kind::Word(words) = column.kind else { panic!("{:?}", column.kind) };
        assert_eq!(word("undergraduate", words).datum, Some(Datum::Text("UNDERGRADUATE".into())));
        for (text, meant) in [
            ("Master", "MASTERS"),
            ("Ph.D.", "DOCTORAL"),
            ("MASTER", "MASTERS"),
            ("UNDERGRADUTE", "UNDERGRADUATE"),
            ("5", ""),
            ("Master or doctorate", ""),
        ] {
            let reading = word(text, words);
            assert!(reading.is_open(), "{text}");
            assert_eq!(reading.troubles[0].suggestion, meant, "{text}");
        }
    }

    #[test]
    fn flags_are_read_in_other_words_and_crosses_are_asked_about() {
        assert_eq!(flag("Ja").datum, Some(Datum::Flag(true)));
        assert_eq!(flag("0").datum, Some(Datum::Flag(false)));
        for text in ["x", "maybe", "unknown", "2", ""] {
            assert!(flag(text).is_open(), "{text}");
        }
    }
}
