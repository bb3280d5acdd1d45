//! Answers to gossip.

use super::Problem;
use super::gossip::{decode_messages, field_of, fields_of, write_messages};
use rumormill_protocols::Rumor;
use rumormill_protocols::broadcast::flood::FloodMessage;
use std::sync::Arc;

/// The answer to `POST /gossip/`: what became of each message, and what the asker did not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// New here.
    pub accepted: u64,
    /// Known already.
    pub duplicate: u64,
    /// New, but not above what is known of that origin.
    pub stale: u64,
    /// What is beyond the asker's `known`.
    pub messages: Vec<Arc<Rumor>>,
}

impl Answer {
    /// Writes it; the messages with a time to live of 0, since the asker alone needs them.
    pub fn encode(&self) -> Vec<u8> {
        let Answer { accepted, duplicate, stale, .. } = self;
        let mut out = format!(
            r#"{{"accepted":{accepted},"duplicate":{duplicate},"stale":{stale},"messages":"#
        )
        .into_bytes();
        let messages = self.messages.iter().cloned().map(|rumor| FloodMessage { rumor, ttl: 0 });
        write_messages(&mut out, messages);
        out.push(b'}');
        out
    }

    /// Reads what a repair needs of it: the messages. Other programs may leave all else out.
    pub fn decode_messages(body: &[u8]) -> Result<Vec<Arc<Rumor>>, Problem> {
        let fields = fields_of(body)?;
        let Ok(list) = field_of(&fields, "messages", "messages") else { return Ok(Vec::new()) };
        let messages = decode_messages(list, None)?;
        Ok(messages.into_iter().map(|message| message.rumor).collect())
    }
}
