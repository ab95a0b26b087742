//! Drafts: seasons under work. A save names the revision that it began from, and never takes the place of one that it has not seen.

use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use super::audit::Deed;
use super::row::{column, time};
use super::{Reach, Store, StoreError};
use rules::domain::{Draft, DraftId, Timestamp};

/// The columns that [`draft`] reads.
const COLUMNS: &str = "draft_id, owner, display_name, create_time, change_time, changed_by, expire_time, revision";

/// The draft that a caller may see.
const SEEN: &str = "draft_id = $1 AND ($2 IS NULL OR owner = $2)";

/// Part of a draft that holds students' data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftPart {
    /// The files as they were sent.
    Files,
    /// Decisions, mapping and policy.
    Work,
}

impl DraftPart {
    /// Each.
    pub(super) const ALL: [Self; 2] = [Self::Files, Self::Work];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Files => "FILES",
            Self::Work => "WORK",
        }
    }
}

/// What became of a save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is stored.
    Saved(Draft),
    /// Nothing is stored: somebody has saved the draft since the revision that this save began from. The draft as it is now.
    ChangedMeanwhile(Draft),
}

/// A page of drafts.
#[derive(Debug)]
pub struct DraftPage {
    /// The drafts.
    pub drafts: Vec<Draft>,
    /// When the last of them was saved, and its id, where more follow.
    pub next: Option<(Timestamp, DraftId)>,
}

impl Store {
    /// Stores a new draft, at revision 1.
    ///
    /// `keep_seconds` is how long it is kept after its last save, for ever where unset; `most` how many drafts the owner may have, this one
    /// included.
    ///
    /// # Errors
    /// [`StoreError::TooManyDrafts`], or the database's.
    pub async fn create_draft(
        &self,
        owner: &str,
        display_name: &str,
        parts: &[(DraftPart, Vec<u8>)],
        keep_seconds: Option<i64>,
        most: i64,
    ) -> Result<Draft, StoreError> {
        self.visit("create_draft", async {
            let mut transaction = self.begin().await?;
            self.queue_up(&mut transaction, owner).await?;
            let count = "SELECT COUNT(*) FROM drafts WHERE owner = $1";
            let count: i64 = sqlx::query_scalar(count).bind(owner).fetch_one(&mut *transaction).await?;
            if count >= most {
                return Err(StoreError::TooManyDrafts { limit: most });
            }
            // The clock is read once: PostgreSQL's goes on within a statement.
            let insert = format!(
                "INSERT INTO drafts ({COLUMNS}) SELECT $1, $2, $3, at, at, $2, at + CAST($4 AS BIGINT) * 1000, 1 \
                 FROM (SELECT {{now}} AS at) AS clock RETURNING {COLUMNS}"
            );
            let inserted = sqlx::query(self.sql(&insert))
                .bind(uuid::Uuid::now_v7().to_string())
                .bind(owner)
                .bind(display_name)
                .bind(keep_seconds)
                .fetch_one(&mut *transaction)
                .await?;
            let draft = draft(&inserted)?;
            let key = self.add_key(&mut transaction, &draft.id).await?;
            for (part, bytes) in parts {
                self.keep(&mut transaction, &draft.id, &key, *part, bytes).await?;
            }
            self.note(&mut transaction, owner, Deed::DraftCreated, &draft.id).await?;
            transaction.commit().await?;
            Ok(draft)
        })
        .await
    }

    /// A draft without its parts, where the caller may see it.
    ///
    /// # Errors
    /// The database's.
    pub async fn draft(&self, reach: Reach<'_>, id: &DraftId) -> Result<Option<Draft>, StoreError> {
        self.visit("draft", async {
            let mut transaction = self.pool.begin().await?;
            self.seen(&mut transaction, reach, id).await
        })
        .await
    }

