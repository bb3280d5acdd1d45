//! Nodes that are too many, and nodes that say too much.

use super::super::choose;
use super::{Fault, Stage};
use crate::engine::Betrayal;
use crate::scenario::{NodeSet, SpamConfig, SybilConfig};
use rumormill_core::{Rng, Time};
use std::collections::BTreeSet;

/// Turns some hostile: those that are named, be they so by now, or some of those that are honest.
pub(super) fn corrupt(who: &NodeSet, stage: &mut Stage<'_>, rng: &mut Rng) -> Vec<usize> {
    let is_named = matches!(who, NodeSet::Nodes(_));
    let among = stage.nodes(|stage, node| is_named || stage.is_honest(node));
    let chosen = choose::some(who, stage.network().len(), among, rng);
    chosen.iter().for_each(|node| stage.turn_hostile(*node));
    chosen
}

/// Nodes publish what nobody wants.
pub(super) struct Spam {
    config: SpamConfig,
    due: BTreeSet<(Time, usize)>,
    spammers: usize,
    published: u64,
}

/// The topic of what nobody wants: no workload has so many.
const SPAM: u32 = u32::MAX;

impl Spam {
    pub fn new(config: SpamConfig) -> Spam {
        Spam { config, due: BTreeSet::new(), spammers: 0, published: 0 }
    }
}

impl Fault for Spam {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let spammers = corrupt(&self.config.who, stage, rng);
        self.spammers = spammers.len();
        let mut next = || stage.now() + choose::until_next(self.config.rate, rng);
        self.due = spammers.into_iter().map(|node| (next(), node)).collect();
    }

    fn next(&self) -> Option<Time> {
        self.due.first().map(|(time, _)| *time)
    }

    fn act(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let Some((time, node)) = self.due.pop_first() else { return };
        let size = choose::size(&self.config.size, rng);
        self.published += u64::from(stage.publish(node, SPAM, size));
        self.due.insert((time + choose::until_next(self.config.rate, rng), node));
    }

    fn end(&mut self, _stage: &mut Stage<'_>) {
        self.due.clear();
    }

    fn fired(&self, _stage: &Stage<'_>) -> (u64, String) {
        let detail = format!("{} messages published by {} spammers", self.published, self.spammers);
        (self.published, detail)
    }
}

/// One attacker comes as many nodes.
pub(super) struct Sybil {
    config: SybilConfig,
    crowd: Vec<usize>,
}

impl Sybil {
    pub fn new(config: SybilConfig) -> Sybil {
        Sybil { config, crowd: Vec::new() }
    }
}

impl Fault for Sybil {
    fn begin(&mut self, stage: &mut Stage<'_>, _rng: &mut Rng) {
        let censor = stage.betrayal(Betrayal::Censor);
        for _ in 0..self.config.nodes {
            let node = stage.add(false);
            stage.betray(node, censor, true);
            self.crowd.push(node);
        }
    }

    fn end(&mut self, stage: &mut Stage<'_>) {
        for node in &self.crowd {
            if stage.is_up(*node) {
                stage.crash(*node);
            }
        }
    }

    fn fired(&self, stage: &Stage<'_>) -> (u64, String) {
        let linked = |node: &&usize| stage.network().linked(**node).next().is_some();
        let count = self.crowd.iter().filter(linked).count();
        (
            self.crowd.len() as u64,
            format!("{} nodes joined, {count} linked at the end", self.crowd.len()),
        )
    }
}
