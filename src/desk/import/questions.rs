//! What is asked once about a whole column, a table or a header.

use rules::codes;
use rules::finding::counted;
use sheets::{Place, Sheet};

use super::cell::is_typical;
use super::dates::{Day, Order, Writing, day};
use super::gather::Gather;
use super::mapping::{Answer, Mapping, Question};
use super::reading::Datum;
use super::records::{Prepared, kind_of, surveys};
use super::season::Rows;
use super::survey::Survey;
use super::tables::{Found, Meaning};
use super::text::{on_one_line, trimmed};
use crate::columns::{Blank, Column, Kind, header_form};
use crate::problem::Severity;

/// What was answered about tables as a whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    /// Whether a project takes only students whom its host ranked.
    pub left_out_is_declined: bool,
    /// What a fifth year and later ones are.
    pub graduates_are: Option<&'static str>,
    /// Whether preferred countries are choices.
    pub countries_are_choices: bool,
}

/// The questions asked so far, each once.
#[derive(Debug, Default)]
pub(super) struct Asked(pub Vec<Question>);

impl Asked {
    /// Asks about a place of a sheet, unless that is answered: by the mapping, or as a decision.
    fn ask(
        &mut self,
        about: &About,
        question: Question,
        suggestion: &str,
        mapping: &Mapping,
        gather: &mut Gather,
    ) -> Option<String> {
        let known = |answer: &str| question.answers.iter().any(|one| one.answer == answer);
        let decided = match gather.decision(about.sheet, about.place, about.code) {
            Some("accept") if !suggestion.is_empty() => Some(suggestion.to_owned()),
            decision => decision.map(str::to_owned),
        };
        let answer = mapping.answer(&question.id).map(str::to_owned).or(decided);
        if let Some(answer) = answer.as_deref().filter(|answer| known(answer)) {
            return Some(answer.to_owned());
        }
        let words = question
            .answers
            .iter()
            .map(|one| format!("{} ({}, {})", one.answer, one.means, counted(one.row_count as i64, "row")))
            .collect::<Vec<_>>();
        let other = answer.map_or_else(String::new, |answer| format!("{answer} is no answer. "));
        let why =
            format!("{other}{} Answers: {}; in mapping.toml as {:?}", question.ask, words.join("; "), question.id);
        gather.tell(
            about.sheet,
            about.place,
            "",
            about.column,
            about.code,
            Severity::Ask,
            about.found,
            &why,
            suggestion,
        );
        if !self.0.iter().any(|one| one.id == question.id) {
            self.0.push(question);
        }
        None
    }
}

/// What a question is about.
struct About<'a> {
    sheet: usize,
    place: Place,
    column: &'a str,
    found: &'a str,
    code: &'static codes::Code,
}

fn answer(answer: &str, means: impl Into<String>, row_count: usize) -> Answer {
    Answer { answer: answer.to_owned(), means: means.into(), row_count }
}

/// Looks at every column of a table as a whole, and asks what no cell can say.
pub(super) fn prepare(
    sheets: &[Sheet],
    found: &Found,
    mapping: &Mapping,
    asked: &mut Asked,
    gather: &mut Gather,
) -> Vec<Prepared> {
    let surveys = surveys(sheets, found);
    let mut prepared = Vec::with_capacity(surveys.len());
    for (at, survey) in surveys.into_iter().enumerate() {
        let kind = kind_of(&found.columns[at].means);
        let writing = if kind == Kind::Date {
            writing(sheets, found, at, &survey, mapping, asked, gather)
        } else {
            Writing::YearFirst
        };
        let commas = if survey.commas > 0 { commas(found, at, &survey, mapping, asked, gather) } else { Some(false) };
        prepared.push(Prepared { survey, writing, commas });
    }
    prepared
}

fn about(found: &Found, at: usize, code: &'static codes::Code) -> (usize, Place, String, String, &'static codes::Code) {
    let mapped = &found.columns[at];
    (found.sheet, Place::Column(mapped.place), mapped.name(), mapped.header.clone(), code)
}

