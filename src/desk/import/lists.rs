//! Cells that hold a list: `;` between entries, `:` within an entry, and names that hold either in double quotes.

use rules::codes;
use rules::domain::{LanguageLevel, Proficiency};

use super::nations::{is_language, meant_language};
use super::numbers::{Number, number};
use super::reading::{Datum, Entry, Reading};
use super::text::{is_word_for_missing, on_one_line};
use crate::problem::Severity;

/// The entries of a list, each as its parts.
pub(crate) fn entries(text: &str) -> Vec<Vec<String>> {
    let (mut entries, mut parts) = (Vec::new(), Vec::new());
    for (piece, sign) in pieces(text, &[';', ':']) {
        parts.push(on_one_line(&piece));
        if sign != Some(':') {
            entries.push(std::mem::take(&mut parts));
        }
    }
    entries.retain(|parts| parts.iter().any(|part| !part.is_empty()));
    entries
}

/// What stands between signs, each piece with the sign after it. In double quotes a sign is none, and a quote stands twice.
fn pieces(text: &str, signs: &[char]) -> Vec<(String, Option<char>)> {
    let (mut pieces, mut piece, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                piece.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if piece.trim().is_empty() => is_quoted = true,
            sign if !is_quoted && signs.contains(&sign) => pieces.push((std::mem::take(&mut piece), Some(sign))),
            letter => piece.push(letter),
        }
    }
    pieces.push((piece, None));
    pieces
}

/// A name as a list holds it.
fn quoted(name: &str) -> String {
    if name.contains([';', ':', '"']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_owned() }
}

/// Entries as one cell holds them.
pub(super) fn joined(entries: &[Vec<String>]) -> String {
    let entry = |parts: &Vec<String>| parts.iter().map(|part| quoted(part)).collect::<Vec<_>>().join(":");
    entries.iter().map(entry).collect::<Vec<_>>().join(";")
}

/// Reads a list of plain texts.
pub(super) fn texts(text: &str) -> Reading {
    let all: Vec<String> = entries(text).into_iter().map(|parts| parts.join(":")).collect();
    if let Some(reading) = another_separator(text, all.len()) {
        return reading;
    }
    Reading::of(Datum::List(all))
}

/// What else people write between the entries of a list.
fn another_separator(text: &str, count: usize) -> Option<Reading> {
    // What stands in quotes is one name, whatever it holds.
    if count != 1 || text.trim_start().starts_with('"') {
        return None;
    }
    let separator = ['\n', '|', ','].into_iter().find(|&letter| text.trim().contains(letter))?;
    let parts: Vec<String> = text.split(separator).map(on_one_line).filter(|part| !part.is_empty()).collect();
    let name = match separator {
        '\n' => "line breaks stand",
        '|' => "a bar stands",
        _ => "a comma stands",
    };
    (parts.len() > 1).then(|| {
        Reading::ask(&codes::UNCLEAR_LIST, format!("{name} where ; is between entries"), parts.join(";"), None)
    })
}

/// What is gathered while a list is read: the entries, and the same list with its repairs.
struct Gathered {
    entries: Vec<Entry>,
    mended: Vec<Vec<String>>,
    /// What is wrong, and whether the repair is known.
    wrong: Vec<(String, bool)>,
    told: Vec<String>,
    code: &'static rules::codes::Code,
    waits: bool,
}

impl Gathered {
    fn new(code: &'static rules::codes::Code) -> Self {
        Self { entries: Vec::new(), mended: Vec::new(), wrong: Vec::new(), told: Vec::new(), code, waits: false }
    }

