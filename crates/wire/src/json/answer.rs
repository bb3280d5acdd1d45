//! Answers to gossip.

use super::Problem;
use super::gossip::{decode_messages, fields_of, versions_of, write_messages, write_versions};
use rumormill_protocols::Rumor;
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::digest::Digest;
use rumormill_protocols::state::registers::Delta;
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
    /// How far that makes the asker complete: told to nodes that ask for it, as `complete`.
    pub complete: Option<Digest>,
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
        if let Some(complete) = &self.complete {
            out.extend_from_slice(br#","complete":"#);
            write_versions(&mut out, &complete.known);
        }
        out.push(b'}');
        out
    }

    /// Reads what a repair needs of it: the messages, and how far they reach. Other programs may leave
    /// all else out.
    pub fn decode_delta(body: &[u8]) -> Result<Delta, Problem> {
        let fields = fields_of(body)?;
        let messages = match fields.get("messages") {
            Some(list) => decode_messages(list, None)?,
            None => Vec::new(),
        };
        let news = messages.into_iter().map(|message| message.rumor).collect();
        let complete =
            fields.get("complete").map(|raw| versions_of(raw, "complete")).transpose()?;
        Ok(Delta { news, complete: complete.map(Digest::of) })
    }
}
