//! `WatchRun`: a run as it is after every change, the latest only where the caller reads slowly.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::principal::Principal;
use crate::status;
use rules::domain::RunId;
use store::{Hint, Store};
use wire::{self, pb};

/// How many runs may be watched at once. A watch costs a task and room for one message, and no slot.
#[derive(Debug, Clone, Copy)]
pub struct WatchLimits {
    /// By all callers together.
    pub most: usize,
    /// By one caller.
    pub most_of_caller: usize,
}

/// How long nobody looks at a run where nothing tells of a change.
const GLANCE: Duration = Duration::from_secs(2);

/// How often it is seen whether the caller would still be let in.
const KNOWN: Duration = Duration::from_secs(1);

/// How long a caller may take to read.
const PATIENCE: Duration = Duration::from_secs(30);

type Sender = mpsc::Sender<Result<pb::Run, Status>>;

/// The streams of a server.
pub(super) struct Watching {
    store: Store,
    limits: WatchLimits,
    stop: watch::Receiver<bool>,
    places: Arc<Semaphore>,
    of_caller: Arc<Mutex<HashMap<String, usize>>>,
}

/// A caller's place; given up when dropped.
struct Place {
    caller: String,
    of_caller: Arc<Mutex<HashMap<String, usize>>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("misti_watched_runs").decrement(1.0);
        if let Ok(mut of_caller) = self.of_caller.lock()
            && let Some(count) = of_caller.get_mut(&self.caller)
        {
            *count -= 1;
            if *count == 0 {
                of_caller.remove(&self.caller);
            }
        }
    }
}

impl Watching {
    pub fn new(store: Store, limits: WatchLimits, stop: watch::Receiver<bool>) -> Self {
        Self {
            store,
            limits,
            stop,
            places: Arc::new(Semaphore::new(limits.most.min(Semaphore::MAX_PERMITS))),
            of_caller: Arc::default(),
        }
    }

    /// Takes a place, or sheds the call.
    fn take_place(&self, caller: &str) -> Result<Place, Status> {
        let WatchLimits { most, most_of_caller } = self.limits;
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| status::too_many_watches(most, "by all callers"))?;
        let mut of_caller = self.of_caller.lock().unwrap_or_else(PoisonError::into_inner);
        if of_caller.get(caller).is_some_and(|&count| count >= most_of_caller) {
            return Err(status::too_many_watches(most_of_caller, "by this caller"));
        }
        let count = of_caller.entry(caller.to_owned()).or_insert(0);
        *count += 1;
        metrics::gauge!("misti_watched_runs").increment(1.0);
        Ok(Place { caller: caller.to_owned(), of_caller: self.of_caller.clone(), _place: place })
    }

    /// Begins a stream.
    pub async fn watch(
        &self,
        principal: Principal,
        id: RunId,
    ) -> Result<ReceiverStream<Result<pb::Run, Status>>, Status> {
        let place = self.take_place(&principal.name)?;
        // Before the first look, so that no change falls in between.
        let hints = self.store.hints();
        let run = self.store.run(principal.reach(), &id).await.map_err(|error| status::store(&error))?;
        run.ok_or_else(status::run_not_found)?;
        let (sender, receiver) = mpsc::channel(1);
        let (store, mut stop) = (self.store.clone(), self.stop.clone());
        tokio::spawn(async move {
            let _place = place;
            let ended = tokio::select! {
                ended = tell(&store, &principal, &id, hints, &sender) => ended,
                () = sender.closed() => return,
                _ = stop.wait_for(|&stop| stop) => Err(status::stopping()),
            };
            if let Err(ended) = ended {
                // The last word waits for room no longer than any other.
                let _ = tokio::time::timeout(PATIENCE, sender.send(Err(ended))).await;
            }
        });
        Ok(ReceiverStream::new(receiver))
    }
}

/// Tells of a run until it has finished.
async fn tell(
    store: &Store,
    principal: &Principal,
    id: &RunId,
    mut hints: broadcast::Receiver<Hint>,
    sender: &Sender,
) -> Result<(), Status> {
    let mut told = 0;
    loop {
        if !principal.is_known() {
            return Err(status::unauthenticated());
        }
        let found = store.run(principal.reach(), id).await.map_err(|error| status::store(&error))?;
        let run = found.ok_or_else(status::run_not_found)?;
        if run.revision != told && principal.is_known() {
            told = run.revision;
            let sent = tokio::time::timeout(PATIENCE, sender.send(Ok(wire::write_run(&run)))).await;
            sent.map_err(|_| status::deadline_passed())?.map_err(|_| Status::cancelled("the caller has gone"))?;
        }
        if run.state.is_finished() {
            return Ok(());
        }
        let changed = async {
            tokio::select! {
                () = tokio::time::sleep(GLANCE) => {}
                () = hinted(&mut hints, id) => {}
            }
        };
        tokio::select! {
            () = changed => {}
            () = unknown(principal) => {}
        }
    }
}

/// Waits until the caller would be let in no more.
async fn unknown(principal: &Principal) {
    while principal.is_known() {
        tokio::time::sleep(KNOWN).await;
    }
}

/// Waits until the run may have changed.
async fn hinted(hints: &mut broadcast::Receiver<Hint>, id: &RunId) {
    loop {
        match hints.recv().await {
            Ok(Hint::Run(changed) | Hint::End(changed)) if changed == *id => return,
            Err(RecvError::Lagged(_)) => return,
            Ok(_) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
