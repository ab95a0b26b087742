//! What nested rows and lower bounds ask for, mended in the best assignment of the leaves.
//!
//! The flow between a node and its parent is cut to its bounds, so that some nodes have more coming in than going out, and others less.
//! All along, no possible step costs less than nothing in the potentials. Units go from a node with too much to the nearest that lacks
//! one, by Dijkstra's method over the reduced costs, until none is left: successive shortest paths (Busacker and Gowen 1961; Ahuja,
//! Magnanti and Orlin 1993, section 9.7). The root leads on to every top, so that paths from
//! it are sought backwards, from the node that lacks a unit.
//!
//! Where no path leads on, the nodes reached are a proof that nothing keeps the bounds (Hoffman's circulation theorem, 1960): what is
//! asked of them is more than can come in or go out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::flow::{Gain, Network, Potentials};
use super::graph::{Family, NONE};
use super::grouped;

/// How often a solve is asked whether it must stop: once in so many paths.
const PATHS_BETWEEN_GLANCES: u32 = 16;

/// A node: those of the left family first, then those of the right, then the root.
struct Vertex {
    parent: u32,
    least: u32,
    most: u32,
    /// Between it and its parent.
    flow: u32,
    /// What comes in and does not go out.
    excess: i64,
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
    nodes: Vec<Vertex>,
    /// By node.
    potentials: Vec<W>,
    left_count: u32,
    root: u32,
    /// By node and one more: where its children are.
    children_of: Vec<u32>,
    children: Vec<u32>,
    /// By right leaf and one more: where its arcs are in `arcs_at`, with their left leaves; empty until a path is sought backwards.
    arcs_at_of: Vec<u32>,
    arcs_at: Vec<(u32, u32)>,
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
    pub fn new(network: &'a Network<'a, W>, used: &[u32], potentials: &Potentials<W>) -> Self {
        let left_count = network.left.nodes.len() as u32;
        let root = left_count + network.right.nodes.len() as u32;
        let of_family = |family: &'a Family, first: u32| {
            family.nodes.iter().map(move |node| Vertex {
                parent: if node.parent == NONE { root } else { node.parent + first },
                least: node.least,
                most: node.most,
                flow: 0,
                excess: 0,
            })
        };
        let of_root = Vertex { parent: NONE, least: 0, most: 0, flow: 0, excess: 0 };
        let families = of_family(network.left, 0).chain(of_family(network.right, left_count));
        let nodes: Vec<Vertex> = families.chain([of_root]).collect();
        let potentials = [&potentials.left[..], &potentials.right[..], &[W::default()]].concat();
        let (children_of, children) = grouped(nodes.len(), nodes.iter().map(|node| node.parent));
        let label = Label { distance: W::default(), round: 0, before: NONE, by: NONE };
        let mut circulation = Self {
            network,
            labels: vec![label; nodes.len()],
            nodes,
            potentials,
            left_count,
            root,
            children_of,
            children,
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
        (0..).zip(used).filter(|&(_, &arc)| arc != NONE).for_each(|(left, &arc)| circulation.take_up(left, arc));
        circulation.cut_to_bounds();
        circulation
    }

