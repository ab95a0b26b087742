//! Deleting runs, so that nothing of them is left in the files.
//!
//! SQLite overwrites what is deleted (`secure_delete`), and the log in which the pages stood before is emptied at once. PostgreSQL keeps
//! dead rows until they are vacuumed, and its own log until it is recycled: there the rows are vacuumed away at once, and what its log and
//! its backups keep is for who runs it.

use std::sync::atomic::Ordering;

use sqlx::Executor;

use super::audit::Deed;
use super::row::column;
use super::{Dialect, Hint, Reach, Store, StoreError, failpoint};
use crate::domain::RunId;

/// Runs that are deleted in one go because their time is over.
const AT_ONCE: i64 = 100;

impl Store {
    /// Deletes a run. False where there is none that the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete(&self, reach: Reach<'_>, id: &RunId, caller: &str) -> Result<bool, StoreError> {
        let deleted = self
            .visit(async {
                let mut transaction = self.begin().await?;
                failpoint::reach("delete");
                let delete = "DELETE FROM runs WHERE run_id = $1 AND ($2 IS NULL OR owner = $2)";
                let deleted =
                    sqlx::query(delete).bind(id.as_str()).bind(reach.owner()).execute(&mut *transaction).await?;
                if deleted.rows_affected() == 0 {
                    return Ok(false);
                }
                self.note(&mut transaction, caller, Deed::Deleted, id).await?;
                failpoint::reach("delete-commit");
                self.owes_scrub.store(true, Ordering::Release);
                self.commit(transaction, Hint::End(id.clone())).await?;
                Ok(true)
            })
            .await?;
        if deleted {
            self.scrub().await?;
        }
        Ok(deleted)
    }

    /// Deletes the finished runs whose time is over, and takes out of the files what was deleted before and is still there; says how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn expire(&self) -> Result<u64, StoreError> {
        let expired = self
            .visit(async {
                let mut transaction = self.begin().await?;
                let delete = "DELETE FROM runs WHERE run_id IN (SELECT run_id FROM runs WHERE expire_time < {now} \
                     AND state IN ('SUCCEEDED', 'CANCELLED', 'FAILED') ORDER BY expire_time LIMIT $1) RETURNING run_id";
                let deleted = sqlx::query(self.sql(delete)).bind(AT_ONCE).fetch_all(&mut *transaction).await?;
                for row in &deleted {
                    let id = RunId::parse(&column::<String>(row, "run_id")?).ok_or(StoreError::Damaged("run id"))?;
                    self.note(&mut transaction, "retention", Deed::Expired, &id).await?;
                }
                if !deleted.is_empty() {
                    self.owes_scrub.store(true, Ordering::Release);
                }
                transaction.commit().await?;
                Ok(deleted.len() as u64)
            })
            .await?;
        if self.owes_scrub.load(Ordering::Acquire) {
            self.scrub().await?;
        }
        Ok(expired)
    }

    /// Takes what was deleted out of the files.
    async fn scrub(&self) -> Result<(), StoreError> {
        failpoint::reach("scrub");
        self.owes_scrub.store(false, Ordering::Release);
        let scrubbed = self.scrub_files().await;
        if scrubbed.is_err() {
            self.owes_scrub.store(true, Ordering::Release);
        }
        scrubbed
    }

    async fn scrub_files(&self) -> Result<(), StoreError> {
        match self.dialect {
            Dialect::Sqlite => {
                self.visit(async {
                    // One writer at a time, so that it waits for others and then finds nobody in its way.
                    let row = self.pool.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await?;
                    let busy: i64 = sqlx::Row::try_get(&row, 0)?;
                    if busy == 0 { Ok(()) } else { Err(StoreError::Unavailable("the log is in use".to_owned())) }
                })
                .await
            }
            Dialect::Postgres => {
                self.visit(async {
                    self.pool.execute("VACUUM parts").await?;
                    self.pool.execute("VACUUM runs").await?;
                    Ok(())
                })
                .await
            }
        }
    }
}
