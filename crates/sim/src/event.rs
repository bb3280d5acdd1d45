//! What can be due for a node.

use rumormill_core::{Gone, LinkId, Protocol, Why};

/// A connection: who dialled it, and the dialler's own count. Never used twice, so whatever is still
/// on its way when one ends finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Connection {
    pub dialler: u32,
    pub number: u32,
}

/// Something due for one node.
pub(crate) enum Event<P: Protocol> {
    /// From the layer above.
    Command(P::Command),
    /// From the node's own driver, in one life of the node: a crash forgets it.
    Own(u32, Own<P::Token>),
    /// From another node.
    Wire(Wire<P::Message>),
}

/// What a driver owes its own machine, or itself.
pub(crate) enum Own<T> {
    Start,
    Timer(T),
    /// A dial that can't begin.
    DialFailed(T, Why),
    DialDeadline(Connection),
    LinkDown(LinkId, Gone),
    /// The frame on the line has left.
    LineFree(LinkId),
    /// A request of ours comes to nothing, unless it was answered before.
    RequestFails(u64, Why),
    /// A request to us was not answered in time.
    ReplyDeadline(u64),
    Verified(u64),
    Written,
}

/// What goes from one node to another.
pub(crate) enum Wire<M> {
    Dial(Connection),
    Accept(Connection),
    Decline(Connection),
    /// The other end has ended; what we are to tell of it.
    Close(Connection, Gone),
    Message(Connection, M),
    /// With the asker's number for it.
    Request(Connection, u64, M),
    /// With the asker's number for the request.
    Answer(u64, Result<M, Why>),
}
