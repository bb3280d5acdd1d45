//! From what was remembered to figures.

use super::arrivals::{Arrivals, POINTS_MAX};
use super::board::Board;
use super::lives::Lives;
use super::pair::Pair;
use super::{Convergence, Measure};
use crate::engine::{Counters, Load, Network};
use crate::model::{Graph, Lost};
use crate::outcome::{BroadcastOutcome, Busiest, Curves, Floors, Hops, Quantiles, Traffic};
use rumormill_core::{Duration, Time, Why};
use rumormill_node::AnyNode;
use std::collections::{BTreeMap, BTreeSet};

/// What is counted pair by pair, of the messages that count.
#[derive(Default)]
struct Totals {
    messages: u64,
    due: u64,
    delivered: u64,
    copies: u64,
    by_hops: Vec<u64>,
    by_copies: Vec<u64>,
    last_published: Time,
}

/// Pairs with more copies are counted with those of that many.
const COPIES_MAX: usize = 255;

/// From how many publishers the farthest node is looked for: that looks at the whole graph each time.
const PUBLISHERS_MAX: usize = 16;

/// All figures of a run that is over.
pub(super) fn outcome(
    measure: &Measure,
    network: &Network<AnyNode>,
    graph: Option<&Graph>,
) -> BroadcastOutcome {
    let totals = Totals::of(&measure.board, &measure.lives);
    let (counters, loads) = (network.counters(), loads(network));
    let per_delivery = |count: u64| ratio(count, totals.delivered);
    BroadcastOutcome {
        protocol: measure.plan.protocol.clone(),
        label: measure.plan.label.clone(),
        messages: totals.messages,
        due: totals.due,
        delivered: totals.delivered,
        delivery_ratio: ratio(totals.delivered, totals.due),
        latency_ms: quantiles(&measure.arrivals),
        hops: hops(&totals.by_hops, totals.delivered),
        copies_per_delivery: per_delivery(totals.copies),
        bytes_per_delivery: per_delivery(counters.total().bytes),
        bytes_by_kind: by_kind(counters),
        busiest_node: busiest(&loads),
        time_to_converge_ms: converged(measure, &totals).map(|took| took.as_nanos() as f64 / 1e6),
        dropped: dropped(counters),
        floors: floors(measure, network, graph),
        curves: curves(&measure.arrivals, totals, &loads),
    }
}

impl Totals {
    fn of(board: &Board, lives: &Lives) -> Totals {
        let mut totals = Totals::default();
        for column in board.columns().iter().filter(|column| lives.counts(column)) {
            totals.messages += 1;
            totals.last_published = totals.last_published.max(column.published);
            let pairs = column.pairs.iter().enumerate();
            let due = pairs.filter(|(node, _)| lives.is_due(column, *node));
            due.for_each(|(_, pair)| totals.add(*pair));
        }
        totals
    }

    fn add(&mut self, pair: Pair) {
        self.due += 1;
        self.copies += u64::from(pair.copies());
        count(&mut self.by_copies, (pair.copies() as usize).min(COPIES_MAX));
        if let Some(hops) = pair.hops() {
            self.delivered += 1;
            count(&mut self.by_hops, hops as usize);
        }
    }
}

