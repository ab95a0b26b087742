//! Reading runs. Reading a part is a deed, noted before anything is given out.

use super::audit::Deed;
use super::parts::Part;
use super::row;
use super::{Hint, Reach, Store, StoreError, failpoint};
use rules::domain::{Run, RunFilter, RunId, Timestamp};

/// A page of runs.
#[derive(Debug)]
pub struct Page {
    /// The runs.
    pub runs: Vec<Run>,
    /// The last of them, where more follow.
    pub next: Option<(Timestamp, RunId)>,
}

/// How full the queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueFigures {
    /// Runs that wait.
    pub pending: i64,
    /// Runs that a worker has.
    pub running: i64,
    /// How long the oldest has waited, in milliseconds.
    pub oldest_milliseconds: i64,
}

impl Store {
    /// A run, where the caller may see it.
    ///
    /// # Errors
    /// The database's.
    pub async fn run(&self, reach: Reach<'_>, id: &RunId) -> Result<Option<Run>, StoreError> {
        self.visit("run", async {
            let select = self.sql("SELECT {columns} FROM runs WHERE run_id = $1 AND ($2 IS NULL OR owner = $2)");
            let found = sqlx::query(select).bind(id.as_str()).bind(reach.owner()).fetch_optional(&self.pool).await?;
            found.map(|found| row::run(&found)).transpose()
        })
        .await
    }

    /// A run and parts of it, each where it is stored; that `caller` has read them is on record before they are given out.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(
        &self,
        reach: Reach<'_>,
        id: &RunId,
        parts: &[Part],
        (caller, deeds): (&str, &[Deed]),
    ) -> Result<Option<(Run, Vec<Option<Vec<u8>>>)>, StoreError> {
        self.visit("read", async {
            let mut transaction = self.begin_reading().await?;
            let select = self.sql("SELECT {columns} FROM runs WHERE run_id = $1 AND ($2 IS NULL OR owner = $2)");
            let found =
                sqlx::query(select).bind(id.as_str()).bind(reach.owner()).fetch_optional(&mut *transaction).await?;
            let Some(run) = found.map(|found| row::run(&found)).transpose()? else { return Ok(None) };
            let key = self.key(&mut transaction, id).await?;
            let mut read = Vec::new();
            for part in parts {
                read.push(self.part(&mut transaction, id, &key, *part).await?);
            }
            for deed in deeds {
                self.note(&mut transaction, caller, *deed, id).await?;
            }
            transaction.commit().await?;
            Ok(Some((run, read)))
        })
        .await
    }

    /// A page of runs.
    ///
    /// # Errors
    /// The database's.
    pub async fn list(
        &self,
        reach: Reach<'_>,
        filter: &RunFilter,
        after: Option<&(Timestamp, RunId)>,
        size: usize,
    ) -> Result<Page, StoreError> {
        self.visit("list", async {
            let states: Vec<String> = filter.states.iter().map(|state| format!("'{}'", state.name())).collect();
            let in_states =
                if states.is_empty() { String::new() } else { format!("AND state IN ({})", states.join(", ")) };
            let label = |place: usize| format!("AND {{place_of}}(labels, ${}) > 0 ", place + 10);
            let labels: String = (0..filter.labels.len()).map(label).collect();
            let (beyond, order) = if filter.oldest_first { (">", "ASC") } else { ("<", "DESC") };
            let select = format!(
                "SELECT {{columns}} FROM runs WHERE ($1 IS NULL OR owner = $1) AND ($2 IS NULL OR term = $2) \
                 AND ($3 IS NULL OR create_time {beyond} $3 OR (create_time = $3 AND run_id {beyond} $4)) \
                 AND ($6 IS NULL OR owner = $6) AND ($7 IS NULL OR create_time >= $7) AND ($8 IS NULL OR create_time < $8) \
                 AND ($9 IS NULL OR {{place_of}}(display_name, $9) > 0) {labels} {in_states} \
                 ORDER BY create_time {order}, run_id {order} LIMIT $5"
            );
            // A run is stored at a whole millisecond.
            let from = |time: Timestamp| time.as_millisecond() + i64::from(time.subsec_nanosecond() % 1_000_000 != 0);
            let mut query = sqlx::query(self.sql(&select))
                .bind(reach.owner())
                .bind(filter.term.as_deref())
                .bind(after.map(|(created, _)| created.as_millisecond()))
                .bind(after.map_or("", |(_, id)| id.as_str()))
                .bind(i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1))
                .bind(filter.owner.as_deref())
                .bind(filter.from.map(from))
                .bind(filter.before.map(from))
                .bind(filter.display_name.as_deref());
            for (name, value) in &filter.labels {
                query = query.bind(format!("\n{name}={value}\n"));
            }
            let found = query.fetch_all(&self.pool).await?;
            let mut runs = found.iter().map(row::run).collect::<Result<Vec<_>, _>>()?;
            let more = runs.len() > size;
            runs.truncate(size);
            let last = runs.last().map(|run| (run.created, run.id.clone()));
            Ok(Page { runs, next: last.filter(|_| more) })
        })
        .await
    }

    /// Asks for the end of a run: at once where it waits, else through its worker. `None` where there is no such run.
    ///
    /// # Errors
    /// [`StoreError::Finished`], or the database's.
    pub async fn cancel(&self, reach: Reach<'_>, id: &RunId, caller: &str) -> Result<Option<Run>, StoreError> {
        self.visit("cancel", async {
            let mut transaction = self.begin().await?;
            failpoint::reach("cancel");
            let update = self.sql(
                "UPDATE runs SET cancelled_by = COALESCE(cancelled_by, $3), revision = revision + 1, \
                 end_time = CASE WHEN state = 'PENDING' THEN {now} END, \
                 state = CASE WHEN state = 'PENDING' THEN 'CANCELLED' ELSE state END \
                 WHERE run_id = $1 AND ($2 IS NULL OR owner = $2) AND state IN ('PENDING', 'RUNNING') RETURNING {columns}",
            );
            let updated = sqlx::query(update)
                .bind(id.as_str())
                .bind(reach.owner())
                .bind(caller)
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(updated) = updated else {
                drop(transaction);
                return match self.run(reach, id).await? {
                    Some(_) => Err(StoreError::Finished),
                    None => Ok(None),
                };
            };
            let run = row::run(&updated)?;
            self.note(&mut transaction, caller, Deed::CancelRequested, id).await?;
            self.commit(transaction, Hint::End(id.clone())).await?;
            Ok(Some(run))
        })
        .await
    }

    /// How full the queue is, over all callers.
    ///
    /// # Errors
    /// The database's.
    pub async fn queue(&self) -> Result<QueueFigures, StoreError> {
        self.visit("queue", async {
            let count = "SELECT COUNT(*) FROM runs WHERE state = $1";
            let pending = sqlx::query_scalar(count).bind("PENDING").fetch_one(&self.pool).await?;
            let running = sqlx::query_scalar(count).bind("RUNNING").fetch_one(&self.pool).await?;
            let oldest = "SELECT COALESCE({now} - MIN(create_time), 0) FROM runs WHERE state = 'PENDING'";
            let oldest_milliseconds = sqlx::query_scalar(self.sql(oldest)).fetch_one(&self.pool).await?;
            Ok(QueueFigures { pending, running, oldest_milliseconds })
        })
        .await
    }
}
