//! [`Vectors`]: equally long vectors in one piece of memory.

/// Vectors of `width` numbers, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vectors<N> {
    pub width: usize,
    pub numbers: Vec<N>,
}

impl<N> Vectors<N> {
    pub fn of(&self, at: usize) -> &[N] {
        &self.numbers[at * self.width..(at + 1) * self.width]
    }

    /// One after the other; none where the width is 0.
    pub fn iter(&self) -> impl Iterator<Item = &[N]> {
        self.numbers.chunks_exact(self.width.max(1))
    }
}
