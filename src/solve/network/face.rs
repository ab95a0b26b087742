//! What a stage leaves in play: the matchings that are as good as the best.
//!
//! By complementary slackness they are those whose pairs have no slack and whose priced rows are at the priced bound
//! (Schrijver 1986, section 7.9). Both are read off the prices, and the proof is added up on the way.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::graph::{Arc, Arcs, Family, Graph, NONE};
use super::stage::{Best, Prices};
use super::vectors::Vectors;

/// The matchings of a graph that are as good as a stage's best, and by sum what that is worth; `None` where the prices do not
/// prove it.
pub(super) fn tighten(graph: &Graph, weights: &[Cow<[i64]>], best: &Best) -> Option<(Graph, Vec<i64>)> {
    let asks = |sum| (asked(&graph.left, &best.prices.left, sum), asked(&graph.right, &best.prices.right, sum));
    let asks: Vec<(Vec<i64>, Vec<i64>)> = (0..weights.len()).map(asks).collect();
    // What is so large that two do not add up can't be part of a proof.
    let adds_up = |asked: &Vec<i64>| asked.iter().all(|asked| asked.unsigned_abs() < 1 << 62);
    if !asks.iter().all(|(of_left, of_right)| adds_up(of_left) && adds_up(of_right)) {
        return None;
    }
    let sums: Vec<_> = asks.iter().zip(weights).collect();
    let arcs = match &sums[..] {
        [] => graph.arcs.clone(),
        [((of_left, of_right), weights), later @ ..] => {
            let (of_right, weights): (&[i64], &[i64]) = (of_right, weights);
            let mut tight = Vec::with_capacity(2 * graph.left.leaves);
            for (left, (&asked, &used)) in (0..).zip(of_left.iter().zip(&best.used)) {
                let range = graph.arcs.of(left);
                let mut is_used_tight = used == NONE;
                let places = range.start as usize..range.end as usize;
                for (at, (&right, &weight)) in range.zip(graph.arcs.right[places.clone()].iter().zip(&weights[places]))
                {
                    let asked = asked + of_right[right as usize];
                    // Nearly every arc is dearer than what it brings.
                    if asked > weight {
                        continue;
                    }
                    let of_later = later.iter().map(|((of_left, of_right), weights)| {
                        (of_left[left as usize] + of_right[right as usize]).cmp(&weights[at as usize])
                    });
                    match of_later.fold(asked.cmp(&weight), Ordering::then) {
                        Ordering::Equal => {
                            is_used_tight |= at == used;
                            tight.push(graph.arcs.at(left, at));
                        }
                        Ordering::Greater => {}
                        Ordering::Less => return None,
                    }
                }
                if !is_used_tight {
                    return None;
                }
            }
            Arcs::new(graph.left.leaves, tight)
        }
    };
    let used = || best.used.iter().filter(|&&at| at != NONE);
    let value = |weights: &Cow<[i64]>| used().map(|&at| i128::from(weights[at as usize])).sum();
    let value: Vec<i128> = weights.iter().map(value).collect();
    if bound(graph, &best.prices, weights.len()) != value {
        return None;
    }
    let left = held(&graph.left, &best.prices.left);
    let right = held(&graph.right, &best.prices.right);
    let value = value.into_iter().map(i64::try_from).collect::<Result<_, _>>().ok()?;
    Some((Graph { left, right, arcs }, value))
}

/// Whether prices prove that no flow keeps the rows: no arc has a slack below 0 for a sum of nothing, whose bound is below 0.
pub(super) fn denies(graph: &Graph, prices: &Prices) -> bool {
    let (left, right) = (asked(&graph.left, &prices.left, 0), asked(&graph.right, &prices.right, 0));
    let asked = |arc: Arc| left[arc.left as usize].saturating_add(right[arc.right as usize]);
    bound(graph, prices, 1)[0] < 0 && graph.arcs.iter().all(|arc| asked(arc) >= 0)
}

/// `Σ_i b_i y_i`, by sum.
pub(super) fn bound(graph: &Graph, prices: &Prices, sums: usize) -> Vec<i128> {
    let mut bound = vec![0_i128; sums];
    for (family, prices) in [(&graph.left, &prices.left), (&graph.right, &prices.right)] {
        for (node, price) in family.nodes.iter().zip(prices.iter()) {
            let units = match sign(price.iter().copied()) {
                Ordering::Equal => continue,
                Ordering::Greater => node.most,
                Ordering::Less => node.least,
            };
            bound.iter_mut().zip(price).for_each(|(sum, &price)| *sum += i128::from(units) * i128::from(price));
        }
    }
    bound
}

/// How many arcs are used below each node.
pub(super) fn flows(family: &Family, leaves_used: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut flows = vec![0; family.nodes.len()];
    leaves_used.for_each(|leaf| flows[leaf as usize] += 1);
    for (node, row) in family.nodes.iter().enumerate() {
        if row.parent != NONE {
            flows[row.parent as usize] += flows[node];
        }
    }
    flows
}

/// A family whose priced nodes are held at their bound.
fn held(family: &Family, prices: &Vectors<i64>) -> Family {
    let mut family = family.clone();
    for (node, price) in family.nodes.iter_mut().zip(prices.iter()) {
        match sign(price.iter().copied()) {
            Ordering::Greater => node.least = node.most,
            Ordering::Less => node.most = node.least,
            Ordering::Equal => {}
        }
    }
    family
}

/// By node: the prices of the node and of all nodes above, in one sum. What does not fit can't be part of a proof, and the proof is
/// checked.
pub(super) fn asked(family: &Family, prices: &Vectors<i64>, sum: usize) -> Vec<i64> {
    let mut asked: Vec<i64> = prices.iter().map(|price| price[sum]).collect();
    for (node, row) in family.nodes.iter().enumerate().rev().filter(|(_, row)| row.parent != NONE) {
        asked[node] = asked[node].saturating_add(asked[row.parent as usize]);
    }
    asked
}

/// The sign of a vector: that of its first number that is not 0.
pub(super) fn sign<N: Default + Ord>(vector: impl IntoIterator<Item = N>) -> Ordering {
    let zero = N::default();
    vector.into_iter().map(|number| number.cmp(&zero)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The graph without some arcs.
pub(super) fn without(graph: &Graph, keep: impl Fn(&Arc) -> bool) -> Graph {
    let arcs = graph.arcs.only(|_, arc| keep(arc));
    Graph { left: graph.left.clone(), right: graph.right.clone(), arcs }
}
