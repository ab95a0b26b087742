//! The network engine: where the rows nest, goals are improved exactly and without an integer program.
//!
//! Sums that follow each other are improved together (`stage.rs`, `flow.rs`); what is as good as the best stays in play
//! (`face.rs`); the lottery draws among what only ties (`ties.rs`). The prices of all stages, one number a sum, are the proof.

mod assignment;
mod circulation;
mod dense;
mod face;
mod flow;
mod graph;
mod nesting;
mod offers;
mod residual;
mod stage;
mod ties;
mod vectors;

use std::borrow::Cow;

use graph::{Family, Node};
pub(super) use graph::{Graph, Opening, Shape};
pub use residual::{Detour, Forced, Residual};

use super::goals::{self, BackEnd, Floor, Progress};
use super::limits::{Limits, Stop};
use super::measure::{self, Known};
use super::proof::{Proof, ProofSum, Threshold};
use super::tuning::Tuning;
use super::{GoalValue, Solution, Solved, SolverFailure};
use face::{flows, sign, without};
use formulation::{Formulation, GoalMeasure, Measure};
use stage::{Best, Prices, Stage, Staged, fitting, most_fitting};
use ties::ties;
use vectors::Vectors;

/// Levels of the lottery after which it is given up; two matchings tie at one level with a chance of about one in a million.
pub const MAX_LEVELS: u32 = 64;

/// Solves a network goal by goal.
pub(super) fn solve(formulation: &Formulation, graph: Graph, limits: &Limits) -> Result<Solved, SolverFailure> {
    let mut progress = Progress::new(formulation);
    let certifies = progress.sums() <= limits.tuning.most_certified.min(Tuning::MOST_CERTIFIED);
    let mut stages = Stages::new(formulation, graph, limits, certifies);
    let improved = goals::improve(&mut stages, &mut progress, &limits.watcher);
    let drawn = improved.and_then(|()| if limits.lottery { stages.draw() } else { Ok(false) });
    let (canonical, stop) = match drawn {
        Ok(canonical) => (canonical, None),
        Err(Halt::Infeasible(proof)) => return Ok(Solved::Infeasible(Some(proof))),
        Err(Halt::Stopped(why)) => (false, Some(why)),
        Err(Halt::Wrong) => return Err(SolverFailure("the prices of a network do not prove its optimum".to_owned())),
    };
    let (Some(goals), Some(matched)) = (stages.reached(&progress), stages.matched.take()) else {
        return Ok(Solved::Nothing(stop.unwrap_or(Stop::OutOfTime)));
    };
    // A tolerance lets a later goal leave the best of an earlier one, which prices can't show.
    let holds_all = formulation.goals.iter().all(|goal| goal.tolerance == 0);
    let proofs = if stop.is_none() && holds_all && stages.certifies { Some(stages.proofs) } else { None };
    Ok(Solved::Solution(Solution { matched, goals, canonical, stop, proofs, dropped: Vec::new() }))
}

/// Why the stages end early.
enum Halt {
    /// Nothing keeps the rows.
    Infeasible(Proof),
    Stopped(Stop),
    /// A proof does not add up.
    Wrong,
}

/// A network that is solved stage by stage.
struct Stages<'a> {
    formulation: &'a Formulation,
    limits: &'a Limits,
    /// Both families before any goal was held.
    first: (Family, Family),
    /// The matchings in play.
    graph: Graph,
    /// By column: the best matching found.
    matched: Option<Vec<bool>>,
    /// Sums that are settled, their prices and their values.
    sums: Vec<ProofSum>,
    prices: Prices,
    values: Vec<i64>,
    thresholds: Vec<Threshold>,
    /// Prices that prove that no matching in play is beyond the threshold that was sought last.
    beyond: Option<Prices>,
    proofs: Vec<Proof>,
    /// Whether proofs are kept.
    certifies: bool,
    /// How many of the sums the proofs cover.
    proven_sums: usize,
}

