//! The best flow of a network, by shortest augmenting paths, with the prices that prove it.
//!
//! Both families hang from one root, so that a matching is a circulation: root → left nodes → arc → right nodes → root. Every
//! node has a worth `π`, what one more unit there could still gain on its way to the root, `π(root) = 0`. All along,
//! `π(x) ≥ gain(x → y) + π(y)` on every step that is still possible and `=` where a step back is possible as well, so the
//! flow is the best of all that use no more units of the left tops than were introduced. A unit is introduced at a time: the
//! path along which it gains most, found by Dijkstra's method over the slacks `π(x) − gain − π(y)`, is used where the gain is
//! positive. When all units were introduced, the prices `π(x) − π(parent)` on the left and `π(parent) − π(y)` on the right
//! solve the dual program. (Tomizawa 1971; Edmonds and Karp 1972; Ahuja, Magnanti and Orlin, *Network Flows*, 1993,
//! section 9.7.) With `n` units, `m` arcs and `v` nodes at most `O(n (m + v log v))`; a path ends when it meets a free seat,
//! so that on a season most searches see a handful of arcs.
//!
//! The first `least` units of a node bring `bonus`, more than all gains together; that makes lower bounds part of the same
//! search, and a flow that still falls short proves that nothing keeps them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use super::graph::{Family, NONE};
use super::paths::FEW_UNITS;

/// Whole numbers wide enough for a path's gain.
pub(super) trait Gain:
    Copy + Ord + Default + Add<Output = Self> + Sub<Output = Self> + Neg<Output = Self> + AddAssign + SubAssign
{
}

impl Gain for i64 {}
impl Gain for i128 {}

/// How often a solve is asked whether it must stop: once in so many units.
const UNITS_BETWEEN_GLANCES: u32 = 64;

/// An arc and what it gains.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer<W> {
    pub left: u32,
    pub right: u32,
    pub gain: W,
}

/// A best flow.
pub(super) struct Flow<W> {
    /// By offer.
    pub used: Vec<bool>,
    /// Whether every lower bound is met.
    pub is_feasible: bool,
    /// By node of the left family.
    pub left_prices: Vec<W>,
    /// By node of the right family.
    pub right_prices: Vec<W>,
}

/// Finds the best flow from the left; the side with fewer units should be the left one. `Err` holds what was used so far when
/// `stop` said so: it keeps every upper bound.
pub(super) fn best_flow<W: Gain>(
    left: &Family,
    right: &Family,
    offers: &[Offer<W>],
    bonus: W,
    stop: &dyn Fn() -> bool,
) -> Result<Flow<W>, Vec<bool>> {
    let mut search = Search::new(left, right, offers, bonus);
    let mut units = 0_u32;
    for top in 0..search.left_count {
        if search.nodes[top].parent != NONE || search.is_barren[top] {
            continue;
        }
        let mut glance = || {
            units += 1;
            units.is_multiple_of(UNITS_BETWEEN_GLANCES) && stop()
        };
        if !search.introduce(top as u32, &mut glance) {
            return Err(search.into_used());
        }
    }
    let is_feasible = search.nodes.iter().all(|node| node.flow >= node.least);
    search.close_arcs_in_use();
    let (left_prices, right_prices) = search.prices();
    Ok(Flow { used: search.into_used(), is_feasible, left_prices, right_prices })
}

/// A node while paths are sought; nodes of the left family come first, then those of the right.
pub(super) struct Vertex<W> {
    pub parent: u32,
    pub least: u32,
    pub most: u32,
    pub flow: u32,
    pub worth: W,
    /// How far from the source, where `round` is that of the search.
    pub distance: W,
    pub round: u32,
    /// The node before on the path, and the offer between where there is one.
    pub before: u32,
    pub by: u32,
    /// When it was taken into the tree, 0 where it is only labelled; and the stamp of the node before when it was labelled.
    pub stamp: u32,
    pub stamp_before: u32,
    /// Its first child in the tree, and the next child of the node before.
    pub first: u32,
    pub next: u32,
}

