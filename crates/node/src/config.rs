//! What a node is made of.

use crate::any::{AnyBroadcast, AnyDiscovery, AnyState};
use crate::no_state::NoState;
use crate::node::{AnyNode, Node};
use rumormill_core::bounded::HashSeed;
use rumormill_core::{CellsView, Name};
use rumormill_protocols::ConfigError;
use rumormill_protocols::broadcast::flood::{Flood, FloodConfig};
use rumormill_protocols::discovery::peer_list::{PeerList, PeerListConfig};
use rumormill_protocols::state::registers::{Registers, RegistersConfig};

/// The discovery protocol and its settings.
#[derive(Clone, Debug)]
pub enum DiscoveryConfig {
    /// Ask whom you know whom they know.
    PeerList(PeerListConfig),
}

/// The broadcast protocol and its settings.
#[derive(Clone, Debug)]
pub enum BroadcastConfig {
    /// Tell everybody.
    Flood(FloodConfig),
}

/// The state protocol and its settings.
#[derive(Clone, Debug)]
pub enum StateConfig {
    /// Versioned registers, repaired by digests.
    Registers(RegistersConfig),
    /// None.
    None,
}

/// A protocol for each plane. The same in the simulator and in the daemon.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who is out there.
    pub discovery: DiscoveryConfig,
    /// What is new.
    pub broadcast: BroadcastConfig,
    /// What is true.
    pub state: StateConfig,
    /// Whether rumors of topics wait for the application's judgement before they are forwarded.
    /// Default no.
    pub validate: bool,
}

impl Default for Config {
    /// The favourite-books network: peer lists, flooding, registers.
    fn default() -> Self {
        Config {
            discovery: DiscoveryConfig::PeerList(PeerListConfig::default()),
            broadcast: BroadcastConfig::Flood(FloodConfig::default()),
            state: StateConfig::Registers(RegistersConfig::default()),
            validate: false,
        }
    }
}

/// What tells one node from another.
#[derive(Clone, Debug)]
pub struct Identity {
    /// What it is called.
    pub name: Name,
    /// The seed of its hash maps.
    pub hash_seed: HashSeed,
}

impl Config {
    /// Fails on the first setting that no node could work with: zeros where something must be, spans so
    /// short that a node would do nothing else.
    ///
    /// ```
    /// use rumormill_node::{BroadcastConfig, Config};
    /// let mut config = Config::default();
    /// assert!(config.check().is_ok());
    /// let BroadcastConfig::Flood(flood) = &mut config.broadcast;
    /// flood.seen_entries = 0;
    /// let error = config.check().unwrap_err();
    /// assert_eq!(error.to_string(), "flood.seen_entries is 0, but must be at least 1");
    /// ```
    pub fn check(&self) -> Result<(), ConfigError> {
        match &self.discovery {
            DiscoveryConfig::PeerList(config) => config.check()?,
        }
        match &self.broadcast {
            BroadcastConfig::Flood(config) => config.check()?,
        }
        match &self.state {
            StateConfig::Registers(config) => config.check(),
            StateConfig::None => Ok(()),
        }
    }

    /// Makes the node, with what it stored before. [Check](Config::check) first.
    pub fn build(&self, identity: &Identity, cells: CellsView<'_>) -> AnyNode {
        let [for_discovery, for_broadcast, for_state] = AnyNode::views(cells);
        let (name, seed) = (|| identity.name.clone(), identity.hash_seed);
        let discovery = match &self.discovery {
            DiscoveryConfig::PeerList(config) => AnyDiscovery::PeerList(PeerList::new(
                config.clone(),
                name(),
                seed,
                for_discovery.within(1),
            )),
        };
        let broadcast = match &self.broadcast {
            BroadcastConfig::Flood(config) => {
                AnyBroadcast::Flood(Flood::new(*config, name(), seed, for_broadcast.within(1)))
            }
        };
        let state = match &self.state {
            StateConfig::Registers(config) => {
                AnyState::Registers(Registers::new(*config, name(), seed, for_state.within(1)))
            }
            StateConfig::None => AnyState::NoState(NoState),
        };
        Node::new(discovery, broadcast, state, self.validate)
    }
}
