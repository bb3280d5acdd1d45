//! Checkers: what must hold in every run, looked at in every step of it.
//!
//! ```text
//!                    ┌─ published   nothing is delivered that nobody published
//!   every transition ├─ once        a node delivers a message once
//!   of every node ──►├─ versions    a version never goes back
//!                    ├─ bounds      what is bounded stays within its bound
//!   the end ────────►└─ agree       when all is healed and quiet, live nodes agree
//! ```
//!
//! Each is a small module that knows nothing of the others. The first promise that is found broken ends
//! the run. Checkers know what the network was told from outside only if whoever runs it tells
//! [`Checks`]: crashes, restarts, lost cells, clocks put forward, hostile nodes and what they forge. Of a
//! hostile node nothing is demanded, from the moment that it is called one.
//!
//! Source: the invariant checkers of TigerBeetle's simulator (`src/testing/cluster`), and those of
//! al8n's memberlist, which see transitions, not the state at the end of a step.

mod agree;
mod bounds;
mod checks;
mod columns;
mod groups;
mod once;
mod published;
mod suspects;
#[cfg(test)]
mod tests;
mod versions;

pub use checks::{Checks, Found, Settings};

use crate::engine::{At, Network};
use rumormill_core::Protocol;
use rumormill_node::{AnyNode, NodeEvent};
use rumormill_protocols::RumorId;

type NodeMessage = <AnyNode as Protocol>::Message;

/// One invariant, held against a run. Each hook says whether it still holds.
pub trait Checker: Send {
    /// What it is called, as in a scenario.
    fn name(&self) -> &'static str;

    /// A node tells the layer above.
    fn event(&mut self, at: &At, event: &NodeEvent) -> Held {
        let _ = (at, event);
        Ok(())
    }

    /// A message leaves a node.
    fn sent(&mut self, at: &At, message: &NodeMessage) -> Held {
        let _ = (at, message);
        Ok(())
    }

    /// A node has taken a batch and settled.
    fn settled(&mut self, at: &At, machine: &AnyNode) -> Held {
        let _ = (at, machine);
        Ok(())
    }

    /// Something was done to the network from outside.
    fn done(&mut self, deed: &Deed) {
        let _ = deed;
    }

    /// How often it let pass what it would else have found, since it was told why.
    fn excused(&self) -> u64 {
        0
    }

    /// The run is over. `agreement_is_due` if by now live nodes should know the same.
    fn finish(&mut self, network: &Network<AnyNode>, agreement_is_due: bool) -> Held {
        let _ = (network, agreement_is_due);
        Ok(())
    }
}

/// What is done from outside, as far as it changes what a run owes. Nodes are meant by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The node crashed: what it knew is gone, but for its cells.
    Crashed(usize),
    /// It was made again from its cells.
    Restarted(usize),
    /// The crashed node lost its cells too.
    CellsLost(usize),
    /// Its clock is not the network's any more.
    ClockSkewed(usize),
    /// It no longer does as it should.
    Hostile(usize),
    /// A hostile node made this rumor, or one that says otherwise under this id.
    Forged(RumorId),
}

/// Whether it holds.
pub type Held = Result<(), Box<Broken>>;

/// It does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where, if it is of one node.
    pub node: Option<usize>,
    /// What is wrong, for people.
    pub detail: String,
}

impl Broken {
    fn at(node: usize, detail: String) -> Box<Broken> {
        Box::new(Broken { node: Some(node), detail })
    }
}
