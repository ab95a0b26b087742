//! Questions that need not wait for each other, on the cores there are.

use std::panic::resume_unwind;
use std::thread;

use tracing::Span;

/// What becomes of each item, in their order; as many at once as there are cores.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (span, work) = (Span::current(), &work);
    let mut done = Vec::with_capacity(items.len());
    for at_once in items.chunks(cores) {
        thread::scope(|scope| {
            let begin = |item| {
                let span = span.clone();
                scope.spawn(move || span.in_scope(|| work(item)))
            };
            let begun: Vec<_> = at_once.iter().map(begin).collect();
            done.extend(begun.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic))));
        });
    }
    done
}
