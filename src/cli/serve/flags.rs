//! What `serve` and `worker` can be told.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use console::{Origin, Prefix};
use ipnet::IpNet;

use super::{cores, descriptors, host_name, read};
use crate::cli::files::Failure;
use crate::cli::telemetry::Telemetry;
use api::door::Tokens;
use api::{CertificateFiles, ConnectionLimits, DIAGNOSES, RunLimits, Settings, WatchLimits};
use solve::SolverCommand;
use store::{Store, StoreKeys};
use wire::SizeLimits;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Bytes of a MiB.
const MIB: usize = 1 << 20;

/// Where and with what limits to serve.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Serve {
    #[command(flatten)]
    _config: Config,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:50051")]
    pub address: SocketAddr,
    #[command(flatten)]
    door: Door,
    #[command(flatten)]
    pub place: Place,
    /// Days that a run is kept after it was stored; 0: until it is deleted.
    #[arg(long, default_value_t = 400)]
    keep_days: u32,
    /// Runs of one caller that may wait; more are refused.
    #[arg(long, default_value_t = 1_000)]
    most_waiting: u32,
    /// Runs that may be watched at once.
    #[arg(long, default_value_t = 4_096)]
    most_watches: usize,
    /// Runs that one caller may watch at once; a portal is one caller for all its users.
    #[arg(long, default_value_t = 1_024)]
    most_watches_of_caller: usize,
    #[command(flatten)]
    pub work: Work,
    #[command(flatten)]
    sizes: Sizes,
    #[command(flatten)]
    uploads: Uploads,
    #[command(flatten)]
    connections: Connections,
    #[command(flatten)]
    pages: Pages,
    /// Calls that solve, computed at once, and as many of the others beside them. Unset: as many as there are cores.
    #[arg(long)]
    slots: Option<NonZeroU16>,
    /// Calls of either kind that may wait for a slot; more are refused with a delay after which to come again.
    #[arg(long, default_value_t = 16)]
    waiting: u16,
    /// The longest time limit of a call, such as 10m or 90s; a longer one is shortened to it, and the outcome says so.
    #[arg(long, default_value = "10m", value_parser = duration)]
    most_time: Duration,
    /// Seconds that Validate looks for rows that can't hold together, waiting for a slot of its own included; 0 to 600. What it has not
    /// settled by then it says.
    #[arg(long, default_value = VALIDATE_SECONDS, value_parser = validate_seconds)]
    validate_seconds: Duration,
    /// Seconds that calls are still taken after SIGTERM, while health says NOT_SERVING: as long as a load balancer takes to notice.
    #[arg(long, default_value_t = 0)]
    lame_duck_seconds: u64,
    /// Seconds that calls may go on after that. Runs are given back at once.
    #[arg(long, default_value_t = 25)]
    drain_seconds: u64,
}

/// A worker in a process of its own.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct WorkerArguments {
    #[command(flatten)]
    _config: Config,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub work: Work,
    #[command(flatten)]
    pub sizes: Sizes,
}

/// The file of settings; it is read before the other arguments are.
#[derive(Debug, clap::Args)]
struct Config {
    /// A file of settings, TOML: each key is a flag without its --. A flag counts before the environment, and that before the file.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Who may call, and how calls are encrypted.
#[derive(Debug, clap::Args)]
struct Door {
    /// The server's certificate, PEM, with those that lead to its root. It is read again when it changes, as its key and --client-ca are.
    #[arg(long)]
    tls_certificate: Option<PathBuf>,
    /// The key of the certificate, PEM.
    #[arg(long)]
    tls_key: Option<PathBuf>,
    /// Certificates of those who sign what callers have to show, PEM. Unset: callers need none.
    #[arg(long)]
    client_ca: Option<PathBuf>,
    /// The file of those who may call, one a line as `token` makes them. Unset: whoever reaches the address.
    #[arg(long)]
    tokens: Option<PathBuf>,
}

/// Where runs are stored.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Place {
    /// Where runs are stored: sqlite:///path (sqlite://path from here), postgres://…, or none for a server without RunService.
    #[arg(long, default_value = "sqlite://misti-matching.db")]
    store: String,
    /// A file that holds what --store says, for an address with a password in it.
    #[arg(long)]
    store_file: Option<PathBuf>,
    /// A file of keys that seal students' data in the store, 64 hexadecimal digits a line: the first one seals, the others still open.
    #[arg(long)]
    store_keys: Option<PathBuf>,
}

