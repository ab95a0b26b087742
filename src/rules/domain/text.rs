//! Text that is compared: two spellings that nobody can tell apart are one.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// A text with its accents composed, so that it is the same however it was typed (Unicode Standard Annex 15, form C).
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// The same without regard to upper and lower case (The Unicode Standard, section 3.13, D145).
pub fn folded(text: &str) -> String {
    text.nfd().default_case_fold().nfc().collect()
}

/// Whether a letter is one that nobody sees: control characters, zero-width ones, marks of direction.
pub fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// What people see of an id, so that two that they take for one are the same: no case, no leading zeros of a number, `O` as 0, `l` and `I` as 1,
/// Greek and Cyrillic letters as the Latin ones that they look like, nothing that is invisible.
pub fn looks(id: &str) -> String {
    let mut looks = String::new();
    let mut in_number = false;
    for letter in folded(id).chars().filter(|&letter| !is_invisible(letter) && !letter.is_whitespace()) {
        let letter = match latin(letter) {
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
    fn composed_decomposed_and_capital_accents_meet_and_other_letters_do_not() {
        let spellings = ["Génie", "Ge\u{301}nie", "GÉNIE", "GE\u{301}NIE", "génie"];
        assert!(spellings.iter().all(|spelling| folded(spelling) == "génie"));
        assert_eq!(composed("Ge\u{301}nie"), "Génie");
        assert_ne!(folded("Genie"), folded("Génie"), "an accent that is left out makes another word");
    }

    #[test]
    fn what_people_take_for_one_id_looks_alike_and_other_ids_do_not() {
        for (one, other) in [
            ("Ana@x.org", "ana@X.org"),
            ("S007", "S7"),
            ("SO1", "S01"),
            ("al-1", "aI-l"),
            ("É", "E\u{301}"),
            ("Р349", "P349"),
            ("S3\u{200b}85", "S385"),
        ] {
            assert_eq!(looks(one), looks(other), "{one} {other}");
        }
        for (one, other) in [("S10", "S100"), ("S1", "S2"), ("S10", "S01"), ("ab", "ba"), ("P100", "P10")] {
            assert_ne!(looks(one), looks(other), "{one} {other}");
        }
    }
}
