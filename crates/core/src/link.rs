//! Links: the ways to a peer.

use crate::{Address, Name};

/// One link of this driver. Ids only rise, so a late event about an old link never hits a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

/// Who opened a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The other side dialled us.
    In,
    /// We dialled.
    Out,
}

/// What a link promises about what is sent over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// In order, and either delivered or the link is lost.
    Stream,
    /// Each message on its own: it may be lost, doubled or late.
    Datagram,
}

/// Peers whose addresses share a group are likely to share an owner: limits count per group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AddressGroup(pub u64);

/// A measured round trip, coarsely: ring `r` means below `2^r` milliseconds and not below `2^(r-1)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RttRing(pub u8);

impl RttRing {
    /// The ring of a round trip. Ring 0 is below one millisecond.
    pub fn of(round_trip: core::time::Duration) -> RttRing {
        let millis = u64::try_from(round_trip.as_millis()).unwrap_or(u64::MAX);
        RttRing((64 - millis.leading_zeros()) as u8)
    }
}

/// What is known of a link when it comes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What the peer is called.
    pub name: Name,
    /// Where it can be dialled again, if that is known.
    pub address: Option<Address>,
    /// Who opened it.
    pub direction: Direction,
    /// Whether we may send over it.
    pub sends: bool,
    /// Whether anything can arrive over it unasked.
    pub receives: bool,
    /// Stream or datagram.
    pub kind: LinkKind,
    /// The group of its address.
    pub group: AddressGroup,
    /// The protocol version agreed on.
    pub version: u16,
}

impl Link {
    /// A two-way stream that we opened to `name`, version 1: the common case, and tests' start.
    pub fn outgoing(name: Name) -> Link {
        Link {
            name,
            address: None,
            direction: Direction::Out,
            sends: true,
            receives: true,
            kind: LinkKind::Stream,
            group: AddressGroup::default(),
            version: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    #[test]
    fn a_ring_doubles() {
        let ring = |micros| RttRing::of(Duration::from_micros(micros)).0;
        assert_eq!([ring(0), ring(999), ring(1_000), ring(1_999), ring(2_000)], [0, 0, 1, 1, 2]);
        assert_eq!(RttRing::of(Duration::MAX).0, 64);
    }
}
