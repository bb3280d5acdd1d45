//! The settings of a roster.

use crate::parts::backoff::Backoff;
use crate::parts::settings::{Count, Table};
use alloc::vec::Vec;
use rumormill_core::Target;

crate::settings! {
    /// The settings of [`Roster`](super::Roster).
    #[derive(Clone, Debug)]
    pub struct RosterConfig {
        /// How many dials may be under way.
        dials_max: usize as Count = 16, in "dials", from 1, to 10_000;
        /// How many peers that are not on the list are used at a time because they linked to us. Zero:
        /// nobody but who is on the list.
        guests_max: usize as Count = 256, in "peers", from 0, to 65_536;
        /// The waits before a peer that failed is dialled again.
        backoff: Backoff as Table = Backoff::default();
    }
    derived {
        /// The list; what is beyond [`PEERS_MAX`](super::PEERS_MAX) is left out. None: others come to
        /// us.
        peers: Vec<Target> = Vec::new();
    }
}
