//! Counterfactual seasons: a season with one thing more asked for, or with its goals held at what they are.
//!
//! What is asked for is `Σ x ≥ 1` over some pairs: all of a student, one pair, or those that would be new at a project. A goal is held by
//! `Σ w · x` at its value, a profile by each of its counts, a threshold by `Σ x ≤ 0` over the pairs beyond it.

use super::{Formulation, GoalMeasure, Measure, Pairs, Row, RowLabel, Side};

impl Formulation {
    /// The season in which one of these pairs is matched, by column; `side` says of which family the row is a part.
    pub fn asking(&self, pairs: &[u32], side: Side) -> Self {
        let mut asking = self.clone();
        asking.rows.push(Row::over(RowLabel::Asked(side), pairs, Some(1), None));
        asking
    }

    /// The season with one goal more, the least important.
    pub fn improving(mut self, goal: GoalMeasure) -> Self {
        self.goals.push(goal);
        self
    }

    /// The season without goals, whose matchings are those with these values: by goal its value and, of a profile, its counts.
    pub fn holding<'v>(&self, reached: impl Iterator<Item = (i64, &'v [i64])>) -> Self {
        let mut rows = self.rows.clone();
        for (goal, (value, profile)) in self.goals.iter().zip(reached) {
            self.hold(goal, value, profile, &mut rows);
        }
        Self { rows, goals: Vec::new(), ..self.clone() }
    }

    /// The season in which none of these pairs is matched, by column.
    pub fn without(mut self, pairs: &[u32]) -> Self {
        if !pairs.is_empty() {
            let label = RowLabel::Asked(Side::Neither);
            self.rows.push(Row::over(label, pairs, None, Some(0)));
        }
        self
    }

    fn hold(&self, goal: &GoalMeasure, value: i64, profile: &[i64], rows: &mut Vec<Row>) {
        let label = RowLabel::Asked(Side::Neither);
        match &goal.measure {
            Measure::Sum { weights, least } => {
                let (of_pairs, of_others) = weights.split_at(self.pair_count().min(weights.len()));
                let counted = |(_, weight): &(u32, &i64)| **weight != 0;
                let (pairs, weights): (Vec<u32>, _) =
                    (0..).zip(of_pairs).filter(counted).map(|(column, &w)| (column, w)).unzip();
                let pairs = pairs.into();
                let others = (of_pairs.len() as u32..).zip(of_others).filter(counted).map(|(column, &w)| (column, w));
                let (least, most) = if *least {
                    (None, Some(value.saturating_add(goal.tolerance)))
                } else {
                    (Some(value.saturating_sub(goal.tolerance)), None)
                };
                rows.push(Row { label, pairs, weights, defines: None, others: others.collect(), least, most });
            }
            Measure::Worst { values, least, .. } => {
                let beyond = |of_pair: i64| {
                    if *least {
                        of_pair > value.saturating_add(goal.tolerance)
                    } else {
                        of_pair < value.saturating_sub(goal.tolerance)
                    }
                };
                let pairs = (0..).zip(values).filter(|&(_, &of_pair)| beyond(of_pair)).map(|(column, _)| column);
                rows.push(Row::over(label, pairs.collect::<Pairs>(), None, Some(0)));
            }
            Measure::Profile { ranks, last_rank, .. } => {
                let of_rank = Pairs::grouped(*last_rank as usize + 1, ranks.iter().copied());
                for (rank, pairs) in of_rank.into_iter().enumerate().skip(1).filter(|(_, pairs)| !pairs.is_empty()) {
                    let count = profile.get(rank - 1).copied().unwrap_or(0);
                    rows.push(Row::over(label, pairs, Some(count), Some(count)));
                }
            }
        }
    }
}