    fn reading(self) -> Reading {
        if self.wrong.is_empty() && self.waits {
            return Reading::waiting();
        }
        if self.wrong.is_empty() {
            let mut reading = Reading::of(Datum::Entries(self.entries));
            for told in self.told {
                reading.tell(&codes::UNCLEAR_LEVEL, Severity::Warning, told);
            }
            return reading;
        }
        let is_mended = self.wrong.iter().all(|(_, is_known)| *is_known);
        let why = self.wrong.into_iter().map(|(why, _)| why).collect::<Vec<_>>().join("; ");
        if is_mended {
            Reading::ask(self.code, why, joined(&self.mended), None)
        } else {
            Reading::wrong(self.code, why)
        }
    }
}

/// A level of a skill, from 1 to 5, or what is wrong with it.
fn skill_level(text: &str) -> Result<i32, String> {
    if let Some(level) = Proficiency::ALL.iter().find(|level| level.to_string().eq_ignore_ascii_case(text)) {
        return Ok(*level as i32);
    }
    match number(text) {
        Number::Plain(level) if level.fract() == 0.0 && (1.0..=5.0).contains(&level) => Ok(level as i32),
        Number::Plain(level) if level.fract() == 0.0 => Err(format!("{level} is no level: they go from 1 to 5")),
        Number::Plain(level) => Err(format!("no level lies at {level}")),
        _ => Err(format!("{text:?} is no level: they go from 1 to 5")),
    }
}

/// Reads what a student knows.
pub(super) fn skills_held(text: &str) -> Reading {
    let all = entries(text);
    if let Some(reading) = another_separator(text, all.len()) {
        return reading;
    }
    if let [only] = &all[..]
        && is_word_for_missing(&only.join(":"))
    {
        return Reading::ask(
            &codes::UNCLEAR_LIST,
            "a word for nothing stands in a list",
            "",
            Some(Datum::Entries(Vec::new())),
        );
    }
    let mut gathered = Gathered::new(&codes::UNCLEAR_LEVEL);
    for parts in all {
        let name = parts.first().cloned().unwrap_or_default();
        gathered.mended.push(parts.clone());
        if name.is_empty() || parts.len() > 2 {
            gathered.wrong.push((format!("{:?} is no name:level", parts.join(":")), false));
            continue;
        }
        let mut entry = Entry { name, ..Entry::default() };
        match parts.get(1).filter(|level| !level.is_empty()) {
            None => {
                gathered.told.push(format!("{} has no level: a rule that asks for one does not know it", entry.name))
            }
            Some(level) => match skill_level(level) {
                Ok(level) => entry.level = Some(level),
                Err(why) => gathered.wrong.push((why, false)),
            },
        }
        gathered.entries.push(entry);
    }
    gathered.reading()
}

/// Reads what a project asks for. `weighs`: the second part is a weight, as in a column whose numbers are decimals.
pub(super) fn skills_asked(text: &str, weighs: bool, commas: Option<bool>) -> Reading {
    let all = entries(text);
    if let Some(reading) = another_separator(text, all.len())
        && !(weighs && text.contains(','))
    {
        return reading;
    }
    if let [only] = &all[..]
        && is_word_for_missing(&only.join(":"))
    {
        return Reading::ask(
            &codes::UNCLEAR_LIST,
            "a word for nothing stands in a list",
            "",
            Some(Datum::Entries(Vec::new())),
        );
    }
    let mut gathered = Gathered::new(&codes::UNCLEAR_LEVEL);
    for parts in all {
        gathered.mended.push(parts.clone());
        let name = parts.first().cloned().unwrap_or_default();
        if name.is_empty() || parts.len() > 3 {
            gathered.wrong.push((format!("{:?} is no name:level", parts.join(":")), false));
            continue;
        }
        let mut entry = Entry { name, ..Entry::default() };
        let (level, weight) = match (parts.get(1), parts.get(2)) {
            (Some(second), None) if weighs => (None, Some(second)),
            (level, weight) => (level, weight),
        };
        if let Some(level) = level.filter(|level| !level.is_empty() && !level.eq_ignore_ascii_case("any")) {
            match skill_level(level) {
                Ok(level) => entry.level = Some(level),
                Err(why) => gathered.wrong.push((why, false)),
            }
        }
        if let Some(weight) = weight.filter(|weight| !weight.is_empty()) {
            take_weight(weight, commas, &mut entry, &mut gathered);
        }
        gathered.entries.push(entry);
    }
    gathered.reading()
}