pub(super) struct Search<W> {
    pub nodes: Vec<Vertex<W>>,
    pub left_count: usize,
    pub left_leaves: usize,
    pub right_leaves: usize,
    /// By node and one more: where its children are, for groups.
    pub children_of: Vec<u32>,
    pub children: Vec<u32>,
    /// By left leaf and one more: where its arcs are.
    pub arcs_of: Vec<u32>,
    /// Sorted by left leaf.
    pub arcs: Vec<Directed<W>>,
    pub used: Vec<bool>,
    /// By left node: whether no arc is below.
    pub is_barren: Vec<bool>,
    /// By right leaf and one more: where the arcs used there are listed.
    pub seats_of: Vec<u32>,
    pub seats: Vec<u32>,
    pub seated: Vec<u32>,
    pub bonus: W,
    pub round: u32,
    pub heap: BinaryHeap<Reverse<(W, u32)>>,
    pub touched: Vec<u32>,
    /// How many nodes the tree of this round has taken.
    pub closed: u32,
    /// By right leaf and one more: where the arcs are that end there; empty where no search is kept for another unit.
    pub arcs_at_of: Vec<u32>,
    pub arcs_at: Vec<u32>,
}

#[derive(Clone, Copy)]
pub(super) struct Directed<W> {
    pub gain: W,
    pub left: u32,
    pub right: u32,
    pub offer: u32,
}

impl<W: Gain> Search<W> {
    fn new(left: &Family, right: &Family, offers: &[Offer<W>], bonus: W) -> Self {
        let left_count = left.nodes.len();
        let shifted = |parent: u32| if parent == NONE { NONE } else { parent + left_count as u32 };
        let vertex = |parent, least, most| Vertex {
            parent,
            least,
            most,
            flow: 0,
            worth: W::default(),
            distance: W::default(),
            round: 0,
            before: NONE,
            by: NONE,
            stamp: 0,
            stamp_before: 0,
            first: NONE,
            next: NONE,
        };
        let of_left = left.nodes.iter().map(|node| vertex(node.parent, node.least, node.most));
        let of_right = right.nodes.iter().map(|node| vertex(shifted(node.parent), node.least, node.most));
        let nodes: Vec<Vertex<W>> = of_left.chain(of_right).collect();
        let (children_of, children) = grouped(nodes.len(), nodes.iter().map(|node| node.parent));
        let (arcs_of, order) = grouped(left.leaves, offers.iter().map(|offer| offer.left));
        let mut arcs: Vec<Directed<W>> = Vec::with_capacity(offers.len());
        let mut degree = vec![0_u32; right.leaves];
        for &at in &order {
            let offer = offers[at as usize];
            degree[offer.right as usize] += 1;
            let right = offer.right + left_count as u32;
            arcs.push(Directed { gain: offer.gain, left: offer.left, right, offer: at });
        }
        let mut seats_of = Vec::with_capacity(right.leaves + 1);
        let mut places = 0;
        for (node, degree) in right.nodes.iter().zip(degree) {
            seats_of.push(places);
            places += node.most.min(degree);
        }
        seats_of.push(places);
        let keeps_trees = left.nodes.iter().any(|node| node.parent == NONE && node.most > FEW_UNITS);
        let (arcs_at_of, arcs_at) = if keeps_trees {
            grouped(right.leaves, arcs.iter().map(|arc| arc.right - left_count as u32))
        } else {
            (Vec::new(), Vec::new())
        };
        let mut search = Self {
            used: vec![false; arcs.len()],
            is_barren: vec![false; left_count],
            left_leaves: left.leaves,
            right_leaves: right.leaves,
            seats: vec![NONE; places as usize],
            seated: vec![0; right.leaves],
            round: 0,
            heap: BinaryHeap::new(),
            touched: Vec::new(),
            closed: 0,
            arcs_at_of,
            arcs_at,
            nodes,
            left_count,
            children_of,
            children,
            arcs_of,
            arcs,
            seats_of,
            bonus,
        };
        search.set_worths();
        search
    }

