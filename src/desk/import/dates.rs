//! Days as people and spreadsheets write them.

use jiff::civil::{Date, DateTime, Time, date};
use rules::codes;

use super::reading::{Datum, Reading};

/// In which order a column writes day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// 31.12.2027.
    DayFirst,
    /// 12/31/2027.
    MonthFirst,
}

/// What a text says of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Day {
    /// Year, month, day.
    Iso(Date),
    /// The same with midnight, or with slashes.
    NearlyIso(Date),
    /// A time of day stands there too.
    WithTime(Date),
    /// The month is a word.
    Worded(Date),
    /// The month is a word and the year has two digits.
    WordedShort(Date),
    /// Three numbers that end with a year: the two readings that there are.
    Numbers {
        /// Day first.
        day_first: Option<Date>,
        /// Month first.
        month_first: Option<Date>,
        /// Whether points stand between them: then the day is first.
        has_points: bool,
        /// Whether the year has two digits.
        is_short: bool,
    },
    /// A spreadsheet's day number.
    Serial(Date),
    /// A day that no calendar has.
    Impossible,
    /// No day at all.
    None,
}

/// The range in which a number may be a spreadsheet's day: 1990 to 2099.
const SERIALS: std::ops::RangeInclusive<i64> = 32_874..=73_050;

/// The day of a spreadsheet's day number, by the calendar that begins with 1900.
pub(super) fn of_serial(serial: f64) -> Option<Date> {
    let whole = serial as i64;
    if serial.fract() != 0.0 || !SERIALS.contains(&whole) {
        return None;
    }
    date(1899, 12, 30).checked_add(jiff::Span::new().try_days(whole).ok()?).ok()
}

/// Reads a text as a day.
pub(super) fn day(text: &str) -> Day {
    if let Some(found) = iso(text) {
        return found;
    }
    let parts: Vec<&str> = text.split(['/', '.', '-']).map(str::trim).collect();
    if let [one, two, year] = parts[..]
        && [one, two, year].iter().all(|part| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit()))
        && one.len() <= 2
        && two.len() <= 2
    {
        return numbers(one, two, year, text.contains('.'));
    }
    if let Some(found) = worded(text) {
        return found;
    }
    if text.chars().all(|letter| letter.is_ascii_digit())
        && let Some(found) = text.parse().ok().and_then(of_serial)
    {
        return Day::Serial(found);
    }
    Day::None
}

fn iso(text: &str) -> Option<Day> {
    let (day, time) = match text.find(['T', ' ']) {
        Some(at) if text.is_char_boundary(at) => (&text[..at], Some(text[at + 1..].trim())),
        _ => (text, None),
    };
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [year, month, of_month] = parts[..] else { return None };
    let is_number =
        |part: &str, most: usize| !part.is_empty() && part.len() <= most && part.chars().all(|c| c.is_ascii_digit());
    if year.len() != 4 || !is_number(year, 4) || !is_number(month, 2) || !is_number(of_month, 2) {
        return None;
    }
    let Some(found) = made(year, month, of_month) else { return Some(Day::Impossible) };
    let is_exact = day.len() == 10 && day.as_bytes()[4] == b'-';
    match time {
        None if is_exact => Some(Day::Iso(found)),
        None => Some(Day::NearlyIso(found)),
        Some(time) => {
            let clock = time.trim_end_matches(['Z', 'z']);
            let clock = clock.split(['+']).next().unwrap_or_default();
            let is_midnight = !clock.is_empty() && clock.chars().all(|letter| matches!(letter, '0' | ':' | '.'));
            Some(if is_midnight { Day::NearlyIso(found) } else { Day::WithTime(found) })
        }
    }
}

fn made(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn numbers(one: &str, two: &str, year: &str, has_points: bool) -> Day {
    let is_short = year.len() == 2;
    let year = match year.len() {
        2 => format!("20{year}"),
        4 => year.to_owned(),
        _ => return Day::None,
    };
    let (day_first, month_first) = (made(&year, two, one), made(&year, one, two));
    if day_first.is_none() && month_first.is_none() {
        return Day::Impossible;
    }
    Day::Numbers { day_first, month_first, has_points, is_short }
}

/// The months, as people begin to write them in English, German, French and Spanish.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrz"],
    &["apr", "avr", "abr"],
    &["may", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "aoû", "aou", "ago"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

fn worded(text: &str) -> Option<Day> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split([' ', ',', '.', '-', '/', '\u{a0}'])
        .filter(|word| !word.is_empty() && *word != "de" && *word != "of")
        .collect();
    let [one, two, year] = words[..] else { return None };
    let month = |word: &str| {
        let is_word = word.chars().all(char::is_alphabetic);
        (1..)
            .zip(MONTHS)
            .find(|(_, starts)| is_word && starts.iter().any(|start| word.starts_with(start)))
            .map(|(at, _): (i8, _)| at)
    };
    let of_month = |word: &str| -> Option<i8> {
        ["st", "nd", "rd", "th"].iter().fold(word, |word, end| word.strip_suffix(end).unwrap_or(word)).parse().ok()
    };
    let (month, day) = match (month(one), month(two)) {
        (Some(month), None) => (month, of_month(two)?),
        (None, Some(month)) => (month, of_month(one)?),
        _ => return None,
    };
    let is_short = year.len() == 2;
    let year: i16 = if is_short { year.parse::<i16>().ok()?.checked_add(2_000)? } else { year.parse().ok()? };
    if !(1_900..=2_200).contains(&year) {
        return None;
    }
    Some(match Date::new(year, month, day) {
        Err(_) => Day::Impossible,
        Ok(found) if is_short => Day::WordedShort(found),
        Ok(found) => Day::Worded(found),
    })
}

/// How a column writes its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// Year first, or by cells that are days: three numbers otherwise are asked about.
    YearFirst,
    /// Three numbers, in an order that is known.
    Known(Order),
    /// Three numbers, and nothing says in which order.
    Unknown,
    /// Three numbers, some in one order and some in the other.
    Mixed,
}

