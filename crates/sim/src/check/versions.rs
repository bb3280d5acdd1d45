//! A version never goes back: what a node knows of a register is never replaced by something older, as
//! long as the node lives; and an origin's own versions rise through its crashes, as long as it keeps
//! its cells.
//!
//! A register that gave way to others in a full table may come back older. Versions of topics are not
//! looked at: no receiver compares them.
//!
//! Two words for each node and register, in a column a register; a register that would bring them above
//! a gibibyte is not watched.

use super::suspects::Suspects;
use super::{Broken, Checker, Deed, Held};
use crate::engine::At;
use hashbrown::HashMap;
use rumormill_core::Name;
use rumormill_core::bounded::HashSeed;
use rumormill_node::{AnyNode, NodeEvent, Plane};
use rumormill_protocols::planes::StateEvent;
use rumormill_protocols::{Rumor, Subject};

/// The most bytes of all columns.
const BYTES_MAX: usize = 1 << 30;

pub(super) struct Versions {
    base: u64,
    nodes: usize,
    registers: HashMap<(Name, Subject), Vec<Rank>, HashSeed>,
    /// The highest own version, by node.
    own: Vec<u64>,
    suspects: Suspects,
}

/// A version and the first half of its id; the lowest of all is that nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(u64, u64);

impl Rank {
    fn of(rumor: &Rumor) -> Rank {
        // Versions begin with 0, and end long before this overflows.
        Rank(rumor.version + 1, rumor.id.0[0])
    }
}

impl Versions {
    pub fn new(nodes: usize, base: u64, seed: HashSeed) -> Versions {
        let (registers, suspects) = (HashMap::with_hasher(seed), Suspects::default());
        Versions { base, nodes, registers, own: Vec::new(), suspects }
    }

    /// A node learns a register: what it knew before, if that was above.
    fn learn(&mut self, node: usize, rumor: &Rumor) -> Option<Rank> {
        let has_room = (self.registers.len() + 1) * self.nodes * size_of::<Rank>() <= BYTES_MAX;
        let place = (rumor.origin.clone(), rumor.subject.clone());
        let known = match self.registers.get_mut(&place) {
            Some(known) => known,
            None if has_room => self.registers.entry(place).or_default(),
            None => return None,
        };
        if node >= known.len() {
            known.resize(self.nodes.max(node + 1), Rank::default());
        }
        let before = std::mem::replace(&mut known[node], Rank::of(rumor));
        (before > known[node]).then_some(before)
    }

    /// A node publishes a register: its highest version before, if that was not below.
    fn publish(&mut self, node: usize, rumor: &Rumor) -> Option<u64> {
        if node >= self.own.len() {
            self.own.resize(self.nodes.max(node + 1), 0);
        }
        let before = self.own[node];
        self.own[node] = before.max(rumor.version);
        (before > 0 && before >= rumor.version).then_some(before)
    }

    fn check(&mut self, at: &At, rumor: &Rumor) -> Held {
        if let Some(Rank(above, _)) = self.learn(at.node, rumor) {
            let (what, before) = (said(rumor), above - 1);
            self.suspects.suspect(at.node, format!("knew version {before}, and learns {what}"));
        }
        let is_own = rumor.origin.number() == Some(self.base + at.node as u64);
        match is_own.then(|| self.publish(at.node, rumor)).flatten() {
            Some(before) => {
                let detail = format!("published version {before} before, and now {}", said(rumor));
                Err(Broken::at(at.node, detail))
            }
            None => Ok(()),
        }
    }
}

fn said(rumor: &Rumor) -> String {
    let Rumor { id, origin, version, subject, .. } = rumor;
    match subject {
        Subject::Register(key) => format!("version {version} of {key:?} of {origin}, {id}"),
        Subject::Topic(_) => format!("version {version} of {origin}, {id}"),
    }
}

impl Checker for Versions {
    fn name(&self) -> &'static str {
        "versions"
    }

    fn event(&mut self, at: &At, event: &NodeEvent) -> Held {
        match event {
            Plane::State(StateEvent::Learned(rumor, _)) => self.check(at, rumor),
            _ => Ok(()),
        }
    }

    fn settled(&mut self, at: &At, machine: &AnyNode) -> Held {
        self.suspects.judge(at.node, machine)
    }

    fn excused(&self) -> u64 {
        self.suspects.excused
    }

    fn done(&mut self, deed: &Deed) {
        match deed {
            Deed::Crashed(node) => {
                let known = self.registers.values_mut().filter_map(|known| known.get_mut(*node));
                known.for_each(|rank| *rank = Rank::default());
            }
            Deed::CellsLost(node) => {
                self.own.get_mut(*node).into_iter().for_each(|own| *own = 0);
            }
            _ => {}
        }
    }
}
