//! [`Graph`]: the rows of a formulation as two families of nested sets, with the pairs as arcs between their leaves.
//!
//! Rows over students are one family, rows over seats the other. In each, two rows are nested or apart, so that the rows
//! are the nodes of a forest: a row's columns are the arcs below its node. A leaf on the left takes at most one, so that no
//! arc is used twice; a pin leaves it one arc.

use std::collections::BTreeMap;
use std::ops::Range;

use formulation::{Formulation, Side};

use super::grouped;
use super::nesting::{Bounds, LeafOf, nested};
use crate::proof::{Proof, ProofSum};

/// No node, no row.
pub(super) const NONE: u32 = u32::MAX;

/// A row, or several over the same columns: `least ≤ arcs used below ≤ most`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// The smallest node that holds this one; [`NONE`] at the top.
    pub parent: u32,
    pub least: u32,
    pub most: u32,
    /// The row that says `least`; [`NONE`] where none does.
    pub least_row: u32,
    /// The row that says `most`; [`NONE`] where none does.
    pub most_row: u32,
}

impl Node {
    /// Proves that nothing keeps both bounds: a price of 1 for the row that says `most` and of −1 for the one that says `least` are
    /// 0 for each pair, and add up to less than nothing. `None` where they are one row.
    fn contradiction(&self) -> Option<Proof> {
        if self.least_row == self.most_row {
            return None;
        }
        let mut priced = [(self.most_row, 1), (self.least_row, -1)];
        priced.sort_unstable();
        Some(Proof {
            sums: vec![ProofSum::Nothing],
            thresholds: Vec::new(),
            rows: priced.map(|(row, _)| row).to_vec(),
            prices: priced.map(|(_, price)| price).to_vec(),
            bound: vec![i64::from(self.most) - i64::from(self.least)],
        })
    }
}

/// Nested sets: leaves first, each node before its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Family {
    pub leaves: usize,
    pub nodes: Vec<Node>,
}

impl Family {
    /// A node and all that hold it, up to the top.
    pub fn up(&self, node: u32) -> impl Iterator<Item = usize> {
        let parent = |&at: &usize| self.nodes[at].parent;
        std::iter::successors(Some(node as usize), move |at| {
            Some(parent(at)).filter(|&up| up != NONE).map(|up| up as usize)
        })
    }
}

/// A pair that may be used, between leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arc {
    pub left: u32,
    pub right: u32,
    pub column: u32,
}

/// Arcs by left leaf: compressed rows. What is in use of them is told by left leaf, which takes at most one: the arc, or [`NONE`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arcs {
    /// By left leaf and one more: where its arcs start.
    pub starts: Vec<u32>,
    /// By arc.
    pub right: Vec<u32>,
    /// By arc; `None` where each is the column at its own place.
    columns: Option<Vec<u32>>,
}

impl Arcs {
    /// Arcs in the order of their left leaves, of which there are so many.
    pub fn new(leaves: usize, arcs: impl IntoIterator<Item = Arc>) -> Self {
        let (mut starts, mut right, mut columns) = (vec![0], Vec::new(), Vec::new());
        for arc in arcs {
            starts.resize(arc.left as usize + 1, right.len() as u32);
            right.push(arc.right);
            columns.push(arc.column);
        }
        starts.resize(leaves + 1, right.len() as u32);
        Self { starts, right, columns: Some(columns) }
    }

    pub fn len(&self) -> usize {
        self.right.len()
    }

    pub fn is_empty(&self) -> bool {
        self.right.is_empty()
    }

    /// The arcs of a left leaf.
    pub fn of(&self, left: u32) -> Range<u32> {
        self.starts[left as usize]..self.starts[left as usize + 1]
    }

    /// The left leaf of an arc, by bisection.
    pub fn left(&self, at: u32) -> u32 {
        self.starts.partition_point(|&start| start <= at) as u32 - 1
    }

    pub fn column(&self, at: u32) -> u32 {
        self.columns.as_ref().map_or(at, |columns| columns[at as usize])
    }

    /// An arc of which the left leaf is known.
    pub fn at(&self, left: u32, at: u32) -> Arc {
        Arc { left, right: self.right[at as usize], column: self.column(at) }
    }

    pub fn get(&self, at: u32) -> Arc {
        self.at(self.left(at), at)
    }

    /// Every arc with its place.
    pub fn placed(&self) -> impl Iterator<Item = (u32, Arc)> {
        (0..self.starts.len() as u32 - 1).flat_map(move |left| self.of(left).map(move |at| (at, self.at(left, at))))
    }

    pub fn iter(&self) -> impl Iterator<Item = Arc> {
        self.placed().map(|(_, arc)| arc)
    }

    /// The arcs in use.
    pub fn chosen(&self, used: &[u32]) -> impl Iterator<Item = Arc> {
        (0..).zip(used).filter(|&(_, &at)| at != NONE).map(|(left, &at)| self.at(left, at))
    }

    /// Some of the arcs.
    pub fn only(&self, keep: impl Fn(u32, &Arc) -> bool) -> Self {
        Self::new(self.starts.len() - 1, self.placed().filter(|(at, arc)| keep(*at, arc)).map(|(_, arc)| arc))
    }

    /// Whether each arc is the column at its own place.
    pub fn are_columns(&self) -> bool {
        self.columns.is_none()
    }
}

/// The matchings in play, as a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Graph {
    /// Rows over students.
    pub(super) left: Family,
    /// Rows over seats.
    pub(super) right: Family,
    /// By left leaf.
    pub(super) arcs: Arcs,
}

