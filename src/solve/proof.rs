//! [`Proof`]: whole numbers that prove an optimum of a network to anyone who can add.
//!
//! Take sums `c^1, c^2, …` over the pairs, more being better, and let each row `i` have a price vector `y_i`, one number a
//! sum. Vectors are compared in order. If
//!
//! - every pair has `d_j = c_j − Σ_{rows i of j} y_i ≤ 0`, and
//! - `b_i` is the row's upper bound where `y_i > 0` and its lower bound where `y_i < 0`,
//!
//! then every matching has `Σ_j c_j x_j = Σ_j d_j x_j + Σ_i y_i (Σ_j a_ij x_j) ≤ Σ_i b_i y_i`: weak duality (Schrijver,
//! *Theory of Linear and Integer Programming*, 1986, section 7.4), over vectors in order as over numbers, because adding and
//! multiplying by counts keep the order. A matching whose sums are the bound is the best there is, sum by sum.
//!
//! A goal of a threshold kind needs two: the matching reaches the threshold, and a proof over the pairs beyond it, with a
//! last sum that is 0 for every pair, has a bound below what is reached: nothing beyond the threshold is as good by the goals
//! before, or there is no matching at all.

/// One sum of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofSum {
    /// Of the goal at this place of the policy, of a profile the count at the rank; negative where less is better.
    Goal {
        /// Place of the goal.
        goal: usize,
        /// Of a profile: the rank counted.
        rank: Option<u32>,
    },
    /// 0 for every pair.
    Nothing,
}

/// Pairs that are out of play: those worse than this by a threshold goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// Place of the goal.
    pub goal: usize,
    /// The worst value in play, in the goal's unit.
    pub value: i64,
}

/// Price vectors of rows, and the bound they prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Most important first.
    pub sums: Vec<ProofSum>,
    /// What was settled before.
    pub thresholds: Vec<Threshold>,
    /// Rows of the formulation with a price that is not 0, ascending.
    pub rows: Vec<u32>,
    /// By such a row and then by sum.
    pub prices: Vec<i64>,
    /// By sum: `Σ_i b_i y_i`.
    pub bound: Vec<i64>,
}

impl Proof {
    /// Every row that has a price, with its price by sum.
    pub fn priced(&self) -> impl Iterator<Item = (u32, &[i64])> {
        self.rows.iter().copied().zip(self.prices.chunks_exact(self.sums.len().max(1)))
    }
}
