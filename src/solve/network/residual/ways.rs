//! The cheapest ways through a residual network, and what they mean: a detour, or the rows at the edge of what can be reached.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::super::graph::NONE;
use super::{By, Detour, Residual};
use crate::measure;
use crate::proof::ProofSum;

/// Numbers compared in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost<const N: usize>(pub [i64; N]);

impl<const N: usize> Cost<N> {
    pub const NOTHING: Self = Self([0; N]);

    pub(super) fn plus(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(sum, number)| *sum += number);
        self
    }
}

/// The cheapest ways from a node, or to it.
pub(super) struct Ways<const N: usize> {
    costs: Vec<Option<Cost<N>>>,
    /// By node: the step that leads to it, or on from it.
    steps: Vec<u32>,
}

impl Residual<'_> {
    pub(super) fn cost<const N: usize>(&self, by: By) -> Cost<N> {
        let mut cost = Cost::NOTHING;
        match by {
            By::Back(_) => {}
            By::Arc(at) => {
                let arc = self.graph.arcs.get(at);
                let (left, right) = (self.asked.0.of(arc.left as usize), self.asked.1.of(arc.right as usize));
                for (k, cost) in cost.0.iter_mut().enumerate().take(left.len()) {
                    *cost = left[k] + right[k] - self.weight(k, arc.column);
                }
            }
            By::More(node) => cost.0.iter_mut().zip(self.price(node)).for_each(|(cost, price)| *cost = -price),
            By::Fewer(node) => cost.0.iter_mut().zip(self.price(node)).for_each(|(cost, price)| *cost = *price),
        }
        cost
    }

    fn weight(&self, sum: usize, column: u32) -> i64 {
        match self.sums.get(sum) {
            None => measure::weight(self.changes, None, column as usize),
            Some(ProofSum::Nothing) => 0,
            Some(&ProofSum::Goal { goal, rank }) => {
                measure::weight(&self.formulation.goals[goal], rank, column as usize)
            }
        }
    }

    /// The cheapest ways from a node, or to it where `back` says so, to everywhere.
    pub(super) fn ways<const N: usize>(&self, from: u32, back: bool) -> Ways<N> {
        self.ways_within(from, back, None, &[])
    }

    /// The same as far as they cost less than `limit`, and no further than to all of `ends`, where any are named.
    pub(super) fn ways_within<const N: usize>(
        &self,
        from: u32,
        back: bool,
        limit: Option<Cost<N>>,
        ends: &[u32],
    ) -> Ways<N> {
        let nodes = self.root() as usize + 1;
        let mut is_awaited = vec![false; nodes];
        ends.iter().for_each(|&end| is_awaited[end as usize] = true);
        let mut awaited = ends.len();
        let mut ways = Ways { costs: vec![None; nodes], steps: vec![NONE; nodes] };
        let mut settled = vec![false; nodes];
        let (starts, order) = if back { (&self.into, &self.in_order) } else { (&self.out_of, &self.out_order) };
        let mut heap = BinaryHeap::from([Reverse((Cost::NOTHING, from))]);
        ways.costs[from as usize] = Some(Cost::NOTHING);
        while let Some(Reverse((cost, node))) = heap.pop() {
            if std::mem::replace(&mut settled[node as usize], true) {
                continue;
            }
            if is_awaited[node as usize] {
                awaited -= 1;
                if awaited == 0 {
                    break;
                }
            }
            for &at in &order[starts[node as usize] as usize..starts[node as usize + 1] as usize] {
                let step = self.steps[at as usize];
                let next = if back { step.from } else { step.to };
                if settled[next as usize] {
                    continue;
                }
                let reached = cost.plus(self.cost(step.by));
                let is_near = limit.is_none_or(|limit| reached < limit);
                if is_near && ways.costs[next as usize].is_none_or(|known| reached < known) {
                    ways.costs[next as usize] = Some(reached);
                    ways.steps[next as usize] = at;
                    heap.push(Reverse((reached, next)));
                }
            }
        }
        ways
    }

    /// The detour of a way between a node and where its ways begin, and what it costs besides.
    pub(super) fn detour<const N: usize>(
        &self,
        ways: &Ways<N>,
        node: u32,
        back: bool,
        besides: Cost<N>,
    ) -> Option<Detour> {
        let cost = ways.costs[node as usize]?.plus(besides);
        let mut detour = Detour { costs: cost.0[..self.sums.len()].to_vec(), added: Vec::new(), removed: Vec::new() };
        let mut at = node;
        while ways.steps[at as usize] != NONE {
            let step = self.steps[ways.steps[at as usize] as usize];
            match step.by {
                By::Arc(arc) => detour.added.push(self.graph.arcs.get(arc).column),
                By::Back(arc) => detour.removed.push(self.graph.arcs.get(arc).column),
                By::More(_) | By::Fewer(_) => {}
            }
            at = if back { step.to } else { step.from };
        }
        Some(detour)
    }

    /// The rows that keep a unit at a node from getting anywhere it must.
    pub(super) fn blocking(&self, from: u32) -> Vec<u32> {
        let nodes = self.root() as usize + 1;
        let mut reached = vec![false; nodes];
        let mut line = vec![from];
        reached[from as usize] = true;
        while let Some(node) = line.pop() {
            for &at in &self.out_order[self.out_of[node as usize] as usize..self.out_of[node as usize + 1] as usize] {
                let next = self.steps[at as usize].to;
                if !std::mem::replace(&mut reached[next as usize], true) {
                    line.push(next);
                }
            }
        }
        let mut rows = Vec::new();
        for node in 0..self.root() {
            let (row, is_left) = (self.node(node), (node as usize) < self.left_count());
            let (here, above) = (reached[node as usize], reached[self.parent(node) as usize]);
            // What is reached on one side only is held apart by the bound that its flow is at.
            let at_bound = match (is_left, here, above) {
                (true, true, false) | (false, false, true) => row.least_row,
                (true, false, true) | (false, true, false) => row.most_row,
                _ => NONE,
            };
            if at_bound != NONE {
                rows.push(self.rows[at_bound as usize]);
            }
        }
        rows
    }
}
