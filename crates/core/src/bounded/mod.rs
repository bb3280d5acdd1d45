//! Collections that a stranger can't make grow.
//!
//! Each has a cap in entries and in bytes, and an age. When it is full, the source that holds most
//! of it loses its oldest entry. So a flooder evicts itself: every one of `s` sources keeps at least
//! a share of `1/s`, whatever the others do.

mod chain;
mod fair_map;
mod fair_queue;

pub use fair_map::{FairMap, HashSeed, Seen};
pub use fair_queue::{FairQueue, Place};

use core::time::Duration;

/// How much a bounded collection holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most entries.
    pub entries: usize,
    /// The most bytes of payload, as the user of the collection counts them.
    pub bytes: usize,
    /// How long an entry stays.
    pub age: Duration,
}
