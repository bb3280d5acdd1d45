//! Effects that are written down instead of done.

use crate::driver::Draws;
use crate::{
    Address, Bytes, Cell, Class, Effects, Fingerprint, Gone, Input, LinkId, Peer, PeerMap,
    Protocol, ReplyTo, Rng, RngKey, Sent, Target, Time, Verify, Why,
};
use alloc::vec::Vec;
use core::time::Duration;

/// One thing that a machine did.
#[derive(Clone, Debug)]
pub enum Effect<P: Protocol> {
    /// `send`, and each receiver of `send_all`.
    Send(Peer, Class<P::Token>, P::Message),
    /// `request`.
    Request(Peer, P::Message, P::Token),
    /// `reply`.
    Reply(ReplyTo, Result<P::Message, Why>),
    /// `set_timer`.
    Timer(Duration, P::Token),
    /// `verify`.
    Verify(Verify, P::Token),
    /// `persist`.
    Persist(Cell, Bytes, P::Token),
    /// `cancel`.
    Cancel(P::Token),
    /// `emit`.
    Emit(P::Event),
    /// `dial`.
    Dial(Target, P::Token),
    /// `close`.
    Close(LinkId, Gone),
    /// `disconnect`.
    Disconnect(Peer, Why),
}

/// A driver of one machine that writes down what the machine does.
///
/// ```text
/// let mut node = Recorder::new(machine);
/// node.receipt(peer, Sent::Queued);          // who is linked; anybody else is Dropped(NotLinked)
/// let effects = node.give(Input::Start);
/// ```
#[derive(Clone, Debug)]
pub struct Recorder<P: Protocol> {
    /// The machine.
    pub machine: P,
    world: World<P>,
}

#[derive(Clone, Debug)]
struct World<P: Protocol> {
    now: Time,
    draws: Draws,
    receipts: PeerMap<Sent>,
    own_address: Option<Address>,
    done: Vec<Effect<P>>,
}

impl<P: Protocol> Recorder<P> {
    /// A machine at time zero, with nobody linked.
    pub fn new(machine: P) -> Self {
        let world = World {
            now: Time::ZERO,
            draws: Draws::new(RngKey::of_node(0, 0)),
            receipts: PeerMap::default(),
            own_address: None,
            done: Vec::new(),
        };
        Recorder { machine, world }
    }

    /// What a send to `peer` is answered from now on.
    pub fn receipt(&mut self, peer: Peer, sent: Sent) {
        self.world.receipts.insert(peer, sent);
    }

    /// Where this node can be dialled.
    pub fn own_address(&mut self, address: Address) {
        self.world.own_address = Some(address);
    }

    /// Lets time pass. Timers don't fire by themselves: give the inputs that the test is about.
    pub fn wait(&mut self, span: Duration) {
        self.world.now = self.world.now + span;
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.world.now
    }

    /// Gives one input; says what the machine did.
    pub fn give(&mut self, input: Input<P>) -> Vec<Effect<P>> {
        self.world.draws.next_call();
        self.machine.handle(input, &mut self.world);
        core::mem::take(&mut self.world.done)
    }

    /// Ends a batch of arrivals; says what the machine did.
    pub fn settle(&mut self) -> Vec<Effect<P>> {
        self.world.draws.next_call();
        self.machine.settle(&mut self.world);
        core::mem::take(&mut self.world.done)
    }

    /// The machine's fingerprint.
    pub fn fingerprint(&self) -> [u64; 2] {
        let mut print = Fingerprint::new();
        self.machine.fingerprint(&mut print);
        print.finish()
    }
}

impl<P: Protocol> Effects<P> for World<P> {
    fn now(&self) -> Time {
        self.now
    }

    fn rng(&mut self) -> &mut Rng {
        self.draws.rng()
    }

    fn send(&mut self, to: Peer, class: Class<P::Token>, message: P::Message) -> Sent {
        let sent = self.receipts.get(to).copied().unwrap_or(Sent::Dropped(Why::NotLinked));
        if !matches!(sent, Sent::Dropped(_)) {
            self.done.push(Effect::Send(to, class, message));
        }
        sent
    }

    fn request(&mut self, to: Peer, message: P::Message, token: P::Token) {
        self.done.push(Effect::Request(to, message, token));
    }

    fn reply(&mut self, to: ReplyTo, answer: Result<P::Message, Why>) {
        self.done.push(Effect::Reply(to, answer));
    }

    fn set_timer(&mut self, after: Duration, token: P::Token) {
        self.done.push(Effect::Timer(after, token));
    }

    fn verify(&mut self, job: Verify, token: P::Token) {
        self.done.push(Effect::Verify(job, token));
    }

    fn persist(&mut self, cell: Cell, bytes: Bytes, token: P::Token) {
        self.done.push(Effect::Persist(cell, bytes, token));
    }

    fn cancel(&mut self, token: P::Token) {
        self.done.push(Effect::Cancel(token));
    }

    fn emit(&mut self, event: P::Event) {
        self.done.push(Effect::Emit(event));
    }

    fn dial(&mut self, target: Target, token: P::Token) {
        self.done.push(Effect::Dial(target, token));
    }

    fn close(&mut self, link: LinkId, gone: Gone) {
        self.done.push(Effect::Close(link, gone));
    }

    fn disconnect(&mut self, peer: Peer, why: Why) {
        self.done.push(Effect::Disconnect(peer, why));
    }

    fn own_address(&self) -> Option<Address> {
        self.own_address.clone()
    }
}
