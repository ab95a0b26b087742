//! One cell, read as its column says.

use rules::codes;
use rules::domain::is_invisible;
use sheets::{Cell, Value};

use super::dates::{self, Writing};
use super::lists;
use super::money::money;
use super::nations::{country, is_language, meant_language};
use super::numbers;
use super::reading::{Datum, Reading};
use super::text::{is_error, is_word_for_missing, on_one_line, trimmed};
use super::words;
use crate::columns::{Blank, Kind};
use crate::problem::Severity;

/// What is known of a column before its cells are read.
#[derive(Debug, Clone)]
pub(super) struct About<'a> {
    pub kind: Kind,
    pub blank: Blank,
    /// Whether most rows fill it.
    pub is_mostly_filled: bool,
    /// Whether ids with a space after them are the rule.
    pub trailing_is_usual: bool,
    pub writing: Writing,
    /// Whether commas stand before decimals; none where that is asked.
    pub commas: Option<bool>,
    /// Whether the numbers of a list are weights.
    pub weighs: bool,
    /// The currency of the header.
    pub currency: Option<&'a str>,
    /// Words, and what to take instead.
    pub words: Option<&'a std::collections::BTreeMap<String, String>>,
}

/// Reads what stands in a cell; `covering` is what the cell holds that covers it.
pub(super) fn read(cell: &Cell, covering: Option<&str>, about: &About) -> Reading {
    if let Some(covering) = covering {
        let kept = (about.blank != Blank::Missing).then(|| Datum::List(Vec::new()));
        let mut reading = Reading::ask(
            &codes::MERGED_CELL,
            "the cell is merged with another one, which holds the value",
            covering,
            None,
        );
        reading.kept = kept;
        return reading;
    }
    let Some(formula) = &cell.formula else { return value(cell.value.as_ref(), about) };
    let cached = cell.value.as_ref().map(Value::shown).unwrap_or_default();
    if cached.is_empty() {
        return Reading::wrong(
            &codes::FORMULA,
            format!("nobody has calculated the formula {}", super::text::shortened(formula)),
        );
    }
    let inner = value(cell.value.as_ref(), about);
    if inner.is_open() {
        return inner;
    }
    let why = format!(
        "a formula stands here, and {} is what it gave when the file was saved",
        super::text::shortened(&cached)
    );
    Reading::ask(&codes::FORMULA, why, cached, inner.datum)
}

fn value(value: Option<&Value>, about: &About) -> Reading {
    let kind = about.kind;
    match value {
        None => blank(about),
        Some(Value::Text(text)) => text_of(text, about),
        Some(Value::Failed(_)) => Reading::wrong(&codes::ERROR_VALUE, "a formula failed here"),
        Some(Value::Undecoded(_)) => {
            Reading::wrong(&codes::NOT_TEXT, "some bytes here are no letters in the file's encoding")
        }
        Some(Value::Boolean(is_true)) => match kind {
            Kind::Flag => Reading::of(Datum::Flag(*is_true)),
            _ => Reading::ask(&codes::TYPE_CHANGED, "a true-or-false cell stands here", "", None),
        },
        Some(Value::Moment(moment)) => match kind {
            Kind::Date => dates::of_moment(*moment),
            _ => {
                let short = format!("{}-{}", moment.month(), moment.day());
                let meant = if matches!(kind, Kind::Text(_) | Kind::Tags | Kind::Key | Kind::Reference(_)) {
                    short
                } else {
                    String::new()
                };
                Reading::ask(&codes::TYPE_CHANGED, "the spreadsheet took this for a day", meant, None)
            }
        },
        Some(Value::Number(number)) => of_number(*number, about),
    }
}

fn of_number(number: f64, about: &About) -> Reading {
    let shown = Value::Number(number).shown();
    let digits = shown.chars().filter(char::is_ascii_digit).count();
    match about.kind {
        Kind::Date => dates::of_number(number),
        Kind::Key | Kind::Reference(_) | Kind::References(_)
            if digits > 15 || number.fract() != 0.0 || number < 0.0 =>
        {
            Reading::ask(
                &codes::ID_CHANGED,
                "a number cell holds no more than 15 digits of an id, and no fractions",
                "",
                None,
            )
        }
        Kind::Text(_) | Kind::Tags | Kind::SkillNames | Kind::Skill if number.fract() != 0.0 => {
            let mut reading = text_of(&shown, about);
            reading.tell(
                &codes::TYPE_CHANGED,
                Severity::Warning,
                "a number cell stands here; zeros at its end are lost",
            );
            reading
        }
        _ => text_of(&shown, about),
    }
}

