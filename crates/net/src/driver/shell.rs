//! All of a driver but its machine: what the machine acts through.

use super::OwnAddress;
use super::counters::{Counters, Dropped};
use super::open::Open;
use super::settings::{Parts, Settings};
use super::verifying::Verifying;
use super::wires::{Doom, Wires};
use crate::store::{Ack, Acks, Store};
use crate::transport::{ExchangeId, Transport, WireId, WireIds};
use rumormill_core::bounded::HashSeed;
use rumormill_core::driver::{Draws, Outbox, Peers, Timers};
use rumormill_core::{
    Address, Bytes, Cell, Class, Duration, Effects, Gone, Input, LinkId, Peer, PeerMap, Protocol,
    ReplyTo, Rng, RngKey, Sent, Target, Time, Verdict, Verify, Why,
};
use std::collections::{BTreeSet, VecDeque};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::Instant;

pub(super) type PeerOutbox<P> = Outbox<<P as Protocol>::Message, <P as Protocol>::Token>;

/// A request of ours.
pub(super) struct Exchange<T> {
    pub wire: WireId,
    pub token: T,
}

/// Takes the answer to a request of somebody else.
pub(super) type Answer<P> = oneshot::Sender<Result<<P as Protocol>::Message, Why>>;

/// The driver's parts, as an [`Effects`].
pub(super) struct Shell<P: Protocol> {
    pub settings: Settings,
    pub start: Instant,
    /// The time of the call that is under way.
    pub now: Time,
    pub draws: Draws,
    pub peers: Peers,
    pub wires: Wires<P::Token>,
    pub wire_ids: WireIds,
    pub outboxes: PeerMap<PeerOutbox<P>>,
    /// Whose outbox may have something for an idle wire.
    pub dirty: BTreeSet<Peer>,
    pub timers: Timers<P::Token>,
    pub exchanges: Open<Exchange<P::Token>>,
    pub replies: Open<Answer<P>>,
    pub verifying: Verifying<P::Token>,
    /// Writes not acknowledged yet, in order.
    pub writes: VecDeque<(u64, P::Token)>,
    pub last_write: u64,
    /// Inputs that come before anything else arrives: what a link took with it.
    pub prompt: VecDeque<Input<P>>,
    /// Inputs for the next turn: what could be answered at once. No more than the machine asked for
    /// in one turn.
    pub deferred: VecDeque<Input<P>>,
    /// Wires that we closed and that are not down yet.
    pub closing: BTreeSet<WireId>,
    pub transport: Box<dyn Transport<P>>,
    pub store: Box<dyn Store>,
    pub events: broadcast::Sender<P::Event>,
    /// Events of what is handled now, if somebody wants them.
    pub observed: Option<Vec<P::Event>>,
    pub own_address: OwnAddress,
    pub counters: Counters,
}

/// What is left of [`Parts`] for the loop, and a shell of the rest.
pub(super) struct Assembled<P: Protocol> {
    pub shell: Shell<P>,
    pub machine: P,
    pub arrivals: mpsc::Receiver<crate::transport::Arrival<P>>,
    pub acks: mpsc::Receiver<Ack>,
}

impl<P: Protocol> Shell<P> {
    /// Must be called within a runtime: the store starts its worker.
    pub fn assemble(parts: Parts<P>, events: broadcast::Sender<P::Event>) -> Assembled<P> {
        let Parts { machine, transport, arrivals, wires, mut store, settings, key, own_address } =
            parts;
        let (acks, acked) = Acks::channel(settings.writes);
        store.start(acks);
        let shell = Shell {
            settings,
            start: Instant::now(),
            now: Time::ZERO,
            draws: Draws::new(key),
            peers: Peers::new(hash_seed(key)),
            wires: Wires::new(),
            wire_ids: wires,
            outboxes: PeerMap::default(),
            dirty: BTreeSet::new(),
            timers: Timers::default(),
            exchanges: Open::new(settings.exchanges),
            replies: Open::new(settings.replies),
            verifying: Verifying::new(settings.verify),
            writes: VecDeque::new(),
            last_write: 0,
            prompt: VecDeque::new(),
            deferred: VecDeque::new(),
            closing: BTreeSet::new(),
            transport,
            store,
            events,
            observed: None,
            own_address,
            counters: Counters::default(),
        };
        Assembled { shell, machine, arrivals, acks: acked }
    }

    /// The clock, read now.
    pub fn read_clock(&self) -> Time {
        Time::ZERO + self.start.elapsed()
    }

    /// When `time` is on tokio's clock.
    pub fn instant(&self, time: Time) -> Instant {
        self.start + time.since(Time::ZERO)
    }

    /// To be called before each call of the machine.
    pub fn begin(&mut self) {
        self.now = self.read_clock();
        self.draws.next_call();
    }

    /// When something is due by itself.
    pub fn next_due(&self) -> Option<Time> {
        let due = [self.timers.next(), self.exchanges.next_due(), self.replies.next_due()];
        due.into_iter().flatten().min()
    }

