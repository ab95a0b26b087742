//! Many arcs at each leaf: the best flow over a core of them, then every arc is priced.
//!
//! The prices of a core's best flow prove it over all arcs unless an arc gains more than they ask. Those that gain most come in,
//! and the core is solved again; each round ends nearer, and the last is a proof over all arcs. (Column generation; for the
//! assignment problem Volgenant, "Linear and semi-assignment problems: a core oriented approach", 1996.)

use std::cmp::Reverse;

use super::flow::{Flow, Gain, Network, best_flow};
use super::graph::{Arcs, Family, NONE};

/// As [`best_flow`], over a core of so many arcs of each left leaf to begin with.
pub(super) fn best_dense_flow<W: Gain>(
    network: &Network<W>,
    core_size: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Flow<W>, Vec<u32>> {
    let &Network { left, arcs, gains, .. } = network;
    let mut core = first_core(network, core_size);
    loop {
        let of_core = Arcs::new(left.leaves, core.iter().map(|&at| arcs.get(at)));
        let gains_of_core: Vec<W> = core.iter().map(|&at| gains[at as usize]).collect();
        let spread = |mut used: Vec<u32>| {
            used.iter_mut().filter(|at| **at != NONE).for_each(|at| *at = core[*at as usize]);
            used
        };
        let part = Network { arcs: &of_core, gains: &gains_of_core, ..*network };
        let flow = best_flow(&part, stop).map_err(spread)?;
        let known = core.len();
        let more = gaining(network, &flow, (core_size * 3 / 4).max(1));
        let mut larger = [&core[..], &more].concat();
        larger.sort_unstable();
        larger.dedup();
        if larger.len() == known {
            return Ok(Flow { used: spread(flow.used), ..flow });
        }
        core = larger;
    }
}

/// The arcs that gain most at each left leaf, and some of each right leaf, in order.
fn first_core<W: Gain>(network: &Network<W>, core_size: usize) -> Vec<u32> {
    let &Network { right, arcs, gains, .. } = network;
    let mut of_right = vec![Largest::new((core_size / 3).max(1)); right.leaves];
    let mut core = Vec::new();
    for (leaf, ends) in arcs.starts.windows(2).enumerate() {
        let (start, end) = (ends[0] as usize, ends[1] as usize);
        let mut of_left = Largest::new(core_size);
        // Leaves that gain the same from all begin at different arcs, so that they do not all choose the same.
        let middle = start + leaf.wrapping_mul(0x9E37_79B1) % (end - start).max(1);
        for range in [middle..end, start..middle] {
            for (at, (&gain, &right)) in (range.start as u32..).zip(gains[range.clone()].iter().zip(&arcs.right[range]))
            {
                of_left.offer(gain, at);
                of_right[right as usize].offer(gain, at);
            }
        }
        core.extend(of_left.arcs());
    }
    core.extend(of_right.into_iter().flat_map(Largest::arcs));
    core.sort_unstable();
    core.dedup();
    core
}

/// The arcs that gain most beyond what the prices of a flow ask, some of each left leaf.
fn gaining<W: Gain>(network: &Network<W>, flow: &Flow<W>, most: usize) -> Vec<u32> {
    let &Network { left, right, arcs, gains, .. } = network;
    let (left_asks, right_asks) = (asks(left, &flow.left_prices), asks(right, &flow.right_prices));
    let mut more = Vec::new();
    for (ends, &asked) in arcs.starts.windows(2).zip(&left_asks) {
        let range = ends[0] as usize..ends[1] as usize;
        // Where no flow is feasible, its prices are those of arcs that gain nothing.
        let gain = |gain: W| if flow.is_feasible { gain } else { W::default() };
        let beyond = gains[range.clone()].iter().zip(&arcs.right[range]);
        let beyond = beyond.map(|(&of_arc, &right)| gain(of_arc) - right_asks[right as usize]);
        if beyond.clone().max().is_none_or(|most| most <= asked) {
            continue;
        }
        let mut of_left = Largest::new(most);
        for (at, beyond) in (ends[0]..).zip(beyond).filter(|&(_, beyond)| beyond > asked) {
            of_left.offer(beyond, at);
        }
        more.extend(of_left.arcs());
    }
    more
}

/// By leaf: the prices of the leaf and of all nodes above.
fn asks<W: Gain>(family: &Family, prices: &[W]) -> Vec<W> {
    let mut asks = prices.to_vec();
    for (node, row) in family.nodes.iter().enumerate().rev().filter(|(_, row)| row.parent != NONE) {
        let above = asks[row.parent as usize];
        asks[node] += above;
    }
    asks
}

/// The arcs of the largest values among those offered.
#[derive(Clone)]
struct Largest<W> {
    most: usize,
    /// Up to twice as many as wanted.
    offered: Vec<(W, u32)>,
    /// What is no larger is not among them.
    threshold: Option<W>,
}

impl<W: Gain> Largest<W> {
    fn new(most: usize) -> Self {
        Self { most, offered: Vec::new(), threshold: None }
    }

    fn offer(&mut self, value: W, arc: u32) {
        if self.threshold.is_some_and(|threshold| value <= threshold) {
            return;
        }
        self.offered.push((value, arc));
        if self.offered.len() == 2 * self.most {
            self.keep_largest();
        }
    }

    fn keep_largest(&mut self) {
        if self.offered.len() > self.most {
            let (_, &mut (smallest, _), _) =
                self.offered.select_nth_unstable_by_key(self.most - 1, |&(value, _)| Reverse(value));
            self.threshold = Some(smallest);
            self.offered.truncate(self.most);
        }
    }

    fn arcs(mut self) -> impl Iterator<Item = u32> {
        self.keep_largest();
        self.offered.into_iter().map(|(_, arc)| arc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_those_offered_are_kept() {
        let mut largest = Largest::new(3);
        for (arc, value) in (0..).zip([5_i64, 1, 9, 9, 2, 7, 9, 0]) {
            largest.offer(value, arc);
        }
        let mut arcs: Vec<u32> = largest.arcs().collect();
        arcs.sort_unstable();
        assert_eq!(arcs, [2, 3, 6]);
    }
}
