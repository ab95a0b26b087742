//! The parts of a run: students' data, and sealed wherever it stands.

use sqlx::{Any, Transaction};

use super::row::column;
use super::seal::RunKey;
use super::{Store, StoreError};
use rules::domain::RunId;

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
    /// Stores a part of a run, in the place of what an earlier attempt left.
    pub(super) async fn keep(
        &self,
        transaction: &mut Transaction<'static, Any>,
        run: &RunId,
        key: &RunKey,
        part: Part,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let insert = "INSERT INTO parts (run_id, part, bytes) VALUES ($1, $2, $3) \
             ON CONFLICT (run_id, part) DO UPDATE SET bytes = excluded.bytes";
        let insert = sqlx::query(insert).bind(run.as_str()).bind(part.name()).bind(key.seal(run, part, bytes)?);
        insert.execute(&mut **transaction).await?;
        Ok(())
    }

    /// A part of a run.
    pub(super) async fn part(
        &self,
        transaction: &mut Transaction<'static, Any>,
        run: &RunId,
        key: &RunKey,
        part: Part,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let select = "SELECT bytes FROM parts WHERE run_id = $1 AND part = $2";
        let found = sqlx::query(select).bind(run.as_str()).bind(part.name()).fetch_optional(&mut **transaction).await?;
        let Some(found) = found else { return Ok(None) };
        key.open(run, part, column(&found, "bytes")?).map(Some)
    }
}
