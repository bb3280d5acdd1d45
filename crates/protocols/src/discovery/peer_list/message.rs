//! What peer lists tell each other.

use alloc::sync::Arc;
use rumormill_core::{Address, Message};

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerListMessage {
    /// Whom do you know? A request; it says where the asker is reached, if the asker is a node.
    Ask(Option<Address>),
    /// These. A response.
    Peers(Arc<[Address]>),
    /// A node is reached there, and lives: it asked for something else.
    Here(Address),
}

impl Message for PeerListMessage {
    fn wire_len(&self) -> usize {
        let quoted = |address: &Address| address.as_str().len() + 3;
        match self {
            PeerListMessage::Ask(from) => 16 + from.as_ref().map_or(0, quoted),
            PeerListMessage::Here(address) => 16 + quoted(address),
            PeerListMessage::Peers(peers) => 40 + peers.iter().map(quoted).sum::<usize>(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            PeerListMessage::Ask(_) => "ask",
            PeerListMessage::Peers(_) => "peers",
            PeerListMessage::Here(_) => "here",
        }
    }
}
