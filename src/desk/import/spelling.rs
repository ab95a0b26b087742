//! Names of skills that nearly are others.

use std::collections::{BTreeMap, HashMap};

use rules::codes;
use rules::domain::normal_form;

use super::gather::Gather;
use super::lists;
use super::reading::Datum;
use super::season::{Later, Rows};
use crate::problem::Severity;

/// Columns that hold names of skills.
const COLUMNS: [(&str, &str); 3] =
    [("students", "skills"), ("projects", "required_skills"), ("projects", "desired_skills")];
/// So many cells make a name one that is known, where no table of skills says which are.
const OFTEN: usize = 2;

/// Looks at every name of a skill.
pub(super) fn look(rows: &mut Rows, gather: &mut Gather) {
    let declared = declared(rows);
    let known = if declared.is_empty() { often(rows) } else { declared.clone() };
    let mut nearest: HashMap<String, Option<String>> = HashMap::new();
    for (table, name) in COLUMNS {
        for record in rows.of_table(table).collect::<Vec<_>>() {
            let Some(column) = rows.column(record, name) else { continue };
            let Some(Datum::Entries(entries)) = &rows.records[record].values[column] else { continue };
            let mut entries = entries.clone();
            let (mut near, mut strange) = (Vec::new(), Vec::new());
            for entry in &mut entries {
                let form = normal_form(&entry.name);
                if known.contains_key(&form) {
                    continue;
                }
                let meant = nearest.entry(form.clone()).or_insert_with(|| near_name(&form, &known)).clone();
                match meant {
                    Some(meant) => near.push((std::mem::replace(&mut entry.name, meant.clone()), meant)),
                    None => strange.push(entry.name.clone()),
                }
            }
            if !declared.is_empty() && !strange.is_empty() {
                let why = format!("the table of skills does not know {}", strange.join(", "));
                rows.tell(record, column, (&codes::SKILL_NOT_KNOWN, Severity::Warning), &why, "", gather);
            }
            if !near.is_empty() {
                ask(rows, record, column, entries, &near, gather);
            }
        }
    }
    repeated(rows, gather);
}

/// Asks whether names that nearly are others are those.
fn ask(
    rows: &mut Rows,
    record: usize,
    column: usize,
    mended: Vec<super::reading::Entry>,
    near: &[(String, String)],
    gather: &mut Gather,
) {
    match rows.decided(record, column, gather) {
        Later::Accepted => {
            rows.records[record].values[column] = Some(Datum::Entries(mended));
            return;
        }
        Later::Kept => return,
        Later::Open => {}
    }
    let mut parts = lists::entries(&rows.shown(record, column));
    for (was, meant) in near {
        parts
            .iter_mut()
            .filter_map(|parts| parts.first_mut())
            .filter(|name| *name == was)
            .for_each(|name| name.clone_from(meant));
    }
    let why = near
        .iter()
        .map(|(was, meant)| format!("{was} is no skill that is known, and nearly {meant}"))
        .collect::<Vec<_>>()
        .join("; ");
    let suggestion = lists::joined(&parts);
    rows.ask(record, column, (&codes::SKILL_NEARLY_KNOWN, Severity::Ask), &why, &suggestion, gather);
}

/// The names that the table of skills declares, by normal form.
fn declared(rows: &Rows) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for record in rows.of_table("skills") {
        let Some(skill) = rows.text(record, "skill") else { continue };
        known.insert(normal_form(skill), skill.to_owned());
        let row = &rows.records[record];
        if let Some(Datum::List(aliases)) = row.get(rows.of(row), "aliases") {
            aliases.iter().for_each(|alias| {
                known.entry(normal_form(alias)).or_insert_with(|| skill.to_owned());
            });
        }
    }
    known
}

/// Names that stand often, or of which nothing near stands more often.
fn often(rows: &Rows) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (table, name) in COLUMNS {
        for record in rows.of_table(table) {
            let row = &rows.records[record];
            let Some(Datum::Entries(entries)) = row.get(rows.of(row), name) else { continue };
            for entry in entries {
                counts.entry(normal_form(&entry.name)).or_insert_with(|| (0, entry.name.clone())).0 += 1;
            }
        }
    }
    let frequent = counts
        .iter()
        .filter(|(_, (count, _))| *count >= OFTEN)
        .map(|(form, (_, name))| (form.clone(), name.clone()))
        .collect::<BTreeMap<_, _>>();
    let is_alone = |form: &String, count: usize| count > 1 || near_name(form, &frequent).is_none();
    let known = counts.iter().filter(|(form, (count, _))| frequent.contains_key(*form) || is_alone(form, *count));
    known.map(|(form, (_, name))| (form.clone(), name.clone())).collect()
}

/// The known name that is nearest, where it is near and no other is as near.
fn near_name(form: &str, known: &BTreeMap<String, String>) -> Option<String> {
    let length = form.chars().count();
    let most = match length {
        0..=3 => return None,
        4..=6 => 1,
        _ => 2,
    };
    let apart = |other: &String| other.chars().count().abs_diff(length) <= most;
    let near =
        known.iter().filter(|(other, _)| apart(other)).map(|(other, name)| (strsim::osa_distance(other, form), name));
    let mut near: Vec<(usize, &String)> = near.filter(|(distance, _)| *distance <= most).collect();
    near.sort_unstable();
    match near[..] {
        [(_, only)] => Some(only.clone()),
        [(first, name), (second, _), ..] if first < second => Some(name.clone()),
        _ => None,
    }
}

/// One skill at two levels in one cell.
fn repeated(rows: &Rows, gather: &mut Gather) {
    for record in rows.of_table("students") {
        let Some(column) = rows.column(record, "skills") else { continue };
        let Some(Datum::Entries(entries)) = &rows.records[record].values[column] else { continue };
        let mut levels: BTreeMap<String, Option<i32>> = BTreeMap::new();
        for entry in entries {
            if levels.insert(normal_form(&entry.name), entry.level).is_some_and(|before| before != entry.level) {
                let why = format!("{} stands at two levels; the higher counts", entry.name);
                rows.tell(record, column, (&codes::SKILL_AT_TWO_LEVELS, Severity::Warning), &why, "", gather);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nearly_is_a_known_one_is_found_and_short_or_far_ones_are_not() {
        let known: BTreeMap<String, String> = ["Python", "PostgreSQL", "Java", "JavaScript", "Kubernetes", "C"]
            .into_iter()
            .map(|name| (normal_form(name), name.to_owned()))
            .collect();
        for (written, meant) in [
            ("Pyhton", "Python"),
            ("PostgresSQL", "PostgreSQL"),
            ("Jvaa", "Java"),
            ("Kubernets", "Kubernetes"),
            ("PotsgreSQL", "PostgreSQL"),
        ] {
            assert_eq!(near_name(&normal_form(written), &known).as_deref(), Some(meant), "{written}");
        }
        for written in ["D", "Rust", "Haskell", "Perl"] {
            assert_eq!(near_name(&normal_form(written), &known), None, "{written}");
        }
    }
}
