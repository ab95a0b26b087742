//! Import: spreadsheets into a season. Nothing is repaired without a word: what can be read in one way only is read, everything else is told
//! at its cell and waits for a decision.
//!
//! ```text
//! bytes → sheets → tables → questions about columns → records → ids that meet → messages → the domain's own reader
//! ```

mod alike;
mod assemble;
mod cell;
mod changes;
mod dates;
mod gather;
mod headers;
mod judge;
#[cfg(test)]
mod labelled;
mod ledger;
mod lists;
mod mapping;
mod mends;
#[cfg(test)]
mod messy;
mod money;
mod nations;
mod numbers;
mod oddities;
mod questions;
mod reading;
mod records;
mod references;
mod season;
mod spelling;
mod survey;
mod tables;
mod text;
mod told;
mod wishes;
mod words;

use std::collections::{BTreeSet, HashMap};

use sheets::{Limits, Sheet, Unreadable};
use wire::pb;

pub use ledger::{Tally, Totals};
pub use mapping::{Answer, MalformedMapping, Mapping, Question, with_answers};
pub use oddities::code_of;
#[cfg(test)]
use text::shortened;

use crate::decisions::Decision;
use crate::problem::{Problem, Severity};
use gather::Gather;
use season::Rows;

/// One file to import.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What an import is told beside the files.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The text of `mapping.toml`; empty: none.
    pub mapping: String,
    /// What was decided about problems of an import before.
    pub decisions: Vec<Decision>,
    /// The policy that quotas are added to.
    pub policy: Option<pb::Policy>,
    /// Whether rows that wait for a decision are left out of the season.
    pub skip_open: bool,
    /// The season's label; empty: none.
    pub term: String,
    /// How large files may be.
    pub limits: Limits,
}

/// What an import gave.
#[derive(Debug, Clone)]
pub struct Import {
    /// The season; none where something is open.
    pub instance: Option<pb::Instance>,
    /// The policy that was given, with the quotas of the tables; none where there is neither.
    pub policy: Option<pb::Policy>,
    /// Everything that was told, the worst first.
    pub problems: Vec<Problem>,
    /// How every cell ended.
    pub totals: Totals,
    /// Questions about whole columns that nobody has answered.
    pub questions: Vec<Question>,
    /// The mapping with those questions in it.
    pub mapping: String,
    /// Sheets that are no table, and files of them.
    pub ignored: Vec<String>,
    /// Rows that were left out of the season because they wait for a decision, by table.
    pub left_out: Vec<(String, usize)>,
    /// The sheets, as they were read.
    pub sheets: Vec<Sheet>,
    /// Whether something waits for a person.
    pub is_open: bool,
}

/// Why nothing was imported.
#[derive(Debug, Clone)]
pub enum Refused {
    /// Files that can't be read, each with why.
    Unreadable(Vec<(String, Unreadable)>),
    /// The mapping can't be read.
    Mapping(MalformedMapping),
}

/// Reads spreadsheets into a season.
///
/// # Errors
/// [`Refused`], where a file or the mapping can't be read at all. Everything else is a problem of the import.
pub fn import(files: &[File], options: &Options) -> Result<Import, Refused> {
    Ok(run(files, None, options)?.0)
}

/// Reads spreadsheets into what changes of a season. What a sheet has no column for stays as the season has it.
///
/// # Errors
/// As [`import`].
pub fn import_changes(
    files: &[File],
    base: &pb::Instance,
    options: &Options,
) -> Result<(Import, Vec<pb::RunChange>), Refused> {
    run(files, Some(base), options)
}

fn run(
    files: &[File],
    base: Option<&pb::Instance>,
    options: &Options,
) -> Result<(Import, Vec<pb::RunChange>), Refused> {
    let mapping = Mapping::read(&options.mapping).map_err(Refused::Mapping)?;
    let unknown = mapping.unknown_names();
    let (defaults, wrong) = assemble::defaults(&mapping);
    if let Some(first) = unknown.into_iter().chain(wrong).reduce(|all, one| format!("{all}; {one}")) {
        return Err(Refused::Mapping(MalformedMapping(first)));
    }
    let (sheets, oddities) = read(files, &options.limits).map_err(Refused::Unreadable)?;
    let mut gather = Gather::new(&sheets, &options.decisions);
    oddities::tell(&sheets, &oddities, &mut gather);
    oddities::tell_again(&sheets, &mut gather);

    let mut found = tables::find(&sheets, &mapping, &mut gather);
    let mut asked = questions::Asked::default();
    let mut records = Vec::new();
    let mut periods = HashMap::new();
    for (at, table) in found.iter_mut().enumerate() {
        questions::headers(&sheets, table, &mut gather);
        let prepared = questions::prepare(&sheets, table, &mapping, &mut asked, &mut gather);
        for column in 0..table.columns.len() {
            let rows = table.rows(&sheets).len();
            if let Some(period) = questions::period(table, column, &mapping, &mut asked, &mut gather, rows) {
                periods.insert((at, column), period);
            }
        }
        records.extend(records::read(&sheets, at, table, &prepared, &mapping, &mut gather));
    }
    let beyond = base.map(changes::ids_of).unwrap_or_default();
    let mut rows = Rows { sheets: &sheets, found: &found, records, beyond: &beyond };
    references::meet(&mut rows, &mut gather);
    wishes::look(&mut rows, &mut gather);
    spelling::look(&mut rows, &mut gather);
    told::look(&mut rows, &mut gather);
    alike::look(&rows, &mut gather);
    let answers = questions::of_tables(&rows, &mapping, &mut asked, &mut gather);
    let assemble = |rows: &Rows| assemble::season(rows, &defaults, &answers, &periods);
    let (season, changes) = match base {
        None => {
            (Some(judge::judge(&mut rows, options.policy.as_ref(), &options.term, assemble, &mut gather)), Vec::new())
        }
        Some(base) => (None, changes::judge(&mut rows, base, assemble, &mut gather)),
    };
    gather.tell_unused();

    let totals = ledger::totals(&sheets, &rows);
    let used = season.as_ref().map(|judged| judged.assembled.used());
    let left_out = left_out(&rows, used.as_ref());
    let mut problems = std::mem::take(&mut gather.problems);
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    mark_decisions(&mut problems, &options.decisions);
    let is_open = problems.iter().any(|problem| problem.severity >= Severity::Ask);
    let ignored = (0..sheets.len()).filter(|&at| gather.is_ignored(at)).map(|at| called(&sheets[at])).collect();
    let words = words_decided(&options.decisions);
    let mapping = mapping::with_questions(&options.mapping, &asked.0, &words);
    let is_sound = season.as_ref().is_none_or(|judged| judged.is_sound);
    let is_written = is_sound && (!is_open || options.skip_open);
    let (instance, policy) = season.map(|judged| (judged.assembled.instance, judged.policy)).unzip();
    let (instance, policy) = (instance.filter(|_| is_written), policy.flatten());
    let changes = if is_written { changes } else { Vec::new() };
    drop(gather);
    let questions = asked.0;
    let import = Import { instance, policy, problems, totals, questions, mapping, ignored, left_out, sheets, is_open };
    Ok((import, changes))
}

