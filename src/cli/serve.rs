//! `serve` and `worker`: the gRPC server, and what works on runs beside it or in a process of its own.

use std::future::Future;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::exit::Exit;
use super::files::Failure;
use super::telemetry::Telemetry;
use api::door::Tokens;
use api::{self, RunLimits, Settings, Tls};
use solve::SolverCommand;
use store::{Store, StoreKeys};
use wire::SizeLimits;

/// How much earlier than the server workers give back what they have, so that it is done when the server ends.
const BEFORE_THE_END: Duration = Duration::from_secs(2);

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Where and with what limits to serve.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:50051")]
    address: SocketAddr,
    /// The server's certificate, PEM, with those that lead to its root.
    #[arg(long, requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The key of the certificate, PEM.
    #[arg(long, requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Certificates of those who sign what callers have to show, PEM. Unset: callers need none.
    #[arg(long, requires = "tls_certificate")]
    client_ca: Option<PathBuf>,
    /// The file of those who may call, one a line as `token` makes them. Unset: whoever reaches the address.
    #[arg(long)]
    tokens: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// Days that a run is kept after it was stored; 0: until it is deleted.
    #[arg(long, default_value_t = 400)]
    keep_days: u32,
    /// Runs of one caller that may wait; more are refused.
    #[arg(long, default_value_t = 1_000)]
    most_waiting: u32,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    sizes: Sizes,
    /// MiB of the largest request.
    #[arg(long, default_value_t = 64)]
    max_message_mib: usize,
    /// Calls computed at once. Unset: as many as there are cores.
    #[arg(long)]
    slots: Option<NonZeroU16>,
    /// Calls that may wait for a slot; more are refused with a delay after which to come again.
    #[arg(long, default_value_t = 16)]
    waiting: u16,
}

/// A worker in a process of its own.
#[derive(Debug, clap::Args)]
pub(super) struct WorkerArguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    sizes: Sizes,
}

/// Where runs are stored.
#[derive(Debug, clap::Args)]
struct Place {
    /// Where runs are stored: sqlite:///path (sqlite://path from here), postgres://…, or none for a server without RunService.
    #[arg(long, env = "MISTI_MATCHING_STORE", hide_env_values = true, default_value = "sqlite://misti-matching.db")]
    store: String,
    /// A file that holds what --store says, for an address with a password in it.
    #[arg(long)]
    store_file: Option<PathBuf>,
    /// A file of keys that seal students' data in the store, 64 hexadecimal digits a line: the first one seals, the others still open.
    #[arg(long)]
    store_keys: Option<PathBuf>,
}

impl Place {
    fn url(&self) -> Result<String, Failure> {
        match &self.store_file {
            None => Ok(self.store.clone()),
            Some(path) => Ok(String::from_utf8_lossy(&read(path)?).trim().to_owned()),
        }
    }

    async fn open(&self, url: &str) -> Result<Store, Failure> {
        let of_keys = |why: String| Failure::of_server(&format!("--store-keys: {why}"));
        let keys = match &self.store_keys {
            Some(path) => StoreKeys::parse(&String::from_utf8_lossy(&read(path)?)).map_err(of_keys)?,
            None => StoreKeys::default(),
        };
        let store = Store::open(url, keys).await;
        let store = store.map_err(|error| Failure::of_server(&format!("--store: {error}")))?;
        if store.is_shared() && self.store_keys.is_none() {
            tracing::warn!(
                "without --store-keys the log and the backups of the database can open runs that were deleted"
            );
        }
        Ok(store)
    }
}

/// How runs are worked on.
#[derive(Debug, clap::Args)]
struct Work {
    /// Runs solved at once by this process; 0: none. Unset: as many as there are cores.
    #[arg(long)]
    workers: Option<u16>,
    /// Seconds after which another worker takes a run whose worker is silent.
    #[arg(long, default_value_t = 15.0, value_parser = lease_seconds)]
    lease_seconds: f64,
    /// How often a run is taken before it is given up, because its workers were lost or its solver failed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    most_attempts: u16,
    /// Seconds that calls and runs may go on after SIGTERM or Ctrl-C.
    #[arg(long, default_value_t = 25)]
    drain_seconds: u64,
    /// Where health and figures (/metrics) are told in clear, such as 127.0.0.1:50052. Unset: nowhere, and health on the server's address alone.
    #[arg(long)]
    operations_address: Option<SocketAddr>,
    #[command(flatten)]
    telemetry: Telemetry,
}

/// How much one request may hold.
#[derive(Debug, clap::Args)]
struct Sizes {
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

fn lease_seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.5..=3_600.0).contains(&seconds) { Ok(seconds) } else { Err("0.5 to 3600".to_owned()) }
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
    fn settings(&self, sizes: SizeLimits, solver: SolverCommand) -> worker::Settings {
        let drain = Duration::from_secs(self.drain_seconds);
        worker::Settings {
            name: format!("{}-{}", host_name(), std::process::id()),
            count: self.workers.map_or_else(cores, usize::from),
            lease: Duration::from_secs_f64(self.lease_seconds),
            most_attempts: i64::from(self.most_attempts),
            drain: drain.checked_sub(BEFORE_THE_END).unwrap_or(drain / 2),
            sizes,
            solver,
        }
    }
}

