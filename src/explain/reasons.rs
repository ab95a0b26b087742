//! [`Reasons`]: what comes with every match.

use super::networks::Networks;
use super::unmatched::by_rules;
use super::{Alternates, Full, Gain, Optimum, Unmatched, alternates, seat_values, unmatched};
use rules::domain::StudentIndex;
use rules::funding::Carried;
use solve::Residual;
use verify::Occupancy;

/// What comes with every match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reasons {
    /// Who has no place, and why.
    pub unmatched: Vec<Unmatched>,
    /// By assignment.
    pub alternates: Vec<Alternates>,
    /// What one unit more would buy of whatever is full.
    pub seat_values: Vec<(Full, Gain)>,
}

impl Optimum<'_> {
    /// The networks beside the season, where they can be solved.
    pub(super) fn networks(&self) -> Option<Networks> {
        let failed = |failure| tracing::error!(?failure, "the networks beside a season could not be solved");
        Networks::of(self).map_err(failed).ok()
    }

    /// Looks at the residual network, where there is one that tells what the goals would be; who blocks it does not know.
    pub fn with_residual<T>(&self, look: impl FnOnce(Option<&Residual>) -> T) -> T {
        let changes = formulation::changes_from(self.instance, self.evaluation, self.matching);
        let is_told = self.is_proven() && !self.policy.looks_at_blocking_pairs();
        let residual =
            if is_told { Residual::of(self.formulation, self.solution, &changes, self.limits) } else { None };
        look(residual.as_ref())
    }
}

/// Tells why who is left out is, what could be done instead, and what one unit more would buy. A matching is never lost because
/// it could not be explained: then its reasons are unproven.
pub fn reasons(optimum: &Optimum, carried: Option<&Carried>) -> Reasons {
    let occupancy = optimum.occupancy();
    let left = left_out(optimum, &occupancy);
    let carries = |carried: &Carried, fund: usize| carried.by.iter().filter(|&&by| by == Some(fund)).count() as u32;
    let funds = 0..optimum.instance.funds.len();
    let counts: Vec<u32> =
        carried.iter().flat_map(|carried| funds.clone().map(|fund| carries(carried, fund))).collect();
    optimum.with_residual(|residual| {
        let networks = if residual.is_none() { optimum.networks() } else { None };
        Reasons {
            unmatched: unmatched(optimum, residual, networks.as_ref(), &occupancy, &left),
            alternates: alternates(optimum, &occupancy),
            seat_values: seat_values(optimum, residual, networks.as_ref(), &occupancy, &counts),
        }
    })
}

/// What the rules alone say, where nobody asks for more.
pub fn reasons_of_rules(optimum: &Optimum) -> Reasons {
    let occupancy = optimum.occupancy();
    let unmatched = by_rules(optimum, &occupancy, &left_out(optimum, &occupancy));
    Reasons { unmatched, ..Reasons::default() }
}

/// Who has no place.
fn left_out(optimum: &Optimum, occupancy: &Occupancy) -> Vec<StudentIndex> {
    optimum.instance.student_indices().filter(|&student| occupancy.place(student).is_none()).collect()
}
