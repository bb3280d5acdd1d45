//! One node: its machine, and what its driver keeps for it.

use crate::config::Config;
use crate::disk::Disk;
use crate::event::Connection;
use crate::exchange::Exchanges;
use crate::fate;
use crate::links::Ends;
use crate::trace::Trace;
use rumormill_core::bounded::HashSeed;
use rumormill_core::driver::{Calls, Peers};
use rumormill_core::{CellsView, Protocol, Rng, RngKey, Time};
use std::collections::BTreeMap;

/// Makes a node's machine from its cells.
pub(crate) type Make<P> = Box<dyn Fn(CellsView<'_>) -> P + Send>;

pub(crate) struct Node<P: Protocol> {
    pub machine: P,
    pub port: Port<P>,
    make: Make<P>,
}

/// All that a driver keeps for one node.
pub(crate) struct Port<P: Protocol> {
    pub node: u32,
    pub is_up: bool,
    /// Nothing that it is sent reaches it.
    pub is_deaf: bool,
    /// Rises with each crash, so that what was owed to the last life is not paid to the next.
    pub life: u32,
    /// How many events it has caused.
    pub caused: u64,
    pub calls: Calls,
    pub trace: Trace,
    pub disk: Disk<P::Token>,
    pub peers: Peers,
    pub ends: Ends<P>,
    pub dials: BTreeMap<Connection, P::Token>,
    /// How many connections it has dialled.
    pub dialled: u32,
    pub exchanges: Exchanges<P::Token>,
}

impl<P: Protocol> Node<P> {
    pub fn new(node: u32, config: &Config, make: Make<P>) -> Node<P> {
        let port = Port::new(node, config);
        Node { machine: make(port.disk.cells().view()), port, make }
    }

    /// Makes the machine again, from what is durable.
    pub fn restart(&mut self) {
        self.machine = (self.make)(self.port.disk.cells().view());
        self.port.is_up = true;
    }
}

impl<P: Protocol> Port<P> {
    fn new(node: u32, config: &Config) -> Port<P> {
        Port {
            node,
            is_up: false,
            is_deaf: false,
            life: 0,
            caused: 0,
            calls: Calls::new(RngKey::of_node(config.seed, u64::from(node))),
            trace: Trace::new(config.trace),
            disk: Disk::default(),
            peers: Peers::new(HashSeed(config.seed)),
            ends: Ends::default(),
            dials: BTreeMap::new(),
            dialled: 0,
            exchanges: Exchanges::default(),
        }
    }

    /// Forgets all that is not durable. Counts go on, so that nothing is named or drawn twice.
    pub fn crash(&mut self, now: Time, config: &Config) {
        let key = fate::key(config.seed, self.node, 0, *b"disk");
        self.disk.crash(now, Rng::new(key, u64::from(self.life)));
        self.is_up = false;
        self.life += 1;
        self.peers = Peers::new(HashSeed(config.seed));
        self.ends = Ends::default();
        self.dials.clear();
        self.exchanges.forget();
    }
}
