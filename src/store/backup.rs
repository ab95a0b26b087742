//! Backup, restore and check of a store, beside a server or without one.
//!
//! SQLite keeps what was committed last in a second file, the log, so that a copy of the first alone lacks it. What is made here holds
//! everything that was committed when it began, in one file, and nothing that was deleted (SQLite: `VACUUM INTO`). PostgreSQL has tools of its
//! own for that; it is checked here all the same.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::{AnyPool, AssertSqlSafe, Row};

use super::erase::Scrubs;
use super::hints::Hints;
use super::keyed::Keyed;
use super::seal::StoreKeys;
use super::{Address, CONSOLE, Dialect, Store, StoreError, check_path};
use rules::domain::{DraftId, RunId};

/// Runs, or drafts, that are checked in one go.
const AT_ONCE: i64 = 100;

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many runs there are in each state.
    pub runs: BTreeMap<String, i64>,
    /// How many drafts there are.
    pub drafts: usize,
    /// How many parts could be opened.
    pub parts: usize,
    /// What is wrong.
    pub faults: Vec<String>,
}

impl Store {
    /// Opens a store to look at it: nothing is made, changed or locked, and a server may have it open.
    async fn look_at(url: &str, keys: StoreKeys) -> Result<Self, StoreError> {
        let address = Address::read(url)?;
        if let Address::Sqlite(path) = &address {
            check_path(path).map_err(StoreError::Unusable)?;
            if !Path::new(path).is_file() {
                return Err(StoreError::Unusable(format!("{path}: there is no such file")));
            }
        }
        let pool = address.looking().await?;
        let dialect = address.dialect();
        let (keys, scrubs) = (Arc::new(keys), Arc::new(Scrubs::owing()));
        Ok(Self { pool, dialect, hints: Hints::default(), keys, scrubs, _alone: None })
    }