fn take_weight(text: &str, commas: Option<bool>, entry: &mut Entry, gathered: &mut Gathered) {
    let weight = match (number(text), commas) {
        (Number::Plain(weight), _) | (Number::Comma(weight, _), Some(true)) => weight,
        (Number::Comma(..), None) => {
            gathered.waits = true;
            return;
        }
        _ => {
            gathered.wrong.push((format!("{text:?} is no weight: it is a number from 0"), false));
            return;
        }
    };
    if !(0.0..=1_000_000.0).contains(&weight) {
        gathered.wrong.push((format!("{text} is no weight: it is a number from 0 to 1,000,000"), false));
        return;
    }
    if weight == 0.0 {
        gathered.told.push(format!("{} weighs 0 and counts for nothing", entry.name));
    }
    entry.weight = Some(weight);
}

/// A level of a language, or what is wrong with it and what is most likely meant.
fn language_level(text: &str) -> Result<i32, (String, Option<&'static str>)> {
    if let Some(level) = LanguageLevel::ALL.iter().find(|level| level.to_string().eq_ignore_ascii_case(text)) {
        return Ok(*level as i32);
    }
    let is_native = ["mother tongue", "muttersprache", "native speaker", "langue maternelle", "l1"]
        .contains(&text.to_lowercase().as_str());
    Err((format!("{text:?} is no level: they are A1 to C2 and NATIVE"), is_native.then_some("NATIVE")))
}

/// Takes `German A2` and `Spanish (B2)` apart: the level is the last word.
fn split_words(parts: &mut Vec<String>, gathered: &mut Gathered) {
    let [only] = &parts[..] else { return };
    let bare = only.replace(['(', ')'], " ");
    let Some((name, level)) = bare.trim().rsplit_once(' ') else { return };
    let (name, level) = (name.trim().to_owned(), level.to_owned());
    if language_level(&level).is_ok() && (is_language(&name) || meant_language(&name).is_some()) {
        gathered.wrong.push((format!("{only:?} is written as code:level"), true));
        *parts = vec![name, level];
    }
}

/// The code of an entry's language, mended where that is known.
fn language_code(parts: &mut [String], gathered: &mut Gathered) -> String {
    let code = parts.first().cloned().unwrap_or_default();
    if is_language(&code) {
        return code;
    }
    let meant = meant_language(&code);
    gathered.code = &codes::UNKNOWN_CODE;
    gathered.wrong.push((format!("no language has the code {code:?}"), meant.is_some()));
    if let (Some(meant), Some(first)) = (meant, parts.first_mut()) {
        *first = meant;
    }
    code
}

/// The level of an entry, mended where that is known.
fn take_level(parts: &mut [String], at: usize, entry: &mut Entry, gathered: &mut Gathered) {
    let Some(text) = parts.get(at).cloned() else { return };
    match language_level(&text) {
        Ok(level) => entry.level = Some(level),
        Err((why, meant)) => {
            gathered.wrong.push((why, meant.is_some()));
            if let (Some(meant), Some(part)) = (meant, parts.get_mut(at)) {
                *part = meant.to_owned();
            }
        }
    }
}

