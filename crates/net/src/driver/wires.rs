//! Wires and the links that they are to the machine.

use crate::transport::WireId;
use rumormill_core::driver::Peers;
use rumormill_core::{Duration, Gone, Link, LinkId, Peer, RttRing, Time};
use std::collections::{BTreeMap, VecDeque};

/// Own publishes in the batch under way: their places in it, and their tokens.
pub(super) type InFlight<T> = Vec<(usize, T)>;

/// A wire that is up.
#[derive(Debug)]
pub(super) struct Wire<T> {
    pub link: LinkId,
    pub peer: Peer,
    pub about: Link,
    pub since: Time,
    pub round_trip: Option<Duration>,
    /// A batch is with the transport.
    pub busy: bool,
    pub in_flight: InFlight<T>,
    /// It is to be closed when the machine returns.
    pub doomed: bool,
}

impl<T> Wire<T> {
    pub fn new(link: LinkId, peer: Peer, about: Link, since: Time) -> Self {
        let (round_trip, in_flight) = (None, Vec::new());
        Wire { link, peer, about, since, round_trip, busy: false, in_flight, doomed: false }
    }

    /// Takes a measured round trip into the smoothed one, an eighth of the way; gives the ring that
    /// it is in, if that is a new one.
    pub fn measured(&mut self, round_trip: Duration) -> Option<RttRing> {
        let smooth = self.round_trip.map_or(round_trip, |old| old * 7 / 8 + round_trip / 8);
        let old = self.round_trip.replace(smooth).map(RttRing::of);
        let ring = RttRing::of(smooth);
        (old != Some(ring)).then_some(ring)
    }
}

/// A wire that is to be closed, and whether the transport must be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doom {
    pub wire: WireId,
    pub gone: Gone,
    pub by_us: bool,
}

/// All wires that are up, dialled, or to be closed.
#[derive(Debug)]
pub(super) struct Wires<T> {
    up: BTreeMap<WireId, Wire<T>>,
    links: BTreeMap<LinkId, WireId>,
    dials: BTreeMap<WireId, T>,
    dooms: VecDeque<Doom>,
}

impl<T> Wires<T> {
    pub fn new() -> Self {
        let (up, links, dials) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Wires { up, links, dials, dooms: VecDeque::new() }
    }

    pub fn dialled(&mut self, wire: WireId, token: T) {
        self.dials.insert(wire, token);
    }

    /// The token of a dial, which is answered with this.
    pub fn take_dial(&mut self, wire: WireId) -> Option<T> {
        self.dials.remove(&wire)
    }

    pub fn insert(&mut self, id: WireId, wire: Wire<T>) {
        self.links.insert(wire.link, id);
        self.up.insert(id, wire);
    }

    pub fn remove(&mut self, id: WireId) -> Option<Wire<T>> {
        let wire = self.up.remove(&id)?;
        self.links.remove(&wire.link);
        Some(wire)
    }

    pub fn get(&self, id: WireId) -> Option<&Wire<T>> {
        self.up.get(&id)
    }

    pub fn get_mut(&mut self, id: WireId) -> Option<&mut Wire<T>> {
        self.up.get_mut(&id)
    }

    /// The wire of a link.
    pub fn of(&self, link: LinkId) -> Option<WireId> {
        self.links.get(&link).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (WireId, &Wire<T>)> {
        self.up.iter().map(|(id, wire)| (*id, wire))
    }

    pub fn dials_len(&self) -> usize {
        self.dials.len()
    }

    /// The newest wire to a peer that may send and isn't doomed.
    pub fn route(&self, peers: &Peers, peer: Peer) -> Option<WireId> {
        let newest = self.of(peers.route(peer)?)?;
        if !self.up[&newest].doomed {
            return Some(newest);
        }
        let others = peers.links(peer).into_iter().rev().filter_map(|link| self.of(link));
        others.into_iter().find(|id| !self.up[id].doomed && self.up[id].about.sends)
    }

    /// Marks a wire to be closed; it takes nothing from now on.
    pub fn doom(&mut self, doom: Doom) {
        let Some(wire) = self.up.get_mut(&doom.wire).filter(|wire| !wire.doomed) else { return };
        wire.doomed = true;
        self.dooms.push_back(doom);
    }

    pub fn next_doom(&mut self) -> Option<Doom> {
        self.dooms.pop_front()
    }

    pub fn has_dooms(&self) -> bool {
        !self.dooms.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::Name;

    #[test]
    fn only_a_new_ring_is_told() {
        let about = Link::outgoing(Name::Number(1));
        let mut wire: Wire<()> = Wire::new(LinkId(1), Peer::STRANGER, about, Time::ZERO);
        let mut measured = |millis| wire.measured(Duration::from_millis(millis));
        assert_eq!(measured(10), Some(RttRing::of(Duration::from_millis(10))));
        assert_eq!((measured(12), measured(9)), (None, None));
        assert_eq!(measured(200), Some(RttRing::of(Duration::from_millis(33))));
    }
}
