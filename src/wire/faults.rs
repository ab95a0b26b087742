//! [`Faults`]: every fault of a request, gathered while it is read; and the readers of single fields.

use std::fmt::Display;

use rules::codes::{self, Code};
use rules::domain::{Country, Date, Language};
use rules::finding::{At, Finding, Severity};

/// Longest title or label, in bytes.
pub const MAX_NAME: usize = 200;
/// Longest free text, in bytes.
pub const MAX_TEXT: usize = 2_000;
/// Faults kept; the rest are only counted.
const KEPT: usize = 10_000;

/// Every fault of a request.
#[derive(Debug, Default)]
pub struct Faults {
    kept: Vec<Finding>,
    total: usize,
}

impl Faults {
    /// Adds a fault.
    pub fn add(&mut self, code: &'static Code, at: At, message: impl Into<String>) {
        self.total += 1;
        if self.kept.len() < KEPT {
            self.kept.push(Finding { code, severity: Severity::Error, field: at.to_string(), message: message.into() });
        }
    }

    /// How many there are, kept or not.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The faults kept, in the order of the request: at most 10 000.
    pub fn into_findings(self) -> Vec<Finding> {
        self.kept
    }

    /// The faults kept.
    pub fn findings(&self) -> &[Finding] {
        &self.kept
    }

    /// These faults and others.
    pub fn and(mut self, others: Self) -> Self {
        self.total += others.total;
        self.kept.extend(others.kept);
        self.kept.truncate(KEPT);
        self
    }

    /// The same faults, those whose field has another name told by that.
    pub fn renamed(mut self, name: impl Fn(&str) -> Option<String>) -> Self {
        for fault in &mut self.kept {
            if let Some(named) = name(&fault.field) {
                fault.field = named;
            }
        }
        self
    }

    /// Refuses a list that is too long; true where it is short enough to read on.
    pub fn count(&mut self, at: At, count: usize, limit: usize) -> bool {
        let fits = count <= limit;
        if !fits {
            self.add(&codes::TOO_MANY, at, format!("{count} entries, the limit is {limit}"));
        }
        fits
    }

    /// Reads a text for people.
    pub fn text(&mut self, at: At, text: String, longest: usize) -> String {
        if text.len() > longest {
            self.add(&codes::TEXT_TOO_LONG, at, format!("{} bytes, the limit is {longest}", text.len()));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.add(&codes::CONTROL_CHARACTER, at, "a control character");
        }
        text
    }

    /// Reads a date; an empty text is an absent one.
    pub fn date(&mut self, at: At, text: &str) -> Option<Date> {
        if text.is_empty() {
            return None;
        }
        let plain = text.len() == 10 && text.is_char_boundary(4) && text.as_bytes()[4] == b'-';
        let date = plain.then(|| text.parse::<Date>().ok()).flatten();
        if date.is_none() {
            self.add(&codes::MALFORMED_DATE, at, "not a day written as YYYY-MM-DD");
        }
        date
    }

    /// Reads a first and a last day and refuses them reversed.
    pub fn period(&mut self, (from, first): (At, &str), (until, last): (At, &str)) -> (Option<Date>, Option<Date>) {
        let days = (self.date(from, first), self.date(until, last));
        if let (Some(first), Some(last)) = days
            && last < first
        {
            self.add(&codes::REVERSED_DATES, until, format!("before {from}"));
        }
        days
    }

    /// Reads a country; an empty text is an absent one.
    pub fn country(&mut self, at: At, text: &str) -> Option<Country> {
        if text.is_empty() {
            return None;
        }
        let country = Country::parse(text);
        if country.is_none() {
            self.add(&codes::UNKNOWN_COUNTRY, at, "no ISO 3166-1 alpha-2 country");
        }
        country
    }

    /// Reads a language.
    pub fn language(&mut self, at: At, text: &str) -> Option<Language> {
        let language = Language::parse(text);
        if language.is_none() {
            self.add(&codes::UNKNOWN_LANGUAGE, at, "its first part is no ISO 639-1 or 639-3 code");
        }
        language
    }

    /// Reads a whole number within a range.
    pub fn whole(&mut self, at: At, value: i32, least: u32, most: u32) -> Option<u32> {
        let whole = u32::try_from(value).ok().filter(|v| (least..=most).contains(v));
        if whole.is_none() {
            self.add(&codes::OUT_OF_RANGE, at, format!("outside {least} to {most}"));
        }
        whole
    }

    /// Reads a decimal number with a reader that knows its range.
    pub fn decimal<T>(&mut self, at: At, value: f64, most: f64, read: fn(f64) -> Option<T>) -> Option<T> {
        let decimal = read(value);
        if decimal.is_none() {
            if value.is_finite() {
                self.add(&codes::OUT_OF_RANGE, at, format!("outside 0 to {most}"));
            } else {
                self.add(&codes::NOT_A_NUMBER, at, "not a finite number");
            }
        }
        decimal
    }

    /// Reads an enum number among `all`, whose numbers count from 1; 0 is an absent one.
    pub fn level<T: Copy>(&mut self, at: At, number: i32, all: &[T]) -> Option<T> {
        if number == 0 {
            return None;
        }
        let value = usize::try_from(number - 1).ok().and_then(|i| all.get(i)).copied();
        if value.is_none() {
            self.add(&codes::UNKNOWN_ENUM_VALUE, at, format!("number {number} has no meaning here"));
        }
        value
    }

    /// Reads an enum number that must be there.
    pub fn stated<T: Copy>(&mut self, at: At, number: i32, all: &[T]) -> Option<T> {
        if number == 0 {
            self.add(&codes::UNKNOWN_ENUM_VALUE, at, "not stated");
        }
        self.level(at, number, all)
    }

    /// Sorts entries by key and refuses two with the same key, naming the later one's place.
    pub fn distinct<T, K: Ord>(
        &mut self,
        at: At,
        mut entries: Vec<(usize, T)>,
        key: impl Fn(&T) -> K,
        what: impl Display,
    ) -> Vec<T> {
        entries.sort_by(|a, b| key(&a.1).cmp(&key(&b.1)).then(a.0.cmp(&b.0)));
        for two in entries.windows(2) {
            if key(&two[0].1) == key(&two[1].1) {
                self.add(&codes::DUPLICATE_ENTRY, at.index(two[1].0), format!("the same {what} as entry {}", two[0].0));
            }
        }
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}
