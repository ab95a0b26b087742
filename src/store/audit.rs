//! The record of who did or read what. Rows are added in the transaction of the deed, never changed, and outlive the run or draft: they hold
//! no student's data. The column `run_id` holds the id of a run, or the name of a draft, `drafts/{id}`.

use sqlx::{Any, Transaction};

use super::keyed::Keyed;
use super::{Store, StoreError};

/// Who does what no caller does: workers, and the deletion of what has been kept long enough.
pub const WORKER: &str = "worker";
/// See [`WORKER`].
pub const RETENTION: &str = "retention";

/// What may be done to a run or a draft, or read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It was stored.
    Created,
    /// A caller asked for its end.
    CancelRequested,
    /// A worker finished it.
    Finished,
    /// It was given up after its last attempt.
    GivenUp,
    /// It was deleted by a caller.
    Deleted,
    /// It was deleted because its time was over.
    Expired,
    /// Its outcome was read.
    OutcomeRead,
    /// What was asked was read.
    RequestRead,
    /// Something of it was explained.
    Explained,
    /// It was asked what would be if something were otherwise.
    WhatIfAsked,
    /// It was compared with another one.
    Compared,
    /// A run was made from it.
    BasedOn,
    /// It was asked what a run from it would come to.
    Previewed,
    /// Its matching was put into tables.
    Exported,
    /// Its matching was put onto a page.
    Reported,
    /// Its overrides were read.
    OverridesRead,
    /// A draft was begun.
    DraftCreated,
    /// A draft was saved.
    DraftSaved,
    /// Files or decisions of a draft were read.
    DraftRead,
    /// A draft was deleted by a caller.
    DraftDeleted,
}

impl Deed {
    /// The name that is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::CancelRequested => "CANCEL_REQUESTED",
            Self::Finished => "FINISHED",
            Self::GivenUp => "GIVEN_UP",
            Self::Deleted => "DELETED",
            Self::Expired => "EXPIRED",
            Self::OutcomeRead => "OUTCOME_READ",
            Self::RequestRead => "REQUEST_READ",
            Self::Explained => "EXPLAINED",
            Self::WhatIfAsked => "WHAT_IF_ASKED",
            Self::Compared => "COMPARED",
            Self::BasedOn => "BASED_ON",
            Self::Previewed => "PREVIEWED",
            Self::Exported => "EXPORTED",
            Self::Reported => "REPORTED",
            Self::OverridesRead => "OVERRIDES_READ",
            Self::DraftCreated => "DRAFT_CREATED",
            Self::DraftSaved => "DRAFT_SAVED",
            Self::DraftRead => "DRAFT_READ",
            Self::DraftDeleted => "DRAFT_DELETED",
        }
    }
}

impl Store {
    /// Adds a row.
    pub(super) async fn note(
        &self,
        transaction: &mut Transaction<'static, Any>,
        caller: &str,
        deed: Deed,
        of: &impl Keyed,
    ) -> Result<(), StoreError> {
        let insert = "INSERT INTO audit (audit_id, audit_time, caller, deed, run_id) VALUES ($1, {now}, $2, $3, $4)";
        sqlx::query(self.sql(insert))
            .bind(uuid::Uuid::now_v7().to_string())
            .bind(caller)
            .bind(deed.name())
            .bind(of.place())
            .execute(&mut **transaction)
            .await?;
        Ok(())
    }
}
