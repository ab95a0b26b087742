//! `WatchRun`: a run as it is after every change, the latest only where the caller reads slowly.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
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

/// Streams of all callers together.
const MOST_STREAMS: usize = 512;
/// Streams of one caller.
const MOST_OF_CALLER: usize = 64;

/// How long nobody looks where nothing tells of a change.
const GLANCE: Duration = Duration::from_secs(1);

/// How long a caller may take to read.
const PATIENCE: Duration = Duration::from_secs(30);

type Sender = mpsc::Sender<Result<pb::Run, Status>>;

/// The streams of a server.
pub(super) struct Watching {
    store: Store,
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
    pub fn new(store: Store, stop: watch::Receiver<bool>) -> Self {
        Self { store, stop, places: Arc::new(Semaphore::new(MOST_STREAMS)), of_caller: Arc::default() }
    }

    /// Takes a place, or sheds the call.
    fn take_place(&self, caller: &str) -> Result<Place, Status> {
        let overloaded = || status::overloaded(GLANCE);
        let place = self.places.clone().try_acquire_owned().map_err(|_| overloaded())?;
        let mut of_caller = self.of_caller.lock().map_err(|_| overloaded())?;
        let count = of_caller.entry(caller.to_owned()).or_insert(0);
        if *count >= MOST_OF_CALLER {
            return Err(overloaded());
        }
        *count += 1;
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
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            () = hinted(&mut hints, id) => {}
        }
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
