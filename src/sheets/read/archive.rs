//! [`Archive`]: a zip file in memory, of which only what is asked for is unpacked, and counted as it comes out.

use super::Unreadable;
use super::budget::Budget;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// How many entries a workbook may have. Real ones have some hundreds at most.
const ENTRIES: usize = 10_000;

/// How an entry of a zip file's directory begins.
const ENTRY: &[u8] = b"PK\x01\x02";

/// How the end of a long directory begins, and what leads to it, which stands near the end of the file.
const LONG_END: &[u8] = b"PK\x06\x06";
const LONG_LOCATOR: &[u8] = b"PK\x06\x07";

/// In how many bytes at the end of the file the library looks for the directory's end, and some more.
const TAIL: usize = 66_000;

/// A zip file.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: BTreeMap<String, usize>,
}

impl<'a> Archive<'a> {
    /// Reads the directory, and unpacks nothing.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        if places(bytes, ENTRY).count() > ENTRIES || declares_more_than(ENTRIES as u64, bytes) {
            return Err(Unreadable::TooLarge { what: "packed parts", limit: ENTRIES as u64 });
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|fault| unreadable("its directory", &fault))?;
        let mut names = BTreeMap::new();
        for (place, name) in zip.file_names_raw().enumerate() {
            if names.insert(normal(&String::from_utf8_lossy(name)), place).is_some() {
                return Err(Unreadable::Damaged("two of its parts have one name".to_owned()));
            }
        }
        Ok(Self { zip, names })
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&normal(name))
    }

    /// Whether a part has a name that begins or ends in a way.
    pub(super) fn has_any(&self, is_asked: impl Fn(&str) -> bool) -> bool {
        self.names.keys().any(|name| is_asked(name))
    }

    /// Unpacks one part. None: there is none of this name.
    pub(super) fn part(&mut self, name: &str, budget: &mut Budget) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(place) = self.names.get(&normal(name)) else { return Ok(None) };
        let entry = self.zip.by_index(*place).map_err(|fault| unreadable(name, &fault))?;
        let mut bytes = Vec::new();
        let limit = budget.unpackable().saturating_add(1);
        let read = entry.take(limit).read_to_end(&mut bytes);
        budget.unpack(bytes.len() as u64)?;
        read.map_err(|_| Unreadable::Damaged(format!("its part {name} can't be unpacked")))?;
        Ok(Some(bytes))
    }
}

/// Where a signature stands.
fn places<'a>(bytes: &'a [u8], signature: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(signature.len()).enumerate().filter(move |(_, window)| *window == signature).map(|(place, _)| place)
}

/// Whether a long directory declares more entries than that: the library makes room for them before it looks for any.
fn declares_more_than(entries: u64, bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or_default();
    let is_long = places(tail, LONG_LOCATOR).next().is_some();
    is_long
        && places(bytes, LONG_END).any(|place| {
            let counts = bytes.get(place + 24..place + 40).map(|bytes| bytes.as_chunks::<8>().0);
            counts.is_some_and(|counts| counts.iter().any(|count| u64::from_le_bytes(*count) > entries))
        })
}

/// A name as it is looked up: some programs write `\` for `/`, and none tells `Sheet1` from `sheet1`.
fn normal(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).replace('\\', "/").to_lowercase()
}

fn unreadable(what: &str, fault: &ZipError) -> Unreadable {
    match fault {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Unreadable::Password,
        _ => Unreadable::Damaged(format!("{what} can't be read, as when a file is cut short")),
    }
}
