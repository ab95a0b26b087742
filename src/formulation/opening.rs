//! **C4** opening: `min · y ≤ Σ x ≤ max · y`, y in {0, 1}. **C5** must open: `Σ x ≥ max(1, min)`.
//!
//! A minimum of 1 needs no `y`: the project is closed with nobody and open with anybody. A project that must open needs
//! none either.

use super::{Column, Columns, Pairs, Row, RowLabel};
use rules::domain::{Instance, Project};

/// Whether a project needs a column that says whether it opens.
pub(super) fn opens_or_stays_closed(project: &Project) -> bool {
    project.min_seats() > 1 && !project.must_open
}

pub(super) fn rows(instance: &Instance, of_project: &[Pairs], columns: &mut Columns, rows: &mut Vec<Row>) {
    for project in instance.project_indices() {
        let row = &instance.projects[project.at()];
        let pairs = &of_project[project.at()];
        if row.must_open {
            let least = i64::from(row.min_seats().max(1));
            rows.push(Row::over(RowLabel::MustOpen(project), pairs, Some(least), None));
        } else if opens_or_stays_closed(row) && !pairs.is_empty() {
            let open = columns.add(Column::Opening(project));
            let label = RowLabel::Opening(project);
            let over = |seats: u32, least, most| Row {
                defines: Some((open, -i64::from(seats))),
                ..Row::over(label, pairs, least, most)
            };
            rows.push(over(row.min_seats(), Some(0), None));
            rows.push(over(row.max_seats(), None, Some(0)));
        }
    }
}
