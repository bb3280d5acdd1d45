//! Every due delivery that never came, with its reason.
//!
//! ```text
//!   did a copy come? ──► not-taken        was one sent? ──► under-way, or what it was lost to
//!     │ no                 ▲ no             │ no
//!     └────────────────────┼────────────────┘
//!   of the peers that have it, was there one, in time, that …
//!     could tell it on ──► the refusal it met; else not-chosen, outbox, unexplained
//!     could not ─────────► hop-limit, not-repaired, censored
//!   or none ─────────────► cut-off; if nobody has it any more, crashed
//! ```

use super::Measure;
use super::board::Column;
use super::links::Senders;
use super::reason::Reason;
use crate::engine::Network;
use crate::lens::{self, Onward};
use crate::outcome::{Missing, MissingDelivery};
use rumormill_core::Time;
use rumormill_node::AnyNode;
use std::collections::{BTreeMap, BTreeSet};

/// How many missing deliveries are told one by one.
const EXAMPLES_MAX: usize = 100;

/// All that is missing, explained.
pub(super) fn explain(measure: &Measure, network: &Network<AnyNode>) -> Missing {
    let gave_way = network.counters().evicted > 0;
    let slow = (0..network.len()).filter(|node| gave_way || network.waits(*node)).collect();
    let senders = Senders::of(network);
    let under_way = under_way(measure, network);
    let explainer = Explainer { measure, senders, under_way, slow };
    let mut found = Found::default();
    for (place, column) in measure.board.columns().iter().enumerate() {
        explainer.column((place, column), &mut found);
    }
    found.missing()
}

/// The pairs of a message's place and a node that copies are on their way to.
fn under_way(measure: &Measure, network: &Network<AnyNode>) -> BTreeSet<(usize, usize)> {
    let copies = network.under_way().flat_map(|(to, message)| {
        lens::rumors(message).filter_map(move |rumor| Some((measure.board.look_up(rumor.id)?, to)))
    });
    copies.collect()
}

struct Explainer<'a> {
    measure: &'a Measure,
    senders: Senders,
    under_way: BTreeSet<(usize, usize)>,
    /// Who may not have got out what it should: it waits, or gave way to something else.
    slow: BTreeSet<usize>,
}

/// Of the peers that have it, one of each sort, the first of its sort.
#[derive(Clone, Copy, Default)]
struct Holders {
    refused: Option<(usize, &'static str)>,
    could: Option<usize>,
    last_hop: Option<usize>,
    kept: Option<usize>,
    hostile: Option<usize>,
    late: Option<(usize, Time)>,
}

impl Explainer<'_> {
    fn column(&self, (place, column): (usize, &Column), found: &mut Found) {
        // Looked for at most once a message: it takes a look at every node.
        let mut has_survivor = None;
        for (node, pair) in column.pairs.iter().enumerate() {
            if pair.is_delivered() || !self.measure.lives.is_due(column, node) {
                continue;
            }
            let reason = match self.why(place, node) {
                Reason::CutOff if !*has_survivor.get_or_insert_with(|| self.survives(column)) => {
                    Reason::Crashed
                }
                reason => reason,
            };
            found.add(column, node, reason);
        }
    }

    fn why(&self, place: usize, node: usize) -> Reason {
        let pair = self.measure.board.pair(place, node);
        if pair.copies() > 0 {
            return Reason::NotTaken(pair.copies());
        }
        if self.under_way.contains(&(place, node)) {
            return Reason::UnderWay;
        }
        if pair.has_lost() {
            let known = self.measure.losses.why_lost(place, node);
            return known.map_or(Reason::CopiesLost, |(why, times)| Reason::Lost(why, times));
        }
        self.why_not_sent(place, self.holders(place, node))
    }

    fn why_not_sent(&self, place: usize, holders: Holders) -> Reason {
        let published = self.measure.board.column(place).published;
        let untold = |node| match (self.measure.plan.tells_all, self.slow.contains(&node)) {
            (false, _) => Reason::NotChosen(node),
            (true, true) => Reason::Outbox(node),
            (true, false) => Reason::Unexplained(node),
        };
        let refused = holders.refused.map(|(node, why)| Reason::Refused(node, why));
        let late =
            holders.late.map(|(node, since)| Reason::LinkedLate(node, since.since(published)));
        refused
            .or(holders.could.map(untold))
            .or(holders.last_hop.map(Reason::HopLimit))
            .or(holders.kept.map(Reason::NotRepaired))
            .or(holders.hostile.map(Reason::Censored))
            .or(late)
            .unwrap_or(Reason::CutOff)
    }

    fn holders(&self, place: usize, node: usize) -> Holders {
        let (board, lives) = (&self.measure.board, &self.measure.lives);
        let published = board.column(place).published;
        let mut holders = Holders::default();
        for peer in self.senders.to(node).filter(|peer| board.pair(place, *peer).is_delivered()) {
            let since = self.measure.ups.since(peer, node);
            if since > published {
                holders.late.get_or_insert((peer, since));
            } else if !lives.is_honest(peer) {
                holders.hostile.get_or_insert(peer);
            } else {
                self.sort_honest(place, peer, &mut holders);
            }
        }
        holders
    }

    fn sort_honest(&self, place: usize, peer: usize, holders: &mut Holders) {
        let refused = self.measure.losses.why_refused(place, peer);
        match (self.measure.board.pair(place, peer).onward(), refused) {
            (Onward::Told, Some((why, _))) => _ = holders.refused.get_or_insert((peer, why)),
            (Onward::Told, None) => _ = holders.could.get_or_insert(peer),
            (Onward::LastHop, _) => _ = holders.last_hop.get_or_insert(peer),
            (Onward::Kept, _) => _ = holders.kept.get_or_insert(peer),
        }
    }

    /// Whether somebody who has it was up all the time since.
    fn survives(&self, column: &Column) -> bool {
        let lives = |node| self.measure.lives.lives_since(node, column.published);
        column.pairs.iter().enumerate().any(|(node, pair)| pair.is_delivered() && lives(node))
    }
}

/// What was found.
#[derive(Default)]
struct Found {
    by_reason: BTreeMap<&'static str, (u64, Vec<MissingDelivery>)>,
}

impl Found {
    fn add(&mut self, column: &Column, node: usize, reason: Reason) {
        let (count, examples) = self.by_reason.entry(reason.label()).or_default();
        *count += 1;
        if examples.len() < EXAMPLES_MAX {
            examples.push(MissingDelivery {
                message: column.id.to_string(),
                node,
                published_ms: column.published.as_nanos() as f64 / 1e6,
                reason: reason.label().into(),
                detail: format!("published by node {}; {reason}", column.publisher),
            });
        }
    }

    fn missing(mut self) -> Missing {
        let examples = self.examples();
        let counts = self.by_reason.iter().map(|(label, (count, _))| (label.to_string(), *count));
        let by_reason: BTreeMap<String, u64> = counts.collect();
        Missing { total: by_reason.values().sum(), by_reason, examples }
    }

    /// The first of each reason, then the second of each, and so on.
    fn examples(&mut self) -> Vec<MissingDelivery> {
        let each: Vec<_> =
            self.by_reason.values_mut().map(|(_, all)| std::mem::take(all)).collect();
        let ranked = each.into_iter().flat_map(|all| all.into_iter().enumerate());
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, example)| example).take(EXAMPLES_MAX).collect()
    }
}
