//! `serve`: the gRPC server.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::Path;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::exit::Exit;
use super::files::Failure;
use crate::api::{self, Settings};
use crate::solve::SolverCommand;
use crate::wire::SizeLimits;

/// Where and with what limits to serve.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:50051")]
    address: SocketAddr,
    /// Listen on an address that other machines reach, although there is no encryption and nobody is asked who they are.
    #[arg(long)]
    expose_without_tls_or_login: bool,
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
    /// MiB of the largest request.
    #[arg(long, default_value_t = 64)]
    max_message_mib: usize,
    /// Calls computed at once. Unset: as many as there are cores.
    #[arg(long)]
    slots: Option<NonZeroU16>,
    /// Calls that may wait for a slot; more are refused with a delay after which to come again.
    #[arg(long, default_value_t = 16)]
    waiting: u16,
    /// Seconds that calls may go on after SIGTERM or Ctrl-C.
    #[arg(long, default_value_t = 25)]
    drain_seconds: u64,
    /// Log as JSON.
    #[arg(long)]
    json_logs: bool,
}

pub(super) fn run(serve: Serve) -> Result<Exit, Failure> {
    if !serve.address.ip().is_loopback() && !serve.expose_without_tls_or_login {
        return Err(Failure::of_server(&format!(
            "{} can be reached from other machines, and this server has neither encryption nor login yet; use \
             127.0.0.1, or say --expose-without-tls-or-login if something in front of it has both",
            serve.address
        )));
    }
    start_logging(serve.json_logs);
    let binary = std::env::current_exe().map_err(|error| Failure::of_file(Path::new("misti-matching"), &error))?;
    let settings = Settings {
        address: serve.address,
        sizes: SizeLimits {
            students: serve.max_students,
            projects: serve.max_projects,
            choices: serve.max_choices,
            pairs: serve.max_pairs,
            ..SizeLimits::SERVICE
        },
        message_bytes: serve.max_message_mib.saturating_mul(1 << 20),
        slots: serve.slots.map_or_else(cores, |slots| usize::from(slots.get())),
        waiting: usize::from(serve.waiting),
        drain: Duration::from_secs(serve.drain_seconds),
        solver: SolverCommand::of_binary(binary),
    };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::of_server(&error.to_string()))?;
    let address = settings.address;
    let served = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let shutdown = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            tracing::info!("shutting down");
        };
        api::serve(settings, |address| tracing::info!(%address, "listening"), shutdown).await
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    served.map(|()| Exit::Done).map_err(|error| Failure::of_server(&format!("{address}: {error}")))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn start_logging(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    if json { builder.json().init() } else { builder.init() }
}
