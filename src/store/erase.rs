//! Deleting runs, and taking them out of the files as far as the database lets us.
//!
//! What is deleted is a run's parts, and the key that alone opens them. SQLite overwrites both (`secure_delete`), and the log in which the
//! pages stood before is emptied. PostgreSQL frees the rows of the parts and overwrites them some day; the small table of keys is written anew
//! at once, without the deleted, and the file that had them is removed. A transaction that began before may keep a dead row in the new file, so
//! the table is written once more with a later look. PostgreSQL's own log, copies and backups keep the key of the run, sealed where the store
//! has keys (`deploy/when-one-machine-is-not-enough.md`).

use std::sync::atomic::Ordering;

use sqlx::Executor;

use super::audit::{Deed, RETENTION};
use super::row::column;
use super::{Dialect, Hint, Reach, Store, StoreError, failpoint};
use crate::domain::RunId;

/// How often files are scrubbed after something was deleted.
pub(super) const SCRUBS: u8 = 2;

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
                self.owed_scrubs.store(SCRUBS, Ordering::Release);
                self.commit(transaction, Hint::End(id.clone())).await?;
                Ok(true)
            })
            .await?;
        if deleted {
            self.scrub().await;
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
                    self.note(&mut transaction, RETENTION, Deed::Expired, &id).await?;
                }
                if !deleted.is_empty() {
                    self.owed_scrubs.store(SCRUBS, Ordering::Release);
                }
                transaction.commit().await?;
                Ok(deleted.len() as u64)
            })
            .await?;
        self.scrub().await;
        Ok(expired)
    }

    /// Takes what was deleted out of the files, one at a time, and once for all who wait. Where they are in use, it is tried again with the
    /// next look at what has expired.
    async fn scrub(&self) {
        failpoint::reach("scrub");
        let _turn = self.scrubbing.lock().await;
        let owed = self.owed_scrubs.swap(0, Ordering::AcqRel);
        if owed == 0 {
            return;
        }
        let scrubbed = self.scrub_files().await;
        self.owed_scrubs.fetch_max(if scrubbed.is_ok() { owed - 1 } else { owed }, Ordering::AcqRel);
        if let Err(error) = scrubbed {
            tracing::warn!(%error, "what was deleted is not out of the files yet");
        }
    }

    async fn scrub_files(&self) -> Result<(), StoreError> {
        match self.dialect {
            Dialect::Sqlite => {
                self.visit(async {
                    let row = self.pool.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await?;
                    let busy: i64 = sqlx::Row::try_get(&row, 0)?;
                    if busy == 0 { Ok(()) } else { Err(StoreError::Unavailable("the log is in use".to_owned())) }
                })
                .await
            }
            Dialect::Postgres => {
                self.visit(async {
                    self.pool.execute("VACUUM FULL keys").await?;
                    self.pool.execute("VACUUM parts").await?;
                    self.pool.execute("VACUUM runs").await?;
                    Ok(())
                })
                .await
            }
        }
    }
}
