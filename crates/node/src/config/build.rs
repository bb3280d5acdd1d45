//! From a configuration to a node.

use super::{BroadcastConfig, Config, DiscoveryConfig, StateConfig};
use crate::any::{AnyBroadcast, AnyDiscovery, AnyState};
use crate::no_state::NoState;
use crate::node::{AnyNode, Node};
use alloc::boxed::Box;
use rumormill_core::bounded::HashSeed;
use rumormill_core::{CellsView, Name};
use rumormill_protocols::ConfigError;
use rumormill_protocols::broadcast::flood::Flood;
use rumormill_protocols::discovery::peer_list::PeerList;
use rumormill_protocols::discovery::roster::Roster;
use rumormill_protocols::state::registers::Registers;

/// What tells one node from another.
#[derive(Clone, Debug)]
pub struct Identity {
    /// What it is called.
    pub name: Name,
    /// The seed of its hash maps.
    pub hash_seed: HashSeed,
}

impl Config {
    /// Makes the node, with what it stored before. Fails on the first setting that no node could work
    /// with: zeros where something must be, spans so short that a node would do nothing else.
    ///
    /// ```
    /// use rumormill_core::bounded::HashSeed;
    /// use rumormill_core::{Cells, Name};
    /// use rumormill_node::{BroadcastConfig, Config, Identity};
    /// let mut config = Config::default();
    /// let identity = Identity { name: Name::Number(7000), hash_seed: HashSeed::default() };
    /// assert!(config.build(&identity, Cells::default().view()).is_ok());
    /// let BroadcastConfig::Flood(flood) = &mut config.broadcast;
    /// flood.seen_entries = 0;
    /// let error = config.build(&identity, Cells::default().view()).err().unwrap();
    /// assert_eq!(error.key, "node.broadcast.flood.seen_entries");
    /// ```
    pub fn build(&self, identity: &Identity, cells: CellsView<'_>) -> Result<AnyNode, ConfigError> {
        self.check()?;
        let [for_discovery, for_broadcast, for_state] = AnyNode::views(cells);
        let (name, seed) = (|| identity.name.clone(), identity.hash_seed);
        let discovery =
            match &self.discovery {
                DiscoveryConfig::PeerList(config) => AnyDiscovery::PeerList(Box::new(
                    PeerList::new(config.clone(), name(), seed, for_discovery.within(1)),
                )),
                DiscoveryConfig::Roster(config) => {
                    AnyDiscovery::Roster(Roster::new(config.clone(), name()))
                }
            };
        let broadcast = match &self.broadcast {
            BroadcastConfig::Flood(config) => {
                AnyBroadcast::Flood(Flood::new(*config, name(), seed, for_broadcast.within(1)))
            }
        };
        let state = match &self.state {
            StateConfig::Registers(config) => AnyState::Registers(Box::new(Registers::new(
                *config,
                name(),
                seed,
                for_state.within(1),
            ))),
            StateConfig::None => AnyState::NoState(NoState),
        };
        Ok(Node::new(discovery, broadcast, state, self.validate))
    }
}
