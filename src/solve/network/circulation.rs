//! What nested rows and lower bounds ask for, mended in the best assignment of the leaves.
//!
//! The flow between a node and its parent is cut to its bounds, so that some nodes have more coming in than going out, and others less.
//! All along, no possible step costs less than nothing in the potentials. Units go from a node with too much to the nearest that lacks
//! one, by Dijkstra's method over the reduced costs, until none is left: successive shortest paths (Busacker and Gowen 1961; Ahuja,
//! Magnanti and Orlin 1993, section 9.7). From the root, which much leads on from, the paths are sought backwards from whoever lacks.
//!
//! Where no path leads on, the nodes reached are a proof that nothing keeps the bounds (Hoffman's circulation theorem, 1960): what is
//! asked of them is more than can come in or go out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::flow::{Gain, Network, Potentials, starts};
use super::graph::{Family, NONE, Node};
use super::grouped;

/// How often a solve is asked whether it must stop: once in so many paths.
const PATHS_BETWEEN_GLANCES: u32 = 16;

/// A node: those of the left family first, then those of the right, then the root.
struct Vertex<W> {
    parent: u32,
    least: u32,
    most: u32,
    /// Between it and its parent.
    flow: u32,
    /// What comes in and does not go out.
    excess: i64,
    potential: W,
}

/// How near a node is, and the node and arc before it on the path; [`NONE`] where that is a step between parent and child.
#[derive(Clone, Copy)]
struct Label<W> {
    distance: W,
    round: u32,
    before: u32,
    by: u32,
}

pub(super) struct Circulation<'a, W> {
    network: &'a Network<'a, W>,
    nodes: Vec<Vertex<W>>,
    left_count: u32,
    root: u32,
    /// By node and one more: where its children are.
    children_of: Vec<u32>,
    children: Vec<u32>,
    /// By left leaf and one more: where its arcs are.
    arcs_of: Vec<u32>,
    /// By right leaf and one more: where its arcs are in `arcs_at`; empty until a path is sought backwards.
    arcs_at_of: Vec<u32>,
    arcs_at: Vec<u32>,
    /// By left leaf: the arc in use, [`NONE`] where none is.
    arc_used: Vec<u32>,
    /// By right leaf: the first left leaf whose arc in use ends there; by left leaf the next of them and the one before.
    first: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
    labels: Vec<Label<W>>,
    round: u32,
    heap: BinaryHeap<Reverse<(W, u32)>>,
    near: Vec<u32>,
    settled: Vec<u32>,
    /// Where a search ended without a path: whether it went backwards.
    is_cut_backwards: bool,
}

impl<'a, W: Gain> Circulation<'a, W> {
    /// Arcs in use that keep the bounds of the leaves from above, with potentials in which no possible step between two leaves costs less
    /// than nothing, and which are 0 at every other node.
    pub fn new(network: &'a Network<'a, W>, used: &[bool], potentials: &Potentials<W>) -> Self {
        let left_count = network.left.nodes.len() as u32;
        let root = left_count + network.right.nodes.len() as u32;
        let of_family = |family: &Family, potentials: &[W], first: u32| -> Vec<Vertex<W>> {
            let vertex = |(node, &potential): (&Node, &W)| Vertex {
                parent: if node.parent == NONE { root } else { node.parent + first },
                least: node.least,
                most: node.most,
                flow: 0,
                excess: 0,
                potential,
            };
            family.nodes.iter().zip(potentials).map(vertex).collect()
        };
        let mut nodes = of_family(network.left, &potentials.left, 0);
        nodes.append(&mut of_family(network.right, &potentials.right, left_count));
        nodes.push(Vertex { parent: NONE, least: 0, most: 0, flow: 0, excess: 0, potential: W::default() });
        let (children_of, children) = grouped(nodes.len(), nodes.iter().map(|node| node.parent));
        let label = Label { distance: W::default(), round: 0, before: NONE, by: NONE };
        let mut circulation = Self {
            network,
            labels: vec![label; nodes.len()],
            nodes,
            left_count,
            root,
            children_of,
            children,
            arcs_of: starts(network.left.leaves, network.arcs.iter().map(|arc| arc.left)),
            arcs_at_of: Vec::new(),
            arcs_at: Vec::new(),
            arc_used: vec![NONE; network.left.leaves],
            first: vec![NONE; network.right.leaves],
            next: vec![NONE; network.left.leaves],
            previous: vec![NONE; network.left.leaves],
            round: 0,
            heap: BinaryHeap::new(),
            near: Vec::new(),
            settled: Vec::new(),
            is_cut_backwards: false,
        };
        (0..).zip(used).filter(|&(_, &used)| used).for_each(|(arc, _)| circulation.take_up(arc));
        circulation.cut_to_bounds();
        circulation
    }

