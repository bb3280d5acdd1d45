//! Gossip for your program: find peers, spread messages, keep shared state.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use rumormill::Node;
//!
//! let first = Node::builder().listen("127.0.0.1:0").spawn().await?;
//! let second = Node::builder()
//!     .listen("127.0.0.1:0")
//!     .bootstrap([first.address()])
//!     .spawn()
//!     .await?;
//!
//! let mut changes = first.state().watch();
//! second.state().set("book", "Lucky Jim").await?;
//! let change = changes.next().await.expect("the node runs");
//! assert_eq!((change.origin, change.value), (second.port().into(), Some("Lucky Jim".into())));
//! # Ok(()) }
//! ```
//!
//! A [`Node`] runs on the tokio runtime that it was spawned on. Its methods are cancel-safe, and its
//! clones lead to the same node, which ends with the last of them or with
//! [`shutdown`](Node::shutdown).
//!
//! Nodes of this version gossip over HTTP and JSON, unauthenticated: whoever can reach a node can forge
//! any origin. A node with a data directory has a token there, which its API asks for.
//!
//! A protocol of your own keeps the [`contract`] that ours keep; [`drive()`] runs it over TCP, and the crate
//! `rumormill-sim` simulates it.

mod builder;
mod error;
mod node;
mod state;
mod topic;

pub use builder::Builder;
pub use error::{NotReady, StartError};
pub use node::{Node, Told};
pub use state::{Change, Changes, State};
pub use topic::{Delivery, Subscription};

/// What a protocol is, and what it may do: for those who bring their own.
pub use rumormill_core as contract;
pub use rumormill_core::{Address, Name, Why};
pub use rumormill_net::control::{PublishError, Receipt, SetError};
pub use rumormill_net::drive;
pub use rumormill_net::driver::Ended;
pub use rumormill_net::server::ServerConfig;
pub use rumormill_node::{Config, NodeEvent};
pub use rumormill_protocols::broadcast::flood::Fanout;
