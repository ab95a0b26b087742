//! Rows become records: what each cell says, by its column.

use std::collections::BTreeSet;

use rules::codes;
use sheets::{Cell, Format, Place, Row, Sheet, Value};

use super::cell::{self, About};
use super::dates::Writing;
use super::gather::Gather;
use super::mapping::Mapping;
use super::reading::{Class, Datum, Reading};
use super::survey::Survey;
use super::tables::{Found, Meaning};
use super::text::{on_one_line, trimmed};
use crate::columns::{Blank, Kind};
use crate::problem::Severity;

/// One row of a table.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Which of the tables that were found.
    pub found: usize,
    /// Line of the sheet.
    pub line: u32,
    /// By column of the table that was found: what it says.
    pub values: Vec<Option<Datum>>,
    /// By column: how its cell ended; none where it is blank.
    pub classes: Vec<Option<Class>>,
    /// What it is called in problems.
    pub id: String,
    /// Whether the row as a whole waits for a person.
    pub waits: bool,
    /// Columns whose cells wait for a person.
    pub open: BTreeSet<usize>,
    /// Whether somebody decided to leave it out.
    pub is_skipped: bool,
}

impl Record {
    /// What a column says.
    pub fn get(&self, found: &Found, name: &str) -> Option<&Datum> {
        self.values[*found.at.get(name)?].as_ref()
    }

    /// The text of a column.
    pub fn text(&self, found: &Found, name: &str) -> Option<&str> {
        match self.get(found, name) {
            Some(Datum::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether it is part of the season.
    pub fn is_taken(&self) -> bool {
        !self.is_open() && !self.is_skipped
    }

    /// Whether something about it waits for a person.
    pub fn is_open(&self) -> bool {
        self.waits || !self.open.is_empty()
    }
}

/// A column before its cells are read.
pub(super) struct Prepared {
    pub survey: Survey,
    pub writing: Writing,
    pub commas: Option<bool>,
}

/// Looks at every column of a table as a whole.
pub(super) fn surveys(sheets: &[Sheet], found: &Found) -> Vec<Survey> {
    let kinds: Vec<Kind> = found.columns.iter().map(|mapped| kind_of(&mapped.means)).collect();
    let mut surveys = vec![Survey::default(); kinds.len()];
    for row in found.rows(sheets) {
        for (at, mapped) in found.columns.iter().enumerate() {
            if let Some(cell) = row.cell(mapped.place) {
                surveys[at].add(cell, kinds[at]);
            }
        }
    }
    surveys
}

/// What cells of a column hold, by what it means.
pub(super) fn kind_of(means: &Meaning) -> Kind {
    match means {
        Meaning::Column(column) | Meaning::Money(column, ..) => column.kind,
        Meaning::Choice(_) => Kind::Reference("choices"),
        Meaning::Label(_) | Meaning::Ignored | Meaning::Unknown => Kind::Text(200),
    }
}

/// Reads every row of a table.
pub(super) fn read(
    sheets: &[Sheet],
    at: usize,
    found: &Found,
    prepared: &[Prepared],
    mapping: &Mapping,
    gather: &mut Gather,
) -> Vec<Record> {
    let rows = found.rows(sheets);
    let abouts: Vec<Option<About>> =
        (0..found.columns.len()).map(|column| about(found, column, &prepared[column], rows.len(), mapping)).collect();
    let sheet = &sheets[found.sheet];
    let reader = Reader { sheet, at, found, abouts };
    rows.iter().map(|row| reader.record(row, gather)).collect()
}

fn about<'a>(
    found: &'a Found,
    column: usize,
    prepared: &Prepared,
    rows: usize,
    mapping: &'a Mapping,
) -> Option<About<'a>> {
    let mapped = &found.columns[column];
    let (blank, currency) = match &mapped.means {
        Meaning::Ignored | Meaning::Unknown => return None,
        Meaning::Column(column) => (column.blank, None),
        Meaning::Money(column, currency, _) => (column.blank, Some(currency.as_str())),
        Meaning::Label(_) | Meaning::Choice(_) => (Blank::Fine, None),
    };
    let name = mapped.column().map_or("", |column| column.name);
    Some(About {
        kind: kind_of(&mapped.means),
        blank,
        is_mostly_filled: prepared.survey.filled * 2 > rows,
        trailing_is_usual: prepared.survey.trailing * 2 > prepared.survey.filled,
        writing: prepared.writing,
        commas: prepared.commas,
        weighs: name == "desired_skills" && prepared.survey.weighs(),
        currency,
        words: mapping.words(found.table.name, name),
    })
}

struct Reader<'a> {
    sheet: &'a Sheet,
    at: usize,
    found: &'a Found,
    abouts: Vec<Option<About<'a>>>,
}

