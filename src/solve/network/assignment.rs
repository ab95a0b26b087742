//! The best assignment of units to leaves with room: a network of leaves alone.
//!
//! Maximise `Σ gain` over arcs, each proposer having so many units and each receiver so much room; a unit may stay behind for nothing.
//! The dual program asks for a price `p ≥ 0` of each receiver and a profit `u ≥ 0` of each proposer with `u + p ≥ gain` on every arc.
//! Both are kept so all along, with `=` on every arc in use, `p > 0` only where a receiver is full and `u > 0` only where no unit of the
//! proposer stays behind: complementary slackness, so that what is found is the best.
//!
//! 1. **Reduction.** Each unit bids for the receiver that it gains most from. Where that is full and has room for one, its price rises
//!    until the bidder is indifferent to the next best, and whoever sat there bids again (Bertsekas, "A distributed algorithm for the
//!    assignment problem", 1979; augmenting row reduction of Jonker and Volgenant, "A shortest augmenting path algorithm for dense and
//!    sparse linear assignment problems", 1987). Nearly all units end here.
//! 2. **Shortest augmenting paths** for the others, one unit after the other, by Dijkstra's method over the reduced costs
//!    `u + p − gain` (Tomizawa 1971; Edmonds and Karp 1972). What is as near as the last node taken waits on a stack, the rest on a heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::flow::Gain;
use super::graph::NONE;
use super::offers::{Offers, Proposals};

/// Times that units which found no receiver bid anew before paths are sought, and bids of a unit in all.
const PASSES: usize = 3;
const BIDS_OF_UNIT: usize = 40;

/// How often a solve is asked whether it must stop: once in so many units.
const UNITS_BETWEEN_GLANCES: usize = 64;

/// A best assignment, or where time was over one that is part of it.
pub(super) struct Assigned<W> {
    pub used: Vec<Used>,
    /// By proposer.
    pub profits: Vec<W>,
    /// By receiver.
    pub prices: Vec<W>,
}

/// An arc in use, and its ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    pub proposer: u32,
    pub receiver: u32,
    pub arc: u32,
}

/// Finds a best assignment; `Err` holds the arcs used so far when `stop` said so.
pub(super) fn assign<W: Gain, O: Offers<W>>(
    proposals: &Proposals<O>,
    reduces: bool,
    stop: &dyn Fn() -> bool,
) -> Result<Assigned<W>, Vec<Used>> {
    let mut search = Search::new(proposals);
    let mut waiting: Vec<u32> = (0..search.proposer.len() as u32).collect();
    if reduces {
        search.reduce(&mut waiting);
    }
    for (count, &unit) in waiting.iter().enumerate() {
        if count % UNITS_BETWEEN_GLANCES == UNITS_BETWEEN_GLANCES - 1 && stop() {
            return Err(search.used());
        }
        search.place(unit);
    }
    let mut profits = vec![W::default(); proposals.units.len()];
    for (&proposer, &profit) in search.proposer.iter().zip(&search.profits) {
        profits[proposer as usize] = profit;
    }
    // Whoever has nothing to give asks for what its arcs are worth.
    for (proposer, profit) in profits.iter_mut().enumerate().filter(|&(proposer, _)| proposals.units[proposer] == 0) {
        let arcs = proposals.starts[proposer] as usize..proposals.starts[proposer + 1] as usize;
        *profit = search.worth(arcs).unwrap_or_default().max(W::default());
    }
    Ok(Assigned { used: search.used(), profits, prices: search.prices })
}

struct Search<'a, W, O> {
    proposals: &'a Proposals<O>,
    /// By unit.
    proposer: Vec<u32>,
    profits: Vec<W>,
    /// By unit: the arc in use, [`NONE`] where it stays behind, and its seat.
    arc_of: Vec<u32>,
    seat_of: Vec<u32>,
    prices: Vec<W>,
    /// By receiver and one more: where its seats start.
    seats: Vec<u32>,
    /// By receiver: seats taken, the first of its own.
    taken: Vec<u32>,
    /// By seat: the unit.
    seated: Vec<u32>,
    /// Of the search for a path.
    labels: Vec<Label<W>>,
    round: u32,
    heap: BinaryHeap<Reverse<(W, u32)>>,
    near: Vec<u32>,
    settled: Vec<u32>,
    reached: Vec<(u32, W)>,
}

