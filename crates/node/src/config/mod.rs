//! What a node is made of: the `[node]` table of a file, one for the daemon, the library and the
//! simulator.

mod address;
mod build;
mod http;

pub use address::{host_and_port, is_network_name, peer_address};
pub use build::Identity;
pub use http::{HttpConfig, ServerConfig};
pub use rumormill_protocols::parts::settings::{Chosen, NoSettings};

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use rumormill_protocols::ConfigError;
use rumormill_protocols::broadcast::flood::FloodConfig;
use rumormill_protocols::discovery::peer_list::PeerListConfig;
use rumormill_protocols::discovery::roster::RosterConfig;
use rumormill_protocols::parts::settings::{Count, Maybe, Off, OneOf, Span, Table, Text, Texts};
use rumormill_protocols::state::registers::RegistersConfig;

rumormill_protocols::choice! {
    /// The transport and its settings.
    #[derive(Clone, Debug)]
    pub enum TransportConfig {
        /// The favourite-books network: HTTP and JSON.
        "http" => Http(HttpConfig),
    }
}

rumormill_protocols::choice! {
    /// The discovery protocol and its settings.
    #[derive(Clone, Debug)]
    pub enum DiscoveryConfig {
        /// Ask whom you know whom they know.
        "peer-list" => PeerList(PeerListConfig),
        /// A fixed list of peers: the bootstrap addresses, and nobody else is sought.
        "roster" => Roster(RosterConfig),
    }
}

rumormill_protocols::choice! {
    /// The broadcast protocol and its settings.
    #[derive(Clone, Debug)]
    pub enum BroadcastConfig {
        /// Tell everybody.
        "flood" => Flood(FloodConfig),
    }
}

rumormill_protocols::choice! {
    /// The state protocol and its settings.
    #[derive(Clone, Debug)]
    pub enum StateConfig {
        /// Versioned registers, repaired by digests.
        "registers" => Registers(RegistersConfig),
        /// None.
        "none" => None,
    }
}

rumormill_protocols::settings! {
    /// A node's reader of books.
    #[derive(Clone, Debug)]
    pub struct ReaderConfig {
        /// About how often the node likes another book. Off: it likes none.
        interval: Option<Duration> as Off<Span> = Some(Duration::from_secs(10)),
            from Duration::from_millis(10), to Duration::from_secs(86_400);
        /// Books to draw from, one `Title by Author` a line. Without, a list that comes with the program.
        file: Option<String> as Maybe<Text> = None,
            being |path| path.as_deref().is_none_or(address::is_path) => "a path";
    }
}

rumormill_protocols::settings! {
    /// A node: where it is, a protocol for each plane, and what it does. The same in the simulator, which
    /// places nodes itself, and in the daemon.
    #[derive(Clone, Debug)]
    pub struct Config {
        /// The port to listen on, which is the node's name.
        port: Option<u16> as Maybe<Count> = None, from 1, to 65_535;
        /// The address to listen on.
        bind: String as Text = "127.0.0.1".into(),
            being |bind| address::is_host(bind) => "a host name or an IP address, without a port";
        /// Where others reach this node, if not where it listens. The port is the same.
        advertise: Option<String> as Maybe<Text> = None,
            being |address| address.as_deref().is_none_or(address::is_advertisable)
                => "an address that others can reach, such as 10.0.0.1:7001";
        /// The network's name: nodes of others are refused.
        network: String as Text = "rumormill".into(),
            being |name| is_network_name(name) => "1 to 64 letters, digits, dots, dashes or underscores";
        /// Nodes to start from: ports of this host, or host:port. They are never forgotten; our own
        /// address among them does no harm. None: others come to us.
        bootstrap: Vec<String> as Texts = Vec::new(),
            being |peers| address::are_peers(peers) => "a list of ports from 1 to 65535 or host:port";
        /// Where what must outlive the process is kept. Without, `$XDG_STATE_HOME/rumormill/<port>`.
        data_dir: Option<String> as Maybe<Text> = None,
            being |path| path.as_deref().is_none_or(address::is_path) => "a path";
        /// How nodes talk.
        transport: TransportConfig as OneOf = TransportConfig::Http(HttpConfig::default());
        /// Who is out there.
        discovery: DiscoveryConfig as OneOf = DiscoveryConfig::PeerList(PeerListConfig::default());
        /// What is new.
        broadcast: BroadcastConfig as OneOf = BroadcastConfig::Flood(FloodConfig::default());
        /// What is true.
        state: StateConfig as OneOf = StateConfig::Registers(RegistersConfig::default());
        /// Which books the node likes.
        books: ReaderConfig as Table = ReaderConfig::default();
    }
    derived {
        /// Whether rumors of topics wait for the application's judgement before they are forwarded.
        /// Default no.
        validate: bool = false;
    }
    relations Config::check_advertised_port;
    within "node";
}

impl Config {
    /// The port is the node's name, so it is the same wherever it is reached.
    fn check_advertised_port(&self) -> Result<(), ConfigError> {
        let advertised = self.advertise.as_deref().and_then(host_and_port);
        match (self.port, advertised) {
            (Some(port), Some((_, other))) if port != other => Err(ConfigError {
                key: "advertise".into(),
                value: format!("{:?}", self.advertise.as_deref().unwrap_or_default()),
                bound: format!("at the port that the node listens on, which is {port}"),
            }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
