//! What a broadcast made of its workload, measured: the figures of
//! [`BroadcastOutcome`], and why what is missing is missing.
//!
//! ```text
//!   Network ── every transition ──► Measure ── finish ──► Measured
//!                                     │                     BroadcastOutcome: figures, curves
//!   runner ─── crashed, hostile ──────┘                     Missing: a reason for each
//! ```
//!
//! - A **message** is what an honest node publishes: on a topic, or by setting a register. What hostile
//!   nodes publish, or forge in another's name, is none.
//! - It is **due** at every honest node but its publisher that was up when it was published and is up
//!   to the end without a crash. A node that is hostile for a while is for the whole run.
//! - It is **delivered** when the node tells so. A newer version of a register, of the same origin,
//!   delivers the older ones: they were delivered then, over as many hops.
//! - A **copy** is a receipt of a payload, by broadcast or repair, wanted or not, by a node to which it
//!   is due. A register that was delivered by a newer one may have had none. So where that happens,
//!   there may be less than one copy a delivery.
//! - Over how many **hops** a delivery came is one more than whoever sent the copy had; the publisher
//!   has 0.
//! - **Latencies** are noted when a delivery happens, to a node that was up since the publication. Who
//!   crashes later has its latencies counted all the same; in all other figures it is not due.
//! - It **converged** as [`Convergence`] says.
//!
//! *Memory:* four bytes for each pair of a message and a node, 4 GiB at most. *Not promised:* whose
//! links were up when. Reasons are found from the links as they are at the end, and from when those
//! came up, if that was after the first publication (of the first million of them).

mod acquaintance;
mod arrivals;
mod board;
mod figures;
mod links;
mod lives;
mod losses;
mod missing;
mod pair;
mod reason;
#[cfg(test)]
mod tests;

use crate::engine::{At, Network, Observer};
use crate::lens::{self, News, NodeMessage};
use crate::model::{Graph, Lost};
use crate::outcome::{BroadcastOutcome, Missing};
use acquaintance::Acquaintances;
use arrivals::Arrivals;
use board::{Board, PAIRS_MAX};
use links::Ups;
use lives::Lives;
use losses::Losses;
use reason::Reason;
use rumormill_core::{Input, Why};
use rumormill_node::{AnyNode, NodeEvent, Plane};
use rumormill_protocols::planes::DiscoveryEvent;
use rumormill_protocols::{RumorId, Subject};
use std::fmt;

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many nodes there are in the end, hostile ones included.
    pub nodes: usize,
    /// About how many messages honest nodes will publish; only to refuse what would need too much
    /// memory.
    pub messages: usize,
    /// The number of the first node's name.
    pub base: u64,
    /// The seed of hash maps. No figure depends on it.
    pub seed: u64,
    /// The protocol's name in a config.
    pub protocol: String,
    /// What tells it from other contenders.
    pub label: String,
    /// Whether who tells a message on tells all its peers (fanout `all`), so that nobody can be left
    /// out by an unlucky draw.
    pub tells_all: bool,
    /// What it means that the network converged.
    pub convergence: Convergence,
}

/// When a network has converged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convergence {
    /// All that is due is delivered: the time from the last publication to the last delivery.
    Delivered,
    /// Every node knows some register of every other: the time from the start of the last node. Of the
    /// nodes that are honest and never crash. What is delivered later doesn't matter.
    Acquainted,
}

/// There would be too many pairs of a message and a node to remember. Nothing was made. Simulate fewer
/// nodes, or a shorter workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// How many nodes.
    pub nodes: usize,
    /// How many messages.
    pub messages: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TooLarge { nodes, messages } = self;
        write!(
            f,
            "{messages} messages to {nodes} nodes are more than can be measured: messages times \
             nodes may be {PAIRS_MAX} at most; take fewer nodes, or publish less"
        )
    }
}

impl std::error::Error for TooLarge {}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// One, of the protocol that ran.
    pub broadcasts: Vec<BroadcastOutcome>,
    /// Why what is missing is missing.
    pub missing: Missing,
    /// Messages beyond those that there was room for, of which nothing is known: more than were
    /// planned. They are in no figure.
    pub unmeasured: u64,
}

impl Measured {
    /// Whether something that is missing was still on its way when the run ended.
    pub fn is_under_way(&self) -> bool {
        self.missing.by_reason.contains_key(Reason::UnderWay.label())
    }
}

/// Watches a run and measures it. See the [module](self).
///
/// Who runs the network says what the nodes can't: [`crashed`](Measure::crashed) at each crash,
/// [`hostile`](Measure::hostile) before a node does its first harm. When a node starts, and starts
/// again, it sees for itself.
pub struct Measure {
    plan: Plan,
    board: Board,
    lives: Lives,
    arrivals: Arrivals,
    acquaintances: Acquaintances,
    losses: Losses,
    ups: Ups,
}

impl Measure {
    /// To be shown a run from its start.
    pub fn new(plan: Plan) -> Result<Measure, TooLarge> {
        let (nodes, messages, seed) = (plan.nodes, plan.messages, plan.seed);
        if nodes.saturating_mul(messages.max(1)) > PAIRS_MAX {
            return Err(TooLarge { nodes, messages });
        }
        Ok(Measure {
            plan,
            board: Board::new(nodes, seed),
            lives: Lives::new(nodes),
            arrivals: Arrivals::new(),
            acquaintances: Acquaintances::new(nodes),
            losses: Losses::new(seed),
            ups: Ups::new(seed),
        })
    }

