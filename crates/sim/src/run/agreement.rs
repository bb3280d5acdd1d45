//! How long nodes need until they know the same.

use rumormill_core::Duration;
use rumormill_node::{Config, DiscoveryConfig, StateConfig};

/// The spans after which it may be demanded that live nodes agree.
pub(super) struct Needs {
    /// Who lost each other tries again after this, at the latest.
    pub to_meet: Duration,
    /// Who is linked has told each other all by then: three exchanges.
    pub to_tell: Duration,
}

/// How long a dial takes at most.
const DIAL: Duration = Duration::from_secs(5);

/// What nodes of that kind need; nothing if nothing makes them agree.
pub(super) fn needs(node: &Config) -> Option<Needs> {
    let StateConfig::Registers(registers) = &node.state else { return None };
    let backoff = match &node.discovery {
        DiscoveryConfig::PeerList(list) => &list.backoff,
        DiscoveryConfig::Roster(roster) => &roster.backoff,
    };
    Some(Needs { to_meet: backoff.most + DIAL, to_tell: 3 * registers.sync_interval? })
}
