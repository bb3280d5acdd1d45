//! What registers tell each other.

use crate::Rumor;
use crate::parts::digest::Digest;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rumormill_core::Message;

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistersMessage {
    /// What I know; tell me what is beyond it. A request.
    Digest(Arc<Digest>),
    /// What is beyond it: of each origin in rising order of version. A response.
    Delta(Vec<Arc<Rumor>>),
}

impl Message for RegistersMessage {
    fn wire_len(&self) -> usize {
        match self {
            RegistersMessage::Digest(digest) => digest.wire_len(),
            RegistersMessage::Delta(news) => {
                64 + news.iter().map(|rumor| rumor.wire_len()).sum::<usize>()
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
