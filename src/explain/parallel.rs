//! Questions that need not wait for each other, on the cores there are.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tracing::Span;

/// Questions asked at once at most: each has a season and a solver's process of its own.
const MOST_AT_ONCE: usize = 4;

/// What becomes of each item, in their order.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (span, next) = (Span::current(), AtomicUsize::new(0));
    let take = || {
        let _entered = span.enter();
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else { return done };
            done.push((place, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores.min(MOST_AT_ONCE).min(items.len())).map(|_| scope.spawn(take)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    done.sort_by_key(|&(place, _)| place);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn what_becomes_of_items_stands_in_their_order() {
        let items: Vec<u32> = (0..100).collect();
        // So long that nobody takes all of them.
        let doubled = |&item: &u32| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            item * 2
        };
        assert_eq!(map(&items, doubled), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(map(&[], doubled), [0; 0]);
    }
}
