//! The settings of registers.

use crate::parts::settings::{Bytes, Count, Off, Span};
use core::time::Duration;
use rumormill_core::bounded::Limits;

/// Writes the removal of the register of that key.
pub type Removal = fn(key: &str) -> rumormill_core::Bytes;

crate::settings! {
    /// The settings of [`Registers`](super::Registers).
    #[derive(Clone, Copy, Debug)]
    pub struct RegistersConfig {
        /// How often a node compares what it knows with one random peer's; a tenth more or less. Off:
        /// never, then what broadcast loses stays lost.
        sync_interval: Option<Duration> as Off<Span> = Some(Duration::from_secs(5)),
            from Duration::from_millis(10), to Duration::from_secs(86_400);
        /// How long to wait for the first sync before the first publish, where there is somebody to
        /// bootstrap from.
        first_sync_wait: Duration as Span = Duration::from_secs(2),
            from Duration::ZERO, to Duration::from_secs(86_400);
        /// How many registers of others are kept, all origins together.
        entries_max: usize as Count = 16_384, in "registers", from 1, to 100_000_000;
        /// And how many bytes of them.
        bytes_max: usize as Bytes = 64 << 20, from 1 << 20, to 1 << 36;
        /// How many bytes our own registers may have, all together.
        own_bytes_max: usize as Bytes = 16 << 20, from 1024, to 1 << 36;
        /// The most bytes of one delta, and so of one register too: what could never be repaired is not
        /// kept. The default is such that whatever a books node takes in a body of 1 MiB fits.
        delta_bytes_max: usize as Bytes = (1 << 20) + (32 << 10), from 1024, to 1 << 30;
        /// The most bytes of one digest; a longer one goes in pages, one an exchange.
        digest_bytes_max: usize as Bytes = 64 << 10, from 1024, to 1 << 30;
        /// How long it is remembered that a register was removed. Whoever was away for longer is told
        /// all of that origin anew.
        tombstone_ttl: Duration as Span = Duration::from_secs(3600),
            from Duration::from_secs(1), to Duration::from_secs(365 * 86_400);
        /// How long after a failed durable write it is tried again.
        retry_interval: Duration as Span = Duration::from_secs(1),
            from Duration::from_millis(10), to Duration::from_secs(86_400);
    }
    derived {
        /// Whether to sync before the first publish: set where there is somebody to bootstrap from.
        await_first_sync: bool = false;
        /// How the removal of a register is written on the wire. Without, what others falsely say that
        /// we said is left alone.
        removal: Option<Removal> = None;
    }
}

impl RegistersConfig {
    pub(super) fn table_limits(&self) -> Limits {
        Limits { entries: self.entries_max, bytes: self.bytes_max, age: Duration::MAX }
    }
}
