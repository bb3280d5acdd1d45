//! Who could tell whom: the links at the end, and since when they are there.

use crate::engine::Network;
use crate::lens::node_of;
use hashbrown::HashMap;
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Name, Time};
use rumormill_node::AnyNode;
use rumormill_protocols::parts::acquaintance::{Acquaintance, Footing};

/// When links came up, of those that did so after the first publication: by who may send over it, and
/// to whom.
pub(super) struct Ups {
    since: HashMap<(u32, u32), Time, HashSeed>,
}

/// The most of them that are remembered.
const UPS_MAX: usize = 1_000_000;

impl Ups {
    pub fn new(seed: u64) -> Ups {
        Ups { since: HashMap::with_hasher(HashSeed(seed)) }
    }

    pub fn up(&mut self, (from, to): (usize, usize), now: Time) {
        let way = (from as u32, to as u32);
        if self.since.len() < UPS_MAX || self.since.contains_key(&way) {
            self.since.insert(way, now);
        }
    }

    /// When a link came up; at the very start, if nothing else is known.
    pub fn since(&self, from: usize, to: usize) -> Time {
        self.since.get(&(from as u32, to as u32)).copied().unwrap_or(Time::ZERO)
    }
}

/// By node, who has it for a peer: rows one after the other, each in rising order.
pub(super) struct Senders {
    offsets: Vec<usize>,
    senders: Vec<u32>,
}

impl Senders {
    /// As it is now. Who is down has nobody for a peer.
    pub fn of(network: &Network<AnyNode>) -> Senders {
        let mut ways = Vec::new();
        for from in (0..network.len()).filter(|node| network.is_up(*node)) {
            ways.extend(peers(network, from).map(|to| (to as u32, from as u32)));
        }
        ways.sort_unstable();
        ways.dedup();
        let count = |node: usize| ways.partition_point(|(to, _)| (*to as usize) < node);
        let offsets = (0..=network.len()).map(count).collect();
        Senders { offsets, senders: ways.into_iter().map(|(_, from)| from).collect() }
    }

    /// Who has a node for a peer.
    pub fn to(&self, node: usize) -> impl Iterator<Item = usize> {
        let row = self.offsets[node]..self.offsets[node + 1];
        self.senders[row].iter().map(|sender| *sender as usize)
    }
}

/// Whom a node's planes use.
fn peers(network: &Network<AnyNode>, node: usize) -> impl Iterator<Item = usize> {
    let known = network.machine(node).discovery().acquaintances().into_iter();
    let used = known.filter(|other| other.footing == Footing::Neighbour);
    used.filter_map(move |other| who(network, &other)).filter(move |node| *node < network.len())
}

/// By name or, if only that is known, by address.
fn who(network: &Network<AnyNode>, other: &Acquaintance) -> Option<usize> {
    let config = network.config();
    let named = other.name.as_ref().and_then(|name| node_of(config.base, name));
    named.or_else(|| {
        let number = (config.places.number)(other.address.as_ref()?)?;
        node_of(config.base, &Name::Number(number))
    })
}
