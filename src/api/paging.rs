//! Pages: how large, and where the next one begins (AIP-158). A token is bound to the list that it goes on with.

use sha2::{Digest, Sha256};
use tonic::Status;

use super::status;
use rules::codes;
use rules::domain::{RunId, Timestamp};
use rules::finding::At;
use rules::hexadecimal;
use store::Entry;

/// Runs of a page where none is asked for, and at most.
const USUAL: i32 = 50;
const MOST: i32 = 1_000;

/// Digits of a token that tell lists apart.
const PRINT: usize = 12;

/// Reads how large a page is to be; more than the most is the most.
pub(super) fn size(asked: i32) -> Result<usize, Status> {
    let size = if asked == 0 { USUAL } else { asked.min(MOST) };
    usize::try_from(size).map_err(|_| {
        status::field(&codes::OUT_OF_RANGE, At::root("page_size"), &format!("{asked}; 0 or more is allowed"))
    })
}

/// A list that is given in pages, by what is asked of it.
pub(super) struct List {
    print: String,
}

impl List {
    /// The list of a request, whose page is left out.
    pub fn of<M: wire::Stored>(request: &M) -> Self {
        let mut print = hexadecimal::write(&Sha256::digest(wire::encode(request)));
        print.truncate(PRINT);
        Self { print }
    }

    /// Writes where the next page begins: after this run.
    pub fn write_token(&self, (created, id): &(Timestamp, RunId)) -> String {
        format!("{}.{}.{id}", self.print, created.as_millisecond())
    }

    /// Reads it.
    pub fn read_token(&self, token: &str) -> Result<Option<(Timestamp, RunId)>, Status> {
        let read = |rest: &str| {
            let (created, id) = rest.split_once('.')?;
            Some((Timestamp::from_millisecond(created.parse().ok()?).ok()?, RunId::parse(id)?))
        };
        self.read(token, read)
    }

    /// Writes where the next page of the ledger begins: after this entry.
    pub fn write_entry_token(&self, entry: &Entry) -> String {
        format!("{}.{}.{}.{}", self.print, entry.made.as_millisecond(), entry.run, entry.place)
    }

    /// Reads it; of the entry only what says where it stands.
    pub fn read_entry_token(&self, token: &str) -> Result<Option<Entry>, Status> {
        let read = |rest: &str| {
            let [made, run, place] = rest.split('.').collect::<Vec<_>>()[..] else { return None };
            let made = Timestamp::from_millisecond(made.parse().ok()?).ok()?;
            let (run, place) = (RunId::parse(run)?, place.parse().ok()?);
            Some(Entry { run, place, made_by: String::new(), made, kind: 0 })
        };
        self.read(token, read)
    }

    /// Reads what follows the print.
    fn read<T>(&self, token: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Status> {
        if token.is_empty() {
            return Ok(None);
        }
        let malformed = |why| status::field(&codes::MALFORMED_PAGE_TOKEN, At::root("page_token"), why);
        let (print, rest) = token.split_once('.').ok_or_else(|| malformed("not a token of a page"))?;
        let told = read(rest).ok_or_else(|| malformed("not a token of a page"))?;
        if print == self.print { Ok(Some(told)) } else { Err(malformed("a token of another request")) }
    }
}
