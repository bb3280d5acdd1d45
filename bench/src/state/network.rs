//! What both sides can do.

use super::counted::Counted;
use std::sync::Arc;
use std::time::Duration;

/// The key of the one register that each node has.
pub const KEY: &str = "book";

/// What the node of that number says at first.
pub fn first_value(node: usize) -> String {
    format!("The {node:03}rd Man, by Greene")
}

/// A network of nodes in this process, all linked by real sockets.
pub trait Network: Sized {
    /// Starts so many; each says its [`first_value`], and tells what it hears to `counted`.
    async fn start(nodes: u16, interval: Duration, counted: Arc<Counted>) -> anyhow::Result<Self>;

    /// Whether every node knows the value of every other.
    async fn is_complete(&self) -> anyhow::Result<bool>;

    /// One node says something else.
    async fn set(&self, node: usize, value: &str) -> anyhow::Result<()>;
}