    /// Copies everything that is committed in a SQLite store into a new file, while a server may work on it.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] where the store is no SQLite file, or `to` is there or can't be written.
    pub async fn backup(url: &str, to: &Path) -> Result<(), StoreError> {
        let Address::Sqlite(_) = Address::read(url)? else {
            let why = "PostgreSQL is backed up by pg_dump --format=custom, and restored by pg_restore";
            return Err(StoreError::Unusable(why.to_owned()));
        };
        let store = Self::look_at(url, StoreKeys::default()).await?;
        let of_file = |why: &dyn std::fmt::Display| StoreError::Unusable(format!("{}: {why}", to.display()));
        // SQLite takes some relative paths for something else.
        let path = std::path::absolute(to).map_err(|why| of_file(&why))?;
        let path = path.to_str().ok_or_else(|| of_file(&"a path that is text (UTF-8)"))?.to_owned();
        // Readable by its owner alone from the beginning; SQLite writes into an empty file.
        let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(to).map_err(|why| of_file(&why))?;
        let copied = sqlx::query("VACUUM INTO $1").bind(path).execute(&store.pool).await;
        store.pool.close().await;
        let kept = copied.map_err(StoreError::from).and_then(|_| {
            file.sync_all().map_err(|why| of_file(&why))?;
            let length = file.metadata().map_err(|why| of_file(&why))?.len();
            if length == 0 { Err(of_file(&"the database wrote nothing there")) } else { Ok(()) }
        });
        if kept.is_err() {
            // What is there is no backup.
            let _ = fs::remove_file(to);
            return kept;
        }
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|why| of_file(&why))
    }

    /// Makes a SQLite store of a backup; runs that were solved when that was made are taken again.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] where the backup is damaged, or something of a store is at the place.
    pub async fn restore(from: &Path, url: &str) -> Result<(), StoreError> {
        let Address::Sqlite(path) = Address::read(url)? else {
            return Err(StoreError::Unusable("PostgreSQL is restored by pg_restore".to_owned()));
        };
        check_path(&path).map_err(StoreError::Unusable)?;
        for ending in ["", "-wal", "-shm"] {
            let there = PathBuf::from(format!("{path}{ending}"));
            if there.exists() {
                let why = format!("{}: it is there; move it away, with what begins alike", there.display());
                return Err(StoreError::Unusable(why));
            }
        }
        let backup = format!("sqlite://{}", from.display());
        let store = Self::look_at(&backup, StoreKeys::default()).await?;
        let faults = store.check_file().await?;
        store.pool.close().await;
        if let Some(fault) = faults.first() {
            return Err(StoreError::Unusable(format!("{}: {fault}", from.display())));
        }
        Self::backup(&backup, Path::new(&path)).await
    }

    /// Checks the database, and that every part of every run and draft can be opened by the store's keys.
    ///
    /// # Errors
    /// The database's.
    pub async fn check(url: &str, keys: StoreKeys) -> Result<Checked, StoreError> {
        let store = Self::look_at(url, keys).await?;
        let mut checked = Checked::default();
        if store.dialect == Dialect::Sqlite {
            checked.faults = store.check_file().await?;
        }
        let states = sqlx::query("SELECT state, COUNT(*) FROM runs GROUP BY state").fetch_all(&store.pool).await?;
        for row in &states {
            checked.runs.insert(row.try_get(0)?, row.try_get(1)?);
        }
        store.check_parts::<RunId>(&mut checked).await?;
        // A backup may be of an engine that had none.
        let has_drafts = "SELECT COUNT(*) FROM _sqlx_migrations WHERE version >= $1";
        if sqlx::query_scalar::<_, i64>(has_drafts).bind(CONSOLE).fetch_one(&store.pool).await? > 0 {
            checked.drafts = store.check_parts::<DraftId>(&mut checked).await?;
        }
        store.pool.close().await;
        Ok(checked)
    }

    /// What SQLite says of its file.
    async fn check_file(&self) -> Result<Vec<String>, StoreError> {
        let said: Vec<String> = match sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&self.pool).await {
            Ok(said) => said,
            Err(error) => vec![StoreError::from(error).to_string()],
        };
        let mut faults: Vec<String> = said.into_iter().filter(|line| line != "ok").collect();
        if faults.is_empty() {
            let orphans = sqlx::query("PRAGMA foreign_key_check").fetch_all(&self.pool).await?.len();
            if orphans > 0 {
                faults.push(format!("{orphans} rows belong to no run and no draft"));
            }
        }
        Ok(faults)
    }

    /// Opens the parts of all runs, or of all drafts; says how many of these there are.
    async fn check_parts<K: Keyed>(&self, checked: &mut Checked) -> Result<usize, StoreError> {
        let (mut after, mut count) = (Some(String::new()), 0);
        while let Some(last) = after {
            let ids = self.check_some::<K>(&last, checked).await?;
            count += ids.len();
            after = ids.into_iter().next_back();
        }
        Ok(count)
    }

    /// Opens the parts of some, by id, after this one; gives their ids.
    async fn check_some<K: Keyed>(&self, after: &str, checked: &mut Checked) -> Result<Vec<String>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let select = K::statement("SELECT {id} FROM {things} WHERE {id} > $1 ORDER BY {id} LIMIT $2");
        let ids: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(select)).bind(after).bind(AT_ONCE).fetch_all(&mut *transaction).await?;
        for id in &ids {
            let of = K::parse(id).ok_or(StoreError::Damaged(K::ID))?;
            match self.any_key(&mut transaction, &of).await {
                Err(error) => checked.faults.push(format!("{}: {error}", of.name())),
                Ok(key) => {
                    for &part in K::PARTS {
                        match self.part(&mut transaction, &of, &key, part).await {
                            Ok(found) => checked.parts += usize::from(found.is_some()),
                            Err(error) => {
                                checked.faults.push(format!("{}, {}: {error}", of.name(), K::part_name(part)));
                            }
                        }
                    }
                }
            }
        }
        Ok(ids)
    }
}

impl Address {
    /// Connections that only look.
    async fn looking(&self) -> Result<AnyPool, StoreError> {
        match self {
            // The log is read and written all the same; only that a file is made is ruled out.
            Self::Sqlite(path) => {
                self.connect(&format!("sqlite://{path}?mode=rw"), 1, "PRAGMA busy_timeout = 5000").await
            }
            Self::Postgres(url) => self.connect(url, 1, "SET default_transaction_read_only = on").await,
        }
    }
}
