//! [`Slots`]: a bounded number of calls is computed at once, off the async threads; a bounded number waits; more are
//! shed with a delay after which to come again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tonic::Status;

use super::status;
use crate::solve::Cancel;

/// What a shed caller is told to wait.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The slots of a server.
#[derive(Clone)]
pub(super) struct Slots {
    /// One permit for each call that computes or waits.
    admitted: Arc<Semaphore>,
    /// One permit for each call that computes.
    computing: Arc<Semaphore>,
}

/// Utters the wish when the call's future is dropped: the caller left, or its deadline passed.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Slots {
    /// `computing` calls at once, `waiting` more in line.
    pub fn new(computing: usize, waiting: usize) -> Self {
        Self { admitted: Arc::new(Semaphore::new(computing + waiting)), computing: Arc::new(Semaphore::new(computing)) }
    }

    /// Computes on a thread of its own, once a slot is free, and tells the work when the caller has gone. The slot is
    /// held until the work has really ended.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Cancel) -> Result<T, Status> + Send + 'static,
    ) -> Result<T, Status> {
        let admitted = self.admitted.clone().try_acquire_owned().map_err(|_| status::overloaded(RETRY_DELAY))?;
        let computing = self.computing.clone().acquire_owned().await.map_err(|_| status::overloaded(RETRY_DELAY))?;
        let gone = Cancel::default();
        let _caller_is_there = CancelOnDrop(gone.clone());
        let worker = tokio::task::spawn_blocking(move || {
            let _held = (admitted, computing);
            work(gone)
        });
        worker.await.unwrap_or_else(|_| Err(status::unexpected()))
    }
}
