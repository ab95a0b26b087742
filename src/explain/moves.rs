//! Who moves between two matchings, as chains: each student of a chain takes the place that the one before has left for another.

use std::collections::BTreeMap;

use rules::domain::{Instance, Matching, ProjectIndex, StudentIndex};

/// One student who moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Who.
    pub student: StudentIndex,
    /// From where; none = they had no place.
    pub from: Option<ProjectIndex>,
    /// Where to; none = they have no place.
    pub to: Option<ProjectIndex>,
    /// Which chain it is a part of, counted from 0.
    pub chain: u32,
}

/// Everybody who moves, chain after chain, the smallest first; in a chain each takes a place and the next one, who had it, moves on.
pub fn moves(instance: &Instance, before: &Matching, after: &Matching) -> Vec<Move> {
    let place = |student| (before.place_of(student), after.place_of(student));
    let moved =
        instance.student_indices().map(|student| (student, place(student))).filter(|(_, (from, to))| from != to);
    let moved: Vec<_> = moved.collect();
    let mut leaving: BTreeMap<ProjectIndex, Vec<usize>> = BTreeMap::new();
    let mut arriving: BTreeMap<ProjectIndex, usize> = BTreeMap::new();
    for (at, &(_, (from, to))) in moved.iter().enumerate().rev() {
        from.into_iter().for_each(|project| leaving.entry(project).or_default().push(at));
        to.into_iter().for_each(|project| *arriving.entry(project).or_default() += 1);
    }
    // Who takes a place that nobody of them has left for it begins a chain; what is left then are rings.
    let begins = |&at: &usize| moved[at].1.0.is_none_or(|from| !arriving.contains_key(&from));
    let order = (0..moved.len()).filter(begins).chain(0..moved.len());
    let mut is_told = vec![false; moved.len()];
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for first in order.collect::<Vec<_>>() {
        let mut chain = Vec::new();
        let mut next = Some(first);
        while let Some(at) = next.filter(|&at| !is_told[at]) {
            is_told[at] = true;
            chain.push(at);
            let left = moved[at].1.1.and_then(|project| leaving.get_mut(&project));
            next = left.and_then(|waiting| {
                waiting.retain(|&at| !is_told[at]);
                waiting.pop()
            });
        }
        if !chain.is_empty() {
            chains.push(chain);
        }
    }
    chains.sort_by_key(|chain| (chain.len(), chain[0]));
    let told = (0..).zip(chains).flat_map(|(chain, members)| members.into_iter().map(move |at| (chain, at)));
    told.map(|(chain, at)| {
        let (student, (from, to)) = moved[at];
        Move { student, from, to, chain }
    })
    .collect()
}
