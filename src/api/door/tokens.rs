//! [`Tokens`]: a file with one caller a line, `name scope,scope sha256:…`; lines that begin with `#` are remarks. It holds hashes only,
//! and is read again when it changes: whoever is not in a line that can be read is let in no more.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::principal::{LOCAL, Principal};
use crate::stamp::{Stamp, with_files};
use rules::domain::check_id;
use rules::hexadecimal;
use store::{RETENTION, WORKER};

/// How often the file is looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// What every token begins with, so that it is known where it turns up.
const PREFIX: &str = "misti_";

/// Names that stand in the record of deeds for what is nobody's.
const RESERVED: [&str; 3] = [LOCAL, WORKER, RETENTION];

/// What a token lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read its runs.
    Read,
    /// Match, and make, cancel and delete its runs.
    Run,
    /// Both, and of everybody's runs.
    Admin,
}

impl Scope {
    /// Each.
    pub const ALL: [Self; 3] = [Self::Read, Self::Run, Self::Admin];

    /// The name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Run => "run",
            Self::Admin => "admin",
        }
    }

    /// Reads a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// Who holds a token.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Holder {
    pub name: String,
    scopes: Vec<Scope>,
}

impl Holder {
    /// Whether the token has a scope, which `admin` is as well.
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}

type Table = HashMap<[u8; 32], Holder>;

/// That somebody was let in, and by which token.
#[derive(Clone)]
pub(crate) struct Pass {
    tokens: Tokens,
    hash: [u8; 32],
    holder: Holder,
}

impl Pass {
    /// The name of its holder.
    pub fn name(&self) -> &str {
        &self.holder.name
    }

    /// Whether its holder may do what a scope lets.
    pub fn may(&self, scope: Scope) -> bool {
        self.holder.has(scope)
    }

    /// Whether the same token would let the same holder in now.
    pub fn holds(&self) -> bool {
        self.tokens.table.read().is_ok_and(|table| table.get(&self.hash) == Some(&self.holder))
    }
}

/// The tokens of a server.
#[derive(Clone)]
pub struct Tokens {
    file: PathBuf,
    stamp: Option<Stamp>,
    table: Arc<RwLock<Table>>,
}

impl Tokens {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it can't be read, a line is malformed, or no token is in it.
    pub fn open(file: &Path) -> Result<Self, String> {
        // Before it is read: what changes meanwhile is then seen to have.
        let stamp = Stamp::of(file);
        let table = read(file)?;
        Ok(Self { file: file.to_owned(), stamp, table: Arc::new(RwLock::new(table)) })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.table.read().map_or(0, |table| table.len())
    }

    /// Lets in whoever holds a token.
    pub(super) fn pass(&self, token: &str) -> Option<Pass> {
        self.pass_of(Sha256::digest(token.as_bytes()).into())
    }

    fn pass_of(&self, hash: [u8; 32]) -> Option<Pass> {
        let holder = self.table.read().ok()?.get(&hash).cloned()?;
        Some(Pass { tokens: self.clone(), hash, holder })
    }

    /// Who holds a token, and its hash, by which they are known from then on.
    pub fn holder(&self, token: &str) -> Option<(Principal, [u8; 32])> {
        let pass = self.pass(token)?;
        let hash = pass.hash;
        Some((Principal::with(pass), hash))
    }

    /// Who holds the token of a hash, as long as it is in the file.
    pub fn holder_of(&self, hash: [u8; 32]) -> Option<Principal> {
        self.pass_of(hash).map(Principal::with)
    }

    /// Reads the file again whenever it changes, for as long as it is awaited.
    pub(crate) async fn follow(self) {
        let mut known = self.stamp;
        loop {
            tokio::time::sleep(GLANCE).await;
            let (file, before) = (self.file.clone(), known);
            let looked = with_files(move || {
                let now = Stamp::of(&file);
                // Whoever is not in a line that can be read is let in no more: a file that is gone or empty lets nobody in.
                let text =
                    (now != before).then(|| now.and_then(|_| fs::read_to_string(&file).ok()).unwrap_or_default());
                (now, text)
            });
            let Some((now, Some(text))) = looked.await else { continue };
            known = now;
            let (table, malformed) = read_lines(&text);
            tracing::info!(tokens = table.len(), "the tokens were read again");
            for (number, why) in malformed {
                tracing::error!(line = number, why, "a line of the tokens can't be read and lets nobody in");
            }
            let Ok(mut held) = self.table.write() else { return };
            *held = table;
        }
    }
}

