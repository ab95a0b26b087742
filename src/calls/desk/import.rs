//! TEMPORARY
use crate::*;
pub fn import_tables(
    _: pb::ImportSeasonRequest,
    _: Option<&pb::Instance>,
    _: &Caller,
) -> Result<pb::ImportSeasonResponse, CallError> {
    Err(CallError::Stopped)
}
pub fn import(
    _: pb::ImportSeasonRequest,
    _: Option<&StoredRun>,
    _: &Caller,
) -> Result<Option<pb::ImportSeasonResponse>, CallError> {
    Err(CallError::Stopped)
}
