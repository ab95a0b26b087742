//! **C4** opening: `min · y ≤ Σ x ≤ max · y`, y in {0, 1}. **C5** must open: `Σ x ≥ max(1, min)`.
//!
//! A minimum of 1 needs no `y`: the project is closed with nobody and open with anybody. A project that must open needs
//! none either.

use super::{Column, Row, RowLabel, sum};
use crate::domain::{Instance, Project};

/// Whether a project needs a column that says whether it opens.
pub(super) fn opens_or_stays_closed(project: &Project) -> bool {
    project.min_seats() > 1 && !project.must_open
}

pub(super) fn rows(instance: &Instance, of_project: &[Vec<u32>], columns: &mut Vec<Column>, rows: &mut Vec<Row>) {
    for project in instance.project_indices() {
        let row = &instance.projects[project.at()];
        let pairs = &of_project[project.at()];
        if row.must_open {
            let least = i64::from(row.min_seats().max(1));
            let terms = sum(pairs.iter().copied());
            rows.push(Row { label: RowLabel::MustOpen(project), terms, least: Some(least), most: None });
        } else if opens_or_stays_closed(row) && !pairs.is_empty() {
            let open = columns.len() as u32;
            columns.push(Column::Opening(project));
            let with_open = |seats: u32| {
                let mut terms = sum(pairs.iter().copied());
                terms.push((open, -i64::from(seats)));
                terms
            };
            let label = RowLabel::Opening(project);
            rows.push(Row { label, terms: with_open(row.min_seats()), least: Some(0), most: None });
            rows.push(Row { label, terms: with_open(row.max_seats()), least: None, most: Some(0) });
        }
    }
}
