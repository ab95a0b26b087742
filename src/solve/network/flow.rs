//! The best flow of a network, with the prices that prove it.
//!
//! Both families hang from one root, so that a matching is a circulation: root → left nodes → arc → right nodes → root, with
//! `least ≤ flow ≤ most` between each node and its parent. A potential `π` of every node, `π(root) = 0`, gives each step `x → y` the
//! reduced cost `π(x) − gain − π(y)`. A circulation is the best one if no step that is still possible costs less than nothing, a step
//! back costing the negative of the step (Ahuja, Magnanti and Orlin, *Network Flows*, 1993, section 9.3). The prices `π(x) − π(parent)`
//! on the left and `π(parent) − π(y)` on the right then solve the dual program.
//!
//! It is found in two parts. The leaves alone are an assignment (`assignment.rs`), where nearly all of the work is; what nested rows and
//! lower bounds ask for is mended afterwards, a unit at a time (`circulation.rs`).

use std::borrow::Cow;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use super::assignment::{Assigned, Used, assign};
use super::circulation::Circulation;
use super::face::flows;
use super::graph::{Arc, Arcs, Family, NONE, Node};
use super::offers::{Proposals, Straight, Turned};

/// Whole numbers wide enough for a path's gain.
pub(super) trait Gain:
    Copy
    + Ord
    + Default
    + std::fmt::Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
    /// What an arc gains in a network of which only the bounds are of interest.
    const ONE: Self;
    /// More than anything.
    const MAX: Self;
}

impl Gain for i64 {
    const ONE: Self = 1;
    const MAX: Self = Self::MAX;
}

impl Gain for i128 {
    const ONE: Self = 1;
    const MAX: Self = Self::MAX;
}

/// Two families of nested rows with arcs between their leaves, and what each arc gains.
pub(super) struct Network<'a, W> {
    pub left: &'a Family,
    pub right: &'a Family,
    pub arcs: &'a Arcs,
    /// By arc.
    pub gains: &'a [W],
    /// More than all gains of a path: what a leaf that must be filled brings to an arc while leaves are assigned.
    pub bonus: W,
    /// Whether units bid before paths are sought.
    pub reduces: bool,
}

/// A best flow, or a proof that there is none.
pub(super) struct Flow<W> {
    /// By left leaf: the arc in use, [`NONE`] where none is.
    pub used: Vec<u32>,
    /// Whether every bound is met; where not, the prices prove that none meets them, for a gain of nothing on every arc.
    pub is_feasible: bool,
    /// By node of the left family.
    pub left_prices: Vec<W>,
    /// By node of the right family.
    pub right_prices: Vec<W>,
}

/// Potentials by node of the left family and of the right.
pub(super) struct Potentials<W> {
    pub left: Vec<W>,
    pub right: Vec<W>,
}

/// Finds the best flow; `Err` holds what was used so far when `stop` said so: it keeps every upper bound.
pub(super) fn best_flow<W: Gain>(network: &Network<W>, stop: &dyn Fn() -> bool) -> Result<Flow<W>, Vec<u32>> {
    let (used, mut potentials) = assigned(network, stop).map_err(|used| within_bounds(network, used))?;
    let keeps = |family: &Family, flows: &[u32]| {
        family.nodes.iter().zip(flows).all(|(node, &flow)| (node.least..=node.most).contains(&flow))
    };
    let chosen = || network.arcs.chosen(&used);
    let left_flows = flows(network.left, chosen().map(|arc| arc.left));
    let right_flows = flows(network.right, chosen().map(|arc| arc.right));
    if keeps(network.left, &left_flows) && keeps(network.right, &right_flows) {
        return Ok(priced(network, used, true, &potentials));
    }
    let mut circulation = Circulation::new(network, &used, &potentials);
    let Ok(is_balanced) = circulation.balance(stop) else {
        return Err(within_bounds(network, circulation.into_used()));
    };
    potentials = if is_balanced { circulation.potentials() } else { circulation.cut() };
    Ok(priced(network, circulation.into_used(), is_balanced, &potentials))
}

