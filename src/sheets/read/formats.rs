//! How a number is shown: as a number, a day, a share of a hundred, with a unit.

use crate::Value;
use jiff::civil::{Date, DateTime, Time, date};
use jiff::{Span, ToSpan};

/// How a number format shows numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// As a number.
    Number,
    /// As a day, a time of day, or both.
    Moment {
        /// Whether it shows the day.
        has_day: bool,
    },
    /// As hours that may be more than a day has.
    Elapsed,
    /// As hundredths.
    Percent,
    /// With letters or a currency around it, or with zeros before it.
    Dressed {
        /// What stands before it.
        before: String,
        /// What stands after it.
        after: String,
        /// How many digits at least.
        digits: usize,
    },
}

/// The format of a number that every workbook knows.
pub(super) fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Moment { has_day: true },
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Shown::Moment { has_day: false },
        46 => Shown::Elapsed,
        _ => Shown::Number,
    }
}

/// No program writes longer codes.
const LONGEST: usize = 1024;

/// What a format code says of positive numbers.
pub(super) fn parse(code: &str) -> Shown {
    if code.len() > LONGEST || code.get(..7).is_some_and(|begin| begin.eq_ignore_ascii_case("general")) {
        return Shown::Number;
    }
    let (mut before, mut after) = (String::new(), String::new());
    let (mut zeros, mut others, mut has_day, mut has_time) = (0_usize, 0_usize, false, false);
    let (mut is_elapsed, mut is_percent, mut is_power) = (false, false, false);
    let mut months = false;
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        let mut literal = |text: &str| if zeros + others == 0 { before.push_str(text) } else { after.push_str(text) };
        match letter {
            ';' => break,
            '"' => literal(&letters.by_ref().take_while(|letter| *letter != '"').collect::<String>()),
            '\\' => literal(&letters.next().map(String::from).unwrap_or_default()),
            '_' | '*' => drop(letters.next()),
            '[' => {
                let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                match inside.strip_prefix('$') {
                    Some(currency) => literal(currency.split('-').next().unwrap_or_default()),
                    None => {
                        is_elapsed |= matches!(inside.to_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss")
                    }
                }
            }
            '0' => zeros += 1,
            '#' | '?' | '.' | ',' | '/' => others += 1,
            '%' => is_percent = true,
            'E' | 'e' if zeros + others > 0 => is_power = true,
            'y' | 'Y' | 'd' | 'D' | 'e' | 'b' | 'B' | 'g' => has_day = true,
            'm' | 'M' => months = true,
            'h' | 'H' | 's' | 'S' => has_time = true,
            'A' | 'a' if letters.as_str().to_uppercase().starts_with("M/PM") => drop(letters.nth(3)),
            'A' | 'a' if letters.as_str().to_uppercase().starts_with("/P") => drop(letters.nth(1)),
            '@' => return Shown::Number,
            letter => literal(letter.encode_utf8(&mut [0; 4])),
        }
    }
    if is_elapsed {
        Shown::Elapsed
    } else if has_day || has_time || months {
        Shown::Moment { has_day: has_day || (months && !has_time) }
    } else if is_percent {
        Shown::Percent
    } else {
        let says =
            |text: &str| text.chars().any(|c| c.is_alphabetic() || c == '$' || !c.is_ascii() && !c.is_whitespace());
        let digits = if others == 0 { zeros } else { 0 };
        let is_dressed = !is_power && zeros + others > 0 && (digits > 1 || says(&before) || says(&after));
        if is_dressed { dressed(&before, &after, digits) } else { Shown::Number }
    }
}

fn dressed(before: &str, after: &str, digits: usize) -> Shown {
    Shown::Dressed {
        before: before.trim_start().to_owned(),
        after: after.trim_end().to_owned(),
        digits: digits.min(32),
    }
}

/// A number as every program shows it: with 15 digits, so that a sum of 4.1999999999999993 is the 4.2 that a person sees.
/// Whole numbers stay, because they may be ids.
pub(super) fn number(text: &str) -> Option<f64> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
    if text.len() <= 15 || number.fract() == 0.0 {
        return Some(number);
    }
    format!("{number:.14e}").parse().ok()
}

/// A number as it is shown.
pub(super) fn value(number: f64, shown: &Shown, is_1904: bool) -> Value {
    match shown {
        Shown::Number => Value::Number(number),
        Shown::Moment { has_day } => moment(number, *has_day, is_1904),
        Shown::Elapsed => elapsed(number),
        Shown::Percent => Value::Text(format!("{}%", hundredths(number))),
        Shown::Dressed { before, after, digits } => {
            let sign = if number < 0.0 { "-" } else { "" };
            Value::Text(format!("{sign}{before}{:0>digits$}{after}", number.abs().to_string()))
        }
    }
}

/// A hundred times a number, without what the product is off by.
pub(super) fn hundredths(number: f64) -> f64 {
    let product = number * 100.0;
    format!("{product:.12e}").parse().unwrap_or(product)
}

const SECONDS: f64 = 86_400.0;

/// The last day that spreadsheets know, 9999-12-31, counted from 1899-12-30.
const LAST: f64 = 2_958_465.0;

