//! The tables and columns that the desk knows: the import reads them, the template writes them, and the docs list them from here.

mod alias;
mod people;
mod places;
mod rest;

pub use alias::{column_of, header_form, table_of};

/// One table of a season.
#[derive(Debug)]
pub struct Table {
    /// Its name: of a file without its ending, or of a sheet.
    pub name: &'static str,
    /// Other names that it is known by.
    pub aliases: &'static [&'static str],
    /// What a row is, in one line.
    pub about: &'static str,
    /// Its columns, in the order of the template.
    pub columns: &'static [Column],
}

/// One column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name, as the template writes it.
    pub name: &'static str,
    /// Other headers that it is known by.
    pub aliases: &'static [&'static str],
    /// What its cells hold.
    pub kind: Kind,
    /// What a blank cell among filled ones means.
    pub blank: Blank,
    /// What it says, in one line.
    pub help: &'static str,
    /// A cell of the template's example row.
    pub example: &'static str,
    /// The field of the row's message that it fills, as paths of findings begin; empty where it fills none of its own.
    pub field: &'static str,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The id of the row itself.
    Key,
    /// The id of a row of another table.
    Reference(&'static str),
    /// Ids of rows of another table, `;` between them.
    References(&'static str),
    /// Text for people, of at most so many bytes.
    Text(usize),
    /// Texts, `;` between them.
    Tags,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Some of these words, `;` between them.
    Words(&'static [&'static str]),
    /// A whole number in this range.
    Whole(i64, i64),
    /// A whole number in this range, or `no limit`.
    Limit(i64, i64),
    /// Whole numbers in this range, `;` between them.
    Wholes(i64, i64),
    /// A number in this range.
    Decimal(i64, i64),
    /// True or false.
    Flag,
    /// A day.
    Date,
    /// A country by ISO 3166-1.
    Country,
    /// Countries by ISO 3166-1, `;` between them.
    Countries,
    /// The name of one skill.
    Skill,
    /// Names of skills, `;` between them.
    SkillNames,
    /// What a student knows: `name:level`, the level from 1 to 5.
    SkillsHeld,
    /// What a project asks for: `name`, `name:level`, `name:level:weight`.
    SkillsAsked,
    /// What a student speaks: `code:level`, `code:level:4 semesters`.
    LanguagesHeld,
    /// What is asked for: `code:level`, `code:any`, `code:level:weight`.
    LanguagesAsked,
    /// Where a level is known from: `code:text`.
    Evidence,
    /// An amount with its currency.
    Money,
    /// Labels, `name=value|value`, `;` between them.
    Labels,
}

/// What a blank cell means in a column in which others are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// The same as not stated.
    Fine,
    /// Not stated, and a rule may ask for it: told.
    Told,
    /// Two readings differ: asked.
    Asked,
    /// There is no row without it.
    Missing,
}

/// Every table, in the order of the template.
pub static TABLES: &[Table] = &[
    people::STUDENTS,
    places::PROJECTS,
    places::HOSTS,
    places::PROGRAMS,
    people::CHOICES,
    people::VETOES,
    places::HOST_RANKS,
    rest::PAIR_NOTES,
    rest::OFFERS,
    rest::WAIVERS,
    rest::LINKS,
    rest::FUNDS,
    rest::QUOTAS,
    rest::PREVIOUS,
    rest::SKILLS,
    rest::SUSPENDED_COUNTRIES,
];

/// The table of this name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether a column may be added for each label, as `attribute:NAME`.
    pub fn has_attributes(&self) -> bool {
        matches!(self.name, "students" | "projects")
    }
}

/// A column of which nothing is special but these.
const fn column(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    field: &'static str,
    example: &'static str,
    help: &'static str,
) -> Column {
    Column { name, aliases, kind, blank: Blank::Fine, help, example, field }
}

impl Column {
    /// The same column, with what a blank cell means.
    const fn blank(self, blank: Blank) -> Self {
        Self { blank, ..self }
    }
}

/// Longest title or label, in bytes.
const NAME: usize = 200;
/// Longest free text, in bytes.
const TEXT: usize = 2_000;
/// Most seats.
const SEATS: i64 = 100_000;
/// Study levels.
const STUDY_LEVELS: &[&str] = &["UNDERGRADUATE", "MASTERS", "DOCTORAL"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_table_and_every_header_means_one_thing() {
        let mut tables = BTreeSet::new();
        for table in TABLES {
            for name in [table.name].iter().chain(table.aliases) {
                assert!(tables.insert(header_form(name)), "{name} is two tables");
            }
            let mut headers = BTreeSet::new();
            for column in table.columns {
                let names: BTreeSet<String> =
                    [column.name].iter().chain(column.aliases).map(|name| header_form(name)).collect();
                for name in names {
                    assert!(headers.insert(name.clone()), "{name} is two columns of {}", table.name);
                }
            }
        }
    }

    #[test]
    fn every_column_says_what_it_is() {
        for column in TABLES.iter().flat_map(|table| table.columns) {
            assert!(column.help.ends_with('.') && column.help.starts_with(char::is_uppercase), "{}", column.name);
        }
    }
}