impl BackEnd for Stages<'_> {
    type Halt = Halt;

    /// Improves as many sums together as fit into a stage.
    fn improve(&mut self, sums: &[ProofSum], progress: &mut Progress) -> Result<(), Halt> {
        let tuning = &self.limits.tuning;
        let mut waiting = sums;
        while !waiting.is_empty() || self.matched.is_none() {
            let most = waiting.len().min(most_fitting(&self.graph, tuning));
            let mut weights = self.weights(&waiting[..most]);
            weights.truncate(fitting(&self.graph, &weights, tuning));
            let (best, graph, values) = self.best(&weights)?;
            self.matched = Some(self.graph.matched(self.formulation.pair_count(), &best.used));
            self.graph = graph;
            if self.certifies {
                self.prices = joined(&self.prices, &best.prices, self.sums.len());
            }
            let (settled, rest) = waiting.split_at(weights.len());
            for (&sum, &value) in settled.iter().zip(&values) {
                progress.settle(sum, Known { bound: self.in_unit(sum, value), proven: true });
            }
            self.sums.extend(settled);
            self.values.extend(values);
            waiting = rest;
        }
        self.prove()
    }

    fn reach(&mut self, values: &[i64], threshold: i64) -> Result<bool, Halt> {
        let part = without(&self.graph, |arc| values[arc.column as usize] >= threshold);
        match (Stage { graph: &part, weights: &[], tuning: &self.limits.tuning }).run(&self.stop()) {
            Staged::Best(best, ..) => {
                self.matched = Some(part.matched(self.formulation.pair_count(), &best.used));
                Ok(true)
            }
            Staged::Infeasible(prices) => {
                self.beyond = Some(prices);
                Ok(false)
            }
            Staged::Wrong => Err(Halt::Wrong),
            Staged::Stopped(_) => Err(self.stopped()),
        }
    }

    fn hold(&mut self, values: &[i64], Floor { goal, reached, floor }: Floor) -> Result<(), Halt> {
        let least = measure::is_least(&self.formulation.goals[goal]);
        let threshold = |value| Threshold { goal, value: measure::direct(value, least) };
        if let Some(prices) = self.beyond.take().filter(|_| self.certifies) {
            let proof = self.proof_beyond(&prices, Some(threshold(reached + 1)))?;
            self.proofs.push(proof);
        }
        self.graph = without(&self.graph, |arc| values[arc.column as usize] >= floor);
        self.thresholds.push(threshold(floor));
        Ok(())
    }

    fn columns_in_play(&self) -> Vec<u32> {
        self.graph.arcs.iter().map(|arc| arc.column).collect()
    }

    fn has(&self, column: usize) -> bool {
        self.matched.as_ref().is_some_and(|matched| matched[column])
    }

    fn reached(&self, progress: &Progress) -> Option<Vec<GoalValue>> {
        let matched = self.matched.as_ref()?;
        let quick_bound = |goal: &GoalMeasure| quick_bound(&self.graph, goal);
        Some(goals::reached(progress, || measure::chosen(matched), quick_bound))
    }
}

impl<'a> Stages<'a> {
    fn new(formulation: &'a Formulation, graph: Graph, limits: &'a Limits, certifies: bool) -> Self {
        let none = || Vectors { width: 0, numbers: Vec::new() };
        Self {
            formulation,
            limits,
            first: (graph.left.clone(), graph.right.clone()),
            graph,
            matched: None,
            sums: Vec::new(),
            prices: Prices { left: none(), right: none() },
            values: Vec::new(),
            thresholds: Vec::new(),
            beyond: None,
            proofs: Vec::new(),
            certifies,
            proven_sums: 0,
        }
    }

