//! Numbers as people type them.

use rules::codes;
use unicode_normalization::UnicodeNormalization;

use super::reading::{Datum, Reading};
use super::text::is_word_for_missing;

/// What a text says of a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Number {
    /// Digits, with a point before decimals.
    Plain(f64),
    /// Digits with one comma among them; whether it may stand between thousands as well.
    Comma(f64, bool),
    /// Something else, and why; with the number that is most likely meant, where one is.
    Unclear(String, Option<f64>),
    /// No number at all.
    None,
}

/// Reads a text as a number.
pub(super) fn number(text: &str) -> Number {
    let wide: String = text.nfkc().collect();
    let text = wide.trim();
    if is_plain(text) {
        return text.parse().map_or(Number::None, Number::Plain);
    }
    if let Some((whole, decimals)) = text.split_once(',')
        && is_plain(whole)
        && is_digits(decimals)
        && !whole.contains('.')
    {
        let digits = whole.trim_start_matches('-').len();
        let may_group = decimals.len() == 3 && (1..=3).contains(&digits);
        return format!("{whole}.{decimals}").parse().map_or(Number::None, |value| Number::Comma(value, may_group));
    }
    unclear(text)
}

fn unclear(text: &str) -> Number {
    let said = |why: &str, meant| Number::Unclear(why.to_owned(), meant);
    if text.contains(['e', 'E']) && text.parse::<f64>().is_ok() {
        return said(
            "a power of ten, as a spreadsheet writes long numbers",
            text.parse().ok().filter(|n: &f64| n.is_finite()),
        );
    }
    if let Some(before) = text.strip_suffix('%')
        && is_plain(before.trim())
    {
        return said("a share, and of what is not said", None);
    }
    if text.starts_with(['−', '–', '—'])
        && text.chars().skip(1).all(|letter| letter.is_ascii_digit())
        && text.chars().count() > 1
    {
        return said("a dash before a number: a minus sign, or nothing", None);
    }
    let grouped: String =
        text.chars().filter(|letter| !matches!(letter, '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    if grouped.len() < text.len() && is_plain(&grouped) {
        return said("a number with spaces or apostrophes between its digits", grouped.parse().ok());
    }
    let commas = text.matches(',').count();
    if commas > 0 && is_plain(&text.replace(',', "")) {
        return said("a number with commas between its thousands", text.replace(',', "").parse().ok());
    }
    if let Some((one, other)) = text.split_once('/')
        && is_plain(one.trim())
        && is_plain(other.trim())
    {
        return said("a number of another scale", None);
    }
    for between in ["–", "—", "-", "to", "bis", ".."] {
        if let Some((one, other)) = text.split_once(between)
            && is_plain(one.trim())
            && is_plain(other.trim())
        {
            return said("a range, and no number of it is named", None);
        }
    }
    if let Some(value) = word(text) {
        return said("a word for a number", Some(value));
    }
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (start, rest) = text.split_at(digits);
    let unit = rest.trim();
    let is_unit = !unit.is_empty()
        && unit.chars().all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '.' | '*' | '+'));
    if is_plain(start) && is_unit {
        return said(
            "a number with something after it",
            if unit.contains(['+', '*']) { None } else { start.parse().ok() },
        );
    }
    Number::None
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit())
}

fn is_plain(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    match text.split_once('.') {
        Some((whole, decimals)) => (is_digits(whole) || whole.is_empty()) && is_digits(decimals),
        None => is_digits(text),
    }
}

/// Words for small numbers, in English and German.
fn word(text: &str) -> Option<f64> {
    const WORDS: [&[&str]; 11] = [
        &["zero", "null"],
        &["one", "first", "1st", "eins", "erste", "erster"],
        &["two", "second", "2nd", "zwei", "zweite", "zweiter"],
        &["three", "third", "3rd", "drei", "dritte", "dritter"],
        &["four", "fourth", "4th", "vier"],
        &["five", "fifth", "5th", "fünf"],
        &["six", "sixth", "6th", "sechs"],
        &["seven", "seventh", "7th", "sieben"],
        &["eight", "eighth", "8th", "acht"],
        &["nine", "ninth", "9th", "neun"],
        &["ten", "tenth", "10th", "zehn"],
    ];
    let lower = text.to_lowercase();
    (0..).zip(WORDS).find(|(_, words)| words.contains(&lower.as_str())).map(|(value, _): (i32, _)| f64::from(value))
}

/// How a number is written where it is suggested.
pub(super) fn written(value: f64) -> String {
    value.to_string()
}

