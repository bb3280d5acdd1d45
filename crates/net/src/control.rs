//! What programs ask of a running node, and what comes of it: the library and the HTTP API do it alike.

use crate::driver::{Ended, Handle, NoOutcome};
use rumormill_core::{Bytes, Why};
use rumormill_node::{AnyNode, NodeCommand, NodeEvent, Plane};
use rumormill_protocols::planes::{BroadcastEvent, StateEvent};
use rumormill_protocols::{Life, Rumor, RumorId, Subject};
use rumormill_wire::json::{
    Problem, check_register, expiring_payload, register_payload, removal_payload, topic_payload,
};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most bytes of data in one message: in base64, with a topic and the message's other fields, it
/// fits in the 1 MiB that nodes take.
pub const DATA_MAX: usize = 768_000;

/// The most bytes of a payload as it stands on the wire.
pub const PAYLOAD_MAX: usize = (1 << 20) - 1024;

/// The longest key of a register, in bytes.
pub const KEY_MAX: usize = 256;

/// A register was not set. It says what it said before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// It can never be sent; say less.
    #[error("a register of {len} bytes is more than the {max} that a message can carry")]
    TooLarge {
        /// Key and value in bytes, as JSON.
        len: usize,
        /// The most that fits.
        max: usize,
    },
    /// It is more than the node may tell another at once. Say less, or raise the bound.
    #[error(
        "the register is larger than what this node may tell at once: say less, or raise \
         node.state.registers.delta_bytes_max"
    )]
    OverBudget,
    /// Keys have 1 to 256 bytes, and some names have a meaning of their own.
    #[error("`{0}` is no key: use 1 to 256 bytes, and not removed, lasts_ms, topic or data")]
    BadKey(String),
    /// A span from a millisecond to ten years.
    #[error("a register can hold for 1 ms to ten years, not for {0:?}")]
    BadLife(std::time::Duration),
    /// Other nodes would refuse it: a book must be a text, and values nest at most some 120 deep.
    #[error("other nodes would refuse it: {0}")]
    Malformed(#[from] Problem),
    /// There is no room for more registers of ours. Remove or reuse some; or too many sets of this key
    /// wait for the disk.
    #[error("this node has no room for more registers of its own: remove some, or try again later")]
    TooMany,
    /// The data directory can't be written. Make room, and set it again.
    #[error("the register could not be made durable: {0}")]
    NotDurable(Why),
    /// The node was built without a state plane.
    #[error("this node keeps no state")]
    NoState,
    /// It may be set, but so much happened meanwhile that its outcome was missed: look.
    #[error("it was missed whether the register is set: look")]
    Missed,
    /// The node has ended.
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// Data was not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// It can never be sent: nodes take bodies of at most 1 MiB. Nothing changed; send less.
    #[error("{len} bytes are more than the {max} that a message can carry")]
    TooLarge {
        /// The data's length in bytes.
        len: usize,
        /// The most that fits.
        max: usize,
    },
    /// Too many publishes wait for the disk. Nothing changed; try again later.
    #[error("too many publishes wait for their versions to be durable; try again later")]
    TooMany,
    /// It is on its way, or will be, but so much happened meanwhile that its receipt was missed.
    #[error("the message is published, but its receipt was missed")]
    Missed,
    /// The node has ended.
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// What became of a publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The message's id.
    pub id: RumorId,
    /// To how many neighbours it was queued.
    pub queued: usize,
    /// Why it was not queued to others, one reason each.
    pub dropped: Vec<Why>,
}

/// What a register of ours is to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// This, until something else is set.
    Value(Value),
    /// This, for so long.
    For(Value, std::time::Duration),
    /// Nothing: it is removed.
    Nothing,
}

/// A register, as the update says that set it.
#[derive(Clone, Debug, PartialEq)]
pub struct Register<'a> {
    /// Whose it is: a node's port.
    pub origin: u64,
    /// Its key.
    pub key: &'a str,
    /// Its value; nothing if it was removed.
    pub value: Option<Value>,
    /// The origin's version that set it.
    pub version: u64,
    /// For how long it was set; nothing: until another is.
    pub lasts: Option<std::time::Duration>,
}

