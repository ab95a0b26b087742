//! Places where a test ends the process as a lost power supply would: at the moment that `MISTI_MATCHING_FAILPOINT` names. Unset, which it
//! is everywhere but in tests, they do nothing.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The variable: a name, or `name:n` for the n-th time that it is reached.
const VARIABLE: &str = "MISTI_MATCHING_FAILPOINT";

/// Ends the process, where a test wants that here.
pub fn reach(name: &str) {
    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static TIMES: AtomicU64 = AtomicU64::new(0);
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var(VARIABLE).ok()?;
        let (name, times) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), times.parse().ok()?))
    });
    if let Some((wanted, times)) = wanted
        && wanted == name
        && TIMES.fetch_add(1, Ordering::Relaxed) + 1 == *times
    {
        std::process::abort();
    }
}
