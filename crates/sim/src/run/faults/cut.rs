//! Ways that are cut off, and healed.

use super::super::choose;
use super::{Fault, Stage};
use crate::model::rules::Effect;
use crate::model::{Lost, Paths, Rule, RuleId};
use crate::scenario::{Healed, OneWayConfig, Parts};
use rumormill_core::Rng;

/// The network falls into parts.
pub(super) struct Partition {
    parts: Parts,
    cut: Option<RuleId>,
    severed: usize,
    lost_before: u64,
}

impl Partition {
    pub fn new(parts: Parts) -> Partition {
        Partition { parts, cut: None, severed: 0, lost_before: 0 }
    }

    /// Each node's part.
    fn groups(&self, nodes: usize, rng: &mut Rng) -> Vec<u8> {
        let mut all: Vec<usize> = (0..nodes).collect();
        let mut group_of = vec![0; nodes];
        match (&self.parts, self.parts.first()) {
            (_, Some(first)) => {
                let first = choose::some(&first, nodes, all, rng);
                first.into_iter().for_each(|node| group_of[node] = 1);
            }
            (Parts::Groups(groups), None) => {
                rng.shuffle(&mut all);
                let groups = *groups as usize;
                all.iter().enumerate().for_each(|(at, node)| group_of[*node] = (at % groups) as u8);
            }
            (_, None) => {}
        }
        group_of
    }
}

impl Fault for Partition {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let group_of = self.groups(stage.network().len(), rng);
        self.lost_before = stage.counters().lost(Lost::Partition);
        let (cut, severed) = stage.part(group_of);
        (self.cut, self.severed) = (Some(cut), severed);
    }

    fn end(&mut self, stage: &mut Stage<'_>) {
        self.cut.take().into_iter().for_each(|cut| stage.heal_one(cut));
    }

    fn fired(&self, stage: &Stage<'_>) -> (u64, String) {
        let lost = stage.counters().lost(Lost::Partition) - self.lost_before;
        let detail = format!("{} ends of links severed, {lost} transmissions lost", self.severed);
        (self.severed as u64 + lost, detail)
    }
}

/// What some send to some others is lost.
pub(super) struct OneWay {
    config: OneWayConfig,
    cut: Option<RuleId>,
    nodes: [usize; 2],
    lost_before: u64,
}

impl OneWay {
    pub fn new(config: OneWayConfig) -> OneWay {
        OneWay { config, cut: None, nodes: [0; 2], lost_before: 0 }
    }
}

impl Fault for OneWay {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let nodes = stage.network().len();
        let [from, to] = [&self.config.from, &self.config.to]
            .map(|set| choose::some(set, nodes, (0..nodes).collect(), rng));
        self.nodes = [from.len(), to.len()];
        self.lost_before = stage.counters().lost(Lost::OneWay);
        let [from, to] =
            [from, to].map(|nodes| nodes.into_iter().map(|node| node as u32).collect());
        let paths = Paths::Between(from, to);
        let rule = Rule { paths, effect: Effect::Cut(Lost::OneWay) };
        self.cut = Some(stage.cut(Healed::OneWay, rule));
    }

    fn end(&mut self, stage: &mut Stage<'_>) {
        self.cut.take().into_iter().for_each(|cut| stage.heal_one(cut));
    }

    fn fired(&self, stage: &Stage<'_>) -> (u64, String) {
        let lost = stage.counters().lost(Lost::OneWay) - self.lost_before;
        let [from, to] = self.nodes;
        (lost, format!("{lost} transmissions lost from {from} nodes to {to}"))
    }
}

/// What was cut is whole again.
pub(super) struct Heal {
    what: Healed,
    healed: usize,
}

impl Heal {
    pub fn new(what: Healed) -> Heal {
        Heal { what, healed: 0 }
    }
}

impl Fault for Heal {
    fn begin(&mut self, stage: &mut Stage<'_>, _rng: &mut Rng) {
        self.healed = stage.heal(self.what);
    }

    fn fired(&self, _stage: &Stage<'_>) -> (u64, String) {
        (self.healed as u64, format!("{} cuts healed", self.healed))
    }
}