/// Reads a text as a day of a column.
pub(super) fn read(text: &str, writing: Writing) -> Reading {
    let unclear = |why: &str, found: Option<Date>| {
        Reading::ask(&codes::UNCLEAR_DATE, why, found.map_or_else(String::new, |day| day.to_string()), None)
    };
    match day(text) {
        Day::Iso(found) => Reading::of(Datum::Date(found)),
        Day::NearlyIso(found) => Reading::by(&codes::DATE_REWRITTEN, format!("the day is {found}"), Datum::Date(found)),
        Day::Worded(found) => Reading::by(&codes::DATE_REWRITTEN, format!("the day is {found}"), Datum::Date(found)),
        Day::WithTime(found) => unclear("a time of day stands beside the day", Some(found)),
        Day::WordedShort(found) => unclear("the year has two digits", Some(found)),
        Day::Serial(found) => unclear("this may be a spreadsheet's day number", Some(found)),
        Day::Impossible => Reading::wrong(&codes::UNCLEAR_DATE, "the calendar has no such day"),
        Day::None => Reading::wrong(&codes::UNCLEAR_DATE, "this is no day"),
        Day::Numbers { day_first, month_first, has_points, is_short } => {
            let only = match (day_first, month_first) {
                (found, None) | (None, found) => found,
                (one, other) if one == other => one,
                (found, _) if has_points => found,
                _ => None,
            };
            if is_short {
                return unclear("the year has two digits", only);
            }
            match writing {
                Writing::Known(order) => {
                    let found = if order == Order::DayFirst { day_first } else { month_first };
                    match found {
                        Some(found) => {
                            let mut reading = Reading::of(Datum::Date(found));
                            reading.class = super::reading::Class::Normalised;
                            reading
                        }
                        None => unclear("day and month stand in another order than in the rest of the column", only),
                    }
                }
                Writing::Unknown => Reading::waiting(),
                Writing::YearFirst | Writing::Mixed if only.is_some() => {
                    unclear("the rest of the column writes days in another way", only)
                }
                Writing::YearFirst | Writing::Mixed => unclear("this may be two days: day or month first", None),
            }
        }
    }
}

/// Reads a cell that is a day by its format.
pub(super) fn of_moment(moment: DateTime) -> Reading {
    if moment.time() == Time::midnight() {
        return Reading::of(Datum::Date(moment.date()));
    }
    Reading::ask(&codes::UNCLEAR_DATE, "a time of day stands beside the day", moment.date().to_string(), None)
}

/// Reads a plain number in a column of days.
pub(super) fn of_number(number: f64) -> Reading {
    match of_serial(number) {
        Some(found) => {
            Reading::ask(&codes::UNCLEAR_DATE, "this may be a spreadsheet's day number", found.to_string(), None)
        }
        None => Reading::wrong(&codes::UNCLEAR_DATE, "this is a number and no day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_however_they_are_written() {
        let june = date(2027, 6, 1);
        assert_eq!(day("2027-06-01"), Day::Iso(june));
        for text in ["2027/6/1", "2027-06-01T00:00:00Z", "2027-06-01 00:00"] {
            assert_eq!(day(text), Day::NearlyIso(june), "{text}");
        }
        for text in
            ["1 June 2027", "June 1, 2027", "1. Juni 2027", "1-Jun-2027", "1st of June 2027", "1 de junio de 2027"]
        {
            assert_eq!(day(text), Day::Worded(june), "{text}");
        }
        assert_eq!(day("46618"), Day::Serial(date(2027, 8, 19)));
        for text in ["2027-06-31", "31/31/2027", "31 June 2027"] {
            assert_eq!(day(text), Day::Impossible, "{text}");
        }
        for text in ["summer", "", "1/2", "2027", "12345678901", "T", "-", "2027-06-01x"] {
            assert!(matches!(day(text), Day::None), "{text}: {:?}", day(text));
        }
    }

    #[test]
    fn two_possible_days_are_never_chosen_between() {
        assert!(read("05/06/2027", Writing::YearFirst).is_open());
        assert!(read("05/06/2027", Writing::Unknown).is_open());
        let known = read("05/06/2027", Writing::Known(Order::DayFirst));
        assert_eq!(known.datum, Some(Datum::Date(date(2027, 6, 5))));
        let only = read("15.06.2026", Writing::YearFirst);
        assert!(only.is_open());
        assert_eq!(only.troubles[0].suggestion, "2026-06-15");
    }
}
