//! The shared state.

use crate::node::PAYLOAD_MAX;
use crate::{Ended, Name, Node, NodeEvent, SetError, Told, Why};
use rumormill_core::Time;
use rumormill_net::driver::Events;
use rumormill_node::{AnyNode, AnyState, NodeCommand, Plane};
use rumormill_protocols::planes::StateEvent;
use rumormill_protocols::state::registers::Entry;
use rumormill_protocols::{Rumor, Subject};
use rumormill_wire::json::{check_register, register_payload};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// The state that all nodes share: each node sets its own registers and reads everybody's.
#[derive(Clone)]
pub struct State {
    node: Node,
}

/// A register as it is known here.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Whose it is: a node's port.
    pub origin: u64,
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// The origin's version that set it.
    pub version: u64,
}

impl State {
    pub(crate) fn new(node: Node) -> State {
        State { node }
    }

    /// Sets a register of our own. It is gossiped as soon as its version is durable, and, where there
    /// is somebody to bootstrap from, once we know what the network knew of us.
    pub async fn set(&self, key: &str, value: impl Into<Value>) -> Result<(), SetError> {
        let payload = register_payload(key, &value.into());
        if payload.len() > PAYLOAD_MAX {
            return Err(SetError::TooLarge { len: payload.len(), max: PAYLOAD_MAX });
        }
        check_register(key, &payload)?;
        let set = NodeCommand::Set { key: Arc::from(key), payload };
        let told = self.node.handle().command(set).await.map_err(Ended::from)?;
        match told.iter().find_map(refused) {
            None => Ok(()),
            Some(Why::Unsupported) => Err(SetError::NoState),
            Some(_) => Err(SetError::TooMany),
        }
    }

    /// One register, and how long ago it was learned.
    pub async fn get(&self, origin: u64, key: &str) -> Result<Option<(Change, Duration)>, Ended> {
        let (name, key) = (Name::Number(origin), key.to_owned());
        let found = self.node.handle().inspect(move |node, driver| {
            let AnyState::Registers(registers) = node.state() else { return None };
            registers.table().get(&name, &key).map(|entry| aged(entry, driver.now()))
        });
        Ok(found.await?.and_then(describe))
    }

    /// Every register that is known, by origin.
    pub async fn all(&self) -> Result<Vec<(Change, Duration)>, Ended> {
        let found = self.node.handle().inspect(|node, driver| {
            let AnyState::Registers(registers) = node.state() else { return Vec::new() };
            registers.table().entries().map(|entry| aged(entry, driver.now())).collect()
        });
        let mut all: Vec<_> = found.await?.into_iter().filter_map(describe).collect();
        all.sort_by(|a, b| (a.0.origin, &a.0.key).cmp(&(b.0.origin, &b.0.key)));
        Ok(all)
    }

    /// Every change from now on, our own included.
    pub fn watch(&self) -> Changes {
        Changes { events: self.node.events() }
    }
}

fn refused(event: &NodeEvent) -> Option<Why> {
    match event {
        Plane::State(StateEvent::SetRefused { why, .. }) => Some(*why),
        _ => None,
    }
}

fn aged(entry: &Entry, now: Time) -> (Arc<Rumor>, Duration) {
    (entry.rumor.clone(), now.since(entry.at))
}

fn describe((rumor, age): (Arc<Rumor>, Duration)) -> Option<(Change, Duration)> {
    change(&rumor).map(|change| (change, age))
}

fn change(rumor: &Rumor) -> Option<Change> {
    let Subject::Register(key) = &rumor.subject else { return None };
    let mut members: serde_json::Map<String, Value> =
        serde_json::from_slice(&rumor.payload).ok()?;
    Some(Change {
        origin: rumor.origin.number()?,
        key: key.to_string(),
        value: members.remove(&**key)?,
        version: rumor.version,
    })
}

/// Changes of the shared state.
pub struct Changes {
    events: Events<AnyNode>,
}

impl Changes {
    /// The next change; nothing once the node has ended. What a slow listener misses is in
    /// [`State::all`]. Cancel-safe.
    pub async fn next(&mut self) -> Option<Change> {
        loop {
            if let Told::Event(Plane::State(StateEvent::Learned(rumor, _))) =
                self.events.next().await?
                && let Some(change) = change(&rumor)
            {
                return Some(change);
            }
        }
    }
}
