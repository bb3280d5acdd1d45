//! How fast nodes and their clocks go. Each may have several reasons to go wrong, and each of these ends
//! alone.

use super::Stage;
use rumormill_core::{Duration, Rng};
use std::collections::BTreeMap;

/// Clocks that are wrong for several reasons go at a tenth of the right speed at least, and at nearly
/// thrice that speed at most.
const DRIFT_MIN: f64 = -0.9;
const DRIFT_MAX: f64 = 1.9;

impl Stage<'_> {
    /// No clock is quite right, if the scenario says so: how much a node's gains when nothing else is wrong
    /// with it.
    fn usual_drift(&self, node: usize) -> f64 {
        let key = crate::engine::key(self.network.config().seed, node as u32, 0, *b"skew");
        self.clock_skew * (2.0 * Rng::new(key, 0).unit() - 1.0)
    }

    /// A node's clock goes wrong: see [`Network::skew`]. Drifts of several reasons add up.
    pub fn skew(&mut self, node: usize, drift: f64, jump: Duration) {
        self.skewed.entry(node).or_default().push(drift);
        self.set_clock(node, jump);
    }

    /// One of the reasons is over.
    pub fn unskew(&mut self, node: usize, drift: f64) {
        take_one(&mut self.skewed, node, &drift);
        self.set_clock(node, Duration::ZERO);
    }

    pub(super) fn set_clock(&mut self, node: usize, jump: Duration) {
        let drift = match self.skewed.get(&node) {
            Some(drifts) => drifts.iter().sum::<f64>().clamp(DRIFT_MIN, DRIFT_MAX),
            None => self.usual_drift(node),
        };
        self.watch.skewed(node, self.network.now());
        self.network.skew(node, drift, jump);
    }

    /// A node needs so much longer for everything from now on.
    pub fn slow_down(&mut self, node: usize, by: Duration) {
        self.slow.entry(node).or_default().push(by);
        self.set_pace(node);
    }

    /// It needs so much less again.
    pub fn speed_up(&mut self, node: usize, by: Duration) {
        take_one(&mut self.slow, node, &by);
        self.set_pace(node);
    }

    fn set_pace(&mut self, node: usize) {
        self.disturb();
        let by = self.slow.get(&node).map_or(Duration::ZERO, |each| each.iter().sum());
        self.network.slow_down(node, by);
    }
}

/// One of a node's reasons is over.
fn take_one<T: PartialEq>(reasons: &mut BTreeMap<usize, Vec<T>>, node: usize, over: &T) {
    let Some(all) = reasons.get_mut(&node) else { return };
    let at = all.iter().position(|reason| reason == over);
    at.into_iter().for_each(|at| drop(all.remove(at)));
    if all.is_empty() {
        reasons.remove(&node);
    }
}
