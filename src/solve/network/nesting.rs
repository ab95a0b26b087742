//! Rows as nested sets: which of them are the leaves, and which node holds which.

use formulation::Row;

use super::graph::{Family, NONE, Node};

/// What a row of the formulation asks for: `least ≤ arcs used below ≤ most`.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub row: u32,
    pub least: u32,
    pub most: Option<u32>,
}

/// By column: the leaf that it is in.
pub(super) enum LeafOf {
    /// Where each leaf starts, and where the last ends: the columns of each follow those of the leaf before.
    Runs(Vec<u32>),
    Each(Vec<u32>),
}

impl LeafOf {
    /// The leaves among rows, and which of the rows they are: a row over columns of which none is in a row before; `None` where a row
    /// crosses one before, or a column is in none.
    fn read(pairs: usize, rows: &[(&Row, Bounds)]) -> Option<(Self, Vec<bool>)> {
        Self::runs(pairs, rows).or_else(|| Self::each(pairs, rows))
    }

    fn runs(pairs: usize, rows: &[(&Row, Bounds)]) -> Option<(Self, Vec<bool>)> {
        let (mut starts, mut end) = (vec![0], 0);
        let mut are_leaves = vec![false; rows.len()];
        for ((row, _), is_leaf) in rows.iter().zip(&mut are_leaves) {
            *is_leaf = row.pairs[0] >= end;
            if *is_leaf {
                // Without an early end, so that several are compared at once.
                if row.pairs.iter().zip(end..).fold(0, |differs, (&column, at)| differs | (column ^ at)) != 0 {
                    return None;
                }
                end += row.pairs.len() as u32;
                starts.push(end);
            }
        }
        (end as usize == pairs).then_some((Self::Runs(starts), are_leaves))
    }

    /// As many columns in leaves as there are columns, and each of them in one: so none is in two.
    fn each(pairs: usize, rows: &[(&Row, Bounds)]) -> Option<(Self, Vec<bool>)> {
        let (mut leaf_of, mut leaves, mut covered) = (vec![NONE; pairs], 0, 0);
        let mut are_leaves = vec![false; rows.len()];
        for ((row, _), is_leaf) in rows.iter().zip(&mut are_leaves) {
            *is_leaf = leaf_of[row.pairs[0] as usize] == NONE;
            if *is_leaf {
                row.pairs.iter().for_each(|&column| leaf_of[column as usize] = leaves);
                leaves += 1;
                covered += row.pairs.len();
            }
        }
        (covered == pairs && !leaf_of.contains(&NONE)).then_some((Self::Each(leaf_of), are_leaves))
    }

    pub fn get(&self, column: u32) -> u32 {
        match self {
            Self::Runs(starts) => starts.partition_point(|&start| start <= column) as u32 - 1,
            Self::Each(leaf_of) => leaf_of[column as usize],
        }
    }

    pub fn of_each(self) -> Vec<u32> {
        match self {
            Self::Runs(starts) => {
                let runs = (0..).zip(starts.windows(2));
                runs.flat_map(|(leaf, ends)| std::iter::repeat_n(leaf, (ends[1] - ends[0]) as usize)).collect()
            }
            Self::Each(leaf_of) => leaf_of,
        }
    }
}

/// A family of rows, and the leaf of each column; `None` where two rows cross or a column is in none.
pub(super) fn nested(pairs: usize, mut rows: Vec<(&Row, Bounds)>) -> Option<(Family, LeafOf)> {
    // Rows are written from the smaller to the larger as a rule; where they are not, they are sorted.
    Builder::default().build(pairs, &rows).or_else(|| {
        rows.sort_by_key(|(row, _)| row.pairs.len());
        Builder::default().build(pairs, &rows)
    })
}

/// Nests the rows of one family, the smaller before the larger.
#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    /// By node: columns below.
    sizes: Vec<u32>,
}

impl Builder {
    fn build(mut self, pairs: usize, rows: &[(&Row, Bounds)]) -> Option<(Family, LeafOf)> {
        let (leaf_of, are_leaves) = LeafOf::read(pairs, rows)?;
        let of_kind = |leaves: bool| rows.iter().zip(&are_leaves).filter(move |&(_, &is_leaf)| is_leaf == leaves);
        self.nodes.reserve(rows.len());
        self.sizes.reserve(rows.len());
        of_kind(true).for_each(|(&(row, bounds), _)| self.add(row, bounds));
        let leaves = self.nodes.len();
        let mut seen = vec![NONE; rows.len()];
        for (at, (&(row, bounds), _)) in of_kind(false).enumerate() {
            let mut tops = Vec::new();
            let mut covered = 0;
            for &column in row.pairs.iter() {
                let leaf = leaf_of.get(column);
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
        Some((Family { leaves, nodes: self.nodes }, leaf_of))
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

#[cfg(test)]
mod tests {
    use formulation::{RowLabel, Side};

    use super::*;

    fn row(pairs: &[u32]) -> Row {
        let label = RowLabel::Asked(Side::Seats);
        Row {
            label,
            pairs: pairs.into(),
            weights: Vec::new(),
            defines: None,
            others: Vec::new(),
            least: None,
            most: Some(1),
        }
    }

    /// Where each column is, and by node its parent.
    fn of_rows(pairs: usize, rows: &[&[u32]]) -> Option<(Vec<u32>, Vec<u32>)> {
        let rows: Vec<Row> = rows.iter().map(|pairs| row(pairs)).collect();
        let bounds = |place| Bounds { row: place, least: 0, most: Some(1) };
        let (family, leaf_of) = nested(pairs, rows.iter().zip((0..).map(bounds)).collect())?;
        Some((leaf_of.of_each(), family.nodes.iter().map(|node| node.parent).collect()))
    }

    #[test]
    fn rows_nest_whether_or_not_their_columns_are_in_a_run() {
        assert_eq!(of_rows(4, &[&[0, 1], &[2, 3], &[0, 1, 2, 3]]), Some((vec![0, 0, 1, 1], vec![2, 2, NONE])));
        assert_eq!(of_rows(4, &[&[0, 2], &[1, 3], &[0, 1, 2, 3]]), Some((vec![0, 1, 0, 1], vec![2, 2, NONE])));
        // The largest first.
        assert_eq!(of_rows(3, &[&[0, 1, 2], &[0, 2], &[1]]), Some((vec![1, 0, 1], vec![2, 2, NONE])));
    }

    #[test]
    fn rows_that_cross_or_leave_a_column_out_do_not_nest() {
        assert_eq!(of_rows(3, &[&[0, 1], &[1, 2]]), None);
        assert_eq!(of_rows(3, &[&[0, 1]]), None);
        // As many places as columns: one is in two rows, and one in none.
        assert_eq!(of_rows(4, &[&[0, 2], &[1, 2]]), None);
        assert_eq!(of_rows(4, &[&[0, 2], &[2, 3]]), None);
    }
}
