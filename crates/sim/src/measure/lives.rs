//! Since when each node lives, and who is hostile.

use super::board::Column;
use rumormill_core::Time;

/// The nodes as far as it matters to whom a message is due.
pub(super) struct Lives {
    /// Since when each is up without a crash; who is not, never was.
    since: Vec<Time>,
    has_crashed: Vec<bool>,
    is_hostile: Vec<bool>,
    /// When the last of them started for the first time.
    pub last_start: Time,
}

const NEVER: Time = Time::from_nanos(u64::MAX);

impl Lives {
    pub fn new(nodes: usize) -> Lives {
        Lives {
            since: vec![NEVER; nodes],
            has_crashed: vec![false; nodes],
            is_hostile: vec![false; nodes],
            last_start: Time::ZERO,
        }
    }

    pub fn starts(&mut self, node: usize, now: Time) {
        self.since[node] = now;
        if self.is_honest(node) && !self.has_crashed[node] {
            self.last_start = self.last_start.max(now);
        }
    }

    pub fn crashes(&mut self, node: usize) {
        self.since[node] = NEVER;
        self.has_crashed[node] = true;
    }

    pub fn turns_hostile(&mut self, node: usize) {
        self.is_hostile[node] = true;
    }

    pub fn is_honest(&self, node: usize) -> bool {
        !self.is_hostile[node]
    }

    /// Whether it lives, and has done nothing else since that time.
    pub fn lives_since(&self, node: usize, time: Time) -> bool {
        self.since[node] <= time
    }

    /// Whether it is honest, started, and has never crashed.
    pub fn is_steady(&self, node: usize) -> bool {
        self.is_honest(node) && self.since[node] != NEVER && !self.has_crashed[node]
    }

    /// Whether a message counts: its publisher is honest.
    pub fn counts(&self, column: &Column) -> bool {
        self.is_honest(column.publisher)
    }

    /// Whether a message is due at a node, as things are now.
    pub fn is_due(&self, column: &Column, node: usize) -> bool {
        node != column.publisher
            && self.counts(column)
            && self.is_honest(node)
            && self.lives_since(node, column.published)
    }

    /// How many honest nodes there were.
    pub fn honest_count(&self) -> usize {
        let started = |node: &usize| self.since[*node] != NEVER || self.has_crashed[*node];
        (0..self.since.len()).filter(started).filter(|node| self.is_honest(*node)).count()
    }
}
