//! [`Reading`]: what became of one cell.

use jiff::civil::Date;
use rules::codes::Code;

use crate::problem::Severity;

/// What a cell says, once it is read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    /// An id, a text, a word, a code.
    Text(String),
    /// Ids, texts, words, codes.
    List(Vec<String>),
    /// A number.
    Number(f64),
    /// A whole number.
    Whole(i64),
    /// Whole numbers.
    Wholes(Vec<i64>),
    /// True or false.
    Flag(bool),
    /// A day.
    Date(Date),
    /// Skills or languages.
    Entries(Vec<Entry>),
    /// An amount and its currency.
    Money(f64, String),
    /// Names, each with some values.
    Labels(Vec<(String, Vec<String>)>),
}

/// One entry of a list of skills or languages.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Entry {
    /// The skill, or the language's code.
    pub name: String,
    /// Its level, as the message counts them.
    pub level: Option<i32>,
    /// Its share in the points.
    pub weight: Option<f64>,
    /// Semesters studied.
    pub semesters: Option<i32>,
    /// Where the level is known from.
    pub evidence: String,
}

/// How a cell ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Read as it stands.
    Verbatim,
    /// Read by a named rule that can't change what is meant.
    Normalised,
    /// A repair waits for a person.
    Proposed,
    /// It can't be read, or was left out.
    Rejected,
    /// Nobody reads it.
    Ignored,
}

/// One thing to tell about a cell.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    pub code: &'static Code,
    pub severity: Severity,
    pub problem: String,
    pub suggestion: String,
}

/// What became of one cell.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// What it says; none where it is blank, or where it waits for a decision.
    pub datum: Option<Datum>,
    /// What it says if a person keeps it as it is, where it can be kept.
    pub kept: Option<Datum>,
    /// How it ended.
    pub class: Class,
    /// What to tell.
    pub troubles: Vec<Trouble>,
}

impl Reading {
    /// Read as it stands.
    pub fn of(datum: Datum) -> Self {
        Self { datum: Some(datum), kept: None, class: Class::Verbatim, troubles: Vec::new() }
    }

    /// Nothing stands there.
    pub fn blank() -> Self {
        Self { datum: None, kept: None, class: Class::Verbatim, troubles: Vec::new() }
    }

    /// Read by a rule that can't change what is meant.
    pub fn by(code: &'static Code, rule: impl Into<String>, datum: Datum) -> Self {
        let mut reading = Self::of(datum);
        reading.note(code, rule);
        reading
    }

    /// A repair is proposed; where it may stay as it is, that is `kept`.
    pub fn ask(
        code: &'static Code,
        problem: impl Into<String>,
        suggestion: impl Into<String>,
        kept: Option<Datum>,
    ) -> Self {
        let trouble = Trouble { code, severity: Severity::Ask, problem: problem.into(), suggestion: suggestion.into() };
        Self { datum: None, kept, class: Class::Proposed, troubles: vec![trouble] }
    }

    /// It can't be read, and no repair is known.
    pub fn wrong(code: &'static Code, problem: impl Into<String>) -> Self {
        let trouble = Trouble { code, severity: Severity::Error, problem: problem.into(), suggestion: String::new() };
        Self { datum: None, kept: None, class: Class::Rejected, troubles: vec![trouble] }
    }

    /// It waits for the answer to its column's question, which tells of it.
    pub fn waiting() -> Self {
        Self { datum: None, kept: None, class: Class::Proposed, troubles: Vec::new() }
    }

    /// The same, and a rule is named.
    pub fn note(&mut self, code: &'static Code, rule: impl Into<String>) {
        self.class = self.class.max(Class::Normalised);
        self.tell(code, Severity::Note, rule);
    }

    /// The same, and a person should look.
    pub fn tell(&mut self, code: &'static Code, severity: Severity, problem: impl Into<String>) {
        self.troubles.push(Trouble { code, severity, problem: problem.into(), suggestion: String::new() });
    }

    /// Whether it waits for a person.
    pub fn is_open(&self) -> bool {
        matches!(self.class, Class::Proposed | Class::Rejected)
    }
}
