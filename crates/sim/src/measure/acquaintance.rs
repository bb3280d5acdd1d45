//! Whether every node knows something of every other, where each says something of itself.

use super::board::Board;
use super::lives::Lives;
use rumormill_core::{Duration, Time};

/// The first register of each node, and when the last node heard of the last one.
///
/// Only nodes that are honest and never crash count, as who knows and as who is known; but of one that
/// crashes later, what it heard until then may be the last of all.
pub(super) struct Acquaintances {
    /// By node, where its first register is.
    firsts: Vec<Option<usize>>,
    last: Time,
}

impl Acquaintances {
    pub fn new(nodes: usize) -> Acquaintances {
        Acquaintances { firsts: vec![None; nodes], last: Time::ZERO }
    }

    /// A node published a register.
    pub fn published(&mut self, publisher: usize, place: usize) {
        self.firsts[publisher].get_or_insert(place);
    }

    /// A node has a register of another's, or needs it no more: it has a newer version.
    pub fn delivered(
        &mut self,
        lives: &Lives,
        (publisher, place): (usize, usize),
        node: usize,
        now: Time,
    ) {
        let is_first = self.firsts[publisher] == Some(place);
        if is_first && lives.is_steady(publisher) && lives.is_steady(node) {
            self.last = self.last.max(now);
        }
    }

    /// How long after the last node's start all knew something of all; nothing if that is not so.
    pub fn took(&self, lives: &Lives, board: &Board) -> Option<Duration> {
        let steady: Vec<usize> =
            (0..self.firsts.len()).filter(|node| lives.is_steady(*node)).collect();
        let is_known = |node: &usize| {
            let place = self.firsts[*node]?;
            steady.iter().all(|other| board.pair(place, *other).is_delivered()).then_some(())
        };
        steady.iter().map(is_known).collect::<Option<()>>()?;
        (!steady.is_empty()).then(|| self.last.since(lives.last_start))
    }
}