/// A day number. Below 1 (of 1900) there is no day; a time without a day is text, as a person sees it.
fn moment(number: f64, has_day: bool, is_1904: bool) -> Value {
    let whole = number.floor();
    let seconds = ((number - whole) * SECONDS).round();
    let (whole, seconds) = if seconds >= SECONDS { (whole + 1.0, 0.0) } else { (whole, seconds) };
    let time = midnight().checked_add(span(seconds)).unwrap_or(midnight());
    if !(0.0..=LAST).contains(&number) {
        return Value::Number(number);
    }
    let (epoch, days) = match whole {
        0.0 if !is_1904 || !has_day => {
            let day = if has_day { "1900-01-00 " } else { "" };
            return Value::Text(if has_day && seconds == 0.0 { day.trim().to_owned() } else { format!("{day}{time}") });
        }
        60.0 if !is_1904 => return Value::Text("1900-02-29".to_owned()),
        _ if is_1904 => (date(1904, 1, 1), whole),
        _ if whole < 60.0 => (date(1899, 12, 31), whole),
        _ => (date(1899, 12, 30), whole),
    };
    let day: Option<Date> = Span::new().try_days(days as i64).ok().and_then(|days| epoch.checked_add(days).ok());
    day.map_or(Value::Number(number), |day| Value::Moment(day.to_datetime(time)))
}

fn midnight() -> Time {
    Time::midnight()
}

fn span(seconds: f64) -> Span {
    (seconds as i64 % 86_400).seconds()
}

/// A length of time in days as hours, minutes and seconds.
pub(super) fn elapsed(number: f64) -> Value {
    let seconds = (number.abs() * SECONDS).round();
    if seconds > LAST * SECONDS {
        return Value::Number(number);
    }
    let (seconds, sign) = (seconds as u64, if number < 0.0 { "-" } else { "" });
    Value::Text(format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
}

/// A day or moment as ISO 8601 writes it; text if it is none.
pub(super) fn iso(text: &str) -> Value {
    let plain = text.trim_end_matches('Z');
    let moment = plain.parse::<DateTime>().ok().or_else(|| Some(plain.parse::<Date>().ok()?.to_datetime(midnight())));
    moment.map_or_else(|| Value::Text(text.to_owned()), Value::Moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Shown = Shown::Moment { has_day: true };
    const TIME: Shown = Shown::Moment { has_day: false };

    fn shown(number: f64, code: &str) -> String {
        value(number, &parse(code), false).shown()
    }

    #[test]
    fn codes_with_letters_of_the_calendar_are_days_or_times() {
        for code in [
            "yyyy-mm-dd",
            "d. mmm yy",
            "[$-409]mmmm d, yyyy;@",
            "mm/dd/yy\\ hh:mm",
            "mmm",
            "[$-F800]dddd, mmmm dd, yyyy",
        ] {
            assert_eq!(parse(code), DAY, "{code}");
        }
        for code in ["h:mm AM/PM", "hh:mm:ss", "mm:ss", "h:mm a/p"] {
            assert_eq!(parse(code), TIME, "{code}");
        }
        for code in [
            "General",
            "0",
            "0.00",
            "#,##0",
            "#,##0.00_);[Red](#,##0.00)",
            "0.00E+00",
            "# ?/?",
            "@",
            "",
            "[Red]0",
            "\"",
            "[",
        ] {
            assert_eq!(parse(code), Shown::Number, "{code}");
        }
    }

    #[test]
    fn a_number_is_what_a_person_sees() {
        for (number, code, expected) in [
            (0.8, "0%", "80%"),
            (0.805, "0%", "80.5%"),
            (0.07, "0.00%", "7%"),
            (418.0, "00000", "00418"),
            (18.0, "\"S\"000", "S018"),
            (560.0, "#,##0.00 \"USD\"", "560 USD"),
            (560.5, "[$€-407]#,##0.00", "€560.5"),
            (-3.0, "$#,##0", "-$3"),
            (40.0, "0\" h\"", "40 h"),
            (1.75, "[h]:mm", "42:00:00"),
            (46_536.0, "yyyy-mm-dd", "2027-05-29"),
            (0.5, "hh:mm", "12:00:00"),
            (46_536.25, "d.m.yy h:mm", "2027-05-29T06:00:00"),
        ] {
            assert_eq!(shown(number, code), expected, "{number} {code}");
        }
    }

    #[test]
    fn numbers_have_the_digits_that_are_shown_and_whole_ones_all() {
        for (text, expected) in [
            ("4.1999999999999993", Some(4.2)),
            ("0.30000000000000004", Some(0.3)),
            ("4.12345678901234", Some(4.123_456_789_012_34)),
            ("20275607739872937", Some(20_275_607_739_872_937.0)),
            ("1E400", None),
            ("NaN", None),
            ("4,2", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn days_are_counted_as_spreadsheets_count_them() {
        for (number, is_1904, expected) in [
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (60.0, false, "1900-02-29"),
            (61.0, false, "1900-03-01"),
            (0.0, false, "1900-01-00"),
            (2_958_465.0, false, "9999-12-31"),
            (0.0, true, "1904-01-01"),
            (45_074.0, true, "2027-05-29"),
            (45_073.999_999_9, true, "2027-05-29"),
        ] {
            assert_eq!(value(number, &DAY, is_1904).shown(), expected, "{number} {is_1904}");
        }
        for number in [-1.0, 2_958_466.0, 1e300, -1e300, -f64::MIN_POSITIVE] {
            assert_eq!(value(number, &DAY, false), Value::Number(number));
        }
    }

    #[test]
    fn moments_are_read_as_iso_writes_them() {
        assert_eq!(iso("2027-06-01").shown(), "2027-06-01");
        assert_eq!(iso("2027-06-01T09:30:00Z").shown(), "2027-06-01T09:30:00");
        assert_eq!(iso("2027-13-01"), Value::Text("2027-13-01".to_owned()));
    }
}
