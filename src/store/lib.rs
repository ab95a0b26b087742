//! Runs and drafts on disk: SQLite by default, PostgreSQL for several machines, one code path for both.
//!
//! Nothing is acknowledged before it is committed. Time is the database's own, so that machines need not agree about it. Every query
//! about a caller's run or draft says whose it may see ([`Reach`]). A worker writes only through its [`Claim`], whose fence has to be the
//! latest and whose lease has to last.

mod audit;
mod backup;
mod create;
mod drafts;
mod erase;
pub mod failpoint;
mod hints;
mod keyed;
mod keys;
mod lease;
mod ledger;
mod parts;
mod read;
mod row;
mod seal;
mod sessions;
mod visits;

use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions, Connection, Executor, SqlSafeStr, Transaction};
use tracing::Instrument;

pub use audit::{Deed, RETENTION, WORKER};
pub use backup::Checked;
pub use create::Created;
pub use drafts::{DraftPage, DraftPart, Saved};
use erase::Scrubs;
pub use hints::Hint;
use hints::Hints;
pub use lease::{Claim, Ending, Kept};
pub use ledger::Entry;
pub use parts::Part;
pub use read::{Page, QueueFigures};
use rules::domain::{DraftId, RunId};
pub use seal::StoreKeys;
pub use visits::Visit;

/// How long one visit to the database may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// Connections to SQLite: one writes, the others read.
const SQLITE_CONNECTIONS: u32 = 8;

/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;

/// Settings of every connection to PostgreSQL.
const POSTGRES_SETTINGS: &str = "SET statement_timeout = '6s'; SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '10s'; \
     SET synchronous_commit = on";

/// Settings of every connection to SQLite: a commit is on disk, and what is deleted is overwritten. None of them writes to the file, so that
/// a full disk can still be read from.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; \
     PRAGMA foreign_keys = ON";

/// What is written to a file of SQLite before anything else is: the space of what is deleted can be given back. The second makes the file,
/// with what the first says in it.
const SQLITE_FILE: &str = "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL";

/// Why the store did not do what was asked.
#[derive(Debug)]
pub enum StoreError {
    /// It can't be reached, or can't write.
    Unavailable(String),
    /// The address of the store is none, or it can't be opened.
    Unusable(String),
    /// Something stored is not what was stored.
    Damaged(&'static str),
    /// Another payload was sent with the same request id.
    RequestIdTaken,
    /// The caller has as many waiting runs as it may.
    QueueFull {
        /// How many it may have.
        limit: i64,
    },
    /// The run has finished.
    Finished,
    /// The caller has as many drafts as it may.
    TooManyDrafts {
        /// How many it may have.
        limit: i64,
    },
}

impl Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable(why) | Self::Unusable(why) => f.write_str(why),
            Self::Damaged(what) => write!(f, "the stored {what} can't be read"),
            Self::RequestIdTaken => f.write_str("another payload has this request id"),
            Self::QueueFull { limit } => write!(f, "{limit} runs are waiting"),
            Self::Finished => f.write_str("the run has finished"),
            Self::TooManyDrafts { limit } => write!(f, "{limit} drafts are kept"),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // What a database says of a failed statement may quote its values; its code says enough.
        Self::Unavailable(match &error {
            sqlx::Error::Database(of_database) => {
                format!("the database refused, code {}", of_database.code().unwrap_or_default())
            }
            sqlx::Error::PoolTimedOut => "no connection to the database in time".to_owned(),
            sqlx::Error::Io(error) => format!("the database can't be reached: {}", error.kind()),
            _ => "the database can't be reached".to_owned(),
        })
    }
}

/// Whose runs and drafts a query may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach<'a> {
    /// Those of one caller.
    Own(&'a str),
    /// Everybody's.
    All,
}

impl<'a> Reach<'a> {
    /// Whose, where it is one caller's.
    fn owner(self) -> Option<&'a str> {
        match self {
            Self::Own(owner) => Some(owner),
            Self::All => None,
        }
    }
}

/// Which database it is; they differ in their clock and in how a row is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// Where a store is.
enum Address {
    /// The path of a file.
    Sqlite(String),
    /// A URL.
    Postgres(String),
}