fn count(counts: &mut Vec<u64>, at: usize) {
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    counts[at] += 1;
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn quantiles(arrivals: &Arrivals) -> Option<Quantiles> {
    let [p50, p90, p99, max] = [0.5, 0.9, 0.99, 1.0].map(|share| arrivals.quantile_ms(share));
    (!arrivals.is_empty()).then_some(Quantiles { p50, p90, p99, max })
}

fn hops(by_hops: &[u64], delivered: u64) -> Option<Hops> {
    let mut so_far = 0;
    let is_half = |count: &u64| {
        so_far += count;
        2 * so_far >= delivered
    };
    let p50 = by_hops.iter().position(is_half)? as u32;
    Some(Hops { p50, max: by_hops.len() as u32 - 1 })
}

fn by_kind(counters: &Counters) -> BTreeMap<String, Traffic> {
    let sent = counters.sent().into_iter();
    sent.map(|(kind, sent)| (kind.into(), Traffic { messages: sent.messages, bytes: sent.bytes }))
        .collect()
}

fn loads(network: &Network<AnyNode>) -> Vec<Load> {
    (0..network.len()).map(|node| network.load(node)).collect()
}

fn bytes(load: &Load) -> u64 {
    load.sent.bytes + load.received.bytes
}

/// Of equally busy ones, the first.
fn busiest(loads: &[Load]) -> Option<Busiest> {
    let (node, load) = loads.iter().enumerate().rev().max_by_key(|(_, load)| bytes(load))?;
    Some(Busiest {
        node,
        received: load.received.messages,
        bytes_received: load.received.bytes,
        sent: load.sent.messages,
        bytes_sent: load.sent.bytes,
    })
}

fn converged(measure: &Measure, totals: &Totals) -> Option<Duration> {
    match measure.plan.convergence {
        Convergence::Acquainted => measure.acquaintances.took(&measure.lives, &measure.board),
        Convergence::Delivered => (totals.due > 0 && totals.delivered == totals.due)
            .then(|| measure.arrivals.last.since(totals.last_published)),
    }
}

/// Refused sends, transmissions that did not arrive, and what gave way in an outbox. Two reasons of
/// one name are one.
fn dropped(counters: &Counters) -> BTreeMap<String, u64> {
    let refused = Why::ALL.map(|why| (why.label(), counters.dropped(why)));
    let lost = Lost::ALL.map(|lost| (lost.label(), counters.lost(lost)));
    let evicted = [("evicted", counters.evicted)];
    let mut dropped = BTreeMap::new();
    for (label, count) in refused.into_iter().chain(lost).chain(evicted) {
        if count > 0 {
            *dropped.entry(label.into()).or_default() += count;
        }
    }
    dropped
}

/// Hostile nodes need no payload.
fn floors(measure: &Measure, network: &Network<AnyNode>, graph: Option<&Graph>) -> Floors {
    let nodes = measure.lives.honest_count();
    let eccentricity_hops = graph.and_then(|graph| eccentricity(measure, graph));
    let hop_ms = network.config().latency.least().as_secs_f64() * 1e3;
    let latency_ms = eccentricity_hops.map(|hops| f64::from(hops) * hop_ms);
    Floors { eccentricity_hops, latency_ms, ..Floors::of(nodes) }
}

/// Of some publishers, evenly spread over all.
fn eccentricity(measure: &Measure, graph: &Graph) -> Option<u32> {
    let counted = measure.board.columns().iter().filter(|column| measure.lives.counts(column));
    let publishers: BTreeSet<u32> = counted.map(|column| column.publisher as u32).collect();
    let step = publishers.len().div_ceil(PUBLISHERS_MAX).max(1);
    let known = publishers.into_iter().filter(|publisher| *publisher < graph.nodes());
    known.step_by(step).map(|publisher| graph.eccentricity(publisher)).max()
}

fn curves(arrivals: &Arrivals, totals: Totals, loads: &[Load]) -> Curves {
    let latency_cdf = arrivals.curve();
    let reached = ratio(totals.delivered, totals.due).unwrap_or(0.0);
    let propagation = latency_cdf.iter().map(|(ms, share)| (*ms, share * reached)).collect();
    let (hops, copies) = (totals.by_hops, totals.by_copies);
    Curves { latency_cdf, propagation, hops, copies, load: load_curve(loads) }
}

fn load_curve(loads: &[Load]) -> Vec<(f64, u64)> {
    let mut sorted: Vec<u64> = loads.iter().map(bytes).collect();
    sorted.sort_unstable();
    let points = sorted.len().min(POINTS_MAX);
    let upto = |step: usize| (step * sorted.len()).div_ceil(points);
    (1..=points)
        .map(upto)
        .map(|upto| (upto as f64 / sorted.len() as f64, sorted[upto - 1]))
        .collect()
}