    fn stop(&self) -> impl Fn() -> bool + use<'a> {
        let limits = self.limits;
        move || limits.stop().is_some()
    }

    fn stopped(&self) -> Halt {
        Halt::Stopped(self.limits.stop().unwrap_or(Stop::OutOfTime))
    }

    fn weights(&self, sums: &[ProofSum]) -> Vec<Cow<'a, [i64]>> {
        sums.iter().map(|&sum| weights(self.formulation, &self.graph, sum)).collect()
    }

    /// A value of a sum in the unit of its goal.
    fn in_unit(&self, sum: ProofSum, value: i64) -> i64 {
        let ProofSum::Goal { goal, .. } = sum else { return value };
        measure::direct(value, measure::is_least(&self.formulation.goals[goal]))
    }

    fn best(&mut self, weights: &[Cow<[i64]>]) -> Result<(Best, Graph, Vec<i64>), Halt> {
        match (Stage { graph: &self.graph, weights, tuning: &self.limits.tuning }).run(&self.stop()) {
            Staged::Best(best, face, values) => Ok((best, face, values)),
            Staged::Wrong => Err(Halt::Wrong),
            Staged::Infeasible(prices) => Err(Halt::Infeasible(self.proof_beyond(&prices, None)?)),
            Staged::Stopped(used) => {
                if self.matched.is_none() && keeps_lower_bounds(&self.graph, &used) {
                    self.matched = Some(self.graph.matched(self.formulation.pair_count(), &used));
                }
                Err(self.stopped())
            }
        }
    }

    /// Adds the proof of the sums settled so far, where any is not proven yet.
    fn prove(&mut self) -> Result<(), Halt> {
        if !self.certifies || self.proven_sums == self.sums.len() {
            return Ok(());
        }
        let proof = self.proof(self.sums.clone(), self.thresholds.clone(), &self.prices);
        if proof.bound != self.values {
            return Err(Halt::Wrong);
        }
        self.proofs.push(proof);
        self.proven_sums = self.sums.len();
        Ok(())
    }

    /// The proof that nothing in play, or nothing beyond a threshold, keeps the rows.
    fn proof_beyond(&self, prices: &Prices, threshold: Option<Threshold>) -> Result<Proof, Halt> {
        let sums = self.sums.iter().copied().chain([ProofSum::Nothing]).collect();
        let thresholds = self.thresholds.iter().copied().chain(threshold).collect();
        let proof = self.proof(sums, thresholds, &joined(&self.prices, prices, self.sums.len()));
        let less = proof.bound.iter().zip(self.values.iter().chain([&0])).map(|(bound, value)| bound - value);
        if sign(less).is_lt() { Ok(proof) } else { Err(Halt::Wrong) }
    }

    fn proof(&self, sums: Vec<ProofSum>, thresholds: Vec<Threshold>, prices: &Prices) -> Proof {
        let mut priced: Vec<(u32, &[i64])> = Vec::new();
        let mut bound = vec![0_i64; sums.len()];
        for (family, prices) in [(&self.first.0, &prices.left), (&self.first.1, &prices.right)] {
            for (node, price) in family.nodes.iter().zip(prices.iter()) {
                let order = sign(price.iter().copied());
                if order.is_eq() {
                    continue;
                }
                let (row, units) =
                    if order.is_gt() { (node.most_row, node.most) } else { (node.least_row, node.least) };
                let units = i64::from(units);
                bound
                    .iter_mut()
                    .zip(price)
                    .for_each(|(sum, &price)| *sum = sum.saturating_add(units.saturating_mul(price)));
                priced.push((row, price));
            }
        }
        priced.sort_unstable_by_key(|&(row, _)| row);
        let rows = priced.iter().map(|&(row, _)| row).collect();
        let mut numbers = Vec::with_capacity(priced.len() * sums.len());
        priced.iter().for_each(|(_, price)| numbers.extend_from_slice(price));
        Proof { sums, thresholds, rows, prices: numbers, bound }
    }

    /// Draws the lottery level by level until one matching is left; false where the levels ran out.
    fn draw(&mut self) -> Result<bool, Halt> {
        let Some(matched) = &mut self.matched else { return Ok(false) };
        let mut graph = ties(&self.graph, &self.graph.used(matched));
        for level in 0..MAX_LEVELS {
            if graph.arcs.is_empty() {
                return Ok(true);
            }
            let ticket = |column: u32| -self.formulation.lottery.ticket(column as usize, level);
            let weights = [graph.arcs.iter().map(|arc| ticket(arc.column)).collect::<Cow<[i64]>>()];
            let limits = self.limits;
            let stop = || limits.stop().is_some();
            let (best, face) = match (Stage { graph: &graph, weights: &weights, tuning: &limits.tuning }).run(&stop) {
                Staged::Best(best, face, _) => (best, face),
                Staged::Infeasible(_) | Staged::Wrong => return Err(Halt::Wrong),
                Staged::Stopped(_) => return Err(Halt::Stopped(limits.stop().unwrap_or(Stop::OutOfTime))),
            };
            graph.arcs.iter().for_each(|arc| matched[arc.column as usize] = false);
            graph.arcs.chosen(&best.used).for_each(|arc| matched[arc.column as usize] = true);
            graph = ties(&face, &face.used(matched));
        }
        Ok(graph.arcs.is_empty())
    }
}

