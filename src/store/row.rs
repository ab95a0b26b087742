//! A row of the table of runs as a [`Run`].

use std::collections::BTreeMap;

use sqlx::any::AnyRow;
use sqlx::{Decode, Row, Type};

use super::StoreError;
use rules::domain::{NewRun, Run, RunId, RunState, Timestamp};

/// The columns that [`run`] reads.
pub(super) const COLUMNS: &str = "run_id, owner, request_id, payload_digest, term, base_run_id, digest, engine_version, solver_version, \
     lottery_seed, student_count, project_count, create_time, expire_time, state, start_time, end_time, attempts, cancelled_by, failure, \
     outcome_status, placed_count, progress, revision, display_name, labels";

/// Reads a column.
pub(super) fn column<'r, T>(row: &'r AnyRow, name: &'static str) -> Result<T, StoreError>
where
    T: Decode<'r, sqlx::Any> + Type<sqlx::Any>,
{
    row.try_get(name).map_err(|_| StoreError::Damaged(name))
}

/// Reads a time.
pub(super) fn time(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::Damaged("time"))
}

/// Labels as they are stored: each a line, and a line break before the first, so that a label is found by its line.
pub(super) fn write_labels(labels: &BTreeMap<String, String>) -> String {
    let lines: String = labels.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn read_labels(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Reads a run.
pub(super) fn run(row: &AnyRow) -> Result<Run, StoreError> {
    let text = |name| column::<String>(row, name);
    let number = |name| column::<i64>(row, name);
    let time_of = |name| column::<Option<i64>>(row, name)?.map(time).transpose();
    let id = |text: String| RunId::parse(&text).ok_or(StoreError::Damaged("run id"));
    let state = RunState::of_name(&text("state")?).ok_or(StoreError::Damaged("state"))?;
    // What an attempt has left is no outcome before the run has ended.
    let outcome_status = column::<Option<i64>>(row, "outcome_status")?.filter(|_| state.is_finished());
    Ok(Run {
        id: id(text("run_id")?)?,
        asked: NewRun {
            owner: text("owner")?,
            request_id: column(row, "request_id")?,
            payload_digest: text("payload_digest")?,
            term: text("term")?,
            base_run: column::<Option<String>>(row, "base_run_id")?.map(id).transpose()?,
            digest: text("digest")?,
            engine_version: text("engine_version")?,
            solver_version: text("solver_version")?,
            lottery_seed: number("lottery_seed")?,
            student_count: number("student_count")?,
            project_count: number("project_count")?,
            display_name: text("display_name")?,
            labels: read_labels(&text("labels")?),
        },
        state,
        created: time(number("create_time")?)?,
        started: time_of("start_time")?,
        ended: time_of("end_time")?,
        expires: time_of("expire_time")?,
        attempts: number("attempts")?,
        cancelled_by: column(row, "cancelled_by")?,
        failure: column(row, "failure")?,
        outcome_status: outcome_status.and_then(|status| i32::try_from(status).ok()),
        placed_count: column::<Option<i64>>(row, "placed_count")?.filter(|_| state.is_finished()),
        progress: column(row, "progress")?,
        revision: number("revision")?,
    })
}
