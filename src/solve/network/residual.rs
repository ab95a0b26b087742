//! [`Residual`]: what one unit more would change, read off the network of an optimum without solving again.
//!
//! The optimum `x` of the goals, and of the fewest changes against itself after them, is the only one, with prices `y` that prove
//! it. Another circulation that differs by one forced unit is `x` and a cycle of steps that are still possible through that unit; the
//! cheapest such cycle is the best one (Ahuja, Magnanti and Orlin, *Network Flows*, 1993, section 9.6, and 3.5 for the theorem that
//! differences are cycles). With the prices as potentials no step costs less than 0, in vectors compared in order, and along a cycle they
//! cancel out, so that what a cycle costs is what it takes from the goals, sum by sum, and last how many students move. Dijkstra's
//! method finds the cheapest for everybody at once: all students are placed by paths to the root, all students of a project come by
//! paths from its seats.
//!
//! A step up from a seat or down to a student costs `−y`, a step back `y`, a pair `Σ y − c`, a pair that is used 0.

mod ways;

use std::borrow::Cow;

use super::face::{asked, flows, tighten};
use super::graph::{Family, Graph, NONE, Shape};
use super::joined;
use super::stage::{Best, Prices, Stage, Staged};
use super::vectors::Vectors;
use crate::limits::Limits;
use crate::measure;
use crate::proof::ProofSum;
use crate::relaxation::Nested;
use crate::{Proof, Solution};
use formulation::{Formulation, GoalMeasure, Measure};
use ways::{Cost, Ways};

/// Another matching: the optimum with some pairs added and some removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detour {
    /// By sum of the goals, what it takes from the optimum; negative where it adds. Compared in order.
    pub costs: Vec<i64>,
    /// Pair columns that it has and the optimum has not.
    pub added: Vec<u32>,
    /// Pair columns that the optimum has and it has not.
    pub removed: Vec<u32>,
}

/// What becomes of a unit that is forced in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forced {
    /// The best matching with it, and of those the one with the fewest changes.
    Detour(Detour),
    /// No matching has it: it can't be had together with these rows of the formulation.
    Blocked(Vec<u32>),
}

/// The network around an optimum.
pub struct Residual<'a> {
    formulation: &'a Formulation,
    changes: &'a GoalMeasure,
    graph: Graph,
    /// By row of the network: which row of the formulation it is.
    rows: Vec<u32>,
    sums: Vec<ProofSum>,
    prices: Prices,
    /// By node: the prices of it and of all nodes above.
    asked: (Vectors<i64>, Vectors<i64>),
    /// By left leaf: the arc in use.
    used: Vec<u32>,
    flows: Vec<u32>,
    steps: Vec<Step>,
    /// By node and one more: where its steps are in `out_order`, and those to it in `in_order`.
    out_of: Vec<u32>,
    out_order: Vec<u32>,
    into: Vec<u32>,
    in_order: Vec<u32>,
    /// By pair column: its arc.
    arc_of: Vec<u32>,
}

/// A step that is possible.
#[derive(Clone, Copy)]
struct Step {
    from: u32,
    to: u32,
    by: By,
}

#[derive(Clone, Copy)]
enum By {
    /// One more at this arc.
    Arc(u32),
    /// One fewer at this arc.
    Back(u32),
    /// One more between this node and its parent.
    More(u32),
    /// One fewer between this node and its parent.
    Fewer(u32),
}

/// Does something with the narrowest costs that hold so many numbers; more than the widest hold are not asked for.
macro_rules! with_width {
    ($width:expr, $call:ident $(, $argument:expr)*; $self:ident) => {
        match $width {
            0..=4 => $self.$call::<4>($($argument),*),
            5..=12 => $self.$call::<12>($($argument),*),
            13..=32 => $self.$call::<32>($($argument),*),
            _ => $self.$call::<{ crate::Tuning::MOST_CERTIFIED + 1 }>($($argument),*),
        }
    };
}

