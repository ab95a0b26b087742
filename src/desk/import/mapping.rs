//! [`Mapping`]: what was decided about whole tables, columns and words, as `mapping.toml` keeps it.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Table, value};

use crate::columns::header_form;

/// What was decided about whole tables, columns and words.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// A file, or `FILE/SHEET` of a workbook, and the table that it is; `ignore`: none.
    tables: BTreeMap<String, String>,
    /// By table: a header as it stands, and the column that it is; `ignore`: none.
    columns: BTreeMap<String, BTreeMap<String, String>>,
    /// A question, and its answer; empty: not answered yet.
    answers: BTreeMap<String, String>,
    /// By table and column: what stands in a cell, or in an entry of its list, and what to take instead.
    words: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    /// By table and column: the value of every row where no sheet has the column.
    defaults: BTreeMap<String, BTreeMap<String, String>>,
}

/// One question about a whole column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is answered by, such as `students.available_until.date_order`.
    pub id: String,
    /// What is asked.
    pub ask: String,
    /// What may be answered.
    pub answers: Vec<Answer>,
}

/// One answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The word to write.
    pub answer: String,
    /// What the season would be by it.
    pub means: String,
    /// How many rows it concerns.
    pub row_count: usize,
}

/// Why a mapping can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedMapping(pub String);

impl std::fmt::Display for MalformedMapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Mapping {
    /// Reads the text of a mapping.
    ///
    /// # Errors
    /// Where it is no TOML, or names a part that there is not: the line and what is wrong.
    pub fn read(text: &str) -> Result<Self, MalformedMapping> {
        toml::from_str(text).map_err(|error| MalformedMapping(error.to_string().trim_end().replace('\n', "; ")))
    }

    /// What a file or sheet is said to be.
    pub(super) fn table(&self, file: &str, sheet: &str) -> Option<&str> {
        let whole = if sheet.is_empty() { file.to_owned() } else { format!("{file}/{sheet}") };
        self.tables.get(&whole).or_else(|| self.tables.get(sheet)).or_else(|| self.tables.get(file)).map(String::as_str)
    }

    /// What a header is said to be.
    pub(super) fn column(&self, table: &str, header: &str) -> Option<&str> {
        let columns = self.columns.get(table)?;
        let form = header_form(header);
        let exact = columns.get(header);
        exact
            .or_else(|| columns.iter().find(|(known, _)| header_form(known) == form).map(|(_, is)| is))
            .map(String::as_str)
    }

    /// The answer to a question, where there is one.
    pub(super) fn answer(&self, question: &str) -> Option<&str> {
        self.answers.get(question).map(String::as_str).filter(|answer| !answer.is_empty())
    }

    /// The words of a column, and what to take instead.
    pub(super) fn words(&self, table: &str, column: &str) -> Option<&BTreeMap<String, String>> {
        self.words.get(table)?.get(column)
    }

    /// The values of columns that no sheet has.
    pub(super) fn defaults(&self, table: &str) -> impl Iterator<Item = (&str, &str)> {
        self.defaults.get(table).into_iter().flatten().map(|(column, value)| (column.as_str(), value.as_str()))
    }

    /// Every part of the mapping that names a table or a column that there is not.
    pub(super) fn unknown_names(&self) -> Vec<String> {
        let mut unknown = Vec::new();
        let is_table = |name: &str| crate::columns::table(name).is_some();
        for (part, names) in [
            ("columns", self.columns.keys().collect::<Vec<_>>()),
            ("words", self.words.keys().collect()),
            ("defaults", self.defaults.keys().collect()),
        ] {
            unknown.extend(
                names
                    .into_iter()
                    .filter(|name| !is_table(name))
                    .map(|name| format!("[{part}.{name}]: there is no table {name}")),
            );
        }
        for is in self.tables.values().filter(|is| *is != "ignore" && !is_table(is)) {
            unknown.push(format!("[tables]: there is no table {is}"));
        }
        for (name, columns) in &self.columns {
            let Some(table) = crate::columns::table(name) else { continue };
            for is in columns.values() {
                let is_label = table.has_attributes() && is.starts_with("attribute:");
                let is_choice = name == "students" && super::headers::choice_rank(is).is_some();
                if is != "ignore" && !is_label && !is_choice && table.column(is).is_none() {
                    unknown.push(format!("[columns.{name}]: the table has no column {is}"));
                }
            }
        }
        for (name, columns) in &self.defaults {
            let Some(table) = crate::columns::table(name) else { continue };
            for column in columns.keys().filter(|column| table.column(column).is_none()) {
                unknown.push(format!("[defaults.{name}]: the table has no column {column}"));
            }
        }
        unknown
    }
}

const HEAD: &str = "\
# What was decided about whole tables, columns and words. `misti-matching import … --mapping THIS_FILE` reads it.
# [tables]   \"Bewerber.csv\" = \"students\"          a file, or FILE/SHEET, and its table; \"ignore\" leaves it out
# [columns.students]   \"Matrikelnr.\" = \"student_id\"   a header and its column; \"ignore\" leaves it out
# [words.students.languages]   \"Deutsch\" = \"de\"   what stands in a cell or a list, and what to take instead
# [defaults.students]   choices_only = \"true\"   the value of every row where no sheet has the column
";

