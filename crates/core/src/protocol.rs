//! What a protocol is, and what it is told.

use crate::{Effects, Fingerprint, Gone, Link, LinkId, Peer, RttRing, Verdict, Why};
use core::fmt::Debug;

/// What travels between peers.
pub trait Message: Clone + Debug + Send + 'static {
    /// Its size on the wire in bytes, without the transport's framing. Bounds and bandwidth count
    /// with it, so it must not be far from the truth; the codec's tests compare the two.
    fn wire_len(&self) -> usize;

    /// What kind of message it is, for counters: a short, stable, kebab-case word.
    fn kind(&self) -> &'static str;
}

/// A sans-IO protocol.
///
/// # What the driver owes it
///
/// - [`Input::Start`] first, once; then one input at a time, each with the driver's [`Effects`].
/// - [`settle`](Protocol::settle) once after each batch of arrivals, after the last of them.
/// - Nothing is delivered before its time and nothing overtakes: a timer never comes before what
///   arrived before it fired; a request is answered at most once; a link that is down stays down.
///
/// # What it owes its driver
///
/// - It acts through `fx` alone, never panics on an input, and returns soon.
/// - It is bounded: whatever strangers send, its collections stay within what its config says.
/// - Same state, same input, same draws → same effects. [`fingerprint`](Protocol::fingerprint)
///   covers all state that decides them.
pub trait Protocol: Clone + Send + 'static {
    /// What it exchanges with its like on other nodes.
    type Message: Message;

    /// Says what an answer belongs to: a timer, request, write, verdict, dial or queued frame.
    /// At most 8 bytes in a protocol, 16 when composed.
    type Token: Copy + Eq + Debug + Send + 'static;

    /// What the layer above asks for.
    type Command: Clone + Debug + Send + 'static;

    /// What the layer above is told.
    type Event: Clone + Debug + Send + 'static;

    /// Takes one input.
    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>);

    /// Called once after each batch of arrivals: what can be coalesced leaves here.
    fn settle(&mut self, fx: &mut dyn Effects<Self>) {
        let _ = fx;
    }

    /// Reads what taking this message will look up, and gives any number made of it: a hint for drivers
    /// of very many machines. They ask it of several machines whose turn comes soon, so that the
    /// memory of one is fetched while that of the others is. Changes nothing and decides nothing.
    fn foresee(&self, message: &Self::Message) -> u64 {
        let _ = message;
        0
    }

    /// Adds the whole state to `into`: canonical, the same on every platform.
    fn fingerprint(&self, into: &mut Fingerprint);
}

/// Says which request an answer is for. Plain data: keep it, answer later, or not at all (which the
/// asker sees as [`Why::Refused`] at its deadline).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyTo(pub u64);

/// What a protocol is told, one at a time.
#[derive(Clone, Debug)]
pub enum Input<P: Protocol> {
    /// The driver runs: set timers, dial. Comes first and once.
    Start,

    /// A link came up; the token is that of the dial that made it. For discovery alone.
    LinkUp(LinkId, Peer, Link, Option<P::Token>),
    /// A link went down. For discovery alone.
    LinkDown(LinkId, Peer, Gone),
    /// A dial came to nothing. For discovery alone.
    DialFailed(P::Token, Why),

    /// Discovery's word that a peer may be used: its first link. For the other planes.
    PeerUp(Peer, Link),
    /// Discovery's word that it no longer may be: its last link, or its place went to another.
    PeerDown(Peer, Gone),
    /// The measured round trip moved to another ring.
    Path(Peer, RttRing),

    /// A message arrived.
    Message(Peer, P::Message),
    /// A message that wants its answer on the same exchange: see [`Effects::reply`].
    Request(Peer, ReplyTo, P::Message),
    /// What became of a request of ours: answered, or refused, timed out, unsupported, …
    Response(P::Token, Result<P::Message, Why>),
    /// A frame that did not decode, or belongs to a protocol that isn't run here.
    Invalid(Peer, Why),

    /// What became of a [`verify`](Effects::verify).
    Verified(P::Token, Verdict),
    /// A timer fired. It may be stale: tokens carry a generation for that.
    Timer(P::Token),
    /// What became of a [`persist`](Effects::persist), and with it of all before it.
    Persisted(P::Token, Result<(), Why>),
    /// A publish of our own, queued with [`Class::Own`](crate::Class::Own), died with its link, or
    /// was refused at the other end. Comes before that link's `LinkDown`, while the handle still means
    /// the same peer.
    Lost(Peer, P::Token),

    /// What the layer above asks for.
    Command(P::Command),
}
