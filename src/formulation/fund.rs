//! **C10** funds: for each set `U` of funds, the placements that only funds of `U` may carry are at most what `U` carries together:
//! `Σ_{funds of x ⊆ U} x ≤ Σ_{f ∈ U} places(f)`. By Hall's theorem that is all it takes for every placement to find a fund of its
//! own (P. Hall, "On representatives of subsets", 1935). Sets that are not unions of sets that occur, and unions of parts that
//! have no fund in common, follow from others.

use std::collections::BTreeSet;

use super::{Row, RowLabel};
use crate::domain::{FundSet, Instance};
use crate::evaluation::Evaluation;

pub(super) fn rows(instance: &Instance, evaluation: &Evaluation, rows: &mut Vec<Row>) {
    let occurring: BTreeSet<FundSet> = evaluation.pairs.iter().filter_map(|pair| pair.funds).collect();
    let mut unions: BTreeSet<FundSet> = BTreeSet::new();
    for &set in &occurring {
        let joined: Vec<FundSet> = unions.iter().filter(|&&union| union & set != 0).map(|union| union | set).collect();
        unions.insert(set);
        unions.extend(joined);
    }
    // A union of two that meet only through a third is found when that one comes; until nothing new is.
    loop {
        let met = |a: FundSet| occurring.iter().filter(move |&&set| set & a != 0).map(move |set| set | a);
        let more: Vec<FundSet> =
            unions.iter().flat_map(|&union| met(union)).filter(|set| !unions.contains(set)).collect();
        if more.is_empty() {
            break;
        }
        unions.extend(more);
    }
    for union in unions {
        let places = (0..instance.funds.len()).filter(|fund| union & (1 << fund) != 0);
        let places: i64 = places.map(|fund| i64::from(instance.funds[fund].places())).sum();
        let within =
            (0..).zip(&evaluation.pairs).filter(|(_, pair)| pair.funds.is_some_and(|funds| funds & !union == 0));
        let pairs: Vec<u32> = within.map(|(column, _)| column).collect();
        if (pairs.len() as i64) > places {
            rows.push(Row::over(RowLabel::Funds(union), pairs, None, Some(places)));
        }
    }
}
