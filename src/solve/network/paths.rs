//! Units of a left top, one after the other: the path along which each gains most.
//!
//! Dijkstra's method over slacks, from the top to the root; see `flow.rs` for why a path there keeps the flow the best. What a
//! search has reached is kept for the next unit of the same top, but for what a path has cut off (`regrowth.rs`).

use std::cmp::Reverse;

use super::flow::{Directed, Gain, Search, Vertex};
use super::graph::NONE;

/// A top with no more units than these searches anew for each: a search for the last unit ends at the first path found, which
/// saves more than what is kept.
pub(super) const FEW_UNITS: u32 = 16;

/// What became of units.
enum Introduced {
    /// As many as were asked for are in.
    Some,
    /// No other unit gains.
    All,
    Stopped,
}

/// In the heap, a node to expand; without it, a node from which a path may end.
const EXPAND: u32 = 1 << 31;

impl<W: Gain> Search<W> {
    /// Introduces units at a left top until it is full or one more gains nothing; false where `stop` said so before.
    pub fn introduce(&mut self, source: u32, stop: &mut impl FnMut() -> bool) -> bool {
        let at = source as usize;
        if at < self.left_leaves {
            self.nodes[at].worth = self.worth_of_arcs(at);
        }
        let together = if self.nodes[at].most > FEW_UNITS { u32::MAX } else { 1 };
        while self.nodes[at].flow < self.nodes[at].most {
            if stop() {
                return false;
            }
            match self.introduce_some(source, together, stop) {
                Introduced::Some => {}
                Introduced::All => break,
                Introduced::Stopped => return false,
            }
        }
        true
    }

    /// Introduces up to so many units, by one search.
    fn introduce_some(&mut self, source: u32, units: u32, stop: &mut impl FnMut() -> bool) -> Introduced {
        let at = source as usize;
        self.round += 1;
        self.heap.clear();
        self.touched.clear();
        self.closed = 0;
        self.label(source, W::default(), NONE, NONE);
        self.heap.push(Reverse((W::default(), source | EXPAND)));
        // How much less than the first could the last unit gained.
        let mut level = W::default();
        let last = self.nodes[at].most.min(self.nodes[at].flow.saturating_add(units));
        let mut introduced = Introduced::Some;
        while self.nodes[at].flow < last {
            if units > 1 && stop() {
                return Introduced::Stopped;
            }
            // To give the unit back is always possible.
            let surrender = self.nodes[at].worth + self.worth_of_next(at);
            if surrender <= level {
                introduced = Introduced::All;
                break;
            }
            let is_last = self.nodes[at].flow + 1 == last;
            let Some((distance, end)) = self.grow(source, surrender, is_last) else {
                level = surrender;
                introduced = Introduced::All;
                break;
            };
            level = distance;
            self.augment(source, end);
            if !is_last {
                self.regrow(source, end, level);
            }
        }
        for &node in &self.touched {
            let vertex = &mut self.nodes[node as usize];
            if vertex.round == self.round && vertex.distance < level {
                vertex.worth -= level - vertex.distance;
                vertex.round = 0;
            }
        }
        introduced
    }

    /// Grows what is reached until a path ends nearer than `surrender`: how far, and from which node.
    fn grow(&mut self, source: u32, surrender: W, is_last: bool) -> Option<(W, u32)> {
        let mut ends = Ends { limit: surrender, found: None, is_last };
        while let Some(&Reverse((distance, entry))) = self.heap.peek() {
            if distance >= ends.limit {
                break;
            }
            self.heap.pop();
            let node = entry & !EXPAND;
            if entry & EXPAND == 0 {
                match self.distance_of_end(node) {
                    Some(exact) if exact == distance => return Some((distance, node)),
                    Some(exact) if exact > distance => self.end(node, exact, &mut ends),
                    _ => {}
                }
                continue;
            }
            let vertex = &self.nodes[node as usize];
            if vertex.round != self.round || vertex.stamp != 0 || vertex.distance != distance {
                continue;
            }
            if !self.is_fresh(node) {
                self.nodes[node as usize].round = 0;
                self.reach_again(node, &mut ends);
                continue;
            }
            self.close(node);
            if (node as usize) < self.left_count {
                self.expand_left(node, source, &mut ends);
            } else {
                self.expand_right(node, &mut ends);
            }
        }
        ends.found.map(|node| (ends.limit, node))
    }

