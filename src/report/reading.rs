//! [`Reading`]: a season that is read once and shown often, part by part, in pages that are not the report's own.

use rules::domain::Instance;
use wire::{Faults, Request, pb};

use crate::manager::{self, Section};
use crate::season::{self, Links, Told, View};

/// A season that has been read, and what is told of it.
#[derive(Debug)]
pub struct Reading {
    request: Request,
    outcome: pb::Outcome,
    /// What changed since an earlier outcome, as `CompareRuns` gives it; none: the section is left out.
    pub changes: Option<pb::CompareRunsResponse>,
    /// What `Check` gives of the matching; none: the section says so.
    pub check: Option<pb::CheckResponse>,
}

impl Reading {
    /// Reads a season; a policy that is none has every default.
    ///
    /// # Errors
    /// Every fault of the season; an outcome that is not of the season.
    pub fn new(instance: pb::Instance, policy: Option<pb::Policy>, outcome: pb::Outcome) -> Result<Self, Faults> {
        let request = season::read(instance, policy, &outcome)?;
        Ok(Self { request, outcome, changes: None, check: None })
    }

    /// The season, sorted by id.
    pub fn instance(&self) -> &Instance {
        &self.request.instance
    }

    /// What came out.
    pub fn outcome(&self) -> &pb::Outcome {
        &self.outcome
    }
}

/// What the page of the office shows, part by part, with every name leading to its page.
///
/// The head comes first, the foot last. A part that the season gives no reason for is left out.
pub fn sections(reading: &Reading, links: &Links<'_>) -> Vec<Section> {
    let told = Told {
        outcome: &reading.outcome,
        changes: reading.changes.as_ref(),
        check: reading.check.as_ref(),
        explanations: &[],
    };
    manager::sections(&View::new(&reading.request, told).linked(*links))
}
