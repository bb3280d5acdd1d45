//! What hostile nodes do, and disks that forget.

use super::Stage;
use crate::engine::{Betrayal, BetrayalId};
use crate::lens::NodeMessage;
use crate::model::rules::Effect;
use crate::model::{Lost, Paths, Rule, RuleId};
use crate::scenario::{Forgets, Stored};
use rumormill_core::{LinkKind, Rng};
use rumormill_node::{AnyBroadcastMessage, Plane};
use rumormill_protocols::Rumor;
use rumormill_protocols::broadcast::flood::FloodMessage;
use std::sync::Arc;

impl Stage<'_> {
    /// From now on a node is not honest, whatever it does.
    pub fn turn_hostile(&mut self, node: usize) {
        self.honest[node] = false;
        self.watch.hostile(node, self.network.now());
    }

    /// A betrayal that nodes can do from now on.
    pub fn betrayal(&mut self, betrayal: Betrayal<NodeMessage>) -> BetrayalId {
        self.network.betrayal(betrayal)
    }

    /// A hostile node does that too, or no longer.
    pub fn betray(&mut self, node: usize, how: BetrayalId, is_on: bool) {
        if !is_on {
            // What it kept back may be why others don't agree yet.
            self.disturb();
        }
        self.network.betray(node, how, is_on);
    }

    /// A node has a twin from now on, and both are hostile. Gives its number.
    pub fn twin(&mut self, of: usize, stored: Stored) -> usize {
        self.disturb();
        self.turn_hostile(of);
        let twin = self.network.twin(of, stored == Stored::Kept);
        self.honest.push(false);
        self.watch.noted("twin", Some(twin), self.network.now());
        self.watch.hostile(twin, self.network.now());
        self.network.start(twin);
        self.started.push(twin);
        self.twins.push((of, twin));
        twin
    }

    /// Who pretends to be this node: whoever uses it uses them too.
    pub(super) fn twins_of(&self, node: usize) -> Vec<usize> {
        let twins = self.twins.iter().filter(|(of, _)| *of == node);
        twins.map(|(_, twin)| *twin).collect()
    }

    /// A crashed node's disk forgets. Says how much: writes, or cells.
    pub fn forget(&mut self, node: usize, what: Forgets, rng: &mut Rng) -> usize {
        let forgotten = match what {
            Forgets::All => {
                let stored = self.network.cells(node).iter().count();
                self.network.lose_cells(node);
                stored
            }
            Forgets::Writes(most) => {
                let writes = 1 + rng.below(most as u64) as usize;
                self.network.forget_writes(node, writes)
            }
        };
        if forgotten > 0 {
            self.watch.lost_cells(node, self.network.now());
        }
        forgotten
    }

    /// Twins that are apart: the way between them and those is cut. Streams over it end.
    pub fn keep_apart(&mut self, pairs: Vec<(usize, usize)>) -> RuleId {
        self.disturb();
        if self.network.config().kind == LinkKind::Stream {
            for (one, other) in &pairs {
                self.network.sever(*one, |remote| remote == *other);
                self.network.sever(*other, |remote| remote == *one);
            }
        }
        let both = pairs.into_iter().flat_map(|(one, other)| [(one, other), (other, one)]);
        let pairs = both.map(|(one, other)| (one as u32, other as u32)).collect();
        let rule = Rule { paths: Paths::Pairs(pairs), effect: Effect::Cut(Lost::Partition) };
        self.network.rules_mut().add(rule)
    }

    /// They need not be any more.
    pub fn let_meet(&mut self, rule: RuleId) {
        self.disturb();
        self.network.rules_mut().remove(rule);
    }

    /// A hostile node tells all it is linked to what it made up. Says how many that are.
    pub fn forge(&mut self, node: usize, rumor: Arc<Rumor>, ttl: u8) -> usize {
        self.watch.forged(node, self.network.now(), &rumor);
        let message = Plane::Broadcast(AnyBroadcastMessage::Flood(FloodMessage { rumor, ttl }));
        self.network.forge(node, &message, &mut self.watch)
    }
}
