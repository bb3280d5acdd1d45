//! The settings of peer lists.

use crate::parts::backoff::Backoff;
use crate::parts::config_error::{ConfigError, at_least};
use alloc::vec::Vec;
use core::num::NonZeroU16;
use core::time::Duration;
use rumormill_core::{Address, Name};

/// Where a node of that name is probably reached, seen from `own`: in the books network a name is a
/// port, and nodes share a host.
pub type Guess = fn(name: &Name, own: &Address) -> Option<Address>;

/// The settings of [`PeerList`](super::PeerList).
#[derive(Clone, Debug)]
pub struct PeerListConfig {
    /// Where to start: addresses that are never forgotten. None: others come to us.
    pub bootstrap: Vec<Address>,
    /// How many neighbours the other planes use. The rest is known and kept in reserve. Default 8.
    pub neighbours_max: NonZeroU16,
    /// How many peers are known at most. Default 1,024.
    pub known_max: usize,
    /// How many of them may be unverified: heard of, but never reached. Default 256.
    pub unverified_max: usize,
    /// How many unverified addresses one source may have us probe at a time. Default 64.
    pub unverified_per_source_max: usize,
    /// How many dials may be under way. Default 16.
    pub dials_max: usize,
    /// Probes of unverified addresses: so many at once … Default 16.
    pub probe_burst: u32,
    /// … and one more every so long. Default 125 ms.
    pub probe_interval: Duration,
    /// The waits before a peer that failed is tried again. Default 1 s … 60 s.
    pub backoff: Backoff,
    /// How often one neighbour is asked again for its list, and one in reserve is tried. Default 60 s.
    pub refresh_interval: Duration,
    /// How long an address that did not answer is not probed again. Default 60 s.
    pub refused_age: Duration,
    /// Where to look for an origin that was heard. Without, it is dialled by name.
    pub guess: Option<Guess>,
}

impl PeerListConfig {
    /// Fails on the first setting that no node could work with.
    pub fn check(&self) -> Result<(), ConfigError> {
        at_least("peer_list.known_max", self.known_max, 1)?;
        at_least("peer_list.unverified_max", self.unverified_max, 1)?;
        at_least("peer_list.unverified_per_source_max", self.unverified_per_source_max, 1)?;
        at_least("peer_list.dials_max", self.dials_max, 1)?;
        at_least("peer_list.probe_burst", self.probe_burst, 1)?;
        at_least("peer_list.probe_interval", self.probe_interval, Duration::from_millis(1))?;
        at_least("peer_list.backoff.least", self.backoff.least, Duration::from_millis(10))?;
        at_least("peer_list.backoff.most", self.backoff.most, self.backoff.least)?;
        at_least("peer_list.refresh_interval", self.refresh_interval, Duration::from_millis(100))
    }
}

impl Default for PeerListConfig {
    fn default() -> Self {
        PeerListConfig {
            bootstrap: Vec::new(),
            neighbours_max: NonZeroU16::new(8).unwrap_or(NonZeroU16::MIN),
            known_max: 1024,
            unverified_max: 256,
            unverified_per_source_max: 64,
            dials_max: 16,
            probe_burst: 16,
            probe_interval: Duration::from_millis(125),
            backoff: Backoff { least: Duration::from_secs(1), most: Duration::from_secs(60) },
            refresh_interval: Duration::from_secs(60),
            refused_age: Duration::from_secs(60),
            guess: None,
        }
    }
}
