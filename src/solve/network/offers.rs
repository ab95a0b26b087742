//! [`Proposals`]: the arcs of a network in the order of the leaves that propose.

use std::ops::Range;

use super::flow::Gain;
use super::graph::Arcs;

/// What is proposed to whom.
pub(super) struct Proposals<O> {
    /// By proposer and one more: where its arcs start.
    pub starts: Vec<u32>,
    /// By proposer.
    pub offers: O,
    /// By proposer: its units.
    pub units: Vec<u32>,
    /// By receiver.
    pub room: Vec<u32>,
}

impl<O> Proposals<O> {
    /// By receiver and one more: where its seats start. A receiver has no more seats than room; and no more than arcs, where all
    /// rooms together are more than all arcs.
    pub fn seats<W>(&self) -> Vec<u32>
    where
        O: Offers<W>,
    {
        let arcs = self.starts.last().map_or(0, |&arcs| u64::from(arcs));
        let mut seats = vec![0; self.room.len() + 1];
        if self.room.iter().map(|&room| u64::from(room)).sum::<u64>() <= arcs {
            seats[1..].copy_from_slice(&self.room);
        } else {
            self.offers.receivers().for_each(|receiver| seats[receiver as usize + 1] += 1);
            seats[1..].iter_mut().zip(&self.room).for_each(|(seats, &room)| *seats = room.min(*seats));
        }
        for receiver in 0..self.room.len() {
            seats[receiver + 1] += seats[receiver];
        }
        seats
    }
}

/// Arcs in the order of their proposers.
pub(super) trait Offers<W> {
    /// The receivers and gains of some.
    fn of(&self, range: Range<usize>) -> impl Iterator<Item = (u32, W)>;

    /// The receiver of one.
    fn to(&self, at: u32) -> u32;

    /// Which arc of the network one is.
    fn arc(&self, at: u32) -> u32;

    fn receivers(&self) -> impl Iterator<Item = u32>;
}

/// The arcs of a network as they are: left leaves propose.
pub(super) struct Straight<'a, W> {
    pub to: &'a [u32],
    pub gains: &'a [W],
}

impl<W: Gain> Offers<W> for Straight<'_, W> {
    fn of(&self, range: Range<usize>) -> impl Iterator<Item = (u32, W)> {
        self.to[range.clone()].iter().copied().zip(self.gains[range].iter().copied())
    }

    fn to(&self, at: u32) -> u32 {
        self.to[at as usize]
    }

    fn arc(&self, at: u32) -> u32 {
        at
    }

    fn receivers(&self) -> impl Iterator<Item = u32> {
        self.to.iter().copied()
    }
}

/// The arcs of a network by right leaf: right leaves propose.
pub(super) struct Turned<W>(Vec<Offer<W>>);

#[derive(Clone, Copy)]
struct Offer<W> {
    to: u32,
    arc: u32,
    gain: W,
}

impl<W: Gain> Turned<W> {
    pub fn new(starts: &[u32], arcs: &Arcs, gains: &[W]) -> Self {
        let mut next = starts.to_vec();
        let mut offers = vec![Offer { to: 0, arc: 0, gain: W::default() }; gains.len()];
        for to in 0..arcs.starts.len() as u32 - 1 {
            let range = arcs.of(to);
            let places = range.start as usize..range.end as usize;
            for (arc, (&proposer, &gain)) in range.zip(arcs.right[places.clone()].iter().zip(&gains[places])) {
                let place = &mut next[proposer as usize];
                offers[*place as usize] = Offer { to, arc, gain };
                *place += 1;
            }
        }
        Self(offers)
    }
}

impl<W: Gain> Offers<W> for Turned<W> {
    fn of(&self, range: Range<usize>) -> impl Iterator<Item = (u32, W)> {
        self.0[range].iter().map(|offer| (offer.to, offer.gain))
    }

    fn to(&self, at: u32) -> u32 {
        self.0[at as usize].to
    }

    fn arc(&self, at: u32) -> u32 {
        self.0[at as usize].arc
    }

    fn receivers(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|offer| offer.to)
    }
}
