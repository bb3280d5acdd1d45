//! One gossip node: a discovery, a broadcast and a state protocol, composed into one protocol.
//!
//! [`Node`] is itself a [`Protocol`](rumormill_core::Protocol), the one thing that the simulator and
//! the runtime both drive. [`AnyNode`] is the node whose protocols a [`Config`] names at run time.
//!
//! [`books`] is the favourite-books workload, which stands above a node like any application.

#![no_std]

extern crate alloc;

mod any;
pub mod books;
pub mod config;
mod no_state;
mod node;
mod plane;
#[cfg(test)]
mod tests;

pub use any::{
    AnyBroadcast, AnyBroadcastMessage, AnyBroadcastToken, AnyDiscovery, AnyDiscoveryMessage,
    AnyDiscoveryToken, AnyState, AnyStateMessage, AnyStateToken,
};
pub use config::{
    BroadcastConfig, Config, DiscoveryConfig, HttpConfig, Identity, ReaderConfig, ServerConfig,
    StateConfig, TransportConfig,
};
pub use no_state::NoState;
pub use node::{AnyNode, Node, NodeCommand, NodeEvent, NodeMessage, NodeToken};
pub use plane::Plane;