/// Reads what a student speaks.
pub(super) fn languages_held(text: &str) -> Reading {
    let all = entries(text);
    if let Some(reading) = another_separator(text, all.len()) {
        return reading;
    }
    let mut gathered = Gathered::new(&codes::UNCLEAR_LEVEL);
    for mut parts in all {
        let mut entry = Entry::default();
        split_words(&mut parts, &mut gathered);
        entry.name = language_code(&mut parts, &mut gathered);
        for at in 1..parts.len() {
            let semesters = parts[at].to_lowercase();
            if let Some(count) = semesters.strip_suffix("semesters").or_else(|| semesters.strip_suffix("semester")) {
                match count.trim().parse() {
                    Ok(count) => entry.semesters = Some(count),
                    Err(_) => gathered.wrong.push((format!("{:?} is no number of semesters", parts[at]), false)),
                }
            } else if !parts[at].is_empty() {
                take_level(&mut parts, at, &mut entry, &mut gathered);
            }
        }
        if entry.level.is_none() && entry.semesters.is_none() && gathered.wrong.is_empty() {
            gathered.told.push(format!("{} has no level: a rule that asks for one does not know it", entry.name));
        }
        gathered.mended.push(parts);
        gathered.entries.push(entry);
    }
    gathered.reading()
}

/// Reads which languages are asked for.
pub(super) fn languages_asked(text: &str, commas: Option<bool>) -> Reading {
    let all = entries(text);
    if let Some(reading) = another_separator(text, all.len()) {
        return reading;
    }
    let mut gathered = Gathered::new(&codes::UNCLEAR_LEVEL);
    for mut parts in all {
        let mut entry = Entry::default();
        split_words(&mut parts, &mut gathered);
        entry.name = language_code(&mut parts, &mut gathered);
        match parts.get(1).map(String::as_str) {
            Some(level) if level.eq_ignore_ascii_case("any") => {}
            None | Some("") => {
                if is_language(&entry.name) {
                    gathered
                        .wrong
                        .push((format!("{} asks for no level; any level is written {0}:any", entry.name), true));
                }
                parts.resize(parts.len().max(2), String::new());
                parts[1] = "any".to_owned();
            }
            Some(_) => take_level(&mut parts, 1, &mut entry, &mut gathered),
        }
        if let Some(weight) = parts.get(2).filter(|weight| !weight.is_empty()) {
            take_weight(weight, commas, &mut entry, &mut gathered);
        }
        gathered.mended.push(parts);
        gathered.entries.push(entry);
    }
    gathered.reading()
}

/// Reads where levels of languages are known from.
pub(super) fn evidence(text: &str) -> Reading {
    let mut found = Vec::new();
    for parts in entries(text) {
        let name = parts.first().cloned().unwrap_or_default();
        if parts.len() < 2 || !is_language(&name) {
            return Reading::wrong(&codes::UNCLEAR_LIST, "this is no code:text");
        }
        found.push(Entry { name, evidence: parts[1..].join(":"), ..Entry::default() });
    }
    Reading::of(Datum::Entries(found))
}

/// Reads labels, each with its values.
pub(super) fn labels(text: &str) -> Reading {
    let (mut found, mut parts) = (Vec::new(), Vec::new());
    for (piece, sign) in pieces(text, &[';', '=', '|']) {
        parts.push((piece, sign));
        if sign != Some('=') && sign != Some('|') {
            let entry = std::mem::take(&mut parts);
            match label(&entry) {
                Some(label) => found.push(label),
                None if entry.iter().all(|(piece, _)| piece.trim().is_empty()) => {}
                None => {
                    let entry = on_one_line(&entry[0].0);
                    return Reading::wrong(&codes::UNCLEAR_LIST, format!("{entry:?} is no name=value"));
                }
            }
        }
    }
    Reading::of(Datum::Labels(found))
}

