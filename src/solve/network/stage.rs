//! One stage on a network: several sums improved at once, in order.
//!
//! The sums are the digits of one whole number, the last sum the lowest: `gain = Σ_k weight_k · 2^shift_k`. A path uses at
//! most `2 · min(leaves) + 2` arcs, so that no worth or slack of sum `k` exceeds `steps · max |weight_k|`; a digit is four
//! times as wide. Comparing the numbers therefore is comparing the vectors in order, and a price is read back as a vector
//! without a carry. The bonus of lower bounds is the digit above all.
//!
//! What units bid is not bounded by a path: a price may come from prices that rose after it. So a stage whose prices, read back, prove
//! nothing is run once more without bids.

use std::borrow::Cow;

use super::dense::best_dense_flow;
use super::face::{denies, tighten};
use super::flow::{Flow, Gain, Network, best_flow};
use super::graph::Graph;
use super::vectors::Vectors;
use crate::tuning::Tuning;

/// A stage: weights by arc of the graph, most important first.
pub(super) struct Stage<'a> {
    pub graph: &'a Graph,
    pub weights: &'a [Cow<'a, [i64]>],
    pub tuning: &'a Tuning,
}

/// How a stage ended.
pub(super) enum Staged {
    /// With the best there is, the matchings that are as good, and by sum what they are worth.
    Best(Best, Graph, Vec<i64>),
    /// With prices that prove nothing, which is a fault of ours.
    Wrong,
    /// Proven by prices: no flow keeps the lower bounds.
    Infeasible(Prices),
    /// Stopped; by left leaf the arc used so far, which keeps every upper bound.
    Stopped(Vec<u32>),
}

/// The best flow by some sums in order, and the prices that prove it.
pub(super) struct Best {
    /// By left leaf: the arc in use, [`NONE`] where none is.
    pub used: Vec<u32>,
    pub prices: Prices,
}

/// By node and then by sum: how much one more unit of its bound is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prices {
    pub left: Vectors<i64>,
    pub right: Vectors<i64>,
}

/// Bits above all digits: the bonus may stand at both ends of an arc and add up once more, and one bit is the sign.
const SPARE_BITS: u32 = 4;

/// Where each sum's digit starts, and where the bonus's.
struct Digits {
    /// By sum.
    shifts: Vec<u32>,
    bonus: u32,
    bits: u32,
}

/// Longest path, in arcs, times four.
fn steps(graph: &Graph) -> u128 {
    4 * (2 * graph.left.leaves.min(graph.right.leaves) as u128 + 2)
}

/// Bits of a path's sum. What has a bit wherever any weight has one is no less than the largest.
fn bits_of(steps: u128, weights: &[i64]) -> u32 {
    let most = weights.iter().fold(1, |bits, weight| bits | weight.unsigned_abs());
    u128::BITS - (steps * u128::from(most)).leading_zeros()
}

/// How many of these sums, from the first, fit into one stage; at least one.
pub(super) fn fitting(graph: &Graph, weights: &[Cow<[i64]>], tuning: &Tuning) -> usize {
    if weights.len() < 2 {
        return 1;
    }
    let steps = steps(graph);
    let mut bits = SPARE_BITS;
    let fits = |weights: &&Cow<[i64]>| {
        bits += bits_of(steps, weights);
        bits <= tuning.wide_bits
    };
    weights.iter().take_while(fits).count().max(1)
}

/// No more sums than these fit into one stage, whatever their weights.
pub(super) fn most_fitting(graph: &Graph, tuning: &Tuning) -> usize {
    (tuning.wide_bits / bits_of(steps(graph), &[])).max(1) as usize
}

