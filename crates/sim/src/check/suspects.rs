//! What looks wrong, unless the node's table overflowed.

use super::{Broken, Held};
use rumormill_node::{AnyNode, AnyState};
use std::collections::BTreeMap;

/// Nodes that learned what they knew already, or something older. A table that has no room forgets, and
/// says so: then it may. The machine is asked once it has settled.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    nodes: BTreeMap<usize, Box<Broken>>,
    /// How many were right after all.
    pub excused: u64,
}

impl Suspects {
    /// This looks wrong.
    pub fn suspect(&mut self, node: usize, detail: String) {
        self.nodes.entry(node).or_insert_with(|| Broken::at(node, detail));
    }

    /// The node has settled: was it wrong?
    #[inline]
    pub fn judge(&mut self, node: usize, machine: &AnyNode) -> Held {
        match self.nodes.is_empty() {
            true => Ok(()),
            false => self.judge_one(node, evicted(machine)),
        }
    }

    pub(super) fn judge_one(&mut self, node: usize, evicted: u64) -> Held {
        match self.nodes.remove(&node) {
            Some(broken) if evicted == 0 => Err(broken),
            suspect => {
                self.excused += u64::from(suspect.is_some());
                Ok(())
            }
        }
    }
}

/// How many registers gave way to others since the machine was made.
fn evicted(machine: &AnyNode) -> u64 {
    match machine.state() {
        AnyState::Registers(registers) => registers.table().evicted(),
        AnyState::NoState(_) => 0,
    }
}
