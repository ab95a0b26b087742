//! **C8** quota: `min ≤ Σ weight · x ≤ max` over the pairs it counts. Where it is soft, `Σ weight · x + short ≥ min` and
//! `Σ weight · x − excess ≤ max`, and each unit of `short` and `excess` costs its penalty in `TOTAL_POINTS`.

use super::{Column, Columns, Pairs, Row, RowLabel, Side};
use rules::domain::{Instance, Policy, QuotaScope};
use rules::evaluation::Evaluation;

pub(super) fn rows(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    columns: &mut Columns,
    rows: &mut Vec<Row>,
) {
    for (index, quota) in (0..).zip(&policy.quotas) {
        let scope = QuotaScope::new(instance, quota);
        let weights =
            (0..).zip(&evaluation.pairs).map(|(column, pair)| (column, scope.weight(pair.student, pair.project)));
        let (pairs, weights): (Vec<u32>, Vec<i64>) = weights.filter(|&(_, weight)| weight != 0).unzip();
        let pairs = Pairs::from(pairs);
        let is_count = weights.iter().all(|&weight| weight == 1);
        let most: i64 = weights.iter().sum();
        let side = if !is_count || quota.penalty.is_some() {
            Side::Neither
        } else if scope.counts_all_students() {
            Side::Seats
        } else if scope.counts_all_projects() {
            Side::Students
        } else {
            Side::Neither
        };
        let row = |least, most| Row {
            weights: if is_count { Vec::new() } else { weights.clone() },
            ..Row::over(RowLabel::Quota(index, side), &pairs, least, most)
        };
        // What nobody can exceed says nothing.
        let max = quota.max.filter(|&max| max < most);
        let min = quota.min.filter(|&min| min > 0);
        let Some(penalty) = quota.penalty else {
            if min.is_some() || max.is_some() {
                rows.push(row(min, max));
            }
            continue;
        };
        let mut missed = |units, coefficient, row: Row| {
            let column = columns.add(Column::Missed { units, penalty });
            rows.push(Row { defines: Some((column, coefficient)), ..row });
        };
        if let Some(min) = min {
            missed(min, 1, row(Some(min), None));
        }
        if let Some(max) = max {
            missed(most - max, -1, row(None, Some(max)));
        }
    }
}

/// How many terms the rows have.
pub(super) fn size(instance: &Instance, policy: &Policy, evaluation: &Evaluation) -> usize {
    let counted = |quota| {
        let scope = QuotaScope::new(instance, quota);
        evaluation.pairs.iter().filter(|pair| scope.weight(pair.student, pair.project) != 0).count()
    };
    policy.quotas.iter().map(counted).sum()
}