/// The best assignment of the leaves alone, by left leaf, and potentials in which no step between two leaves, or between a leaf and a parent of
/// potential 0, costs less than nothing.
fn assigned<W: Gain>(network: &Network<W>, stop: &dyn Fn() -> bool) -> Result<(Vec<u32>, Potentials<W>), Vec<u32>> {
    let &Network { left, right, arcs, bonus, .. } = network;
    // A leaf whose bounds leave no choice brings a bonus for each of its units.
    let must_fill = |node: &Node| node.least > 0 && node.least == node.most;
    let extra = |family: &Family| -> Vec<W> {
        let of_leaf = |node: &Node| if must_fill(node) { bonus } else { W::default() };
        family.nodes[..family.leaves].iter().map(of_leaf).collect()
    };
    let (left_extra, right_extra) = (extra(left), extra(right));
    let most = |family: &Family| -> Vec<u32> { family.nodes[..family.leaves].iter().map(|node| node.most).collect() };
    let has_extra = left_extra.iter().chain(&right_extra).any(|&extra| extra != W::default());
    let with_extra = |(gain, arc): (&W, Arc)| *gain + left_extra[arc.left as usize] + right_extra[arc.right as usize];
    let gains: Cow<[W]> =
        if has_extra { network.gains.iter().zip(arcs.iter()).map(with_extra).collect() } else { network.gains.into() };
    let is_turned = units(left) > units(right);
    let in_use = |taken: &[Used]| {
        let mut used = vec![NONE; left.leaves];
        for &Used { proposer, receiver, arc } in taken {
            used[if is_turned { receiver } else { proposer } as usize] = arc;
        }
        used
    };
    let assigned = if is_turned {
        let starts = starts(right.leaves, &arcs.right);
        let offers = Turned::new(&starts, arcs, &gains);
        let proposals = Proposals { starts, offers, units: most(right), room: most(left) };
        assign(&proposals, network.reduces, stop)
    } else {
        let offers = Straight { to: &arcs.right, gains: &gains };
        let proposals = Proposals { starts: arcs.starts.clone(), offers, units: most(left), room: most(right) };
        assign(&proposals, network.reduces, stop)
    };
    let assigned = assigned.map_err(|taken| in_use(&taken))?;
    let used = in_use(&assigned.used);
    let Assigned { profits, prices, .. } = assigned;
    let (of_left, of_right) = if is_turned { (prices, profits) } else { (profits, prices) };
    // What a leaf brought by itself is no gain of its arcs.
    let potentials = |family: &Family, values: Vec<W>, extra: &[W], sign: fn(W) -> W| {
        let of_leaves = values.into_iter().zip(extra).map(|(value, &extra)| sign(value - extra));
        let mut potentials: Vec<W> = of_leaves.collect();
        potentials.resize(family.nodes.len(), W::default());
        potentials
    };
    let left = potentials(left, of_left, &left_extra, |value| value);
    let right = potentials(right, of_right, &right_extra, |value| -value);
    Ok((used, Potentials { left, right }))
}

/// By leaf and one more: where its arcs start, from the leaf of each.
pub(super) fn starts(leaves: usize, of_arcs: &[u32]) -> Vec<u32> {
    let mut starts = vec![0_u32; leaves + 1];
    of_arcs.iter().for_each(|&leaf| starts[leaf as usize + 1] += 1);
    for leaf in 0..leaves {
        starts[leaf + 1] += starts[leaf];
    }
    starts
}

/// The flow with the prices of its potentials. A node that neither bound holds has no price; the potential of an empty one may be beyond
/// its parent's, which costs nothing.
fn priced<W: Gain>(network: &Network<W>, used: Vec<u32>, is_feasible: bool, potentials: &Potentials<W>) -> Flow<W> {
    let price = |family: &Family, of: &[W], sign: fn(W) -> W| {
        let price = |(node, &potential): (&Node, &W)| {
            let parent = if node.parent == NONE { W::default() } else { of[node.parent as usize] };
            let price = sign(potential - parent);
            if price < W::default() && node.least == 0 { W::default() } else { price }
        };
        family.nodes.iter().zip(of).map(price).collect()
    };
    let left_prices = price(network.left, &potentials.left, |price| price);
    let right_prices = price(network.right, &potentials.right, |price| -price);
    Flow { used, is_feasible, left_prices, right_prices }
}