fn blank(about: &About) -> Reading {
    let mut reading = Reading::blank();
    match about.blank {
        Blank::Missing if about.kind == Kind::Key => return Reading::waiting(),
        Blank::Missing => {
            return Reading::wrong(&codes::MISSING_VALUE, "nothing stands here, and there is no row without it");
        }
        Blank::Asked if about.is_mostly_filled => {
            let why =
                "nothing stands here: not known, none, or no limit; write a number or unlimited, or keep it blank";
            return Reading::ask(&codes::MISSING_VALUE, why, "", Some(Datum::List(Vec::new())));
        }
        Blank::Told if about.is_mostly_filled => {
            reading.tell(&codes::MISSING_VALUE, Severity::Warning, "nothing stands here, and a rule may ask for it");
        }
        _ => {}
    }
    reading
}

fn text_of(raw: &str, about: &About) -> Reading {
    let text = trimmed(raw);
    if text.is_empty() {
        return blank(about);
    }
    let is_spaced = text.len() < raw.len();
    if is_error(text) {
        return Reading::wrong(&codes::ERROR_VALUE, "a formula failed here");
    }
    let is_name = matches!(about.kind, Kind::Text(_) | Kind::Tags);
    if !is_name && text.chars().any(|letter| is_invisible(letter) && !letter.is_whitespace()) {
        let clean: String = text.chars().filter(|letter| !is_invisible(*letter) || letter.is_whitespace()).collect();
        return Reading::ask(&codes::INVISIBLE_CHARACTER, "a character that nobody sees stands here", clean, None);
    }
    let mapped = about.words.map(|words| with_words(text, words));
    let mut reading = of_kind(mapped.as_deref().unwrap_or(text), about);
    if about.kind == Kind::Key && raw.ends_with(char::is_whitespace) && !about.trailing_is_usual && !reading.is_open() {
        return Reading::ask(
            &codes::SPACES_REMOVED,
            "a space stands after the id, and after few others",
            text,
            reading.datum,
        );
    }
    if is_spaced && !reading.is_open() {
        reading.note(&codes::SPACES_REMOVED, "spaces around it are left out");
    }
    reading
}

/// A text with the words of the mapping taken instead: the whole of it, or the names of its list.
fn with_words(text: &str, words: &std::collections::BTreeMap<String, String>) -> String {
    let taken = |word: &str| words.get(word).cloned();
    if let Some(taken) = taken(text) {
        return taken;
    }
    let mut entries = lists::entries(text);
    let mut is_changed = false;
    for part in entries.iter_mut().flatten() {
        if let Some(other) = taken(part) {
            *part = other;
            is_changed = true;
        }
    }
    if is_changed { lists::joined(&entries) } else { text.to_owned() }
}

fn of_kind(text: &str, about: &About) -> Reading {
    let plain = || Datum::Text(text.to_owned());
    match about.kind {
        Kind::Key | Kind::Reference(_) => id(text),
        Kind::References(_) | Kind::SkillNames => lists::texts(text),
        Kind::Tags => lists::texts(text),
        Kind::Text(_) => {
            let mut reading = Reading::of(plain());
            if is_word_for_missing(text) {
                reading.tell(
                    &codes::WORD_FOR_MISSING,
                    Severity::Warning,
                    "this reads like a word for nothing; it is kept as text",
                );
            }
            reading
        }
        Kind::Skill => Reading::of(plain()),
        Kind::Word(known) => words::word(text, known),
        Kind::Words(known) => all_of(
            text,
            |part| words::known(part, known).map_err(|meant| meant.map(str::to_owned)),
            &words::one_of(known),
            &codes::UNKNOWN_WORD,
        ),
        Kind::Country => country(text),
        Kind::Countries => countries(text),
        Kind::Whole(least, most) => numbers::whole(text, (least, most)),
        Kind::Limit(..) if words::is_no_limit(text) => Reading::of(Datum::List(Vec::new())),
        Kind::Limit(least, most) => numbers::whole(text, (least, most)),
        Kind::Wholes(least, most) => wholes(text, (least, most)),
        Kind::Decimal(least, most) => {
            if about.blank == Blank::Told && is_word_for_missing(text) {
                let mut reading = Reading::blank();
                reading.note(&codes::WORD_FOR_MISSING, "a word for: not known");
                return reading;
            }
            numbers::decimal(text, (least, most), about.commas)
        }
        Kind::Flag => words::flag(text),
        Kind::Date if about.blank == Blank::Told && is_word_for_missing(text) => Reading::ask(
            &codes::WORD_FOR_MISSING,
            "this reads like a word for nothing; blank leaves it unset",
            "",
            None,
        ),
        Kind::Date => dates::read(text, about.writing),
        Kind::SkillsHeld => lists::skills_held(text),
        Kind::SkillsAsked => lists::skills_asked(text, about.weighs, about.commas),
        Kind::LanguagesHeld => lists::languages_held(text),
        Kind::LanguagesAsked => lists::languages_asked(text, about.commas),
        Kind::Evidence => lists::evidence(text),
        Kind::Money => money(text, about.currency),
        Kind::Labels => lists::labels(text),
    }
}

