//! Many arcs at each leaf: the best flow over a core of them, then every arc is priced.
//!
//! The prices of a core's best flow prove it over all arcs unless an arc gains more than they ask. Those that gain most come in,
//! and the core is solved again; each round ends nearer, and the last is a proof over all arcs. (Column generation; for the
//! assignment problem Volgenant, "Linear and semi-assignment problems: a core oriented approach", 1996.)

use super::flow::{Flow, Gain, Network, best_flow};
use super::graph::{Arcs, Family, NONE};

/// As [`best_flow`], over a core of so many arcs of each left leaf to begin with.
pub(super) fn best_dense_flow<W: Gain>(
    network: &Network<W>,
    core_size: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Flow<W>, Vec<bool>> {
    let &Network { left, right, arcs, gains, .. } = network;
    let mut core = vec![false; arcs.len()];
    let mut of_left = Largest::new(left.leaves, core_size);
    let mut of_right = Largest::new(right.leaves, (core_size / 3).max(1));
    for (at, (arc, &gain)) in arcs.iter().zip(gains).enumerate() {
        of_left.offer(arc.left, gain, at);
        of_right.offer(arc.right, gain, at);
    }
    of_left.arcs().chain(of_right.arcs()).for_each(|at| core[at as usize] = true);
    loop {
        let chosen: Vec<u32> = (0..).zip(&core).filter(|&(_, &is_in)| is_in).map(|(at, _)| at).collect();
        let of_core: Arcs = chosen.iter().map(|&at| arcs.get(at)).collect();
        let gains_of_core: Vec<W> = chosen.iter().map(|&at| gains[at as usize]).collect();
        let spread = |used: Vec<bool>| {
            let mut all = vec![false; arcs.len()];
            chosen.iter().zip(used).for_each(|(&at, used)| all[at as usize] = used);
            all
        };
        let part = Network { arcs: &of_core, gains: &gains_of_core, ..*network };
        let flow = best_flow(&part, stop).map_err(spread)?;
        let (left_asks, right_asks) = (asks(left, &flow.left_prices), asks(right, &flow.right_prices));
        let mut more = Largest::new(left.leaves, (core_size * 3 / 4).max(1));
        for (at, (arc, &gain)) in arcs.iter().zip(gains).enumerate().filter(|&(at, _)| !core[at]) {
            let gain = if flow.is_feasible { gain } else { W::default() };
            let over = gain - left_asks[arc.left as usize] - right_asks[arc.right as usize];
            if over > W::default() {
                more.offer(arc.left, over, at);
            }
        }
        let mut is_proven = true;
        for at in more.arcs() {
            core[at as usize] = true;
            is_proven = false;
        }
        if is_proven {
            return Ok(Flow { used: spread(flow.used), ..flow });
        }
    }
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

/// Some largest arcs of each leaf.
struct Largest<W> {
    most: usize,
    /// By leaf, `most` places each.
    places: Vec<(W, u32)>,
    counts: Vec<usize>,
    /// By leaf whose places are full: which is the smallest.
    smallest: Vec<usize>,
}

impl<W: Gain> Largest<W> {
    fn new(leaves: usize, most: usize) -> Self {
        let places = vec![(W::default(), NONE); leaves * most];
        Self { most, places, counts: vec![0; leaves], smallest: vec![0; leaves] }
    }

    fn offer(&mut self, leaf: u32, value: W, arc: usize) {
        let leaf = leaf as usize;
        let places = &mut self.places[leaf * self.most..][..self.most];
        let place = if self.counts[leaf] < self.most {
            self.counts[leaf] += 1;
            self.counts[leaf] - 1
        } else if value > places[self.smallest[leaf]].0 {
            self.smallest[leaf]
        } else {
            return;
        };
        places[place] = (value, arc as u32);
        if self.counts[leaf] == self.most {
            self.smallest[leaf] = (0..self.most).min_by_key(|&place| places[place].0).unwrap_or(0);
        }
    }

    fn arcs(&self) -> impl Iterator<Item = u32> {
        self.places.iter().map(|&(_, arc)| arc).filter(|&arc| arc != NONE)
    }
}
