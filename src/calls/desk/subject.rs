//! [`Subject`]: the matching that is written down.

use std::borrow::Cow;

use crate::{CallError, StoredRun};
use rules::codes;
use rules::finding::At;
use wire::{self, Faults, pb};

/// What is stored of the runs that a call names.
#[derive(Debug, Default)]
pub struct NamedRuns {
    /// Whose matching is written down.
    pub run: Option<StoredRun>,
    /// What it is compared with.
    pub before: Option<StoredRun>,
}

/// A matching with its season, and what it is compared with.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The season.
    pub instance: Option<pb::Instance>,
    /// Its policy.
    pub policy: Option<pb::Policy>,
    /// What came out.
    pub outcome: Option<pb::Outcome>,
    /// What came out before.
    pub before: Option<pb::Outcome>,
}

impl Subject {
    /// What was sent, or what is stored of the runs in its place; `None` where that can't be read.
    pub(super) fn of(mut self, run: &str, named: NamedRuns) -> Result<Option<Self>, CallError> {
        let is_sent = self.instance.is_some() || self.policy.is_some() || self.outcome.is_some();
        let is_whole = self.instance.is_some() && self.outcome.is_some();
        if if run.is_empty() { !is_whole } else { is_sent } {
            let mut faults = Faults::default();
            let (at, found) = match (run.is_empty(), &self.instance) {
                (false, _) => ("run", "a season or an outcome is sent beside it"),
                (true, None) => ("instance", "it is missing, and so is run"),
                (true, Some(_)) => ("outcome", "it is missing, and so is run"),
            };
            faults.add(&codes::ONE_MATCHING, At::root(at), found);
            return Err(faults.into());
        }
        if let Some(stored) = named.run {
            let request = wire::decode::<pb::MatchRequest>(&stored.request);
            let (Some(request), Some(outcome)) = (request, wire::decode(&stored.outcome)) else { return Ok(None) };
            (self.instance, self.policy, self.outcome) = (request.instance, request.policy, Some(outcome));
        }
        if let Some(stored) = named.before {
            let Some(outcome) = wire::decode(&stored.outcome) else { return Ok(None) };
            self.before = Some(outcome);
        }
        Ok(Some(self))
    }

    /// Season, policy and outcome. Waivers are compared with the day that the outcome names.
    pub(super) fn stated(&self) -> Result<(&pb::Instance, Cow<'_, pb::Policy>, &pb::Outcome), CallError> {
        let (Some(instance), Some(outcome)) = (&self.instance, &self.outcome) else {
            let mut faults = Faults::default();
            faults.add(&codes::MISSING_INSTANCE, At::root("instance"), "it is missing");
            return Err(faults.into());
        };
        let day = outcome.provenance.as_ref().map_or("", |provenance| &provenance.as_of_date);
        let policy = match &self.policy {
            Some(policy) if !policy.as_of_date.is_empty() || day.is_empty() => Cow::Borrowed(policy),
            policy => {
                let as_of_date = day.to_owned();
                Cow::Owned(pb::Policy { as_of_date, ..policy.clone().unwrap_or_default() })
            }
        };
        Ok((instance, policy, outcome))
    }
}
