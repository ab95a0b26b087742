//! Deleting runs and drafts, and taking them out of the files as far as the database lets us.
//!
//! What is deleted is the parts of a run or draft, and the key that alone opens them. SQLite overwrites both (`secure_delete`), and the log in
//! which the pages stood before is emptied. PostgreSQL frees the rows of the parts and overwrites them some day; the small tables of keys are
//! written anew at once, without the deleted, and the files that had them are removed; it keeps no statistics of them. A transaction that began
//! before may keep a dead row in the new file, so the tables are written once more when those of ours have ended. PostgreSQL's own log, copies
//! and backups keep the key, sealed where the store has keys (`deploy/when-one-machine-is-not-enough.md`).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{Any, Executor, Transaction};

use super::audit::{Deed, RETENTION};
use super::keyed::Keyed;
use super::row::column;
use super::{Dialect, Hint, Reach, Store, StoreError, failpoint};
use rules::domain::{DraftId, RunId};

/// Gives pages of SQLite's file that nothing stands on back to the system, some at a time: 64 MiB of 4 KiB each.
const GIVE_BACK: &str = "PRAGMA incremental_vacuum(16384)";

/// Runs, and drafts, that are deleted in one go because their time is over.
const AT_ONCE: i64 = 100;

impl Store {
    /// Deletes a run. False where there is none that the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete(&self, reach: Reach<'_>, id: &RunId, caller: &str) -> Result<bool, StoreError> {
        let deleted = self
            .visit("delete", async {
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
                self.scrubs.owe();
                self.commit(transaction, Hint::End(id.clone())).await?;
                Ok(true)
            })
            .await?;
        if deleted {
            self.scrub().await;
        }
        Ok(deleted)
    }

    /// Deletes finished runs and drafts whose time is over and forgets sessions that nobody uses. Takes out of the files what was deleted
    /// before and is still there. Says how many runs and drafts it deleted.
    ///
    /// # Errors
    /// The database's.
    pub async fn expire(&self) -> Result<u64, StoreError> {
        let expired = self
            .visit("expire", async {
                let mut transaction = self.begin().await?;
                let finished = "AND state IN ('SUCCEEDED', 'CANCELLED', 'FAILED')";
                let runs = self.delete_expired::<RunId>(&mut transaction, finished).await?;
                let drafts = self.delete_expired::<DraftId>(&mut transaction, "").await?;
                self.forget_sessions(&mut transaction).await?;
                if runs + drafts > 0 {
                    self.scrubs.owe();
                }
                transaction.commit().await?;
                Ok(runs + drafts)
            })
            .await?;
        self.scrub().await;
        Ok(expired)
    }

    /// Deletes some whose time is over, and notes that; says how many.
    async fn delete_expired<K: Keyed>(
        &self,
        transaction: &mut Transaction<'static, Any>,
        only: &str,
    ) -> Result<u64, StoreError> {
        // PostgreSQL waits for who saves a draft just now, and then asks the outer condition alone once more.
        let delete = K::statement(
            "DELETE FROM {things} WHERE expire_time < {now} AND {id} IN \
             (SELECT {id} FROM {things} WHERE expire_time < {now} {only} ORDER BY expire_time LIMIT $1) RETURNING {id}",
        );
        let delete = self.sql(&delete.replace("{only}", only));
        let deleted = sqlx::query(delete).bind(AT_ONCE).fetch_all(&mut **transaction).await?;
        for row in &deleted {
            let of = K::parse(&column::<String>(row, K::ID)?).ok_or(StoreError::Damaged(K::ID))?;
            self.note(transaction, RETENTION, Deed::Expired, &of).await?;
        }
        Ok(deleted.len() as u64)
    }

    /// Takes what was deleted out of the files, in a task of its own that nobody's leaving ends.
    pub(super) async fn scrub(&self) {
        let store = self.clone();
        // It does not panic; where it was ended, the process ends.
        let _ = tokio::spawn(async move { store.scrub_once().await }).await;
    }

    /// Does so once for all who wait. Where the files are in use, nobody waits for that: it is tried again with the next look at what has
    /// expired.
    async fn scrub_once(&self) {
        failpoint::reach("scrub");
        let failures = self.scrubs.failures();
        let _turn = self.scrubs.turn.lock().await;
        if self.scrubs.failures() != failures {
            return;
        }
        let Some(owed) = self.scrubs.take() else { return };
        if let Err(error) = self.scrub_files().await {
            self.scrubs.owe_again(owed);
            tracing::warn!(%error, "what was deleted is not out of the files yet");
        }
    }

    async fn scrub_files(&self) -> Result<(), StoreError> {
        // Everybody else waits behind it, so that it waits for nobody itself.
        let (soon, scrub, usual) = match self.dialect {
            Dialect::Sqlite => {
                ("PRAGMA busy_timeout = 100", &["PRAGMA wal_checkpoint(TRUNCATE)"][..], "PRAGMA busy_timeout = 5000")
            }
            Dialect::Postgres => (
                "SET lock_timeout = '200ms'",
                &["VACUUM FULL keys", "VACUUM FULL draft_keys"][..],
                "SET lock_timeout = '3s'",
            ),
        };
        self.visit("scrub_files", async {
            let mut connection = self.pool.acquire().await?;
            connection.execute(soon).await?;
            if self.dialect == Dialect::Sqlite {
                // Where the file is in use the space is given back some other time.
                let _ = connection.execute(GIVE_BACK).await;
            }
            let mut scrubbed = Vec::new();
            for &statement in scrub {
                // One that is in use keeps the other from nothing.
                scrubbed.push(connection.fetch_optional(statement).await);
            }
            connection.execute(usual).await?;
            for row in scrubbed {
                let busy = row?.map_or(Ok(0), |row| sqlx::Row::try_get::<i64, _>(&row, 0))?;
                if busy != 0 {
                    return Err(StoreError::Unavailable("the log is in use".to_owned()));
                }
            }
            Ok(())
        })
        .await
    }
}

/// How long after a deletion no transaction of ours from before it can still be open: a visit, and what the database lets one idle.
const LAST_READER: Duration = Duration::from_secs(20);

/// What was deleted and may still stand in the files.
pub(super) struct Scrubs {
    /// Held by whoever takes it out.
    turn: tokio::sync::Mutex<()>,
    owed: Mutex<Owed>,
    failures: AtomicU64,
}

/// When files are to be scrubbed.
#[derive(Debug, Clone, Copy, Default)]
struct Owed {
    /// Now.
    now: bool,
    /// Once more, when who might have read before the deletion has ended.
    later: Option<Instant>,
}

impl Scrubs {
    /// Something was, or may have been, deleted just now.
    pub fn owing() -> Self {
        let scrubs = Self { turn: tokio::sync::Mutex::default(), owed: Mutex::default(), failures: AtomicU64::new(0) };
        scrubs.owe();
        scrubs
    }

    pub fn owe(&self) {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        *owed = Owed { now: true, later: Some(Instant::now() + LAST_READER) };
    }

    /// Takes what is due; `None` where nothing is.
    fn take(&self) -> Option<Owed> {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        let later = owed.later.filter(|&later| later <= Instant::now());
        if !owed.now && later.is_none() {
            return None;
        }
        let taken = Owed { now: owed.now, later };
        owed.now = false;
        owed.later = owed.later.filter(|_| later.is_none());
        Some(taken)
    }

    fn owe_again(&self, taken: Owed) {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        owed.now |= taken.now;
        owed.later = owed.later.or(taken.later);
        self.failures.fetch_add(1, Ordering::AcqRel);
    }

    fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }
}
