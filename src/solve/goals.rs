//! The goals in their order: the only lexicographic loop.
//!
//! A goal is a sum, or sums that follow each other (the counts of a profile), or a threshold: the worst value. A back end improves the
//! first over the solutions in play and keeps in play only those that are as good, then the next, and so on (lexicographic optimisation;
//! Ehrgott, *Multicriteria Optimization*, 2005, section 5.1). The best threshold is found by bisection over the values that pairs in play
//! have: it is the greatest at which a solution is left without the pairs below.

use std::collections::BTreeSet;

use super::GoalValue;
use super::measure::{self, Known, direct, directed};
use super::proof::ProofSum;
use super::watch::{Sighting, Watcher};
use formulation::{Formulation, GoalMeasure, Measure};

/// What improves sums and looks for solutions. More is better in all that is asked of it.
pub(super) trait BackEnd {
    /// Why one ends early.
    type Halt;

    /// Improves sums, most important first, and keeps in play only what is as good. Each is settled as soon as it is known. Then a
    /// solution is in hand.
    fn improve(&mut self, sums: &[ProofSum], progress: &mut Progress) -> Result<(), Self::Halt>;

    /// Looks for a solution in play without the pairs of which the value is below a threshold, and takes it in hand; false where it is
    /// proven that there is none.
    fn reach(&mut self, values: &[i64], threshold: i64) -> Result<bool, Self::Halt>;

    /// Takes the pairs below a floor out of play.
    fn hold(&mut self, values: &[i64], floor: Floor) -> Result<(), Self::Halt>;

    /// The pair columns that a solution in play may have.
    fn columns_in_play(&self) -> Vec<u32>;

    /// Whether the solution in hand has a pair column.
    fn has(&self, column: usize) -> bool;

    /// What the solution in hand reaches of every goal; `None` while there is none.
    fn reached(&self, progress: &Progress) -> Option<Vec<GoalValue>>;
}

/// What is settled of a threshold goal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Floor {
    /// Place of the goal.
    pub goal: usize,
    /// The best worst value.
    pub reached: i64,
    /// The worst value in play: a tolerance below.
    pub floor: i64,
}

/// What is known of the goals so far.
pub(super) struct Progress<'a> {
    pub formulation: &'a Formulation,
    /// By goal: the sums that it is.
    sums: Vec<Vec<ProofSum>>,
    /// By goal: its sums that are settled, with the rank that each counts.
    settled: Vec<Vec<(Option<u32>, Known)>>,
}

impl<'a> Progress<'a> {
    pub fn new(formulation: &'a Formulation) -> Self {
        let sums = formulation.goals.iter().enumerate().map(|(place, goal)| sums(place, goal)).collect();
        Self { formulation, sums, settled: vec![Vec::new(); formulation.goals.len()] }
    }

    /// How many sums the goals are in all.
    pub fn sums(&self) -> usize {
        self.sums.iter().map(Vec::len).sum()
    }

    /// Notes what is known of a sum, in the goal's own unit.
    pub fn settle(&mut self, sum: ProofSum, known: Known) {
        if let ProofSum::Goal { goal, rank } = sum {
            self.settled[goal].push((rank, known));
        }
    }

    /// What is known of the goal at a place; `None` where nothing is.
    pub fn known(&self, place: usize) -> Option<Known> {
        let settled = &self.settled[place];
        let &(first, known) = settled.first()?;
        let compared_first = measure::compared_first(&self.formulation.goals[place]);
        // A rank that no pair has counts 0.
        let bound = if first == compared_first { known.bound } else { 0 };
        Some(Known {
            bound,
            proven: settled.len() >= self.sums[place].len() && settled.iter().all(|(_, known)| known.proven),
        })
    }
}

/// The sums of a goal; none of a threshold.
fn sums(place: usize, goal: &GoalMeasure) -> Vec<ProofSum> {
    match &goal.measure {
        Measure::Sum { .. } => vec![ProofSum::Goal { goal: place, rank: None }],
        Measure::Worst { .. } => Vec::new(),
        Measure::Profile { ranks, generous, .. } => {
            let present: BTreeSet<u32> = ranks.iter().copied().filter(|&rank| rank > 0).collect();
            let mut counts: Vec<ProofSum> =
                present.into_iter().map(|rank| ProofSum::Goal { goal: place, rank: Some(rank) }).collect();
            if *generous {
                counts.reverse();
            }
            counts
        }
    }
}

