//! Nothing is delivered that nobody published: each rumor that a node hears was published by the node
//! it names as its origin, and says what that one said: same version, subject and payload.
//!
//! What a node publishes is seen when it says so and when it sends it, in either order: an uplink may
//! hold a message back. What it has in its cells after a restart counts too: it may have become durable
//! just when the node died, before that was told.
//!
//! What names a hostile node as its origin, and what is known to be forged, is counted and let pass:
//! without signatures nobody could tell.

use super::{Broken, Checker, Deed, Held, NodeMessage};
use crate::engine::At;
use hashbrown::{HashMap, HashSet};
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Fingerprint, Name};
use rumormill_node::{AnyBroadcastMessage, AnyNode, AnyState, NodeEvent, Plane};
use rumormill_protocols::planes::{BroadcastEvent, StateEvent};
use rumormill_protocols::{Rumor, RumorId};
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

pub(super) struct Published {
    base: u64,
    publishes: HashMap<RumorId, Publish, HashSeed>,
    forged: HashSet<RumorId, HashSeed>,
    hostile: BTreeSet<usize>,
    /// Nodes whose cells were read back just now.
    restarted: BTreeSet<usize>,
    /// Deliveries of what a hostile node made.
    excused: u64,
}

/// A rumor as its origin has it. Its payload is not kept, be it ever so large: only what tells it from
/// any other.
#[derive(Default)]
struct Publish {
    content: Option<Content>,
    /// Its origin has said that it published it.
    is_said: bool,
}

struct Content {
    fingerprint: [u64; 2],
    /// Mostly it is the very same rumor in memory that is heard; as long as this is here, no other can
    /// be in its place.
    rumor: Weak<Rumor>,
}

impl Content {
    fn of(rumor: &Arc<Rumor>) -> Content {
        Content { fingerprint: fingerprint(rumor), rumor: Arc::downgrade(rumor) }
    }

    fn is(&self, rumor: &Arc<Rumor>) -> bool {
        self.rumor.as_ptr() == Arc::as_ptr(rumor) || self.fingerprint == fingerprint(rumor)
    }
}

fn fingerprint(rumor: &Rumor) -> [u64; 2] {
    let mut fingerprint = Fingerprint::new();
    rumor.fingerprint(&mut fingerprint);
    fingerprint.finish()
}

impl Published {
    pub fn new(base: u64, seed: HashSeed) -> Published {
        Published {
            base,
            publishes: HashMap::with_hasher(seed),
            forged: HashSet::with_hasher(seed),
            hostile: BTreeSet::new(),
            restarted: BTreeSet::new(),
            excused: 0,
        }
    }

    /// The number of a node that is called so.
    fn node_of(&self, name: &Name) -> Option<usize> {
        name.number()?.checked_sub(self.base).map(|node| node as usize)
    }

    /// A rumor as its origin has it.
    fn note(&mut self, node: usize, rumor: &Arc<Rumor>, is_said: bool) -> Held {
        let publish = self.publishes.entry(rumor.id).or_default();
        publish.is_said |= is_said;
        match &publish.content {
            Some(content) if !content.is(rumor) => {
                Err(Broken::at(node, format!("publishes two contents as {}", rumor.id)))
            }
            Some(_) => Ok(()),
            None => {
                publish.content = Some(Content::of(rumor));
                Ok(())
            }
        }
    }

    fn hear(&mut self, at: &At, rumor: &Arc<Rumor>) -> Held {
        let publish = self.publishes.get(&rumor.id);
        let content = publish.filter(|publish| publish.is_said).map(|publish| &publish.content);
        match content {
            Some(Some(content)) if content.is(rumor) => Ok(()),
            _ if self.is_forged(rumor) => {
                self.excused += 1;
                Ok(())
            }
            Some(Some(_)) => Err(wrong(at, rumor, "and its origin said something else")),
            Some(None) => Err(wrong(at, rumor, "and its origin sent it to nobody")),
            None => Err(wrong(at, rumor, "which nobody published")),
        }
    }

    fn is_forged(&self, rumor: &Rumor) -> bool {
        let origin = self.node_of(&rumor.origin);
        self.forged.contains(&rumor.id) || origin.is_some_and(|node| self.hostile.contains(&node))
    }

    #[cold]
    fn read_cells(&mut self, node: usize, machine: &AnyNode) -> Held {
        let AnyState::Registers(registers) = machine.state() else { return Ok(()) };
        let mut ours = registers.table().ours().values();
        ours.try_for_each(|entry| self.note(node, &entry.rumor, true))
    }
}

#[cold]
fn wrong(at: &At, rumor: &Rumor, how: &str) -> Box<Broken> {
    let Rumor { id, origin, version, .. } = rumor;
    Broken::at(at.node, format!("delivers {id}, version {version} of {origin}, {how}"))
}

impl Checker for Published {
    fn name(&self) -> &'static str {
        "published"
    }

    fn event(&mut self, at: &At, event: &NodeEvent) -> Held {
        match event {
            Plane::Broadcast(BroadcastEvent::Published { id, .. }) => {
                self.publishes.entry(*id).or_default().is_said = true;
                Ok(())
            }
            Plane::Broadcast(BroadcastEvent::Arrived(rumor, _)) => self.hear(at, rumor),
            Plane::State(StateEvent::Learned(rumor, _)) => {
                match self.node_of(&rumor.origin) == Some(at.node) {
                    true => self.note(at.node, rumor, true),
                    false => self.hear(at, rumor),
                }
            }
            _ => Ok(()),
        }
    }

    /// What is repaired is told of the table, which was learned.
    fn sent(&mut self, at: &At, message: &NodeMessage) -> Held {
        let Plane::Broadcast(AnyBroadcastMessage::Flood(message)) = message else { return Ok(()) };
        match self.node_of(&message.rumor.origin) == Some(at.node) {
            true => self.note(at.node, &message.rumor, false),
            false => Ok(()),
        }
    }

    fn excused(&self) -> u64 {
        self.excused
    }

    fn settled(&mut self, at: &At, machine: &AnyNode) -> Held {
        match !self.restarted.is_empty() && self.restarted.remove(&at.node) {
            true => self.read_cells(at.node, machine),
            false => Ok(()),
        }
    }

    fn done(&mut self, deed: &Deed) {
        match deed {
            Deed::Restarted(node) => _ = self.restarted.insert(*node),
            Deed::Hostile(node) => _ = self.hostile.insert(*node),
            Deed::Forged(id) => _ = self.forged.insert(*id),
            _ => {}
        }
    }
}
