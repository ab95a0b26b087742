//! What a path leaves of the tree that was reached from a top.
//!
//! A path in the tree has no slack by the distances found, so that its steps back have none either and every distance stays
//! right, but for nodes that are no longer reached as they were: those below a step that the path has used up. These take the
//! worths that the search would have left them with had it ended here, which makes distances from the others at least `level`, and
//! are reached again from whatever is left.

use super::flow::{Gain, Search};
use super::graph::NONE;
use super::paths::Ends;

impl<W: Gain> Search<W> {
    /// Takes a node into the tree.
    pub fn close(&mut self, node: u32) {
        self.closed += 1;
        self.nodes[node as usize].stamp = self.closed;
        let before = self.nodes[node as usize].before;
        if before != NONE {
            self.nodes[node as usize].next = self.nodes[before as usize].first;
            self.nodes[before as usize].first = node;
        }
    }

    /// After a path of this length, from the source to where it ends: what it cut off is reached again.
    pub fn regrow(&mut self, source: u32, end: u32, level: W) {
        let mut lost = Vec::new();
        // Steps of the path, the first of which that is used up cuts off all after.
        let mut cut = NONE;
        let mut node = end;
        while node != source {
            if !self.still_reaches(node) {
                cut = node;
            }
            node = self.nodes[node as usize].before;
        }
        if cut != NONE {
            self.lose(cut, level, &mut lost);
        }
        // Steps up to the root and back down, where the tree has them.
        let mut at = if end as usize >= self.left_count { end } else { NONE };
        while at != NONE {
            let parent = self.nodes[at as usize].parent;
            for node in [at, parent] {
                if node != NONE
                    && self.is_closed(node)
                    && self.nodes[node as usize].before == if node == at { parent } else { at }
                    && !self.still_reaches(node)
                {
                    self.lose(node, level, &mut lost);
                }
            }
            at = parent;
        }
        let mut ends = Ends::open(self.nodes[source as usize].worth + self.bonus);
        for node in lost {
            self.reach_again(node, &mut ends);
        }
    }

    pub fn is_closed(&self, node: u32) -> bool {
        let vertex = &self.nodes[node as usize];
        vertex.round == self.round && vertex.stamp != 0
    }

    /// Whether the step before a node is possible and as long as it was.
    fn still_reaches(&self, node: u32) -> bool {
        let vertex = &self.nodes[node as usize];
        vertex.by == NONE && self.step(vertex.before, node) == Some(vertex.distance)
    }

    /// How far a node is by a step between it and its parent or child before; `None` where the step is not possible.
    fn step(&self, before: u32, node: u32) -> Option<W> {
        let from = &self.nodes[before as usize];
        let reached = from.distance + from.worth - self.nodes[node as usize].worth;
        let is_down = self.nodes[node as usize].parent == before;
        let child = if is_down { node } else { before };
        let between = &self.nodes[child as usize];
        if is_down == ((node as usize) < self.left_count) {
            let is_possible = between.flow < between.most && !(is_down && self.is_barren[child as usize]);
            is_possible.then(|| reached - self.worth_of_next(child as usize))
        } else {
            (between.flow > 0).then(|| reached + self.worth_of_last(child as usize))
        }
    }

    /// Takes a node and all below out of the tree.
    fn lose(&mut self, root: u32, level: W, lost: &mut Vec<u32>) {
        if self.is_closed(root) {
            self.unlink(root);
        }
        let mut at = lost.len();
        lost.push(root);
        while let Some(&node) = lost.get(at) {
            let vertex = &mut self.nodes[node as usize];
            if vertex.stamp != 0 && vertex.distance < level {
                vertex.worth -= level - vertex.distance;
            }
            let mut child = vertex.first;
            (vertex.round, vertex.stamp, vertex.first) = (0, 0, NONE);
            while child != NONE {
                lost.push(child);
                child = self.nodes[child as usize].next;
            }
            at += 1;
        }
    }

    fn unlink(&mut self, node: u32) {
        let (before, next) = (self.nodes[node as usize].before, self.nodes[node as usize].next);
        let mut at = self.nodes[before as usize].first;
        if at == node {
            self.nodes[before as usize].first = next;
            return;
        }
        while self.nodes[at as usize].next != node {
            at = self.nodes[at as usize].next;
        }
        self.nodes[at as usize].next = next;
    }

    /// Labels a node that is not reached by the best step from the tree.
    pub fn reach_again(&mut self, node: u32, ends: &mut Ends<W>) {
        let at = node as usize;
        let parent = self.nodes[at].parent;
        if parent != NONE {
            self.step_again(parent, node, ends);
        }
        if at < self.left_leaves {
            for arc in self.arcs_of[at]..self.arcs_of[at + 1] {
                let right = self.arcs[arc as usize].right;
                if self.used[arc as usize] && self.is_closed(right) {
                    let from = &self.nodes[right as usize];
                    let reached = from.distance + from.worth + self.arcs[arc as usize].gain - self.nodes[at].worth;
                    self.relax(node, reached, right, arc, ends);
                }
            }
        } else if at >= self.left_count && at < self.left_count + self.right_leaves {
            let leaf = at - self.left_count;
            for place in self.arcs_at_of[leaf]..self.arcs_at_of[leaf + 1] {
                let arc = self.arcs_at[place as usize];
                let left = self.arcs[arc as usize].left;
                if !self.used[arc as usize] && self.is_closed(left) {
                    let from = &self.nodes[left as usize];
                    let reached = from.distance + from.worth - self.arcs[arc as usize].gain - self.nodes[at].worth;
                    self.relax(node, reached, left, arc, ends);
                }
            }
        } else {
            for child in self.children_of[at]..self.children_of[at + 1] {
                self.step_again(self.children[child as usize], node, ends);
            }
        }
    }

    fn step_again(&mut self, before: u32, node: u32, ends: &mut Ends<W>) {
        if self.is_closed(before)
            && let Some(reached) = self.step(before, node)
        {
            self.relax(node, reached, before, NONE, ends);
        }
    }
}
