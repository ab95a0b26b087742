//! Reads the sets of `../shared/data`.

use std::path::PathBuf;

use serde_json::Value;

/// Where the sets lie.
pub fn folder(set: &str) -> PathBuf {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
    assert!(root.is_dir(), "the real sets are not there: {} does not exist, and these tests need it", root.display());
    root.join(set)
}

/// The rows of a table, as (column name → cell) lookups.
pub fn table(set: &str, name: &str) -> Vec<Row> {
    let path = folder(set).join(name);
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let names = reader.headers().expect("a header").clone();
    reader.records().map(|row| Row { names: names.clone(), cells: row.expect("a row") }).collect()
}

/// The published figures of a set.
pub fn expected(set: &str) -> Value {
    let text = std::fs::read_to_string(folder(set).join("expected.json")).expect("expected.json");
    serde_json::from_str(&text).expect("JSON")
}

pub struct Row {
    names: csv::StringRecord,
    cells: csv::StringRecord,
}

impl Row {
    pub fn text(&self, column: &str) -> &str {
        let at = self.names.iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"));
        &self.cells[at]
    }

    pub fn number(&self, column: &str) -> Option<i32> {
        match self.text(column) {
            "" => None,
            text => Some(text.parse().unwrap_or_else(|_| panic!("{column}: {text:?} is no number"))),
        }
    }

    /// The entries of `name:value;…`, split at the last colon.
    pub fn list(&self, column: &str) -> Vec<(&str, &str)> {
        let entries = self.text(column).split(';').filter(|entry| !entry.is_empty());
        entries.map(|entry| entry.rsplit_once(':').unwrap_or((entry, ""))).collect()
    }
}
