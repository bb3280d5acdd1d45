//! What nodes tell and send, as measurements, checkers and logs look at it: the one place that knows
//! how a broadcast shows.
//!
//! ```text
//!   a topic     at its publisher  Published (an id)      elsewhere  Arrived (the rumor)
//!   a register  at its origin     Learned (the rumor)    elsewhere  Learned, on whichever way it came
//! ```

use rumormill_core::{Bytes, Name, Protocol};
use rumormill_node::{AnyBroadcastMessage, AnyNode, AnyStateMessage, NodeEvent, Plane};
use rumormill_protocols::planes::{BroadcastEvent, StateEvent};
use rumormill_protocols::state::registers::{self, RegistersMessage};
use rumormill_protocols::{Rumor, RumorId, Subject};
use rumormill_wire::json::{register_payload, topic_payload};
use std::sync::Arc;

/// What nodes of scenarios send each other.
pub type NodeMessage = <AnyNode as Protocol>::Message;

/// Something is new to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News<'a> {
    /// Its id.
    pub id: RumorId,
    /// The rumor: origin, version, subject, payload. Of a topic, its own publisher tells the id alone.
    pub rumor: Option<&'a Arc<Rumor>>,
    /// Whether the node published it itself, just now.
    pub is_own: bool,
}

/// What an event says of a broadcast, if it is of one: told by node `node` of a network whose first
/// node is called `base`.
pub fn news(base: u64, node: usize, event: &NodeEvent) -> Option<News<'_>> {
    match event {
        Plane::Broadcast(BroadcastEvent::Published { id, .. }) => {
            Some(News { id: *id, rumor: None, is_own: true })
        }
        Plane::Broadcast(BroadcastEvent::Arrived(rumor, _)) => {
            Some(News { id: rumor.id, rumor: Some(rumor), is_own: false })
        }
        // Registers never learn of themselves from others.
        Plane::State(StateEvent::Learned(rumor, _)) => {
            let is_own = node_of(base, &rumor.origin) == Some(node);
            Some(News { id: rumor.id, rumor: Some(rumor), is_own })
        }
        _ => None,
    }
}

/// The node that is called so.
pub fn node_of(base: u64, name: &Name) -> Option<usize> {
    usize::try_from(name.number()?.checked_sub(base)?).ok()
}

/// The payloads in a message.
pub fn rumors(message: &NodeMessage) -> impl Iterator<Item = &Arc<Rumor>> {
    let (one, news): (_, &[registers::News]) = match message {
        Plane::Broadcast(AnyBroadcastMessage::Flood(flood)) => (Some(&flood.rumor), &[]),
        Plane::State(AnyStateMessage::Registers(RegistersMessage::Exchange(exchange))) => {
            (None, &exchange.delta.news)
        }
        Plane::State(AnyStateMessage::Registers(RegistersMessage::Delta(delta))) => {
            (None, &delta.news)
        }
        Plane::State(_) | Plane::Discovery(_) => (None, &[]),
    };
    one.into_iter().chain(news.iter().map(|news| &news.rumor))
}

/// The message with other payloads, where `change` says so; nothing if it changes none.
pub fn retold(
    message: &NodeMessage,
    mut change: impl FnMut(&Arc<Rumor>) -> Option<Arc<Rumor>>,
) -> Option<NodeMessage> {
    let mut message = message.clone();
    let changed = rumors_mut(&mut message).fold(0, |changed, rumor| match change(rumor) {
        Some(other) => {
            *rumor = other;
            changed + 1
        }
        None => changed,
    });
    (changed > 0).then_some(message)
}

fn rumors_mut(message: &mut NodeMessage) -> impl Iterator<Item = &mut Arc<Rumor>> {
    let (one, news): (_, &mut [registers::News]) = match message {
        Plane::Broadcast(AnyBroadcastMessage::Flood(flood)) => (Some(&mut flood.rumor), &mut []),
        Plane::State(AnyStateMessage::Registers(RegistersMessage::Exchange(exchange))) => {
            (None, &mut exchange.delta.news)
        }
        Plane::State(AnyStateMessage::Registers(RegistersMessage::Delta(delta))) => {
            (None, &mut delta.news)
        }
        Plane::State(_) | Plane::Discovery(_) => (None, &mut []),
    };
    one.into_iter().chain(news.iter_mut().map(|news| &mut news.rumor))
}

/// Another payload of the same subject, which says this.
pub fn payload(subject: &Subject, text: &str) -> Bytes {
    match subject {
        Subject::Register(key) => register_payload(key, &text.into()),
        Subject::Topic(topic) => topic_payload(topic, text.as_bytes()),
    }
}

/// What messages of nodes call their [kinds](rumormill_core::Message::kind), by plane.
pub const KINDS: [&str; 9] =
    ["ask", "peers", "here", "rumor", "summary", "same", "digest", "exchange", "delta"];

/// Whether a message carries a payload.
pub fn is_payload(message: &NodeMessage) -> bool {
    rumors(message).next().is_some()
}

/// What a node that gets a payload first in this message does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// It tells its peers, or some of them.
    Told,
    /// It would, but this was the last hop.
    LastHop,
    /// It keeps it until somebody asks: repair brought it.
    Kept,
}

/// What becomes of the payloads in a message at who gets it.
pub fn onward(message: &NodeMessage) -> Onward {
    match message {
        Plane::Broadcast(AnyBroadcastMessage::Flood(flood)) if flood.ttl == 0 => Onward::LastHop,
        Plane::Broadcast(_) => Onward::Told,
        Plane::State(_) | Plane::Discovery(_) => Onward::Kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::SilenceConfig;

    /// What nodes send in a run that has all planes.
    #[test]
    fn kinds_are_those_that_nodes_send() {
        let text = "network.nodes = 12\n[[workload]]\nkind = \"books\"\nfor = \"30 s\"";
        let scenario = crate::scenario::Scenario::parse("a.toml", text).unwrap();
        let outcome = crate::run::run(&scenario, Default::default()).unwrap();
        let sent: Vec<&String> = outcome.broadcasts[0].bytes_by_kind.keys().collect();
        assert!(
            sent.len() >= 7 && sent.iter().all(|kind| KINDS.contains(&kind.as_str())),
            "{sent:?}"
        );
    }

    #[test]
    fn whoever_is_told_what_kinds_there_are_is_told_all() {
        let kinds = SilenceConfig::KEYS.iter().find(|key| key.name == "kinds").unwrap();
        let all: Vec<String> = KINDS.iter().map(|kind| format!("\"{kind}\"")).collect();
        assert_eq!(kinds.bound(), format!("a list of {}", all.join(", ")));
    }
}
