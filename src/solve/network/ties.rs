//! What only ties: the arcs in which two of the matchings in play differ.
//!
//! Between two matchings in play lies a circulation of steps that are still possible, and every cycle of such steps leads
//! from one to another. An arc is on a cycle exactly if both its ends are in one strongly connected component of these steps
//! (Tarjan, "Depth-first search and linear graph algorithms", 1972). Every other arc is in all matchings in play or in none.

use super::face::flows;
use super::graph::{Family, Graph, NONE};

/// The graph of the arcs that only tie, and what of the bounds is left for them.
pub(super) fn ties(graph: &Graph, used: &[u32]) -> Graph {
    let left_count = graph.left.nodes.len();
    let root = left_count + graph.right.nodes.len();
    let chosen = || graph.arcs.chosen(used);
    let left_flows = flows(&graph.left, chosen().map(|arc| arc.left));
    let right_flows = flows(&graph.right, chosen().map(|arc| arc.right));
    let mut steps: Vec<(u32, u32)> = Vec::with_capacity(graph.arcs.len());
    let mut step = |from: usize, to: usize, is_possible: bool| {
        if is_possible {
            steps.push((from as u32, to as u32));
        }
    };
    for (at, arc) in graph.arcs.placed() {
        let (left, right) = (arc.left as usize, arc.right as usize + left_count);
        if used[left] == at { step(right, left, true) } else { step(left, right, true) }
    }
    let above = |parent: u32, first: usize| if parent == NONE { root } else { parent as usize + first };
    for (at, (node, &flow)) in graph.left.nodes.iter().zip(&left_flows).enumerate() {
        step(above(node.parent, 0), at, flow < node.most);
        step(at, above(node.parent, 0), flow > node.least);
    }
    for (at, (node, &flow)) in graph.right.nodes.iter().zip(&right_flows).enumerate() {
        step(at + left_count, above(node.parent, left_count), flow < node.most);
        step(above(node.parent, left_count), at + left_count, flow > node.least);
    }
    let component = components(root + 1, &steps);
    let is_tie = |arc: &super::graph::Arc| component[arc.left as usize] == component[arc.right as usize + left_count];
    let settled = || chosen().filter(|arc| !is_tie(arc));
    let left = reduced(&graph.left, &flows(&graph.left, settled().map(|arc| arc.left)));
    let right = reduced(&graph.right, &flows(&graph.right, settled().map(|arc| arc.right)));
    Graph { left, right, arcs: graph.arcs.only(|_, arc| is_tie(arc)) }
}

/// A family without the units that are settled.
fn reduced(family: &Family, settled: &[u32]) -> Family {
    let mut family = family.clone();
    for (node, &settled) in family.nodes.iter_mut().zip(settled) {
        node.least = node.least.saturating_sub(settled);
        node.most = node.most.saturating_sub(settled);
    }
    family
}

/// By node: its strongly connected component.
fn components(nodes: usize, steps: &[(u32, u32)]) -> Vec<u32> {
    let mut starts = vec![0_u32; nodes + 1];
    steps.iter().for_each(|&(from, _)| starts[from as usize + 1] += 1);
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    let mut next = starts.clone();
    let mut targets = vec![0_u32; steps.len()];
    for &(from, to) in steps {
        targets[next[from as usize] as usize] = to;
        next[from as usize] += 1;
    }
    next.copy_from_slice(&starts);
    let (mut component, mut found) = (vec![NONE; nodes], 0);
    let (mut order, mut lowest, mut visited) = (vec![NONE; nodes], vec![0_u32; nodes], 0);
    let (mut path, mut open) = (Vec::new(), Vec::new());
    for start in 0..nodes as u32 {
        if order[start as usize] != NONE {
            continue;
        }
        path.push(start);
        while let Some(&node) = path.last() {
            let at = node as usize;
            if order[at] == NONE {
                (order[at], lowest[at]) = (visited, visited);
                visited += 1;
                open.push(node);
            }
            if next[at] < starts[at + 1] {
                let target = targets[next[at] as usize] as usize;
                if order[target] == NONE {
                    path.push(target as u32);
                    continue;
                }
                if component[target] == NONE {
                    lowest[at] = lowest[at].min(lowest[target]);
                }
                next[at] += 1;
                continue;
            }
            path.pop();
            if lowest[at] == order[at] {
                while let Some(member) = open.pop() {
                    component[member as usize] = found;
                    if member == node {
                        break;
                    }
                }
                found += 1;
            }
        }
    }
    component
}