fn writing(
    sheets: &[Sheet],
    found: &Found,
    at: usize,
    survey: &Survey,
    mapping: &Mapping,
    asked: &mut Asked,
    gather: &mut Gather,
) -> Writing {
    let by_itself = survey.writing(None);
    let (sheet, place, column, header, code) = about(found, at, &codes::DATE_ORDER);
    match by_itself {
        Writing::Known(order) => {
            let why = match order {
                Order::DayFirst => "days are written day first, as those above 12 or the points say",
                Order::MonthFirst => "days are written month first, as those above 12 say",
            };
            gather.tell(sheet, place, "", &column, code, Severity::Note, &header, why, "");
            by_itself
        }
        Writing::Unknown => {
            let example = example(sheets, found, at);
            let means = |day: Option<jiff::civil::Date>| {
                format!(
                    "{} is {}",
                    example.0,
                    day.map_or_else(|| "no day".to_owned(), |day| day.strftime("%-d %B %Y").to_string())
                )
            };
            let question = Question {
                id: format!("{}.{column}.date_order", found.table.name),
                ask: format!("Which comes first in {header}, the day or the month?"),
                answers: vec![
                    answer("day_first", means(example.1), survey.two_days()),
                    answer("month_first", means(example.2), survey.two_days()),
                ],
            };
            let about = About { sheet, place, column: &column, found: &header, code };
            match asked.ask(&about, question, "", mapping, gather).as_deref() {
                Some("day_first") => survey.writing(Some(Order::DayFirst)),
                Some(_) => survey.writing(Some(Order::MonthFirst)),
                None => Writing::Unknown,
            }
        }
        other => other,
    }
}

/// The first cell that may be two days, and both of them.
fn example(
    sheets: &[Sheet],
    found: &Found,
    at: usize,
) -> (String, Option<jiff::civil::Date>, Option<jiff::civil::Date>) {
    let cells = found.rows(sheets).iter().filter_map(|row| row.cell(found.columns[at].place));
    let days = cells.filter_map(|cell| {
        let shown = trimmed(&cell.shown()).to_owned();
        match day(&shown) {
            Day::Numbers { day_first, month_first, .. } if day_first != month_first => {
                Some((shown, day_first, month_first))
            }
            _ => None,
        }
    });
    days.into_iter().next().unwrap_or_default()
}

fn commas(
    found: &Found,
    at: usize,
    survey: &Survey,
    mapping: &Mapping,
    asked: &mut Asked,
    gather: &mut Gather,
) -> Option<bool> {
    let (sheet, place, column, header, code) = about(found, at, &codes::DECIMAL_COMMAS);
    let question = Question {
        id: format!("{}.{column}.decimal_comma", found.table.name),
        ask: format!("Do commas stand before decimals in {header}?"),
        answers: vec![
            answer("decimal", "3,75 is 3.75", survey.commas),
            answer("thousands", "3,750 is 3750", survey.commas),
        ],
    };
    let about = About { sheet, place, column: &column, found: &header, code };
    asked.ask(&about, question, "decimal", mapping, gather).map(|answer| answer == "decimal")
}

/// Columns of plain text that a table is rarely without.
const MAIN_TEXTS: [&str; 4] = ["name", "title", "major", "supervisor"];
/// Flags that are asked about where a column of flags is not known.
const MAIN_FLAGS: [&str; 4] = ["needs_work_authorization", "sponsors_work_authorization", "ranked_only", "withdrawn"];

/// Headers that nobody knows: those that may be a column of the table are asked about, the others are left out and named.
pub(super) fn headers(sheets: &[Sheet], found: &mut Found, gather: &mut Gather) {
    for at in 0..found.columns.len() {
        if found.columns[at].means != Meaning::Unknown {
            continue;
        }
        let place = Place::Column(found.columns[at].place);
        let header = found.columns[at].header.clone();
        let free: Vec<&'static Column> =
            found.table.columns.iter().filter(|column| !found.at.contains_key(column.name)).collect();
        let (candidates, is_named) = candidates(sheets, found, at, &free);
        // What only the cells look like is never proposed: a wrong answer would be accepted with all the others.
        let suggestion = if let ([only], true) = (&candidates[..], is_named) { only.name } else { "" };
        match gather.decision(found.sheet, place, &codes::UNKNOWN_COLUMN) {
            Some("keep" | "skip" | "ignore") => found.columns[at].means = Meaning::Ignored,
            Some(decision) => {
                let name = if decision == "accept" { suggestion } else { decision };
                match found.table.column(name) {
                    Some(column) => {
                        found.columns[at].means = Meaning::Column(column);
                        found.at.entry(column.name).or_insert(at);
                    }
                    None => {
                        let why = format!("{decision} is no column of {}", found.table.name);
                        gather.tell(
                            found.sheet,
                            place,
                            "",
                            &header,
                            &codes::REFUSED_DECISION,
                            Severity::Error,
                            &header,
                            &why,
                            "",
                        );
                    }
                }
            }
            None if candidates.is_empty() => {
                let why = "nobody reads this column";
                gather.tell(found.sheet, place, "", &header, &codes::UNKNOWN_COLUMN, Severity::Note, &header, why, "");
            }
            None => {
                let names = candidates.iter().map(|column| column.name).collect::<Vec<_>>().join(" or ");
                let why = format!("no column is known by this header; it may be {names}; skip leaves it out");
                gather.tell(
                    found.sheet,
                    place,
                    "",
                    &header,
                    &codes::UNKNOWN_COLUMN,
                    Severity::Ask,
                    &header,
                    &why,
                    suggestion,
                );
            }
        }
    }
    missing(found, gather);
}

