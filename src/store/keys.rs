//! The keys of runs and drafts in the database, and that they are sealed by the store's newest.

use sqlx::{Any, AssertSqlSafe, Executor, Transaction};

use super::keyed::Keyed;
use super::row::column;
use super::seal::{DataKey, IN_CLEAR};
use super::{Store, StoreError};

/// Keys that are sealed anew in one go.
const AT_ONCE: i64 = 50;

impl Store {
    /// Draws a key, and stores it.
    pub(super) async fn add_key<K: Keyed>(
        &self,
        transaction: &mut Transaction<'static, Any>,
        of: &K,
    ) -> Result<DataKey, StoreError> {
        let key = DataKey::draw()?;
        let insert = K::statement("INSERT INTO {keys} ({id}, sealed_by, bytes) VALUES ($1, $2, $3)");
        let insert = sqlx::query(AssertSqlSafe(insert)).bind(of.as_str()).bind(self.keys.print());
        insert.bind(self.keys.wrap(of, &key)?).execute(&mut **transaction).await?;
        Ok(key)
    }

    /// The key of a run or draft.
    pub(super) async fn key<K: Keyed>(
        &self,
        transaction: &mut Transaction<'static, Any>,
        of: &K,
    ) -> Result<DataKey, StoreError> {
        let (print, bytes) = self.stored_key(transaction, of).await?;
        self.keys.unwrap(of, &print, bytes)
    }

    /// The same, in clear or sealed: in clear until a server with keys has the store open.
    pub(super) async fn any_key<K: Keyed>(
        &self,
        transaction: &mut Transaction<'static, Any>,
        of: &K,
    ) -> Result<DataKey, StoreError> {
        let (print, bytes) = self.stored_key(transaction, of).await?;
        self.keys.unwrap_any(of, &print, bytes)
    }

    async fn stored_key<K: Keyed>(
        &self,
        transaction: &mut Transaction<'static, Any>,
        of: &K,
    ) -> Result<(String, Vec<u8>), StoreError> {
        let select = K::statement("SELECT sealed_by, bytes FROM {keys} WHERE {id} = $1");
        let select = sqlx::query(AssertSqlSafe(select)).bind(of.as_str());
        let found = select.fetch_optional(&mut **transaction).await?.ok_or(StoreError::Damaged("key"))?;
        Ok((column(&found, "sealed_by")?, column(&found, "bytes")?))
    }

    /// Sees to it that the database keeps nothing of a key but its row, and lets that be written anew.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] where the user of the database does not own its tables; the database's.
    pub(super) async fn own_keys<K: Keyed>(&self) -> Result<(), StoreError> {
        if !self.is_shared() {
            return Ok(());
        }
        let owns = K::statement(
            "SELECT CAST(pg_has_role(relowner, 'USAGE') AS INT) FROM pg_class WHERE oid = '{keys}'::regclass",
        );
        if sqlx::query_scalar::<_, i32>(AssertSqlSafe(owns)).fetch_one(&self.pool).await? == 0 {
            let why = "the user of the database has to own its tables, so that what is deleted can be taken out";
            return Err(StoreError::Unusable(why.to_owned()));
        }
        let target = K::statement(
            "SELECT CAST(COALESCE(attstattarget, -1) AS INT) FROM pg_attribute \
             WHERE attrelid = '{keys}'::regclass AND attname = 'bytes'",
        );
        if sqlx::query_scalar::<_, i32>(AssertSqlSafe(target)).fetch_one(&self.pool).await? != 0 {
            let keep_none = K::statement("ALTER TABLE {keys} ALTER COLUMN bytes SET STATISTICS 0");
            self.pool.execute(AssertSqlSafe(keep_none)).await?;
        }
        Ok(())
    }

    /// Seals every key by the store's first, so that the others may be thrown away.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] where one is sealed by a key that was not given; the database's.
    pub(super) async fn seal_keys<K: Keyed>(&self) -> Result<(), StoreError> {
        let select = K::statement("SELECT DISTINCT sealed_by FROM {keys}");
        let prints: Vec<String> = sqlx::query_scalar(AssertSqlSafe(select)).fetch_all(&self.pool).await?;
        if let Some(unknown) = prints.iter().find(|&print| print != IN_CLEAR && !self.keys.knows(print)) {
            return Err(StoreError::Unusable(format!(
                "{} in it are sealed by a key of the print {unknown}, which --store-keys does not give",
                K::PLURAL
            )));
        }
        let mut after = Some(String::new());
        while let Some(last) = after {
            after = self.seal_some::<K>(&last).await?;
        }
        Ok(())
    }

    /// Seals some keys, by id, after this one; the last of them, where there may be more. One that is damaged is left as it is.
    async fn seal_some<K: Keyed>(&self, after: &str) -> Result<Option<String>, StoreError> {
        self.visit("seal_some", async {
            let mut transaction = self.begin().await?;
            let select = K::statement(
                "SELECT {id}, sealed_by, bytes FROM {keys} WHERE sealed_by <> $1 AND {id} > $2 \
                 ORDER BY {id} LIMIT $3 {skip_locked}",
            );
            let select = sqlx::query(self.sql(&select)).bind(self.keys.print()).bind(after).bind(AT_ONCE);
            let rows = select.fetch_all(&mut *transaction).await?;
            let mut last = None;
            for row in &rows {
                let id = column::<String>(row, K::ID)?;
                let of = K::parse(&id).ok_or(StoreError::Damaged(K::ID))?;
                match self.keys.unwrap_any(&of, &column::<String>(row, "sealed_by")?, column(row, "bytes")?) {
                    Ok(key) => {
                        let update = K::statement("UPDATE {keys} SET sealed_by = $1, bytes = $2 WHERE {id} = $3");
                        let update = sqlx::query(AssertSqlSafe(update)).bind(self.keys.print());
                        update.bind(self.keys.wrap(&of, &key)?).bind(&id).execute(&mut *transaction).await?;
                    }
                    Err(error) => {
                        tracing::error!(of = of.name(), %error, "its key can't be opened, and is left as it is");
                    }
                }
                last = Some(id);
            }
            transaction.commit().await?;
            Ok(last)
        })
        .await
    }
}
