//! The network engine: goals in their order where the rows nest, exact and without an integer program.
//!
//! Sums that follow each other are improved together (`stage.rs`, `flow.rs`); what is as good as the best stays in play
//! (`face.rs`); a threshold is bisected over the values in play; the lottery draws among what only ties (`ties.rs`). The prices
//! of all stages, one number a sum, are the proof.

mod assignment;
mod circulation;
mod dense;
mod face;
mod flow;
mod graph;
mod offers;
mod residual;
mod stage;
mod ties;
mod vectors;

use std::borrow::Cow;
use std::collections::BTreeSet;

use graph::{Family, Node};
pub(super) use graph::{Graph, Opening, Shape};
pub use residual::{Detour, Forced, Residual};

use super::limits::{Limits, Stop};
use super::measure::{self, Known, directed};
use super::proof::{Proof, ProofSum, Threshold};
use super::tuning::Tuning;
use super::watch::Sighting;
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
    let mut course = Course::new(formulation, graph, limits);
    let mut stop = None;
    let mut canonical = false;
    match course.run() {
        Ok(unique) => canonical = unique,
        Err(Halt::Infeasible(proof)) => return Ok(Solved::Infeasible(Some(proof))),
        Err(Halt::Stopped(why)) => stop = Some(why),
        Err(Halt::Wrong) => return Err(SolverFailure("the prices of a network do not prove its optimum".to_owned())),
    }
    let (Some(goals), Some(matched)) = (course.reached(), course.matched.take()) else {
        return Ok(Solved::Nothing(stop.unwrap_or(Stop::OutOfTime)));
    };
    // A tolerance lets a later goal leave the best of an earlier one, which prices can't show.
    let holds_all = formulation.goals.iter().all(|goal| goal.tolerance == 0);
    let proofs = if stop.is_none() && holds_all && course.certifies { Some(course.proofs) } else { None };
    Ok(Solved::Solution(Solution { matched, goals, canonical, stop, proofs, dropped: Vec::new() }))
}

/// Why a course ends early.
enum Halt {
    /// Nothing keeps the rows.
    Infeasible(Proof),
    Stopped(Stop),
    /// A proof does not add up.
    Wrong,
}

/// Goals taken in order.
struct Course<'a> {
    formulation: &'a Formulation,
    limits: &'a Limits,
    /// Both families before any goal was held.
    first: (Family, Family),
    /// The matchings in play.
    graph: Graph,
    /// By column: the best matching found.
    matched: Option<Vec<bool>>,
    /// Sums that wait to be improved together.
    waiting: Vec<ProofSum>,
    /// Sums that are settled, their prices and their values.
    sums: Vec<ProofSum>,
    prices: Prices,
    values: Vec<i64>,
    thresholds: Vec<Threshold>,
    proofs: Vec<Proof>,
    /// Whether proofs are kept.
    certifies: bool,
    /// How many of the sums the proofs cover.
    proven_sums: usize,
    /// By goal that is settled.
    known: Vec<Known>,
}

impl<'a> Course<'a> {
    fn new(formulation: &'a Formulation, graph: Graph, limits: &'a Limits) -> Self {
        let none = || Vectors { width: 0, numbers: Vec::new() };
        let sums_of = |goal: &GoalMeasure| match &goal.measure {
            Measure::Sum { .. } => 1,
            Measure::Worst { .. } => 0,
            Measure::Profile { ranks, .. } => ranks.iter().filter(|&&rank| rank > 0).collect::<BTreeSet<_>>().len(),
        };
        let sums: usize = formulation.goals.iter().map(sums_of).sum();
        Self {
            formulation,
            limits,
            first: (graph.left.clone(), graph.right.clone()),
            graph,
            matched: None,
            waiting: Vec::new(),
            sums: Vec::new(),
            prices: Prices { left: none(), right: none() },
            values: Vec::new(),
            thresholds: Vec::new(),
            proofs: Vec::new(),
            certifies: sums <= limits.tuning.most_certified.min(Tuning::MOST_CERTIFIED),
            proven_sums: 0,
            known: Vec::new(),
        }
    }

