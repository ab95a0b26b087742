//! What is done to every text before it is read, and the words that mean that nothing is known.

use rules::domain::normal_form;

/// Whether a letter is one that nobody sees: control characters, zero-width ones, marks of direction.
pub(super) fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

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

/// What people take for the same id: case, leading zeros, letters that look alike, invisible ones.
pub(super) fn looks(text: &str) -> String {
    let mut looks = String::new();
    let mut in_number = false;
    for letter in rules::domain::folded(text).chars().filter(|letter| !is_invisible(*letter) && !letter.is_whitespace())
    {
        let letter = latin(letter);
        let letter = match letter {
            'o' => '0',
            'l' | 'i' => '1',
            other => other,
        };
        let leads = letter == '0' && !in_number;
        in_number = letter.is_ascii_digit() && !leads;
        if !leads {
            looks.push(letter);
        }
    }
    looks
}

/// The Latin letter that a small Greek or Cyrillic one looks like.
fn latin(letter: char) -> char {
    match letter {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'н' | 'η' => 'h',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'у' | 'υ' => 'y',
        'х' | 'χ' => 'x',
        'ν' => 'v',
        'ζ' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_people_take_for_one_look_alike() {
        for (one, other) in
            [("s228", "S228"), ("Р349", "P349"), ("S3\u{200b}85", "S385"), ("00687", "687"), ("SO1", "S01")]
        {
            assert_eq!(looks(one), looks(other), "{one} {other}");
        }
        assert_ne!(looks("P10"), looks("P100"));
    }

    #[test]
    fn words_for_nothing_are_known_in_any_spelling() {
        for text in ["n/a", "N.A.", "None", "-", "–", "TBD", "unknown"] {
            assert!(is_word_for_missing(text), "{text}");
        }
        assert!(!is_word_for_missing("NaN") && !is_word_for_missing("0") && !is_word_for_missing(""));
    }
}
