//! Nodes of which there are two.

use super::super::choose;
use super::{Fault, Stage};
use crate::model::RuleId;
use crate::scenario::TwinsConfig;
use rumormill_core::Rng;

/// Nodes get a twin, which leaves at the end.
pub(super) struct Twins {
    config: TwinsConfig,
    /// How many nodes there are before any joins: these can have twins.
    nodes: usize,
    /// Nodes and their twins.
    pairs: Vec<(usize, usize)>,
    apart: Option<RuleId>,
}

impl Twins {
    pub fn new(config: TwinsConfig, nodes: usize) -> Twins {
        Twins { config, nodes, pairs: Vec::new(), apart: None }
    }

    /// The ways between a node, or its twin, and those who reach the other of both.
    fn ways_apart(&self, stage: &Stage<'_>) -> Vec<(usize, usize)> {
        let network = stage.network();
        let mut ways = Vec::new();
        for (node, twin) in &self.pairs {
            for other in (0..network.len()).filter(|other| network.face(*other) != *node) {
                let not_reached = if network.reached(*node, other) == *node { twin } else { node };
                ways.push((*not_reached, other));
            }
        }
        ways
    }
}

impl Fault for Twins {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        // As many as it says, be they up or not: who joins later is numbered after them.
        let nodes = choose::some(&self.config.who, self.nodes, (0..self.nodes).collect(), rng);
        for node in nodes {
            let twin = stage.twin(node, self.config.state);
            self.pairs.push((node, twin));
        }
        if self.config.apart {
            let ways = self.ways_apart(stage);
            self.apart = Some(stage.keep_apart(ways));
        }
    }

    fn end(&mut self, stage: &mut Stage<'_>) {
        for (_, twin) in &self.pairs {
            if stage.is_up(*twin) {
                stage.crash(*twin);
            }
        }
        self.apart.take().into_iter().for_each(|apart| stage.let_meet(apart));
    }

    fn fired(&self, stage: &Stage<'_>) -> (u64, String) {
        let was_heard = |(_, twin): &&(usize, usize)| stage.network().load(*twin).sent.messages > 0;
        let heard = self.pairs.iter().filter(was_heard).count();
        (
            heard as u64,
            format!("{} nodes had a twin, {heard} of which sent something", self.pairs.len()),
        )
    }
}
