//! [`Slots`]: a bounded number of calls is computed at once, off the async threads; a bounded number waits; more are
//! shed with a delay after which to come again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

use super::status;
use solve::Cancel;

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

/// A call's place among those that compute or wait; given up when dropped.
pub(super) struct Admission {
    computing: Arc<Semaphore>,
    _place: OwnedSemaphorePermit,
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

    /// Takes a place for a call, or sheds it.
    pub fn admit(&self) -> Result<Admission, Status> {
        let place = self.admitted.clone().try_acquire_owned().map_err(|_| status::overloaded(RETRY_DELAY))?;
        Ok(Admission { computing: self.computing.clone(), _place: place })
    }
}

impl Admission {
    /// Computes on a thread of its own, once a slot is free, and tells the work when the caller has gone. The slot is
    /// held until the work has really ended.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(Cancel) -> Result<T, Status> + Send + 'static,
    ) -> Result<T, Status> {
        let slot = self.computing.clone().acquire_owned().await.map_err(|_| status::overloaded(RETRY_DELAY))?;
        let gone = Cancel::default();
        let _caller_is_there = CancelOnDrop(gone.clone());
        let span = tracing::Span::current();
        let worker = tokio::task::spawn_blocking(move || {
            let _held = slot;
            span.in_scope(|| work(gone))
        });
        worker.await.unwrap_or_else(|_| Err(status::unexpected()))
    }
}