impl<'a> Residual<'a> {
    /// The network around an optimum of sums and profiles without tolerances, with `changes` counting those against it; `None` where the
    /// goals are others, where no prices prove the optimum, or where the limits say so. Rows that do not nest are left out and openings
    /// taken at their loosest: what it tells then is a matching only where that keeps those as well.
    pub fn of(
        formulation: &'a Formulation,
        solution: &Solution,
        changes: &'a GoalMeasure,
        limits: &Limits,
    ) -> Option<Self> {
        let is_sum = |goal: &GoalMeasure| goal.tolerance == 0 && !matches!(goal.measure, Measure::Worst { .. });
        if !formulation.goals.iter().all(is_sum) {
            return None;
        }
        let of_sums = |proof: &&Proof| proof.thresholds.is_empty() && proof.sums.last() != Some(&ProofSum::Nothing);
        let proof = solution.proofs.as_ref()?.iter().rfind(of_sums)?;
        let nested = Nested::of(formulation);
        let Shape::Network(graph, _) = Graph::read(&nested.formulation) else { return None };
        let prices = read_prices(&graph, &nested.places, proof);
        let used = graph.used(&solution.matched);
        let weights: Vec<Cow<[i64]>> = proof.sums.iter().map(|&sum| super::weights(formulation, &graph, sum)).collect();
        let best = Best { used: used.clone(), prices };
        let (face, _) = tighten(&graph, &weights, &best)?;
        let of_changes =
            [face.arcs.iter().map(|arc| measure::weight(changes, None, arc.column as usize)).collect::<Cow<[i64]>>()];
        let stage = Stage { graph: &face, weights: &of_changes, tuning: &limits.tuning };
        let Staged::Best(kept, ..) = stage.run(&|| limits.stop().is_some()) else { return None };
        let prices = joined(&best.prices, &kept.prices, proof.sums.len());
        let of_family = |family: &Family, prices: &Vectors<i64>| {
            let by_sum: Vec<Vec<i64>> = (0..prices.width).map(|sum| asked(family, prices, sum)).collect();
            let numbers = (0..family.nodes.len()).flat_map(|node| by_sum.iter().map(move |of_sum| of_sum[node]));
            Vectors { width: prices.width, numbers: numbers.collect() }
        };
        let asked = (of_family(&graph.left, &prices.left), of_family(&graph.right, &prices.right));
        let mut arc_of = vec![NONE; formulation.pair_count()];
        graph.arcs.placed().for_each(|(at, arc)| arc_of[arc.column as usize] = at);
        let mut residual = Self {
            formulation,
            changes,
            rows: nested.places,
            sums: proof.sums.clone(),
            prices,
            asked,
            flows: Vec::new(),
            steps: Vec::new(),
            out_of: Vec::new(),
            out_order: Vec::new(),
            into: Vec::new(),
            in_order: Vec::new(),
            arc_of,
            used,
            graph,
        };
        residual.lay_steps();
        Some(residual)
    }

    fn left_count(&self) -> usize {
        self.graph.left.nodes.len()
    }

    fn root(&self) -> u32 {
        (self.graph.left.nodes.len() + self.graph.right.nodes.len()) as u32
    }

    fn node(&self, node: u32) -> &super::graph::Node {
        match (node as usize).checked_sub(self.left_count()) {
            None => &self.graph.left.nodes[node as usize],
            Some(right) => &self.graph.right.nodes[right],
        }
    }

    fn price(&self, node: u32) -> &[i64] {
        match (node as usize).checked_sub(self.left_count()) {
            None => self.prices.left.of(node as usize),
            Some(right) => self.prices.right.of(right),
        }
    }

    fn parent(&self, node: u32) -> u32 {
        match self.node(node).parent {
            NONE => self.root(),
            parent if (node as usize) < self.left_count() => parent,
            parent => parent + self.left_count() as u32,
        }
    }

    fn lay_steps(&mut self) {
        let left_count = self.left_count() as u32;
        let chosen = || self.graph.arcs.chosen(&self.used);
        self.flows = flows(&self.graph.left, chosen().map(|arc| arc.left));
        self.flows.extend(flows(&self.graph.right, chosen().map(|arc| arc.right)));
        let mut steps = Vec::with_capacity(self.graph.arcs.len() + 2 * self.flows.len());
        for (at, arc) in self.graph.arcs.placed() {
            let (left, right) = (arc.left, arc.right + left_count);
            steps.push(if self.used[left as usize] == at {
                Step { from: right, to: left, by: By::Back(at) }
            } else {
                Step { from: left, to: right, by: By::Arc(at) }
            });
        }
        for node in 0..self.root() {
            let (row, flow, parent) = (self.node(node), self.flows[node as usize], self.parent(node));
            let (more, fewer) =
                if node < left_count { ((parent, node), (node, parent)) } else { ((node, parent), (parent, node)) };
            if flow < row.most {
                steps.push(Step { from: more.0, to: more.1, by: By::More(node) });
            }
            if flow > row.least {
                steps.push(Step { from: fewer.0, to: fewer.1, by: By::Fewer(node) });
            }
        }
        let nodes = self.root() as usize + 1;
        (self.out_of, self.out_order) = super::grouped(nodes, steps.iter().map(|step| step.from));
        (self.into, self.in_order) = super::grouped(nodes, steps.iter().map(|step| step.to));
        self.steps = steps;
    }

    /// Places students who have no place, each by itself; a student is named by any of its pair columns.
    pub fn placing(&self, columns: &[u32]) -> Vec<Forced> {
        with_width!(self.sums.len() + 1, placing_by, columns; self)
    }

