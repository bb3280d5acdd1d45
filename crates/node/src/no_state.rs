//! No state plane.

use rumormill_core::{Effects, Fingerprint, Input, Message, Protocol, Verdict, Why};
use rumormill_protocols::parts::bounds::{Bound, Bounded};
use rumormill_protocols::planes::{StateCommand, StateEvent};

/// Keeps nothing and takes every update as news: for networks that only spread messages.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoState;

/// No message: this protocol sends none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMessage {}

impl Message for NoMessage {
    fn wire_len(&self) -> usize {
        match *self {}
    }

    fn kind(&self) -> &'static str {
        match *self {}
    }
}

impl Protocol for NoState {
    type Message = NoMessage;
    type Token = ();
    type Command = StateCommand;
    type Event = StateEvent;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(StateCommand::Learn(rumor, from)) => {
                fx.emit(StateEvent::Judged(rumor.id, Verdict::Accept));
                fx.emit(StateEvent::Learned(rumor, from));
            }
            Input::Command(StateCommand::Set { ticket, key, .. }) => {
                fx.emit(StateEvent::SetRefused { ticket, key, why: Why::Unsupported });
            }
            _ => {}
        }
    }

    fn fingerprint(&self, _into: &mut Fingerprint) {}
}

impl Bounded for NoState {
    fn bounds(&self, _look: &mut dyn FnMut(Bound)) {}
}
