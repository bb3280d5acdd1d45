//! The network: its nodes, its clock, and what can be done to it from outside.

use super::betrayal::{Betrayal, BetrayalId};
use super::config::{Config, Dialling};
use super::context::Context;
use super::counters::{Counters, Load};
use super::disk::Disk;
use super::event::{Event, Own, Wire};
use super::links::End;
use super::node::{Clock, Node, Port};
use super::observer::{Observer, Unseen};
use super::shared::{Codec, Shared};
use super::turn::Turn;
use super::wheel::{Key, Source};
use crate::model::Rules;
use rumormill_core::{
    Cells, CellsView, Duration, Fingerprint, Gone, LinkKind, Message, Protocol, Time, Why,
};

/// Makes a node's machine from its number and its durable cells.
pub type Make<P> = Box<dyn Fn(usize, CellsView<'_>) -> P + Send>;

/// A simulated network of machines of one protocol.
///
/// Add nodes, start them, then run in steps; between the steps command, crash, restart, cut. What is
/// done between two steps takes effect at [`now`](Network::now), when the network runs on. A node is
/// meant by its number; one that no node has is a panic, as is crashing who is down.
pub struct Network<P: Protocol> {
    nodes: Vec<Node<P>>,
    make: Make<P>,
    shared: Shared<P>,
    no_cells: Cells,
    from_outside: u64,
}

/// How many of the coming nodes are looked at together, before their turns: the memory of one is
/// fetched while the others' is asked for. A large network spends most of its time waiting for it.
const AHEAD: usize = 16;

impl<P: Protocol> Network<P> {
    /// An empty network at time zero. Its nodes' machines are made by `make`: when they are added, and
    /// again at each restart.
    pub fn new(
        config: Config,
        make: impl Fn(usize, CellsView<'_>) -> P + Send + 'static,
    ) -> Network<P> {
        let (nodes, no_cells) = (Vec::new(), Cells::default());
        let shared = Shared::new(config);
        Network { nodes, make: Box::new(make), shared, no_cells, from_outside: 0 }
    }

    /// Every message is really written and read back, by this codec. One that it refuses arrives as
    /// [`Invalid`](rumormill_core::Input::Invalid).
    pub fn recode(
        &mut self,
        codec: impl Fn(&P::Message) -> Result<P::Message, Why> + Send + 'static,
    ) {
        let codec: Codec<P::Message> = Box::new(codec);
        self.shared.codec = Some(codec);
    }

    /// Adds a node that is not up yet; gives its number, counted from zero.
    pub fn add(&mut self) -> usize {
        let machine = (self.make)(self.nodes.len(), self.no_cells.view());
        self.add_machine(machine)
    }

    fn add_machine(&mut self, machine: P) -> usize {
        let node = self.nodes.len();
        assert!(node < Source::NODES_MAX, "a simulation has less than 2^31 nodes");
        self.nodes.push(Node { machine, port: Port::new(node as u32) });
        self.shared.nodes = self.nodes.len();
        node
    }

    /// Makes room for so many more nodes, and no more than that.
    pub fn reserve(&mut self, nodes: usize) {
        self.nodes.reserve_exact(nodes);
    }

    /// Starts a node that was just added.
    pub fn start(&mut self, node: usize) {
        let port = &mut self.nodes[node].port;
        assert!(!port.is_up && port.life == 0, "node {node} was started before");
        port.is_up = true;
        self.shared.twins.turn(node as u32, true);
        let start = Event::Own(port.life, Own::Start);
        self.schedule(node, self.now(), start);
    }

    /// The layer above a node commands. A node that is not up hears nothing.
    pub fn command(&mut self, node: usize, command: P::Command) {
        self.command_at(self.now(), node, command);
    }

    /// The layer above a node will command, at that time.
    pub fn command_at(&mut self, time: Time, node: usize, command: P::Command) {
        self.schedule(node, time.max(self.now()), Event::Command(Box::new(command)));
    }

    /// A node stops dead: all is forgotten but its durable cells and any of the writes under way. Its
    /// links die on the other side.
    pub fn crash(&mut self, node: usize) {
        assert!(self.nodes[node].port.is_up, "node {node} is not up");
        let mut unseen = Unseen;
        let port = &mut self.nodes[node].port;
        let mut fx = Context::new(port, &mut self.shared, &mut unseen);
        if fx.shared.config.dialling != Dialling::Http {
            let open: Vec<_> = fx.port.ends.all().map(|(slot, end)| (slot, end.there())).collect();
            for (slot, there) in open {
                fx.in_order(slot, Wire::Close(there, Gone::Failed(Why::Closed)), 0);
            }
        }
        port.crash(self.shared.now, &self.shared.config);
        self.shared.twins.turn(node as u32, false);
    }

    /// A crashed node is made again from its cells, and started.
    pub fn restart(&mut self, node: usize) {
        assert!(!self.nodes[node].port.is_up, "node {node} is up");
        let machine = (self.make)(self.face(node), self.cells(node).view());
        let port = &mut self.nodes[node].port;
        port.is_up = true;
        self.shared.twins.turn(node as u32, true);
        let start = Event::Own(port.life, Own::Start);
        self.nodes[node].machine = machine;
        self.schedule(node, self.now(), start);
    }

    /// A crashed node loses its cells too: it will be made as if it had never been.
    pub fn lose_cells(&mut self, node: usize) {
        let port = &mut self.nodes[node].port;
        assert!(!port.is_up, "node {node} is up");
        if let Some(rare) = port.rare_mut() {
            rare.disk.lose();
        }
    }

    /// A crashed node forgets the latest of its durable writes, up to so many: its disk had said too early
    /// that they were. Says how many those were; no more than
    /// [`forgettable_writes`](Config::forgettable_writes).
    pub fn forget_writes(&mut self, node: usize, writes: usize) -> usize {
        let port = &mut self.nodes[node].port;
        assert!(!port.is_up, "node {node} is up");
        port.rare_mut().map_or(0, |rare| rare.disk.forget(writes))
    }

    /// Adds a twin of a node, not up yet: another one with its name and address, which thinks that it is
    /// the one. It has a copy of what the node has stored, or nothing. Gives its number.
    ///
    /// Who dials the name or the address reaches the one or the other: see
    /// [`reached`](Network::reached).
    pub fn twin(&mut self, of: usize, has_cells: bool) -> usize {
        let of = self.face(of);
        let cells = if has_cells { self.cells(of).clone() } else { Cells::default() };
        let machine = (self.make)(of, cells.view());
        let twin = self.add_machine(machine);
        self.nodes[twin].port.needs().disk = Disk::of(cells);
        self.shared.twins.add(twin as u32, of as u32, self.is_up(of));
        twin
    }

    /// Whose name and address a node has: its own number, but of twins.
    pub fn face(&self, node: usize) -> usize {
        self.shared.twins.face(node as u32) as usize
    }

    /// Which of a node and its twins another one reaches when it dials, as long as those stay up that are.
    pub fn reached(&self, node: usize, dialler: usize) -> usize {
        self.shared.twins.reached(node as u32, dialler as u32, self.shared.config.seed) as usize
    }

    /// From now on nothing that a node is sent reaches it, though its links stay up.
    pub fn deafen(&mut self, node: usize) {
        self.nodes[node].port.is_deaf = true;
    }

    /// A betrayal that nodes can do from now on.
    pub fn betrayal(&mut self, betrayal: Betrayal<P::Message>) -> BetrayalId {
        self.shared.betrayals.add(betrayal)
    }

    /// A node's driver betrays its machine in that way, beside others, or no longer. A crash changes
    /// nothing in it.
    pub fn betray(&mut self, node: usize, how: BetrayalId, is_on: bool) {
        self.nodes[node].port.betray(how, is_on);
    }

    /// How often that was done, by all who did it.
    pub fn betrayed(&self, how: BetrayalId) -> u64 {
        self.shared.betrayals.count(how)
    }

    /// From now on a node takes so long over each input; what comes meanwhile waits.
    pub fn slow_down(&mut self, node: usize, by: Duration) {
        self.nodes[node].port.needs().pace.by = by;
    }

    /// A node's clock is put forward so far, and from now on gains so much of each second (or loses,
    /// below zero). It is never put back: it shows the time since the start, which only rises.
    pub fn skew(&mut self, node: usize, drift: f64, jump: Duration) {
        let (now, drift) = (self.now(), (drift * Clock::UNIT as f64) as i32);
        let clock = &mut self.nodes[node].port.needs().clock;
        *clock = clock.set(now, drift, jump);
    }

    /// A node's driver sends a message of its own making to all that the node can send to: what a
    /// machine would never send. Says to how many.
    pub fn forge(
        &mut self,
        node: usize,
        message: &P::Message,
        seen: &mut dyn Observer<P>,
    ) -> usize {
        let port = &mut self.nodes[node].port;
        let mut fx = Context::new(port, &mut self.shared, seen);
        let ends: Vec<u32> = fx.port.ends.all().map(|(slot, _)| slot).collect();
        for slot in &ends {
            fx.depart(*slot, message.clone(), message.wire_len());
        }
        ends.len()
    }

    /// Two nodes can't reach each other any more. Streams between them die at both ends as
    /// `Unreachable`; datagrams vanish, and nobody is told.
    pub fn cut(&mut self, one: usize, other: usize) {
        self.shared.cut(one as u32, other as u32);
        if self.shared.config.kind == LinkKind::Stream {
            self.sever(one, |remote| remote == other);
            self.sever(other, |remote| remote == one);
        }
    }

    /// Two nodes can reach each other again.
    pub fn heal(&mut self, one: usize, other: usize) {
        self.shared.heal(one as u32, other as u32);
    }

    /// What holds between nodes from now on: rules may be added and removed. What is on its way is not
    /// judged again, and streams that a rule cuts off are not told: see [`sever`](Network::sever).
    pub fn rules_mut(&mut self) -> &mut Rules {
        &mut self.shared.rules
    }

    /// Streams from a node to those others die at its end, as `Unreachable`. Says how many.
    pub fn sever(&mut self, node: usize, from: impl Fn(usize) -> bool) -> usize {
        let mut unseen = Unseen;
        let port = &mut self.nodes[node].port;
        Context::new(port, &mut self.shared, &mut unseen).sever(|other| from(other as usize))
    }

    /// Runs until that time, and all that is due by then, or until the observer is done.
    pub fn run_until(&mut self, until: Time, seen: &mut dyn Observer<P>) {
        while self.step(until, seen) {}
    }

    /// Runs the next step, if anything is due by `until`: a span of time so short that no node can hear in
    /// it of what another does in it. Says whether there was one, and there may be more; if there is none,
    /// it is `until` now.
    ///
    /// Once the observer is done, its batch is the last: there are no more steps.
    pub fn step(&mut self, until: Time, seen: &mut dyn Observer<P>) -> bool {
        if seen.is_done() {
            return false;
        }
        if !self.shared.queue.next_window(until) {
            self.shared.now = self.shared.now.max(until);
            return false;
        }
        let mut turns = 0;
        while let Some(batch) = self.shared.queue.next() {
            if turns % AHEAD == 0 {
                self.look_ahead();
            }
            turns += 1;
            self.turn(batch, seen);
            if seen.is_done() {
                return false;
            }
        }
        self.shared.now = self.shared.queue.window_end();
        seen.shown_until(self.shared.now);
        true
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

    /// How often a node has crashed.
    pub fn crashes(&self, node: usize) -> u32 {
        self.nodes[node].port.life
    }

    /// What of a node is durable by now.
    pub fn cells(&self, node: usize) -> &Cells {
        self.nodes[node].port.rare().map_or(&self.no_cells, |rare| rare.disk.cells())
    }

    /// What a node has sent and received.
    pub fn load(&self, node: usize) -> Load {
        self.nodes[node].port.load
    }

    /// The nodes that a node has links to, in no order.
    pub fn linked(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.nodes[node].port.ends.all().map(|(_, end)| end.remote as usize)
    }

    /// What is on its way between nodes, or through a downlink, and to whom; in no order.
    pub fn under_way(&self) -> impl Iterator<Item = (usize, &P::Message)> + '_ {
        self.shared.queue.iter().filter_map(|(to, event)| match event {
            Event::Wire(wire) | Event::Received(wire) => Some((to as usize, wire.message()?)),
            Event::Command(_) | Event::Own(..) => None,
        })
    }

    /// Whether something waits for its turn on a node's uplink.
    pub fn waits(&self, node: usize) -> bool {
        let waits = |end: &End<P>| end.waiting.as_ref().is_some_and(|waiting| !waiting.is_empty());
        self.nodes[node].port.ends.all().any(|(_, end)| waits(end))
    }

    /// What was done so far.
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// What the network is like.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// A hash of the whole run: each node's inputs and its machine's state now, folded in the order of
    /// the nodes. Equal runs have equal hashes, on every platform.
    pub fn trace_hash(&self) -> [u64; 2] {
        let mut hash = Fingerprint::new();
        for node in &self.nodes {
            node.port.trace.fold(&node.machine, &mut hash);
        }
        hash.finish()
    }

    /// One node's batch of one time: arrivals, then timers, then one settling.
    fn turn(&mut self, batch: (Time, u32), seen: &mut dyn Observer<P>) {
        let (now, node) = batch;
        self.shared.now = now;
        let node = &mut self.nodes[node as usize];
        let (machine, port) = (&mut node.machine, &mut node.port);
        let context = Context::new(port, &mut self.shared, seen);
        Turn::new(machine, context).run(batch);
    }

    /// Reads a little of each node whose turn comes soon. These reads don't depend on each other, so
    /// the processor has several under way at once.
    fn look_ahead(&self) {
        let mut messages = [None; AHEAD];
        let (mut touched, mut count) = (0, 0);
        for (node, event) in self.shared.queue.coming().take(AHEAD) {
            let node = &self.nodes[node as usize];
            touched ^= node.port.touch();
            if let Event::Wire(wire) | Event::Received(wire) = event {
                messages[count] = wire.message().map(|message| (node, message));
                count += 1;
            }
        }
        for (node, message) in messages[..count].iter().flatten() {
            touched ^= node.machine.foresee(message);
        }
        std::hint::black_box(touched);
    }

    fn schedule(&mut self, node: usize, time: Time, event: Event<P>) {
        self.from_outside += 1;
        let (target, source) = (node as u32, Source::OUTSIDE);
        let key = Key { time, target, source, number: self.from_outside };
        self.shared.queue.push(key, event);
    }
}
