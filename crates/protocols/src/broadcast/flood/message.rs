//! What flooding nodes tell each other.

use crate::Rumor;
use alloc::sync::Arc;
use rumormill_core::Message;

/// A rumor and how many more hops it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloodMessage {
    /// The rumor.
    pub rumor: Arc<Rumor>,
    /// Hops left: who gets it with 0 delivers it and forwards it to nobody.
    pub ttl: u8,
}

impl Message for FloodMessage {
    fn wire_len(&self) -> usize {
        self.rumor.wire_len()
    }

    fn kind(&self) -> &'static str {
        "rumor"
    }
}
