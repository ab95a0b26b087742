//! `serve` and `worker`: the gRPC server, and what works on runs beside it or in a process of its own.

mod descriptors;
mod flags;

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::exit::Exit;
use super::files::Failure;
use super::telemetry::Telemetry;
use api::Bound;
pub(super) use flags::{Place, Serve, VALIDATE_SECONDS, WorkerArguments, validate_seconds};
use solve::SolverCommand;

/// Serves until it is told to stop.
pub(super) fn run(serve: Serve) -> Result<Exit, Failure> {
    serve.check_address()?;
    let solver = solver()?;
    let telemetry = serve.work.telemetry.clone();
    until_told_to_stop(&telemetry, |tell, stop| async move {
        let store = match serve.place.url()?.as_str() {
            "none" => None,
            url => Some(serve.place.open(url).await?),
        };
        let of_address = |error: &dyn std::fmt::Display| Failure::of_server(&format!("{}: {error}", serve.address));
        let bound = Bound::bind(serve.settings(store.clone(), solver.clone())?).await;
        let bound = bound.map_err(|error| of_address(&error))?;
        let address = bound.address().map_err(|error| of_address(&error))?;
        let pages = bound.pages_address().map_err(|error| of_address(&error))?;
        // Not before there is a server: whoever fails to start takes no run.
        let work = store.map(|store| tokio::spawn(worker::work(store, serve.worker_settings(solver), stop.clone())));
        tracing::info!(%address, "listening");
        match serve.why_no_console() {
            None => tracing::info!(url = serve.console_url(pages), "the console is there"),
            Some(why) => tracing::info!(why, "there is no console"),
        }
        let served = bound.serve(stop).await;
        // Also where serving failed.
        let _ = tell.send(true);
        if let Some(work) = work {
            let _ = work.await;
        }
        served.map_err(|error| of_address(&error))
    })
}

/// Works on runs until it is told to stop.
pub(super) fn run_worker(arguments: WorkerArguments) -> Result<Exit, Failure> {
    let settings = arguments.work.settings(&arguments.sizes, solver()?);
    let telemetry = arguments.work.telemetry.clone();
    until_told_to_stop(&telemetry, |_, stop| async move {
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
    run: impl FnOnce(watch::Sender<bool>, watch::Receiver<bool>) -> F,
) -> Result<Exit, Failure> {
    let failure = |error: std::io::Error| Failure::of_server(&error.to_string());
    let runtime = tokio::runtime::Runtime::new().map_err(failure)?;
    let ended = runtime.block_on(async {
        let telling = telemetry.start()?;
        let (tell, stop) = watch::channel(false);
        let mut terminate = signal(SignalKind::terminate()).map_err(failure)?;
        // What is read again when it changes is read again by itself; the signal that asks for it ends nothing.
        let _hangup = signal(SignalKind::hangup()).map_err(failure)?;
        let told = tell.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            tracing::info!("shutting down");
            let _ = told.send(true);
        });
        let ended = run(tell.clone(), stop).await;
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