    /// Whether the node before is still reached as it was when it reached this one.
    fn is_fresh(&self, node: u32) -> bool {
        let vertex = &self.nodes[node as usize];
        vertex.before == NONE || {
            let before = &self.nodes[vertex.before as usize];
            before.round == self.round && before.stamp == vertex.stamp_before
        }
    }

    /// How far a path from the source is that ends from here; `None` where none can.
    fn distance_of_end(&self, node: u32) -> Option<W> {
        let vertex = &self.nodes[node as usize];
        if vertex.round != self.round || !self.is_fresh(node) {
            return None;
        }
        if node as usize >= self.left_count {
            return self.slack_to_root(node).map(|slack| vertex.distance + slack);
        }
        (vertex.flow > 0).then(|| vertex.distance + vertex.worth + self.worth_of_last(node as usize))
    }

    /// Takes into account that a path may end from here.
    fn end(&mut self, node: u32, distance: W, ends: &mut Ends<W>) {
        if distance < ends.limit {
            if ends.is_last {
                (ends.limit, ends.found) = (distance, Some(node));
            } else {
                self.heap.push(Reverse((distance, node)));
            }
        }
    }

    fn label(&mut self, node: u32, distance: W, before: u32, by: u32) {
        let stamp_before = if before == NONE { 0 } else { self.nodes[before as usize].stamp };
        let vertex = &mut self.nodes[node as usize];
        if vertex.round != self.round {
            vertex.round = self.round;
            (vertex.stamp, vertex.first) = (0, NONE);
            self.touched.push(node);
        }
        (vertex.distance, vertex.before, vertex.by, vertex.stamp_before) = (distance, before, by, stamp_before);
    }

    /// Takes a step into account.
    pub fn relax(&mut self, node: u32, distance: W, before: u32, by: u32, ends: &mut Ends<W>) {
        let vertex = &self.nodes[node as usize];
        if distance >= ends.limit || (vertex.round == self.round && distance >= vertex.distance) {
            return;
        }
        self.label(node, distance, before, by);
        let leaf = node as usize >= self.left_count && (node as usize) < self.left_count + self.right_leaves;
        if leaf && let Some(slack) = self.slack_to_root(node) {
            self.end(node, distance + slack, ends);
            if ends.is_last && slack == W::default() {
                return;
            }
        }
        self.heap.push(Reverse((distance, node | EXPAND)));
    }

    fn expand_left(&mut self, node: u32, source: u32, ends: &mut Ends<W>) {
        let at = node as usize;
        let worth = self.nodes[at].distance + self.nodes[at].worth;
        if at < self.left_leaves {
            for arc in self.arcs_of[at]..self.arcs_of[at + 1] {
                let Directed { gain, right, .. } = self.arcs[arc as usize];
                let reached = worth - gain - self.nodes[right as usize].worth;
                if reached < ends.limit && !self.used[arc as usize] {
                    self.relax(right, reached, node, arc, ends);
                }
            }
        } else {
            for child in self.children_of[at]..self.children_of[at + 1] {
                let child = self.children[child as usize];
                let vertex = &self.nodes[child as usize];
                if vertex.flow < vertex.most && !self.is_barren[child as usize] {
                    let reached = worth - self.worth_of_next(child as usize) - vertex.worth;
                    self.relax(child, reached, node, NONE, ends);
                }
            }
        }
        if node != source && self.nodes[at].flow > 0 {
            let reached = worth + self.worth_of_last(at) - self.worth_of_parent(at);
            match self.nodes[at].parent {
                NONE => self.end(node, reached, ends),
                parent => self.relax(parent, reached, node, NONE, ends),
            }
        }
    }