/// Reads a whole number of a range.
pub(super) fn whole(text: &str, (least, most): (i64, i64)) -> Reading {
    match number(text) {
        Number::Plain(value) if value.fract() != 0.0 => {
            Reading::ask(&codes::UNCLEAR_NUMBER, "only whole numbers count here", "", None)
        }
        Number::Plain(_) if is_like_thousands(text) => {
            Reading::ask(&codes::UNCLEAR_NUMBER, "the point may stand before decimals or between thousands", "", None)
        }
        Number::Plain(value) => match in_range(value, least, most) {
            Err(reading) => reading,
            Ok(()) if text.contains('.') => {
                Reading::by(&codes::UNCLEAR_NUMBER, "decimals that are 0 are left out", Datum::Whole(value as i64))
            }
            Ok(()) => Reading::of(Datum::Whole(value as i64)),
        },
        Number::Comma(_, true) => {
            Reading::ask(&codes::UNCLEAR_NUMBER, "the comma may stand before decimals or between thousands", "", None)
        }
        Number::Comma(..) => Reading::ask(&codes::UNCLEAR_NUMBER, "only whole numbers count here", "", None),
        Number::Unclear(why, meant) => {
            let meant = meant.filter(|value| value.fract() == 0.0 && in_range(*value, least, most).is_ok());
            Reading::ask(
                &codes::UNCLEAR_NUMBER,
                format!("this is {why}"),
                meant.map_or_else(String::new, written),
                None,
            )
        }
        Number::None => no_number(text),
    }
}

/// Whether a whole number is written as `1.000`.
fn is_like_thousands(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(whole, decimals)| decimals.len() == 3 && whole.trim_start_matches('-') != "0")
}

/// Reads a number of a range. `commas`: whether commas stand before decimals in this column; none where that is not known yet.
pub(super) fn decimal(text: &str, (least, most): (i64, i64), commas: Option<bool>) -> Reading {
    match number(text) {
        Number::Plain(value) => {
            in_range(value, least, most).map_or_else(|reading| reading, |()| Reading::of(Datum::Number(value)))
        }
        Number::Comma(value, may_group) => match commas {
            None => Reading::waiting(),
            Some(true) => match in_range(value, least, most) {
                Ok(()) => Reading::by(
                    &codes::DECIMAL_COMMAS,
                    "commas stand before decimals in this column",
                    Datum::Number(value),
                ),
                Err(reading) => reading,
            },
            Some(false) if may_group => {
                let value = value * 1_000.0;
                in_range(value, least, most).map_or_else(
                    |reading| reading,
                    |()| {
                        Reading::by(
                            &codes::DECIMAL_COMMAS,
                            "commas stand between thousands in this column",
                            Datum::Number(value),
                        )
                    },
                )
            }
            Some(false) => Reading::wrong(&codes::UNCLEAR_NUMBER, "a comma stands here, and not between thousands"),
        },
        Number::Unclear(why, meant) => {
            let meant = meant.filter(|value| in_range(*value, least, most).is_ok());
            Reading::ask(
                &codes::UNCLEAR_NUMBER,
                format!("this is {why}"),
                meant.map_or_else(String::new, written),
                None,
            )
        }
        Number::None => no_number(text),
    }
}

fn no_number(text: &str) -> Reading {
    let why = if is_word_for_missing(text) {
        "this may mean that there is none, or that it is not known"
    } else {
        "this is no number"
    };
    Reading::wrong(&codes::UNCLEAR_NUMBER, why)
}

/// Whether a number lies in a range; else what to say.
pub(super) fn in_range(value: f64, least: i64, most: i64) -> Result<(), Reading> {
    if value.is_finite() && value >= least as f64 && value <= most as f64 {
        return Ok(());
    }
    let why = format!("it has to be from {} to {}", rules::finding::grouped(least), rules::finding::grouped(most));
    Err(Reading::wrong(&codes::NUMBER_OUT_OF_RANGE, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_read_and_others_are_asked_about() {
        assert_eq!(number("3"), Number::Plain(3.0));
        assert_eq!(number("-0.5"), Number::Plain(-0.5));
        assert_eq!(number("3,75"), Number::Comma(3.75, false));
        assert_eq!(number("1,200"), Number::Comma(1.2, true));
        for (text, meant) in [
            ("1e1", Some(10.0)),
            ("2 seats", Some(2.0)),
            ("2-3", None),
            ("80%", None),
            ("3.8/4.0", None),
            ("−1", None),
            ("two", Some(2.0)),
            ("first", Some(1.0)),
            ("1'000", Some(1_000.0)),
            ("40+", None),
        ] {
            let Number::Unclear(_, found) = number(text) else { panic!("{text}: {:?}", number(text)) };
            assert_eq!(found, meant, "{text}");
        }
        for text in ["", "abc", "NaN", "inf", "1.2.3", "--1", "$5", "٣"] {
            assert_eq!(number(text), Number::None, "{text}");
        }
    }

    #[test]
    fn a_whole_number_is_never_cut_or_rounded() {
        for text in ["1.5", "1.000", "1,000", "99999999999", "-1", "two", "1e1"] {
            assert!(whole(text, (0, 100_000)).is_open(), "{text}");
        }
        assert_eq!(whole("3.0", (0, 9)).datum, Some(Datum::Whole(3)));
    }
}
