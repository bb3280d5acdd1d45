//! The figures that matter most, with their floors beside them.

use super::heads;
use crate::outcome::{
    BroadcastOutcome, Floors, Outcome, Quantiles, bytes, count, fixed, millis, percent,
};
use crate::report::grid::Grid;

type Write = fn(&BroadcastOutcome) -> Option<String>;
type WriteFloor = fn(&Floors) -> Option<String>;

const NO_FLOOR: WriteFloor = |_| None;

/// What is measured, how it is read from a broadcast, and its floor.
const ROWS: [(&str, Write, WriteFloor); 15] = [
    ("messages", |of| Some(count(of.messages)), NO_FLOOR),
    ("due", |of| Some(count(of.due)), NO_FLOOR),
    ("delivered", |of| of.delivery_ratio.map(percent), NO_FLOOR),
    ("latency p50", |of| latency(of, |latency| latency.p50), NO_FLOOR),
    ("latency p90", |of| latency(of, |latency| latency.p90), NO_FLOOR),
    ("latency p99", |of| latency(of, |latency| latency.p99), NO_FLOOR),
    (
        "latency max",
        |of| latency(of, |latency| latency.max),
        |floors| floors.latency_ms.map(in_millis),
    ),
    ("hops p50", |of| of.hops.map(|hops| hops.p50.to_string()), NO_FLOOR),
    (
        "hops max",
        |of| of.hops.map(|hops| hops.max.to_string()),
        |floors| floors.eccentricity_hops.map(|hops| hops.to_string()),
    ),
    (
        "copies per delivery",
        |of| of.copies_per_delivery.map(|copies| fixed(copies, 2)),
        |floors| Some(fixed(floors.copies_per_delivery, 2)),
    ),
    ("payloads per message", payloads, |floors| Some(count(floors.payloads))),
    ("bytes per delivery", |of| of.bytes_per_delivery.map(bytes), NO_FLOOR),
    ("busiest node in", |of| of.busiest_node.map(|of| bytes(of.bytes_received as f64)), NO_FLOOR),
    ("busiest node out", |of| of.busiest_node.map(|of| bytes(of.bytes_sent as f64)), NO_FLOOR),
    ("converged", |of| of.time_to_converge_ms.map(in_millis), NO_FLOOR),
];

/// A row for each figure, a column for each broadcast, and the floors.
pub fn headline(outcome: &Outcome) -> String {
    let mut grid = Grid::new(heads(outcome, "").into_iter().chain(["floor".to_string()]));
    for (name, write, write_floor) in ROWS {
        let cells = outcome.broadcasts.iter().map(|of| write(of).unwrap_or("–".into()));
        let cells: Vec<String> = cells.collect();
        let floor = floor(outcome, write_floor);
        if floor.is_some() || cells.iter().any(|cell| cell != "–") {
            grid.row(
                [name.to_string()].into_iter().chain(cells).chain([floor.unwrap_or_default()]),
            );
        }
    }
    grid.html()
}

/// What the floors are, and the one that is none: push can be beaten.
pub fn note(outcome: &Outcome) -> String {
    let rounds = outcome.broadcasts.first().map(|of| fixed(of.floors.push_rounds, 1));
    let push =
        rounds.map(|rounds| format!(" Push alone takes {rounds} rounds (log₂ n + ln n + 1.1)."));
    format!("The floor is what no protocol goes below on this network.{}", push.unwrap_or_default())
}

/// The floor, or those that differ between broadcasts.
fn floor(outcome: &Outcome, write: WriteFloor) -> Option<String> {
    let mut floors: Vec<String> =
        outcome.broadcasts.iter().filter_map(|of| write(&of.floors)).collect();
    floors.dedup();
    (!floors.is_empty()).then(|| floors.join(" / "))
}

fn latency(of: &BroadcastOutcome, quantile: fn(&Quantiles) -> f64) -> Option<String> {
    of.latency_ms.as_ref().map(quantile).map(in_millis)
}

fn in_millis(value: f64) -> String {
    millis(value) + " ms"
}

/// Receipts of payloads, on average over messages.
fn payloads(of: &BroadcastOutcome) -> Option<String> {
    let receipts = of.copies_per_delivery? * of.delivered as f64;
    (of.messages > 0).then(|| fixed(receipts / of.messages as f64, 0))
}