/// A right leaf that is open or closed. Until that is decided it may have anything from nothing to its most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opening {
    leaf: u32,
    /// The fewest that it opens with.
    pub least: u32,
}

/// What the rows of a formulation are.
pub(crate) enum Shape {
    /// A network, but for openings that are undecided.
    Network(Graph, Vec<Opening>),
    /// A network with a row that nothing can keep; with its proof, where two rows over the same pairs contradict each other.
    Contradiction(Option<Proof>),
    /// Something else.
    Other,
}

impl Graph {
    /// By pair column: whether it is matched.
    pub(super) fn matched(&self, pairs: usize, used: &[u32]) -> Vec<bool> {
        let mut matched = vec![false; pairs];
        self.arcs.chosen(used).for_each(|arc| matched[arc.column as usize] = true);
        matched
    }

    /// By left leaf: the arc in use.
    pub(super) fn used(&self, matched: &[bool]) -> Vec<u32> {
        let is_used = |&at: &u32| matched[self.arcs.column(at) as usize];
        (0..self.left.leaves as u32).map(|left| self.arcs.of(left).find(is_used).unwrap_or(NONE)).collect()
    }

    /// Decides that a leaf is open or closed; false where its bounds do not allow it.
    pub fn decide(&mut self, opening: Opening, is_open: bool) -> bool {
        let node = &mut self.right.nodes[opening.leaf as usize];
        if is_open {
            node.least = node.least.max(opening.least);
        } else {
            node.most = 0;
        }
        node.least <= node.most
    }

    /// Keeps only some columns.
    pub fn keep(&mut self, may: impl Fn(u32) -> bool) {
        self.arcs = self.arcs.only(|_, arc| may(arc.column));
    }

    /// By opening: how many of the matched columns are below.
    pub fn loads(&self, openings: &[Opening], matched: &[bool]) -> Vec<u32> {
        let mut loads = vec![0; self.right.leaves];
        for arc in self.arcs.iter().filter(|arc| matched[arc.column as usize]) {
            loads[arc.right as usize] += 1;
        }
        openings.iter().map(|opening| loads[opening.leaf as usize]).collect()
    }

    /// Reads the rows as a network. A row with an opening is taken at its loosest.
    pub fn read(formulation: &Formulation) -> Shape {
        let pairs = formulation.pair_count();
        let row_count = formulation.rows.len();
        let (mut left, mut right) = (Vec::with_capacity(row_count), Vec::with_capacity(row_count));
        let mut pins = Vec::new();
        let mut openings = BTreeMap::new();
        for (index, row) in formulation.rows.iter().enumerate() {
            let side = row.label.side();
            if side == Side::Neither {
                return Shape::Other;
            }
            let coefficient = row.defines.map_or(0, |(_, a)| a);
            let least = row.least.map_or(0, |least| least - coefficient.max(0)).max(0);
            let most = row.most.map(|most| most - coefficient.min(0));
            if let (Some((column, a)), Some(stated)) = (row.defines, row.least) {
                openings.insert(column, (row.pairs[0], u32::try_from(stated - a).unwrap_or(u32::MAX)));
            }
            if least > row.pairs.len() as i64 || most.is_some_and(|most| most < least) {
                return Shape::Contradiction(None);
            }
            let most = most.and_then(|most| u32::try_from(most).ok());
            let bounds = Bounds { row: index as u32, least: least as u32, most };
            match side {
                _ if row.pairs.is_empty() => {}
                Side::Students => left.push((row, bounds)),
                Side::Seats => right.push((row, bounds)),
                Side::Pair => pins.push((row.pairs[0], bounds)),
                Side::Neither => {}
            }
        }
        let (Some((mut left, left_of)), Some((right, right_of))) = (nested(pairs, left), nested(pairs, right)) else {
            return Shape::Other;
        };
        if left.nodes[..left.leaves].iter().any(|leaf| leaf.most > 1) {
            return Shape::Other;
        }
        let mut pinned = vec![NONE; if pins.is_empty() { 0 } else { left.leaves }];
        for (column, bounds) in pins {
            let leaf = left_of.get(column) as usize;
            let node = &mut left.nodes[leaf];
            if node.most == 0 || (pinned[leaf] != NONE && pinned[leaf] != column) {
                return Shape::Contradiction(None);
            }
            pinned[leaf] = column;
            // Whatever else asks for a place of the student, the pin says which, and leaves no other.
            if node.least <= 1 {
                (node.least, node.least_row) = (1, bounds.row);
            }
        }
        let opening = |(pair, least): (u32, u32)| Opening { leaf: right_of.get(pair), least };
        let openings = openings.into_values().map(opening).collect();
        let right_of = right_of.of_each();
        let mut arcs = match left_of {
            LeafOf::Runs(starts) => Arcs { starts, right: right_of, columns: None },
            LeafOf::Each(left_of) => {
                let (starts, columns) = grouped(left.leaves, left_of.into_iter());
                let right = columns.iter().map(|&column| right_of[column as usize]).collect();
                Arcs { starts, right, columns: Some(columns) }
            }
        };
        if !pinned.is_empty() {
            arcs = arcs.only(|_, arc| [NONE, arc.column].contains(&pinned[arc.left as usize]));
        }
        if let Some(node) = left.nodes.iter().chain(&right.nodes).find(|node| node.least > node.most) {
            return Shape::Contradiction(node.contradiction());
        }
        Shape::Network(Self { left, right, arcs }, openings)
    }
}
