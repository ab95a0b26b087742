//! The keys of runs in the database, and that they are sealed by the store's newest.

use sqlx::{Any, Transaction};

use super::row::column;
use super::seal::RunKey;
use super::{Store, StoreError};
use crate::domain::RunId;

/// Keys that are sealed anew in one go.
const AT_ONCE: i64 = 500;

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
        let select = "SELECT sealed_by, bytes FROM keys WHERE run_id = $1";
        let found = sqlx::query(select).bind(run.as_str()).fetch_optional(&mut **transaction).await?;
        let found = found.ok_or(StoreError::Damaged("key of the run"))?;
        self.keys.unwrap(run, &column::<String>(&found, "sealed_by")?, column(&found, "bytes")?)
    }

    /// Seals every run's key by the store's first, so that the others may be thrown away.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] where one is sealed by a key that was not given; the database's.
    pub(super) async fn seal_keys(&self) -> Result<(), StoreError> {
        let prints: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT sealed_by FROM keys").fetch_all(&self.pool).await?;
        if let Some(unknown) = prints.iter().find(|print| !self.keys.opens(print)) {
            return Err(StoreError::Unusable(format!(
                "runs in it are sealed by a key of the print {unknown}, which --store-keys does not give"
            )));
        }
        while self.seal_some().await? > 0 {}
        Ok(())
    }

    async fn seal_some(&self) -> Result<usize, StoreError> {
        self.visit(async {
            let mut transaction = self.begin().await?;
            let select = "SELECT run_id, sealed_by, bytes FROM keys WHERE sealed_by <> $1 LIMIT $2";
            let select = sqlx::query(select).bind(self.keys.print()).bind(AT_ONCE);
            let rows = select.fetch_all(&mut *transaction).await?;
            for row in &rows {
                let run = RunId::parse(&column::<String>(row, "run_id")?).ok_or(StoreError::Damaged("run id"))?;
                let sealed_by = column::<String>(row, "sealed_by")?;
                let key = self.keys.unwrap(&run, &sealed_by, column(row, "bytes")?)?;
                let update = "UPDATE keys SET sealed_by = $1, bytes = $2 WHERE run_id = $3";
                let update = sqlx::query(update).bind(self.keys.print()).bind(self.keys.wrap(&run, &key)?);
                update.bind(run.as_str()).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            Ok(rows.len())
        })
        .await
    }
}
