//! The shared state.

use crate::{Ended, Name, Node, SetError, Told};
use rumormill_core::Time;
use rumormill_net::control::{self, Says};
use rumormill_net::driver::Events;
use rumormill_node::{AnyNode, AnyState, Plane};
use rumormill_protocols::planes::StateEvent;
use rumormill_protocols::state::registers::Entry;
use rumormill_protocols::{Life, Rumor, Subject};
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
    /// Its value; nothing if it was removed, or its time is over.
    pub value: Option<Value>,
    /// The origin's version that set it.
    pub version: u64,
}

impl State {
    pub(crate) fn new(node: Node) -> State {
        State { node }
    }

    /// Sets a register of our own; once that is done it is durable, as far as the node has a data
    /// directory, and being spread. Gives its version. Where there is somebody to bootstrap from, a
    /// young node first waits (2 s at most) to hear what the network knew of it.
    pub async fn set(&self, key: &str, value: impl Into<Value>) -> Result<u64, SetError> {
        control::set(self.node.handle(), key, Says::Value(value.into())).await
    }

    /// Sets a register of our own that everybody forgets after `lasts`, unless it is set again.
    pub async fn set_for(
        &self,
        key: &str,
        value: impl Into<Value>,
        lasts: Duration,
    ) -> Result<u64, SetError> {
        control::set(self.node.handle(), key, Says::For(value.into(), lasts)).await
    }

    /// Removes a register of our own, everywhere. That it never was is no error.
    pub async fn remove(&self, key: &str) -> Result<u64, SetError> {
        control::set(self.node.handle(), key, Says::Nothing).await
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
    let value = match rumor.life {
        Life::Removed => None,
        Life::Lasting | Life::For(_) => Some(members.remove(&**key)?),
    };
    let (origin, key) = (rumor.origin.number()?, key.to_string());
    Some(Change { origin, key, value, version: rumor.version })
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
            let changed = match self.events.next().await? {
                Told::Event(Plane::State(StateEvent::Learned(rumor, _))) => change(&rumor),
                Told::Event(Plane::State(StateEvent::Expired(rumor))) => {
                    change(&rumor).map(|change| Change { value: None, ..change })
                }
                Told::Event(_) | Told::Gap(_) => None,
            };
            if let Some(change) = changed {
                return Some(change);
            }
        }
    }
}
