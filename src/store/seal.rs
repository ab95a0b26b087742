//! Students' data as the database sees it: sealed, each run and each draft by a key of its own.
//!
//! That key is deleted with the run or draft, so that whatever the database still has of its parts, in its files, its log or a copy, can't be
//! opened again. Where there are keys of the store, which stay outside of the database, that key is itself sealed by one of them.
//! The cipher is AES-256-GCM (NIST SP 800-38D) with a nonce drawn for each text; what a text belongs to is authenticated with it, so that
//! none can be put in another's place.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::keyed::Keyed;
use rules::hexadecimal;

const KEY_BYTES: usize = 32;

/// Who sealed a key, where nobody did.
pub(super) const IN_CLEAR: &str = "";

/// The keys of a store: the first one seals, each of them opens.
#[derive(Debug, Default, Clone)]
pub struct StoreKeys(Vec<StoreKey>);

#[derive(Debug, Clone)]
struct StoreKey {
    /// Stands with what it sealed, and tells nothing about the key.
    print: String,
    key: LessSafeKey,
}

impl StoreKeys {
    /// Reads a file of keys: 64 hexadecimal digits a line, such as `openssl rand -hex 32` prints; empty lines and those that begin with # are
    /// comments.
    ///
    /// # Errors
    /// What is wrong with which line, in words without the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys: Vec<StoreKey> = lines
            .map(|(number, line)| {
                let bytes =
                    hexadecimal::read(line).ok_or_else(|| format!("line {number} is not 64 hexadecimal digits"))?;
                let print = hexadecimal::write(
                    &Sha256::new_with_prefix("misti-matching store key").chain_update(bytes).finalize()[..8],
                );
                Ok(StoreKey { print, key: key(&bytes).ok_or("no key")? })
            })
            .collect::<Result<_, String>>()?;
        if keys.is_empty() { Err("there is no key in it".to_owned()) } else { Ok(Self(keys)) }
    }

    /// The print of the key that seals; [`IN_CLEAR`] where there is none.
    pub(super) fn print(&self) -> &str {
        self.0.first().map_or(IN_CLEAR, |first| &first.print)
    }

    /// Whether one of them has this print.
    pub(super) fn knows(&self, print: &str) -> bool {
        self.0.iter().any(|known| known.print == print)
    }

    /// A key of a run or draft as it is stored, sealed by the key whose print is [`StoreKeys::print`].
    pub(super) fn wrap(&self, of: &impl Keyed, key: &DataKey) -> Result<Vec<u8>, StoreError> {
        match self.0.first() {
            None => Ok(key.bytes.to_vec()),
            Some(first) => seal(&first.key, &of.place(), &key.bytes),
        }
    }

    /// That key of what is stored: in clear only where the store has no keys, because whoever writes to the database could forge it.
    pub(super) fn unwrap(&self, of: &impl Keyed, print: &str, stored: Vec<u8>) -> Result<DataKey, StoreError> {
        let is_known = if print == IN_CLEAR { self.0.is_empty() } else { self.knows(print) };
        if !is_known {
            let why = if print == IN_CLEAR {
                "its key is in clear, and --store-keys are given; a restart seals it"
            } else {
                "it is sealed by a key that --store-keys does not give"
            };
            return Err(StoreError::Unavailable(why.to_owned()));
        }
        self.unwrap_any(of, print, stored)
    }

    /// The same, in clear or not.
    pub(super) fn unwrap_any(&self, of: &impl Keyed, print: &str, stored: Vec<u8>) -> Result<DataKey, StoreError> {
        let bytes = if print == IN_CLEAR {
            stored
        } else {
            let known = self.0.iter().find(|known| known.print == print);
            open(&known.ok_or(StoreError::Damaged("key"))?.key, &of.place(), stored)?
        };
        let bytes = <[u8; KEY_BYTES]>::try_from(bytes).map_err(|_| StoreError::Damaged("key"))?;
        DataKey::of(bytes)
    }
}

impl StoreKeys {
    /// A text that belongs to no run or draft as it is stored: sealed by the first key, in clear where there is none.
    pub(super) fn seal(&self, place: &str, text: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.0.first().map_or_else(|| Ok(text.to_vec()), |first| seal(&first.key, place, text))
    }

    /// That text of what is stored. `None` where none of the keys sealed it for this place, or it is in clear and there are keys: whoever
    /// writes to the database could have put it there.
    pub(super) fn open(&self, place: &str, stored: Vec<u8>) -> Option<Vec<u8>> {
        if self.0.is_empty() {
            return Some(stored);
        }
        self.0.iter().find_map(|known| open(&known.key, place, stored.clone()).ok())
    }
}

/// The key of one run or draft.
#[derive(Clone)]
pub(super) struct DataKey {
    bytes: [u8; KEY_BYTES],
    key: LessSafeKey,
}

impl DataKey {
    /// Draws one.
    pub(super) fn draw() -> Result<Self, StoreError> {
        let mut bytes = [0; KEY_BYTES];
        fill(&mut bytes)?;
        Self::of(bytes)
    }

    fn of(bytes: [u8; KEY_BYTES]) -> Result<Self, StoreError> {
        Ok(Self { key: key(&bytes).ok_or(StoreError::Damaged("key"))?, bytes })
    }

    /// A part as it is stored.
    pub(super) fn seal<K: Keyed>(&self, of: &K, part: K::Part, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal(&self.key, &place(of, part), bytes)
    }

    /// A part of what is stored.
    pub(super) fn open<K: Keyed>(&self, of: &K, part: K::Part, stored: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        open(&self.key, &place(of, part), stored)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

fn place<K: Keyed>(of: &K, part: K::Part) -> String {
    format!("{}/{}", of.place(), K::part_name(part))
}

fn key(bytes: &[u8; KEY_BYTES]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, bytes).ok().map(LessSafeKey::new)
}

fn fill(bytes: &mut [u8]) -> Result<(), StoreError> {
    SystemRandom::new().fill(bytes).map_err(|_| StoreError::Unavailable("the machine has no randomness".to_owned()))
}

/// Nonce, text, tag.
fn seal(key: &LessSafeKey, place: &str, text: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE_LEN];
    fill(&mut nonce)?;
    let mut sealed = Vec::with_capacity(NONCE_LEN + text.len() + AES_256_GCM.tag_len());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(text);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(place), &mut sealed[NONCE_LEN..]);
    sealed.extend_from_slice(tag.map_err(|_| StoreError::Damaged("part"))?.as_ref());
    Ok(sealed)
}

fn open(key: &LessSafeKey, place: &str, mut sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let damaged = || StoreError::Damaged("part");
    let nonce = sealed.first_chunk::<NONCE_LEN>().copied().ok_or_else(damaged)?;
    let nonce = Nonce::assume_unique_for_key(nonce);
    let opened = key.open_within(nonce, Aad::from(place), &mut sealed, NONCE_LEN..).map_err(|_| damaged())?;
    let length = opened.len();
    sealed.truncate(length);
    Ok(sealed)
}
