//! An outcome that has a bit of everything.

use super::*;
use std::collections::BTreeMap;

/// Of a run of flood.
pub fn sample() -> Outcome {
    Outcome {
        name: "books, 100 nodes, lossy".into(),
        seed: 7,
        nodes: 100,
        version: "0.1.0".into(),
        links: Links::Http,
        events: 1_234_567,
        simulated_seconds: 90.0,
        wall_seconds: 0.41236,
        peak_rss_bytes: Some(84_213_760),
        hash: "0123456789abcdef0123456789abcdef".into(),
        broadcasts: vec![flood()],
        faults: faults(),
        checks: checks(),
        violations: Vec::new(),
        missing: missing(),
        scenario: "name = \"books, 100 nodes, lossy\"\nseed = 7\n\n[node]\nbroadcast = { flood = \
                   { fanout = 4, ttl = 8 } }\n\n[network]\nnodes = 100 # <b>not bold</b> & so on\n"
            .into(),
    }
}

/// Of three contenders, without faults.
pub fn comparison() -> Outcome {
    let push_pull = contender("push-pull", 1.31, 1.7, 7);
    let mut late = contender("lazy.toml", 25.0, 1.02, 9);
    late.protocol = "plumtree".into();
    let whole = BroadcastOutcome {
        delivered: 59_400,
        delivery_ratio: Some(1.0),
        time_to_converge_ms: Some(391.5),
        ..flood()
    };
    Outcome {
        name: "three ways of telling".into(),
        broadcasts: vec![whole, push_pull, late],
        faults: Vec::new(),
        missing: Missing::default(),
        ..sample()
    }
}

/// With a violation, whose texts are hostile.
pub fn violated() -> Outcome {
    let violation = Violation {
        checker: "versions-never-go-back".into(),
        at_ns: 20_125_000_417,
        node: Some(17),
        detail: "origin 7003 went from version 5 to 4 <script>alert(1)</script>".into(),
        replay: "rumormill sim replay scenarios/books-100.toml --seed 7 --until 20.125000417s"
            .into(),
    };
    Outcome { name: "</title><h1>\u{1b}[2J".into(), violations: vec![violation], ..sample() }
}

/// Where nothing was published.
pub fn silent() -> Outcome {
    let nothing = BroadcastOutcome {
        protocol: "flood".into(),
        label: "flood".into(),
        floors: Floors::of(100),
        ..BroadcastOutcome::default()
    };
    let (broadcasts, missing) = (vec![nothing], Missing::default());
    Outcome { broadcasts, missing, faults: Vec::new(), peak_rss_bytes: None, ..sample() }
}

fn flood() -> BroadcastOutcome {
    BroadcastOutcome {
        delivered: 59_388,
        delivery_ratio: Some(59_388.0 / 59_400.0),
        time_to_converge_ms: None,
        dropped: BTreeMap::from([("expired".into(), 41), ("full".into(), 1_203)]),
        ..contender("flood", 1.0, 3.4167, 6)
    }
}

/// One that takes so many times as long, with so many copies and hops.
fn contender(label: &str, slower: f64, copies: f64, hops_max: u32) -> BroadcastOutcome {
    let latency_ms = Quantiles {
        p50: 84.2 * slower,
        p90: 121.0 * slower,
        p99: 180.25 * slower,
        max: 391.5 * slower,
    };
    BroadcastOutcome {
        protocol: label.into(),
        label: label.into(),
        messages: 600,
        due: 59_400,
        delivered: 59_400,
        delivery_ratio: Some(1.0),
        latency_ms: Some(latency_ms),
        hops: Some(Hops { p50: 3, max: hops_max }),
        copies_per_delivery: Some(copies),
        bytes_per_delivery: Some(copies * 187.0),
        bytes_by_kind: kinds(copies),
        busiest_node: Some(Busiest {
            node: 17,
            received: 2_411,
            bytes_received: 451_000,
            sent: 2_398,
            bytes_sent: 449_820,
        }),
        time_to_converge_ms: Some(391.5 * slower),
        floors: Floors { eccentricity_hops: Some(4), latency_ms: Some(72.5), ..Floors::of(100) },
        curves: curves(slower, copies, hops_max),
        ..BroadcastOutcome::default()
    }
}

fn kinds(copies: f64) -> BTreeMap<String, Traffic> {
    let of = |messages: u64, each: u64| Traffic { messages, bytes: messages * each };
    BTreeMap::from([
        ("digest".into(), of(5_400, 212)),
        ("gossip".into(), of((copies * 59_400.0) as u64, 187)),
        ("peers".into(), of(900, 1_310)),
        ("request".into(), of(120, 44)),
    ])
}

fn curves(slower: f64, copies: f64, hops_max: u32) -> Curves {
    Curves {
        latency_cdf: rising(|share| (20.0 + 64.0 * share + 320.0 * tail(share)) * slower),
        propagation: rising(|share| (15.0 + 90.0 * share + 290.0 * tail(share)) * slower),
        hops: (0..=hops_max).map(|hop| u64::from(hop * (hops_max + 1 - hop)) * 1_700).collect(),
        copies: (0..9).map(|n| received(f64::from(n), copies)).collect(),
        load: (0..=100).map(|n| (f64::from(n) / 100.0, carried(f64::from(n), copies))).collect(),
    }
}

fn rising(ms: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    (0..=100).map(|n| f64::from(n) / 100.0).map(|share| (ms(share), share)).collect()
}

/// How many nodes received so many copies, where that many were usual.
fn received(copies: f64, usual: f64) -> u64 {
    let away = (copies - usual) / usual;
    if copies == 0.0 { 12 } else { (20_000.0 / (1.0 + 9.0 * away * away)) as u64 }
}

/// What that many in a hundred nodes are not above, in bytes.
fn carried(nodes: f64, copies: f64) -> u64 {
    (copies * (60_000.0 + nodes * nodes * (7.0 + nodes / 40.0))) as u64
}

fn tail(share: f64) -> f64 {
    (0..6).fold(share, |power, _| power * share)
}

fn faults() -> Vec<FaultOutcome> {
    let fault = |kind: &str, at_ms, fired, detail: &str| FaultOutcome {
        kind: kind.into(),
        at_ms,
        fired,
        detail: detail.into(),
    };
    vec![
        fault("crash", 20_000.0, 10, "10 of the nodes, at random"),
        fault(
            "partition",
            30_000.0,
            1,
            "nodes 0 to 49 from the others, and nothing in between, so that both \
               halves go on by themselves",
        ),
        fault("heal", 45_000.0, 1, "all cuts"),
        fault("restart", 60_000.0, 10, "all that crashed, with their state kept"),
        fault("one-way", 70_000.0, 0, "from node 3 to node 4: they had no link"),
    ]
}

fn missing() -> Missing {
    let example = MissingDelivery {
        message: "7003/5".into(),
        node: 41,
        published_ms: 29_950.0,
        reason: "cut off".into(),
        detail: "the partition cut it off 50 ms later, and the run ended before it was repaired"
            .into(),
    };
    let by_reason = BTreeMap::from([("cut off".into(), 9), ("ttl".into(), 3)]);
    Missing { total: 12, by_reason, examples: vec![example] }
}

fn checks() -> std::collections::BTreeMap<String, super::Checked> {
    use super::Checked::{Held, NotDue, Off};
    let checks = [("agree", NotDue), ("bounds", Held), ("once", Held), ("versions", Off)];
    checks.into_iter().map(|(name, checked)| (name.into(), checked)).collect()
}