/// How runs are worked on.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Work {
    /// Runs solved at once by this process; 0: none. Unset: as many as there are cores.
    #[arg(long)]
    workers: Option<u16>,
    /// Seconds after which another worker takes a run whose worker is silent.
    #[arg(long, default_value_t = 15.0, value_parser = lease_seconds)]
    lease_seconds: f64,
    /// How often a run is taken before it is given up, because its workers were lost or its solver failed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    most_attempts: u16,
    /// The longest time limit of a run, such as 1h; a longer one is shortened to it, and the outcome says so.
    #[arg(long, default_value = "1h", value_parser = duration)]
    most_run_time: Duration,
    /// Where health and figures (/metrics) are told in clear, such as 127.0.0.1:50052. Unset: nowhere, and health on the server's address alone.
    #[arg(long)]
    pub operations_address: Option<SocketAddr>,
    #[command(flatten)]
    pub telemetry: Telemetry,
}

/// How much one request may hold.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Sizes {
    /// Most students of one request.
    #[arg(long, default_value_t = SizeLimits::SERVICE.students)]
    max_students: usize,
    /// Most projects of one request.
    #[arg(long, default_value_t = SizeLimits::SERVICE.projects)]
    max_projects: usize,
    /// Most choices of one student.
    #[arg(long, default_value_t = SizeLimits::SERVICE.choices)]
    max_choices: usize,
    /// Most eligible pairs of one request.
    #[arg(long, default_value_t = SizeLimits::SERVICE.pairs)]
    max_pairs: usize,
}

/// How many bytes may be on their way.
#[derive(Debug, clap::Args)]
struct Uploads {
    /// MiB of the largest request.
    #[arg(long, default_value_t = 64)]
    max_message_mib: usize,
    /// MiB of all requests that are held at once; a caller may hold two thirds of it, and less where others hold some.
    #[arg(long, default_value_t = 512)]
    upload_mib: usize,
    /// Seconds within which 16 KiB of a request have to come.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    upload_seconds: u64,
}

/// How many connections there may be.
#[derive(Debug, clap::Args)]
struct Connections {
    /// Connections in all; fewer where the process may not open as many files.
    #[arg(long, default_value_t = 1_024)]
    most_connections: usize,
    /// Connections from one address, unless it is one of --trusted-proxies.
    #[arg(long, default_value_t = 64)]
    most_connections_of_address: usize,
    /// Addresses or networks from which many callers come, such as 10.0.0.0/8, separated by commas.
    #[arg(long, value_delimiter = ',', value_parser = network)]
    trusted_proxies: Vec<IpNet>,
    /// Calls at once on one connection.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    most_streams: u32,
    /// Seconds until a new connection has to speak, encryption included.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    handshake_seconds: u64,
    /// Seconds without a call after which a connection is closed.
    #[arg(long, default_value_t = 1_800, value_parser = clap::value_parser!(u64).range(1..))]
    idle_seconds: u64,
}

/// What browsers see.
#[derive(Debug, clap::Args)]
struct Pages {
    /// Serves no console.
    #[arg(long)]
    no_console: bool,
    /// Where the console is, if not on --address.
    #[arg(long)]
    console_address: Option<SocketAddr>,
    /// What comes before every address of the console, such as /matching.
    #[arg(long, default_value = "", hide_default_value = true)]
    console_prefix: Prefix,
    /// How the world knows the console, such as https://matching.example.edu, without the prefix. Unset: only this machine reaches it.
    #[arg(long)]
    console_url: Option<Origin>,
    /// How long a signed-in browser may do nothing until its session ends; it ends after 12 hours in any case.
    #[arg(long, default_value = "2h", value_parser = duration)]
    console_idle: Duration,
    /// Sites whose own pages may call by gRPC-Web, such as https://portal.example.edu, separated by commas. Unset: none.
    #[arg(long, value_delimiter = ',')]
    grpc_web_origin: Vec<Origin>,
}

/// What --validate-seconds is where it is not said.
pub(in crate::cli) const VALIDATE_SECONDS: &str = "2";

/// Reads the seconds of a validation.
pub(in crate::cli) fn validate_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=600.0).contains(&seconds) { Ok(Duration::from_secs_f64(seconds)) } else { Err("0 to 600".to_owned()) }
}

fn lease_seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.5..=3_600.0).contains(&seconds) { Ok(seconds) } else { Err("0.5 to 3600".to_owned()) }
}

