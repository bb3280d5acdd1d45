//! Nodes that end, and nodes that start again.

use super::super::choose;
use super::{Fault, Stage};
use crate::scenario::{NodeSet, RestartConfig, Stored};
use rumormill_core::Rng;

/// Nodes end without a word.
pub(super) struct Crash {
    who: NodeSet,
    crashed: Vec<usize>,
}

impl Crash {
    pub fn new(who: NodeSet) -> Crash {
        Crash { who, crashed: Vec::new() }
    }
}

impl Fault for Crash {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let up = stage.nodes(|stage, node| stage.is_up(node));
        self.crashed = choose::some(&self.who, stage.network().len(), up, rng);
        self.crashed.iter().for_each(|node| stage.crash(*node));
    }

    fn end(&mut self, stage: &mut Stage<'_>) {
        for node in &self.crashed {
            if !stage.is_up(*node) {
                stage.restart(*node, Stored::Kept);
            }
        }
    }

    fn fired(&self, _stage: &Stage<'_>) -> (u64, String) {
        let count = self.crashed.len();
        (count as u64, format!("{count} nodes crashed"))
    }
}

/// Nodes that are down start again.
pub(super) struct Restart {
    config: RestartConfig,
    restarted: usize,
}

impl Restart {
    pub fn new(config: RestartConfig) -> Restart {
        Restart { config, restarted: 0 }
    }
}

impl Fault for Restart {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let down = stage.nodes(|stage, node| !stage.is_up(node));
        let who = match &self.config.who {
            None => down,
            Some(who) => choose::some(who, stage.network().len(), down, rng),
        };
        who.iter().for_each(|node| stage.restart(*node, self.config.state));
        self.restarted = who.len();
    }

    fn fired(&self, _stage: &Stage<'_>) -> (u64, String) {
        let kept = if self.config.state == Stored::Kept { "with" } else { "without" };
        let count = self.restarted;
        (count as u64, format!("{count} nodes started again, {kept} what they had stored"))
    }
}