    /// A node crashed.
    pub fn crashed(&mut self, node: usize) {
        self.lives.crashes(node);
    }

    /// A node is hostile, and counts as that in the whole run: nothing is due there, and what it
    /// publishes is due nowhere.
    pub fn hostile(&mut self, node: usize) {
        self.lives.turns_hostile(node);
    }

    /// The figures, when the run is over. The graph is that of the links, if it is known.
    pub fn finish(self, network: &Network<AnyNode>, graph: Option<&Graph>) -> Measured {
        let broadcast = figures::outcome(&self, network, graph);
        let total = broadcast.due - broadcast.delivered;
        let missing = match total {
            0 => Missing::default(),
            _ => missing::explain(&self, network),
        };
        let unmeasured = self.board.unmeasured;
        Measured { broadcasts: vec![broadcast], missing, unmeasured }
    }

    fn published(&mut self, at: &At, news: News<'_>) {
        if !self.lives.is_honest(at.node) {
            return;
        }
        let rumor = news.rumor.map(|rumor| &**rumor);
        let Some(place) = self.board.open(news.id, at.node, at.time, rumor) else { return };
        if rumor.is_some_and(|rumor| matches!(rumor.subject, Subject::Register(_))) {
            self.acquaintances.published(at.node, place);
        }
    }

    fn heard(&mut self, at: &At, news: News<'_>) {
        let Some(place) = self.board.find(news.id) else { return self.heard_foreign(at, news) };
        // Who caused it from outside the network is nobody's hop.
        let sender = (at.source < self.plan.nodes).then(|| self.board.pair(place, at.source));
        let hops = sender.and_then(|pair| pair.hops()).unwrap_or(0) + 1;
        if !self.board.pair_mut(place, at.node).deliver(hops) {
            return;
        }
        self.delivered(at, place);
        let mut older = self.board.column(place).older;
        while let Some(place) = older
            && self.board.pair_mut(place, at.node).supersede(hops)
        {
            self.delivered(at, place);
            older = self.board.column(place).older;
        }
    }

    fn delivered(&mut self, at: &At, place: usize) {
        let column = self.board.column(place);
        let first = (column.publisher, place);
        self.acquaintances.delivered(&self.lives, first, at.node, at.time);
        if self.lives.is_due(column, at.node) {
            self.arrivals.note(column.published, at.time);
        }
    }

    /// Nobody published it. If it is in the node's own name, it must not pass for the node's when that
    /// tells it on.
    fn heard_foreign(&mut self, at: &At, news: News<'_>) {
        let origin = news.rumor.and_then(|rumor| lens::node_of(self.plan.base, &rumor.origin));
        if origin == Some(at.node) {
            self.board.disown(news.id);
        }
    }

    /// The place of a payload that a node sends. A topic's publisher sends it before it says that it is
    /// published.
    fn place_of(&mut self, at: &At, rumor: &rumormill_protocols::Rumor) -> Option<usize> {
        let place = self.board.find(rumor.id);
        if place.is_some() || lens::node_of(self.plan.base, &rumor.origin) != Some(at.node) {
            return place;
        }
        let id: RumorId = rumor.id;
        self.published(at, News { id, rumor: None, is_own: true });
        self.board.find(id)
    }

    fn received(&mut self, at: &At, message: &NodeMessage) {
        for rumor in lens::rumors(message) {
            if let Some(place) = self.board.find(rumor.id) {
                self.board.pair_mut(place, at.node).received(lens::onward(message));
            }
        }
    }
}

impl Observer<AnyNode> for Measure {
    fn input(&mut self, at: &At, input: &Input<AnyNode>) {
        match input {
            Input::Start => self.lives.starts(at.node, at.time),
            Input::Message(_, message)
            | Input::Request(_, _, message)
            | Input::Response(_, Ok(message)) => self.received(at, message),
            _ => {}
        }
    }

    fn event(&mut self, at: &At, event: &NodeEvent) {
        if let Plane::Discovery(DiscoveryEvent::Up(_, link)) = event {
            let peer = lens::node_of(self.plan.base, &link.name);
            let is_late = !self.board.columns().is_empty();
            peer.filter(|_| is_late)
                .into_iter()
                .for_each(|peer| self.ups.up((at.node, peer), at.time));
        }
        match lens::news(self.plan.base, at.node, event) {
            Some(news) if news.is_own => self.published(at, news),
            Some(news) => self.heard(at, news),
            None => {}
        }
    }

    fn lost(&mut self, at: &At, (_, to): (usize, usize), message: &NodeMessage, why: Lost) {
        for rumor in lens::rumors(message) {
            let Some(place) = self.place_of(at, rumor) else { continue };
            let pair = self.board.pair_mut(place, to);
            pair.lost();
            if !pair.is_delivered() {
                self.losses.lost((place, to), why);
            }
        }
    }

    fn dropped(&mut self, at: &At, message: &NodeMessage, why: Why) {
        for rumor in lens::rumors(message) {
            if let Some(place) = self.place_of(at, rumor) {
                self.losses.refused((place, at.node), why);
            }
        }
    }
}