fn read(file: &Path) -> Result<Table, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let (table, malformed) = read_lines(&text);
    match malformed.first() {
        Some((number, why)) => Err(format!("{}:{number}: {why}", file.display())),
        None if table.is_empty() => Err(format!("{}: no token is in it", file.display())),
        None => Ok(table),
    }
}

/// The lines that can be read, and why others can't.
fn read_lines(text: &str) -> (Table, Vec<(usize, String)>) {
    let mut table = Table::new();
    let mut malformed = Vec::new();
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match read_line(line) {
            Ok((hash, holder)) => _ = table.insert(hash, holder),
            Err(why) => malformed.push((number, why)),
        }
    }
    (table, malformed)
}

fn read_line(line: &str) -> Result<([u8; 32], Holder), String> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [name, scopes, hash] = parts[..] else {
        return Err("a line is a name, scopes and sha256: with the hash of a token".to_owned());
    };
    check_name(name)?;
    // A token may stand where a scope is asked for, so that it is not repeated.
    let read_scope = |name: &str| Scope::of_name(name).ok_or("a scope is read, run or admin".to_owned());
    let scopes = scopes.split(',').map(read_scope).collect::<Result<Vec<_>, _>>()?;
    let hash = hash
        .strip_prefix("sha256:")
        .and_then(hexadecimal::read)
        .ok_or("sha256: and 64 hexadecimal digits".to_owned())?;
    Ok((hash, Holder { name: name.to_owned(), scopes }))
}

/// Makes a token for `name`, and the line of the file that lets it in.
///
/// # Errors
/// Where the system gives no random bytes, or the name is none.
pub fn new_token(name: &str, scopes: &[Scope]) -> Result<(String, String), String> {
    check_name(name)?;
    if name.contains(char::is_whitespace) || name.starts_with('#') {
        return Err("a name has no spaces and begins with no #".to_owned());
    }
    let mut random = [0; 32];
    fs::File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut random)).map_err(|e| e.to_string())?;
    let token = format!("{PREFIX}{}", hexadecimal::write(&random));
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    let hash = hexadecimal::write(&Sha256::digest(token.as_bytes()));
    Ok((token, format!("{name} {} sha256:{hash}", scopes.join(","))))
}

fn check_name(name: &str) -> Result<(), String> {
    check_id(name).map_err(|_| "a name is 1 to 64 bytes".to_owned())?;
    if RESERVED.contains(&name) {
        return Err(
            "local, worker and retention stand for something else in the record of deeds; take another name".to_owned()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_the_line_that_was_made_for_it() {
        let (token, line) = new_token("portal", &[Scope::Read, Scope::Run]).unwrap();
        let (hash, holder) = read_line(&line).unwrap();
        assert_eq!(hash, <[u8; 32]>::from(Sha256::digest(token.as_bytes())));
        assert!(holder.has(Scope::Run) && !holder.has(Scope::Admin) && !line.contains(&token));
    }

    #[test]
    fn a_malformed_line_is_refused() {
        for line in ["portal", "portal read", "portal write sha256:00", "portal read sha256:00", "portal read 00 00"] {
            assert!(read_line(line).is_err(), "{line}");
        }
        let (_, line) = new_token("portal", &[Scope::Admin]).unwrap();
        for taken in RESERVED {
            assert!(read_line(&line.replace("portal", taken)).is_err(), "{taken}");
        }
        let (token, _) = new_token("portal", &[Scope::Read]).unwrap();
        let why = read_line(&format!("portal {token} read")).unwrap_err();
        assert!(!why.contains(&token), "a token in the wrong place is not repeated");
    }
}
