//! [`Graph`]: the rows of a formulation as two families of nested sets, with the pairs as arcs between their leaves.
//!
//! Rows over students are one family, rows over seats the other. In each, two rows are nested or apart, so that the rows
//! are the nodes of a forest: a row's columns are the arcs below its node. A leaf on the left takes at most one, so that no
//! arc is used twice; a pin leaves it one arc.

use std::collections::BTreeMap;

use formulation::{Formulation, Row, Side};

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

/// Arcs, by left leaf, in a piece of memory for each end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Arcs {
    pub left: Vec<u32>,
    pub right: Vec<u32>,
    /// Their columns; `None` where each is the column at its own place.
    columns: Option<Vec<u32>>,
}

impl Arcs {
    pub fn len(&self) -> usize {
        self.left.len()
    }

    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    pub fn get(&self, at: u32) -> Arc {
        Arc { left: self.left[at as usize], right: self.right[at as usize], column: self.column(at) }
    }

    fn column(&self, at: u32) -> u32 {
        self.columns.as_ref().map_or(at, |columns| columns[at as usize])
    }

    pub fn iter(&self) -> impl Iterator<Item = Arc> {
        let ends = self.left.iter().zip(&self.right);
        (0..).zip(ends).map(|(at, (&left, &right))| Arc { left, right, column: self.column(at) })
    }

    /// Whether each arc is the column at its own place.
    pub fn are_columns(&self) -> bool {
        self.columns.is_none()
    }
}

impl FromIterator<Arc> for Arcs {
    fn from_iter<I: IntoIterator<Item = Arc>>(arcs: I) -> Self {
        let (mut left, mut right, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        for arc in arcs {
            left.push(arc.left);
            right.push(arc.right);
            columns.push(arc.column);
        }
        Self { left, right, columns: Some(columns) }
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
    /// A network with a row that nothing can keep.
    Contradiction,
    /// Something else.
    Other,
}

impl Graph {
    /// By pair column: whether it is matched, from what is used by arc.
    pub(super) fn matched(&self, pairs: usize, used: &[bool]) -> Vec<bool> {
        let mut matched = vec![false; pairs];
        self.arcs.iter().zip(used).for_each(|(arc, &used)| matched[arc.column as usize] = used);
        matched
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
        self.arcs = self.arcs.iter().filter(|arc| may(arc.column)).collect();
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
        let (mut left, mut right) = (Vec::new(), Vec::new());
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
                return Shape::Contradiction;
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
            let leaf = left_of[column as usize] as usize;
            let node = &mut left.nodes[leaf];
            if node.most == 0 || (pinned[leaf] != NONE && pinned[leaf] != column) {
                return Shape::Contradiction;
            }
            pinned[leaf] = column;
            // Whatever else asks for a place of the student, the pin says which, and leaves no other.
            if node.least <= 1 {
                (node.least, node.least_row) = (1, bounds.row);
            }
        }
        let opening = |(pair, least): (u32, u32)| Opening { leaf: right_of[pair as usize], least };
        let openings = openings.into_values().map(opening).collect();
        let mut arcs = Arcs { left: left_of, right: right_of, columns: None };
        if !pinned.is_empty() {
            let is_open = |arc: &Arc| [NONE, arc.column].contains(&pinned[arc.left as usize]);
            arcs = arcs.iter().filter(is_open).collect();
        }
        if !arcs.left.is_sorted() {
            let mut sorted: Vec<Arc> = arcs.iter().collect();
            sorted.sort_by_key(|arc| arc.left);
            arcs = sorted.into_iter().collect();
        }
        if left.nodes.iter().chain(&right.nodes).any(|node| node.least > node.most) {
            return Shape::Contradiction;
        }
        Shape::Network(Self { left, right, arcs }, openings)
    }
}

#[derive(Clone, Copy)]
struct Bounds {
    row: u32,
    least: u32,
    most: Option<u32>,
}

/// A family of rows, and the leaf of each column; `None` where two rows cross or a column is in none.
fn nested(pairs: usize, mut rows: Vec<(&Row, Bounds)>) -> Option<(Family, Vec<u32>)> {
    // Rows are written from the smaller to the larger as a rule; where they are not, they are sorted.
    Builder::new(pairs).build(&rows).or_else(|| {
        rows.sort_by_key(|(row, _)| row.pairs.len());
        Builder::new(pairs).build(&rows)
    })
}

/// Nests the rows of one family, the smaller before the larger.
struct Builder {
    /// By column.
    leaf_of: Vec<u32>,
    nodes: Vec<Node>,
    /// By node: columns below.
    sizes: Vec<u32>,
}

impl Builder {
    fn new(pairs: usize) -> Self {
        Self { leaf_of: vec![NONE; pairs], nodes: Vec::new(), sizes: Vec::new() }
    }

    fn build(mut self, rows: &[(&Row, Bounds)]) -> Option<(Family, Vec<u32>)> {
        let (mut later, mut covered) = (Vec::new(), 0);
        for &(row, bounds) in rows {
            if self.leaf_of[row.pairs[0] as usize] != NONE {
                later.push((row, bounds));
                continue;
            }
            let leaf = self.nodes.len() as u32;
            for &column in &row.pairs {
                if std::mem::replace(&mut self.leaf_of[column as usize], leaf) != NONE {
                    return None;
                }
            }
            covered += row.pairs.len();
            self.add(row, bounds);
        }
        if covered != self.leaf_of.len() {
            return None;
        }
        let leaves = self.nodes.len();
        let mut seen = vec![NONE; leaves + later.len()];
        for (at, (row, bounds)) in later.into_iter().enumerate() {
            let mut tops = Vec::new();
            let mut covered = 0;
            for &column in &row.pairs {
                let leaf = self.leaf_of[column as usize];
                if seen[leaf as usize] == at as u32 {
                    continue;
                }
                seen[leaf as usize] = at as u32;
                let mut top = leaf;
                while self.nodes[top as usize].parent != NONE {
                    top = self.nodes[top as usize].parent;
                }
                if top == leaf || seen[top as usize] != at as u32 {
                    seen[top as usize] = at as u32;
                    tops.push(top);
                    covered += self.sizes[top as usize] as usize;
                }
            }
            if covered != row.pairs.len() {
                return None;
            }
            if let [top] = tops[..] {
                self.tighten(top, bounds);
            } else {
                let group = self.nodes.len() as u32;
                self.add(row, bounds);
                tops.iter().for_each(|&top| self.nodes[top as usize].parent = group);
            }
        }
        Some((Family { leaves, nodes: self.nodes }, self.leaf_of))
    }

    fn add(&mut self, row: &Row, bounds: Bounds) {
        self.sizes.push(row.pairs.len() as u32);
        self.nodes.push(Node { parent: NONE, least: 0, most: u32::MAX, least_row: NONE, most_row: NONE });
        self.tighten(self.nodes.len() as u32 - 1, bounds);
    }

    fn tighten(&mut self, node: u32, bounds: Bounds) {
        let node = &mut self.nodes[node as usize];
        if bounds.least > node.least {
            (node.least, node.least_row) = (bounds.least, bounds.row);
        }
        if let Some(most) = bounds.most.filter(|&most| most < node.most) {
            (node.most, node.most_row) = (most, bounds.row);
        }
    }
}
