//! Amounts of money.

use rules::codes;

use super::numbers::{Number, number};
use super::reading::{Datum, Reading};

/// Most of an amount.
const MOST: f64 = 1e9;

/// Reads an amount with its currency; `currency`: that of the header, where it names one.
pub(super) fn money(text: &str, currency: Option<&str>) -> Reading {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_code = |word: &str| word.len() == 3 && word.chars().all(|letter| letter.is_ascii_alphabetic());
    let (amount, code) = match words[..] {
        [amount] => (amount, currency.map(str::to_owned)),
        [amount, code] if is_code(code) => (amount, Some(code.to_uppercase())),
        [code, amount] if is_code(code) => (amount, Some(code.to_uppercase())),
        _ => return unclear(text, currency),
    };
    match (number(amount), code) {
        (Number::Plain(value), Some(code)) if (0.0..=MOST).contains(&value) => {
            let is_clear = amount.rsplit_once('.').is_none_or(|(_, decimals)| decimals.len() != 3);
            if is_clear { Reading::of(Datum::Money(value, code)) } else { unclear(text, currency) }
        }
        (Number::Plain(value), Some(_)) => {
            Reading::wrong(&codes::NUMBER_OUT_OF_RANGE, format!("{value} is no amount: it is from 0 to 1,000,000,000"))
        }
        (Number::Plain(_), None) => {
            Reading::ask(&codes::UNCLEAR_MONEY, "no currency is named, as in 2500 EUR", "", None)
        }
        _ => unclear(text, currency),
    }
}

/// What can't be read: where a sign of the header's own currency stands before a plain number, that is what is meant.
fn unclear(text: &str, currency: Option<&str>) -> Reading {
    let sign = match currency {
        Some("USD") => Some('$'),
        Some("EUR") => Some('€'),
        Some("GBP") => Some('£'),
        Some("JPY" | "CNY") => Some('¥'),
        _ => None,
    };
    let rest = sign.and_then(|sign| text.trim().strip_prefix(sign).or_else(|| text.trim().strip_suffix(sign)));
    let meant = rest
        .map(str::trim)
        .filter(|rest| matches!(number(rest), Number::Plain(value) if (0.0..=MOST).contains(&value)));
    Reading::ask(
        &codes::UNCLEAR_MONEY,
        "an amount is written as 2500 EUR, without signs and separators",
        meant.unwrap_or_default(),
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_a_number_and_a_currency_and_anything_else_is_asked_about() {
        for text in ["560 USD", "USD 560", "560 usd"] {
            assert_eq!(money(text, None).datum, Some(Datum::Money(560.0, "USD".into())), "{text}");
        }
        assert_eq!(money("560", Some("USD")).datum, Some(Datum::Money(560.0, "USD".into())));
        for text in ["560", "€2.500", "450/week", "2.500 EUR", "-5 EUR", "NaN", "1,200", "$450", "450 dollars a week"]
        {
            assert!(money(text, None).is_open(), "{text}");
        }
        assert_eq!(money("$450", Some("USD")).troubles[0].suggestion, "450");
        assert!(money("1,200", Some("USD")).is_open() && money("-100", Some("USD")).is_open());
    }
}
