//! Whom do you know? The question that discovery protocols of the books network have in common, so
//! that whatever runs at the other end can be met.

use alloc::sync::Arc;
use rumormill_core::{Address, Message};

/// The question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeersMessage {
    /// Whom do you know? A request; it says where the asker is reached, if the asker is a node.
    Ask(Option<Address>),
    /// These. A response.
    Peers(Arc<[Address]>),
    /// A node is reached there, and lives: it asked for something else.
    Here(Address),
}

impl Message for PeersMessage {
    fn wire_len(&self) -> usize {
        let quoted = |address: &Address| address.as_str().len() + 3;
        match self {
            PeersMessage::Ask(from) => 16 + from.as_ref().map_or(0, quoted),
            PeersMessage::Here(address) => 16 + quoted(address),
            PeersMessage::Peers(peers) => 40 + peers.iter().map(quoted).sum::<usize>(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            PeersMessage::Ask(_) => "ask",
            PeersMessage::Peers(_) => "peers",
            PeersMessage::Here(_) => "here",
        }
    }
}
