//! Waiting for what is to come true.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// By when something must have happened that takes a moment on an idle machine: builds and other
/// tests share this one.
pub const SOON: Duration = Duration::from_secs(30);

/// How often is looked.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until there is something, which must be `within` that time.
#[track_caller]
pub fn until<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + within;
    loop {
        // Judged by the time before the look: one that succeeds late because it was slow counts.
        let last = Instant::now() >= deadline;
        if let Some(found) = look() {
            return found;
        }
        assert!(!last, "after {within:?} still not: {what}");
        sleep(PAUSE);
    }
}