/// A name and its values; none where no `=` stands after the name.
fn label(pieces: &[(String, Option<char>)]) -> Option<(String, Vec<String>)> {
    let ((name, sign), rest) = pieces.split_first()?;
    let mut values = vec![String::new()];
    for (piece, sign) in rest {
        if let Some(value) = values.last_mut() {
            value.push_str(piece);
        }
        match sign {
            Some('|') => values.push(String::new()),
            // Only the first one stands after a name.
            Some('=') => values.last_mut()?.push('='),
            _ => {}
        }
    }
    (*sign == Some('=')).then(|| (on_one_line(name), values.iter().map(|value| on_one_line(value)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(reading: &Reading) -> &str {
        assert!(reading.is_open());
        &reading.troubles[0].suggestion
    }

    #[test]
    fn names_that_hold_the_signs_of_lists_stand_in_quotes() {
        let read = entries(r#" Python:3 ;"a;b:c ""d""":2; C++ "#);
        assert_eq!(read, [vec!["Python", "3"], vec![r#"a;b:c "d""#, "2"], vec!["C++"]]);
        assert_eq!(entries(&joined(&read)), read);
    }

    #[test]
    fn labels_have_a_name_and_values_and_signs_in_quotes_are_none() {
        let read = labels(r#"club==1|"a|b;c"; "x=y"=z;"#).datum;
        let label =
            |name: &str, values: &[&str]| (name.to_owned(), values.iter().map(|&value| value.to_owned()).collect());
        assert_eq!(read, Some(Datum::Labels(vec![label("club", &["=1", "a|b;c"]), label("x=y", &["z"])])));
        assert!(labels("club").is_open() && labels("a|b").is_open() && !labels("a=").is_open());
    }

    #[test]
    fn a_list_of_one_name_in_quotes_is_not_asked_about() {
        assert!(texts("Physics, introduction").is_open());
        assert_eq!(
            texts("\"Physics, introduction\"").datum,
            Some(Datum::List(vec!["Physics, introduction".to_owned()]))
        );
    }

    #[test]
    fn levels_out_of_range_or_between_are_never_rounded() {
        for text in ["Kubernetes:9", "R:3.5", "React:advanced", "Go:-1", ":3", "a:b:c"] {
            assert!(skills_held(text).is_open(), "{text}");
        }
        let read = skills_held("Google Cloud:expert;C:");
        assert_eq!(
            read.datum,
            Some(Datum::Entries(vec![
                Entry { name: "Google Cloud".into(), level: Some(5), ..Entry::default() },
                Entry { name: "C".into(), ..Entry::default() },
            ]))
        );
        assert_eq!(read.troubles[0].severity, Severity::Warning);
    }

    #[test]
    fn repairs_are_proposed_for_the_whole_cell() {
        assert_eq!(suggestion(&languages_held("cs:NATIVE;jp:B1")), "cs:NATIVE;ja:B1");
        assert_eq!(suggestion(&languages_held("English:B2")), "en:B2");
        assert_eq!(suggestion(&languages_held("German A2;Spanish (B2)")), "de:A2;es:B2");
        assert_eq!(suggestion(&languages_held("en:fluent")), "");
        assert_eq!(suggestion(&languages_asked("en", None)), "en:any");
        assert_eq!(suggestion(&skills_held("Rust:1\nSQL:1")), "Rust:1;SQL:1");
        assert_eq!(suggestion(&skills_asked("Rust:1, SQL:1", false, None)), "Rust:1;SQL:1");
    }

    #[test]
    fn a_weight_is_a_decimal_and_a_comma_in_it_waits_for_the_answer_about_the_column() {
        assert!(skills_asked("Python:0,38;Go:0,62", true, None).is_open());
        let read = skills_asked("Python:0,38", true, Some(true));
        let expected = Entry { name: "Python".into(), weight: Some(0.38), ..Entry::default() };
        assert_eq!(read.datum, Some(Datum::Entries(vec![expected])));
        for text in ["LLVM:-0.5", "LLVM:abc", "LLVM:NaN"] {
            assert!(skills_asked(text, true, Some(true)).is_open(), "{text}");
        }
    }

    #[test]
    fn semesters_and_levels_of_languages_are_both_read() {
        let Some(Datum::Entries(read)) = languages_held("ja:B1:4 semesters;de:2 Semester").datum else { panic!() };
        assert_eq!((read[0].level, read[0].semesters, read[1].semesters), (Some(3), Some(4), Some(2)));
    }
}
