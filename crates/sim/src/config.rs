//! What a simulated network is like.

use rumormill_core::driver::OutboxLimits;
use rumormill_core::{Address, Duration, LinkKind, Name};

/// What decides a run, beside the machines and what is done to them.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// What all randomness grows from. Default 0.
    pub seed: u64,
    /// Node `i` is called `Name::Number(base + i)`. Default 0.
    pub base: u64,
    /// Where the node of that number (`base` included) is reached. No two may share an address.
    /// Default `127.0.0.1:{number}`.
    pub address: fn(u64) -> Address,
    /// How long anything takes from one node to another. Default 20 ms.
    pub latency: Latency,
    /// What links promise. Default stream.
    pub kind: LinkKind,
    /// What a dial makes. Default [`Dialling::TwoWay`].
    pub dialling: Dialling,
    /// How likely one transmission is lost, in `0.0..1.0`. Over a stream it is delay instead: see
    /// `retransmission`. Default 0.
    pub loss: f64,
    /// How likely a datagram arrives twice, in `0.0..=1.0`. Requests don't. Default 0.
    pub duplication: f64,
    /// What the first lost attempt over a stream costs; each further one costs twice the one before.
    /// Default 200 ms.
    pub retransmission: Duration,
    /// How fast a link is, each way; nothing means at once, and then nothing ever queues. Default
    /// nothing.
    pub bytes_per_second: Option<u64>,
    /// How much may wait for a peer. Over links without a speed it bounds a message's size alone.
    pub outbox: OutboxLimits,
    /// How long a durable write takes. A node's writes follow each other. Default 1 ms.
    pub disk: Duration,
    /// How long a signature check takes. Default 100 µs.
    pub verify: Duration,
    /// How long an asker waits; who was asked refuses after half of it. Default 5 s.
    pub request_deadline: Duration,
    /// How long a dialler waits before it says `Unreachable`. Default 5 s.
    pub dial_deadline: Duration,
    /// Whether to keep a hash of each node's inputs and events. It costs about a tenth of the speed.
    /// Default true.
    pub trace: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            seed: 0,
            base: 0,
            address: |number| Address::new(&format!("127.0.0.1:{number}")),
            latency: Latency::Constant(Duration::from_millis(20)),
            kind: LinkKind::Stream,
            dialling: Dialling::TwoWay,
            loss: 0.0,
            duplication: 0.0,
            retransmission: Duration::from_millis(200),
            bytes_per_second: None,
            outbox: OutboxLimits::default(),
            disk: Duration::from_millis(1),
            verify: Duration::from_micros(100),
            request_deadline: Duration::from_secs(5),
            dial_deadline: Duration::from_secs(5),
            trace: true,
        }
    }
}

impl Config {
    /// What a node is called.
    pub fn name_of(&self, node: usize) -> Name {
        Name::Number(self.base + node as u64)
    }

    /// Where a node is reached.
    pub fn address_of(&self, node: usize) -> Address {
        (self.address)(self.base + node as u64)
    }
}

/// How long anything takes from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Always the same.
    Constant(Duration),
    /// Anything from the first to below the second, each as likely, drawn for each transmission.
    Uniform(Duration, Duration),
}

/// What a dial makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialling {
    /// One link that both ends send over.
    TwoWay,
    /// The dialler's end only sends (and is answered), the other end only receives. Each is told.
    OneWay,
    /// The dialler's end sends; the accepting end is told nothing, as over HTTP. What arrives there
    /// comes from the peer that is linked under the sender's name, else from the stranger.
    Http,
}
