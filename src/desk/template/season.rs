//! A season as tables: what the import would have read it from.

mod people;
mod places;
mod sets;
#[cfg(test)]
pub(crate) mod tests;

use sheets::write::{Column, Content, Table};
use wire::pb;

use super::blank::{content, header};
use crate::columns::{self, Kind};

/// The cells of a row, by the names of their columns; those that are not there are blank.
type Cells = Vec<(String, Content)>;

/// A season as the tables of the template; tables without a row are left out, but for `students` and `projects`.
///
/// What no table has a column for is not in them: the season's term, and quotas that weigh placements.
pub fn of_season(season: &pb::Instance, quotas: &[pb::Quota]) -> Vec<Table> {
    let tables = [
        ("students", people::students(season)),
        ("projects", places::projects(season)),
        ("hosts", places::hosts(season)),
        ("programs", places::programs(season)),
        ("choices", people::choices(season)),
        ("vetoes", people::vetoes(season)),
        ("host_ranks", places::host_ranks(season)),
        ("pair_notes", people::pair_notes(season)),
        ("offers", people::offers(season)),
        ("waivers", people::waivers(season)),
        ("links", sets::links(season)),
        ("funds", sets::funds(season)),
        ("quotas", sets::quotas(quotas)),
        ("previous", people::previous(season)),
        ("skills", places::skills(season)),
        ("suspended_countries", places::suspended_countries(season)),
    ];
    let is_written = |name: &str, rows: &Vec<Cells>| !rows.is_empty() || matches!(name, "students" | "projects");
    let written = tables.into_iter().filter(|(name, rows)| is_written(name, rows));
    written.filter_map(|(name, rows)| Some(table(columns::table(name)?, rows))).collect()
}

/// Rows in the order of the columns, those of labels at the end.
fn table(known: &'static columns::Table, rows: Vec<Cells>) -> Table {
    let mut labels: Vec<String> =
        rows.iter().flatten().map(|(name, _)| name).filter(|name| name.starts_with(LABEL)).cloned().collect();
    labels.sort_unstable();
    labels.dedup();
    // Wishes are all in `choices`.
    let own = known.columns.iter().filter(|column| column.name != "country_preferences");
    let columns: Vec<Column> = own.map(header).chain(labels.into_iter().map(Column::text)).collect();
    let in_order = |mut cells: Cells| {
        let mut take = |name: &str| {
            let at = cells.iter().position(|(known, _)| known == name);
            at.map_or(Content::Blank, |at| cells.swap_remove(at).1)
        };
        columns.iter().map(|column| take(&column.name)).collect()
    };
    let rows = rows.into_iter().map(in_order).collect();
    Table { name: known.name.to_owned(), columns, rows }
}

/// How the header of a label begins.
const LABEL: &str = "attribute:";

/// A cell of a text.
fn text(name: &str, text: impl Into<String>) -> (String, Content) {
    (name.to_owned(), Content::text(text))
}

/// A cell of a number, where there is one.
fn whole(name: &str, number: Option<impl Into<i64>>) -> (String, Content) {
    (name.to_owned(), Content::whole(number))
}

/// A cell of a number with decimals, where there is one.
fn decimal(name: &str, number: Option<f64>) -> (String, Content) {
    (name.to_owned(), number.map_or(Content::Blank, Content::Decimal))
}

/// A cell that is true or false.
fn flag(name: &str, is_true: bool) -> (String, Content) {
    (name.to_owned(), Content::Boolean(is_true))
}

/// A cell that is true, false or blank.
fn optional_flag(name: &str, is_true: Option<bool>) -> (String, Content) {
    (name.to_owned(), is_true.map_or(Content::Blank, Content::Boolean))
}

/// A cell of a day.
fn day(name: &str, date: &str) -> (String, Content) {
    (name.to_owned(), content(Kind::Date, date))
}

/// The labels of a row, a cell each.
fn labels(of: &std::collections::BTreeMap<String, String>, but: &str) -> Cells {
    let others = of.iter().filter(|(name, _)| *name != but);
    others.map(|(name, value)| text(&format!("{LABEL}{name}"), value.as_str())).collect()
}

/// The place in a list as a rank: the first is 1.
fn rank(stated: Option<i32>, place: usize) -> Option<i64> {
    stated.map(i64::from).or_else(|| i64::try_from(place).ok()?.checked_add(1))
}