/// Serves until it is told to stop.
pub(super) fn run(serve: Serve) -> Result<Exit, Failure> {
    if !serve.address.ip().is_loopback() && (serve.tls_certificate.is_none() || serve.tokens.is_none()) {
        return Err(Failure::of_server(&format!(
            "{} can be reached from other machines, which takes --tls-certificate, --tls-key and --tokens; without them use 127.0.0.1",
            serve.address
        )));
    }
    let tokens = serve.tokens.as_deref().map(Tokens::open).transpose();
    let tokens = tokens.map_err(|why| Failure::of_server(&format!("--tokens: {why}")))?;
    let tls = match (&serve.tls_certificate, &serve.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls {
            certificate: read(certificate)?,
            key: read(key)?,
            client_ca: serve.client_ca.as_deref().map(read).transpose()?,
        }),
        _ => None,
    };
    let (solver, sizes) = (solver()?, serve.sizes.limits());
    let address = serve.address;
    let telemetry = serve.work.telemetry.clone();
    until_told_to_stop(&telemetry, |stop| async move {
        let store = match serve.place.url()?.as_str() {
            "none" => None,
            url => Some(serve.place.open(url).await?),
        };
        let settings = Settings {
            address,
            sizes,
            message_bytes: serve.max_message_mib.saturating_mul(1 << 20),
            slots: serve.slots.map_or_else(cores, |slots| usize::from(slots.get())),
            waiting: usize::from(serve.waiting),
            drain: Duration::from_secs(serve.work.drain_seconds),
            solver: solver.clone(),
            store: store.clone(),
            runs: RunLimits {
                keep_seconds: Some(i64::from(serve.keep_days) * DAY).filter(|&seconds| seconds > 0),
                most_waiting: i64::from(serve.most_waiting),
            },
            tokens,
            tls,
            operations: serve.work.operations_address,
        };
        let work =
            store.map(|store| tokio::spawn(worker::work(store, serve.work.settings(sizes, solver), stop.clone())));
        let served = api::serve(settings, Box::new(|address| tracing::info!(%address, "listening")), stop).await;
        served.map_err(|error| Failure::of_server(&format!("{address}: {error}")))?;
        if let Some(work) = work {
            // It stops by itself a little earlier than the server.
            let _ = tokio::time::timeout(BEFORE_THE_END, work).await;
        }
        Ok(())
    })
}

/// Works on runs until it is told to stop.
pub(super) fn run_worker(arguments: WorkerArguments) -> Result<Exit, Failure> {
    let settings = arguments.work.settings(arguments.sizes.limits(), solver()?);
    let telemetry = arguments.work.telemetry.clone();
    until_told_to_stop(&telemetry, |stop| async move {
        let store = arguments.place.open(&arguments.place.url()?).await?;
        if !store.is_shared() {
            return Err(Failure::of_server(
                "--store: workers beside servers take postgres://…; on sqlite the server works by itself",
            ));
        }
        if let Some(address) = arguments.work.operations_address {
            let told = api::tell_operations(address).await;
            told.map_err(|error| Failure::of_server(&format!("{address}: {error}")))?;
        }
        tracing::info!(workers = settings.count, "working");
        worker::work(store, settings, stop).await;
        Ok(())
    })
}

/// Runs until SIGTERM or Ctrl-C has been heard and what goes on then has ended.
fn until_told_to_stop<F: Future<Output = Result<(), Failure>>>(
    telemetry: &Telemetry,
    run: impl FnOnce(watch::Receiver<bool>) -> F,
) -> Result<Exit, Failure> {
    let failure = |error: std::io::Error| Failure::of_server(&error.to_string());
    let runtime = tokio::runtime::Runtime::new().map_err(failure)?;
    let ended = runtime.block_on(async {
        let telling = telemetry.start()?;
        let (tell, stop) = watch::channel(false);
        let mut terminate = signal(SignalKind::terminate()).map_err(failure)?;
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            tracing::info!("shutting down");
            let _ = tell.send(true);
            // Whoever waits for the word has to find it.
            std::future::pending::<()>().await;
        });
        let ended = run(stop).await;
        telling.end();
        ended
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended.map(|()| Exit::Done)
}

fn read(path: impl AsRef<Path>) -> Result<Vec<u8>, Failure> {
    let path = path.as_ref();
    std::fs::read(path).map_err(|error| Failure::of_file(path, &error))
}

fn solver() -> Result<SolverCommand, Failure> {
    let binary = std::env::current_exe().map_err(|error| Failure::of_file(Path::new("misti-matching"), &error))?;
    Ok(SolverCommand::of_binary(binary))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
