//! What has to be done from time to time: runs whose workers are lost for good, runs and drafts whose time is over, and the figures of the queue.

use std::time::Duration;

use tokio::sync::watch;

use super::{Settings, stopped};
use store::{Store, StoreError};

/// How often the figures are taken.
const FIGURES: Duration = Duration::from_secs(2);
/// How often runs and drafts whose time is over are looked for.
const EXPIRY: Duration = Duration::from_secs(20);

/// Keeps house until `stop` says true.
pub(super) async fn keep(store: Store, settings: Settings, mut stop: watch::Receiver<bool>) {
    let mut give_up = tokio::time::interval((settings.lease / 3).min(FIGURES));
    let mut expire = tokio::time::interval(EXPIRY);
    let mut figures = tokio::time::interval(FIGURES);
    loop {
        let done = tokio::select! {
            _ = give_up.tick() => give_up_lost(&store, settings.most_attempts).await,
            _ = expire.tick() => delete_expired(&store).await,
            _ = figures.tick() => tell_figures(&store).await,
            () = stopped(&mut stop) => return,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the store can't be kept in order");
        }
    }
}

async fn give_up_lost(store: &Store, most_attempts: i64) -> Result<(), StoreError> {
    let given_up = store.give_up(most_attempts).await?;
    if given_up > 0 {
        tracing::error!(given_up, "runs were given up");
        metrics::counter!("misti_runs_finished_total", "state" => "given_up").increment(given_up);
    }
    Ok(())
}

async fn delete_expired(store: &Store) -> Result<(), StoreError> {
    let expired = store.expire().await?;
    if expired > 0 {
        tracing::info!(expired, "runs and drafts were deleted because their time was over");
    }
    Ok(())
}

async fn tell_figures(store: &Store) -> Result<(), StoreError> {
    let queue = store.queue().await?;
    metrics::gauge!("misti_queue_runs").set(queue.pending as f64);
    metrics::gauge!("misti_running_runs").set(queue.running as f64);
    metrics::gauge!("misti_queue_oldest_seconds").set(queue.oldest_milliseconds as f64 / 1_000.0);
    Ok(())
}