impl Register<'_> {
    /// Nothing if the update is of no register, or of an origin that has no number.
    pub fn of(rumor: &Rumor) -> Option<Register<'_>> {
        let Subject::Register(key) = &rumor.subject else { return None };
        let said = || {
            let mut members: Map<String, Value> = serde_json::from_slice(&rumor.payload).ok()?;
            members.remove(&**key)
        };
        let (value, lasts) = match rumor.life {
            Life::Removed => (None, None),
            Life::Lasting => (Some(said()?), None),
            Life::For(span) => (Some(said()?), Some(span)),
        };
        let (origin, version) = (rumor.origin.number()?, rumor.version);
        Some(Register { origin, key, value, version, lasts })
    }
}

/// A number for each question that is answered by an event.
fn ticket() -> u64 {
    static TICKETS: AtomicU64 = AtomicU64::new(1);
    TICKETS.fetch_add(1, Ordering::Relaxed)
}

/// Sets or removes a register of the node's own. Once this is done it is durable, as far as the node
/// has a data directory, and being spread; gives its version.
pub async fn set(handle: &Handle<AnyNode>, key: &str, says: Says) -> Result<u64, SetError> {
    let (payload, life) = payload_of(key, says)?;
    let ours = ticket();
    let set = NodeCommand::Set { ticket: ours, key: Arc::from(key), payload, life };
    match handle.outcome(set, |event| set_outcome(event, ours)).await {
        Ok(outcome) => outcome,
        Err(NoOutcome::Missed) => Err(SetError::Missed),
        Err(NoOutcome::Ended(ended)) => Err(ended.into()),
    }
}

fn payload_of(key: &str, says: Says) -> Result<(Bytes, Life), SetError> {
    let reserved = matches!(key, "removed" | "lasts_ms" | "topic" | "data");
    if reserved || !(1..=KEY_MAX).contains(&key.len()) {
        return Err(SetError::BadKey(key.chars().take(KEY_MAX).collect()));
    }
    let (payload, life) = match says {
        Says::Value(value) => (register_payload(key, &value), Life::Lasting),
        Says::For(value, span) => {
            let whole = u64::try_from(span.as_millis()).map(std::time::Duration::from_millis);
            let whole = whole.ok().filter(|whole| !whole.is_zero() && *whole <= Life::MAX);
            let whole = whole.ok_or(SetError::BadLife(span))?;
            (expiring_payload(key, &value, whole), Life::For(whole))
        }
        Says::Nothing => (removal_payload(key), Life::Removed),
    };
    if payload.len() > PAYLOAD_MAX {
        return Err(SetError::TooLarge { len: payload.len(), max: PAYLOAD_MAX });
    }
    check_register(key, &payload)?;
    Ok((payload, life))
}

fn set_outcome(event: NodeEvent, ours: u64) -> Option<Result<u64, SetError>> {
    match event {
        Plane::State(StateEvent::Stored { ticket, version }) if ticket == ours => Some(Ok(version)),
        Plane::State(StateEvent::SetRefused { ticket, why, .. }) if ticket == ours => {
            Some(Err(match why {
                Why::Unsupported => SetError::NoState,
                Why::TooLarge => SetError::OverBudget,
                Why::Overloaded => SetError::TooMany,
                why => SetError::NotDurable(why),
            }))
        }
        _ => None,
    }
}

/// Publishes data on a topic. The receipt says to how many neighbours it was queued, and to whom not
/// and why; none is up → `queued` is 0, and nobody will hear it.
pub async fn publish(
    handle: &Handle<AnyNode>,
    topic: &str,
    data: &[u8],
) -> Result<Receipt, PublishError> {
    let (payload, ours) = (topic_payload(topic, data), ticket());
    if data.len() > DATA_MAX || payload.len() > PAYLOAD_MAX {
        return Err(PublishError::TooLarge { len: data.len(), max: DATA_MAX });
    }
    let publish = NodeCommand::Publish { topic: Arc::from(topic), payload, ticket: ours };
    match handle.outcome(publish, |event| publish_outcome(event, ours)).await {
        Ok(outcome) => outcome,
        Err(NoOutcome::Missed) => Err(PublishError::Missed),
        Err(NoOutcome::Ended(ended)) => Err(ended.into()),
    }
}

fn publish_outcome(event: NodeEvent, ours: u64) -> Option<Result<Receipt, PublishError>> {
    match event {
        Plane::Broadcast(BroadcastEvent::Published { ticket, id, tally }) if ticket == ours => {
            let dropped = tally.dropped.into_iter().map(|(_, why)| why).collect();
            Some(Ok(Receipt { id, queued: tally.queued as usize, dropped }))
        }
        Plane::Broadcast(BroadcastEvent::PublishRefused { ticket, .. }) if ticket == ours => {
            Some(Err(PublishError::TooMany))
        }
        _ => None,
    }
}