/// Reads an id: what a spreadsheet does to long numbers is asked about.
fn id(text: &str) -> Reading {
    let is_power = text.contains(['E', 'e'])
        && text.starts_with(|letter: char| letter.is_ascii_digit())
        && text.contains('+')
        && text.parse::<f64>().is_ok();
    if is_power {
        return Reading::ask(&codes::ID_CHANGED, "a spreadsheet wrote the id as a power of ten", "", None);
    }
    let mut reading = Reading::of(Datum::Text(text.to_owned()));
    if text.contains(char::is_whitespace) && text != on_one_line(text) {
        reading = Reading::ask(
            &codes::INVISIBLE_CHARACTER,
            "line breaks or several spaces stand in the id",
            on_one_line(text),
            None,
        );
    }
    reading
}

fn countries(text: &str) -> Reading {
    let read = |part: &str| match country(part) {
        Reading { datum: Some(Datum::Text(code)), .. } => Ok(code),
        _ => Err(super::nations::meant_country(part)),
    };
    all_of(text, read, "no country has this code", &codes::UNKNOWN_CODE)
}

/// Reads every entry of a list; where all that are wrong have a repair, it is proposed for the whole cell.
fn all_of<T: Into<String>>(
    text: &str,
    read: impl Fn(&str) -> Result<T, Option<String>>,
    why: &str,
    code: &'static codes::Code,
) -> Reading {
    let all: Vec<String> = lists::entries(text).into_iter().map(|parts| parts.join(":")).collect();
    let (mut good, mut mended, mut wrong, mut is_known) = (Vec::new(), Vec::new(), Vec::new(), true);
    for part in &all {
        match read(part) {
            Ok(found) => {
                good.push(found.into());
                mended.push(part.clone());
            }
            Err(meant) => {
                wrong.push(part.clone());
                is_known &= meant.is_some();
                mended.push(meant.unwrap_or_else(|| part.clone()));
            }
        }
    }
    if wrong.is_empty() {
        return Reading::of(Datum::List(good));
    }
    if let Some(reading) = comma_list(text, all.len(), &read) {
        return reading;
    }
    let why = format!("{why}: {}", wrong.join(", "));
    if is_known { Reading::ask(code, why, mended.join(";"), None) } else { Reading::wrong(code, why) }
}

/// A list with another separator, where each entry would be right.
fn comma_list<T>(text: &str, count: usize, read: &impl Fn(&str) -> Result<T, Option<String>>) -> Option<Reading> {
    let parts: Vec<&str> = text.split([',', '\n', '|', '/']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let is_list = count == 1 && parts.len() > 1 && parts.iter().all(|part| read(part).is_ok());
    is_list.then(|| {
        Reading::ask(&codes::UNCLEAR_LIST, "another sign than ; stands between entries", parts.join(";"), None)
    })
}

fn wholes(text: &str, range: (i64, i64)) -> Reading {
    let mut all = Vec::new();
    for parts in lists::entries(text) {
        match numbers::whole(&parts.join(":"), range) {
            Reading { datum: Some(Datum::Whole(number)), .. } => all.push(number),
            reading => return reading,
        }
    }
    Reading::of(Datum::Wholes(all))
}

/// Whether a text could be a cell of this kind, and of hardly any other: how a column without a known header is recognised.
pub(super) fn is_typical(text: &str, kind: Kind) -> bool {
    let text = trimmed(text);
    match kind {
        Kind::Date => !matches!(dates::day(text), dates::Day::None | dates::Day::Serial(_) | dates::Day::Impossible),
        Kind::Flag => !words::flag(text).is_open() && text.parse::<f64>().is_err(),
        Kind::Country => country(text).datum.is_some(),
        Kind::Word(known) => words::known(text, known).is_ok(),
        Kind::Words(known) => lists::entries(text).iter().all(|parts| words::known(&parts.join(":"), known).is_ok()),
        Kind::Countries => countries(text).datum.is_some(),
        Kind::SkillsHeld => text.contains(':') && lists::skills_held(text).datum.is_some() && !is_languages(text),
        Kind::SkillsAsked => {
            text.contains(':') && lists::skills_asked(text, false, Some(false)).datum.is_some() && !is_languages(text)
        }
        Kind::LanguagesHeld | Kind::LanguagesAsked => text.contains(':') && is_languages(text),
        Kind::Limit(..) if words::is_no_limit(text) => true,
        Kind::Whole(least, most) | Kind::Limit(least, most) => numbers::whole(text, (least, most)).datum.is_some(),
        Kind::Decimal(least, most) => numbers::decimal(text, (least, most), Some(true)).datum.is_some(),
        Kind::Money => money(text, None).datum.is_some(),
        _ => false,
    }
}

fn is_languages(text: &str) -> bool {
    lists::entries(text)
        .iter()
        .all(|parts| parts.first().is_some_and(|code| is_language(code) || meant_language(code).is_some()))
}
