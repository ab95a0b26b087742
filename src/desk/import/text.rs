//! What is done to every text before it is read, and the words that mean that nothing is known.

use rules::domain::normal_form;

/// A text without the spaces around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

/// A text with each run of spaces and line breaks as one space.
pub(super) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text is what a spreadsheet leaves behind where a formula failed.
pub(super) fn is_error(text: &str) -> bool {
    matches!(
        text,
        "#N/A"
            | "#REF!"
            | "#DIV/0!"
            | "#VALUE!"
            | "#NAME?"
            | "#NULL!"
            | "#NUM!"
            | "#SPILL!"
            | "#CALC!"
            | "#FIELD!"
            | "#GETTING_DATA"
            | "#BEZUG!"
            | "#WERT!"
            | "#NV"
            | "Err:502"
            | "Err:508"
    )
}

/// Whether a text is a word for: not known, or none.
pub(super) fn is_word_for_missing(text: &str) -> bool {
    let is_dash =
        !text.is_empty() && text.chars().all(|letter| matches!(letter, '-' | '–' | '—' | '?' | '.' | '/' | '−'));
    is_dash
        || matches!(
            normal_form(text).as_str(),
            "na" | "none"
                | "null"
                | "nil"
                | "unknown"
                | "unbekannt"
                | "tbd"
                | "tba"
                | "tbc"
                | "notknown"
                | "keine"
                | "missing"
        )
}

/// A text short enough for a table of problems; what is cut off is said.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let start: String = text.chars().take(MOST).collect();
    format!("{start}… ({} bytes)", text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_are_known_in_any_spelling() {
        for text in ["n/a", "N.A.", "None", "-", "–", "TBD", "unknown"] {
            assert!(is_word_for_missing(text), "{text}");
        }
        assert!(!is_word_for_missing("NaN") && !is_word_for_missing("0") && !is_word_for_missing(""));
    }
}
