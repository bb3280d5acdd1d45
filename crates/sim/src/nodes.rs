//! How the nodes of one network are made: one configuration, and what each is told of the others.

use crate::engine::Config;
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Address, CellsView, Name, Target};
use rumormill_node::{AnyNode, DiscoveryConfig, Identity, StateConfig};
use rumormill_wire::json::removal_payload;

/// Whom a node knows at its start, by their numbers.
pub(crate) type Acquaintances = Box<dyn Fn(usize) -> Vec<usize> + Send>;

/// Makes the nodes of a network.
pub(crate) struct Nodes {
    pub network: Config,
    pub node: rumormill_node::Config,
    pub knows: Acquaintances,
}

impl Nodes {
    /// The machine of a node, with what it stored before.
    ///
    /// # Panics
    ///
    /// If its configuration was not checked.
    pub fn make(&self, node: usize, cells: CellsView<'_>) -> AnyNode {
        let identity =
            Identity { name: self.network.name_of(node), hash_seed: HashSeed(self.network.seed) };
        let config = self.config_of(node);
        config.build(&identity, cells).expect("checked before the network was made")
    }

    fn config_of(&self, node: usize) -> rumormill_node::Config {
        let mut config = self.node.clone();
        let known = (self.knows)(node);
        let is_alone = known.is_empty();
        match &mut config.discovery {
            DiscoveryConfig::PeerList(list) => {
                list.bootstrap =
                    known.into_iter().map(|node| self.network.address_of(node)).collect();
                list.guess = Some(guess);
            }
            DiscoveryConfig::Roster(roster) => {
                let name = |node| Target::Name(self.network.name_of(node));
                roster.peers = known.into_iter().map(name).collect();
            }
        }
        match &mut config.state {
            StateConfig::Registers(registers) => {
                registers.await_first_sync = !is_alone;
                registers.removal = Some(removal_payload);
            }
            StateConfig::None => {}
        }
        config
    }
}

/// Each node knows the one before.
pub(crate) fn chain() -> Acquaintances {
    Box::new(|node| node.checked_sub(1).into_iter().collect())
}

/// A name is a port, and all nodes share a host.
fn guess(name: &Name, _own: &Address) -> Option<Address> {
    name.number().map(|port| Address::new(&format!("127.0.0.1:{port}")))
}