    /// Improves every goal and draws the lottery; whether one matching is left.
    fn run(&mut self) -> Result<bool, Halt> {
        for (place, goal) in self.formulation.goals.iter().enumerate() {
            match &goal.measure {
                Measure::Sum { .. } => self.waiting.push(ProofSum::Goal { goal: place, rank: None }),
                Measure::Profile { ranks, generous, .. } => {
                    let present: BTreeSet<u32> = ranks.iter().copied().filter(|&rank| rank > 0).collect();
                    let order: Vec<u32> =
                        if *generous { present.into_iter().rev().collect() } else { present.into_iter().collect() };
                    let count = |rank| ProofSum::Goal { goal: place, rank: Some(rank) };
                    self.waiting.extend(order.into_iter().map(count));
                }
                Measure::Worst { values, least, nobody } => {
                    self.improve()?;
                    self.prove()?;
                    self.raise(place, &directed(values, *least), measure::direct(*nobody, *least))?;
                }
            }
        }
        self.improve()?;
        self.prove()?;
        if self.limits.lottery { self.draw() } else { Ok(false) }
    }

    /// What is reached of every goal, and what is known of the best; `None` before a matching was found.
    fn reached(&self) -> Option<Vec<GoalValue>> {
        let matched = self.matched.as_ref()?;
        let reached = self.formulation.goals.iter().enumerate().map(|(place, goal)| {
            let unknown = || Known { bound: quick_bound(&self.graph, goal), proven: false };
            measure::reached(goal, measure::chosen(matched), &self.known.get(place).copied().unwrap_or_else(unknown))
        });
        Some(reached.collect())
    }

