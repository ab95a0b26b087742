//! The parts of a run or a draft: students' data, and sealed wherever it stands.

use sqlx::{Any, AssertSqlSafe, Transaction};

use super::keyed::Keyed;
use super::row::column;
use super::seal::DataKey;
use super::{Store, StoreError};

/// Part of a run that holds students' data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What was asked.
    Request,
    /// What was changed of the base run.
    Changes,
    /// The overrides that came with it.
    Overrides,
    /// The outcome.
    Outcome,
    /// What those overrides changed.
    Effects,
    /// What there is to say of the run.
    Notes,
}

impl Part {
    /// Each.
    pub(super) const ALL: [Self; 6] =
        [Self::Request, Self::Changes, Self::Overrides, Self::Outcome, Self::Effects, Self::Notes];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Changes => "CHANGES",
            Self::Overrides => "OVERRIDES",
            Self::Outcome => "OUTCOME",
            Self::Effects => "EFFECTS",
            Self::Notes => "NOTES",
        }
    }
}

impl Store {
    /// Stores a part, in the place of what stood there.
    pub(super) async fn keep<K: Keyed>(
        &self,
        transaction: &mut Transaction<'static, Any>,
        of: &K,
        key: &DataKey,
        part: K::Part,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let insert = K::statement(
            "INSERT INTO {parts} ({id}, part, bytes) VALUES ($1, $2, $3) \
             ON CONFLICT ({id}, part) DO UPDATE SET bytes = excluded.bytes",
        );
        let insert = sqlx::query(AssertSqlSafe(insert)).bind(of.as_str()).bind(K::part_name(part));
        insert.bind(key.seal(of, part, bytes)?).execute(&mut **transaction).await?;
        Ok(())
    }

    /// A part, where it is stored.
    pub(super) async fn part<K: Keyed>(
        &self,
        transaction: &mut Transaction<'static, Any>,
        of: &K,
        key: &DataKey,
        part: K::Part,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let select = K::statement("SELECT bytes FROM {parts} WHERE {id} = $1 AND part = $2");
        let select = sqlx::query(AssertSqlSafe(select)).bind(of.as_str()).bind(K::part_name(part));
        let Some(found) = select.fetch_optional(&mut **transaction).await? else { return Ok(None) };
        key.open(of, part, column(&found, "bytes")?).map(Some)
    }
}
