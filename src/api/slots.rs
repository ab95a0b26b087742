//! [`Slots`]: a bounded number of calls is computed at once, off the async threads; a bounded number waits in line; more are shed with a delay
//! after which to come again.
//!
//! Those in line take turns by caller: the next slot is for the caller who has had least of them, where what was had counts half after every
//! [`HALF_LIFE`]. A full line sheds whoever came last of the caller with most places in it, unless the newcomer would have as many.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tonic::Status;

use super::status;
use solve::Cancel;

/// What a shed caller is told to wait.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// After how long the time that a caller has had counts half.
const HALF_LIFE: Duration = Duration::from_secs(60);

/// Seconds below which what a caller has had is forgotten.
const NOTHING: f64 = 0.01;

/// The slots of a server for one kind of call.
#[derive(Clone)]
pub(super) struct Slots {
    line: Arc<Mutex<Line>>,
    /// Calls that may compute or wait.
    most: usize,
}

/// Who computes, and who waits.
struct Line {
    free: usize,
    callers: HashMap<String, Account>,
    /// Whoever has waited longest comes first.
    waiting: Vec<Waiter>,
}

/// What a caller has.
struct Account {
    /// Calls that compute or wait.
    places: usize,
    /// Calls that compute.
    running: usize,
    /// Seconds of slots that it had had when they were `counted`.
    had: f64,
    counted: Instant,
}

/// A call in line.
struct Waiter {
    caller: String,
    turn: oneshot::Sender<Slot>,
}

/// A call's place among those that compute or wait; given up when dropped.
pub(super) struct Admission {
    slots: Slots,
    caller: String,
}

/// A slot; given up when dropped.
struct Slot {
    slots: Slots,
    caller: String,
}

/// Utters the wish when the call's future is dropped: the caller left, or its deadline passed.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Account {
    fn had(&self, now: Instant) -> f64 {
        let age = now.saturating_duration_since(self.counted).as_secs_f64();
        self.had * 0.5_f64.powf(age / HALF_LIFE.as_secs_f64()) + self.running as f64 * age
    }

    fn count(&mut self) {
        let now = Instant::now();
        self.had = self.had(now);
        self.counted = now;
    }
}

impl Line {
    fn account(&mut self, caller: &str) -> &mut Account {
        let new = || Account { places: 0, running: 0, had: 0.0, counted: Instant::now() };
        self.callers.entry(caller.to_owned()).or_insert_with(new)
    }

    fn places(&self, caller: &str) -> usize {
        self.callers.get(caller).map_or(0, |account| account.places)
    }

    /// Makes room for one more call of `caller` in a full line, where another has more places than that caller would have.
    fn make_room(&mut self, caller: &str) -> bool {
        self.waiting.retain(|waiter| !waiter.turn.is_closed());
        let wanted = self.places(caller) + 1;
        let places: Vec<usize> = self.waiting.iter().map(|waiter| self.places(&waiter.caller)).collect();
        let Some(at) = (0..places.len()).max_by_key(|&at| places[at]).filter(|&at| places[at] > wanted) else {
            return false;
        };
        // Whoever waits for a turn that is dropped is shed.
        self.waiting.remove(at);
        true
    }

    /// Whose turn it is, where a slot is free.
    fn next(&mut self) -> Option<Waiter> {
        self.waiting.retain(|waiter| !waiter.turn.is_closed());
        if self.free == 0 {
            return None;
        }
        let now = Instant::now();
        let had = |waiter: &Waiter| self.callers.get(&waiter.caller).map_or(0.0, |account| account.had(now));
        let had: Vec<f64> = self.waiting.iter().map(had).collect();
        let least = (0..had.len()).min_by(|&one, &other| had[one].total_cmp(&had[other]))?;
        let waiter = self.waiting.remove(least);
        self.free -= 1;
        let account = self.account(&waiter.caller);
        account.count();
        account.running += 1;
        Some(waiter)
    }

    fn end(&mut self, caller: &str) {
        self.free += 1;
        let account = self.account(caller);
        account.count();
        account.running -= 1;
        let now = Instant::now();
        self.callers.retain(|_, account| account.places + account.running > 0 || account.had(now) > NOTHING);
    }
}

