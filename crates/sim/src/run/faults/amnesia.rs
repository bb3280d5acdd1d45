//! Nodes that forget what they had stored.

use super::super::choose;
use super::{Fault, Stage};
use crate::scenario::{AmnesiaConfig, Forgets, Stored};
use rumormill_core::{Rng, Time};

/// Nodes end without a word, their disks forget, and they start again.
pub(super) struct Amnesia {
    config: AmnesiaConfig,
    down: Vec<usize>,
    /// When they start again.
    back: Option<Time>,
    /// How many forgot something, and how much all of them did.
    forgot: usize,
    forgotten: usize,
}

impl Amnesia {
    pub fn new(config: AmnesiaConfig) -> Amnesia {
        Amnesia { config, down: Vec::new(), back: None, forgot: 0, forgotten: 0 }
    }
}

impl Fault for Amnesia {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let up = stage.nodes(|stage, node| stage.is_up(node));
        self.down = choose::some(&self.config.who, stage.network().len(), up, rng);
        for node in &self.down {
            stage.crash(*node);
            let forgotten = stage.forget(*node, self.config.forgets, rng);
            self.forgot += usize::from(forgotten > 0);
            self.forgotten += forgotten;
        }
        self.back = Some(stage.now() + self.config.down);
    }

    fn next(&self) -> Option<Time> {
        self.back
    }

    fn act(&mut self, stage: &mut Stage<'_>, _rng: &mut Rng) {
        self.back = None;
        for node in &self.down {
            // Another fault may have brought it back before.
            if !stage.is_up(*node) {
                stage.restart(*node, Stored::Kept);
            }
        }
    }

    fn fired(&self, _stage: &Stage<'_>) -> (u64, String) {
        let what = match self.config.forgets {
            Forgets::All => "cells, which was all they had",
            Forgets::Writes(_) => "of their latest writes",
        };
        let (forgot, forgotten) = (self.forgot, self.forgotten);
        (forgot as u64, format!("{forgot} nodes forgot {forgotten} {what}"))
    }
}