/// How near a receiver is, and by which arc of which unit.
#[derive(Clone, Copy)]
struct Label<W> {
    distance: W,
    round: u32,
    unit: u32,
    arc: u32,
}

/// Where a path ends.
#[derive(Clone, Copy)]
enum End {
    /// This receiver has room.
    Room(u32),
    /// This unit stays behind.
    Behind(u32),
}

impl<'a, W: Gain, O: Offers<W>> Search<'a, W, O> {
    fn new(proposals: &'a Proposals<O>) -> Self {
        let receivers = proposals.room.len();
        let degree = |proposer: usize| proposals.starts[proposer + 1] - proposals.starts[proposer];
        // One more unit than arcs stays behind and keeps the profit at nothing, as all that stay behind would.
        let useful = |(proposer, &units): (usize, &u32)| match degree(proposer) {
            0 => 0,
            degree => units.min(degree + 1),
        };
        let units = proposals.units.iter().enumerate().map(useful);
        let proposer: Vec<u32> =
            (0..).zip(units).flat_map(|(proposer, units)| (0..units).map(move |_| proposer)).collect();
        let seats = proposals.seats();
        let label = Label { distance: W::default(), round: 0, unit: NONE, arc: NONE };
        Self {
            proposals,
            profits: vec![W::default(); proposer.len()],
            arc_of: vec![NONE; proposer.len()],
            seat_of: vec![NONE; proposer.len()],
            proposer,
            prices: vec![W::default(); receivers],
            taken: vec![0; receivers],
            seated: vec![NONE; seats[receivers] as usize],
            seats,
            labels: vec![label; receivers],
            round: 0,
            heap: BinaryHeap::new(),
            near: Vec::new(),
            settled: Vec::new(),
            reached: Vec::new(),
        }
    }

    fn used(&self) -> Vec<Used> {
        let in_use = self.proposer.iter().zip(&self.arc_of).filter(|&(_, &at)| at != NONE);
        let used = |(&proposer, &at): (&u32, &u32)| {
            let offers = &self.proposals.offers;
            Used { proposer, receiver: offers.to(at), arc: offers.arc(at) }
        };
        in_use.map(used).collect()
    }

    fn arcs(&self, unit: u32) -> Range<usize> {
        let proposer = self.proposer[unit as usize] as usize;
        self.proposals.starts[proposer] as usize..self.proposals.starts[proposer + 1] as usize
    }

    /// The most that one of these arcs gains beyond the price of its receiver.
    fn worth(&self, arcs: Range<usize>) -> Option<W> {
        self.proposals.offers.of(arcs).map(|(receiver, gain)| gain - self.prices[receiver as usize]).max()
    }

    fn receiver(&self, arc: u32) -> usize {
        self.proposals.offers.to(arc) as usize
    }

    fn has_room(&self, receiver: usize) -> bool {
        self.taken[receiver] < self.proposals.room[receiver]
    }

    fn seat(&mut self, unit: u32, arc: u32, seat: u32) {
        self.seated[seat as usize] = unit;
        (self.arc_of[unit as usize], self.seat_of[unit as usize]) = (arc, seat);
    }

    fn take_room(&mut self, unit: u32, arc: u32) {
        let receiver = self.receiver(arc);
        self.seat(unit, arc, self.seats[receiver] + self.taken[receiver]);
        self.taken[receiver] += 1;
    }

    /// The bids; units for which paths must be sought are left waiting.
    fn reduce(&mut self, waiting: &mut Vec<u32>) {
        let mut bids = waiting.len() * BIDS_OF_UNIT;
        for _ in 0..PASSES {
            let mut left = Vec::new();
            let mut displaced = None;
            let mut next = waiting.iter().copied();
            while let Some(unit) = displaced.take().or_else(|| next.next()) {
                bids = bids.saturating_sub(1);
                match self.bid(unit, bids > 0) {
                    Bid::Settled => {}
                    Bid::Displaced(other) => displaced = Some(other),
                    Bid::Outbid => left.push(unit),
                }
            }
            *waiting = left;
        }
    }