/// Arcs in use of which each keeps every upper bound beside those before it.
fn within_bounds<W>(network: &Network<W>, mut used: Vec<u32>) -> Vec<u32> {
    let mut flows = [vec![0_u32; network.left.nodes.len()], vec![0_u32; network.right.nodes.len()]];
    let families = [network.left, network.right];
    for (left, used) in (0..).zip(&mut used).filter(|(_, used)| **used != NONE) {
        let leaves = [left, network.arcs.right[*used as usize]];
        let has_room = |side: usize| {
            families[side].up(leaves[side]).all(|node| flows[side][node] < families[side].nodes[node].most)
        };
        if has_room(0) && has_room(1) {
            for side in [0, 1] {
                families[side].up(leaves[side]).for_each(|node| flows[side][node] += 1);
            }
        } else {
            *used = NONE;
        }
    }
    used
}

/// How many units a family can take at most.
fn units(family: &Family) -> u64 {
    let mut most: Vec<u64> = vec![0; family.nodes.len()];
    let mut all = 0;
    for (node, row) in family.nodes.iter().enumerate() {
        let below = if node < family.leaves { u64::MAX } else { most[node] };
        let units = below.min(u64::from(row.most));
        match row.parent {
            NONE => all += units,
            parent => most[parent as usize] += units,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::face::{asked, sign};
    use super::super::vectors::Vectors;
    use super::*;

    /// Numbers that look drawn: a linear congruential generator (Knuth's MMIX).
    struct Drawn(u64);

    impl Drawn {
        fn below(&mut self, end: u32) -> u32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) % u64::from(end)) as u32
        }
    }

    struct Small {
        left: Family,
        right: Family,
        arcs: Arcs,
        gains: Vec<i64>,
    }

    fn node(parent: u32, least: u32, most: u32) -> Node {
        Node { parent, least, most, least_row: NONE, most_row: NONE }
    }

    /// Leaves, of which the first two are in a group, and now and then a group of all.
    fn family(drawn: &mut Drawn, leaves: u32, most_of_leaf: u32) -> Family {
        let mut bounds = |most: u32| {
            let most = drawn.below(most + 1);
            (if drawn.below(4) == 0 { drawn.below(most + 1) } else { 0 }, most)
        };
        let mut nodes: Vec<Node> = Vec::new();
        for leaf in 0..leaves {
            let (least, most) = if leaf == 0 { (0, most_of_leaf) } else { bounds(most_of_leaf) };
            nodes.push(node(if leaf < 2 { leaves } else { leaves + 1 }, least, most));
        }
        let ((least, most), (least_of_all, most_of_all)) = (bounds(2 * most_of_leaf), bounds(leaves * most_of_leaf));
        nodes.push(node(leaves + 1, least, most));
        nodes.push(node(NONE, least_of_all, most_of_all));
        Family { leaves: leaves as usize, nodes }
    }

    fn small(seed: u64) -> Small {
        let mut drawn = Drawn(seed);
        let left = family(&mut drawn, 4, 1);
        let right = family(&mut drawn, 3, 3);
        let pairs = (0..4).flat_map(|left| (0..3).map(move |right| (left, right)));
        let arcs = pairs.filter(|_| drawn.below(4) > 0).enumerate().map(|(column, (left, right))| Arc {
            left,
            right,
            column: column as u32,
        });
        let arcs = Arcs::new(4, arcs);
        let gains = (0..arcs.len()).map(|_| i64::from(drawn.below(10)) - 3).collect();
        Small { left, right, arcs, gains }
    }

    impl Small {
        /// The greatest gain of any set of arcs that keeps every bound, by trying all.
        fn by_trying(&self) -> Option<i64> {
            let keeps = |family: &Family, flows: &[u32]| {
                family.nodes.iter().zip(flows).all(|(node, &flow)| (node.least..=node.most).contains(&flow))
            };
            let gain = |set: u32| {
                let chosen = || (0..self.arcs.len() as u32).filter(|&at| set & (1 << at) != 0);
                let of_left = flows(&self.left, chosen().map(|at| self.arcs.get(at).left));
                let of_right = flows(&self.right, chosen().map(|at| self.arcs.get(at).right));
                let keeps = keeps(&self.left, &of_left) && keeps(&self.right, &of_right);
                keeps.then(|| chosen().map(|at| self.gains[at as usize]).sum())
            };
            (0..1_u32 << self.arcs.len()).filter_map(gain).max()
        }

        fn solved(&self, reduces: bool) -> Flow<i64> {
            let Self { left, right, arcs, gains } = self;
            let network = Network { left, right, arcs, gains, bonus: 1_000, reduces };
            best_flow(&network, &|| false).unwrap_or_else(|_| panic!("nobody stops it"))
        }

        /// `Σ_i b_i y_i`, after no arc gains more than its ends ask for.
        fn bound(&self, flow: &Flow<i64>) -> i64 {
            let vectors = |prices: &[i64]| Vectors { width: 1, numbers: prices.to_vec() };
            let of_left = asked(&self.left, &vectors(&flow.left_prices), 0);
            let of_right = asked(&self.right, &vectors(&flow.right_prices), 0);
            for (arc, &gain) in self.arcs.iter().zip(&self.gains) {
                let gain = if flow.is_feasible { gain } else { 0 };
                assert!(gain <= of_left[arc.left as usize] + of_right[arc.right as usize]);
            }
            let priced = |family: &Family, prices: &[i64]| -> i64 {
                let at_bound = |(node, &price): (&Node, &i64)| match sign([price]) {
                    std::cmp::Ordering::Greater => price * i64::from(node.most),
                    _ => price * i64::from(node.least),
                };
                family.nodes.iter().zip(prices).map(at_bound).sum()
            };
            priced(&self.left, &flow.left_prices) + priced(&self.right, &flow.right_prices)
        }
    }

    #[test]
    fn the_best_flow_of_small_networks_is_that_of_trying_all_and_its_prices_prove_it() {
        let (mut feasible, mut infeasible) = (0, 0);
        for seed in 0..3_000 {
            let small = small(seed);
            for reduces in [true, false] {
                let flow = small.solved(reduces);
                let bound = small.bound(&flow);
                match small.by_trying() {
                    Some(best) => {
                        assert!(flow.is_feasible, "seed {seed}");
                        let used = flow.used.iter().filter(|&&at| at != NONE);
                        assert_eq!(used.map(|&at| small.gains[at as usize]).sum::<i64>(), best, "seed {seed}");
                        assert_eq!(bound, best, "seed {seed}");
                        feasible += 1;
                    }
                    None => {
                        assert!(!flow.is_feasible && bound < 0, "seed {seed}");
                        infeasible += 1;
                    }
                }
            }
        }
        assert!(feasible > 1_000 && infeasible > 1_000, "{feasible} and {infeasible}");
    }

    #[test]
    fn a_flow_that_is_stopped_keeps_every_upper_bound() {
        for seed in 0..200 {
            let Small { left, right, arcs, gains } = small(seed);
            let network =
                Network { left: &left, right: &right, arcs: &arcs, gains: &gains, bonus: 1_000, reduces: true };
            let first = (0..4).map(|left| arcs.of(left).next().unwrap_or(NONE)).collect();
            let all = within_bounds(&network, first);
            let chosen = || arcs.chosen(&all);
            for (family, flows) in [
                (&left, flows(&left, chosen().map(|arc| arc.left))),
                (&right, flows(&right, chosen().map(|arc| arc.right))),
            ] {
                assert!(family.nodes.iter().zip(flows).all(|(node, flow)| flow <= node.most), "seed {seed}");
            }
        }
    }
}