/// Takes back that a column is missing which a decision has named since.
fn missing(found: &Found, gather: &mut Gather) {
    let is_there = |name: &str| found.at.contains_key(name);
    let needed = found.table.columns.iter().filter(|column| column.blank == Blank::Missing);
    if needed.into_iter().all(|column| is_there(column.name)) && gather.missing.remove(found.table.name) {
        gather.problems.retain(|problem| problem.code != &codes::MISSING_COLUMN || !is_there(&problem.column));
    }
}

/// The columns of a table that a column without a known header may be, and whether its header says so.
fn candidates(sheets: &[Sheet], found: &Found, at: usize, free: &[&'static Column]) -> (Vec<&'static Column>, bool) {
    let place = found.columns[at].place;
    let cells = found.rows(sheets).iter().filter_map(|row| row.cell(place)).map(|cell| on_one_line(&cell.shown()));
    let texts: Vec<String> = cells.filter(|text| !text.is_empty()).take(200).collect();
    let header = header_form(&found.columns[at].header);
    let is_named = |column: &&&Column| {
        let names = [column.name].into_iter().chain(column.aliases.iter().copied());
        header.len() > 3 && names.map(header_form).any(|name| strsim::jaro_winkler(&name, &header) > 0.92)
    };
    let named: Vec<&'static Column> = free.iter().filter(is_named).copied().collect();
    if !named.is_empty() || texts.is_empty() {
        return (named, true);
    }
    let fits = |column: &&&'static Column| {
        let is_main = column.kind != Kind::Flag || MAIN_FLAGS.contains(&column.name);
        let fitting = texts.iter().filter(|text| is_typical(text, column.kind)).count();
        is_main && fitting * 10 >= texts.len() * 9
    };
    let fitting: Vec<&'static Column> = free.iter().filter(fits).copied().collect();
    if !fitting.is_empty() {
        return (fitting, false);
    }
    let rows = found.rows(sheets).len();
    let key_is_free = free.iter().filter(|column| column.kind == Kind::Key).copied().collect::<Vec<_>>();
    let mut distinct = texts.clone();
    distinct.sort();
    distinct.dedup();
    if !key_is_free.is_empty()
        && distinct.len() == texts.len()
        && texts.len() >= rows.min(200)
        && texts.iter().all(|text| !text.contains(' '))
    {
        return (key_is_free, false);
    }
    let is_plain =
        texts.iter().filter(|text| !text.contains(';') && !text.contains('@')).count() * 10 >= texts.len() * 9;
    let is_filled = texts.len() * 10 >= rows.min(200) * 9;
    let texts =
        free.iter().filter(|column| is_plain && is_filled && MAIN_TEXTS.contains(&column.name)).copied().collect();
    (texts, false)
}

/// What is asked about tables as a whole, once they are read.
pub(super) fn of_tables(rows: &Rows, mapping: &Mapping, asked: &mut Asked, gather: &mut Gather) -> Answers {
    Answers {
        left_out_is_declined: left_out(rows, mapping, asked, gather),
        graduates_are: graduates(rows, mapping, asked, gather),
        countries_are_choices: countries(rows, mapping, asked, gather),
    }
}

fn left_out(rows: &Rows, mapping: &Mapping, asked: &mut Asked, gather: &mut Gather) -> bool {
    let ranking: std::collections::BTreeSet<&str> =
        rows.of_table("host_ranks").filter_map(|record| rows.text(record, "project_id")).collect();
    let says = rows.found.iter().any(|found| found.at.contains_key("ranked_only"))
        || mapping.defaults("projects").any(|(column, _)| column == "ranked_only");
    let Some(found) = rows.found.iter().find(|found| found.table.name == "host_ranks") else { return false };
    if ranking.is_empty() || says || !rows.beyond.is_empty() {
        return false;
    }
    let question = Question {
        id: "host_ranks.left_out".to_owned(),
        ask: "Is a student whom a host left out of its list declined by it?".to_owned(),
        answers: vec![
            answer("unranked", "the host takes them after those whom it ranks", ranking.len()),
            answer("declined", "they can't go to a project that ranks anybody", ranking.len()),
        ],
    };
    let about = About { sheet: found.sheet, place: Place::Sheet, column: "", found: "", code: &codes::TABLE_QUESTION };
    asked.ask(&about, question, "unranked", mapping, gather).is_some_and(|answer| answer == "declined")
}

