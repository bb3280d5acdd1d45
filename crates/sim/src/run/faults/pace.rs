//! Nodes that are slow, and clocks that go wrong.

use super::super::choose;
use super::{Fault, Stage};
use crate::scenario::{SkewConfig, SlowConfig};
use rumormill_core::Rng;

/// Nodes need long for everything.
pub(super) struct Slow {
    config: SlowConfig,
    slowed: Vec<usize>,
    postponed_before: u64,
}

impl Slow {
    pub fn new(config: SlowConfig) -> Slow {
        Slow { config, slowed: Vec::new(), postponed_before: 0 }
    }
}

impl Fault for Slow {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let nodes = stage.network().len();
        self.slowed = choose::some(&self.config.who, nodes, (0..nodes).collect(), rng);
        self.postponed_before = stage.counters().postponed;
        let by = self.config.by;
        self.slowed.iter().for_each(|node| stage.slow_down(*node, by));
    }

    fn end(&mut self, stage: &mut Stage<'_>) {
        let by = self.config.by;
        self.slowed.iter().for_each(|node| stage.speed_up(*node, by));
    }

    fn fired(&self, stage: &Stage<'_>) -> (u64, String) {
        let postponed = stage.counters().postponed - self.postponed_before;
        (postponed, format!("{postponed} inputs waited at {} slow nodes", self.slowed.len()))
    }
}

/// Clocks go wrong.
pub(super) struct Skew {
    config: SkewConfig,
    skewed: Vec<usize>,
}

impl Skew {
    pub fn new(config: SkewConfig) -> Skew {
        Skew { config, skewed: Vec::new() }
    }
}

impl Fault for Skew {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let nodes = stage.network().len();
        self.skewed = choose::some(&self.config.who, nodes, (0..nodes).collect(), rng);
        let (drift, jump) = (self.config.drift, self.config.jump);
        self.skewed.iter().for_each(|node| stage.skew(*node, drift, jump));
    }

    fn end(&mut self, stage: &mut Stage<'_>) {
        let drift = self.config.drift;
        self.skewed.iter().for_each(|node| stage.unskew(*node, drift));
    }

    fn fired(&self, _stage: &Stage<'_>) -> (u64, String) {
        (self.skewed.len() as u64, format!("{} clocks went wrong", self.skewed.len()))
    }
}
