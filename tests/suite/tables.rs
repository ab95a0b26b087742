//! `docs/tables.md`: every table and column that the desk knows, as `src/desk/columns.rs` has them. `UPDATE=1` writes it anew.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use desk::columns::{Column, Kind, TABLES};

const HEAD: &str = "\
# The tables of a season

Every table and column that `import` reads and `template` writes. [Spreadsheets](spreadsheets.md) says how they are read.

A header is known in any case, with spaces, points or hyphens, with a unit in brackets, and by the other names that its table lists.
A column that is not needed may be left out. Order does not matter. Any number of `attribute:NAME` may stand in `students` and
`projects`, and `choice_1`, `choice_2`, … in `students`.

<!-- made by tests/suite/tables.rs; UPDATE=1 writes it anew -->
";

/// What the cells of a column hold.
fn kind(column: &Column) -> String {
    match column.kind {
        Kind::Key => "id".to_owned(),
        Kind::Reference(table) => format!("id of `{table}`"),
        Kind::References(table) => format!("ids of `{table}`, `;` between them"),
        Kind::Text(longest) => format!("text, up to {} bytes", rules::finding::grouped(longest as i64)),
        Kind::Tags | Kind::SkillNames => "texts, `;` between them".to_owned(),
        Kind::Skill => "text".to_owned(),
        Kind::Word(words) => words.join(", "),
        Kind::Words(words) => format!("{}, `;` between them", words.join(", ")),
        Kind::Whole(least, most) => {
            format!("whole number, {} to {}", rules::finding::grouped(least), rules::finding::grouped(most))
        }
        Kind::Limit(least, most) => {
            let (least, most) = (rules::finding::grouped(least), rules::finding::grouped(most));
            format!("whole number, {least} to {most}, or `unlimited`")
        }
        Kind::Wholes(..) => "whole numbers, `;` between them".to_owned(),
        Kind::Decimal(least, most) => {
            format!("number, {} to {}", rules::finding::grouped(least), rules::finding::grouped(most))
        }
        Kind::Flag => "true or false".to_owned(),
        Kind::Date => "day".to_owned(),
        Kind::Country => "country".to_owned(),
        Kind::Countries => "countries, `;` between them".to_owned(),
        Kind::SkillsHeld => "`name:level`, `;` between them".to_owned(),
        Kind::SkillsAsked => "`name`, `name:level`, `name:level:weight`, `;` between them".to_owned(),
        Kind::LanguagesHeld => "`code:level`, `code:level:4 semesters`, `;` between them".to_owned(),
        Kind::LanguagesAsked => "`code:level`, `code:any`, `code:level:weight`, `;` between them".to_owned(),
        Kind::Evidence => "`code:text`, `;` between them".to_owned(),
        Kind::Money => "amount and currency".to_owned(),
        Kind::Labels => "`name=value`, `name=value|value`, `;` between them".to_owned(),
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for table in TABLES {
        let quoted = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        writeln!(page, "\n## {}\n\n{}", table.name, table.about).expect("a text");
        if !table.aliases.is_empty() {
            writeln!(page, "Also known as {}.", quoted(table.aliases)).expect("a text");
        }
        writeln!(page, "\n| column | holds | means | also known as |\n|---|---|---|---|").expect("a text");
        for column in table.columns {
            let cells =
                [kind(column), column.help.to_owned(), quoted(column.aliases)].map(|cell| cell.replace('|', "\\|"));
            writeln!(page, "| `{}` | {} |", column.name, cells.join(" | ")).expect("a text");
        }
    }
    page
}

#[test]
fn the_page_of_tables_is_what_the_desk_reads() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tables.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, page()).expect("the page");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page(), "docs/tables.md is not what src/desk/columns.rs says: UPDATE=1 writes it anew");
}
