//! Topologies: graphs made by a rule and, where they are random, by the draws that are handed in.
//!
//! The same numbers and the same [`Rng`](rumormill_core::Rng) make the same graph, on every platform.
//! What no graph can be made of is a [`TopologyError`] before anything is drawn.

mod edges;
mod error;
mod join;
mod pairs;
mod plain;
mod random;
mod regions;
mod regular;
mod scale_free;

pub use edges::{BadLine, LineFault, edges};
pub use error::{FULL_NODES_MAX, REGIONS_MAX, TopologyError};
pub use plain::{bootstrap_chain, full, ring};
pub use random::random;
pub use regions::{Regional, regions};
pub use regular::random_regular;
pub use scale_free::scale_free;

/// Two nodes.
type Pair = (u32, u32);

#[cfg(test)]
fn rng(seed: u64) -> rumormill_core::Rng {
    rumormill_core::Rng::new(rumormill_core::RngKey::of_node(seed, 0), 0)
}