impl Reader<'_> {
    fn record(&self, row: &Row, gather: &mut Gather) -> Record {
        let width = self.found.columns.len();
        let mut record = Record {
            found: self.at,
            line: row.line,
            values: vec![None; width],
            classes: vec![None; width],
            id: self.id(row),
            waits: self.found.waits || gather.missing.contains(self.found.table.name),
            open: BTreeSet::new(),
            is_skipped: gather.is_ignored(self.found.sheet),
        };
        let is_told = self.row(row, &mut record, gather);
        for at in 0..width {
            let Some(about) = &self.abouts[at] else {
                record.classes[at] = self.filled(row, at).then_some(Class::Ignored);
                continue;
            };
            if record.is_skipped || is_told {
                let class = if record.is_skipped { Class::Rejected } else { Class::Proposed };
                record.classes[at] = self.filled(row, at).then_some(class);
                continue;
            }
            self.cell(row, at, about, &mut record, gather);
        }
        record
    }

    fn filled(&self, row: &Row, at: usize) -> bool {
        row.cell(self.found.columns[at].place).is_some_and(|cell| !cell.shown().is_empty())
    }

    /// What a row is called, by the ids in it as they stand.
    fn id(&self, row: &Row) -> String {
        let shown = |name: &str| {
            let mapped = self.found.mapped(name)?;
            let shown = row.cell(mapped.place)?.shown();
            Some(on_one_line(&shown)).filter(|text| !text.is_empty())
        };
        let names: &[&str] = match self.found.table.name {
            "students" => &["student_id"],
            "projects" => &["project_id"],
            "hosts" => &["host_id"],
            "programs" => &["program_id"],
            "host_ranks" => &["project_id", "student_id"],
            "funds" => &["fund_id"],
            "quotas" => &["quota_id"],
            "skills" => &["skill"],
            "links" => &["student_ids"],
            "suspended_countries" => &["country"],
            _ => &["student_id", "project_id", "host_id", "program_id", "country"],
        };
        names.iter().filter_map(|name| shown(name)).collect::<Vec<_>>().join(" ")
    }

    /// Looks at a row as a whole; whether something about it is open, so that its cells wait.
    fn row(&self, row: &Row, record: &mut Record, gather: &mut Gather) -> bool {
        if record.is_skipped {
            return false;
        }
        let mut ask = |code: &'static codes::Code, problem: &str, suggestion: &str, record: &mut Record| -> bool {
            match gather.decision(self.found.sheet, Place::Row(row.line), code) {
                Some("skip") => {
                    record.is_skipped = true;
                    true
                }
                Some("accept") if suggestion == "skip" => {
                    record.is_skipped = true;
                    true
                }
                Some("keep") => false,
                Some("accept") if suggestion == "keep" => false,
                _ => {
                    let place = Place::Row(row.line);
                    gather.tell(self.found.sheet, place, &record.id, "", code, Severity::Ask, "", problem, suggestion);
                    record.waits = true;
                    true
                }
            }
        };
        if let Some(why) = self.odd_row(row)
            && ask(&codes::NO_RECORD, &why, "skip", record)
        {
            return true;
        }
        if let Some(why) = self.odd_width(row)
            && ask(&codes::ROW_LENGTH, &why, "", record)
        {
            return true;
        }
        if row.is_hidden && !row.is_filtered {
            ask(&codes::HIDDEN, "the row is hidden: keep reads it, skip leaves it out", "keep", record);
        } else if row.is_filtered {
            ask(&codes::HIDDEN, "a filter hides the row: keep reads it, skip leaves it out", "keep", record);
        }
        if row.is_struck && !record.is_skipped {
            let why = "the whole row is struck through, and is read all the same";
            gather.tell(
                self.found.sheet,
                Place::Row(row.line),
                &record.id,
                "",
                &codes::STRUCK_THROUGH,
                Severity::Warning,
                "",
                why,
                "",
            );
        }
        false
    }

    /// Why a row is no record: a sum, the header once more, a remark.
    fn odd_row(&self, row: &Row) -> Option<String> {
        let shown: Vec<(u32, String)> = row
            .cells
            .iter()
            .map(|cell| (cell.column, on_one_line(&cell.shown())))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let (_, first) = shown.first()?;
        let form = rules::domain::normal_form(first);
        let sums = [
            "total",
            "totals",
            "grandtotal",
            "subtotal",
            "sum",
            "summe",
            "gesamt",
            "insgesamt",
            "gesamtsumme",
            "average",
            "mean",
            "mittelwert",
            "durchschnitt",
            "somme",
            "suma",
            "totale",
        ];
        let is_sparse = shown.len() * 2 <= self.found.columns.len().max(2);
        if sums.contains(&form.as_str()) && is_sparse {
            return Some(format!("this reads like a sum under the table ({first}), and not like a row of it"));
        }
        let is_header = |(column, text): &(u32, String)| {
            self.found.columns.iter().any(|mapped| mapped.place == *column && mapped.header == *text)
        };
        if shown.len() > 1 && shown.iter().all(is_header) {
            return Some("the header stands here once more".to_owned());
        }
        let is_remark = shown.len() == 1 && self.found.columns.len() > 3 && first.contains(' ') && first.len() > 12;
        is_remark.then(|| "this reads like a remark, and not like a row of the table".to_owned())
    }

    /// Why a record of a text file has not as many cells as its header.
    fn odd_width(&self, row: &Row) -> Option<String> {
        if self.sheet.format != Format::Text {
            return None;
        }
        let header = &self.sheet.rows[self.found.header];
        let all = header.width.unwrap_or_default();
        let named = self.found.columns.last().map_or(0, |mapped| mapped.place + 1);
        let width = row.width.unwrap_or_default();
        if width < named {
            return Some(format!("the row ends after {width} of {named} cells: keep reads the rest as blank"));
        }
        let last =
            row.cells.iter().rev().find(|cell| !trimmed(&cell.shown()).is_empty()).map_or(0, |cell| cell.column + 1);
        (last > all)
            .then(|| format!("the row has {last} cells, and its header {all}: cells may stand in the wrong column"))
    }

    fn cell(&self, row: &Row, at: usize, about: &About, record: &mut Record, gather: &mut Gather) {
        let mapped = &self.found.columns[at];
        let blank = Cell { column: mapped.place, value: None, formula: None, covered_by: None };
        let cell = row.cell(mapped.place).unwrap_or(&blank);
        let restored;
        let cell = match &cell.value {
            Some(Value::Text(text)) if self.sheet.format == Format::Text && text.starts_with('\'') => {
                restored = Cell::text(cell.column, sheets::restore(text));
                &restored
            }
            _ => cell,
        };
        let covering = cell.covered_by.map(|(line, column)| self.shown_at(line, column));
        let shown = cell.shown();
        let mut reading = cell::read(cell, covering.as_deref(), about);
        let place = Place::Cell(row.line, mapped.place);
        match gather.decision_of_cell(self.found.sheet, row.line, mapped.place, &shown, reading.is_open()) {
            Ok(None) => {}
            Ok(Some(decision)) => match decided(decision, &reading, about) {
                Some(Decided::Skip) => {
                    record.is_skipped = true;
                    record.classes[at] = (!shown.is_empty()).then_some(Class::Rejected);
                    return;
                }
                Some(Decided::As(other)) => reading = other,
                None => {}
            },
            Err(was) => {
                let why = format!("a decision was made about {was:?}, and the cell no longer holds that");
                reading = Reading::wrong(&codes::STALE_DECISION, why);
            }
        }
        if mapped.waits {
            reading.class = Class::Proposed;
        }
        if reading.is_open() {
            record.open.insert(at);
        }
        for trouble in &reading.troubles {
            gather.tell(
                self.found.sheet,
                place,
                &record.id,
                &mapped.name(),
                trouble.code,
                trouble.severity,
                &shown,
                &trouble.problem,
                &trouble.suggestion,
            );
        }
        record.classes[at] = (!shown.is_empty()).then_some(reading.class);
        record.values[at] =
            if reading.is_open() { None } else { reading.datum.filter(|datum| *datum != Datum::List(Vec::new())) };
    }

    fn shown_at(&self, line: u32, column: u32) -> String {
        let row = self.sheet.rows.binary_search_by_key(&line, |row| row.line).ok().map(|at| &self.sheet.rows[at]);
        row.and_then(|row| row.cell(column)).map(Cell::shown).unwrap_or_default()
    }
}

