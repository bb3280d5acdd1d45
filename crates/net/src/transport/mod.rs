//! What a driver asks of a transport, and what a transport reports.
//!
//! A transport makes *wires*: ways to send to, or be sent from, one peer. The driver knows peers and
//! links; the transport knows sockets. Between them lie two one-way streets:
//!
//! ```text
//!   driver ── Transport::{dial, send, request, cancel, close} ──► transport     (calls: never wait)
//!   driver ◄───────────── Arrival, a bounded channel ──────────── transport     (its tasks: may wait)
//! ```
//!
//! # What a transport owes its driver
//!
//! - No method waits or takes long: it starts a task, or hands over to one.
//! - It takes its numbers for incoming wires from the driver's [`WireIds`]; those of dials are given.
//! - Each dial is answered once: [`Arrival::Up`] or [`Arrival::DialFailed`].
//! - Each wire that was up goes [`Arrival::Down`] once, also after [`Transport::close`], within
//!   bounded time, and nothing is reported of it afterwards.
//! - Each batch is answered by [`Arrival::Written`], or the wire goes down. Until then the driver
//!   sends no other over this wire: that is the back-pressure.
//! - It waits for room in the channel instead of dropping what arrived, and reads no more meanwhile.
//! - When it is dropped, its tasks end and its wires close.
//!
//! What comes late does no harm: the driver ignores wires and exchanges that it no longer knows.

pub mod http;
pub mod memory;
pub mod tcp;

use rumormill_core::{Duration, Gone, Link, Name, Protocol, Target, Why};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};

/// One wire, numbered by the driver (dials) or the transport (incoming); never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireId(pub u64);

/// One request of ours and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(pub u64);

/// The counter that wires are numbered from, shared by a driver and its transport.
///
/// ```
/// let ids = rumormill_net::transport::WireIds::default();
/// assert_ne!(ids.next(), ids.clone().next());
/// ```
#[derive(Clone, Debug, Default)]
pub struct WireIds(Arc<AtomicU64>);

impl WireIds {
    /// A number that nobody has.
    pub fn next(&self) -> WireId {
        WireId(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Carries messages of one protocol. Methods never wait; answers come as [`Arrival`]s.
pub trait Transport<P: Protocol>: Send + 'static {
    /// Opens a wire to `target`; answered by [`Arrival::Up`] or [`Arrival::DialFailed`].
    fn dial(&mut self, wire: WireId, target: Target);

    /// Sends a batch, in order; never empty. [`Arrival::Written`] asks for the next.
    fn send(&mut self, wire: WireId, batch: Vec<P::Message>);

    /// Asks the peer; answered by [`Arrival::Response`]. The driver keeps the deadline, so a
    /// transport needs none of its own.
    fn request(&mut self, wire: WireId, exchange: ExchangeId, message: P::Message);

    /// The answer is no longer wanted (it came too late, or the machine lost interest).
    fn cancel(&mut self, exchange: ExchangeId);

    /// Closes a wire. In peace (left, evicted) it finishes the batch under way, sends `last` (which
    /// may be empty), then closes, all within bounded time; a failed wire is cut at once, batch and
    /// all, and `last` is empty. Either way the other end sees that it was left.
    ///
    /// The driver has forgotten the wire when it calls this, and has cancelled its exchanges; the
    /// wire's [`Arrival::Down`] says that it is really gone.
    fn close(&mut self, wire: WireId, gone: Gone, last: Vec<P::Message>);
}

/// Where a transport reports: bounded, in order.
pub type Arrivals<P> = mpsc::Sender<Arrival<P>>;

/// Who a message came from, as the transport knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// Whoever is at the other end of that wire.
    Wire(WireId),
    /// The peer linked under that name; the [stranger](rumormill_core::Peer::STRANGER) if none is.
    Name(Name),
    /// Somebody with no name: a browser, `curl`.
    Stranger,
}

/// What a transport reports.
#[derive(Debug)]
pub enum Arrival<P: Protocol> {
    /// A wire came up: dialled, or incoming under a new number.
    Up {
        /// The wire.
        wire: WireId,
        /// What is known of it.
        link: Link,
    },
    /// A wire is gone.
    Down {
        /// The wire.
        wire: WireId,
        /// How it went.
        gone: Gone,
    },
    /// A dial came to nothing.
    DialFailed {
        /// The wire that did not come to be.
        wire: WireId,
        /// Why not.
        why: Why,
    },
    /// The batch is out: send the next.
    Written {
        /// The wire.
        wire: WireId,
    },
    /// A message of the batch under way was not taken by the other end, and won't be. The rest of the
    /// batch goes on.
    Refused {
        /// The wire.
        wire: WireId,
        /// Which one of the batch, from 0.
        place: usize,
        /// Why not.
        why: Why,
    },
    /// Messages, in order.
    Messages {
        /// Who sent them.
        from: From,
        /// The messages; keep batches small, for one batch is handled without a break.
        messages: Vec<P::Message>,
        /// Told which events came out of exactly these messages, once all are handled.
        observed: Option<oneshot::Sender<Vec<P::Event>>>,
    },
    /// A message that wants its answer on the same exchange.
    Request {
        /// Who asks.
        from: From,
        /// What they ask.
        message: P::Message,
        /// Takes the answer; dropped, it means [`Why::Refused`].
        answer: oneshot::Sender<Result<P::Message, Why>>,
    },
    /// What became of a request of ours.
    Response {
        /// Which one.
        exchange: ExchangeId,
        /// The answer.
        result: Result<P::Message, Why>,
    },
    /// A frame that did not decode, or belongs to a protocol that isn't run here.
    Invalid {
        /// Who sent it.
        from: From,
        /// What was wrong.
        why: Why,
    },
    /// A round trip was measured.
    Path {
        /// The wire.
        wire: WireId,
        /// How long it took.
        round_trip: Duration,
    },
}
