//! The network: its nodes, its clock, and what can be done to it from outside.

use crate::config::{Config, Dialling};
use crate::context::Context;
use crate::counters::Counters;
use crate::event::{Event, Own, Wire};
use crate::node::Node;
use crate::queue::Key;
use crate::shared::Shared;
use crate::turn::Turn;
use rumormill_core::{Cells, CellsView, Fingerprint, Gone, LinkId, LinkKind, Protocol, Time, Why};

/// Is shown each event: which node emitted it, and when.
pub type Observer<'a, P> = &'a mut dyn FnMut(usize, Time, &<P as Protocol>::Event);

/// What comes from outside comes after what nodes cause at the same time.
const OUTSIDE: u32 = u32::MAX;

/// A simulated network of machines of one protocol.
///
/// Add nodes, start them, then run in steps; between the steps command, crash, restart, cut. What is
/// done between two steps takes effect at [`now`](Network::now), when the network runs on. A node is
/// meant by its number; one that no node has is a panic, as is crashing who is down.
pub struct Network<P: Protocol> {
    nodes: Vec<Node<P>>,
    shared: Shared<P>,
    from_outside: u64,
}

impl<P: Protocol> Network<P> {
    /// An empty network at time zero.
    pub fn new(config: Config) -> Network<P> {
        Network { nodes: Vec::new(), shared: Shared::new(config), from_outside: 0 }
    }

    /// Adds a node that is not up yet; gives its number, counted from zero. `make` makes its machine
    /// from its durable cells: now, and again at each restart.
    pub fn add_node(&mut self, make: impl Fn(CellsView<'_>) -> P + Send + 'static) -> usize {
        let node = u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes");
        self.shared.add(node);
        self.nodes.push(Node::new(node, &self.shared.config, Box::new(make)));
        node as usize
    }

    /// Starts a node that was just added.
    pub fn start(&mut self, node: usize) {
        let port = &mut self.nodes[node].port;
        assert!(!port.is_up && port.life == 0, "node {node} was started before");
        port.is_up = true;
        let start = Event::Own(port.life, Own::Start);
        self.schedule(node, start);
    }

    /// The layer above a node commands. A node that is not up hears nothing.
    pub fn command(&mut self, node: usize, command: P::Command) {
        self.schedule(node, Event::Command(command));
    }

    /// A node stops dead: all is forgotten but its durable cells and any of the writes under way. Its
    /// links die on the other side.
    pub fn crash(&mut self, node: usize) {
        assert!(self.nodes[node].port.is_up, "node {node} is not up");
        let mut unseen = |_: usize, _: Time, _: &P::Event| {};
        let port = &mut self.nodes[node].port;
        let mut fx = Context::new(port, &mut self.shared, &mut unseen);
        if fx.shared.config.dialling != Dialling::Http {
            let open: Vec<_> =
                fx.port.ends.all().map(|(link, end)| (link, end.connection)).collect();
            for (link, connection) in open {
                fx.in_order(link, Wire::Close(connection, Gone::Failed(Why::Closed)));
            }
        }
        port.crash(self.shared.now, &self.shared.config);
    }

    /// A crashed node is made again from its cells, and started.
    pub fn restart(&mut self, node: usize) {
        assert!(!self.nodes[node].port.is_up, "node {node} is up");
        self.nodes[node].restart();
        let start = Event::Own(self.nodes[node].port.life, Own::Start);
        self.schedule(node, start);
    }

    /// A crashed node loses its cells too: it will be made as if it had never been.
    pub fn lose_cells(&mut self, node: usize) {
        assert!(!self.nodes[node].port.is_up, "node {node} is up");
        self.nodes[node].port.disk.lose();
    }

    /// From now on nothing that a node is sent reaches it, though its links stay up.
    pub fn deafen(&mut self, node: usize) {
        self.nodes[node].port.is_deaf = true;
    }

    /// Two nodes can't reach each other any more. Streams between them die at both ends as
    /// `Unreachable`; datagrams vanish, and nobody is told.
    pub fn cut(&mut self, one: usize, other: usize) {
        self.shared.cut(one as u32, other as u32);
        if self.shared.config.kind == LinkKind::Stream {
            self.sever(one, other);
            self.sever(other, one);
        }
    }

    /// Two nodes can reach each other again.
    pub fn heal(&mut self, one: usize, other: usize) {
        self.shared.heal(one as u32, other as u32);
    }

    /// Runs until that time, and all that is due by then.
    pub fn run_until(&mut self, until: Time, seen: Observer<'_, P>) {
        self.run_while(until, |_| true, seen);
    }

    /// Runs while `condition` holds, which is asked before each batch, and no longer than `until`.
    /// Says whether it was the condition that ended the run.
    pub fn run_while(
        &mut self,
        until: Time,
        mut condition: impl FnMut(&Self) -> bool,
        seen: Observer<'_, P>,
    ) -> bool {
        while let Some(batch) = self.shared.queue.next().filter(|(time, _)| *time <= until) {
            if !condition(self) {
                return true;
            }
            self.turn(batch, seen);
        }
        self.shared.now = self.shared.now.max(until);
        !condition(self)
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.shared.now
    }

    /// How many nodes there are, whether they are up or not.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node's machine; of a crashed node, as it was then.
    pub fn machine(&self, node: usize) -> &P {
        &self.nodes[node].machine
    }

    /// Whether a node is up.
    pub fn is_up(&self, node: usize) -> bool {
        self.nodes[node].port.is_up
    }

    /// What of a node is durable by now.
    pub fn cells(&self, node: usize) -> &Cells {
        self.nodes[node].port.disk.cells()
    }

    /// What was done so far.
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// What the network is like.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// A hash of the whole run: each node's inputs and events so far (if the config wants them
    /// traced) and its machine's state now. Equal runs have equal hashes, on every platform.
    pub fn trace_hash(&self) -> [u64; 2] {
        let mut hash = Fingerprint::new();
        for node in &self.nodes {
            node.port.trace.fold(&node.machine, &mut hash);
        }
        hash.finish()
    }

    /// One node's batch of one time: arrivals, then timers, then one settling.
    fn turn(&mut self, batch: (Time, u32), seen: Observer<'_, P>) {
        let (now, node) = batch;
        self.shared.now = now;
        let node = &mut self.nodes[node as usize];
        let (machine, port) = (&mut node.machine, &mut node.port);
        let context = Context::new(port, &mut self.shared, seen);
        Turn::new(machine, context).run(batch);
    }

    fn sever(&mut self, node: usize, from: usize) {
        let port = &self.nodes[node].port;
        let severed = port.ends.all().filter(|(_, end)| end.remote as usize == from);
        let links: Vec<LinkId> = severed.map(|(link, _)| link).collect();
        let life = port.life;
        for link in links {
            let down = Own::LinkDown(link, Gone::Failed(Why::Unreachable));
            self.schedule(node, Event::Own(life, down));
        }
    }

    fn schedule(&mut self, node: usize, event: Event<P>) {
        self.from_outside += 1;
        let key = Key {
            time: self.shared.now,
            target: node as u32,
            is_timer: false,
            source: OUTSIDE,
            number: self.from_outside,
        };
        self.shared.queue.push(key, event);
    }
}
