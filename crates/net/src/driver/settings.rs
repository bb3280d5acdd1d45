//! What a driver may hold, and how long it waits.

use super::own_address::OwnAddress;
use crate::store::Store;
use crate::transport::{Arrival, Transport, WireIds};
use rumormill_core::driver::OutboxLimits;
use rumormill_core::{Duration, Protocol, RngKey};
use tokio::sync::mpsc;

/// What a driver is made of.
pub struct Parts<P: Protocol> {
    /// The machine, not started yet.
    pub machine: P,
    /// What carries its messages.
    pub transport: Box<dyn Transport<P>>,
    /// Where the transport reports: the other end of the [`Arrivals`](crate::transport::Arrivals)
    /// that it was made with. Its bound is the inbox's: see [`Settings::inbox`].
    pub arrivals: mpsc::Receiver<Arrival<P>>,
    /// The counter that the transport numbers incoming wires from.
    pub wires: WireIds,
    /// Where its durable cells go.
    pub store: Box<dyn Store>,
    /// Bounds and spans.
    pub settings: Settings,
    /// What its random numbers grow from: [`Settings::entropy`].
    pub key: RngKey,
    /// Where this node can be dialled, as soon as somebody knows.
    pub own_address: OwnAddress,
}

/// A driver's bounds and spans.
///
/// ```
/// use rumormill_net::driver::Settings;
/// let settings = Settings { inbox: 64, ..Settings::default() };
/// assert_eq!(settings.request_deadline.as_secs(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How much may wait for one peer. 4 MiB.
    pub outbox: OutboxLimits,
    /// How much is handed to a wire at once.
    pub batch: BatchLimits,
    /// How long a request of ours may take. What others ask of us and the machine leaves unanswered
    /// is refused after half of it, so that the refusal comes in time. 5 s.
    pub request_deadline: Duration,
    /// The most requests of ours under way; more are answered as overloaded. 4,096.
    pub exchanges: usize,
    /// The most requests of others not answered yet; more are refused as overloaded. 4,096.
    pub replies: usize,
    /// The most arrivals that wait for the loop, messages of one batch counted as one. Whoever makes
    /// the channel uses it. One turn handles at most so many. 256.
    pub inbox: usize,
    /// The most commands and inspections that wait for the loop. 256.
    pub asks: usize,
    /// The most events that a slow listener can be behind before it has a gap. 4,096.
    pub events: usize,
    /// The most durable writes not acknowledged yet; more fail as overloaded. 1,024.
    pub writes: usize,
    /// How signatures are checked.
    pub verify: VerifyLimits,
    /// How long a shutdown waits for what was queued and written. 2 s.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            outbox: OutboxLimits::default(),
            batch: BatchLimits::default(),
            request_deadline: Duration::from_secs(5),
            exchanges: 4096,
            replies: 4096,
            inbox: 256,
            asks: 256,
            events: 4096,
            writes: 1024,
            verify: VerifyLimits::default(),
            grace: Duration::from_secs(2),
        }
    }
}

impl Settings {
    /// A key from the operating system, so that nobody can guess this node's draws.
    pub fn entropy() -> Result<RngKey, NoEntropy> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(RngKey(key))
    }
}

/// The operating system gave no random numbers; nothing was started. Trying again may help early
/// after boot.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random numbers: {0}")]
pub struct NoEntropy(#[from] getrandom::Error);

/// How much a wire is handed at once: a batch ends with the message that reaches either bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// Messages. 256.
    pub messages: usize,
    /// Bytes; the last message may pass it. 512 KiB.
    pub bytes: usize,
}

impl Default for BatchLimits {
    fn default() -> Self {
        BatchLimits { messages: 256, bytes: 512 << 10 }
    }
}

/// How signatures are checked: one batch at a time beside the loop, whatever gathered meanwhile in
/// the next. So a lone one is checked at once, and none waits longer than two batches take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyLimits {
    /// The most in a batch: it bounds how long one takes. 256, some 5 ms.
    pub batch: usize,
    /// The most that wait for one peer; more are ignored. 512.
    pub per_peer: usize,
    /// The most that wait for all; more are ignored. 8,192.
    pub waiting: usize,
    /// How long a check takes at least: for tests of what comes late. Zero.
    pub at_least: Duration,
}

impl Default for VerifyLimits {
    fn default() -> Self {
        VerifyLimits { batch: 256, per_peer: 512, waiting: 8192, at_least: Duration::ZERO }
    }
}
