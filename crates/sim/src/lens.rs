//! What nodes tell and send, as measurements, checkers and logs look at it: the one place that knows
//! how a broadcast shows.
//!
//! ```text
//!   a topic     at its publisher  Published (an id)      elsewhere  Arrived (the rumor)
//!   a register  at its origin     Learned (the rumor)    elsewhere  Learned, on whichever way it came
//! ```

use rumormill_core::{Name, Protocol};
use rumormill_node::{AnyBroadcastMessage, AnyNode, AnyStateMessage, NodeEvent, Plane};
use rumormill_protocols::planes::{BroadcastEvent, StateEvent};
use rumormill_protocols::state::registers::{self, RegistersMessage};
use rumormill_protocols::{Rumor, RumorId};
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
