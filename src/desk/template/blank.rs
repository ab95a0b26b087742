//! The template: every table with its headers, what they mean, and an example.

use rules::finding::Finding;
use sheets::write::{Column, Content, Table};

use crate::columns::{self, Kind, TABLES};
use crate::files::{csv_files, workbook};

/// Rows that an example needs beside the first one: links need two students, and every skill that is named is known.
const SECOND_ROWS: [(&str, &[(&str, &str)]); 2] = [
    ("students", &[("student_id", "S002"), ("name", "Ben Beispiel"), ("email", "ben@example.org")]),
    ("skills", &[("skill", "C++"), ("aliases", "cpp")]),
];

/// A column that is read and not offered: it is the same as the table `choices`.
const NOT_OFFERED: &str = "country_preferences";

/// Every table, with a row that shows what is meant; the rows together are a small season.
pub fn template() -> Vec<Table> {
    TABLES.iter().map(table).collect()
}

/// The template as one XLSX, with a sheet `Help`.
///
/// # Errors
/// None that is known: what is written is always the same.
pub fn template_workbook() -> Result<Vec<u8>, Vec<Finding>> {
    let mut tables = template();
    tables.push(help());
    workbook(&tables)
}

/// The template as a CSV for each table, with a `README.txt`.
pub fn template_files() -> Vec<(String, Vec<u8>)> {
    let mut files = csv_files(&template());
    files.push(("README.txt".to_owned(), readme().into_bytes()));
    files
}

/// A column as it is written.
pub(super) fn header(column: &columns::Column) -> Column {
    let is_text =
        !matches!(column.kind, Kind::Whole(..) | Kind::Limit(..) | Kind::Decimal(..) | Kind::Flag | Kind::Date);
    let choices = match column.kind {
        Kind::Word(words) => words.iter().map(|&word| word.to_owned()).collect(),
        Kind::Flag => vec!["true".to_owned(), "false".to_owned()],
        _ => Vec::new(),
    };
    Column { name: column.name.to_owned(), note: column.help.to_owned(), choices, is_text }
}

fn offered(table: &'static columns::Table) -> impl Iterator<Item = &'static columns::Column> {
    table.columns.iter().filter(|column| column.name != NOT_OFFERED)
}

fn table(table: &'static columns::Table) -> Table {
    let example = |instead: &[(&str, &str)]| {
        let cell = |column: &columns::Column| {
            let other = instead.iter().find(|(name, _)| *name == column.name);
            content(column.kind, other.map_or(column.example, |(_, text)| text))
        };
        offered(table).map(cell).collect::<Vec<_>>()
    };
    let mut rows = vec![example(&[])];
    rows.extend(SECOND_ROWS.iter().filter(|(name, _)| *name == table.name).map(|(_, instead)| example(instead)));
    Table { name: table.name.to_owned(), columns: offered(table).map(header).collect(), rows }
}

/// A cell by what its column holds.
pub(super) fn content(kind: Kind, text: &str) -> Content {
    let typed = match kind {
        Kind::Whole(..) | Kind::Limit(..) => text.parse().ok().map(Content::Whole),
        Kind::Decimal(..) => text.parse().ok().map(Content::Decimal),
        Kind::Flag => text.parse().ok().map(Content::Boolean),
        Kind::Date => text.parse().ok().map(Content::Day),
        _ => None,
    };
    typed.unwrap_or_else(|| Content::text(text))
}

/// What every column means, as a table.
fn help() -> Table {
    let columns = ["table", "column", "meaning", "example"].map(Column::text);
    let mut rows = Vec::new();
    for table in TABLES {
        let texts = |cells: [&str; 4]| cells.map(Content::text).to_vec();
        rows.push(texts([table.name, "", table.about, ""]));
        rows.extend(offered(table).map(|column| texts([table.name, column.name, column.help, column.example])));
        if table.has_attributes() {
            rows.push(texts([table.name, "attribute:NAME", ATTRIBUTE, "yes"]));
        }
    }
    Table { name: "Help".to_owned(), columns: columns.to_vec(), rows }
}

const ATTRIBUTE: &str = "A label of your own; add a column for each. Quotas, funds and goals may ask for it.";

fn readme() -> String {
    let mut text = "A season in spreadsheets.\r\n\r\n\
        Each CSV file here is a table. Only students and projects are needed; leave out what you do not use.\r\n\
        Replace the example rows by your own, then: misti-matching import FOLDER --output season.json\r\n\
        Where a cell holds a list, write ; between the entries. A blank cell says nothing.\r\n"
        .to_owned();
    for table in TABLES {
        text.push_str(&format!("\r\n{}.csv: {}\r\n", table.name, table.about));
        for column in offered(table) {
            let example =
                if column.example.is_empty() { String::new() } else { format!(" Example: {}", column.example) };
            text.push_str(&format!("  {}: {}{example}\r\n", column.name, column.help));
        }
        if table.has_attributes() {
            text.push_str(&format!("  attribute:NAME: {ATTRIBUTE}\r\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of a column of a table of the template.
    fn cells(table: &str, column: &str) -> Vec<String> {
        let tables = template();
        let table = tables.iter().find(|found| found.name == table).expect("a table");
        let at = table.columns.iter().position(|found| found.name == column).expect("a column");
        table.rows.iter().map(|row| row[at].shown()).collect()
    }

    #[test]
    fn every_id_that_an_example_names_stands_in_the_example_of_its_table() {
        let mut checked = 0;
        for table in TABLES {
            for column in offered(table) {
                let (Kind::Reference(other) | Kind::References(other)) = column.kind else { continue };
                let key = columns::table(other).expect("a table").columns[0].name;
                let ids = cells(other, key);
                for id in cells(table.name, column.name).iter().flat_map(|cell| cell.split(';')) {
                    assert!(id.is_empty() || ids.contains(&id.to_owned()), "{}.{}: {id}", table.name, column.name);
                    checked += 1;
                }
            }
        }
        assert!(checked > 20, "{checked}");
    }

    #[test]
    fn every_example_is_of_the_type_of_its_column() {
        for table in TABLES {
            for column in offered(table).filter(|column| !column.example.is_empty()) {
                let written = content(column.kind, column.example);
                let is_typed = matches!(
                    column.kind,
                    Kind::Whole(..) | Kind::Limit(..) | Kind::Decimal(..) | Kind::Flag | Kind::Date
                );
                assert_eq!(written.as_text().is_none(), is_typed, "{}.{}", table.name, column.name);
            }
        }
    }

    #[test]
    fn the_readme_names_every_table_and_column_and_gets_along_without_a_byte_order_mark() {
        let files = template_files();
        let (name, bytes) = files.last().expect("a file");
        assert_eq!((name.as_str(), files.len()), ("README.txt", TABLES.len() + 1));
        let text = std::str::from_utf8(bytes).expect("text");
        for table in TABLES {
            assert!(text.contains(&format!("\r\n{}.csv: ", table.name)));
            assert!(offered(table).all(|column| text.contains(&format!("\r\n  {}: ", column.name))));
        }
    }
}
