//! What a driver shows of itself.

use super::counters::Counters;
use super::shell::Shell;
use crate::transport::WireId;
use rumormill_core::{Address, Duration, Link, LinkId, Name, Peer, Protocol, Time};
use std::collections::BTreeMap;

/// A driver between two inputs, as an [inspection](super::Handle::inspect) sees it.
pub struct DriverView<'a, P: Protocol> {
    shell: &'a Shell<P>,
    queues: Queues,
}

/// How much waits where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queues {
    /// Arrivals that wait for the loop.
    pub arrivals: usize,
    /// Commands and inspections that wait for the loop.
    pub asks: usize,
    /// Timers that are set.
    pub timers: usize,
    /// Dials not answered yet.
    pub dials: usize,
    /// Requests of ours not answered yet.
    pub exchanges: usize,
    /// Requests of others that we have not answered yet.
    pub replies: usize,
    /// Signatures not judged yet.
    pub verifying: usize,
    /// Durable writes not acknowledged yet.
    pub writes: usize,
}

/// A peer that is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerView {
    /// Its handle.
    pub peer: Peer,
    /// What it is called.
    pub name: Name,
    /// Messages that wait for it, without the batch on its way.
    pub waiting: usize,
    /// Their bytes.
    pub waiting_bytes: usize,
    /// Its links, the oldest first.
    pub links: Vec<LinkView>,
}

/// A link that is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// Its number for the machine.
    pub id: LinkId,
    /// Its number for the transport.
    pub wire: WireId,
    /// What is known of it.
    pub about: Link,
    /// When it came up.
    pub since: Time,
    /// Its round trip, smoothed, if the transport measures any.
    pub round_trip: Option<Duration>,
}

impl<'a, P: Protocol> DriverView<'a, P> {
    pub(super) fn new(shell: &'a Shell<P>, arrivals: usize, asks: usize) -> Self {
        let queues = Queues {
            arrivals,
            asks,
            timers: shell.timers.len(),
            dials: shell.wires.dials_len(),
            exchanges: shell.exchanges.len(),
            replies: shell.replies.len(),
            verifying: shell.verifying.len(),
            writes: shell.writes.len(),
        };
        DriverView { shell, queues }
    }

    /// The driver's time, read now.
    pub fn now(&self) -> Time {
        self.shell.read_clock()
    }

    /// Where this node can be dialled, if that is known.
    pub fn own_address(&self) -> Option<Address> {
        self.shell.own_address.get()
    }

    /// Sums since the start.
    pub fn counters(&self) -> &'a Counters {
        &self.shell.counters
    }

    /// How much waits where.
    pub fn queues(&self) -> Queues {
        self.queues
    }

    /// What a handle is called, while it is linked.
    pub fn name(&self, peer: Peer) -> Option<&'a Name> {
        self.shell.peers.name(peer)
    }

    /// The handle of a name, while it is linked.
    pub fn find(&self, name: &Name) -> Option<Peer> {
        self.shell.peers.find(name)
    }

    /// All linked peers, by index.
    pub fn peers(&self) -> Vec<PeerView> {
        let mut peers = BTreeMap::new();
        for (wire, up) in self.shell.wires.iter() {
            let link = LinkView {
                id: up.link,
                wire,
                about: up.about.clone(),
                since: up.since,
                round_trip: up.round_trip,
            };
            let peer = peers
                .entry(up.peer.index())
                .or_insert_with(|| self.peer(up.peer, up.about.name.clone()));
            peer.links.push(link);
        }
        peers.into_values().map(PeerView::in_order).collect()
    }

    fn peer(&self, peer: Peer, name: Name) -> PeerView {
        let outbox = self.shell.outboxes.get(peer);
        let (waiting, waiting_bytes) =
            outbox.map_or((0, 0), |outbox| (outbox.len(), outbox.bytes()));
        PeerView { peer, name, waiting, waiting_bytes, links: Vec::new() }
    }
}

impl PeerView {
    fn in_order(mut self) -> PeerView {
        self.links.sort_by_key(|link| link.id);
        self
    }
}
