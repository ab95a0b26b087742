//! One unit more: the path along which it gains most.
//!
//! Dijkstra's method over slacks, from a left top to the root; see `flow.rs` for why a path there keeps the flow the best.

use std::cmp::Reverse;

use super::flow::{Directed, Gain, Search, Vertex};
use super::graph::NONE;

/// Where a path reaches the root.
enum End {
    /// Up from a node on the right.
    Up(u32),
    /// Back from a top node on the left, which gives up a unit.
    Back(u32),
}

impl<W: Gain> Search<W> {
    /// Introduces one more unit at a left top; false where it gains nothing.
    pub fn introduce(&mut self, source: u32) -> bool {
        let at = source as usize;
        if at < self.left_leaves && self.nodes[at].flow == 0 {
            self.nodes[at].worth = self.worth_of_arcs(at);
        }
        // To give the unit back is always possible.
        let mut best = self.nodes[at].worth + self.worth_of_next(at);
        if best <= W::default() {
            return false;
        }
        self.round += 1;
        self.heap.clear();
        self.touched.clear();
        let mut end = None;
        self.reach(source, W::default(), NONE, NONE);
        self.heap.push(Reverse((W::default(), source)));
        while let Some(Reverse((distance, node))) = self.heap.pop() {
            if distance >= best {
                break;
            }
            if distance > self.nodes[node as usize].distance {
                continue;
            }
            if (node as usize) < self.left_count {
                self.expand_left(node, source, distance, &mut best, &mut end);
            } else {
                self.expand_right(node, distance, &mut best, &mut end);
            }
        }
        for &node in &self.touched {
            let node = &mut self.nodes[node as usize];
            if node.distance < best {
                node.worth -= best - node.distance;
            }
        }
        if let Some(end) = end {
            self.augment(source, end);
            true
        } else {
            false
        }
    }

    fn reach(&mut self, node: u32, distance: W, before: u32, by: u32) {
        let round = self.round;
        let vertex = &mut self.nodes[node as usize];
        if vertex.round != round {
            vertex.round = round;
            self.touched.push(node);
        }
        (vertex.distance, vertex.before, vertex.by) = (distance, before, by);
    }

    /// Takes a step into account.
    fn relax(&mut self, node: u32, distance: W, before: u32, by: u32, best: W) {
        let vertex = &self.nodes[node as usize];
        if distance < best && (vertex.round != self.round || distance < vertex.distance) {
            self.reach(node, distance, before, by);
            self.heap.push(Reverse((distance, node)));
        }
    }

    fn expand_left(&mut self, node: u32, source: u32, distance: W, best: &mut W, end: &mut Option<End>) {
        let at = node as usize;
        let worth = distance + self.nodes[at].worth;
        if at < self.left_leaves {
            for arc in self.arcs_of[at]..self.arcs_of[at + 1] {
                let Directed { gain, right, .. } = self.arcs[arc as usize];
                let vertex = &self.nodes[right as usize];
                let reached = worth - gain - vertex.worth;
                if reached >= *best
                    || (vertex.round == self.round && reached >= vertex.distance)
                    || self.used[arc as usize]
                {
                    continue;
                }
                self.reach(right, reached, node, arc);
                match self.slack_to_root(right) {
                    Some(slack) => {
                        if reached + slack < *best {
                            *best = reached + slack;
                            *end = Some(End::Up(right));
                        }
                        if slack > W::default() {
                            self.heap.push(Reverse((reached, right)));
                        }
                    }
                    None => self.heap.push(Reverse((reached, right))),
                }
            }
        } else {
            for child in self.children_of[at]..self.children_of[at + 1] {
                let child = self.children[child as usize];
                let vertex = &self.nodes[child as usize];
                if vertex.flow < vertex.most && !self.is_barren[child as usize] {
                    let reached = worth - self.worth_of_next(child as usize) - vertex.worth;
                    self.relax(child, reached, node, NONE, *best);
                }
            }
        }
        if node != source && self.nodes[at].flow > 0 {
            let reached = worth + self.worth_of_last(at) - self.worth_of_parent(at);
            match self.nodes[at].parent {
                NONE if reached < *best => {
                    *best = reached;
                    *end = Some(End::Back(node));
                }
                NONE => {}
                parent => self.relax(parent, reached, node, NONE, *best),
            }
        }
    }

    fn expand_right(&mut self, node: u32, distance: W, best: &mut W, end: &mut Option<End>) {
        let at = node as usize;
        let worth = distance + self.nodes[at].worth;
        if self.nodes[at].flow < self.nodes[at].most {
            let reached = worth - self.worth_of_next(at) - self.worth_of_parent(at);
            match self.nodes[at].parent {
                NONE if reached < *best => {
                    *best = reached;
                    *end = Some(End::Up(node));
                }
                NONE => {}
                parent => self.relax(parent, reached, node, NONE, *best),
            }
        }
        let leaf = at - self.left_count;
        if leaf < self.right_leaves {
            let start = self.seats_of[leaf];
            for seat in start..start + self.seated[leaf] {
                let arc = self.seats[seat as usize];
                let Directed { gain, left, .. } = self.arcs[arc as usize];
                self.relax(left, worth + gain - self.nodes[left as usize].worth, node, arc, *best);
            }
        } else {
            for child in self.children_of[at]..self.children_of[at + 1] {
                let child = self.children[child as usize];
                if self.nodes[child as usize].flow > 0 {
                    let reached = worth + self.worth_of_last(child as usize) - self.nodes[child as usize].worth;
                    self.relax(child, reached, node, NONE, *best);
                }
            }
        }
    }

    /// The slack straight up from a right node to the root; `None` where a node on the way is full.
    fn slack_to_root(&self, node: u32) -> Option<W> {
        let mut slack = W::default();
        let mut at = node;
        while at != NONE {
            let vertex = &self.nodes[at as usize];
            if vertex.flow >= vertex.most {
                return None;
            }
            slack += vertex.worth - self.worth_of_next(at as usize) - self.worth_of_parent(at as usize);
            at = vertex.parent;
        }
        Some(slack)
    }

    /// Moves one unit along the path that was found.
    fn augment(&mut self, source: u32, end: End) {
        let mut node = match end {
            End::Up(node) => {
                let mut at = node;
                while at != NONE {
                    self.nodes[at as usize].flow += 1;
                    at = self.nodes[at as usize].parent;
                }
                node
            }
            End::Back(node) => {
                self.nodes[node as usize].flow -= 1;
                node
            }
        };
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
