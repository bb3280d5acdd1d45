//! How one machine is made of several.

use crate::{
    Address, Bytes, Cell, Class, Effects, Gone, LinkId, Peer, Protocol, ReplyTo, Rng, Sent, Tally,
    Target, Time, Verify, Why,
};
use core::time::Duration;

/// Where a child sits in its parent: an enum's constructor wraps its messages, another its tokens, a
/// number its durable cells. Two slots may hold the same protocol: every answer finds who asked.
pub struct Slot<C: Protocol, P: Protocol> {
    /// Wraps a message.
    pub message: fn(C::Message) -> P::Message,
    /// Wraps a token.
    pub token: fn(C::Token) -> P::Token,
    /// The child's cells: see [`Cell::within`].
    pub cell: u8,
}

/// The parent's effects, as the child in `slot` sees them. The child's events go to `events`: a
/// queue that the parent drains *after* the child has returned, so nothing is re-entered.
pub struct Lift<'a, C: Protocol, P: Protocol, E: FnMut(C::Event)> {
    fx: &'a mut dyn Effects<P>,
    slot: &'a Slot<C, P>,
    events: E,
}

impl<'a, C: Protocol, P: Protocol, E: FnMut(C::Event)> Lift<'a, C, P, E> {
    /// Lifts `fx` into `slot`.
    #[inline(always)]
    pub fn new(fx: &'a mut dyn Effects<P>, slot: &'a Slot<C, P>, events: E) -> Self {
        Lift { fx, slot, events }
    }
}

impl<C: Protocol, P: Protocol, E: FnMut(C::Event)> Effects<C> for Lift<'_, C, P, E> {
    fn now(&self) -> Time {
        self.fx.now()
    }

    fn rng(&mut self) -> &mut Rng {
        self.fx.rng()
    }

    fn send(&mut self, to: Peer, class: Class<C::Token>, message: C::Message) -> Sent {
        self.fx.send(to, class.map(self.slot.token), (self.slot.message)(message))
    }

    fn send_all(&mut self, to: &[Peer], class: Class<C::Token>, message: C::Message) -> Tally {
        self.fx.send_all(to, class.map(self.slot.token), (self.slot.message)(message))
    }

    fn request(&mut self, to: Peer, message: C::Message, token: C::Token) {
        self.fx.request(to, (self.slot.message)(message), (self.slot.token)(token));
    }

    fn reply(&mut self, to: ReplyTo, answer: Result<C::Message, Why>) {
        self.fx.reply(to, answer.map(self.slot.message));
    }

    fn set_timer(&mut self, after: Duration, token: C::Token) {
        self.fx.set_timer(after, (self.slot.token)(token));
    }

    fn verify(&mut self, job: Verify, token: C::Token) {
        self.fx.verify(job, (self.slot.token)(token));
    }

    fn persist(&mut self, cell: Cell, bytes: Bytes, token: C::Token) {
        self.fx.persist(cell.within(self.slot.cell), bytes, (self.slot.token)(token));
    }

    fn cancel(&mut self, token: C::Token) {
        self.fx.cancel((self.slot.token)(token));
    }

    fn emit(&mut self, event: C::Event) {
        (self.events)(event);
    }

    fn dial(&mut self, target: Target, token: C::Token) {
        self.fx.dial(target, (self.slot.token)(token));
    }

    fn close(&mut self, link: LinkId, gone: Gone) {
        self.fx.close(link, gone);
    }

    fn disconnect(&mut self, peer: Peer, why: Why) {
        self.fx.disconnect(peer, why);
    }

    fn own_address(&self) -> Option<Address> {
        self.fx.own_address()
    }
}
