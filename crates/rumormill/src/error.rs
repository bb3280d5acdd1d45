//! What can go wrong, and what to do then.

use rumormill_net::server::TokenError;
use rumormill_net::store::OpenError;
use rumormill_protocols::ConfigError;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
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
    /// Beyond loopback a token says who may read and change the node's state, and it is kept in the
    /// data directory.
    #[error(
        "{0} is beyond loopback, and without a data directory there is no token that would protect \
         this node's state: give it a data directory, or listen on 127.0.0.1"
    )]
    BeyondLoopback(SocketAddr),
    /// Listening on all addresses of a host says nowhere that others could dial, so it must be said
    /// which of them to use.
    #[error(
        "{0} is every address of this host and none that others could be sent to: advertise the one \
         where they reach this node (its host's name and port will do), or listen on that one alone"
    )]
    Unadvertised(SocketAddr),
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
    /// The data directory is another node's, or a node's of another network. It was left as it is.
    /// Each node needs one of its own.
    #[error(
        "the data directory {dir} belongs to node {} of the network `{}`, and this is node {} of \
         the network `{}`: give this one a data directory of its own (--data-dir), or start it \
         under that port and network",
        theirs.0, theirs.1, ours.0, ours.1
    )]
    OthersData {
        /// The directory.
        dir: PathBuf,
        /// Whose it is: the node's name, its port, and its network.
        theirs: (String, String),
        /// Who wanted to use it.
        ours: (String, String),
    },
    /// The token in the data directory can't be used, or could be used by others.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The operating system gave no random numbers.
    #[error(transparent)]
    NoEntropy(#[from] rumormill_net::driver::NoEntropy),
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