enum Decided {
    Skip,
    As(Reading),
}

/// The cell as it was decided; none where the decision is for a later stage.
fn decided(decision: &str, reading: &Reading, about: &About) -> Option<Decided> {
    let read = |text: &str| {
        let cell = Cell::text(0, text);
        cell::read(&cell, None, about)
    };
    let suggestion =
        || reading.troubles.iter().map(|trouble| trouble.suggestion.as_str()).find(|text| !text.is_empty());
    Some(Decided::As(match decision {
        "skip" => return Some(Decided::Skip),
        "accept" => match suggestion() {
            Some(suggestion) => read(suggestion),
            None if reading.is_open() && !(about.kind == Kind::Key && reading.troubles.is_empty()) => Reading::wrong(
                &codes::REFUSED_DECISION,
                "accept takes the suggestion, and there is none; write the value instead",
            ),
            None => return None,
        },
        "keep" => match &reading.kept {
            Some(kept) => Reading::of(kept.clone()),
            None if reading.is_open() && !reading.troubles.is_empty() => {
                let why = reading.troubles.first().map_or("", |trouble| trouble.problem.as_str());
                Reading::wrong(&codes::REFUSED_DECISION, format!("it can't be kept: {why}"))
            }
            None => return None,
        },
        "blank" => {
            let blank = Cell { column: 0, value: None, formula: None, covered_by: None };
            let mut blank = cell::read(&blank, None, about);
            if matches!(blank.kept, Some(Datum::List(_))) {
                blank = Reading::blank();
            }
            blank.troubles.retain(|trouble| trouble.severity > Severity::Warning);
            blank
        }
        value => read(value.strip_prefix('=').unwrap_or(value)),
    }))
}
