//! Which table or column a name means: compared without case, accents, spaces, punctuation and units in brackets.

use rules::domain::normal_form;

use super::{Column, TABLES, Table};

/// What is compared of a header: `Max. seats (students)` and `max_seats` are alike.
pub fn header_form(header: &str) -> String {
    let mut depth = 0_usize;
    let mut outside = String::new();
    for letter in header.chars() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            letter if depth == 0 => outside.push(letter),
            _ => {}
        }
    }
    let form = normal_form(&outside);
    if form.is_empty() { normal_form(header) } else { form }
}

/// The table that a file or a sheet is known to be by its name.
pub fn table_of(name: &str) -> Option<&'static Table> {
    let form = header_form(name);
    TABLES.iter().find(|table| [table.name].iter().chain(table.aliases).any(|known| header_form(known) == form))
}

/// The column of a table that a header means.
pub fn column_of(table: &Table, header: &str) -> Option<&'static Column> {
    let form = header_form(header);
    table.columns.iter().find(|column| [column.name].iter().chain(column.aliases).any(|name| header_form(name) == form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::table;

    #[test]
    fn headers_are_known_in_other_spellings_and_with_their_units() {
        let projects = table("projects").expect("a table");
        for (header, name) in [
            ("Max. seats (students)", "max_seats"),
            ("hours_per_week [h]", "hours_per_week"),
            ("PROJECT ID", "project_id"),
            ("capacity_max", "max_seats"),
            ("project-id", "project_id"),
        ] {
            assert_eq!(column_of(projects, header).map(|column| column.name), Some(name), "{header}");
        }
        assert!(column_of(projects, "internal comment").is_none());
        assert_eq!(table_of("Host Preferences").map(|table| table.name), Some("host_ranks"));
    }
}
