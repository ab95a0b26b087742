//! Workers: each takes a run whose turn it is, solves it, and ends it once.
//!
//! A worker trusts its lease for two thirds of it, counted from before it asked for it; when it has not reached the store by then, it stops
//! its solve and leaves the run to others. What it finds is written in one transaction, and only while its claim is the latest. A run is
//! taken so many times and no more, so that one which kills its workers does not go round for ever.

mod attempt;
mod housekeeping;

use std::pin::Pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;

use rules::codes::Code;
use solve::SolverCommand;
use store::{Hint, Store};
use wire::SizeLimits;

/// How long a worker waits before it looks at the queue again, where nothing tells it to.
const GLANCE: Duration = Duration::from_secs(1);

/// Settings of the workers of one process.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What they are called, each with its number.
    pub name: String,
    /// How many there are.
    pub count: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// How often a run is taken before it is given up.
    pub most_attempts: i64,
    /// The longest time limit that a run may ask for.
    pub most_time: Duration,
    /// How much one request may hold.
    pub sizes: SizeLimits,
    /// How to start the solver's process.
    pub solver: SolverCommand,
}

/// Works until `stop` says true; what is being solved then is given back, and counts as no attempt. The future is in a box, so that it is
/// compiled with this crate and not with whoever starts it.
pub fn work(store: Store, settings: Settings, stop: watch::Receiver<bool>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let mut tasks = JoinSet::new();
        for number in 0..settings.count {
            let worker = Worker {
                store: store.clone(),
                settings: settings.clone(),
                name: format!("{}-{number}", settings.name),
                stop: stop.clone(),
            };
            tasks.spawn(worker.work());
        }
        tasks.spawn(housekeeping::keep(store, settings, stop));
        while tasks.join_next().await.is_some() {}
    })
}

/// One worker.
struct Worker {
    store: Store,
    settings: Settings,
    name: String,
    stop: watch::Receiver<bool>,
}

impl Worker {
    async fn work(self) {
        let mut hints = self.store.hints();
        let mut stop = self.stop.clone();
        while !*stop.borrow() {
            match self.store.claim(&self.name, self.settings.lease, self.settings.most_attempts).await {
                Ok(Some(claim)) => {
                    if claim.taken_over {
                        metrics::counter!("misti_lease_takeovers_total").increment(1);
                    }
                    let span = tracing::info_span!("attempt", run = %claim.run.id, attempt = claim.run.attempts);
                    self.attempt(claim).instrument(span).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the queue can't be read"),
            }
            tokio::select! {
                () = tokio::time::sleep(GLANCE) => {}
                () = queue_hint(&mut hints) => {}
                () = stopped(&mut stop) => {}
            }
        }
    }
}

/// Waits until the process is told to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Where nobody is left who could tell, it stops as well.
    let _ = stop.wait_for(|&stop| stop).await;
}

/// Waits until there may be something to work on.
async fn queue_hint(hints: &mut tokio::sync::broadcast::Receiver<Hint>) {
    use tokio::sync::broadcast::error::RecvError;
    loop {
        match hints.recv().await {
            Ok(Hint::Queue) | Err(RecvError::Lagged(_)) => return,
            Ok(Hint::Run(_) | Hint::End(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Why an attempt came to nothing.
struct Failed {
    code: &'static Code,
    /// Whether another attempt may do better.
    may_be_tried_again: bool,
}
