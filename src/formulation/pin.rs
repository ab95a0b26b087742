//! **C6** pin: `x = 1`. A pin on a refused pair has no column, and its row `0 ≥ 1` says that it can't be kept.

use super::{Pairs, Row, RowLabel};
use rules::domain::Instance;
use rules::evaluation::Evaluation;

pub(super) fn rows(instance: &Instance, evaluation: &Evaluation, rows: &mut Vec<Row>) {
    for note in instance.notes.iter().filter(|note| instance.pins(note)) {
        let column = evaluation.find(note.student, note.project).map(|at| at as u32);
        let label = RowLabel::Pin(note.student, note.project);
        rows.push(Row::over(label, column.into_iter().collect::<Pairs>(), Some(1), None));
    }
}
