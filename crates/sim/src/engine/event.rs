//! What can be due for a node.

use rumormill_core::{Gone, LinkId, Message, Protocol, Why};

/// A connection: who dialled it, and the dialler's own count. Never used twice, so whatever is still
/// on its way when one ends finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Connection {
    pub dialler: u32,
    pub number: u32,
}

/// One end of a connection: at which place of its node's table it is, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EndId {
    pub connection: Connection,
    pub slot: u32,
}

/// Something due for one node.
pub(crate) enum Event<P: Protocol> {
    /// From the layer above.
    Command(Box<P::Command>),
    /// From the node's own driver, in one life of the node: a crash forgets it.
    Own(u32, Own<P::Token>),
    /// From another node.
    Wire(Wire<P::Message>),
    /// From another node, and through the node's downlink.
    Received(Wire<P::Message>),
}

/// What a driver owes its own machine, or itself.
pub(crate) enum Own<T> {
    Start,
    Timer(T),
    /// A dial that can't begin.
    DialFailed(T, Why),
    DialDeadline(EndId),
    LinkDown(u32, LinkId, Gone),
    /// The frame on the uplink has left.
    UplinkFree,
    /// A request of ours comes to nothing, unless it was answered before.
    RequestFails(u64, Why),
    /// A request to us was not answered in time.
    ReplyDeadline(u64),
    Verified(u64),
    Written,
}

/// What goes from one node to another. Over HTTP, where only the dialler has an end, an [`EndId`] is
/// always the dialler's.
pub(crate) enum Wire<M> {
    /// The dialler's end.
    Dial(EndId),
    /// The dialler's end, and the place of the other.
    Accept(EndId, u32),
    Decline(EndId),
    /// The other end has ended; what we are to tell of it.
    Close(EndId, Gone),
    /// And its length.
    Message(EndId, M, u32),
    /// Nobody knows this connection here: what was sent over it found no end.
    Reset(Connection),
    /// A message that did not decode.
    Garbled(EndId, Why),
    /// With the asker's number for it.
    Request(EndId, u64, M),
    /// With the asker's number for the request.
    Answer(u64, Result<M, Why>),
}

impl<M: Message> Wire<M> {
    /// The length of the message in it.
    pub fn len(&self) -> usize {
        match self {
            Wire::Message(_, _, len) => *len as usize,
            wire => wire.message().map_or(0, Message::wire_len),
        }
    }

    /// The protocol's message in it.
    pub fn message(&self) -> Option<&M> {
        match self {
            Wire::Message(_, message, _) | Wire::Request(_, _, message) => Some(message),
            Wire::Answer(_, answer) => answer.as_ref().ok(),
            _ => None,
        }
    }
}
