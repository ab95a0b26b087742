//! **C10** funds: each placement that no stipend pays is carried by a fund that may, and no fund carries more than it can.
//!
//! Placements that the same funds may carry are one class; `z(class, f)` is how many of it fund f carries:
//! `Σ_{class} x ≤ Σ_f z(class, f)` for each class, `Σ_class z(class, f) ≤ places(f)` for each fund. Who of a class is carried by which
//! fund is settled afterwards.

use std::collections::BTreeMap;

use super::{Column, Columns, Row, RowLabel};
use rules::domain::{FundSet, Instance};
use rules::evaluation::Evaluation;

pub(super) fn rows(instance: &Instance, evaluation: &Evaluation, columns: &mut Columns, rows: &mut Vec<Row>) {
    let mut classes: BTreeMap<FundSet, Vec<u32>> = BTreeMap::new();
    for (column, pair) in (0..).zip(&evaluation.pairs) {
        if let Some(funds) = pair.funds {
            classes.entry(funds).or_default().push(column);
        }
    }
    let mut of_fund: Vec<Vec<(u32, i64)>> = vec![Vec::new(); instance.funds.len()];
    for (set, pairs) in classes {
        let mut others = Vec::new();
        for fund in (0..instance.funds.len()).filter(|fund| set & (1 << fund) != 0) {
            // What the fund can carry is for its own row to say.
            let column = columns.add(Column::Carried { fund: fund as u32, units: pairs.len() as i64 });
            others.push((column, -1));
            of_fund[fund].push((column, 1));
        }
        rows.push(Row { others, ..Row::over(RowLabel::Carriage(set), pairs, None, Some(0)) });
    }
    for (fund, others) in of_fund.into_iter().enumerate().filter(|(_, others)| !others.is_empty()) {
        let places = Some(i64::from(instance.funds[fund].places()));
        rows.push(Row { others, ..Row::over(RowLabel::Fund(fund as u32), [], None, places) });
    }
}