/// The text of a mapping with the open questions in it, each to be answered between its quotes. What the text has stays as it is.
pub(super) fn with_questions(text: &str, questions: &[Question], words: &[(String, String, String, String)]) -> String {
    let mut document: DocumentMut = text.parse().unwrap_or_default();
    let is_new = text.trim().is_empty();
    if !questions.is_empty()
        && let Some(answers) = table_in(document.as_table_mut(), "answers")
    {
        for question in questions {
            let mut lines = format!("# {}\n", question.ask);
            for answer in &question.answers {
                let rows = rules::finding::counted(answer.row_count as i64, "row");
                lines.push_str(&format!("#   \"{}\": {} ({rows})\n", answer.answer, answer.means));
            }
            answers.insert(&question.id, value(""));
            if let Some(mut key) = answers.key_mut(&question.id) {
                key.leaf_decor_mut().set_prefix(format!("\n{lines}"));
            }
        }
    }
    for (table, column, found, taken) in words {
        let Some(of_table) = table_in(document.as_table_mut(), "words") else { continue };
        of_table.set_implicit(true);
        let Some(of_column) = table_in(of_table, table) else { continue };
        of_column.set_implicit(true);
        if let Some(words) = table_in(of_column, column) {
            words.insert(found, value(taken.as_str()));
        }
    }
    if is_new { format!("{HEAD}\n{document}") } else { document.to_string() }
}

/// The text of a mapping with questions answered, each by its id. What the text has otherwise stays as it is.
///
/// # Errors
/// Where the text is no mapping.
pub fn with_answers(text: &str, answers: &[(String, String)]) -> Result<String, MalformedMapping> {
    Mapping::read(text)?;
    let mut document: DocumentMut = text.parse().map_err(|_| MalformedMapping("it is no TOML".to_owned()))?;
    if let Some(known) = table_in(document.as_table_mut(), "answers") {
        for (question, answer) in answers {
            match known.get_mut(question).and_then(Item::as_value_mut) {
                Some(value) => {
                    let decor = value.decor().clone();
                    *value = answer.as_str().into();
                    *value.decor_mut() = decor;
                }
                None => _ = known.insert(question, value(answer.as_str())),
            }
        }
    }
    Ok(document.to_string())
}

/// The table of this name, made where there is none; none where something else has the name.
fn table_in<'a>(parent: &'a mut Table, name: &str) -> Option<&'a mut Table> {
    parent.entry(name).or_insert(Item::Table(Table::new())).as_table_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(id: &str) -> Question {
        let answer = Answer { answer: "day_first".into(), means: "9.8.2027 is 9 August".into(), row_count: 12 };
        Question { id: id.into(), ask: "Which comes first?".into(), answers: vec![answer] }
    }

    #[test]
    fn questions_are_written_unanswered_and_what_was_there_stays() {
        let first = with_questions("", &[question("a.b.c")], &[]);
        let read = Mapping::read(&first).expect("it can be read");
        assert_eq!(read.answer("a.b.c"), None);
        let answered = first.replace("\"a.b.c\" = \"\"", "\"a.b.c\" = \"day_first\" # as Ines says");
        assert_eq!(Mapping::read(&answered).expect("it can be read").answer("a.b.c"), Some("day_first"));
        let words = [("students".to_owned(), "languages".to_owned(), "jp".to_owned(), "ja".to_owned())];
        let second = with_questions(&answered, &[question("d.e.f")], &words);
        assert!(second.contains("# as Ines says") && second.contains("\"d.e.f\" = \"\""), "{second}");
        let read = Mapping::read(&second).expect("it can be read");
        assert_eq!(
            read.words("students", "languages").and_then(|words| words.get("jp")).map(String::as_str),
            Some("ja")
        );
    }

    #[test]
    fn a_question_is_answered_in_its_place() {
        let asked = with_questions("", &[question("a.b.c")], &[]);
        let answers = [("a.b.c".to_owned(), "day_first".to_owned()), ("d.e".to_owned(), "a \"b\"".to_owned())];
        let answered = with_answers(&asked, &answers).expect("a mapping");
        assert!(answered.contains("# Which comes first?"), "{answered}");
        let read = Mapping::read(&answered).expect("it can be read");
        assert_eq!((read.answer("a.b.c"), read.answer("d.e")), (Some("day_first"), Some("a \"b\"")));
        assert!(with_answers("[sheets]", &answers).is_err());
    }

    #[test]
    fn a_mapping_that_names_what_there_is_not_is_told() {
        assert!(Mapping::read("[sheets]").is_err() && Mapping::read("x = ").is_err());
        let read = Mapping::read("[columns.students]\nA = \"nothing\"\n[defaults.people]\nb = \"1\"").expect("TOML");
        assert_eq!(read.unknown_names().len(), 2);
    }
}
