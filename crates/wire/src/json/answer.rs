//! Answers to gossip.

use super::Problem;
use super::gossip::{decode_messages, fields_of, write_list, write_news};
use rumormill_protocols::state::registers::{Delta, News};
use std::time::Duration;

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
    pub messages: Vec<News>,
}

impl Answer {
    /// Writes it; the messages with a time to live of 0, since the asker alone needs them.
    pub fn encode(&self) -> Vec<u8> {
        let Answer { accepted, duplicate, stale, messages } = self;
        let mut out = format!(
            r#"{{"accepted":{accepted},"duplicate":{duplicate},"stale":{stale},"messages":"#
        )
        .into_bytes();
        // What is over is no news to whoever doesn't know of times.
        write_list(&mut out, messages.iter().filter(|news| !news.is_over()), write_news);
        out.push(b'}');
        out
    }

    /// Reads what a repair needs of it: the messages. Other programs may leave all else out.
    pub fn decode_delta(body: &[u8]) -> Result<Delta, Problem> {
        let fields = fields_of(body)?;
        let messages = match fields.get("messages") {
            Some(list) => decode_messages(list, None)?,
            None => Vec::new(),
        };
        let news = messages.into_iter().map(|(message, age_ms)| News {
            rumor: message.rumor,
            age: Duration::from_millis(age_ms),
        });
        Ok(Delta { news: news.collect(), ..Delta::default() })
    }
}