/// The sheets of some files, and what is odd about them.
type AllRead = (Vec<Sheet>, Vec<(String, sheets::Oddity)>);

fn read(files: &[File], limits: &Limits) -> Result<AllRead, Vec<(String, Unreadable)>> {
    let (mut all, mut oddities, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        match sheets::read(&file.name, &file.bytes, limits) {
            Ok(read) => {
                all.extend(crate::origin::restored(read.sheets));
                oddities.extend(read.oddities.into_iter().map(|oddity| (file.name.clone(), oddity)));
            }
            Err(why) => unreadable.push((file.name.clone(), why)),
        }
    }
    if unreadable.is_empty() { Ok((all, oddities)) } else { Err(unreadable) }
}

/// What people call a sheet.
fn called(sheet: &Sheet) -> String {
    if sheet.name.is_empty() { sheet.file.clone() } else { format!("{}/{}", sheet.file, sheet.name) }
}

/// By table: how many rows wait for a decision, or follow from one that does, or from one that was left out.
fn left_out(rows: &Rows, used: Option<&BTreeSet<usize>>) -> Vec<(String, usize)> {
    let is_used = |record: &usize| used.is_none_or(|used| used.contains(record));
    let count = |table: &&crate::columns::Table| {
        // Two spellings of a skill, and a country that is closed twice, are one row of the season.
        let is_merged = matches!(table.name, "skills" | "suspended_countries");
        let is_out = |record: &usize| rows.records[*record].is_open() || !(is_merged || is_used(record));
        rows.of_table(table.name).filter(is_out).count()
    };
    let counted = crate::columns::TABLES.iter().map(|table| (table.name.to_owned(), count(&table)));
    counted.filter(|(_, count)| *count > 0).collect()
}

/// Says at problems that are still there what was decided about them.
fn mark_decisions(problems: &mut [Problem], decisions: &[Decision]) {
    let by_place: HashMap<_, &Decision> = decisions
        .iter()
        .map(|decision| ((decision.file.as_str(), decision.sheet.as_str(), decision.place), decision))
        .collect();
    for problem in problems.iter_mut().filter(|problem| problem.decision.is_empty()) {
        if let Some(decision) = by_place.get(&(problem.file.as_str(), problem.sheet.as_str(), problem.place)) {
            problem.decision.clone_from(&decision.decision);
        }
    }
}

/// Decisions about whole words of a column of codes, for the mapping to keep: table, column, word, what is taken.
fn words_decided(decisions: &[Decision]) -> Vec<(String, String, String, String)> {
    use crate::columns::Kind;
    let of_word = |decision: &Decision| {
        let taken = match decision.decision.as_str() {
            "accept" => decision.suggestion.as_str(),
            "keep" | "skip" | "blank" | "" => return None,
            value => value.strip_prefix('=').unwrap_or(value),
        };
        let of_codes = |table: &&crate::columns::Table| {
            let kind = table.column(&decision.column).map(|column| column.kind);
            matches!(kind, Some(Kind::Country | Kind::Word(_)))
        };
        let tables: Vec<&crate::columns::Table> = crate::columns::TABLES.iter().filter(of_codes).collect();
        let stem = decision.file.rsplit_once('.').map_or(decision.file.as_str(), |(stem, _)| stem);
        let name = if decision.sheet.is_empty() { stem } else { &decision.sheet };
        let table = crate::columns::table_of(name).filter(|table| tables.iter().any(|one| one.name == table.name))?;
        let is_word = !taken.is_empty() && !decision.found.is_empty();
        is_word.then(|| (table.name.to_owned(), decision.column.clone(), decision.found.clone(), taken.to_owned()))
    };
    decisions.iter().filter_map(of_word).collect()
}
