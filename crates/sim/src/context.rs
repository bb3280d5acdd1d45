//! One node's effects, while it is its turn.

use crate::event::{Connection, Event, Own, Wire};
use crate::fate::Fate;
use crate::network::Observer;
use crate::node::Port;
use crate::queue::Key;
use crate::shared::{FLOOR, Shared};
use rumormill_core::{
    Address, Bytes, Cell, Class, Duration, Effects, Gone, LinkId, Peer, Protocol, ReplyTo, Rng,
    Sent, Target, Time, Verify, Why,
};

/// The driver of one node for a moment. It changes that node's port and adds to the queue; no other
/// node is within its reach.
pub(crate) struct Context<'a, P: Protocol> {
    pub port: &'a mut Port<P>,
    pub shared: &'a mut Shared<P>,
    seen: Observer<'a, P>,
    /// The random numbers of the call that is under way, if it draws.
    rng: Option<Rng>,
}

impl<'a, P: Protocol> Context<'a, P> {
    pub fn new(
        port: &'a mut Port<P>,
        shared: &'a mut Shared<P>,
        seen: Observer<'a, P>,
    ) -> Context<'a, P> {
        Context { port, shared, seen, rng: None }
    }

    /// To be called before each call of the machine.
    pub fn next_call(&mut self) {
        self.port.calls.next_call();
        self.rng = None;
    }

    /// Something of this node's own, after a while.
    pub fn later(&mut self, after: Duration, own: Own<P::Token>) {
        let event = Event::Own(self.port.life, own);
        self.schedule(self.port.node, after, event);
    }

    /// Something of this node's own, as soon as can be.
    pub fn soon(&mut self, own: Own<P::Token>) {
        self.later(FLOOR, own);
    }

    /// Something for another node, which takes so long on its way.
    pub fn transmit(&mut self, to: u32, delay: Duration, wire: Wire<P::Message>) {
        if self.shared.is_cut(self.port.node, to) {
            self.shared.counters.lost += 1;
        } else {
            self.schedule(to, delay, Event::Wire(wire));
        }
    }

    /// Something for another node that sets up or ends: sent again until it arrives.
    pub fn surely(&mut self, to: u32, wire: Wire<P::Message>) {
        let delay = self.reliably(to);
        self.transmit(to, delay, wire);
    }

    /// A datagram: lost, doubled, or just late.
    pub fn as_datagram(&mut self, to: u32, wire: Wire<P::Message>) {
        let mut fate = self.fate(to);
        let (first, copy) = (fate.of_datagram(), fate.of_copy());
        self.shared.counters.lost += u64::from(first.is_none());
        if let (Some(delay), Wire::Message(connection, message)) = (copy, &wire) {
            self.shared.counters.doubled += 1;
            self.transmit(to, delay, Wire::Message(*connection, message.clone()));
        }
        if let Some(delay) = first {
            self.transmit(to, delay, wire);
        }
    }

    /// How long something takes that is sent again until it arrives.
    pub fn reliably(&mut self, to: u32) -> Duration {
        let (delay, lost) = self.fate(to).over_stream();
        self.shared.counters.lost += u64::from(lost);
        delay
    }

    /// How long something takes that is sent once; nothing if it is lost.
    pub fn at_risk(&mut self, to: u32) -> Option<Duration> {
        let delay = self.fate(to).of_datagram();
        self.shared.counters.lost += u64::from(delay.is_none());
        delay
    }

    fn fate(&mut self, to: u32) -> Fate<'_> {
        self.port.caused += 1;
        Fate::new(&self.shared.config, (self.port.node, to), self.port.caused)
    }

    fn schedule(&mut self, target: u32, after: Duration, event: Event<P>) {
        self.port.caused += 1;
        let key = Key {
            time: self.shared.now + after.max(FLOOR),
            target,
            is_timer: matches!(event, Event::Own(_, Own::Timer(_))),
            source: self.port.node,
            number: self.port.caused,
        };
        self.shared.queue.push(key, event);
    }

    fn begin_dial(&mut self, to: u32, token: P::Token) {
        self.port.dialled += 1;
        let connection = Connection { dialler: self.port.node, number: self.port.dialled };
        self.port.dials.insert(connection, token);
        self.later(self.shared.config.dial_deadline, Own::DialDeadline(connection));
        self.surely(to, Wire::Dial(connection));
    }
}

impl<P: Protocol> Effects<P> for Context<'_, P> {
    fn now(&self) -> Time {
        self.shared.now
    }

    fn rng(&mut self) -> &mut Rng {
        self.rng.get_or_insert_with(|| self.port.calls.rng())
    }

    fn send(&mut self, to: Peer, class: Class<P::Token>, message: P::Message) -> Sent {
        let sent = match self.route(to) {
            None => Sent::Dropped(Why::NotLinked),
            Some(link) if self.shared.config.bytes_per_second.is_none() => {
                self.send_at_once(link, class, message)
            }
            Some(link) => self.queue_up(link, class, message),
        };
        if let Sent::Dropped(why) = sent {
            self.shared.counters.count_dropped(why);
        }
        sent
    }

    fn request(&mut self, to: Peer, message: P::Message, token: P::Token) {
        self.ask(to, message, token);
    }

    fn reply(&mut self, to: ReplyTo, answer: Result<P::Message, Why>) {
        self.answer(to, answer);
    }

    fn set_timer(&mut self, after: Duration, token: P::Token) {
        self.later(after, Own::Timer(token));
    }

    fn verify(&mut self, job: Verify, token: P::Token) {
        self.check(job, token);
    }

    fn persist(&mut self, cell: Cell, bytes: Bytes, token: P::Token) {
        let (now, takes) = (self.shared.now, self.shared.config.disk);
        let done = self.port.disk.write((cell, bytes, token), now, takes);
        self.later(done.since(now), Own::Written);
    }

    fn cancel(&mut self, token: P::Token) {
        self.port.exchanges.cancel(token);
    }

    fn emit(&mut self, event: P::Event) {
        self.port.trace.event(&event);
        (self.seen)(self.port.node as usize, self.shared.now, &event);
    }

    fn dial(&mut self, target: Target, token: P::Token) {
        match self.shared.resolve(&target) {
            None => self.soon(Own::DialFailed(token, Why::Unreachable)),
            Some(node) if node == self.port.node => {
                self.soon(Own::DialFailed(token, Why::Ourselves));
            }
            Some(node) => self.begin_dial(node, token),
        }
    }

    fn close(&mut self, link: LinkId, gone: Gone) {
        self.close_link(link, gone);
    }

    fn disconnect(&mut self, peer: Peer, why: Why) {
        for link in self.port.peers.links(peer) {
            self.close_link(link, Gone::Failed(why));
        }
    }

    fn own_address(&self) -> Option<Address> {
        Some(self.shared.config.address_of(self.port.node as usize))
    }
}
