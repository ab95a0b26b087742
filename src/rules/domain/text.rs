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
}