impl Stage<'_> {
    /// Finds the best flow and what it leaves in play.
    pub fn run(&self, stop: &dyn Fn() -> bool) -> Staged {
        match self.run_once(stop) {
            Staged::Wrong if self.tuning.reduces => {
                let tuning = &Tuning { reduces: false, ..*self.tuning };
                Stage { tuning, ..*self }.run_once(stop)
            }
            staged => staged,
        }
    }

    fn run_once(&self, stop: &dyn Fn() -> bool) -> Staged {
        let digits = self.digits();
        if digits.bits <= self.tuning.narrow_bits {
            let gains = match self.weights {
                [weights] => Cow::Borrowed(&**weights),
                _ => Cow::Owned(self.gains(&digits, |weight, shift| weight << shift)),
            };
            self.run_with(&digits, &gains, 1 << digits.bonus, |price: i64| i128::from(price), stop)
        } else {
            let gains = self.gains(&digits, |weight, shift| i128::from(weight) << shift);
            self.run_with(&digits, &gains, 1 << digits.bonus, |price: i128| price, stop)
        }
    }

    fn digits(&self) -> Digits {
        let steps = steps(self.graph);
        let mut shifts = vec![0; self.weights.len()];
        let mut bits = 0;
        for (shift, weights) in shifts.iter_mut().zip(self.weights).rev() {
            *shift = bits;
            bits += bits_of(steps, weights);
        }
        let bonus = bits;
        Digits { shifts, bonus, bits: bits + SPARE_BITS }
    }

    /// By arc: the number of which the sums are digits.
    fn gains<W: Gain>(&self, digits: &Digits, shifted: impl Fn(i64, u32) -> W) -> Vec<W> {
        let mut gains = vec![W::default(); self.graph.arcs.len()];
        for (weights, &shift) in self.weights.iter().zip(&digits.shifts) {
            gains.iter_mut().zip(weights.iter()).for_each(|(gain, &weight)| *gain += shifted(weight, shift));
        }
        gains
    }

    fn run_with<W: Gain>(
        &self,
        digits: &Digits,
        gains: &[W],
        bonus: W,
        whole: impl Fn(W) -> i128,
        stop: &dyn Fn() -> bool,
    ) -> Staged {
        let graph = self.graph;
        let network = Network {
            left: &graph.left,
            right: &graph.right,
            arcs: &graph.arcs,
            gains,
            bonus,
            reduces: self.tuning.reduces,
        };
        let is_dense = graph.arcs.len() > self.tuning.dense.saturating_mul(graph.left.leaves.max(1));
        let flow = if is_dense { best_dense_flow(&network, self.tuning.core, stop) } else { best_flow(&network, stop) };
        let Flow { used, is_feasible, left_prices, right_prices } = match flow {
            Ok(flow) => flow,
            Err(used) => return Staged::Stopped(used),
        };
        let read = |prices: Vec<W>| {
            let width = if is_feasible { self.weights.len() } else { 1 };
            let mut vectors = Vectors { width, numbers: Vec::with_capacity(prices.len() * width) };
            prices.into_iter().for_each(|price| digits.read(whole(price), is_feasible, &mut vectors.numbers));
            vectors
        };
        let prices = Prices { left: read(left_prices), right: read(right_prices) };
        if !is_feasible {
            return if denies(graph, &prices) { Staged::Infeasible(prices) } else { Staged::Wrong };
        }
        let best = Best { used, prices };
        match tighten(graph, self.weights, &best) {
            Some((face, values)) => Staged::Best(best, face, values),
            None => Staged::Wrong,
        }
    }
}

impl Digits {
    /// A price as a vector; of a proof that no flow is feasible a single number, which is no composite.
    fn read(&self, price: i128, is_feasible: bool, vector: &mut Vec<i64>) {
        let nearest = |price: i128, shift: u32| (price + (1_i128 << shift >> 1)) >> shift;
        // A number that does not fit can't be part of a proof, and the proof is checked.
        let narrow = |digit: i128| i64::try_from(digit).unwrap_or(i64::MAX);
        if !is_feasible {
            vector.push(narrow(price));
            return;
        }
        let mut rest = price;
        for &shift in &self.shifts {
            let digit = nearest(rest, shift);
            rest -= digit << shift;
            vector.push(narrow(digit));
        }
    }
}