/// Reads 10m, 1h or 90s.
fn duration(text: &str) -> Result<Duration, String> {
    let read: Option<jiff::SignedDuration> = text.parse().ok();
    let read = read.and_then(|read| Duration::try_from(read).ok()).filter(|read| !read.is_zero());
    read.ok_or_else(|| "a time such as 90s, 10m or 1h".to_owned())
}

/// Reads an address, or a network.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    address.or_else(|_| text.parse()).map_err(|_| "an address, or a network such as 10.0.0.0/8".to_owned())
}

impl Serve {
    /// What the server is told; who may call is read from its file.
    pub fn settings(&self, store: Option<Store>, solver: SolverCommand) -> Result<Settings, Failure> {
        let tokens = self.door.tokens.as_deref().map(Tokens::open).transpose();
        let connections = ConnectionLimits {
            most: self.connections().1,
            most_of_address: self.connections.most_connections_of_address,
            trusted: self.connections.trusted_proxies.clone(),
            handshake: Duration::from_secs(self.connections.handshake_seconds),
            idle: Duration::from_secs(self.connections.idle_seconds),
            most_streams: self.connections.most_streams,
        };
        Ok(Settings {
            address: self.address,
            sizes: self.sizes.limits(),
            message_bytes: self.uploads.max_message_mib.saturating_mul(MIB),
            upload_bytes: self.uploads.upload_mib.saturating_mul(MIB),
            upload_patience: Duration::from_secs(self.uploads.upload_seconds),
            slots: self.slots(),
            waiting: usize::from(self.waiting),
            most_time: self.most_time,
            validate_time: self.validate_seconds,
            connections,
            lame_duck: Duration::from_secs(self.lame_duck_seconds),
            drain: Duration::from_secs(self.drain_seconds),
            solver,
            store,
            runs: RunLimits {
                keep_seconds: Some(i64::from(self.keep_days) * DAY).filter(|&seconds| seconds > 0),
                most_waiting: i64::from(self.most_waiting),
            },
            watches: WatchLimits { most: self.most_watches, most_of_caller: self.most_watches_of_caller },
            tokens: tokens.map_err(|why| Failure::of_server(&format!("--tokens: {why}")))?,
            certificates: self.door.certificates()?,
            operations: self.work.operations_address,
            pages: self.shows_console().then(|| self.console()),
            pages_address: self.pages.console_address,
            web_origins: self.pages.grpc_web_origin.iter().map(ToString::to_string).collect(),
        })
    }

    /// The pages of the console.
    fn console(&self) -> api::Pages {
        let settings = console::Settings {
            prefix: self.pages.console_prefix.clone(),
            origin: self.pages.console_url.clone(),
            is_encrypted: self.door.tls_certificate.is_some(),
            idle: self.pages.console_idle,
        };
        Arc::new(move |services| console::router(services, settings.clone()))
    }

    /// Whether there is a console.
    pub fn shows_console(&self) -> bool {
        self.why_no_console().is_none()
    }

