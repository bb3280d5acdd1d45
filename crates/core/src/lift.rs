//! How one machine is made of several.

use crate::{
    Address, Bytes, Cell, Class, Effects, Gone, Input, LinkId, Peer, Protocol, ReplyTo, Rng, Sent,
    Tally, Target, Time, Verify, Why,
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

/// Where a child's events go: to a closure, which puts them on a queue that the parent drains *after*
/// the child has returned, so that nothing is re-entered; or [straight up](PassOn).
pub trait Outlet<C: Protocol, P: Protocol> {
    /// Takes one event.
    fn event(&mut self, fx: &mut dyn Effects<P>, event: C::Event);
}

impl<C: Protocol, P: Protocol, F: FnMut(C::Event)> Outlet<C, P> for F {
    #[inline(always)]
    fn event(&mut self, _fx: &mut dyn Effects<P>, event: C::Event) {
        self(event);
    }
}

/// The child's events are the parent's.
#[derive(Clone, Copy, Debug)]
pub struct PassOn;

impl<C: Protocol, P: Protocol<Event = C::Event>> Outlet<C, P> for PassOn {
    #[inline(always)]
    fn event(&mut self, fx: &mut dyn Effects<P>, event: C::Event) {
        fx.emit(event);
    }
}

/// The parent's effects, as the child in `slot` sees them.
pub struct Lift<'a, C: Protocol, P: Protocol, E: Outlet<C, P>> {
    fx: &'a mut dyn Effects<P>,
    slot: &'a Slot<C, P>,
    events: E,
}

impl<'a, C: Protocol, P: Protocol, E: Outlet<C, P>> Lift<'a, C, P, E> {
    /// Lifts `fx` into `slot`.
    #[inline(always)]
    pub fn new(fx: &'a mut dyn Effects<P>, slot: &'a Slot<C, P>, events: E) -> Self {
        Lift { fx, slot, events }
    }
}

impl<C: Protocol, P: Protocol, E: Outlet<C, P>> Effects<C> for Lift<'_, C, P, E> {
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
        self.events.event(self.fx, event);
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

impl<P: Protocol> Input<P> {
    /// The same input as a child of `P` sees it, if what it carries is the child's: the three
    /// functions undo what a [`Slot`] does, and say nothing for what is another child's.
    #[inline(always)]
    pub fn narrow<C: Protocol>(
        self,
        message: impl FnOnce(P::Message) -> Option<C::Message>,
        token: impl FnOnce(P::Token) -> Option<C::Token>,
        command: impl FnOnce(P::Command) -> Option<C::Command>,
    ) -> Option<Input<C>> {
        Some(match self {
            Input::Start => Input::Start,
            Input::LinkUp(link, peer, about, dial) => {
                Input::LinkUp(link, peer, about, dial.and_then(token))
            }
            Input::LinkDown(link, peer, gone) => Input::LinkDown(link, peer, gone),
            Input::DialFailed(dial, why) => Input::DialFailed(token(dial)?, why),
            Input::PeerUp(peer, about) => Input::PeerUp(peer, about),
            Input::PeerDown(peer, gone) => Input::PeerDown(peer, gone),
            Input::Path(peer, ring) => Input::Path(peer, ring),
            Input::Message(from, what) => Input::Message(from, message(what)?),
            Input::Request(from, reply, what) => Input::Request(from, reply, message(what)?),
            Input::Response(to, Ok(answer)) => {
                Input::Response(token(to)?, message(answer).ok_or(Why::Malformed))
            }
            Input::Response(to, Err(why)) => Input::Response(token(to)?, Err(why)),
            Input::Invalid(from, why) => Input::Invalid(from, why),
            Input::Verified(job, verdict) => Input::Verified(token(job)?, verdict),
            Input::Timer(timer) => Input::Timer(token(timer)?),
            Input::Persisted(write, done) => Input::Persisted(token(write)?, done),
            Input::Lost(peer, frame) => Input::Lost(peer, token(frame)?),
            Input::Command(what) => Input::Command(command(what)?),
        })
    }
}