/// Improves every goal.
pub(super) fn improve<B: BackEnd>(back_end: &mut B, progress: &mut Progress, watcher: &Watcher) -> Result<(), B::Halt> {
    let mut waiting = Vec::new();
    for (place, goal) in progress.formulation.goals.iter().enumerate() {
        let sums = progress.sums[place].clone();
        if let Measure::Worst { values, least, nobody } = &goal.measure {
            improve_sums(back_end, &waiting, progress, watcher)?;
            waiting.clear();
            let (values, nobody) = (directed(values, *least), direct(*nobody, *least));
            raise(back_end, (place, &values, nobody), progress, watcher)?;
        } else if sums.is_empty() {
            progress.settle(ProofSum::Goal { goal: place, rank: None }, Known { bound: 0, proven: true });
        }
        waiting.extend(sums);
    }
    improve_sums(back_end, &waiting, progress, watcher)
}

fn improve_sums<B: BackEnd>(
    back_end: &mut B,
    sums: &[ProofSum],
    progress: &mut Progress,
    watcher: &Watcher,
) -> Result<(), B::Halt> {
    let improved = back_end.improve(sums, progress);
    tell(back_end, progress, watcher);
    improved
}

fn tell<B: BackEnd>(back_end: &B, progress: &Progress, watcher: &Watcher) {
    watcher.tell(|| back_end.reached(progress).map(|goals| Sighting { is_found: true, goals }));
}

/// Finds the greatest threshold and holds it.
fn raise<B: BackEnd>(
    back_end: &mut B,
    (goal, values, nobody): (usize, &[i64], i64),
    progress: &mut Progress,
    watcher: &Watcher,
) -> Result<(), B::Halt> {
    let measure = &progress.formulation.goals[goal];
    let least = measure::is_least(measure);
    let sum = ProofSum::Goal { goal, rank: None };
    let mut reached = worst(back_end, values, nobody);
    let in_play = back_end.columns_in_play().into_iter().map(|column| values[column as usize]);
    let mut open: Vec<i64> = in_play.chain([nobody]).filter(|&value| value > reached && value <= nobody).collect();
    open.sort_unstable();
    open.dedup();
    while !open.is_empty() {
        let middle = open.len() / 2;
        match back_end.reach(values, open[middle]) {
            Ok(true) => {
                reached = worst(back_end, values, nobody);
                open.retain(|&value| value > reached);
                tell(back_end, progress, watcher);
            }
            Ok(false) => open.truncate(middle),
            Err(halt) => {
                let bound = open.last().copied().unwrap_or(reached);
                progress.settle(sum, Known { bound: direct(bound, least), proven: false });
                return Err(halt);
            }
        }
    }
    progress.settle(sum, Known { bound: direct(reached, least), proven: true });
    back_end.hold(values, Floor { goal, reached, floor: reached.saturating_sub(measure.tolerance) })?;
    tell(back_end, progress, watcher);
    Ok(())
}

/// The worst value of the solution in hand, that of nobody where it is worse.
fn worst<B: BackEnd>(back_end: &B, values: &[i64], nobody: i64) -> i64 {
    let in_hand = values.iter().enumerate().filter(|&(column, _)| back_end.has(column));
    in_hand.map(|(_, &value)| value).min().unwrap_or(nobody).min(nobody)
}

/// What columns that are not 0, with their values, reach of every goal.
pub(super) fn reached<I: Iterator<Item = (usize, i64)>>(
    progress: &Progress,
    chosen: impl Fn() -> I,
    quick_bound: impl Fn(&GoalMeasure) -> i64,
) -> Vec<GoalValue> {
    let reached = progress.formulation.goals.iter().enumerate().map(|(place, goal)| {
        let known = progress.known(place).unwrap_or_else(|| Known { bound: quick_bound(goal), proven: false });
        measure::reached(goal, chosen(), &known)
    });
    reached.collect()
}

#[cfg(test)]
mod tests {
    use formulation::{Columns, Lottery, Reading};

    use super::*;

