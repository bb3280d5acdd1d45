//! What is bounded stays within its bound, in entries and in bytes.
//!
//! Machines say themselves how full they are ([`Bounded`]), and count anew for it. So they aren't asked
//! each time: a machine is asked when it settles, and again after as many settlings as it showed entries
//! that are counted by their bytes; in a network of more than 32 nodes not before the 64th. So this costs
//! a node less than one entry looked at for each time it settles, and the same settlings are looked at in
//! each run. At the end all live nodes are asked.

use super::{Broken, Checker, Deed, Held};
use crate::engine::{At, Network};
use rumormill_node::AnyNode;
use rumormill_protocols::parts::bounds::{Bound, Bounded};
use std::collections::BTreeSet;

/// Up to how many nodes machines are asked each time, unless they hold much.
const SMALL: usize = 32;

/// In larger networks: after how many settlings at least.
const EVERY: u32 = 64;

pub(super) struct Bounds {
    /// How many settlings are let pass.
    rests: u32,
    /// How many more, by node.
    left: Vec<u32>,
    hostile: BTreeSet<usize>,
}

impl Bounds {
    pub fn new(nodes: usize) -> Bounds {
        let rests = if nodes > SMALL { EVERY - 1 } else { 0 };
        Bounds { rests, left: vec![0; nodes], hostile: BTreeSet::new() }
    }

    pub(super) fn settle(&mut self, node: usize, machine: &impl Bounded) -> Held {
        if node >= self.left.len() {
            self.left.resize(node + 1, 0);
        }
        if self.left[node] > 0 {
            self.left[node] -= 1;
            return Ok(());
        }
        let counted = look(node, machine)?;
        self.left[node] = self.rests.max(u32::try_from(counted).unwrap_or(u32::MAX));
        Ok(())
    }
}

/// How many entries were counted by their bytes, if all is within its bound.
fn look(node: usize, machine: &impl Bounded) -> Result<usize, Box<Broken>> {
    let (mut counted, mut over) = (0, None);
    machine.bounds(&mut |bound| {
        if bound.bytes_max < usize::MAX {
            counted += bound.entries;
        }
        if !bound.holds() {
            over.get_or_insert(bound);
        }
    });
    over.map_or(Ok(counted), |bound| Err(Broken::at(node, said(&bound))))
}

fn said(bound: &Bound) -> String {
    let Bound { name, entries, entries_max, bytes, bytes_max } = bound;
    match entries > entries_max {
        true => format!("{name} holds {entries} entries, more than {entries_max}"),
        false => format!("{name} holds {bytes} bytes, more than {bytes_max}"),
    }
}

impl Checker for Bounds {
    fn name(&self) -> &'static str {
        "bounds"
    }

    fn settled(&mut self, at: &At, machine: &AnyNode) -> Held {
        self.settle(at.node, machine)
    }

    fn done(&mut self, deed: &Deed) {
        if let Deed::Hostile(node) = deed {
            self.hostile.insert(*node);
        }
    }

    fn finish(&mut self, network: &Network<AnyNode>, _agreement_is_due: bool) -> Held {
        let held = |node: &usize| network.is_up(*node) && !self.hostile.contains(node);
        let mut nodes = (0..network.len()).filter(held);
        nodes.try_for_each(|node| look(node, network.machine(node)).map(drop))
    }
}
