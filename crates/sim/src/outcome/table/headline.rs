//! Which run it was, and each broadcast with its floors.

use super::WIDTH;
use super::grid::Grid;
use super::prose::{fitted, folded};
use crate::outcome::{
    BroadcastOutcome, Floors, Hops, Outcome, bytes, count, fixed, millis, percent, seconds,
};

/// Name, size, speed and hash.
pub fn about(outcome: &Outcome) -> String {
    let Outcome { name, seed, version, hash, links, .. } = outcome;
    let size =
        format!("{} nodes, seed {seed}, {} links", count(outcome.nodes as u64), links.name());
    let named = folded(name, 0, WIDTH);
    format!("{named}{size}, rumormill {version}\nhash {hash}\n{}\n", speed(outcome))
}

fn speed(outcome: &Outcome) -> String {
    let rate = outcome.events_per_second();
    let rate = rate.map(|rate| format!(", {} events/s", fixed(rate, 0))).unwrap_or_default();
    let peak = outcome.peak_rss_bytes;
    let peak = peak.map(|peak| format!(", {} at most", bytes(peak as f64))).unwrap_or_default();
    let (simulated, wall) = (seconds(outcome.simulated_seconds), seconds(outcome.wall_seconds));
    format!("{simulated} simulated in {wall}: {} events{rate}{peak}", count(outcome.events))
}

/// A row for each, its floors under it, and what the columns mean.
pub fn broadcasts(outcome: &Outcome) -> String {
    let heads = [
        "broadcast",
        "messages",
        "delivered",
        "p50",
        "p90",
        "p99",
        "max",
        "hops",
        "copies",
        "bytes",
    ];
    let mut grid = Grid::new(1, &heads);
    for broadcast in &outcome.broadcasts {
        grid.row(measured(broadcast));
        grid.row(floors(&broadcast.floors));
    }
    let meaning = "p50 to max: latency in ms. hops: p50/max. copies, bytes: per delivery.";
    format!("{}  {meaning}\n{}\n{}", grid.lines(), push(outcome), ends(outcome))
}

/// The floors that depend on the number of nodes alone.
fn push(outcome: &Outcome) -> String {
    let Some(floors) = outcome.broadcasts.first().map(|broadcast| &broadcast.floors) else {
        return String::new();
    };
    let (payloads, rounds) = (count(floors.payloads), fixed(floors.push_rounds, 1));
    format!("  A message needs {payloads} payloads; push alone takes {rounds} rounds.\n")
}

/// How each ended, and who carried most.
fn ends(outcome: &Outcome) -> String {
    let mut grid =
        Grid::new(1, &["broadcast", "due", "missing", "converged", "busiest", "in", "out"]);
    for broadcast in &outcome.broadcasts {
        let busiest = broadcast.busiest_node;
        grid.row([
            fitted(&broadcast.label, 16),
            count(broadcast.due),
            count(broadcast.due.saturating_sub(broadcast.delivered)),
            or_dash(broadcast.time_to_converge_ms, |ms| millis(ms) + " ms"),
            or_dash(busiest, |busiest| format!("node {}", busiest.node)),
            or_dash(busiest, |busiest| bytes(busiest.bytes_received as f64)),
            or_dash(busiest, |busiest| bytes(busiest.bytes_sent as f64)),
        ]);
    }
    grid.lines()
}

fn measured(broadcast: &BroadcastOutcome) -> [String; 10] {
    let latency = broadcast.latency_ms;
    let latency =
        |of: fn(&crate::outcome::Quantiles) -> f64| or_dash(latency.as_ref().map(of), millis);
    [
        fitted(&broadcast.label, 16),
        count(broadcast.messages),
        or_dash(broadcast.delivery_ratio, percent),
        latency(|of| of.p50),
        latency(|of| of.p90),
        latency(|of| of.p99),
        latency(|of| of.max),
        or_dash(broadcast.hops, |Hops { p50, max }| format!("{p50}/{max}")),
        or_dash(broadcast.copies_per_delivery, |copies| fixed(copies, 2)),
        or_dash(broadcast.bytes_per_delivery, bytes),
    ]
}

fn floors(floors: &Floors) -> [String; 10] {
    let mut cells = [const { String::new() }; 10];
    cells[0] = "  floor".into();
    cells[6] = floors.latency_ms.map(millis).unwrap_or_default();
    cells[7] = floors.eccentricity_hops.map(|hops| hops.to_string()).unwrap_or_default();
    cells[8] = fixed(floors.copies_per_delivery, 2);
    cells
}

fn or_dash<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map_or("-".into(), write)
}
