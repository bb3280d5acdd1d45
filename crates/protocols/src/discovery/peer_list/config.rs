//! The settings of peer lists.

use crate::parts::backoff::Backoff;
use crate::parts::settings::{Count, Span, Table};
use alloc::vec::Vec;
use core::num::NonZeroU16;
use core::time::Duration;
use rumormill_core::{Address, Name};

/// Where a node of that name is probably reached, seen from `own`: in the books network a name is a
/// port, and nodes share a host.
pub type Guess = fn(name: &Name, own: &Address) -> Option<Address>;

crate::settings! {
    /// The settings of [`PeerList`](super::PeerList).
    #[derive(Clone, Debug)]
    pub struct PeerListConfig {
        /// How many neighbours the other planes use. The rest is known and kept in reserve.
        neighbours_max: NonZeroU16 as Count = NonZeroU16::new(8).unwrap_or(NonZeroU16::MIN), in "peers",
            from 1, to 65_535;
        /// How many peers are known at most.
        known_max: usize as Count = 1024, in "peers", from 1, to 1_000_000;
        /// How many of them may be unverified: heard of, but never reached.
        unverified_max: usize as Count = 256, in "peers", from 1, to 1_000_000;
        /// How many unverified addresses one source may have us probe at a time.
        unverified_per_source_max: usize as Count = 64, in "peers", from 1, to 1_000_000;
        /// How many dials may be under way.
        dials_max: usize as Count = 16, in "dials", from 1, to 10_000;
        /// Probes of unverified addresses: so many at once …
        probe_burst: u32 as Count = 16, in "probes", from 1, to 10_000;
        /// … and one more every so long.
        probe_interval: Duration as Span = Duration::from_millis(125),
            from Duration::from_millis(1), to Duration::from_secs(86_400);
        /// The waits before a peer that failed is tried again.
        backoff: Backoff as Table = Backoff::default();
        /// How often one neighbour is asked again for its list, and one in reserve is tried.
        refresh_interval: Duration as Span = Duration::from_secs(60),
            from Duration::from_millis(100), to Duration::from_secs(86_400);
        /// How long an address that did not answer is not probed again.
        refused_age: Duration as Span = Duration::from_secs(60),
            from Duration::ZERO, to Duration::from_secs(86_400);
    }
    derived {
        /// Where to start: addresses that are never forgotten. None: others come to us.
        bootstrap: Vec<Address> = Vec::new();
        /// Where to look for an origin that was heard. Without, it is dialled by name.
        guess: Option<Guess> = None;
    }
}