    /// A draft and parts of it, each where it is stored; that `caller` has read them is on record before they are given out.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_draft(
        &self,
        reach: Reach<'_>,
        id: &DraftId,
        parts: &[DraftPart],
        caller: &str,
    ) -> Result<Option<(Draft, Vec<Option<Vec<u8>>>)>, StoreError> {
        self.visit("read_draft", async {
            let mut transaction = self.begin_reading().await?;
            let Some(draft) = self.seen(&mut transaction, reach, id).await? else { return Ok(None) };
            let key = self.key(&mut transaction, id).await?;
            let mut read = Vec::new();
            for part in parts {
                read.push(self.part(&mut transaction, id, &key, *part).await?);
            }
            self.note(&mut transaction, caller, Deed::DraftRead, id).await?;
            transaction.commit().await?;
            Ok(Some((draft, read)))
        })
        .await
    }

    /// Saves a draft that is still at `expected_revision`: its parts that are given, its name where one is given, and for how long it is kept
    /// from now on. `None` where there is none that the caller may see.
    ///
    /// # Errors
    /// The database's.
    #[expect(clippy::too_many_arguments, reason = "each is a fact of the save")]
    pub async fn save_draft(
        &self,
        reach: Reach<'_>,
        id: &DraftId,
        caller: &str,
        expected_revision: i64,
        display_name: Option<&str>,
        parts: &[(DraftPart, Vec<u8>)],
        keep_seconds: Option<i64>,
    ) -> Result<Option<Saved>, StoreError> {
        self.visit("save_draft", async {
            let mut transaction = self.begin().await?;
            let update = format!(
                "UPDATE drafts SET display_name = COALESCE($4, display_name), change_time = {{now}}, changed_by = $5, \
                 expire_time = {{now}} + CAST($6 AS BIGINT) * 1000, revision = revision + 1 \
                 WHERE {SEEN} AND revision = $3 RETURNING {COLUMNS}"
            );
            let updated = sqlx::query(self.sql(&update))
                .bind(id.as_str())
                .bind(reach.owner())
                .bind(expected_revision)
                .bind(display_name)
                .bind(caller)
                .bind(keep_seconds)
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(updated) = updated else {
                let now = self.seen(&mut transaction, reach, id).await?;
                return Ok(now.map(Saved::ChangedMeanwhile));
            };
            let draft = draft(&updated)?;
            let key = self.key(&mut transaction, id).await?;
            for (part, bytes) in parts {
                self.keep(&mut transaction, id, &key, *part, bytes).await?;
            }
            self.note(&mut transaction, caller, Deed::DraftSaved, id).await?;
            transaction.commit().await?;
            Ok(Some(Saved::Saved(draft)))
        })
        .await
    }

    /// A page of drafts, the one that was saved last first.
    ///
    /// # Errors
    /// The database's.
    pub async fn drafts(
        &self,
        reach: Reach<'_>,
        after: Option<&(Timestamp, DraftId)>,
        size: usize,
    ) -> Result<DraftPage, StoreError> {
        self.visit("drafts", async {
            let select = format!(
                "SELECT {COLUMNS} FROM drafts WHERE ($1 IS NULL OR owner = $1) \
                 AND ($2 IS NULL OR change_time < $2 OR (change_time = $2 AND draft_id < $3)) \
                 ORDER BY change_time DESC, draft_id DESC LIMIT $4"
            );
            let found = sqlx::query(self.sql(&select))
                .bind(reach.owner())
                .bind(after.map(|(changed, _)| changed.as_millisecond()))
                .bind(after.map_or("", |(_, id)| id.as_str()))
                .bind(i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1))
                .fetch_all(&self.pool)
                .await?;
            let mut drafts = found.iter().map(draft).collect::<Result<Vec<_>, _>>()?;
            let more = drafts.len() > size;
            drafts.truncate(size);
            let last = drafts.last().map(|draft| (draft.changed, draft.id.clone()));
            Ok(DraftPage { drafts, next: last.filter(|_| more) })
        })
        .await
    }

    /// Deletes a draft. False where there is none that the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_draft(&self, reach: Reach<'_>, id: &DraftId, caller: &str) -> Result<bool, StoreError> {
        let deleted = self
            .visit("delete_draft", async {
                let mut transaction = self.begin().await?;
                let delete = self.sql(&format!("DELETE FROM drafts WHERE {SEEN}"));
                let delete = sqlx::query(delete).bind(id.as_str()).bind(reach.owner());
                if delete.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                self.note(&mut transaction, caller, Deed::DraftDeleted, id).await?;
                self.scrubs.owe();
                transaction.commit().await?;
                Ok(true)
            })
            .await?;
        if deleted {
            self.scrub().await;
        }
        Ok(deleted)
    }

    async fn seen(
        &self,
        transaction: &mut Transaction<'static, Any>,
        reach: Reach<'_>,
        id: &DraftId,
    ) -> Result<Option<Draft>, StoreError> {
        let select = self.sql(&format!("SELECT {COLUMNS} FROM drafts WHERE {SEEN}"));
        let found =
            sqlx::query(select).bind(id.as_str()).bind(reach.owner()).fetch_optional(&mut **transaction).await?;
        found.as_ref().map(draft).transpose()
    }
}

/// Reads a draft.
fn draft(row: &AnyRow) -> Result<Draft, StoreError> {
    Ok(Draft {
        id: DraftId::parse(&column::<String>(row, "draft_id")?).ok_or(StoreError::Damaged("draft id"))?,
        owner: column(row, "owner")?,
        display_name: column(row, "display_name")?,
        created: time(column(row, "create_time")?)?,
        changed: time(column(row, "change_time")?)?,
        changed_by: column(row, "changed_by")?,
        expires: column::<Option<i64>>(row, "expire_time")?.map(time).transpose()?,
        revision: column(row, "revision")?,
    })
}
