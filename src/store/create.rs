//! Storing a run: once for each request id.

use sqlx::{Any, Transaction};

use super::audit::Deed;
use super::parts::Part;
use super::row;
use super::{Hint, Store, StoreError, failpoint};
use rules::domain::{NewRun, Run, RunId};

/// A run that is stored, now or before.
#[derive(Debug)]
pub struct Created {
    /// The run.
    pub run: Run,
    /// Whether this call stored it.
    pub is_new: bool,
}

impl Store {
    /// Stores a run, unless the caller has stored it before under the same request id.
    ///
    /// `overrides` are the kinds of the decisions that come with it, for the ledger, in the order of their part; `keep_seconds` is how long it is kept,
    /// for ever where unset; `most_waiting` how many of the caller's runs may wait, this one included.
    ///
    /// # Errors
    /// [`StoreError::RequestIdTaken`], [`StoreError::QueueFull`], or the database's.
    pub async fn create(
        &self,
        new: &NewRun,
        parts: &[(Part, Vec<u8>)],
        overrides: &[i32],
        keep_seconds: Option<i64>,
        most_waiting: i64,
    ) -> Result<Created, StoreError> {
        self.visit("create", async {
            let mut transaction = self.begin().await?;
            self.queue_up(&mut transaction, &new.owner).await?;
            let id = RunId::parse(&uuid::Uuid::now_v7().to_string()).ok_or(StoreError::Damaged("run id"))?;
            failpoint::reach("create-insert");
            let Some(run) = self.insert(&mut transaction, &id, new, keep_seconds).await? else {
                // Another call with this request id came first; it is committed.
                drop(transaction);
                let request_id = new.request_id.as_deref().unwrap_or_default();
                let known = self.by_key(&new.owner, request_id, &new.payload_digest).await?;
                let run = known.ok_or(StoreError::Unavailable("the run was deleted meanwhile".to_owned()))?;
                return Ok(Created { run, is_new: false });
            };
            let waiting = "SELECT COUNT(*) FROM runs WHERE owner = $1 AND state = 'PENDING'";
            let waiting: i64 = sqlx::query_scalar(waiting).bind(&new.owner).fetch_one(&mut *transaction).await?;
            if waiting > most_waiting {
                // Nothing is committed.
                return Err(StoreError::QueueFull { limit: most_waiting });
            }
            let key = self.add_key(&mut transaction, &id).await?;
            for (part, bytes) in parts {
                self.keep(&mut transaction, &id, &key, *part, bytes).await?;
            }
            self.add_to_ledger(&mut transaction, &run, overrides).await?;
            self.note(&mut transaction, &new.owner, Deed::Created, &id).await?;
            failpoint::reach("create-commit");
            self.commit(transaction, Hint::Queue).await?;
            failpoint::reach("create-acknowledge");
            Ok(Created { run, is_new: true })
        })
        .await
    }

    /// The run that a caller stored before under a request id.
    ///
    /// # Errors
    /// [`StoreError::RequestIdTaken`], or the database's.
    pub async fn known(&self, owner: &str, request_id: &str, payload_digest: &str) -> Result<Option<Run>, StoreError> {
        self.visit("known", self.by_key(owner, request_id, payload_digest)).await
    }

    async fn by_key(&self, owner: &str, request_id: &str, payload_digest: &str) -> Result<Option<Run>, StoreError> {
        let select = self.sql("SELECT {columns} FROM runs WHERE owner = $1 AND request_id = $2");
        let found = sqlx::query(select).bind(owner).bind(request_id).fetch_optional(&self.pool).await?;
        let Some(run) = found.map(|found| row::run(&found)).transpose()? else { return Ok(None) };
        if run.asked.payload_digest == payload_digest { Ok(Some(run)) } else { Err(StoreError::RequestIdTaken) }
    }

    /// Lets a caller's runs and drafts be stored one after the other, so that there are no more than may be; on SQLite all writers do anyway.
    pub(super) async fn queue_up(
        &self,
        transaction: &mut Transaction<'static, Any>,
        owner: &str,
    ) -> Result<(), StoreError> {
        if self.is_shared() {
            let lock = "SELECT pg_advisory_xact_lock(hashtext($1))";
            sqlx::query(lock).bind(owner).execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Inserts the row; `None` where the request id is taken.
    async fn insert(
        &self,
        transaction: &mut Transaction<'static, Any>,
        id: &RunId,
        new: &NewRun,
        keep_seconds: Option<i64>,
    ) -> Result<Option<Run>, StoreError> {
        let insert = "INSERT INTO runs (run_id, owner, request_id, payload_digest, term, base_run_id, digest, engine_version, \
             solver_version, lottery_seed, student_count, project_count, create_time, expire_time, state, attempts, revision, fence, \
             taken_over, ready_time, display_name, labels) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, {now}, {now} + CAST($13 AS BIGINT) * 1000, 'PENDING', 0, 1, 0, 0, {now}, $14, $15) \
             ON CONFLICT (owner, request_id) DO NOTHING RETURNING {columns}";
        let inserted = sqlx::query(self.sql(insert))
            .bind(id.as_str())
            .bind(&new.owner)
            .bind(&new.request_id)
            .bind(&new.payload_digest)
            .bind(&new.term)
            .bind(new.base_run.as_ref().map(RunId::as_str))
            .bind(&new.digest)
            .bind(&new.engine_version)
            .bind(&new.solver_version)
            .bind(new.lottery_seed)
            .bind(new.student_count)
            .bind(new.project_count)
            .bind(keep_seconds)
            .bind(&new.display_name)
            .bind(row::write_labels(&new.labels))
            .fetch_optional(&mut **transaction)
            .await?;
        inserted.map(|inserted| row::run(&inserted)).transpose()
    }
}
