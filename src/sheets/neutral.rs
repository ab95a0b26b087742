//! Text that a spreadsheet would run is written to a CSV behind an apostrophe, and read back without it.
//!
//! The rule (OWASP, CSV injection): a text that begins with `=`, `+`, `-`, `@`, the full-width form of one of them or a control
//! character gets a leading `'`. So does one that begins with `'` before one of these or before another `'`, so that reading gives
//! exactly what was written. Numbers, days and booleans are no texts and stay as they are.

use std::borrow::Cow;

/// Whether a spreadsheet may take a text that begins with this for a formula.
fn begins_a_formula(first: char) -> bool {
    matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') || first.is_control()
}

/// Whether an apostrophe before this text would be taken off again.
fn is_behind_apostrophe(rest: &str) -> bool {
    rest.chars().next().is_some_and(|first| first == '\'' || begins_a_formula(first))
}

/// A text as it is written to a cell of a CSV.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    let is_quoted = text.strip_prefix('\'').is_some_and(is_behind_apostrophe);
    if is_quoted || text.chars().next().is_some_and(begins_a_formula) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A cell of a CSV as the text that was meant.
pub fn restore(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_behind_apostrophe(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_written_behind_an_apostrophe_and_nothing_else_is() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "\u{1}x"] {
            assert_eq!(neutralise(text), format!("'{text}"));
        }
        for text in ["", "Ana", "'", "O'Neil", "'t Hooft", " =1", "00123", "a=b"] {
            assert_eq!(neutralise(text), text);
        }
        assert_eq!([neutralise("'=1"), neutralise("''")], ["''=1", "'''"]);
        assert_eq!(restore("'t Hooft"), "'t Hooft");
    }

    /// Every text of up to six of the characters that matter.
    #[test]
    fn what_is_written_is_read_back_whatever_it_begins_with() {
        let letters = ['\'', '=', '-', '＠', '\t', '\r', '\u{0}', 'a', ' ', '"'];
        let mut texts = vec![String::new()];
        let mut last = texts.clone();
        for _ in 0..5 {
            last = last.iter().flat_map(|text| letters.map(|letter| format!("{text}{letter}"))).collect();
            texts.extend(last.iter().cloned());
        }
        assert_eq!(texts.len(), 111_111);
        for text in &texts {
            let written = neutralise(text);
            assert_eq!(restore(&written), text, "{written:?}");
            assert!(!written.chars().next().is_some_and(begins_a_formula), "{written:?}");
        }
    }
}
