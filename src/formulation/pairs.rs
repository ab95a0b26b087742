//! [`Pairs`]: the pair columns of a row, in memory that rows share.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Pair columns of a row, read as a slice. A copy shares the memory, so that a copy of a program is cheap; and the lists of all students
/// or of all projects are one piece, which is read in order.
#[derive(Clone)]
pub struct Pairs {
    shared: Arc<[u32]>,
    own: Range<u32>,
}

impl Pairs {
    /// The places of `keys` by key, each list ascending: in the first all places with the key 0, and so on.
    pub fn grouped(groups: usize, keys: impl Iterator<Item = u32> + Clone) -> Vec<Self> {
        let mut ends = vec![0_u32; groups];
        keys.clone().for_each(|key| ends[key as usize] += 1);
        let mut next = Vec::with_capacity(groups);
        let mut end = 0;
        for count in &mut ends {
            next.push(end);
            end += *count;
            *count = end;
        }
        let starts = next.clone();
        let mut places = vec![0; end as usize];
        for (place, key) in (0..).zip(keys) {
            let next = &mut next[key as usize];
            places[*next as usize] = place;
            *next += 1;
        }
        let shared: Arc<[u32]> = places.into();
        starts.into_iter().zip(ends).map(|(start, end)| Self { shared: Arc::clone(&shared), own: start..end }).collect()
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