impl Slots {
    /// `computing` calls at once, `waiting` more in line.
    pub fn new(computing: usize, waiting: usize) -> Self {
        let line = Line { free: computing, callers: HashMap::new(), waiting: Vec::new() };
        Self { line: Arc::new(Mutex::new(line)), most: computing + waiting }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a call, or sheds it.
    pub fn admit(&self, caller: &str) -> Result<Admission, Status> {
        let mut line = self.line();
        let taken: usize = line.callers.values().map(|account| account.places).sum();
        if taken >= self.most && !line.make_room(caller) {
            return Err(status::overloaded(RETRY_DELAY));
        }
        line.account(caller).places += 1;
        Ok(Admission { slots: self.clone(), caller: caller.to_owned() })
    }

    /// Hands out free slots. A slot whose turn nobody waits for any more is dropped outside the lock, and so goes to the next.
    fn hand_out(&self) {
        loop {
            let Some(Waiter { caller, turn }) = self.line().next() else { return };
            drop(turn.send(Slot { slots: self.clone(), caller }));
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.slots.line().account(&self.caller).places -= 1;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.line().end(&self.caller);
        self.slots.hand_out();
    }
}

impl Admission {
    async fn slot(&self) -> Result<Slot, Status> {
        let (turn, comes) = oneshot::channel();
        self.slots.line().waiting.push(Waiter { caller: self.caller.clone(), turn });
        self.slots.hand_out();
        comes.await.map_err(|_| status::overloaded(RETRY_DELAY))
    }

    /// Computes on a thread of its own, once a slot is free, and tells the work when the caller has gone. The slot is
    /// held until the work has really ended.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(Cancel) -> Result<T, Status> + Send + 'static,
    ) -> Result<T, Status> {
        self.slot().await?.compute(work).await
    }

    /// The same where a slot is free by then; `None` where none is, or the call was shed from the line.
    pub async fn compute_by<T: Send + 'static>(
        &self,
        moment: Instant,
        work: impl FnOnce(Cancel) -> Result<T, Status> + Send + 'static,
    ) -> Result<Option<T>, Status> {
        match tokio::time::timeout_at(moment.into(), self.slot()).await {
            Ok(Ok(slot)) => slot.compute(work).await.map(Some),
            Ok(Err(_)) | Err(_) => Ok(None),
        }
    }
}

impl Slot {
    async fn compute<T: Send + 'static>(
        self,
        work: impl FnOnce(Cancel) -> Result<T, Status> + Send + 'static,
    ) -> Result<T, Status> {
        let gone = Cancel::default();
        let _caller_is_there = CancelOnDrop(gone.clone());
        let span = tracing::Span::current();
        let worker = tokio::task::spawn_blocking(move || {
            let _held = self;
            span.in_scope(|| work(gone))
        });
        worker.await.unwrap_or_else(|_| Err(status::unexpected()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits in line, and says when its turn came; what it is given has to be dropped for the next.
    fn line_up(slots: &Slots, caller: &str) -> tokio::task::JoinHandle<Result<(Slot, Admission), Status>> {
        let admission = slots.admit(caller).expect("there is room");
        tokio::spawn(async move { admission.slot().await.map(|slot| (slot, admission)) })
    }

    async fn settled() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_next_slot_is_for_whoever_has_had_least() {
        let slots = Slots::new(1, 16);
        let first = line_up(&slots, "many").await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let many = line_up(&slots, "many");
        settled().await;
        let few = line_up(&slots, "few");
        settled().await;
        drop(first);
        settled().await;
        assert!(few.is_finished() && !many.is_finished());
        drop(few.await.unwrap());
        assert_eq!(many.await.unwrap().unwrap().0.caller, "many");
    }

    #[tokio::test]
    async fn a_full_line_sheds_the_last_of_whoever_has_most_places() {
        let slots = Slots::new(1, 2);
        let holds = line_up(&slots, "many").await.unwrap().unwrap();
        let (second, third) = (line_up(&slots, "many"), line_up(&slots, "many"));
        settled().await;
        assert!(slots.admit("many").is_err(), "its own line is full");
        let few = line_up(&slots, "few");
        settled().await;
        assert!(third.await.unwrap().is_err(), "the last that came is shed");
        drop(holds);
        drop(few.await.unwrap().unwrap());
        drop(second.await.unwrap().unwrap());
        assert!(slots.line().callers.values().all(|account| account.places == 0), "places are given up");
    }

    #[tokio::test]
    async fn a_caller_that_left_the_line_takes_no_slot() {
        let slots = Slots::new(1, 16);
        let holds = line_up(&slots, "one").await.unwrap().unwrap();
        let left = line_up(&slots, "two");
        settled().await;
        left.abort();
        settled().await;
        drop(holds);
        drop(line_up(&slots, "three").await.unwrap().unwrap());
        assert_eq!(slots.line().free, 1);
    }
}
