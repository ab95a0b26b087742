//! **C1** placement: `Σ x ≤ 1` over a student's pairs. **C7** must place: `Σ x ≥ 1`.

use super::{Row, RowLabel};
use rules::domain::Instance;
use rules::evaluation::Evaluation;

pub(super) fn rows(instance: &Instance, evaluation: &Evaluation, rows: &mut Vec<Row>) {
    let mut first = 0;
    for student in instance.student_indices() {
        let count = evaluation.of_student(student).len() as u32;
        let columns = first..first + count;
        first += count;
        if count > 0 {
            rows.push(Row::over(RowLabel::Placement(student), columns.clone(), None, Some(1)));
        }
        if instance.students[student.at()].must_place {
            rows.push(Row::over(RowLabel::MustPlace(student), columns, Some(1), None));
        }
    }
}
