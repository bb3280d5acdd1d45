//! One node's effects, while it is its turn.

use super::draws;
use super::event::{Connection, EndId, Event, Own, Wire};
use super::node::Port;
use super::observer::{At, Observer};
use super::shared::{FLOOR, Shared};
use super::wheel::{Key, Source};
use rumormill_core::driver::Frame;
use rumormill_core::{
    Address, Bytes, Cell, Class, Duration, Effects, Gone, LinkId, Message, Peer, Protocol, ReplyTo,
    Rng, Sent, Tally, Target, Time, Verify, Why,
};

/// The driver of one node for a moment. It changes that node's port and adds to the queue; no other
/// node is within its reach.
pub(crate) struct Context<'a, P: Protocol> {
    pub port: &'a mut Port<P>,
    pub shared: &'a mut Shared<P>,
    pub seen: &'a mut dyn Observer<P>,
    /// Who caused what is being handled.
    pub source: u32,
    /// The random numbers of the call that is under way, if it draws.
    rng: Option<Rng>,
}

impl<'a, P: Protocol> Context<'a, P> {
    pub fn new(
        port: &'a mut Port<P>,
        shared: &'a mut Shared<P>,
        seen: &'a mut dyn Observer<P>,
    ) -> Context<'a, P> {
        Context { source: port.node, port, shared, seen, rng: None }
    }

    /// Here and now, for whoever watches.
    pub fn at(&self) -> At {
        let (node, source) = (self.port.node as usize, self.source as usize);
        At { time: self.shared.now, node, source }
    }

    /// To be called before each call of the machine.
    pub fn next_call(&mut self) {
        self.port.calls += 1;
        self.rng = None;
    }

    /// The oldest write is durable: its token.
    pub fn written(&mut self) -> Option<P::Token> {
        let forgettable = self.shared.config.forgettable_writes;
        self.port.needs().disk.written(forgettable)
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

    pub fn schedule(&mut self, target: u32, after: Duration, event: Event<P>) {
        self.schedule_at(target, self.shared.now + after, event);
    }

    /// Something at that time, but not at once.
    #[inline]
    pub fn schedule_at(&mut self, target: u32, time: Time, event: Event<P>) {
        self.port.caused += 1;
        let source = match event {
            Event::Own(_, Own::Timer(_)) => Source::timer_of(self.port.node),
            _ => Source::node(self.port.node),
        };
        let least = if target == self.port.node { FLOOR } else { self.shared.lookahead };
        let time = time.max(self.shared.now + least);
        let key = Key { time, target, source, number: self.port.caused };
        self.shared.queue.push(key, event);
    }

    fn begin_dial(&mut self, to: u32, token: P::Token) {
        self.port.dialled += 1;
        let connection = Connection { dialler: self.port.node, number: self.port.dialled };
        if self.is_dial_doomed(connection.number) {
            return self.soon(Own::DialFailed(token, Why::Unreachable));
        }
        let end = EndId { connection, slot: self.port.ends.reserve(connection) };
        self.port.dials.push((end, token));
        self.later(self.shared.config.dial_deadline, Own::DialDeadline(end));
        self.surely(to, Wire::Dial(end));
    }

    fn is_dial_doomed(&self, number: u32) -> bool {
        let chance = self.shared.config.dial_failure;
        let key = || draws::key(self.shared.config.seed, self.port.node, 0, *b"dial");
        chance > 0.0 && Rng::new(key(), u64::from(number)).chance(chance)
    }
}

impl<P: Protocol> Effects<P> for Context<'_, P> {
    fn now(&self) -> Time {
        match self.port.rare() {
            None => self.shared.now,
            Some(rare) => rare.clock.shows(self.shared.now),
        }
    }

    fn rng(&mut self) -> &mut Rng {
        let seed = self.shared.config.seed;
        self.rng.get_or_insert_with(|| self.port.rng(seed))
    }

    fn send(&mut self, to: Peer, class: Class<P::Token>, message: P::Message) -> Sent {
        let len = message.wire_len();
        let sent = self.send_frame(to, Frame { class, message, len });
        if let Sent::Dropped(why) = sent {
            self.shared.counters.count_dropped(why);
        }
        sent
    }

    fn send_all(&mut self, to: &[Peer], class: Class<P::Token>, message: P::Message) -> Tally {
        let (len, mut tally) = (message.wire_len(), Tally::default());
        for peer in to {
            let sent = self.send_frame(*peer, Frame { class, message: message.clone(), len });
            if let Sent::Dropped(why) = sent {
                self.shared.counters.count_dropped(why);
            }
            tally.add(*peer, sent);
        }
        tally
    }

    fn request(&mut self, to: Peer, message: P::Message, token: P::Token) {
        self.ask(to, message, token);
    }

    fn reply(&mut self, to: ReplyTo, answer: Result<P::Message, Why>) {
        self.answer(to, answer);
    }

    fn set_timer(&mut self, after: Duration, token: P::Token) {
        let after = self.port.rare().map_or(after, |rare| rare.clock.takes(after));
        self.later(after, Own::Timer(token));
    }

    fn verify(&mut self, job: Verify, token: P::Token) {
        self.check(job, token);
    }

    fn persist(&mut self, cell: Cell, bytes: Bytes, token: P::Token) {
        let (now, takes) = (self.shared.now, self.shared.config.disk);
        let done = self.port.needs().disk.write((cell, bytes, token), now, takes);
        self.later(done.since(now), Own::Written);
    }

    fn cancel(&mut self, token: P::Token) {
        if let Some(rare) = self.port.rare_mut() {
            rare.exchanges.cancel(token);
        }
    }

    fn emit(&mut self, event: P::Event) {
        self.port.trace.event();
        let at = self.at();
        self.seen.event(&at, &event);
    }

    fn dial(&mut self, target: Target, token: P::Token) {
        let twins = &self.shared.twins;
        match self.shared.resolve(&target) {
            None => self.soon(Own::DialFailed(token, Why::Unreachable)),
            Some(node) if node == twins.face(self.port.node) => {
                self.soon(Own::DialFailed(token, Why::Ourselves));
            }
            Some(node) => {
                let seed = self.shared.config.seed;
                let node = twins.reached(node, self.port.node, seed);
                self.begin_dial(node, token);
            }
        }
    }

    fn close(&mut self, link: LinkId, gone: Gone) {
        if let Some(slot) = self.port.ends.place(link) {
            self.close_link(slot, gone);
        }
    }

    fn disconnect(&mut self, peer: Peer, why: Why) {
        for (slot, _) in self.port.ends.of(peer) {
            self.close_link(slot, Gone::Failed(why));
        }
    }

    fn own_address(&self) -> Option<Address> {
        Some(self.shared.config.address_of(self.shared.twins.face(self.port.node) as usize))
    }
}
