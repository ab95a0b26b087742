//! Pages: how large, and where the next one begins (AIP-158).

use tonic::Status;

use super::status;
use rules::codes;
use rules::domain::{RunId, Timestamp};
use rules::finding::At;
use store::Entry;

/// Runs of a page where none is asked for, and at most.
const USUAL: i32 = 50;
const MOST: i32 = 1_000;

/// Reads how large a page is to be; more than the most is the most.
pub(super) fn size(asked: i32) -> Result<usize, Status> {
    let size = if asked == 0 { USUAL } else { asked.min(MOST) };
    usize::try_from(size).map_err(|_| status::field(&codes::OUT_OF_RANGE, At::root("page_size"), "below 0"))
}

/// Writes where the next page begins: after this run.
pub(super) fn write_token((created, id): &(Timestamp, RunId)) -> String {
    format!("{}.{id}", created.as_millisecond())
}

/// Reads it.
pub(super) fn read_token(token: &str) -> Result<Option<(Timestamp, RunId)>, Status> {
    if token.is_empty() {
        return Ok(None);
    }
    let read = token.split_once('.').and_then(|(created, id)| {
        let created = Timestamp::from_millisecond(created.parse().ok()?).ok()?;
        Some((created, RunId::parse(id)?))
    });
    let malformed = || status::field(&codes::MALFORMED_PAGE_TOKEN, At::root("page_token"), "not a token of a page");
    read.map(Some).ok_or_else(malformed)
}

/// Writes where the next page of the ledger begins: after this entry.
pub(super) fn write_entry_token(entry: &Entry) -> String {
    format!("{}.{}", entry.place, write_token(&(entry.made, entry.run.clone())))
}

/// Reads it; of the entry only what says where it stands.
pub(super) fn read_entry_token(token: &str) -> Result<Option<Entry>, Status> {
    if token.is_empty() {
        return Ok(None);
    }
    let malformed = || status::field(&codes::MALFORMED_PAGE_TOKEN, At::root("page_token"), "not a token of a page");
    let (place, rest) = token.split_once('.').ok_or_else(malformed)?;
    let place = place.parse().map_err(|_| malformed())?;
    let (made, run) = read_token(rest)?.ok_or_else(malformed)?;
    Ok(Some(Entry { run, place, made_by: String::new(), made, kind: 0 }))
}
