//! Working on a run: claimed under a lease, kept by heartbeats, ended once.
//!
//! A claim is a value: only who holds one can write to a run. In the database it is a fence that grows
//! with each claim, and a lease on the database's clock; a write whose fence is old or whose lease is over changes nothing.

use std::time::{Duration, Instant};

use sqlx::{Any, Row, Transaction};

use super::audit::{Deed, WORKER};
use super::parts::Part;
use super::row::{self, column};
use super::seal::DataKey;
use super::{Hint, Store, StoreError, failpoint};
use rules::codes;
use rules::domain::{Run, RunId, RunState};

/// A run that this worker has, until its lease is over.
#[derive(Debug)]
pub struct Claim {
    /// The run as it was claimed.
    pub run: Run,
    /// What was asked.
    pub request: Vec<u8>,
    /// The overrides that came with it.
    pub overrides: Option<Vec<u8>>,
    /// The run that it was made from and what was changed, where it has lines in the ledger and that run is still there.
    pub base: Option<BaseParts>,
    /// Whether it was taken from a worker whose lease was over.
    pub taken_over: bool,
    /// Before the database was asked for it, by this machine's steady clock: the lease lasts at least from here.
    pub since: Instant,
    /// As it was when the run was claimed: what is found can be stored though the store's keys have changed.
    key: DataKey,
    fence: i64,
    lease: Duration,
}

/// Stored parts of the run that another was made from.
#[derive(Debug, Clone)]
pub struct BaseParts {
    /// What was asked of it.
    pub request: Vec<u8>,
    /// What came of it.
    pub outcome: Vec<u8>,
    /// What was changed of it.
    pub changes: Vec<u8>,
}

/// How a run ends.
#[derive(Debug)]
pub enum Ending {
    /// With an outcome, verified.
    Outcome {
        /// The message.
        bytes: Vec<u8>,
        /// The number of its status.
        status: i32,
        /// How many it places.
        placed: Option<i64>,
        /// Whether it was cut short by a wish of the caller's.
        cancelled: bool,
        /// What the overrides that came with it changed.
        effects: Option<Vec<u8>>,
    },
    /// Without: the number of the code that says why.
    Failure(&'static str),
}

impl Ending {
    /// The state that it leads to.
    pub fn state(&self) -> &'static str {
        let state = match self {
            Self::Outcome { cancelled: true, .. } => RunState::Cancelled,
            Self::Outcome { .. } => RunState::Succeeded,
            Self::Failure(_) => RunState::Failed,
        };
        state.name()
    }

    /// The number of its outcome's status, and how many that places.
    fn reached(&self) -> (Option<i32>, Option<i64>) {
        match self {
            Self::Outcome { status, placed, .. } => (Some(*status), *placed),
            Self::Failure(_) => (None, None),
        }
    }
}

/// What a heartbeat found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The lease was renewed; `cancelled` where somebody asked for the run's end.
    Yes {
        /// Whether somebody did.
        cancelled: bool,
    },
    /// The run is another worker's, or gone.
    No,
}

/// The rows that a claim may write to.
const HELD: &str = "run_id = $1 AND fence = $2 AND state = 'RUNNING' AND lease_until > {now}";

