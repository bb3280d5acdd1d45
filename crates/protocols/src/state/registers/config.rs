//! The settings of registers.

use crate::parts::config_error::{ConfigError, at_least};
use core::time::Duration;
use rumormill_core::bounded::Limits;

/// The settings of [`Registers`](super::Registers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistersConfig {
    /// How often a node exchanges digests with one random peer; a tenth more or less. Nothing: never,
    /// then what broadcast loses stays lost. Default 5 s.
    pub sync_interval: Option<Duration>,
    /// Whether to sync before the first publish: set where there is somebody to bootstrap from.
    pub await_first_sync: bool,
    /// How long to wait for that sync at most. Default 2 s.
    pub first_sync_wait: Duration,
    /// How many registers of others are kept, all origins together. Default 16,384.
    pub entries_max: usize,
    /// And how many bytes of them. Default 64 MiB.
    pub bytes_max: usize,
    /// The most bytes of updates in one answer. Default 256 KiB.
    pub delta_bytes_max: usize,
    /// How long after a failed durable write it is tried again. Default 1 s.
    pub retry_interval: Duration,
}

impl Default for RegistersConfig {
    fn default() -> Self {
        RegistersConfig {
            sync_interval: Some(Duration::from_secs(5)),
            await_first_sync: false,
            first_sync_wait: Duration::from_secs(2),
            entries_max: 16_384,
            bytes_max: 64 << 20,
            delta_bytes_max: 256 << 10,
            retry_interval: Duration::from_secs(1),
        }
    }
}

impl RegistersConfig {
    /// Fails on the first setting that no node could work with.
    pub fn check(&self) -> Result<(), ConfigError> {
        let short = Duration::from_millis(10);
        at_least("registers.sync_interval", self.sync_interval.unwrap_or(short), short)?;
        at_least("registers.retry_interval", self.retry_interval, short)?;
        at_least("registers.entries_max", self.entries_max, 1)?;
        at_least("registers.bytes_max", self.bytes_max, 1 << 20)?;
        at_least("registers.delta_bytes_max", self.delta_bytes_max, 1024)
    }

    pub(super) fn table_limits(&self) -> Limits {
        Limits { entries: self.entries_max, bytes: self.bytes_max, age: Duration::MAX }
    }
}