    fn bid(&mut self, unit: u32, may_displace: bool) -> Bid {
        let arcs = self.arcs(unit);
        let nothing = (W::default(), NONE);
        let (mut first, mut second) = (nothing, nothing);
        for (arc, (receiver, gain)) in (arcs.start as u32..).zip(self.proposals.offers.of(arcs)) {
            let worth = gain - self.prices[receiver as usize];
            if worth > second.0 {
                if worth > first.0 {
                    (first, second) = ((worth, arc), first);
                } else {
                    second = (worth, arc);
                }
            }
        }
        if first.1 == NONE {
            // It stays behind; nothing is cheaper later.
            self.profits[unit as usize] = W::default();
            return Bid::Settled;
        }
        let best = self.receiver(first.1);
        let as_good = if first.0 == second.0 { second.1 } else { NONE };
        if self.has_room(best) {
            self.profits[unit as usize] = first.0;
            self.take_room(unit, first.1);
            Bid::Settled
        } else if as_good != NONE && self.has_room(self.receiver(as_good)) {
            self.profits[unit as usize] = first.0;
            self.take_room(unit, as_good);
            Bid::Settled
        } else if as_good == NONE && may_displace && self.proposals.room[best] == 1 {
            self.prices[best] += first.0 - second.0;
            self.profits[unit as usize] = second.0;
            let seat = self.seats[best];
            let other = self.seated[seat as usize];
            self.arc_of[other as usize] = NONE;
            self.seat(unit, first.1, seat);
            Bid::Displaced(other)
        } else {
            Bid::Outbid
        }
    }

    /// Places a unit along the path on which it gains most, or leaves it behind.
    fn place(&mut self, source: u32) {
        self.profits[source as usize] = self.worth(self.arcs(source)).unwrap_or_default().max(W::default());
        let (length, end) = self.shortest_path(source);
        for &receiver in &self.settled {
            let distance = self.labels[receiver as usize].distance;
            if distance < length {
                self.prices[receiver as usize] += length - distance;
            }
        }
        for &(unit, distance) in &self.reached {
            if distance < length {
                self.profits[unit as usize] -= length - distance;
            }
        }
        self.augment(source, end);
    }

    fn shortest_path(&mut self, source: u32) -> (W, End) {
        self.round += 1;
        self.heap.clear();
        self.near.clear();
        self.settled.clear();
        self.reached.clear();
        self.reached.push((source, W::default()));
        // To stay behind is always possible.
        let mut best = (self.profits[source as usize], End::Behind(source));
        let mut level = W::default();
        let mut next = 0;
        loop {
            while let Some(&(unit, distance)) = self.reached.get(next) {
                next += 1;
                if self.relax(unit, distance, level, &mut best) {
                    return best;
                }
            }
            let receiver = match self.near.pop() {
                Some(receiver) => receiver,
                None => match self.nearest() {
                    Some((distance, receiver)) if distance < best.0 => {
                        level = distance;
                        receiver
                    }
                    _ => return best,
                },
            };
            self.settled.push(receiver);
            let start = self.seats[receiver as usize];
            for seat in start..start + self.taken[receiver as usize] {
                let unit = self.seated[seat as usize];
                let length = level + self.profits[unit as usize];
                if length < best.0 {
                    best = (length, End::Behind(unit));
                }
                self.reached.push((unit, level));
            }
            if best.0 <= level {
                return best;
            }
        }
    }

    fn nearest(&mut self) -> Option<(W, u32)> {
        loop {
            let Reverse((distance, receiver)) = self.heap.pop()?;
            if distance == self.labels[receiver as usize].distance {
                return Some((distance, receiver));
            }
        }
    }

    /// Labels what a unit's arcs lead to; whether a path ends as near as anything can be.
    fn relax(&mut self, unit: u32, distance: W, level: W, best: &mut (W, End)) -> bool {
        let arcs = self.arcs(unit);
        let from = distance + self.profits[unit as usize];
        for (arc, (receiver, gain)) in (arcs.start as u32..).zip(self.proposals.offers.of(arcs)) {
            let at = receiver as usize;
            let reached = from + self.prices[at] - gain;
            let label = &mut self.labels[at];
            if reached >= best.0 || (label.round == self.round && reached >= label.distance) {
                continue;
            }
            *label = Label { distance: reached, round: self.round, unit, arc };
            if self.taken[at] < self.proposals.room[at] {
                *best = (reached, End::Room(receiver));
                if reached == level {
                    return true;
                }
            } else if reached == level {
                self.near.push(receiver);
            } else {
                self.heap.push(Reverse((reached, receiver)));
            }
        }
        false
    }