    /// Why there is no console: it needs a store, and an address by which browsers may call it.
    pub fn why_no_console(&self) -> Option<&'static str> {
        let address = self.pages.console_address.unwrap_or(self.address);
        if self.pages.no_console {
            Some("--no-console was said")
        } else if self.place.store == "none" && self.place.store_file.is_none() {
            Some("without a store there is nothing to show")
        } else if !address.ip().is_loopback() && self.pages.console_url.is_none() {
            Some("other machines reach its address: say by --console-url how their browsers name it")
        } else {
            None
        }
    }

    /// Where the console is: at its own address, or as the world knows it.
    pub fn console_url(&self, address: SocketAddr) -> String {
        let scheme = if self.door.tls_certificate.is_some() { "https" } else { "http" };
        let origin =
            self.pages.console_url.as_ref().map_or_else(|| format!("{scheme}://{address}"), ToString::to_string);
        format!("{origin}{}/", self.pages.console_prefix)
    }

    /// Connections that were asked for, and that there may be.
    pub fn connections(&self) -> (usize, usize) {
        let wanted = self.connections.most_connections;
        (wanted, descriptors::enough_for(wanted, self.solves()))
    }

    /// Solves at once: calls, runs and what is validated.
    pub fn solves(&self) -> usize {
        self.slots() + self.work.count() + DIAGNOSES
    }

    fn slots(&self) -> usize {
        self.slots.map_or_else(cores, |slots| usize::from(slots.get()))
    }

    /// When the first of the server's certificates ends.
    pub fn certificates_end(&self) -> Result<Option<SystemTime>, Failure> {
        let end = self.door.certificates()?.map(|files| files.end()).transpose();
        end.map_err(|why| Failure::of_server(&why))
    }

    /// How many tokens let anybody in.
    pub fn token_count(&self) -> Result<Option<usize>, Failure> {
        let tokens = self.door.tokens.as_deref().map(Tokens::open).transpose();
        let tokens = tokens.map_err(|why| Failure::of_server(&format!("--tokens: {why}")))?;
        Ok(tokens.map(|tokens| tokens.count()))
    }

    /// The files that hold secrets.
    pub fn secrets(&self) -> Vec<&Path> {
        let Door { tls_key, tokens, .. } = &self.door;
        let Place { store_file, store_keys, .. } = &self.place;
        [tls_key, tokens, store_file, store_keys].into_iter().flatten().map(PathBuf::as_path).collect()
    }

    /// Refuses an address that other machines reach where anybody could call, or read what is called.
    pub fn check_address(&self) -> Result<(), Failure> {
        let is_guarded = self.door.tls_certificate.is_some() && self.door.tokens.is_some();
        let addresses = std::iter::once(self.address).chain(self.pages.console_address);
        if let Some(open) = addresses.into_iter().find(|address| !address.ip().is_loopback() && !is_guarded) {
            return Err(Failure::of_server(&format!(
                "{open} can be reached from other machines, which takes --tls-certificate, --tls-key and --tokens; without them use 127.0.0.1"
            )));
        }
        let is_known = self.pages.console_url.as_ref().is_some_and(|origin| !origin.is_loopback());
        if is_known && self.door.tokens.is_none() {
            return Err(Failure::of_server(
                "--console-url lets other machines reach the console, which takes --tokens, so that people sign in",
            ));
        }
        Ok(())
    }

    /// What the workers beside the server are told.
    pub fn worker_settings(&self, solver: SolverCommand) -> worker::Settings {
        self.work.settings(&self.sizes, solver)
    }
}

impl Door {
    fn certificates(&self) -> Result<Option<CertificateFiles>, Failure> {
        let client_ca = self.client_ca.clone();
        match (self.tls_certificate.clone(), self.tls_key.clone()) {
            (Some(certificate), Some(key)) => Ok(Some(CertificateFiles { certificate, key, client_ca })),
            (None, None) if client_ca.is_none() => Ok(None),
            _ => Err(Failure::of_server("--tls-certificate and --tls-key go together, and --client-ca takes both")),
        }
    }
}

impl Place {
    pub fn url(&self) -> Result<String, Failure> {
        match &self.store_file {
            None => Ok(self.store.clone()),
            Some(path) => Ok(String::from_utf8_lossy(&read(path)?).trim().to_owned()),
        }
    }

    pub fn keys(&self) -> Result<StoreKeys, Failure> {
        let of_keys = |why: String| Failure::of_server(&format!("--store-keys: {why}"));
        match &self.store_keys {
            Some(path) => StoreKeys::parse(&String::from_utf8_lossy(&read(path)?)).map_err(of_keys),
            None => Ok(StoreKeys::default()),
        }
    }

    pub async fn open(&self, url: &str) -> Result<Store, Failure> {
        let store = Store::open(url, self.keys()?).await;
        let store = store.map_err(|error| Failure::of_server(&format!("--store: {error}")))?;
        if store.is_shared() && self.store_keys.is_none() {
            tracing::warn!(
                "without --store-keys the log and the backups of the database can open runs that were deleted"
            );
        }
        Ok(store)
    }
}

impl Sizes {
    fn limits(&self) -> SizeLimits {
        SizeLimits {
            students: self.max_students,
            projects: self.max_projects,
            choices: self.max_choices,
            pairs: self.max_pairs,
            ..SizeLimits::SERVICE
        }
    }
}

impl Work {
    fn count(&self) -> usize {
        self.workers.map_or_else(cores, usize::from)
    }

    /// What the workers of a process are told.
    pub fn settings(&self, sizes: &Sizes, solver: SolverCommand) -> worker::Settings {
        worker::Settings {
            name: format!("{}-{}", host_name(), std::process::id()),
            count: self.count(),
            lease: Duration::from_secs_f64(self.lease_seconds),
            most_attempts: i64::from(self.most_attempts),
            most_time: self.most_run_time,
            sizes: sizes.limits(),
            solver,
        }
    }
}
