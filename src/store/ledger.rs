//! The ledger: who decided something, and when. Rows are added with the run and never changed; whom they
//! are about is a part of the run, and goes with it.

use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::row::{column, time};
use super::{Reach, Store, StoreError};
use rules::domain::{Run, RunId, Timestamp};

/// Rows that one statement adds.
const AT_ONCE: usize = 500;

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The run that it came with.
    pub run: RunId,
    /// Its place in the run's part.
    pub place: i64,
    /// Who sent it.
    pub made_by: String,
    /// When.
    pub made: Timestamp,
    /// The number of its kind.
    pub kind: i32,
}

impl Store {
    /// Adds what came with a run.
    pub(super) async fn add_to_ledger(
        &self,
        transaction: &mut Transaction<'static, Any>,
        run: &Run,
        kinds: &[i32],
    ) -> Result<(), StoreError> {
        let numbered: Vec<(i64, i32)> = (0..).zip(kinds.iter().copied()).collect();
        for rows in numbered.chunks(AT_ONCE) {
            let values: Vec<String> =
                rows.iter().map(|(place, kind)| format!("($1, {place}, $2, $3, {kind})")).collect();
            let insert =
                format!("INSERT INTO overrides (run_id, place, owner, make_time, kind) VALUES {}", values.join(", "));
            sqlx::query(AssertSqlSafe(insert))
                .bind(run.id.as_str())
                .bind(&run.asked.owner)
                .bind(run.created.as_millisecond())
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }

    /// A page of the ledger, the newest first, and the last of it where more follows.
    ///
    /// # Errors
    /// The database's.
    pub async fn ledger(
        &self,
        reach: Reach<'_>,
        run: Option<&RunId>,
        after: Option<&Entry>,
        size: usize,
    ) -> Result<(Vec<Entry>, bool), StoreError> {
        self.visit("ledger", async {
            let select = "SELECT run_id, place, owner, make_time, kind FROM overrides \
                 WHERE ($1 IS NULL OR owner = $1) AND ($2 IS NULL OR run_id = $2) \
                 AND ($3 IS NULL OR make_time < $3 OR (make_time = $3 AND (run_id < $4 OR (run_id = $4 AND place > $5)))) \
                 ORDER BY make_time DESC, run_id DESC, place LIMIT $6";
            let found = sqlx::query(select)
                .bind(reach.owner())
                .bind(run.map(RunId::as_str))
                .bind(after.map(|after| after.made.as_millisecond()))
                .bind(after.map_or("", |after| after.run.as_str()))
                .bind(after.map_or(0, |after| after.place))
                .bind(i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1))
                .fetch_all(&self.pool)
                .await?;
            let mut entries = found.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
            let more = entries.len() > size;
            entries.truncate(size);
            Ok((entries, more))
        })
        .await
    }
}

fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        run: RunId::parse(&column::<String>(row, "run_id")?).ok_or(StoreError::Damaged("run id"))?,
        place: column(row, "place")?,
        made_by: column(row, "owner")?,
        made: time(column(row, "make_time")?)?,
        kind: i32::try_from(column::<i64>(row, "kind")?).map_err(|_| StoreError::Damaged("kind"))?,
    })
}
