//! Nodes that come and go all the time.

use super::super::choose;
use super::{Fault, Stage};
use crate::scenario::ChurnConfig;
use rumormill_core::{Rng, Time};
use std::collections::BTreeSet;

/// Random nodes crash at a rate, and start again.
pub(super) struct Churn {
    config: ChurnConfig,
    /// When the next one crashes; nothing before it begins and after its end.
    crash: Option<Time>,
    /// Who is to start again, and when.
    back: BTreeSet<(Time, usize)>,
    crashes: u64,
    restarts: u64,
}

impl Churn {
    pub fn new(config: ChurnConfig) -> Churn {
        Churn { config, crash: None, back: BTreeSet::new(), crashes: 0, restarts: 0 }
    }

    fn crash(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        self.crash = Some(stage.now() + choose::until_next(self.config.rate / 60.0, rng));
        if let Some(node) = stage.any_honest(rng) {
            stage.crash(node);
            self.back.insert((stage.now() + self.config.down, node));
            self.crashes += 1;
        }
    }

    fn restart(&mut self, stage: &mut Stage<'_>) {
        let Some((_, node)) = self.back.pop_first() else { return };
        // Another fault may have brought it back before.
        if !stage.is_up(node) {
            stage.restart(node, self.config.state);
            self.restarts += 1;
        }
    }
}

impl Fault for Churn {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        self.crash = Some(stage.now() + choose::until_next(self.config.rate / 60.0, rng));
    }

    fn next(&self) -> Option<Time> {
        let back = self.back.first().map(|(time, _)| *time);
        self.crash.into_iter().chain(back).min()
    }

    fn act(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        match self.crash.is_some_and(|crash| crash <= stage.now()) {
            true => self.crash(stage, rng),
            false => self.restart(stage),
        }
    }

    fn end(&mut self, _stage: &mut Stage<'_>) {
        self.crash = None;
    }

    fn fired(&self, _stage: &Stage<'_>) -> (u64, String) {
        (self.crashes, format!("{} crashes, {} restarts", self.crashes, self.restarts))
    }
}