    fn tell(&self) {
        let sighting = || self.reached().map(|goals| Sighting { is_found: true, goals });
        self.limits.watcher.tell(sighting);
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

    /// Improves the sums that wait, as many together as fit, and holds each at its best.
    fn improve(&mut self) -> Result<(), Halt> {
        let improved = self.improve_waiting();
        let settled = self.formulation.goals.iter().enumerate().skip(self.known.len());
        let known: Vec<Known> = settled
            .map_while(|(place, goal)| {
                let of_goal = |sum: &ProofSum| matches!(sum, ProofSum::Goal { goal, .. } if *goal == place);
                let is_settled = !self.waiting.iter().any(of_goal);
                is_settled.then(|| self.settled_value(goal, self.sums.iter().position(of_goal)))?
            })
            .collect();
        self.known.extend(known);
        self.tell();
        improved
    }

    fn improve_waiting(&mut self) -> Result<(), Halt> {
        loop {
            let mut weights =
                self.weights(&self.waiting[..self.waiting.len().min(most_fitting(&self.graph, &self.limits.tuning))]);
            weights.truncate(fitting(&self.graph, &weights, &self.limits.tuning));
            if weights.is_empty() && self.matched.is_some() {
                return Ok(());
            }
            let (best, graph, values) = self.best(&weights)?;
            self.keep(&best.used);
            self.graph = graph;
            if self.certifies {
                self.prices = joined(&self.prices, &best.prices, self.sums.len());
            }
            self.sums.extend(self.waiting.drain(..weights.len()));
            self.values.extend(values);
        }
    }

    /// What is known of a goal whose sums are settled; `None` where they are not.
    fn settled_value(&self, goal: &GoalMeasure, first: Option<usize>) -> Option<Known> {
        let best = match &goal.measure {
            Measure::Worst { .. } => return None,
            Measure::Sum { least, .. } => measure::direct(self.values[first?], *least),
            Measure::Profile { ranks, last_rank, generous } => {
                let compared_first = if *generous { *last_rank } else { 1 };
                let has_sum = first.is_some_and(
                    |at| matches!(self.sums[at], ProofSum::Goal { rank, .. } if rank == Some(compared_first)),
                );
                match first {
                    Some(at) if has_sum => measure::direct(self.values[at], *generous),
                    None if ranks.iter().any(|&rank| rank > 0) => return None,
                    _ => 0,
                }
            }
        };
        Some(Known { bound: best, proven: true })
    }

    fn best(&mut self, weights: &[Cow<[i64]>]) -> Result<(Best, Graph, Vec<i64>), Halt> {
        match (Stage { graph: &self.graph, weights, tuning: &self.limits.tuning }).run(&self.stop()) {
            Staged::Best(best, face, values) => Ok((best, face, values)),
            Staged::Wrong => Err(Halt::Wrong),
            Staged::Infeasible(prices) => Err(Halt::Infeasible(self.proof_beyond(&prices, None)?)),
            Staged::Stopped(used) => {
                if self.matched.is_none() && keeps_lower_bounds(&self.graph, &used) {
                    self.keep(&used);
                }
                Err(self.stopped())
            }
        }
    }

    /// Notes what is matched, from what is used by arc in play.
    fn keep(&mut self, used: &[bool]) {
        self.matched = Some(self.graph.matched(self.formulation.pair_count(), used));
    }

    /// Greatest worst value, by bisection over the values in play.
    fn raise(&mut self, goal: usize, values: &[i64], nobody: i64) -> Result<(), Halt> {
        let mut reached = self.worst(values, nobody);
        let occurring = self.graph.arcs.iter().map(|arc| values[arc.column as usize]).chain([nobody]);
        let mut open: Vec<i64> = occurring.filter(|&value| value > reached && value <= nobody).collect();
        open.sort_unstable();
        open.dedup();
        let mut beyond = None;
        while !open.is_empty() {
            let middle = open.len() / 2;
            let part = without(&self.graph, |arc| values[arc.column as usize] >= open[middle]);
            match (Stage { graph: &part, weights: &[], tuning: &self.limits.tuning }).run(&self.stop()) {
                Staged::Wrong => return Err(Halt::Wrong),
                Staged::Best(best, ..) => {
                    self.matched = Some(part.matched(self.formulation.pair_count(), &best.used));
                    reached = self.worst(values, nobody);
                    self.tell();
                    open.retain(|&value| value > reached);
                }
                Staged::Infeasible(prices) => {
                    open.truncate(middle);
                    beyond = Some(prices);
                }
                Staged::Stopped(_) => return Err(self.stopped()),
            }
        }
        let goal_measure = &self.formulation.goals[goal];
        let least = matches!(goal_measure.measure, Measure::Worst { least: true, .. });
        if let Some(prices) = beyond.filter(|_| self.certifies) {
            let next = Threshold { goal, value: measure::direct(reached + 1, least) };
            let proof = self.proof_beyond(&prices, Some(next))?;
            self.proofs.push(proof);
        }
        let floor = reached.saturating_sub(goal_measure.tolerance);
        self.graph = without(&self.graph, |arc| values[arc.column as usize] >= floor);
        self.thresholds.push(Threshold { goal, value: measure::direct(floor, least) });
        self.known.push(Known { bound: measure::direct(reached, least), proven: true });
        self.tell();
        Ok(())
    }

    fn worst(&self, values: &[i64], nobody: i64) -> i64 {
        let matched =
            self.matched.iter().flatten().zip(values).filter(|&(&matched, _)| matched).map(|(_, &value)| value);
        matched.min().unwrap_or(nobody).min(nobody)
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
        let used: Vec<bool> = self.graph.arcs.iter().map(|arc| matched[arc.column as usize]).collect();
        let (mut graph, _) = ties(&self.graph, &used);
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
            for (arc, &used) in graph.arcs.iter().zip(&best.used) {
                matched[arc.column as usize] = used;
            }
            let used: Vec<bool> = face.arcs.iter().map(|arc| matched[arc.column as usize]).collect();
            graph = ties(&face, &used).0;
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

/// Whether a flow, by arc, keeps every lower bound.
fn keeps_lower_bounds(graph: &Graph, used: &[bool]) -> bool {
    let chosen = || graph.arcs.iter().zip(used).filter(|&(_, &used)| used).map(|(arc, _)| arc);
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
    let (rank, least) = match &goal.measure {
        Measure::Sum { least, .. } => (None, *least),
        Measure::Worst { nobody, .. } => return *nobody,
        Measure::Profile { last_rank, generous, .. } => (Some(if *generous { *last_rank } else { 1 }), *generous),
    };
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