impl Store {
    /// Takes the run whose turn it is, unless it was taken `most_attempts` times before: of the caller who was served longest ago, of that caller's term that was, the oldest.
    ///
    /// # Errors
    /// The database's.
    pub async fn claim(&self, worker: &str, lease: Duration, most_attempts: i64) -> Result<Option<Claim>, StoreError> {
        self.visit("claim", async {
            let since = Instant::now();
            let mut transaction = self.begin().await?;
            failpoint::reach("claim");
            let update = "UPDATE runs SET state = 'RUNNING', attempts = attempts + 1, fence = fence + 1, worker = $1, \
                 lease_until = {now} + $2, start_time = COALESCE(start_time, {now}), revision = revision + 1, \
                 taken_over = CASE WHEN state = 'RUNNING' THEN 1 ELSE 0 END \
                 WHERE run_id = (SELECT run_id FROM runs q WHERE attempts < $3 AND cancelled_by IS NULL \
                   AND ((state = 'PENDING' AND ready_time <= {now}) OR (state = 'RUNNING' AND lease_until < {now})) \
                   ORDER BY COALESCE((SELECT MAX(start_time) FROM runs s WHERE s.owner = q.owner), 0), \
                     COALESCE((SELECT MAX(start_time) FROM runs s WHERE s.owner = q.owner AND s.term = q.term), 0), \
                     create_time, run_id \
                   LIMIT 1 {skip_locked}) \
                 RETURNING {columns}, fence, taken_over";
            let claimed = sqlx::query(self.sql(update))
                .bind(worker)
                .bind(milliseconds(lease))
                .bind(most_attempts)
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(claimed) = claimed else { return Ok(None) };
            let run = row::run(&claimed)?;
            let fence = column(&claimed, "fence")?;
            let taken_over = column::<i64>(&claimed, "taken_over")? == 1;
            let (key, request, overrides, base) = match self.asked(&mut transaction, &run).await {
                Ok(asked) => asked,
                Err(StoreError::Damaged(what)) => {
                    // It must not keep those behind it waiting.
                    tracing::error!(run = %run.id, what, "a run can't be read, and is failed");
                    self.fail(&mut transaction, &run.id).await?;
                    self.commit(transaction, Hint::Run(run.id)).await?;
                    return Ok(None);
                }
                Err(error) => return Err(error),
            };
            failpoint::reach("claim-commit");
            self.commit(transaction, Hint::Run(run.id.clone())).await?;
            failpoint::reach("claimed");
            Ok(Some(Claim { run, request, overrides, base, taken_over, since, key, fence, lease }))
        })
        .await
    }

    /// What is asked of a run, and its key.
    async fn asked(
        &self,
        transaction: &mut Transaction<'static, Any>,
        of: &Run,
    ) -> Result<(DataKey, Vec<u8>, Option<Vec<u8>>, Option<BaseParts>), StoreError> {
        let run = &of.id;
        let key = self.key(transaction, run).await?;
        let request = self.part(transaction, run, &key, Part::Request).await?.ok_or(StoreError::Damaged("request"))?;
        let overrides = self.part(transaction, run, &key, Part::Overrides).await?;
        let changes = match &overrides {
            Some(_) => self.part(transaction, run, &key, Part::Changes).await?,
            None => None,
        };
        let base = match (&of.asked.base_run, changes) {
            (Some(base), Some(changes)) => self.base(transaction, base, changes).await?,
            _ => None,
        };
        Ok((key, request, overrides, base))
    }

