//! What registers tell each other.

use crate::Rumor;
use crate::parts::digest::Digest;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rumormill_core::Message;

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistersMessage {
    /// What I know; tell me what is beyond it. A request.
    Digest(Arc<Digest>),
    /// What is beyond it. A response.
    Delta(Box<Delta>),
}

/// What is beyond a digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// The updates, of each origin in rising order of version.
    pub news: Vec<Arc<Rumor>>,
    /// How far that makes the asker complete, for each origin among them that the answerer can vouch
    /// for. Who answers without it (a member that keeps one register an origin) vouches for all.
    pub complete: Option<Digest>,
}

impl Message for RegistersMessage {
    fn wire_len(&self) -> usize {
        match self {
            RegistersMessage::Digest(digest) => digest.wire_len(),
            RegistersMessage::Delta(delta) => {
                let Delta { news, complete } = &**delta;
                let news: usize = news.iter().map(|rumor| rumor.wire_len()).sum();
                64 + news + complete.as_ref().map_or(0, Digest::wire_len)
            }
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            RegistersMessage::Digest(_) => "digest",
            RegistersMessage::Delta(_) => "delta",
        }
    }
}
