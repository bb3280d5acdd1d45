//! The shared state.

use crate::{Ended, Name, Node, SetError, Told};
use rumormill_core::Time;
use rumormill_net::control::{self, Register, Says};
use rumormill_net::driver::Events;
use rumormill_node::{AnyNode, AnyState, Plane};
use rumormill_protocols::Rumor;
use rumormill_protocols::planes::StateEvent;
use rumormill_protocols::state::registers::Entry;
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

    /// Sets a register of our own that everybody forgets after `lasts` (1 ms to ten years), unless it
    /// is set again.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// let node = rumormill::Node::builder().spawn().await?;
    /// let mut changes = node.state().watch();
    /// node.state().set_for("load", 0.7, Duration::from_millis(50)).await?;
    /// assert_eq!(changes.next().await.and_then(|change| change.value), Some(0.7.into()));
    /// // Its time is over.
    /// assert_eq!(changes.next().await.map(|change| change.value), Some(None));
    /// # Ok(()) }
    /// ```
    pub async fn set_for(
        &self,
        key: &str,
        value: impl Into<Value>,
        lasts: Duration,
    ) -> Result<u64, SetError> {
        control::set(self.node.handle(), key, Says::For(value.into(), lasts)).await
    }

    /// Removes a register of our own, everywhere. That it never was is no error.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let node = rumormill::Node::builder().spawn().await?;
    /// let (state, port) = (node.state(), node.port().into());
    /// let set = state.set("mood", "good").await?;
    /// assert!(state.remove("mood").await? > set);
    /// let left = state.get(port, "mood").await?;
    /// assert!(left.is_none_or(|(change, _)| change.value.is_none()));
    /// # Ok(()) }
    /// ```
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
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let node = rumormill::Node::builder().spawn().await?;
    /// let mut changes = node.state().watch();
    /// let version = node.state().set("mood", "good").await?;
    /// let change = changes.next().await.expect("the node runs");
    /// assert_eq!((change.key.as_str(), change.version), ("mood", version));
    /// node.shutdown().await;
    /// assert!(changes.next().await.is_none());
    /// # Ok(()) }
    /// ```
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
    let Register { origin, key, value, version, .. } = Register::of(rumor)?;
    Some(Change { origin, key: key.to_owned(), value, version })
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