    /// Whether there are inputs that nothing need be waited for.
    pub fn has_inputs(&self) -> bool {
        !self.prompt.is_empty() || !self.deferred.is_empty() || self.wires.has_dooms()
    }

    fn queue(&mut self, to: Peer, class: Class<P::Token>, message: P::Message) -> Sent {
        let Some(wire) = self.wires.route(&self.peers, to) else {
            return Sent::Dropped(Why::NotLinked);
        };
        if !self.outboxes.contains(to) {
            self.outboxes.insert(to, Outbox::new(self.settings.outbox));
        }
        let Some(outbox) = self.outboxes.get_mut(to) else { return Sent::Dropped(Why::NotLinked) };
        let pushed = outbox.push(class, message);
        self.counters.evicted += u64::from(pushed.evicted);
        if pushed.slow {
            self.wires.doom(Doom { wire, gone: Gone::Failed(Why::Slow), by_us: true });
        }
        self.dirty.insert(to);
        pushed.sent
    }

    fn ask(&mut self, to: Peer, message: P::Message, token: P::Token) -> Result<(), Why> {
        let wire = self.wires.route(&self.peers, to).ok_or(Why::NotLinked)?;
        let due = self.now + self.settings.request_deadline;
        let exchange = Exchange { wire, token };
        let number = self.exchanges.put(due, exchange).map_err(|_| Why::Overloaded)?;
        self.counters.sent(&message);
        self.transport.request(wire, ExchangeId(number), message);
        Ok(())
    }
}

impl<P: Protocol> Effects<P> for Shell<P> {
    fn now(&self) -> Time {
        self.now
    }

    fn rng(&mut self) -> &mut Rng {
        self.draws.rng()
    }

    fn send(&mut self, to: Peer, class: Class<P::Token>, message: P::Message) -> Sent {
        let sent = self.queue(to, class, message);
        if let Sent::Dropped(why) = sent {
            self.counters.dropped(Dropped::of_class(&class), why);
        }
        sent
    }

    fn request(&mut self, to: Peer, message: P::Message, token: P::Token) {
        if let Err(why) = self.ask(to, message, token) {
            self.counters.dropped(Dropped::Request, why);
            self.deferred.push_back(Input::Response(token, Err(why)));
        }
    }

    fn reply(&mut self, to: ReplyTo, answer: Result<P::Message, Why>) {
        let Some(asker) = self.replies.take(to.0) else { return };
        match asker.send(answer.clone()) {
            Ok(()) => answer.iter().for_each(|message| self.counters.sent(message)),
            Err(_) => self.counters.dropped(Dropped::Reply, Why::Cancelled),
        }
    }

    fn set_timer(&mut self, after: Duration, token: P::Token) {
        self.timers.set(self.now + after, token);
    }

    fn verify(&mut self, job: Verify, token: P::Token) {
        if !self.verifying.push(job, token) {
            self.counters.dropped(Dropped::Verify, Why::Overloaded);
            self.deferred.push_back(Input::Verified(token, Verdict::Ignore));
        }
    }

    fn persist(&mut self, cell: Cell, bytes: Bytes, token: P::Token) {
        if self.writes.len() >= self.settings.writes.max(1) {
            self.counters.dropped(Dropped::Write, Why::Overloaded);
            self.deferred.push_back(Input::Persisted(token, Err(Why::Overloaded)));
            return;
        }
        self.last_write += 1;
        self.writes.push_back((self.last_write, token));
        self.store.write(self.last_write, cell, bytes);
    }

    fn cancel(&mut self, token: P::Token) {
        for (number, _) in self.exchanges.take_where(|exchange| exchange.token == token) {
            self.transport.cancel(ExchangeId(number));
        }
        self.verifying.cancel(token);
        let wanted = |input: &Input<P>| match input {
            Input::Response(other, _) | Input::Verified(other, _) => *other != token,
            _ => true,
        };
        self.prompt.retain(wanted);
        self.deferred.retain(wanted);
    }

    fn emit(&mut self, event: P::Event) {
        if let Some(observed) = &mut self.observed {
            observed.push(event.clone());
        }
        // Nobody may be listening.
        let _ = self.events.send(event);
    }

    fn dial(&mut self, target: Target, token: P::Token) {
        let wire = self.wire_ids.next();
        self.wires.dialled(wire, token);
        self.transport.dial(wire, target);
    }

    fn close(&mut self, link: LinkId, gone: Gone) {
        if let Some(wire) = self.wires.of(link) {
            self.wires.doom(Doom { wire, gone, by_us: true });
        }
    }

    fn disconnect(&mut self, peer: Peer, why: Why) {
        for link in self.peers.links(peer) {
            self.close(link, Gone::Failed(why));
        }
    }

    fn own_address(&self) -> Option<Address> {
        self.own_address.get()
    }
}

/// Nobody outside can guess the key, so nobody can craft names that collide.
fn hash_seed(key: RngKey) -> HashSeed {
    let mut seed = [0; 8];
    seed.copy_from_slice(&key.0[24..]);
    HashSeed(u64::from_le_bytes(seed))
}