    /// The flow between each node and its parent, cut to its bounds, and what comes in too much at each node then.
    fn cut_to_bounds(&mut self) {
        let mut between = vec![0_i64; self.nodes.len()];
        for arc in self.network.arcs.chosen(&self.arc_used) {
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
                let potential = &mut self.potentials[node as usize];
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
        let mut search = Path { back, level: W::default(), limit: W::MAX, end: NONE };
        let found = |search: &Path<W>| (search.end != NONE).then_some((search.limit, search.end));
        loop {
            let node = match self.near.pop() {
                Some(node) => node,
                None => match self.nearest() {
                    Some((distance, node)) if distance < search.limit => {
                        search.level = distance;
                        node
                    }
                    _ => return found(&search),
                },
            };
            self.settled.push(node);
            self.expand(node, &mut search);
            if search.limit == search.level {
                return found(&search);
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
        let distance = self.labels[at].distance;
        if node != self.root {
            self.relax_parent(node, distance, search);
        }
        for child in self.children_of[at]..self.children_of[at + 1] {
            let child = self.children[child as usize];
            if self.room(child, !search.back) > 0 {
                self.relax(node, child, NONE, distance + self.fall(node, child, search.back), search);
            }
        }
        let right_leaf = at.wrapping_sub(self.left_count as usize);
        if at < self.network.left.leaves {
            let used = self.arc_used[at];
            if !search.back {
                for arc in self.network.arcs.of(node).filter(|&arc| arc != used) {
                    let right = self.network.arcs.right[arc as usize] + self.left_count;
                    let cost = self.fall(node, right, false) - self.network.gains[arc as usize];
                    self.relax(node, right, arc, distance + cost, search);
                }
            } else if used != NONE {
                let right = self.network.arcs.right[used as usize] + self.left_count;
                let cost = self.network.gains[used as usize] - self.fall(node, right, false);
                self.relax(node, right, used, distance + cost, search);
            }
        } else if right_leaf < self.network.right.leaves {
            if search.back {
                self.group_arcs();
                for place in self.arcs_at_of[right_leaf]..self.arcs_at_of[right_leaf + 1] {
                    let (arc, left) = self.arcs_at[place as usize];
                    if self.arc_used[left as usize] != arc {
                        let cost = self.fall(left, node, false) - self.network.gains[arc as usize];
                        self.relax(node, left, arc, distance + cost, search);
                    }
                }
            } else {
                let mut left = self.first[right_leaf];
                while left != NONE {
                    let used = self.arc_used[left as usize];
                    let cost = self.fall(node, left, false) + self.network.gains[used as usize];
                    self.relax(node, left, used, distance + cost, search);
                    left = self.next[left as usize];
                }
            }
        }
    }

    fn group_arcs(&mut self) {
        if self.arcs_at_of.is_empty() {
            let arcs = self.network.arcs;
            let (starts, places) = grouped(self.network.right.leaves, arcs.right.iter().copied());
            self.arcs_at_of = starts;
            let left_of: Vec<u32> = arcs.iter().map(|arc| arc.left).collect();
            self.arcs_at = places.into_iter().map(|arc| (arc, left_of[arc as usize])).collect();
        }
    }

    /// How many more units can go between a node and its parent, down or up.
    fn room(&self, node: u32, is_down: bool) -> u32 {
        let vertex = &self.nodes[node as usize];
        if is_down == (node < self.left_count) { vertex.most - vertex.flow } else { vertex.flow - vertex.least }
    }

    /// How much the potential falls from a node to another, or from the other to it.
    fn fall(&self, from: u32, to: u32, back: bool) -> W {
        let fall = self.potentials[from as usize] - self.potentials[to as usize];
        if back { -fall } else { fall }
    }

    /// Takes the step between a node at this distance and its parent into account.
    fn relax_parent(&mut self, node: u32, distance: W, search: &mut Path<W>) {
        if self.room(node, search.back) > 0 {
            let parent = self.nodes[node as usize].parent;
            self.relax(node, parent, NONE, distance + self.fall(node, parent, search.back), search);
        }
    }

    /// Labels a node by the step from another one to it, or from it where the path is sought backwards, if it is nearer by that.
    fn relax(&mut self, from: u32, node: u32, by: u32, reached: W, search: &mut Path<W>) {
        debug_assert!(reached >= search.level, "a possible step costs less than nothing");
        if reached >= search.limit {
            return;
        }
        let label = &mut self.labels[node as usize];
        if label.round == self.round && reached >= label.distance {
            return;
        }
        *label = Label { distance: reached, round: self.round, before: from, by };
        if self.is_end(node, search.back) {
            (search.limit, search.end) = (reached, node);
            return;
        }
        if reached == search.level {
            self.near.push(node);
        } else {
            self.heap.push(Reverse((reached, node)));
        }
        // A path that ends soon keeps the search short.
        if node != self.root && self.is_end(self.nodes[node as usize].parent, search.back) {
            self.relax_parent(node, reached, search);
        }
    }

    /// Whether a node lacks units, or has too many where a path is sought backwards.
    fn is_end(&self, node: u32, back: bool) -> bool {
        let excess = self.nodes[node as usize].excess;
        if back { excess > 0 } else { excess < 0 }
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
        for &(_, left, _) in path.iter().filter(|&&(tail, _, by)| by != NONE && tail >= left_count) {
            self.give_up(left as usize);
        }
        for &(tail, head, by) in &path {
            if by == NONE {
                let (child, _) = self.room_of_step(tail, head);
                let adds = (child == head) == (child < self.left_count);
                let flow = &mut self.nodes[child as usize].flow;
                if adds { *flow += units } else { *flow -= units }
            } else if tail < self.left_count {
                self.take_up(tail, by);
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

    fn take_up(&mut self, leaf: u32, arc: u32) {
        let (left, right) = (leaf as usize, self.network.arcs.right[arc as usize] as usize);
        let then = std::mem::replace(&mut self.first[right], leaf);
        (self.arc_used[left], self.previous[left], self.next[left]) = (arc, NONE, then);
        if then != NONE {
            self.previous[then as usize] = leaf;
        }
    }

    fn give_up(&mut self, left: usize) {
        let right = self.network.arcs.right[self.arc_used[left] as usize] as usize;
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

    /// By left leaf: the arc in use.
    pub fn into_used(self) -> Vec<u32> {
        self.arc_used
    }

    /// The potentials that prove the flow the best.
    pub fn potentials(&self) -> Potentials<W> {
        self.closed(self.potentials.clone(), |arc| self.network.gains[arc])
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
            let right = self.network.arcs.right[arc as usize] + self.left_count;
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
    /// How far the nearest end is that was reached, and which; [`NONE`] while none was.
    limit: W,
    end: u32,
}
