//! What a simulated network is like.

use crate::model::{Latency, Loss, Rule, Rules};
use rumormill_core::driver::OutboxLimits;
use rumormill_core::{Address, Duration, LinkKind, Name};

/// What decides a run, beside the machines and what is done to them.
#[derive(Clone, Debug)]
pub struct Config {
    /// What all randomness grows from. Default 0.
    pub seed: u64,
    /// Node `i` is called `Name::Number(base + i)`. Default 0.
    pub base: u64,
    /// Where nodes are reached. Default `127.0.0.1:{number}`.
    pub places: Places,
    /// How long anything takes from one node to another. Default 20 ms.
    pub latency: Latency,
    /// What links promise. Default stream.
    pub kind: LinkKind,
    /// What a dial makes. Default [`Dialling::TwoWay`].
    pub dialling: Dialling,
    /// How transmissions are lost. Over a stream it is delay instead: see `retransmission`. Default:
    /// none is.
    pub loss: Loss,
    /// How likely a datagram arrives twice, in `0.0..=1.0`, and how much later at most. Requests
    /// don't. Default never.
    pub duplication: (f64, Duration),
    /// How likely a datagram takes longer than the others, in `0.0..=1.0`, and how much at most.
    /// Default never.
    pub reordering: (f64, Duration),
    /// What the first lost attempt over a stream costs; each further one costs twice the one before.
    /// Default 200 ms.
    pub retransmission: Duration,
    /// How fast a node sends, over all its links, which take turns frame by frame; nothing means at
    /// once, and then nothing ever queues. Default nothing.
    pub up_bytes_per_second: Option<u64>,
    /// How fast a node receives, one message after the other as they come. Default nothing: at once.
    pub down_bytes_per_second: Option<u64>,
    /// How much may wait for a peer. Over links without a speed it bounds a message's size alone.
    pub outbox: OutboxLimits,
    /// How long a durable write takes. A node's writes follow each other. Default 1 ms.
    pub disk: Duration,
    /// How many of a node's latest durable writes its disk may still forget after all: see
    /// [`Network::forget_writes`](super::Network::forget_writes). What they replaced is kept for it.
    /// Default 0.
    pub forgettable_writes: usize,
    /// How long a signature check takes. Default 100 µs.
    pub verify: Duration,
    /// How long an asker waits; who was asked refuses after half of it. Default 5 s.
    pub request_deadline: Duration,
    /// How long a dialler waits before it says `Unreachable`. Default 5 s.
    pub dial_deadline: Duration,
    /// How likely a dial fails for no reason, in `0.0..1.0`. Default 0.
    pub dial_failure: f64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            seed: 0,
            base: 0,
            places: Places::default(),
            latency: Latency::Constant(Duration::from_millis(20)),
            kind: LinkKind::Stream,
            dialling: Dialling::TwoWay,
            loss: Loss::None,
            duplication: (0.0, Duration::ZERO),
            reordering: (0.0, Duration::ZERO),
            retransmission: Duration::from_millis(200),
            up_bytes_per_second: None,
            down_bytes_per_second: None,
            outbox: OutboxLimits::default(),
            disk: Duration::from_millis(1),
            forgettable_writes: 0,
            verify: Duration::from_micros(100),
            request_deadline: Duration::from_secs(5),
            dial_deadline: Duration::from_secs(5),
            dial_failure: 0.0,
        }
    }
}

impl Config {
    /// The rules that hold from the start.
    pub(crate) fn rules(&self) -> Rules {
        let mut rules = Rules::default();
        rules.add(Rule::latency(self.latency.clone()));
        if self.loss != Loss::None {
            rules.add(Rule::loss(self.loss));
        }
        if self.duplication.0 > 0.0 {
            rules.add(Rule::duplication(self.duplication.0, self.duplication.1));
        }
        if self.reordering.0 > 0.0 {
            rules.add(Rule::reordering(self.reordering.0, self.reordering.1));
        }
        rules
    }

    /// What a node is called.
    pub fn name_of(&self, node: usize) -> Name {
        Name::Number(self.base + node as u64)
    }

    /// Where a node is reached.
    pub fn address_of(&self, node: usize) -> Address {
        (self.places.address)(self.base + node as u64)
    }
}

/// Where nodes are reached, by number (base included), and back.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The address of a number.
    pub address: fn(u64) -> Address,
    /// The number of an address, if it is one of ours.
    pub number: fn(&Address) -> Option<u64>,
}

impl Default for Places {
    fn default() -> Self {
        Places {
            address: |number| Address::new(&format!("127.0.0.1:{number}")),
            number: |address| address.as_str().strip_prefix("127.0.0.1:")?.parse().ok(),
        }
    }
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
