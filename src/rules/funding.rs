//! Which fund carries which placement.

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
    let of_set = |set: FundSet| (0..instance.funds.len()).filter(move |fund| set & (1 << fund) != 0).collect();
    let needs: Vec<Vec<usize>> = needed.iter().map(|set| of_set(set.unwrap_or(0))).collect();
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
