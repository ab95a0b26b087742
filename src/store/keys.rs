//! The keys of runs in the database, and that they are sealed by the store's newest.

use sqlx::{Any, Executor, Transaction};

use super::row::column;
use super::seal::{IN_CLEAR, RunKey};
use super::{Store, StoreError};
use rules::domain::RunId;

/// Keys that are sealed anew in one go.
const AT_ONCE: i64 = 50;

impl Store {
    /// Draws a run's key, and stores it.
    pub(super) async fn add_key(
        &self,
        transaction: &mut Transaction<'static, Any>,
        run: &RunId,
    ) -> Result<RunKey, StoreError> {
        let key = RunKey::draw()?;
        let insert = "INSERT INTO keys (run_id, sealed_by, bytes) VALUES ($1, $2, $3)";
        let insert = sqlx::query(insert).bind(run.as_str()).bind(self.keys.print());
        insert.bind(self.keys.wrap(run, &key)?).execute(&mut **transaction).await?;
        Ok(key)
    }

    /// A run's key.
    pub(super) async fn key(
        &self,
        transaction: &mut Transaction<'static, Any>,
        run: &RunId,
    ) -> Result<RunKey, StoreError> {
        let (print, bytes) = self.stored_key(transaction, run).await?;
        self.keys.unwrap(run, &print, bytes)
    }

    /// A run's key, in clear or sealed: in clear until a server with keys has the store open.
    pub(super) async fn any_key(
        &self,
        transaction: &mut Transaction<'static, Any>,
        run: &RunId,
    ) -> Result<RunKey, StoreError> {
        let (print, bytes) = self.stored_key(transaction, run).await?;
        self.keys.unwrap_any(run, &print, bytes)
    }

    async fn stored_key(
        &self,
        transaction: &mut Transaction<'static, Any>,
        run: &RunId,
    ) -> Result<(String, Vec<u8>), StoreError> {
        let select = "SELECT sealed_by, bytes FROM keys WHERE run_id = $1";
        let found = sqlx::query(select).bind(run.as_str()).fetch_optional(&mut **transaction).await?;
        let found = found.ok_or(StoreError::Damaged("key of the run"))?;
        Ok((column(&found, "sealed_by")?, column(&found, "bytes")?))
    }

    /// Sees to it that the database keeps nothing of a key but its row, and lets that be written anew.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] where the user of the database does not own its tables; the database's.
    pub(super) async fn own_keys(&self) -> Result<(), StoreError> {
        if !self.is_shared() {
            return Ok(());
        }
        let owns = "SELECT CAST(pg_has_role(relowner, 'USAGE') AS INT) FROM pg_class WHERE oid = 'keys'::regclass";
        if sqlx::query_scalar::<_, i32>(owns).fetch_one(&self.pool).await? == 0 {
            let why = "the user of the database has to own its tables, so that what is deleted can be taken out";
            return Err(StoreError::Unusable(why.to_owned()));
        }
        let target = "SELECT CAST(COALESCE(attstattarget, -1) AS INT) FROM pg_attribute WHERE attrelid = 'keys'::regclass AND attname = 'bytes'";
        if sqlx::query_scalar::<_, i32>(target).fetch_one(&self.pool).await? != 0 {
            self.pool.execute("ALTER TABLE keys ALTER COLUMN bytes SET STATISTICS 0").await?;
        }
        Ok(())
    }

    /// Seals every run's key by the store's first, so that the others may be thrown away.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] where one is sealed by a key that was not given; the database's.
    pub(super) async fn seal_keys(&self) -> Result<(), StoreError> {
        let prints: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT sealed_by FROM keys").fetch_all(&self.pool).await?;
        if let Some(unknown) = prints.iter().find(|&print| print != IN_CLEAR && !self.keys.knows(print)) {
            return Err(StoreError::Unusable(format!(
                "runs in it are sealed by a key of the print {unknown}, which --store-keys does not give"
            )));
        }
        let mut after = Some(String::new());
        while let Some(run) = after {
            after = self.seal_some(&run).await?;
        }
        Ok(())
    }

    /// Seals some keys, by run, after this one; the last of them, where there may be more. One that is damaged is left as it is.
    async fn seal_some(&self, after: &str) -> Result<Option<String>, StoreError> {
        self.visit("seal_some", async {
            let mut transaction = self.begin().await?;
            let select = "SELECT run_id, sealed_by, bytes FROM keys WHERE sealed_by <> $1 AND run_id > $2 \
                 ORDER BY run_id LIMIT $3 {skip_locked}";
            let select = sqlx::query(self.sql(select)).bind(self.keys.print()).bind(after).bind(AT_ONCE);
            let rows = select.fetch_all(&mut *transaction).await?;
            let mut last = None;
            for row in &rows {
                let id = column::<String>(row, "run_id")?;
                let run = RunId::parse(&id).ok_or(StoreError::Damaged("run id"))?;
                match self.keys.unwrap_any(&run, &column::<String>(row, "sealed_by")?, column(row, "bytes")?) {
                    Ok(key) => {
                        let update = "UPDATE keys SET sealed_by = $1, bytes = $2 WHERE run_id = $3";
                        let update = sqlx::query(update).bind(self.keys.print()).bind(self.keys.wrap(&run, &key)?);
                        update.bind(&id).execute(&mut *transaction).await?;
                    }
                    Err(error) => tracing::error!(%run, %error, "a run can't be opened, and is left as it is"),
                }
                last = Some(id);
            }
            transaction.commit().await?;
            Ok(last)
        })
        .await
    }
}