    /// The flow between each node and its parent, cut to its bounds, and what comes in too much at each node then.
    fn cut_to_bounds(&mut self) {
        let mut between = vec![0_i64; self.nodes.len()];
        for arc in self.arc_used.iter().filter(|&&arc| arc != NONE) {
            let arc = &self.network.arcs[*arc as usize];
            between[arc.left as usize] += 1;
            between[(arc.right + self.left_count) as usize] += 1;
        }
        for at in 0..self.root as usize {
            let is_left = at < self.left_count as usize;
            let node = &mut self.nodes[at];
            let cut = between[at].clamp(i64::from(node.least), i64::from(node.most));
            node.flow = cut as u32;
            let (too_much, parent) = (between[at] - cut, node.parent);
            node.excess = if is_left { -too_much } else { too_much };
            if parent != self.root {
                between[parent as usize] += cut;
            } else {
                self.nodes[self.root as usize].excess += if is_left { -cut } else { cut };
            }
        }
    }

    /// Sends every unit that is too much to where one lacks; false where no path leads on, `Err` where `stop` says so before.
    pub fn balance(&mut self, stop: &dyn Fn() -> bool) -> Result<bool, ()> {
        for back in [false, true] {
            for node in 0..self.root {
                let is_off = |excess: i64| if back { excess < 0 } else { excess > 0 };
                while is_off(self.nodes[node as usize].excess) {
                    if self.round.is_multiple_of(PATHS_BETWEEN_GLANCES) && stop() {
                        return Err(());
                    }
                    if !self.send(node, back) {
                        self.is_cut_backwards = back;
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Sends units from a node to the nearest that lacks any, or brings them back from the nearest that has too many.
    fn send(&mut self, source: u32, back: bool) -> bool {
        let Some((length, end)) = self.shortest_path(source, back) else { return false };
        for &node in &self.settled {
            let distance = self.labels[node as usize].distance;
            if distance < length {
                let potential = &mut self.nodes[node as usize].potential;
                if back { *potential += length - distance } else { *potential -= length - distance }
            }
        }
        self.augment(source, end, back);
        true
    }

    fn shortest_path(&mut self, source: u32, back: bool) -> Option<(W, u32)> {
        self.round += 1;
        self.heap.clear();
        self.near.clear();
        self.settled.clear();
        self.labels[source as usize] = Label { distance: W::default(), round: self.round, before: NONE, by: NONE };
        self.near.push(source);
        let mut search = Path { back, level: W::default(), nearest: None };
        loop {
            let node = match self.near.pop() {
                Some(node) => node,
                None => match self.nearest() {
                    Some((distance, node)) if search.nearest.is_none_or(|(length, _)| distance < length) => {
                        search.level = distance;
                        node
                    }
                    _ => return search.nearest,
                },
            };
            self.settled.push(node);
            self.expand(node, &mut search);
            if search.nearest.is_some_and(|(length, _)| length == search.level) {
                return search.nearest;
            }
        }
    }

    fn nearest(&mut self) -> Option<(W, u32)> {
        loop {
            let Reverse((distance, node)) = self.heap.pop()?;
            if distance == self.labels[node as usize].distance {
                return Some((distance, node));
            }
        }
    }

    /// Labels every node that a possible step leads to, or comes from where the path is sought backwards.
    fn expand(&mut self, node: u32, search: &mut Path<W>) {
        let at = node as usize;
        if node != self.root && self.room(node, search.back) > 0 {
            self.relax(node, self.nodes[at].parent, NONE, search);
        }
        for child in self.children_of[at]..self.children_of[at + 1] {
            let child = self.children[child as usize];
            if self.room(child, !search.back) > 0 {
                self.relax(node, child, NONE, search);
            }
        }
        let right_leaf = at.wrapping_sub(self.left_count as usize);
        if at < self.network.left.leaves {
            let used = self.arc_used[at];
            if !search.back {
                for arc in (self.arcs_of[at]..self.arcs_of[at + 1]).filter(|&arc| arc != used) {
                    self.relax(node, self.network.arcs[arc as usize].right + self.left_count, arc, search);
                }
            } else if used != NONE {
                self.relax(node, self.network.arcs[used as usize].right + self.left_count, used, search);
            }
        } else if right_leaf < self.network.right.leaves {
            if search.back {
                self.group_arcs();
                for place in self.arcs_at_of[right_leaf]..self.arcs_at_of[right_leaf + 1] {
                    let arc = self.arcs_at[place as usize];
                    let left = self.network.arcs[arc as usize].left;
                    if self.arc_used[left as usize] != arc {
                        self.relax(node, left, arc, search);
                    }
                }
            } else {
                let mut left = self.first[right_leaf];
                while left != NONE {
                    self.relax(node, left, self.arc_used[left as usize], search);
                    left = self.next[left as usize];
                }
            }
        }
    }

    fn group_arcs(&mut self) {
        if self.arcs_at_of.is_empty() {
            let right = self.network.arcs.iter().map(|arc| arc.right);
            (self.arcs_at_of, self.arcs_at) = grouped(self.network.right.leaves, right);
        }
    }

    /// How many more units can go between a node and its parent, down or up.
    fn room(&self, node: u32, is_down: bool) -> u32 {
        let vertex = &self.nodes[node as usize];
        if is_down == (node < self.left_count) { vertex.most - vertex.flow } else { vertex.flow - vertex.least }
    }

    /// Labels a node by the step from another one to it, or from it where the path is sought backwards.
    fn relax(&mut self, from: u32, node: u32, by: u32, search: &mut Path<W>) {
        let tail = if search.back { node } else { from };
        let gain = match self.network.gains.get(by as usize) {
            None => W::default(),
            Some(&gain) => {
                if tail < self.left_count {
                    gain
                } else {
                    -gain
                }
            }
        };
        let fall = self.nodes[from as usize].potential - self.nodes[node as usize].potential;
        let cost = if search.back { -fall } else { fall } - gain;
        debug_assert!(cost >= W::default(), "a possible step costs {cost:?}");
        let reached = self.labels[from as usize].distance + cost;
        let label = &mut self.labels[node as usize];
        let is_farther = search.nearest.is_some_and(|(length, _)| reached >= length);
        if is_farther || (label.round == self.round && reached >= label.distance) {
            return;
        }
        *label = Label { distance: reached, round: self.round, before: from, by };
        let excess = self.nodes[node as usize].excess;
        if if search.back { excess > 0 } else { excess < 0 } {
            search.nearest = Some((reached, node));
        } else if reached == search.level {
            self.near.push(node);
        } else {
            self.heap.push(Reverse((reached, node)));
        }
    }

    /// Moves as many units along the path as it takes.
    fn augment(&mut self, source: u32, end: u32, back: bool) {
        let mut path = Vec::new();
        let mut node = end;
        while node != source {
            let Label { before, by, .. } = self.labels[node as usize];
            path.push(if back { (node, before, by) } else { (before, node, by) });
            node = before;
        }
        let off = |node: u32| self.nodes[node as usize].excess.unsigned_abs();
        let room = |&(tail, head, by): &(u32, u32, u32)| match by {
            NONE => u64::from(self.room_of_step(tail, head).1),
            _ => 1,
        };
        let units = path.iter().map(room).min().unwrap_or(0).min(off(source)).min(off(end)) as u32;
        // A left leaf gives up an arc before it takes up another.
        let left_count = self.left_count;
        for &(_, _, by) in path.iter().filter(|&&(tail, _, by)| by != NONE && tail >= left_count) {
            self.give_up(by);
        }
        for &(tail, head, by) in &path {
            if by == NONE {
                let (child, _) = self.room_of_step(tail, head);
                let adds = (child == head) == (child < self.left_count);
                let flow = &mut self.nodes[child as usize].flow;
                if adds { *flow += units } else { *flow -= units }
            } else if tail < self.left_count {
                self.take_up(by);
            }
        }
        let (from, to) = if back { (end, source) } else { (source, end) };
        self.nodes[from as usize].excess -= i64::from(units);
        self.nodes[to as usize].excess += i64::from(units);
    }

    /// Of a step between parent and child: the child, and how many more units can go that way.
    fn room_of_step(&self, tail: u32, head: u32) -> (u32, u32) {
        let is_down = self.nodes[head as usize].parent == tail;
        let child = if is_down { head } else { tail };
        (child, self.room(child, is_down))
    }

    fn take_up(&mut self, arc: u32) {
        let (left, right) = self.ends(arc);
        let then = std::mem::replace(&mut self.first[right], left as u32);
        (self.arc_used[left], self.previous[left], self.next[left]) = (arc, NONE, then);
        if then != NONE {
            self.previous[then as usize] = left as u32;
        }
    }

    fn give_up(&mut self, arc: u32) {
        let (left, right) = self.ends(arc);
        let (before, after) = (self.previous[left], self.next[left]);
        match before {
            NONE => self.first[right] = after,
            before => self.next[before as usize] = after,
        }
        if after != NONE {
            self.previous[after as usize] = before;
        }
        self.arc_used[left] = NONE;
    }

    fn ends(&self, arc: u32) -> (usize, usize) {
        let arc = &self.network.arcs[arc as usize];
        (arc.left as usize, arc.right as usize)
    }

    /// By arc.
    pub fn used(&self) -> Vec<bool> {
        let mut used = vec![false; self.network.arcs.len()];
        self.arc_used.iter().filter(|&&arc| arc != NONE).for_each(|&arc| used[arc as usize] = true);
        used
    }

    /// The potentials that prove the flow the best.
    pub fn potentials(&self) -> Potentials<W> {
        self.closed(self.nodes.iter().map(|node| node.potential).collect(), |arc| self.network.gains[arc])
    }

    /// Where no path led on: potentials that prove it, for a gain of nothing on every arc.
    pub fn cut(&self) -> Potentials<W> {
        let of_reached = if self.is_cut_backwards { W::ONE } else { -W::ONE };
        let of = |label: &Label<W>| if label.round == self.round { of_reached } else { W::default() };
        self.closed(self.labels.iter().map(of).collect(), |_| W::default())
    }

    /// An arc in use may gain more than its ends ask for; its left leaf, which takes no other, then asks for the rest.
    fn closed(&self, mut potentials: Vec<W>, gain: impl Fn(usize) -> W) -> Potentials<W> {
        for (left, &arc) in self.arc_used.iter().enumerate().filter(|&(_, &arc)| arc != NONE) {
            let right = self.network.arcs[arc as usize].right + self.left_count;
            potentials[left] = potentials[left].max(gain(arc as usize) + potentials[right as usize]);
        }
        let of_root = potentials[self.root as usize];
        potentials.iter_mut().for_each(|potential| *potential -= of_root);
        potentials.truncate(self.root as usize);
        let right = potentials.split_off(self.left_count as usize);
        Potentials { left: potentials, right }
    }
}

/// A path while it is sought.
struct Path<W> {
    /// Whether it is sought from its end.
    back: bool,
    /// How far the search has come.
    level: W,
    /// The nearest end that was reached.
    nearest: Option<(W, u32)>,
}
