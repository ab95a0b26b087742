//! Letters: one for each host and student, and the table that goes with them.

use std::collections::BTreeMap;

use super::{NamedRuns, Subject, file};
use crate::CallError;
use sheets::write::{Column, Content, Table};
use wire::pb;

/// Name of the table of who gets which letter, without its ending.
const MAIL_MERGE: &str = "mail-merge";

/// The templates that letters are written from where there are no others: by file name.
pub fn default_templates() -> BTreeMap<String, String> {
    report::default_templates()
}

/// Writes a letter to each host and student, and beside them the table of who gets which.
///
/// # Errors
/// [`CallError::Malformed`]: every fault of the season, and of the templates.
pub fn letters(subject: Subject, templates: &BTreeMap<String, String>) -> Result<Vec<pb::DeskFile>, CallError> {
    let Some(subject) = subject.of("", NamedRuns::default())? else { return Ok(Vec::new()) };
    let (instance, policy, outcome) = subject.stated()?;
    let season =
        report::Season { instance, policy: Some(&policy), outcome, changes: None, check: None, explanations: &[] };
    let report::Letters { letters, mail_merge } = report::letters(&season, templates)?;
    let mut rows = mail_merge.into_iter();
    let columns = rows.next().unwrap_or_default().into_iter().map(Column::text).collect();
    let rows = rows.map(|row| row.into_iter().map(Content::text).collect()).collect();
    let table = Table { name: MAIL_MERGE.to_owned(), columns, rows };
    let letters = letters.into_iter().map(|letter| (letter.file, letter.text.into_bytes()));
    let table = (format!("{MAIL_MERGE}.csv"), sheets::write::csv(&table));
    Ok(letters.chain([table]).map(file).collect())
}
