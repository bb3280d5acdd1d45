//! The settings of flooding.

use crate::parts::config_error::{ConfigError, at_least};
use core::num::NonZeroU16;
use core::time::Duration;
use rumormill_core::bounded::Limits;

/// To how many peers a node sends what is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fanout {
    /// To all that are up.
    All,
    /// To so many, drawn anew for each rumor.
    Random(NonZeroU16),
}

/// The settings of [`Flood`](super::Flood).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloodConfig {
    /// To how many peers. Default: all. A random few reaches most of a large network, not all: the
    /// chance to miss a node is about `e^-fanout`, and the state plane repairs it.
    pub fanout: Fanout,
    /// Hops that a rumor of ours may take after the first, and the most that we grant to others'.
    /// Default 8: enough for any random network of up to a million nodes with 8 neighbours each.
    pub ttl: u8,
    /// How many ids the seen cache holds. Default 65,536.
    pub seen_entries: usize,
    /// How long. Default 10 minutes; longer than any rumor lives, else it may be delivered twice.
    pub seen_age: Duration,
    /// How many rumors are kept to be looked at. Default 1,024.
    pub recent_entries: usize,
    /// And how many bytes of them. Default 1 MiB.
    pub recent_bytes: usize,
    /// How many rumors may wait for a verdict. Default 4,096; at most 16 MiB, for 60 s.
    pub pending_entries: usize,
    /// How long after a failed durable write it is tried again. Default 1 s.
    pub retry_interval: Duration,
}

impl Default for FloodConfig {
    fn default() -> Self {
        FloodConfig {
            fanout: Fanout::All,
            ttl: 8,
            seen_entries: 65_536,
            seen_age: Duration::from_secs(600),
            recent_entries: 1024,
            recent_bytes: 1 << 20,
            pending_entries: 4096,
            retry_interval: Duration::from_secs(1),
        }
    }
}

impl FloodConfig {
    /// Fails on the first setting that no node could work with.
    pub fn check(&self) -> Result<(), ConfigError> {
        at_least("flood.seen_entries", self.seen_entries, 1)?;
        at_least("flood.seen_age", self.seen_age, Duration::from_secs(1))?;
        at_least("flood.pending_entries", self.pending_entries, 1)?;
        at_least("flood.retry_interval", self.retry_interval, Duration::from_millis(10))
    }

    pub(super) fn seen_limits(&self) -> Limits {
        Limits { entries: self.seen_entries, bytes: usize::MAX, age: self.seen_age }
    }

    pub(super) fn recent_limits(&self) -> Limits {
        Limits { entries: self.recent_entries, bytes: self.recent_bytes, age: Duration::MAX }
    }

    pub(super) fn pending_limits(&self) -> Limits {
        Limits { entries: self.pending_entries, bytes: 16 << 20, age: Duration::from_secs(60) }
    }
}
