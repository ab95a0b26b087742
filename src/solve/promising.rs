//! Which pairs a linear program begins with. The season's loosest network has prices that prove its optimum. Of each
//! student those pairs are taken that are worth nearly what the prices ask for them.

use std::cell::OnceCell;

use super::GoalValue;
use super::limits::Limits;
use super::measure;
use super::proof::{Proof, ProofSum};
use super::relaxation::{Relaxed, loosest};
use formulation::{Formulation, Side};

/// Tells which pairs promise most, from the prices of the season's loosest network.
pub(super) struct Promising<'a> {
    formulation: &'a Formulation,
    limits: &'a Limits,
    network: OnceCell<Option<Relaxed>>,
}

impl<'a> Promising<'a> {
    /// The network is solved when it is first asked for.
    pub fn new(formulation: &'a Formulation, limits: &'a Limits) -> Self {
        Self { formulation, limits, network: OnceCell::new() }
    }

    fn network(&self) -> Option<&Relaxed> {
        // What goes wrong in there only costs time.
        self.network.get_or_init(|| loosest(self.formulation, self.limits).ok().flatten()).as_ref()
    }

    /// No matching is better by the goal at a place, if it reaches this by those before.
    pub fn bound(&self, place: usize, before: &[GoalValue]) -> Option<i64> {
        let goals = &self.network()?.solution.goals;
        let is_met = |(met, goal): (&GoalValue, &GoalValue)| (met.value, &met.profile) == (goal.value, &goal.profile);
        let goal = goals.get(place)?;
        goals[..place].iter().zip(before).all(is_met).then_some(goal.bound)
    }

    /// By pair column: whether it is among those of its student that promise most by the goals up to this place. All
    /// are, where no prices are known.
    pub fn begin(&self, goal: usize) -> Vec<bool> {
        let of_student = self.limits.tuning.promising;
        match self.network() {
            Some(Relaxed { formulation, solution }) => {
                promising(formulation, solution.proofs.as_deref(), goal, of_student)
            }
            None => vec![true; self.formulation.pair_count()],
        }
    }
}

/// By pair column: whether it is among so many of its student that fall least below the prices of the last proof, by
/// goals up to the one at this place. All are, where no prices are known.
pub(super) fn promising(
    formulation: &Formulation,
    proofs: Option<&[Proof]>,
    goal: usize,
    of_student: usize,
) -> Vec<bool> {
    let pairs = formulation.pair_count();
    let Some(proof) = proofs.and_then(|proofs| proofs.last()) else { return vec![true; pairs] };
    let sums =
        proof.sums.iter().take_while(|sum| matches!(sum, ProofSum::Goal { goal: of, .. } if *of <= goal)).count();
    let mut falls: Vec<Vec<i64>> = (0..pairs)
        .map(|column| {
            let weight = |sum: &ProofSum| match *sum {
                ProofSum::Goal { goal, rank } => -measure::weight(&formulation.goals[goal], rank, column),
                ProofSum::Nothing => 0,
            };
            proof.sums[..sums].iter().map(weight).collect()
        })
        .collect();
    for (row, price) in proof.priced() {
        for &pair in formulation.rows[row as usize].pairs.iter() {
            falls[pair as usize].iter_mut().zip(price).for_each(|(fall, price)| *fall += price);
        }
    }
    let mut taken = vec![false; pairs];
    for row in formulation.rows.iter().filter(|row| matches!(row.label.side(), Side::Students | Side::Pair)) {
        let mut nearest = row.pairs.to_vec();
        nearest.sort_by(|&a, &b| falls[a as usize].cmp(&falls[b as usize]));
        nearest.into_iter().take(of_student).for_each(|pair| taken[pair as usize] = true);
    }
    taken
}
