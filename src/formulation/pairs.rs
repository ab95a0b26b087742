//! [`Pairs`]: the pair columns of a row, in memory that rows share.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Pair columns of a row, read as a slice. A copy shares the memory, so that a copy of a program is cheap. The lists of all
/// students, or of all projects, are one piece of memory.
#[derive(Clone)]
pub struct Pairs {
    shared: Arc<[u32]>,
    own: Range<u32>,
}

impl Pairs {
    /// By key, from 0 to `groups` − 1: the places in `keys` that have it, ascending.
    ///
    /// # Panics
    /// When a key is not below `groups`.
    pub fn grouped(groups: usize, keys: impl Iterator<Item = u32> + Clone) -> Vec<Self> {
        let mut starts = vec![0_u32; groups + 1];
        keys.clone().for_each(|key| starts[key as usize + 1] += 1);
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut places = vec![0; starts[groups] as usize];
        for (place, key) in (0..).zip(keys) {
            let next = &mut next[key as usize];
            places[*next as usize] = place;
            *next += 1;
        }
        let shared: Arc<[u32]> = places.into();
        starts.windows(2).map(|ends| Self { shared: Arc::clone(&shared), own: ends[0]..ends[1] }).collect()
    }
}

impl Deref for Pairs {
    type Target = [u32];

    #[inline]
    fn deref(&self) -> &[u32] {
        &self.shared[self.own.start as usize..self.own.end as usize]
    }
}

impl From<Vec<u32>> for Pairs {
    fn from(pairs: Vec<u32>) -> Self {
        Self { own: 0..pairs.len() as u32, shared: pairs.into() }
    }
}

impl From<&[u32]> for Pairs {
    fn from(pairs: &[u32]) -> Self {
        pairs.to_vec().into()
    }
}

impl From<&Pairs> for Pairs {
    fn from(pairs: &Pairs) -> Self {
        pairs.clone()
    }
}

impl<const N: usize> From<[u32; N]> for Pairs {
    fn from(pairs: [u32; N]) -> Self {
        pairs.to_vec().into()
    }
}

impl FromIterator<u32> for Pairs {
    fn from_iter<I: IntoIterator<Item = u32>>(pairs: I) -> Self {
        pairs.into_iter().collect::<Vec<u32>>().into()
    }
}

impl PartialEq for Pairs {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Pairs {}

impl fmt::Debug for Pairs {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_grouped_by_their_keys_in_order() {
        let grouped = Pairs::grouped(4, [2, 0, 2, 3, 0].into_iter());
        let lists: Vec<&[u32]> = grouped.iter().map(|list| &**list).collect();
        assert_eq!(lists, [&[1, 4][..], &[], &[0, 2], &[3]]);
    }
}