    /// The least worths with which no step from any node gains more; those of left tops that are leaves are set when their
    /// first unit is introduced.
    fn set_worths(&mut self) {
        for node in (self.left_count..self.nodes.len()).rev() {
            self.nodes[node].worth = self.worth_of_next(node) + self.worth_of_parent(node);
        }
        for node in 0..self.left_count {
            if node < self.left_leaves {
                if self.arcs_of[node] == self.arcs_of[node + 1] {
                    self.is_barren[node] = true;
                } else if self.nodes[node].parent != NONE || self.nodes[node].most == 0 {
                    self.nodes[node].worth = self.worth_of_arcs(node);
                }
            } else {
                let children = self.children_of[node] as usize..self.children_of[node + 1] as usize;
                let usable = self.children[children].iter().map(|&child| child as usize);
                let usable = usable.filter(|&child| self.nodes[child].most > 0 && !self.is_barren[child]);
                match usable.map(|child| self.worth_of_next(child) + self.nodes[child].worth).max() {
                    Some(worth) => self.nodes[node].worth = worth,
                    None => self.is_barren[node] = true,
                }
            }
        }
    }

    pub fn worth_of_arcs(&self, leaf: usize) -> W {
        let arcs = &self.arcs[self.arcs_of[leaf] as usize..self.arcs_of[leaf + 1] as usize];
        arcs.iter().map(|arc| arc.gain + self.nodes[arc.right as usize].worth).max().unwrap_or_default()
    }

    /// What the next unit between a node and its parent brings by itself.
    pub fn worth_of_next(&self, node: usize) -> W {
        let node = &self.nodes[node];
        if node.flow < node.least { self.bonus } else { W::default() }
    }

    /// What the last unit between a node and its parent brought by itself.
    pub fn worth_of_last(&self, node: usize) -> W {
        let node = &self.nodes[node];
        if node.flow <= node.least { self.bonus } else { W::default() }
    }

    pub fn worth_of_parent(&self, node: usize) -> W {
        match self.nodes[node].parent {
            NONE => W::default(),
            parent => self.nodes[parent as usize].worth,
        }
    }

    /// An arc in use may have become worth more than its left leaf asks, where that takes several. The right leaf, which
    /// takes one, then asks for the rest.
    fn close_arcs_in_use(&mut self) {
        for (arc, _) in self.arcs.iter().zip(&self.used).filter(|&(_, &used)| used) {
            let asked = self.nodes[arc.left as usize].worth - arc.gain;
            let right = &mut self.nodes[arc.right as usize];
            right.worth = right.worth.min(asked);
        }
    }

    /// By node of the left family and of the right: what one more unit of its bound is worth. A node that neither bound
    /// holds has no price; the worth of an empty one may be below its parent's, which costs nothing.
    fn prices(&mut self) -> (Vec<W>, Vec<W>) {
        // Nothing can use a barren node, and a lower bound there can't be met; parents come after their children.
        for node in (0..self.left_count).rev().filter(|&node| self.is_barren[node]) {
            let short = if self.nodes[node].least > 0 { self.bonus } else { W::default() };
            self.nodes[node].worth = self.worth_of_parent(node) - short;
        }
        let price = |node: usize| {
            let (own, parent) = (self.nodes[node].worth, self.worth_of_parent(node));
            let price = if node < self.left_count { own - parent } else { parent - own };
            if price < W::default() && self.nodes[node].least == 0 { W::default() } else { price }
        };
        ((0..self.left_count).map(price).collect(), (self.left_count..self.nodes.len()).map(price).collect())
    }

    /// By offer.
    fn into_used(self) -> Vec<bool> {
        let mut used = vec![false; self.arcs.len()];
        for (arc, &is_used) in self.arcs.iter().zip(&self.used) {
            used[arc.offer as usize] = is_used;
        }
        used
    }
}

/// Items grouped by a key: where each group starts, and the items; items with the key [`NONE`] are left out.
pub(super) fn grouped(groups: usize, keys: impl Iterator<Item = u32> + Clone) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; groups + 1];
    for key in keys.clone().filter(|&key| key != NONE) {
        starts[key as usize + 1] += 1;
    }
    for group in 0..groups {
        starts[group + 1] += starts[group];
    }
    let mut next = starts.clone();
    let mut items = vec![0; starts[groups] as usize];
    for (item, key) in keys.enumerate().filter(|&(_, key)| key != NONE) {
        items[next[key as usize] as usize] = item as u32;
        next[key as usize] += 1;
    }
    (starts, items)
}