/// By arc: what it adds to a sum, more being better.
fn weights<'a>(formulation: &'a Formulation, graph: &Graph, sum: ProofSum) -> Cow<'a, [i64]> {
    let ProofSum::Goal { goal, rank } = sum else { return Cow::Owned(vec![0; graph.arcs.len()]) };
    let goal = &formulation.goals[goal];
    match &goal.measure {
        Measure::Sum { weights, least: false } if graph.arcs.are_columns() => {
            Cow::Borrowed(&weights[..graph.arcs.len()])
        }
        _ => graph.arcs.iter().map(|arc| measure::weight(goal, rank, arc.column as usize)).collect(),
    }
}

/// Whether a flow keeps every lower bound.
fn keeps_lower_bounds(graph: &Graph, used: &[u32]) -> bool {
    let chosen = || graph.arcs.chosen(used);
    let of_left = flows(&graph.left, chosen().map(|arc| arc.left));
    let of_right = flows(&graph.right, chosen().map(|arc| arc.right));
    let keeps = |(node, flow): (&Node, u32)| flow >= node.least;
    graph.left.nodes.iter().zip(of_left).all(keeps) && graph.right.nodes.iter().zip(of_right).all(keeps)
}

/// Prices of more sums after those of `width` sums.
fn joined(first: &Prices, second: &Prices, width: usize) -> Prices {
    let join = |first: &Vectors<i64>, second: &Vectors<i64>| {
        if width == 0 {
            return second.clone();
        }
        let numbers = first.iter().enumerate().flat_map(|(at, vector)| vector.iter().chain(second.of(at)).copied());
        Vectors { width: width + second.width, numbers: numbers.collect() }
    };
    Prices { left: join(&first.left, &second.left), right: join(&first.right, &second.right) }
}

/// A bound without solving: what each student alone could add.
pub(super) fn quick_bound(graph: &Graph, goal: &GoalMeasure) -> i64 {
    if let Measure::Worst { nobody, .. } = goal.measure {
        return nobody;
    }
    let (rank, least) = (measure::compared_first(goal), measure::is_least(goal));
    let mut most: Vec<Option<i64>> = graph.left.nodes.iter().map(|node| (node.least == 0).then_some(0)).collect();
    for arc in graph.arcs.iter() {
        let weight = measure::weight(goal, rank, arc.column as usize);
        let most = &mut most[arc.left as usize];
        *most = (*most).max(Some(weight));
    }
    let of_leaves = most.iter().zip(&graph.left.nodes).take(graph.left.leaves);
    measure::direct(of_leaves.map(|(most, node)| most.unwrap_or(0) * i64::from(node.most)).sum(), least)
}

/// Items grouped by a key: where each group starts, and the items; items with the key [`graph::NONE`] are left out.
fn grouped(groups: usize, keys: impl Iterator<Item = u32> + Clone) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; groups + 1];
    for key in keys.clone().filter(|&key| key != graph::NONE) {
        starts[key as usize + 1] += 1;
    }
    for group in 0..groups {
        starts[group + 1] += starts[group];
    }
    let mut next = starts.clone();
    let mut items = vec![0; starts[groups] as usize];
    for (item, key) in keys.enumerate().filter(|&(_, key)| key != graph::NONE) {
        items[next[key as usize] as usize] = item as u32;
        next[key as usize] += 1;
    }
    (starts, items)
}