    /// What is stored of the run that another was made from; `None` where it is gone or can't be read.
    async fn base(
        &self,
        transaction: &mut Transaction<'static, Any>,
        base: &RunId,
        changes: Vec<u8>,
    ) -> Result<Option<BaseParts>, StoreError> {
        let parts = async {
            let key = self.key(transaction, base).await?;
            let request = self.part(transaction, base, &key, Part::Request).await?;
            let outcome = self.part(transaction, base, &key, Part::Outcome).await?;
            Ok(request.zip(outcome))
        };
        match parts.await {
            Ok(parts) => Ok(parts.map(|(request, outcome)| BaseParts { request, outcome, changes })),
            Err(StoreError::Damaged(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fails a run whose parts can't be read.
    async fn fail(&self, transaction: &mut Transaction<'static, Any>, run: &RunId) -> Result<(), StoreError> {
        let update = "UPDATE runs SET state = 'FAILED', failure = $2, end_time = {now}, worker = NULL, lease_until = NULL, \
             revision = revision + 1 WHERE run_id = $1";
        let update = sqlx::query(self.sql(update)).bind(run.as_str()).bind(codes::STORED_DATA_DAMAGED.number);
        update.execute(&mut **transaction).await?;
        self.note(transaction, WORKER, Deed::GivenUp, run).await
    }

    /// Renews a lease, and tells what is known so far.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_claim(&self, claim: &mut Claim, progress: Option<&[u8]>) -> Result<Kept, StoreError> {
        let since = Instant::now();
        let kept = self
            .visit("keep_claim", async {
                failpoint::reach("heartbeat");
                let update = format!(
                    "UPDATE runs SET lease_until = {{now}} + $3, progress = COALESCE($4, progress), \
                     revision = revision + CASE WHEN $5 = 1 THEN 1 ELSE 0 END WHERE {HELD} RETURNING cancelled_by"
                );
                let mut transaction = self.begin().await?;
                let kept = sqlx::query(self.sql(&update))
                    .bind(claim.run.id.as_str())
                    .bind(claim.fence)
                    .bind(milliseconds(claim.lease))
                    .bind(progress)
                    .bind(i64::from(progress.is_some()))
                    .fetch_optional(&mut *transaction)
                    .await?;
                let Some(kept) = kept else { return Ok(Kept::No) };
                let cancelled = kept.try_get::<Option<String>, _>(0)?.is_some();
                if progress.is_some() {
                    self.commit(transaction, Hint::Run(claim.run.id.clone())).await?;
                } else {
                    transaction.commit().await?;
                }
                Ok(Kept::Yes { cancelled })
            })
            .await?;
        if kept != Kept::No {
            claim.since = since;
        }
        Ok(kept)
    }

    async fn keep_outcome(
        &self,
        transaction: &mut Transaction<'static, Any>,
        claim: &Claim,
        ending: &Ending,
    ) -> Result<(), StoreError> {
        let Ending::Outcome { bytes, effects, .. } = ending else { return Ok(()) };
        self.keep(transaction, &claim.run.id, &claim.key, Part::Outcome, bytes).await?;
        match effects {
            Some(effects) => self.keep(transaction, &claim.run.id, &claim.key, Part::Effects, effects).await,
            None => Ok(()),
        }
    }

    /// Ends a run: its outcome, its state and the record of it in one transaction; a failure, or an outcome without a matching, where an
    /// earlier attempt left one ends it with that. False where the claim holds no more, and nothing changed.
    ///
    /// # Errors
    /// The database's; the same claim may be tried again.
    pub async fn finish(&self, claim: &Claim, ending: &Ending) -> Result<bool, StoreError> {
        self.visit("finish", async {
            let (status, placed) = ending.reached();
            let failure = if let Ending::Failure(code) = ending { Some(*code) } else { None };
            let mut transaction = self.begin().await?;
            failpoint::reach("finish");
            let update = format!(
                "UPDATE runs SET state = CASE WHEN $5 IS NULL AND outcome_status IS NOT NULL THEN 'SUCCEEDED' ELSE $3 END, \
                 failure = CASE WHEN outcome_status IS NULL THEN $4 END, \
                 outcome_status = CASE WHEN $6 IS NULL THEN COALESCE(outcome_status, $5) ELSE $5 END, \
                 placed_count = COALESCE($6, placed_count), end_time = {{now}}, \
                 worker = NULL, lease_until = NULL, revision = revision + 1 WHERE {HELD} RETURNING outcome_status"
            );
            let updated = sqlx::query(self.sql(&update))
                .bind(claim.run.id.as_str())
                .bind(claim.fence)
                .bind(ending.state())
                .bind(failure)
                .bind(status.map(i64::from))
                .bind(placed)
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(updated) = updated else { return Ok(false) };
            // An earlier attempt's is FEASIBLE, which an outcome without a matching never is.
            if column::<Option<i64>>(&updated, "outcome_status")? == status.map(i64::from) {
                self.keep_outcome(&mut transaction, claim, ending).await?;
            }
            self.note(&mut transaction, WORKER, Deed::Finished, &claim.run.id).await?;
            failpoint::reach("finish-commit");
            self.commit(transaction, Hint::Run(claim.run.id.clone())).await?;
            failpoint::reach("finished");
            Ok(true)
        })
        .await
    }

    /// Gives a run back: to be taken again after `pause`, and not counted as an attempt where it is no fault of the run's. `found` is what it
    /// ends with if no attempt gives another outcome. One that was to be cancelled has ended. False where the claim holds no more, and
    /// nothing changed.
    ///
    /// # Errors
    /// The database's; the same claim may be tried again.
    pub async fn give_back(
        &self,
        claim: &Claim,
        pause: Duration,
        counts: bool,
        found: Option<&Ending>,
    ) -> Result<bool, StoreError> {
        self.visit("give_back", async {
            let update = format!(
                "UPDATE runs SET state = CASE WHEN cancelled_by IS NULL THEN 'PENDING' ELSE 'CANCELLED' END, \
                 end_time = CASE WHEN cancelled_by IS NULL THEN NULL ELSE {{now}} END, \
                 worker = NULL, lease_until = NULL, ready_time = {{now}} + $3, \
                 attempts = attempts - $4, outcome_status = COALESCE($5, outcome_status), \
                 placed_count = COALESCE($6, placed_count), revision = revision + 1 WHERE {HELD}"
            );
            let (status, placed) = found.map(Ending::reached).unwrap_or_default();
            let mut transaction = self.begin().await?;
            let updated = sqlx::query(self.sql(&update))
                .bind(claim.run.id.as_str())
                .bind(claim.fence)
                .bind(milliseconds(pause))
                .bind(i64::from(!counts))
                .bind(status.map(i64::from))
                .bind(placed)
                .execute(&mut *transaction)
                .await?;
            if updated.rows_affected() == 0 {
                return Ok(false);
            }
            if let Some(found) = found {
                self.keep_outcome(&mut transaction, claim, found).await?;
            }
            self.commit(transaction, Hint::Queue).await?;
            Ok(true)
        })
        .await
    }

    /// Fails the runs whose last attempt was lost, but for those of which an attempt left an outcome, and ends those that were to be cancelled when their worker was lost. Says how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn give_up(&self, most_attempts: i64) -> Result<u64, StoreError> {
        self.visit("give_up", async {
            let update = self.sql(
                "UPDATE runs SET state = CASE WHEN cancelled_by IS NOT NULL THEN 'CANCELLED' \
                   WHEN outcome_status IS NOT NULL THEN 'SUCCEEDED' ELSE 'FAILED' END, \
                 failure = CASE WHEN cancelled_by IS NULL AND outcome_status IS NULL THEN $1 END, \
                 end_time = {now}, worker = NULL, lease_until = NULL, revision = revision + 1 \
                 WHERE (state = 'PENDING' AND attempts >= $2) \
                 OR (state = 'RUNNING' AND lease_until < {now} AND (attempts >= $2 OR cancelled_by IS NOT NULL)) \
                 RETURNING {columns}",
            );
            let mut transaction = self.begin().await?;
            let given_up = sqlx::query(update)
                .bind(codes::ATTEMPTS_EXHAUSTED.number)
                .bind(most_attempts)
                .fetch_all(&mut *transaction)
                .await?;
            for row in &given_up {
                self.note(&mut transaction, WORKER, Deed::GivenUp, &row::run(row)?.id).await?;
            }
            if given_up.is_empty() {
                return Ok(0);
            }
            self.commit(transaction, Hint::Queue).await?;
            Ok(given_up.len() as u64)
        })
        .await
    }

    /// Ends every lease, where whoever held it is known to be gone.
    pub(super) async fn disown(&self) -> Result<(), StoreError> {
        self.visit("disown", async {
            sqlx::query("UPDATE runs SET lease_until = 0 WHERE state = 'RUNNING'").execute(&self.pool).await?;
            Ok(())
        })
        .await
    }
}

pub(super) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
