//! What can go wrong, and what to do then.

use rumormill_net::store::OpenError;
use rumormill_protocols::ConfigError;
use rumormill_wire::json::Problem;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// A node could not be started. Nothing is left running.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address to listen on can't be read. Write it as `127.0.0.1:7001`.
    #[error("`{0}` is no address to listen on: write host:port, such as 127.0.0.1:7001")]
    BadListen(String),
    /// An address to bootstrap from, or to be reached at, can't be read.
    #[error("`{0}` is no address of a node: write host:port, such as 127.0.0.1:7000")]
    BadAddress(String),
    /// The network's name can't travel in a header.
    #[error(
        "`{0}` is no name of a network: use 1 to 64 letters, digits, dots, dashes or underscores"
    )]
    BadNetwork(String),
    /// A setting is out of its bounds.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Beyond loopback anybody could gossip in our name, and there are no tokens yet.
    #[error(
        "{0} is beyond loopback: without a token anybody who reaches it could change this node's \
         state, so it is refused; listen on 127.0.0.1"
    )]
    BeyondLoopback(SocketAddr),
    /// Somebody listens there already. Stop it, or choose another port.
    #[error(
        "port {port} is in use on {host}: stop the program that listens there, or choose another port"
    )]
    PortInUse {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// The operating system refuses to listen there.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The data directory can't be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The operating system gave no random numbers.
    #[error(transparent)]
    NoEntropy(#[from] rumormill_net::driver::NoEntropy),
}

/// The node has ended: it was shut down. Nothing asked of it from now on will be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node has ended")]
pub struct Ended;

impl From<rumormill_net::driver::Ended> for Ended {
    fn from(_: rumormill_net::driver::Ended) -> Ended {
        Ended
    }
}

/// Data was not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// It can never be sent: nodes take bodies of at most 1 MiB. Nothing changed; send less.
    #[error("{len} bytes are more than the {max} that a message can carry")]
    TooLarge {
        /// The data's length in bytes.
        len: usize,
        /// The most that fits.
        max: usize,
    },
    /// Too many publishes wait for the disk. Nothing changed; try again later.
    #[error("too many publishes wait for their versions to be durable; try again later")]
    TooMany,
    /// It is on its way, or will be, but so much happened meanwhile that its receipt was missed.
    #[error("the message is published, but its receipt was missed")]
    Missed,
    /// The node has ended.
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// A register was not set. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// It can never be sent; say less.
    #[error("a register of {len} bytes is more than the {max} that a message can carry")]
    TooLarge {
        /// Key and value in bytes, as JSON.
        len: usize,
        /// The most that fits.
        max: usize,
    },
    /// Other nodes would refuse it: a book must be a text, and values nest at most some 120 deep.
    #[error("other nodes would refuse it: {0}")]
    Malformed(#[from] Problem),
    /// There are as many registers of ours as there can be. Use one of those.
    #[error("a node has at most 256 registers of its own")]
    TooMany,
    /// The node was built without a state plane.
    #[error("this node keeps no state")]
    NoState,
    /// The node has ended.
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// Too few peers in time. The node goes on looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{up} of {wanted} peers are up after {waited:?} ({reserve} in reserve, {down} down, \
     {unverified} not reached yet): is the bootstrap address right, and does a node run there?"
)]
pub struct NotReady {
    /// How many are up.
    pub up: usize,
    /// How many were wanted.
    pub wanted: usize,
    /// How long was waited.
    pub waited: Duration,
    /// Reached, but in reserve: the bound on neighbours is below what was wanted.
    pub reserve: usize,
    /// Failed, and tried again with backoff.
    pub down: usize,
    /// Heard of, but never reached.
    pub unverified: usize,
}