    /// Moves every unit of the path on to the receiver after it.
    fn augment(&mut self, source: u32, end: End) {
        let (mut receiver, mut seat) = match end {
            End::Room(receiver) => {
                self.taken[receiver as usize] += 1;
                (receiver as usize, self.seats[receiver as usize] + self.taken[receiver as usize] - 1)
            }
            End::Behind(unit) if unit == source => return,
            End::Behind(unit) => {
                let arc = std::mem::replace(&mut self.arc_of[unit as usize], NONE);
                (self.receiver(arc), self.seat_of[unit as usize])
            }
        };
        loop {
            let Label { unit, arc, .. } = self.labels[receiver];
            let left = (self.arc_of[unit as usize], self.seat_of[unit as usize]);
            self.seat(unit, arc, seat);
            if unit == source {
                return;
            }
            (receiver, seat) = (self.receiver(left.0), left.1);
        }
    }
}

/// What became of a bid.
enum Bid {
    Settled,
    /// This other unit must bid again.
    Displaced(u32),
    /// Nothing is to be had without a path.
    Outbid,
}

#[cfg(test)]
mod tests {
    use super::super::graph::{Arc, Arcs};
    use super::super::offers::{Straight, Turned};
    use super::*;

    /// Three students and three projects of one seat, as a matrix; and by hand: 7 + 9 + 8.
    const MATRIX: [[i64; 3]; 3] = [[7, 5, 6], [8, 9, 8], [6, 7, 8]];

    fn matrix(room: u32) -> (Vec<u32>, Vec<i64>, Vec<u32>) {
        let to = (0..3).flat_map(|_| 0..3).collect();
        (to, MATRIX.concat(), vec![room; 3])
    }

    fn assigned(room: u32, reduces: bool) -> Assigned<i64> {
        let (to, gains, room) = matrix(room);
        let offers = Straight { to: &to, gains: &gains };
        let proposals = Proposals { starts: vec![0, 3, 6, 9], offers, units: vec![1; 3], room };
        assign(&proposals, reduces, &|| false).unwrap_or_else(|_| panic!("nobody stops it"))
    }

    fn arcs(assigned: &Assigned<i64>) -> Vec<u32> {
        let mut arcs: Vec<u32> = assigned.used.iter().map(|used| used.arc).collect();
        arcs.sort_unstable();
        arcs
    }

    #[test]
    fn three_students_share_three_seats_for_the_greatest_sum() {
        for reduces in [true, false] {
            let assigned = assigned(1, reduces);
            assert_eq!(arcs(&assigned), [0, 4, 8]);
            let Assigned { profits, prices, .. } = assigned;
            assert_eq!(profits.iter().sum::<i64>() + prices.iter().sum::<i64>(), 24);
        }
    }

    #[test]
    fn where_there_is_room_each_takes_its_best_and_nothing_has_a_price() {
        for reduces in [true, false] {
            let assigned = assigned(3, reduces);
            assert_eq!(arcs(&assigned).into_iter().map(|at| MATRIX.concat()[at as usize]).sum::<i64>(), 7 + 9 + 8);
            assert_eq!((assigned.profits, assigned.prices), (vec![7, 9, 8], vec![0; 3]));
        }
    }

    #[test]
    fn who_gains_nothing_stays_behind() {
        let (to, gains) = ([0, 0, 0], [5_i64, 0, -2]);
        let offers = Straight { to: &to, gains: &gains };
        let proposals = Proposals { starts: vec![0, 1, 2, 3], offers, units: vec![1; 3], room: vec![3] };
        for reduces in [true, false] {
            let assigned = assign(&proposals, reduces, &|| false).unwrap_or_else(|_| panic!("nobody stops it"));
            assert_eq!(arcs(&assigned), [0]);
        }
    }

    #[test]
    fn a_project_of_two_seats_proposes_to_two_students_and_its_profit_is_that_of_a_seat() {
        let pairs = [(0, 0, 4), (1, 0, 7), (2, 0, 5)].map(|(left, right, column)| Arc { left, right, column });
        let offers = Turned::new(&[0, 3], &Arcs::new(3, pairs), &[4, 7, 5]);
        let proposals = Proposals { starts: vec![0, 3], offers, units: vec![2], room: vec![1; 3] };
        for reduces in [true, false] {
            let assigned = assign(&proposals, reduces, &|| false).unwrap_or_else(|_| panic!("nobody stops it"));
            assert_eq!(arcs(&assigned), [1, 2]);
            assert_eq!(2 * assigned.profits[0] + assigned.prices.iter().sum::<i64>(), 12);
        }
    }
}