    /// A back end that has every solution in a list.
    struct Listed<'a> {
        formulation: &'a Formulation,
        in_play: Vec<Vec<bool>>,
        in_hand: Option<Vec<bool>>,
    }

    impl BackEnd for Listed<'_> {
        type Halt = ();

        fn improve(&mut self, sums: &[ProofSum], progress: &mut Progress) -> Result<(), ()> {
            for &sum in sums {
                let ProofSum::Goal { goal: place, rank } = sum else { continue };
                let goal = &self.formulation.goals[place];
                let value = |solution: &Vec<bool>| -> i64 {
                    measure::chosen(solution).map(|(column, _)| measure::weight(goal, rank, column)).sum()
                };
                let best = self.in_play.iter().map(value).max().expect("a solution");
                self.in_play.retain(|solution| value(solution) == best);
                progress.settle(sum, Known { bound: direct(best, measure::is_least(goal)), proven: true });
            }
            self.in_hand = self.in_play.first().cloned();
            Ok(())
        }

        fn reach(&mut self, values: &[i64], threshold: i64) -> Result<bool, ()> {
            let is_beyond = |solution: &&Vec<bool>| measure::chosen(solution).all(|(at, _)| values[at] >= threshold);
            let found = self.in_play.iter().find(is_beyond).cloned();
            Ok(found.map(|found| self.in_hand = Some(found)).is_some())
        }

        fn hold(&mut self, values: &[i64], held: Floor) -> Result<(), ()> {
            self.in_play.retain(|solution| measure::chosen(solution).all(|(at, _)| values[at] >= held.floor));
            Ok(())
        }

        fn columns_in_play(&self) -> Vec<u32> {
            (0..self.formulation.pair_count() as u32).collect()
        }

        fn has(&self, column: usize) -> bool {
            self.in_hand.as_ref().expect("a solution")[column]
        }

        fn reached(&self, progress: &Progress) -> Option<Vec<GoalValue>> {
            let in_hand = self.in_hand.as_ref()?;
            Some(reached(progress, || measure::chosen(in_hand), |_| 0))
        }
    }

    fn goal(tolerance: i64, measure: Measure) -> GoalMeasure {
        GoalMeasure { tolerance, measure, reading: Reading::AsItIs }
    }

    /// Two students, A and B, and two projects, by column: A1, A2, B1, B2; or nobody.
    fn improved(goals: Vec<GoalMeasure>) -> (Vec<bool>, Vec<GoalValue>) {
        let pairs = vec![(0, 0), (0, 1), (1, 0), (1, 1)];
        let lottery = Lottery::of_ids(0, ["A", "B"].into_iter(), ["1", "2"].into_iter(), pairs);
        let formulation = Formulation { columns: Columns::of_pairs(4), rows: Vec::new(), goals, lottery, hint: None };
        let solution = |columns: &[usize]| (0..4).map(|column| columns.contains(&column)).collect();
        let in_play = [&[][..], &[0], &[1], &[2], &[3], &[0, 3], &[1, 2]].map(solution).to_vec();
        let mut listed = Listed { formulation: &formulation, in_play, in_hand: None };
        let mut progress = Progress::new(&formulation);
        improve(&mut listed, &mut progress, &Watcher::default()).expect("nothing ends it");
        let goals = listed.reached(&progress).expect("a solution");
        (listed.in_play.swap_remove(0), goals)
    }

    #[test]
    fn a_later_goal_decides_between_what_the_goals_before_leave() {
        let most = || goal(0, Measure::Sum { weights: vec![1; 4], least: false });
        let points = || goal(0, Measure::Sum { weights: vec![9, 2, 2, 1], least: false });
        let (solution, goals) = improved(vec![most(), points()]);
        assert_eq!(solution, [true, false, false, true]);
        assert_eq!(goals.iter().map(|goal| (goal.value, goal.bound)).collect::<Vec<_>>(), [(2, 2), (10, 10)]);
        let fewest = goal(0, Measure::Sum { weights: vec![1; 4], least: true });
        assert_eq!(improved(vec![fewest, points()]).0, [false; 4]);
    }

    #[test]
    fn a_threshold_is_the_best_worst_value_and_a_tolerance_gives_up_some_of_it() {
        let most = || goal(0, Measure::Sum { weights: vec![1; 4], least: false });
        let worst = |tolerance| goal(tolerance, Measure::Worst { values: vec![9, 4, 3, 1], least: false, nobody: 9 });
        let points = goal(0, Measure::Sum { weights: vec![9, 0, 0, 9], least: false });
        let (solution, goals) = improved(vec![most(), worst(0), points.clone()]);
        assert_eq!((solution, goals[1].value), (vec![false, true, true, false], 3));
        let (solution, goals) = improved(vec![most(), worst(2), points]);
        assert_eq!((solution, goals[1].value, goals[1].bound), (vec![true, false, false, true], 1, 3));
        assert!(goals[1].proven);
    }

    #[test]
    fn a_profile_counts_one_rank_after_the_other_and_a_rank_that_no_pair_has_is_0() {
        let most = || goal(0, Measure::Sum { weights: vec![1; 4], least: false });
        let profile = |generous| {
            goal(0, Measure::Profile { ranks: vec![3, 2, 2, 0], last_rank: if generous { 4 } else { 3 }, generous })
        };
        // One at rank 3, or two at rank 2.
        for generous in [false, true] {
            let (solution, goals) = improved(vec![most(), profile(generous)]);
            assert_eq!((solution, &goals[1].profile[..]), (vec![false, true, true, false], &[0, 2][..]));
            assert_eq!((goals[1].value, goals[1].bound, goals[1].proven), (0, 0, true));
        }
    }
}
