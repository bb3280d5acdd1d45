//! A node delivers a message once: within one life, and as long as its seen cache says that it
//! remembers.
//!
//! A delivery is a rumor that is told to the layer above for the first time; the origin's own publish
//! counts as one. A register that a node shows no more because its time is over, or that gave way to
//! others in a full table, may come again. So may anything at a node whose clock was put forward: its
//! window is its own.
//!
//! The window is counted from the first delivery anywhere, so a second one is missed if it comes in the
//! last of the window; a message spreads in a fraction of it.

use super::columns::Columns;
use super::suspects::Suspects;
use super::{Broken, Checker, Deed, Held};
use crate::engine::{At, WINDOW_MAX};
use rumormill_core::Duration;
use rumormill_core::bounded::HashSeed;
use rumormill_node::{AnyNode, NodeEvent, Plane};
use rumormill_protocols::RumorId;
use rumormill_protocols::planes::{BroadcastEvent, StateEvent};
use std::collections::BTreeSet;

pub(super) struct Once {
    columns: Columns,
    suspects: Suspects,
    /// Whose clocks are not the network's.
    skewed: BTreeSet<usize>,
}

impl Once {
    pub fn new(nodes: usize, seen_age: Duration, seed: HashSeed) -> Once {
        // What is shown first may be that much later than what is shown next.
        let window = seen_age.saturating_sub(WINDOW_MAX);
        let columns = Columns::new(nodes, window, seed);
        Once { columns, suspects: Suspects::default(), skewed: BTreeSet::new() }
    }

    /// Says what is wrong, if it is a second time.
    fn deliver(&mut self, at: &At, id: RumorId) -> Option<String> {
        let again = self.columns.mark(id, at.node, at.time) && !self.skewed.contains(&at.node);
        again.then(|| format!("delivers {id} again, {}", from(at)))
    }
}

fn from(at: &At) -> String {
    match at.source {
        At::OUTSIDE => "told by nobody".into(),
        source if source == at.node => "by itself".into(),
        source => format!("told by node {source}"),
    }
}

impl Checker for Once {
    fn name(&self) -> &'static str {
        "once"
    }

    fn event(&mut self, at: &At, event: &NodeEvent) -> Held {
        let again = match event {
            Plane::Broadcast(BroadcastEvent::Arrived(rumor, _)) => self.deliver(at, rumor.id),
            Plane::Broadcast(BroadcastEvent::Published { id, .. }) => self.deliver(at, *id),
            Plane::State(StateEvent::Learned(rumor, _)) => {
                if let Some(detail) = self.deliver(at, rumor.id) {
                    self.suspects.suspect(at.node, detail);
                }
                None
            }
            Plane::State(StateEvent::Expired(rumor)) => {
                self.columns.unmark(rumor.id, at.node);
                None
            }
            _ => None,
        };
        again.map_or(Ok(()), |detail| Err(Broken::at(at.node, detail)))
    }

    fn settled(&mut self, at: &At, machine: &AnyNode) -> Held {
        self.suspects.judge(at.node, machine)
    }

    fn excused(&self) -> u64 {
        self.suspects.excused
    }

    fn done(&mut self, deed: &Deed) {
        match deed {
            Deed::Crashed(node) => self.columns.forget(*node),
            Deed::ClockSkewed(node) => _ = self.skewed.insert(*node),
            _ => {}
        }
    }
}