impl Address {
    fn read(url: &str) -> Result<Self, StoreError> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.to_owned())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            _ => Err(StoreError::Unusable("a store is sqlite:///path or postgres://…".to_owned())),
        }
    }

    fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Connections, each with its settings.
    async fn connect(&self, url: &str, most: u32, settings: &'static str) -> Result<AnyPool, StoreError> {
        sqlx::any::install_default_drivers();
        let unusable = |error: &dyn Display| StoreError::Unusable(error.to_string());
        let options: AnyConnectOptions = url.parse().map_err(|_| unusable(&"the store's URL is malformed"))?;
        let dialect = self.dialect();
        AnyPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(move |connection, _| Box::pin(async move { connection.execute(settings).await.map(|_| ()) }))
            .before_acquire(|connection, _| {
                // SQLite ends a transaction by itself when the disk is full, and the driver then takes it for one that goes on.
                let is_free = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_free) })
            })
            .after_release(move |connection, _| {
                // A call that was given up while its transaction began may have left the connection in it, unknown to the driver.
                Box::pin(async move {
                    if dialect == Dialect::Sqlite {
                        return Ok(true);
                    }
                    let row = connection.fetch_one("SELECT CAST(now() = statement_timestamp() AS INT)").await?;
                    Ok(sqlx::Row::try_get::<i32, _>(&row, 0)? == 1)
                })
            })
            .connect_with(options.disable_statement_logging())
            .await
            .map_err(|error| unusable(&StoreError::from(error)))
    }
}

/// The store.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
    hints: Hints,
    keys: Arc<StoreKeys>,
    scrubs: Arc<Scrubs>,
    /// Held as long as the store is open: SQLite has one server.
    _alone: Option<Arc<File>>,
}

impl Store {
    /// Opens a store by its URL, `sqlite:///path` or `postgres://…`, brings its tables up to date, and seals the keys of runs and drafts by
    /// the first of `keys`.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] where the URL is none of these, what it names can't be opened, another server has the file open, the database
    /// is of a newer engine, or a run or draft in it is sealed by a key that is not among `keys`.
    pub async fn open(url: &str, keys: StoreKeys) -> Result<Self, StoreError> {
        let unusable = |error: &dyn Display| StoreError::Unusable(error.to_string());
        let address = Address::read(url)?;
        let (pool, alone) = match &address {
            Address::Sqlite(path) => {
                let of_file = |why: &dyn Display| StoreError::Unusable(format!("{path}: {why}"));
                let alone = claim_file(Path::new(path)).map_err(|why| of_file(&why))?;
                let url = format!("sqlite://{path}");
                set_up_file(&url).await.map_err(|error| of_file(&StoreError::from(error)))?;
                (address.connect(&url, SQLITE_CONNECTIONS, SQLITE_SETTINGS).await?, Some(Arc::new(alone)))
            }
            Address::Postgres(url) => (address.connect(url, POSTGRES_CONNECTIONS, POSTGRES_SETTINGS).await?, None),
        };
        let dialect = address.dialect();
        let hints = Hints::default();
        // What was deleted just before a crash may be in the files.
        let (keys, scrubs) = (Arc::new(keys), Arc::new(Scrubs::owing()));
        let store = Self { pool, dialect, hints, keys, scrubs, _alone: alone };
        store.survives_power_loss().await?;
        failpoint::reach("migrate");
        migrations().run(&store.pool).await.map_err(|error| unusable(&error))?;
        failpoint::reach("migrated");
        store.own_keys::<RunId>().await?;
        store.own_keys::<DraftId>().await?;
        store.seal_keys::<RunId>().await?;
        store.seal_keys::<DraftId>().await?;
        match address {
            // Whoever worked before is gone, because the file is ours.
            Address::Sqlite(_) => store.disown().await?,
            Address::Postgres(url) => store.hints.listen(url),
        }
        Ok(store)
    }

