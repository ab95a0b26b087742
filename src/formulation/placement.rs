//! **C1** placement: `Σ x ≤ 1` over a student's pairs. **C7** must place: `Σ x ≥ 1`.

use super::{Pairs, Row, RowLabel};
use rules::domain::Instance;
use rules::evaluation::Evaluation;

pub(super) fn rows(instance: &Instance, evaluation: &Evaluation, rows: &mut Vec<Row>) {
    let of_student = Pairs::grouped(instance.students.len(), evaluation.pairs.iter().map(|pair| pair.student.0));
    for (student, pairs) in instance.student_indices().zip(of_student) {
        if !pairs.is_empty() {
            rows.push(Row::over(RowLabel::Placement(student), &pairs, None, Some(1)));
        }
        if instance.students[student.at()].must_place {
            rows.push(Row::over(RowLabel::MustPlace(student), pairs, Some(1), None));
        }
    }
}
