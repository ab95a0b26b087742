//! Which fund carries which placement.

use std::collections::BTreeMap;

use crate::domain::{Assignment, FundSet, Instance, Matching, Policy};
use crate::eligibility::{self, Rulebook};

/// Which fund carries which placement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried {
    /// By assignment of the matching: the place of its fund in the instance.
    pub by: Vec<Option<usize>>,
    /// The assignments that need a fund and find none.
    pub left: Vec<Assignment>,
}

/// Lets funds carry as many placements of a matching as they can, by augmenting paths; students in the order of their ids draw on
/// the first fund that has a place, so that the answer is the same for the same matching.
pub fn carry(instance: &Instance, policy: &Policy, matching: &Matching) -> Carried {
    let rulebook = Rulebook::new(instance, policy);
    let assignments = matching.assignments();
    let needed = |a: &Assignment| eligibility::needed_funds(&rulebook.case(a.student, a.project));
    let needed: Vec<Option<FundSet>> = assignments.iter().map(needed).collect();
    let of_need = |set: &Option<FundSet>| of_set(set.unwrap_or(0), instance.funds.len()).collect();
    let needs: Vec<Vec<usize>> = needed.iter().map(of_need).collect();
    let places: Vec<usize> = instance.funds.iter().map(|fund| fund.places() as usize).collect();
    let mut table =
        Table { needs, places, by: vec![None; assignments.len()], carries: vec![Vec::new(); instance.funds.len()] };
    let mut left = Vec::new();
    for (place, assignment) in assignments.iter().enumerate().filter(|&(place, _)| needed[place].is_some()) {
        if !table.seat(place, &mut vec![false; instance.funds.len()]) {
            left.push(*assignment);
        }
    }
    Carried { by: table.by, left }
}

/// Whether funds can carry placements: `places` by fund, `needed` how many placements there are by the funds that may carry them.
/// A transportation problem, solved by augmenting paths.
pub fn can_carry(places: Vec<u32>, needed: &BTreeMap<FundSet, u32>) -> bool {
    let funds = places.len();
    let mut transport =
        Transport { places, classes: needed.keys().copied().collect(), carried: vec![vec![0; funds]; needed.len()] };
    needed.values().enumerate().all(|(class, &count)| {
        let mut left = count;
        while left > 0 {
            match transport.send(class, left, &mut vec![false; funds]) {
                0 => return false,
                sent => left -= sent,
            }
        }
        true
    })
}

struct Transport {
    /// By fund: what is left.
    places: Vec<u32>,
    /// Placements that the same funds may carry.
    classes: Vec<FundSet>,
    /// By class and fund.
    carried: Vec<Vec<u32>>,
}

impl Transport {
    /// Lets a fund that is not yet `seen` carry up to `most` of a class; says how many it carries, 0 where no fund can.
    fn send(&mut self, class: usize, most: u32, seen: &mut [bool]) -> u32 {
        for fund in of_set(self.classes[class], seen.len()) {
            if std::mem::replace(&mut seen[fund], true) {
                continue;
            }
            let free = self.places[fund].min(most);
            if free > 0 {
                self.places[fund] -= free;
                self.carried[class][fund] += free;
                return free;
            }
            for other in 0..self.classes.len() {
                let moved = most.min(self.carried[other][fund]);
                let sent = if moved > 0 { self.send(other, moved, seen) } else { 0 };
                if sent > 0 {
                    self.carried[other][fund] -= sent;
                    self.carried[class][fund] += sent;
                    return sent;
                }
            }
        }
        0
    }
}

fn of_set(set: FundSet, funds: usize) -> impl Iterator<Item = usize> {
    (0..funds).filter(move |fund| set & (1 << fund) != 0)
}

struct Table {
    /// By assignment: the funds that may carry it.
    needs: Vec<Vec<usize>>,
    /// By fund.
    places: Vec<usize>,
    /// By assignment.
    by: Vec<Option<usize>>,
    /// By fund: the assignments that it carries.
    carries: Vec<Vec<usize>>,
}

impl Table {
    /// Finds a fund for an assignment, moving others to other funds where that is needed.
    fn seat(&mut self, assignment: usize, seen: &mut Vec<bool>) -> bool {
        for fund in self.needs[assignment].clone() {
            if std::mem::replace(&mut seen[fund], true) {
                continue;
            }
            if self.carries[fund].len() < self.places[fund] {
                self.put(assignment, fund);
                return true;
            }
            for other in self.carries[fund].clone() {
                if self.seat(other, seen) {
                    self.carries[fund].retain(|&carried| carried != other);
                    self.put(assignment, fund);
                    return true;
                }
            }
        }
        false
    }

    fn put(&mut self, assignment: usize, fund: usize) {
        self.by[assignment] = Some(fund);
        self.carries[fund].push(assignment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether some way to give each placement a fund keeps the places, by trying all.
    fn by_trying(places: &mut [u32], placements: &[FundSet]) -> bool {
        let Some((&set, rest)) = placements.split_first() else { return true };
        (0..places.len()).filter(|fund| set & (1 << fund) != 0).any(|fund| {
            if places[fund] == 0 {
                return false;
            }
            places[fund] -= 1;
            let carries = by_trying(places, rest);
            places[fund] += 1;
            carries
        })
    }

    #[test]
    fn placements_are_carried_exactly_where_trying_all_ways_finds_one() {
        let mut carried = 0;
        for number in 0..4_096_u32 {
            let digit = |place: u32| number >> (2 * place) & 3;
            let mut places = vec![digit(0), digit(1), digit(2)];
            // The first class takes the first fund, which the second may need.
            let needed = BTreeMap::from([(0b011, digit(3)), (0b101, digit(4)), (0b110, digit(5))]);
            let placements: Vec<FundSet> =
                needed.iter().flat_map(|(&set, &count)| std::iter::repeat_n(set, count as usize)).collect();
            let can = can_carry(places.clone(), &needed);
            assert_eq!(can, by_trying(&mut places, &placements), "{places:?}, {needed:?}");
            carried += u32::from(can);
        }
        assert!((500..3_500).contains(&carried), "{carried}");
    }
}
