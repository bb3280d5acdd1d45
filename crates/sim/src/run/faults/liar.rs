//! Nodes that tell what isn't so.

use super::super::choose;
use super::hostile::corrupt;
use super::{Fault, Stage};
use crate::lens;
use crate::scenario::{LiarConfig, Lie};
use rumormill_core::{Rng, Time};
use rumormill_node::{AnyBroadcast, AnyNode, AnyState};
use rumormill_protocols::{Life, Rumor, RumorId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Nodes that take what they heard from others, change it, and tell it on.
pub(super) struct Liar {
    config: LiarConfig,
    due: BTreeSet<(Time, usize)>,
    lies: u64,
    told: u64,
}

/// How many hops a lie may take; who hears it grants no more than its own limit.
const TTL: u8 = u8::MAX;

/// How far ahead of the truth a forged version is.
const AHEAD: u64 = 1000;

impl Liar {
    pub fn new(config: LiarConfig) -> Liar {
        Liar { config, due: BTreeSet::new(), lies: 0, told: 0 }
    }
}

impl Fault for Liar {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let liars = corrupt(&self.config.who, stage, rng);
        let mut next = || stage.now() + choose::until_next(self.config.rate, rng);
        self.due = liars.into_iter().map(|node| (next(), node)).collect();
    }

    fn next(&self) -> Option<Time> {
        self.due.first().map(|(time, _)| *time)
    }

    fn act(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let Some((time, node)) = self.due.pop_first() else { return };
        self.due.insert((time + choose::until_next(self.config.rate, rng), node));
        if !stage.is_up(node) {
            return;
        }
        let own = stage.network().config().name_of(node);
        let mut known = known(stage.network().machine(node));
        known.retain(|rumor| rumor.origin != own);
        if let Some(truth) = rng.pick(&known) {
            let lie = Arc::new(lie(truth, self.config.kind, rng));
            self.lies += 1;
            self.told += stage.forge(node, lie, TTL) as u64;
        }
    }

    fn end(&mut self, _stage: &mut Stage<'_>) {
        self.due.clear();
    }

    fn fired(&self, _stage: &Stage<'_>) -> (u64, String) {
        (self.lies, format!("{} lies told, {} times", self.lies, self.told))
    }
}

/// What a node knows of what was published.
fn known(node: &AnyNode) -> Vec<Arc<Rumor>> {
    let AnyBroadcast::Flood(flood) = node.broadcast();
    let heard = flood.recent().map(|message| message.rumor.clone());
    match node.state() {
        AnyState::Registers(registers) => {
            registers.table().entries().map(|entry| entry.rumor.clone()).collect()
        }
        AnyState::NoState(_) => heard.collect(),
    }
}

/// An old version as if it were news, or a version that its origin never made.
fn lie(truth: &Rumor, kind: Lie, rng: &mut Rng) -> Rumor {
    let id = RumorId::random(rng);
    match kind {
        Lie::Stale => Rumor { id, version: truth.version.saturating_sub(1), ..truth.clone() },
        Lie::Forged => {
            let payload = lens::payload(&truth.subject, &format!("forged {id}"));
            let version = truth.version + AHEAD;
            Rumor { id, version, payload, life: Life::Lasting, ..truth.clone() }
        }
    }
}
