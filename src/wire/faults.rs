//! [`Faults`]: every fault of a request, gathered while it is read; and the readers of single fields.

use std::collections::HashMap;
use std::fmt::{Debug, Display};

use rules::codes::{self, Code};
use rules::domain::{Country, Date, Language};
use rules::finding::{At, Finding, Severity, grouped};

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
    /// By place of a row: the ids of students in whose rows there are faults.
    students: HashMap<u32, String>,
}

impl From<Vec<Finding>> for Faults {
    fn from(mut kept: Vec<Finding>) -> Self {
        let total = kept.len();
        kept.truncate(KEPT);
        Self { kept, total, students: HashMap::new() }
    }
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
        self.students.extend(others.students);
        self
    }

    /// Says in which row each fault stands, by the ids of rows at places of lists. That of a student is kept apart: no status quotes it.
    pub fn name_rows(&mut self, ids: &HashMap<(&'static str, u32), &str>) {
        for fault in &mut self.kept {
            let Some((list, place)) = row(&fault.field) else { continue };
            let Some(&id) = ids.get(&(list, place)) else { continue };
            if list == "students" {
                self.students.insert(place, id.to_owned());
            } else {
                fault.message = in_row(&fault.message, id);
            }
        }
    }

    /// The message of a fault with the id of the student in whose row it stands: for the terminal of whoever sent it, and nowhere else.
    pub fn message_with_student(&self, fault: &Finding) -> String {
        let student =
            row(&fault.field).and_then(|(list, place)| self.students.get(&place).filter(|_| list == "students"));
        student.map_or_else(|| fault.message.clone(), |id| in_row(&fault.message, id))
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
            self.add(&codes::TOO_MANY, at, at_most(count, "entry", "entries", limit));
        }
        fits
    }

    /// Reads a text for people.
    pub fn text(&mut self, at: At, text: String, longest: usize) -> String {
        if text.len() > longest {
            self.add(&codes::TEXT_TOO_LONG, at, at_most(text.len(), "byte", "bytes", longest));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.add(&codes::CONTROL_CHARACTER, at, "it holds a control character");
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
            self.add(&codes::MALFORMED_DATE, at, format!("{} is no day written as YYYY-MM-DD", it(at, &text)));
        }
        date
    }

    /// Reads a first and a last day and refuses them reversed.
    pub fn period(&mut self, (from, first): (At, &str), (until, last): (At, &str)) -> (Option<Date>, Option<Date>) {
        let days = (self.date(from, first), self.date(until, last));
        if let (Some(first), Some(last)) = days
            && last < first
        {
            self.add(&codes::REVERSED_DATES, until, format!("it is before {from}"));
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
            self.add(&codes::UNKNOWN_COUNTRY, at, format!("{} is no ISO 3166-1 alpha-2 code", it(at, &text)));
        }
        country
    }

    /// Reads a language.
    pub fn language(&mut self, at: At, text: &str) -> Option<Language> {
        let language = Language::parse(text);
        if language.is_none() {
            self.add(&codes::UNKNOWN_LANGUAGE, at, format!("{} begins with no ISO 639-1 or 639-3 code", it(at, &text)));
        }
        language
    }

    /// Reads a whole number within a range that 32 bits may not hold.
    pub fn wide(&mut self, at: At, value: i64, most: i64) -> Option<i64> {
        let is_in = (0..=most).contains(&value);
        if !is_in {
            self.add(&codes::OUT_OF_RANGE, at, outside(at, grouped(value), 0, grouped(most)));
        }
        is_in.then_some(value)
    }

    /// Reads a whole number within a range.
    pub fn whole(&mut self, at: At, value: i32, least: u32, most: u32) -> Option<u32> {
        let whole = u32::try_from(value).ok().filter(|v| (least..=most).contains(v));
        if whole.is_none() {
            self.add(&codes::OUT_OF_RANGE, at, outside(at, grouped(value), grouped(least), grouped(most)));
        }
        whole
    }

    /// Reads a decimal number with a reader that knows its range.
    pub fn decimal<T>(&mut self, at: At, value: f64, most: f64, read: fn(f64) -> Option<T>) -> Option<T> {
        let decimal = read(value);
        if decimal.is_none() {
            if value.is_finite() {
                self.add(&codes::OUT_OF_RANGE, at, outside(at, value, 0, grouped(most as i64)));
            } else {
                self.add(&codes::NOT_A_NUMBER, at, "it is not a finite number");
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
            self.add(&codes::UNKNOWN_ENUM_VALUE, at, format!("{number} stands for none of the values"));
        }
        value
    }

    /// Reads an enum number that must be there.
    pub fn stated<T: Copy>(&mut self, at: At, number: i32, all: &[T]) -> Option<T> {
        if number == 0 {
            self.add(&codes::UNKNOWN_ENUM_VALUE, at, "it is not stated");
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
                self.add(
                    &codes::DUPLICATE_ENTRY,
                    at.index(two[1].0),
                    format!("entry {} has the same {what}", two[0].0),
                );
            }
        }
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// A value as people write it, where it may be quoted; else `it`.
fn it(at: At, value: &impl Debug) -> String {
    const MOST: usize = 60;
    if !at.may_be_quoted() {
        return "it".to_owned();
    }
    let text = format!("{value:?}");
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain("…".chars()).collect() }
}

/// What is said of a number that is out of its range.
pub(super) fn outside(at: At, value: impl Display, least: impl Display, most: impl Display) -> String {
    if at.may_be_quoted() {
        format!("{value}; {least} to {most} is allowed")
    } else {
        format!("it is out of range; {least} to {most} is allowed")
    }
}

/// What is said of more than there may be.
fn at_most(count: usize, one: &str, many: &str, limit: usize) -> String {
    let number = |count: usize| grouped(count as i64);
    let what = if count == 1 { one } else { many };
    let verb = if limit == 1 { "is" } else { "are" };
    format!("{} {what}; at most {} {verb} allowed", number(count), number(limit))
}

/// The list of the instance and the place in it that a path leads through.
fn row(field: &str) -> Option<(&str, u32)> {
    let (list, rest) = field.strip_prefix("instance.")?.split_once('[')?;
    Some((list, rest.split_once(']')?.0.parse().ok()?))
}

fn in_row(message: &str, id: &str) -> String {
    format!("{message} (in the row of {id})")
}