    fn expand_right(&mut self, node: u32, ends: &mut Ends<W>) {
        let at = node as usize;
        let worth = self.nodes[at].distance + self.nodes[at].worth;
        if self.nodes[at].flow < self.nodes[at].most {
            let reached = worth - self.worth_of_next(at) - self.worth_of_parent(at);
            match self.nodes[at].parent {
                NONE => self.end(node, reached, ends),
                parent => self.relax(parent, reached, node, NONE, ends),
            }
        }
        let leaf = at - self.left_count;
        if leaf < self.right_leaves {
            let start = self.seats_of[leaf];
            for seat in start..start + self.seated[leaf] {
                let arc = self.seats[seat as usize];
                let Directed { gain, left, .. } = self.arcs[arc as usize];
                self.relax(left, worth + gain - self.nodes[left as usize].worth, node, arc, ends);
            }
        } else {
            for child in self.children_of[at]..self.children_of[at + 1] {
                let child = self.children[child as usize];
                if self.nodes[child as usize].flow > 0 {
                    let reached = worth + self.worth_of_last(child as usize) - self.nodes[child as usize].worth;
                    self.relax(child, reached, node, NONE, ends);
                }
            }
        }
    }

    /// The slack straight up from a right node to the root: the worths between cancel out. `None` where a node on the way is
    /// full.
    fn slack_to_root(&self, node: u32) -> Option<W> {
        let mut slack = self.nodes[node as usize].worth;
        let mut at = node;
        while at != NONE {
            let vertex = &self.nodes[at as usize];
            if vertex.flow >= vertex.most {
                return None;
            }
            slack -= self.worth_of_next(at as usize);
            at = vertex.parent;
        }
        Some(slack)
    }

    /// Moves one unit along the path that ends from a node: straight up on the right, or back from a top on the left.
    fn augment(&mut self, source: u32, end: u32) {
        let mut node = end;
        if (node as usize) < self.left_count {
            self.nodes[node as usize].flow -= 1;
        } else {
            let mut at = node;
            while at != NONE {
                self.nodes[at as usize].flow += 1;
                at = self.nodes[at as usize].parent;
            }
        }
        while node != source {
            let Vertex { before, by, parent, .. } = self.nodes[node as usize];
            let from_left = (before as usize) < self.left_count;
            if by != NONE {
                if from_left { self.seat(node, by) } else { self.unseat(before, by) }
            } else {
                let is_down = parent == before;
                let flow = &mut self.nodes[if is_down { node } else { before } as usize].flow;
                if is_down == from_left {
                    *flow += 1;
                } else {
                    *flow -= 1;
                }
            }
            node = before;
        }
        self.nodes[source as usize].flow += 1;
    }

    fn seat(&mut self, right: u32, arc: u32) {
        let leaf = right as usize - self.left_count;
        self.used[arc as usize] = true;
        self.seats[(self.seats_of[leaf] + self.seated[leaf]) as usize] = arc;
        self.seated[leaf] += 1;
    }

    fn unseat(&mut self, right: u32, arc: u32) {
        let leaf = right as usize - self.left_count;
        self.used[arc as usize] = false;
        let start = self.seats_of[leaf] as usize;
        let seats = &mut self.seats[start..start + self.seated[leaf] as usize];
        if let Some(place) = seats.iter().position(|&seat| seat == arc) {
            seats.swap(place, seats.len() - 1);
            self.seated[leaf] -= 1;
        }
    }
}

/// Where the paths of one unit may end.
pub(super) struct Ends<W> {
    /// What is as far is of no use.
    pub limit: W,
    /// The node that the nearest path known ends from, where no other unit comes after.
    found: Option<u32>,
    is_last: bool,
}

impl<W> Ends<W> {
    /// Any that are nearer than `limit`.
    pub fn open(limit: W) -> Self {
        Self { limit, found: None, is_last: false }
    }
}
