//! Re-checks a matching from the instance alone, in integers, by code that knows neither formulation nor solver. The
//! rules and the scoring it shares.

mod blocking;
mod certificate;
mod goals;
mod moved_goals;
mod occupancy;
mod rows;
mod shortlist;

pub use blocking::blocking_pairs;
pub use certificate::{CertificateCheck, CertificateFault, certificate, proves_infeasible};
pub use goals::{GoalCheck, goal_values};
pub use rows::{Violation, ViolationKind, quota_sums, violations};

pub use occupancy::{Moved, Occupancy, Spare};
pub use shortlist::{ShortlistCheck, shortlist};

use rules::domain::{Instance, Matching, Points, Policy};
use rules::eligibility::Rulebook;
use rules::scoring::{self, Scale};

/// The points of each assignment, in the matching's order.
pub fn points(instance: &Instance, policy: &Policy, matching: &Matching) -> Vec<Points> {
    let rulebook = Rulebook::new(instance, policy);
    let scale = Scale::of(instance, policy);
    matching.assignments().iter().map(|a| scoring::points(&rulebook.case(a.student, a.project), scale)).collect()
}
