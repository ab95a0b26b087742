//! Who else has a draft before them, so that two people in one draft know of each other.

use std::time::Duration;

use super::lease::milliseconds;
use super::row::{column, time};
use super::{Reach, Store, StoreError};
use rules::domain::{DraftId, Timestamp};

/// How long somebody counts as there.
const THERE: Duration = Duration::from_secs(2 * 60);

/// How long a visit is kept.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// Somebody who was at a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Who.
    pub caller: String,
    /// When last.
    pub visited: Timestamp,
}

impl Store {
    /// Notes that a visitor has a draft before them, and tells of the others who were there in the last two minutes, the latest first. `visitor`
    /// stands for one browser of `caller`. `None` where there is no draft that the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn visit_draft(
        &self,
        reach: Reach<'_>,
        id: &DraftId,
        visitor: &str,
        caller: &str,
    ) -> Result<Option<Vec<Visit>>, StoreError> {
        self.visit("visit_draft", async {
            let mut transaction = self.begin().await?;
            let insert = "INSERT INTO draft_visits (draft_id, visitor, caller, visit_time) \
                 SELECT draft_id, $3, $4, {now} FROM drafts WHERE draft_id = $1 AND ($2 IS NULL OR owner = $2) \
                 ON CONFLICT (draft_id, visitor) DO UPDATE SET caller = excluded.caller, visit_time = excluded.visit_time";
            let insert = sqlx::query(self.sql(insert)).bind(id.as_str()).bind(reach.owner()).bind(visitor).bind(caller);
            match insert.execute(&mut *transaction).await {
                Ok(inserted) if inserted.rows_affected() == 0 => return Ok(None),
                Ok(_) => {}
                // The draft was deleted in between.
                Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            let forget = "DELETE FROM draft_visits WHERE (draft_id, visitor) IN \
                 (SELECT draft_id, visitor FROM draft_visits WHERE visit_time < {now} - $1 {skip_locked})";
            sqlx::query(self.sql(forget)).bind(milliseconds(KEPT)).execute(&mut *transaction).await?;
            let others = "SELECT caller, visit_time FROM draft_visits \
                 WHERE draft_id = $1 AND visitor <> $2 AND visit_time >= {now} - $3 ORDER BY visit_time DESC, visitor";
            let others = sqlx::query(self.sql(others)).bind(id.as_str()).bind(visitor).bind(milliseconds(THERE));
            let others = others.fetch_all(&mut *transaction).await?;
            transaction.commit().await?;
            let visits = others.iter().map(|row| {
                Ok(Visit { caller: column(row, "caller")?, visited: time(column(row, "visit_time")?)? })
            });
            visits.collect::<Result<_, StoreError>>().map(Some)
        })
        .await
    }
}