fn graduates(rows: &Rows, mapping: &Mapping, asked: &mut Asked, gather: &mut Gather) -> Option<&'static str> {
    let says = rows.found.iter().any(|found| found.table.name == "students" && found.at.contains_key("study_level"));
    let late = rows
        .of_table("students")
        .filter(|&record| rows.whole(record, "class_year").is_some_and(|year| year >= 5))
        .count();
    let found =
        rows.found.iter().find(|found| found.table.name == "students" && found.at.contains_key("class_year"))?;
    if says || late == 0 || !rows.beyond.is_empty() {
        return None;
    }
    let mapped = found.mapped("class_year")?;
    let question = Question {
        id: "students.class_year.graduate".to_owned(),
        ask: format!("Does year 5 in {} mean a graduate student? No column says the study level.", mapped.header),
        answers: vec![
            answer("no", "study levels stay unknown", late),
            answer("masters", "year 5 and later is MASTERS, the years before UNDERGRADUATE", late),
            answer("doctoral", "year 5 and later is DOCTORAL, the years before UNDERGRADUATE", late),
        ],
    };
    let about = About {
        sheet: found.sheet,
        place: Place::Column(mapped.place),
        column: "class_year",
        found: &mapped.header,
        code: &codes::TABLE_QUESTION,
    };
    match asked.ask(&about, question, "no", mapping, gather).as_deref() {
        Some("masters") => Some("MASTERS"),
        Some("doctoral") => Some("DOCTORAL"),
        _ => None,
    }
}

fn countries(rows: &Rows, mapping: &Mapping, asked: &mut Asked, gather: &mut Gather) -> bool {
    let Some(found) = rows.found.iter().find(|found| found.at.contains_key("country_preferences")) else {
        return false;
    };
    let Some(mapped) = found.mapped("country_preferences") else { return false };
    let stating = rows.of_table("students").filter(|&record| {
        let row = &rows.records[record];
        matches!(row.get(rows.of(row), "country_preferences"), Some(Datum::List(_)))
    });
    let question = Question {
        id: "students.country_preferences.meaning".to_owned(),
        ask: format!("Are the countries in {} choices?", mapped.header),
        answers: vec![
            answer("choices", "each is a choice after those of projects, in the order stated", stating.count()),
            answer("unused", "they are checked, and nothing reads them", 0),
        ],
    };
    let about = About {
        sheet: found.sheet,
        place: Place::Column(mapped.place),
        column: "country_preferences",
        found: &mapped.header,
        code: &codes::TABLE_QUESTION,
    };
    asked.ask(&about, question, "", mapping, gather).is_some_and(|answer| answer == "choices")
}

/// For what period a column of money is: the answer, where its header names one.
pub(super) fn period(
    found: &Found,
    at: usize,
    mapping: &Mapping,
    asked: &mut Asked,
    gather: &mut Gather,
    rows: usize,
) -> Option<String> {
    let mapped = &found.columns[at];
    let Meaning::Money(column, _, Some(period)) = &mapped.means else { return Some("whole".to_owned()) };
    let mut answers = vec![
        answer("whole", "they are paid once for the whole placement", rows),
        answer("ignore", "they are checked, and nothing reads them", rows),
    ];
    match period.as_str() {
        "week" => answers.insert(
            0,
            answer(
                "week",
                "the stipend is the amount for each week that the project lasts, a last one begun counted whole",
                rows,
            ),
        ),
        "hour" => answers.insert(0, answer("hour", "they are what an hour pays", rows)),
        _ => {}
    }
    let suggestion = answers.first().map_or_else(String::new, |first| first.answer.clone());
    let question = Question {
        id: format!("{}.{}.period", found.table.name, mapped.header),
        ask: format!("For what are the amounts in {}?", mapped.header),
        answers,
    };
    let about = About {
        sheet: found.sheet,
        place: Place::Column(mapped.place),
        column: column.name,
        found: &mapped.header,
        code: &codes::TABLE_QUESTION,
    };
    asked.ask(&about, question, &suggestion, mapping, gather)
}
