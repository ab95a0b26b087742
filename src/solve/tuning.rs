//! [`Tuning`]: where one method of the solve gives way to another.

/// The thresholds of the solve. They decide how fast an answer comes and never which: whatever they are, an answer that is proven is
/// the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// Bits that the digits of one stage may take in narrow and in wide whole numbers, at most 62 and 124; more sums than fit are
    /// improved in stages after each other.
    pub narrow_bits: u32,
    /// As `narrow_bits`.
    pub wide_bits: u32,
    /// Whether units of a network bid before paths are sought for them.
    pub reduces: bool,
    /// Arcs that a student has on average from which on a network is solved over a core of them.
    pub dense: usize,
    /// Arcs that each leaf of the proposing side brings into the first core, at least 1.
    pub core: usize,
    /// Networks after which branching gives up.
    pub most_networks: usize,
    /// Projects opened with too few by the first network up to which branching is begun at all.
    pub most_wrong: usize,
    /// Pairs of each student that the linear program with openings begins with.
    pub promising: usize,
    /// Rounds in which columns come into a linear program, after which its bound is taken as it is.
    pub most_rounds: usize,
    /// Columns from which on a model is worth a linear program that drops some.
    pub large: usize,
    /// Pairs nearest to the prices that are solved alone first; then twice as many, while that leaves more to decide.
    pub near: usize,
    /// Models of which a row with weights is over more than one in so many columns are solved without presolve.
    pub wide: usize,
    /// Sums up to which proofs are kept, at most [`Self::MOST_CERTIFIED`]: profiles of many ranks would make them larger than the
    /// season.
    pub most_certified: usize,
}

impl Tuning {
    /// The most sums that a proof may have.
    pub const MOST_CERTIFIED: usize = 100;
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            narrow_bits: 62,
            wide_bits: 124,
            reduces: true,
            dense: 96,
            core: 16,
            most_networks: 400,
            most_wrong: 12,
            promising: 12,
            most_rounds: 8,
            large: 3_000,
            near: 2_000,
            wide: 4,
            most_certified: Self::MOST_CERTIFIED,
        }
    }
}