    /// Makes sure that a commit is on disk before it is acknowledged: a file system may refuse what SQLite needs for that, and a server's settings
    /// may say otherwise.
    async fn survives_power_loss(&self) -> Result<(), StoreError> {
        let settings: &[(&'static str, &str)] = match self.dialect {
            Dialect::Sqlite => &[("PRAGMA journal_mode", "wal"), ("PRAGMA synchronous", "2")],
            Dialect::Postgres => &[("SHOW synchronous_commit", "on"), ("SHOW fsync", "on")],
        };
        for &(question, wanted) in settings {
            let row = self.pool.fetch_one(question).await?;
            let text = sqlx::Row::try_get::<String, _>(&row, 0);
            let found = text.or_else(|_| sqlx::Row::try_get::<i64, _>(&row, 0).map(|number| number.to_string()))?;
            if found != wanted {
                return Err(StoreError::Unusable(format!("{question} is {found}, and has to be {wanted}")));
            }
        }
        Ok(())
    }

    /// What may be worth looking at, told as soon as it is known; some may be missed.
    pub fn hints(&self) -> tokio::sync::broadcast::Receiver<Hint> {
        self.hints.subscribe()
    }

    /// Whether workers may be other processes than the server.
    pub fn is_shared(&self) -> bool {
        self.dialect == Dialect::Postgres
    }

    /// A statement with what differs between databases filled in.
    fn sql(&self, text: &str) -> AssertSqlSafe<String> {
        let (now, skip_locked, place_of) = match self.dialect {
            Dialect::Sqlite => ("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "", "instr"),
            Dialect::Postgres => {
                ("CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)", "FOR UPDATE SKIP LOCKED", "strpos")
            }
        };
        let text = text.replace("{now}", now).replace("{skip_locked}", skip_locked).replace("{place_of}", place_of);
        AssertSqlSafe(text.replace("{columns}", row::COLUMNS))
    }

    /// Begins a transaction that writes.
    async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self.dialect {
            // A transaction that reads first and then finds another one writing can't go on; this one waits for its turn.
            Dialect::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Dialect::Postgres => self.pool.begin().await?,
        })
    }

    /// Begins a transaction that reads one state of everything, and notes that it did.
    async fn begin_reading(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self.dialect {
            Dialect::Sqlite => self.begin().await?,
            Dialect::Postgres => self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?,
        })
    }

    /// Ends a transaction, and tells whoever waits for such a change.
    async fn commit(&self, mut transaction: Transaction<'static, Any>, hint: Hint) -> Result<(), StoreError> {
        if self.dialect == Dialect::Postgres {
            let notify = sqlx::query("SELECT pg_notify('misti_matching', $1)").bind(hint.encode());
            notify.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        failpoint::reach("hint");
        self.hints.tell(hint);
        Ok(())
    }

    /// Does something at the database, or says that it can't be reached.
    async fn visit<T>(
        &self,
        operation: &'static str,
        visit: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let span = tracing::info_span!("store", otel.name = operation, otel.kind = "client");
        let ended = tokio::time::timeout(PATIENCE, visit.instrument(span)).await;
        let ended =
            ended.unwrap_or_else(|_| Err(StoreError::Unavailable("the database did not answer in time".to_owned())));
        metrics::histogram!("misti_store_seconds", "operation" => operation).record(begun.elapsed().as_secs_f64());
        if let Err(StoreError::Unavailable(_) | StoreError::Damaged(_)) = &ended {
            metrics::counter!("misti_store_errors_total", "operation" => operation).increment(1);
        }
        ended
    }

    /// Makes sure that the database answers.
    ///
    /// # Errors
    /// The database's.
    pub async fn ask(&self) -> Result<(), StoreError> {
        self.visit("ask", async { Ok(self.pool.execute("SELECT 1").await.map(|_| ())?) }).await
    }
}

/// The migration since which there are drafts and sessions.
const CONSOLE: i64 = 3;

/// The migrations, in their order; a database remembers which of them it has, and the digest of each.
fn migrations() -> Migrator {
    let runs = include_str!("migrations/0001_runs.sql").into_sql_str();
    let names = include_str!("migrations/0002_names.sql").into_sql_str();
    let console = include_str!("migrations/0003_console.sql").into_sql_str();
    Migrator::with_migrations(vec![
        Migration::new(1, "runs".into(), MigrationType::Simple, runs, false),
        Migration::new(2, "names".into(), MigrationType::Simple, names, false),
        Migration::new(CONSOLE, "console".into(), MigrationType::Simple, console, false),
    ])
}

/// Refuses a path that stands for something else in a URL.
fn check_path(path: &str) -> Result<(), String> {
    if path == ":memory:" || path.starts_with("file:") || path.contains(['?', '#', '%']) {
        return Err("a path that does not begin with file: and has no ?, # and %".to_owned());
    }
    Ok(())
}

/// Writes to a file of SQLite what has to be there before its tables are.
async fn set_up_file(url: &str) -> Result<(), sqlx::Error> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    connection.execute(SQLITE_FILE).await?;
    connection.close().await
}

/// Makes the file, readable by its owner alone, and locks it, by whatever name it is reached. The lock is not of the kind that SQLite takes,
/// and the file stays open for as long as the store is, because to close it would end SQLite's own.
fn claim_file(path: &Path) -> Result<File, String> {
    check_path(&path.to_string_lossy())?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
    let file = file.map_err(|error| error.to_string())?;
    file.try_lock().map_err(|_| "another server has it open".to_owned())?;
    Ok(file)
}