    fn placing_by<const N: usize>(&self, columns: &[u32]) -> Vec<Forced> {
        let leaf = |&column: &u32| self.graph.arcs.left(self.arc_of[column as usize]);
        let leaves: Vec<u32> = columns.iter().map(leaf).collect();
        let mut parents: Vec<u32> = leaves.iter().map(|&leaf| self.parent(leaf)).collect();
        parents.sort_unstable();
        parents.dedup();
        let ways: Vec<Ways<N>> = parents.iter().map(|&parent| self.ways(parent, true)).collect();
        let forced = |&leaf: &u32| {
            let place = parents.binary_search(&self.parent(leaf)).unwrap_or(0);
            if self.node(leaf).most == 0 {
                return Forced::Blocked(vec![self.rows[self.node(leaf).most_row as usize]]);
            }
            match self.detour(&ways[place], leaf, true, self.cost(By::More(leaf))) {
                Some(detour) => Forced::Detour(detour),
                None => Forced::Blocked(self.blocking(leaf)),
            }
        };
        leaves.iter().map(forced).collect()
    }

    /// Forces each pair of a student that is not matched, or each of a project's: all that share a leaf with a column.
    pub fn forcing(&self, column: u32, of_student: bool) -> Vec<(u32, Forced)> {
        if self.arc_of[column as usize] == NONE {
            return Vec::new();
        }
        with_width!(self.sums.len() + 1, forcing_by, column, of_student; self)
    }

    fn forcing_by<const N: usize>(&self, column: u32, of_student: bool) -> Vec<(u32, Forced)> {
        let arc = self.graph.arcs.get(self.arc_of[column as usize]);
        let seats = |right: u32| right + self.left_count() as u32;
        let ways: Ways<N> = if of_student { self.ways(arc.left, true) } else { self.ways(seats(arc.right), false) };
        let shares =
            |other: super::graph::Arc| if of_student { other.left == arc.left } else { other.right == arc.right };
        let mut forced = Vec::new();
        let is_used = |at: u32, other: super::graph::Arc| self.used[other.left as usize] == at;
        for (at, other) in self.graph.arcs.placed().filter(|&(at, other)| shares(other) && !is_used(at, other)) {
            let end = if of_student { seats(other.right) } else { other.left };
            let detour = self.detour(&ways, end, of_student, self.cost(By::Arc(at)));
            let told = match detour {
                Some(mut detour) => {
                    detour.added.push(other.column);
                    Forced::Detour(detour)
                }
                None => Forced::Blocked(self.blocking(seats(other.right))),
            };
            forced.push((other.column, told));
        }
        forced
    }

    /// By row that is full: the best matching with one unit more of it, where that is better; `None` where it is not.
    pub fn raising(&self) -> Vec<(u32, Option<Detour>)> {
        with_width!(self.sums.len() + 1, raising_by; self)
    }

    fn raising_by<const N: usize>(&self) -> Vec<(u32, Option<Detour>)> {
        let is_full =
            |&node: &u32| self.node(node).most_row != NONE && self.flows[node as usize] == self.node(node).most;
        let mut full: Vec<u32> = (0..self.root()).filter(is_full).collect();
        let costs = |&node: &u32| self.cost::<N>(By::More(node));
        let is_dear = |node: &u32| costs(node) < Cost::NOTHING;
        // Steps to a node that is raised begin at its parent on the right, and end there on the left.
        let key = |&node: &u32| ((node as usize) < self.left_count(), self.parent(node));
        full.sort_by_key(key);
        let mut raised = Vec::with_capacity(full.len());
        for group in full.chunk_by(|a, b| key(a) == key(b)) {
            let (is_left, parent) = key(&group[0]);
            let dear: Vec<u32> = group.iter().copied().filter(is_dear).collect();
            let dearest = dear.iter().map(costs).min();
            let ways =
                dearest.map(|cost| self.ways_within(parent, is_left, Some(Cost(cost.0.map(|number| -number))), &dear));
            for node in group {
                let ways = ways.as_ref().filter(|_| is_dear(node));
                let detour = ways.and_then(|ways| self.detour(ways, *node, is_left, costs(node)));
                let better =
                    detour.filter(|detour| detour.costs.iter().find(|&&cost| cost != 0).is_some_and(|&cost| cost < 0));
                raised.push((self.rows[self.node(*node).most_row as usize], better));
            }
        }
        raised
    }
}

/// By node: what the prices of a proof ask for one more unit of its bound.
fn read_prices(graph: &Graph, rows: &[u32], proof: &Proof) -> Prices {
    let width = proof.sums.len();
    let priced: std::collections::HashMap<u32, &[i64]> = proof.priced().collect();
    let of_family = |family: &Family| {
        let mut numbers = vec![0; width * family.nodes.len()];
        for (node, numbers) in family.nodes.iter().zip(numbers.chunks_exact_mut(width.max(1))) {
            for (row, above) in [(node.most_row, true), (node.least_row, false)] {
                let price = if row == NONE { None } else { priced.get(&rows[row as usize]) };
                let is_above =
                    |price: &&&[i64]| price.iter().find(|&&number| number != 0).is_some_and(|&n| (n > 0) == above);
                if let Some(price) = price.filter(is_above) {
                    numbers.copy_from_slice(price);
                }
            }
        }
        Vectors { width, numbers }
    };
    Prices { left: of_family(&graph.left), right: of_family(&graph.right) }
}
