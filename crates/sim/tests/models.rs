//! Every topology, latency, loss and bandwidth that a scenario can have, run.

mod small;

use rumormill_sim::outcome::{BroadcastOutcome, Outcome};
use small::{FLOOD, sound, text};

const ONCE: &str = "[[workload]]\nkind = \"once\"\nat = \"5 s\"\nmessages = 3\n";

/// Twice the same from the same seed, and another from another.
#[track_caller]
fn is_stable(text: &str) -> Outcome {
    let (first, other) = (sound(text), text.replace("seed = 1\n", "seed = 2\n"));
    assert_eq!(first.hash, sound(text).hash, "{text}");
    assert_ne!(first.hash, sound(&other).hash, "{text}");
    first
}

/// And all is delivered that is due, to each of the nodes but the publisher.
#[track_caller]
fn reaches_all(network: &str, nodes: u64) -> Outcome {
    // What is lost again and again takes long.
    let outcome = is_stable(&text(FLOOD, network, ONCE).replace("\"4 s\"", "\"2 min\""));
    let flood = &outcome.broadcasts[0];
    assert_eq!((flood.due, flood.delivery_ratio), (3 * (nodes - 1), Some(1.0)), "{network}");
    outcome
}

#[test]
fn a_flood_reaches_all_over_every_topology() {
    for topology in [
        "\"full\"",
        "{ ring = { each_side = 2 } }",
        "{ random-regular = { degree = 4 } }",
        "{ random = { degree = 8 } }",
        "{ scale-free = { links = 3 } }",
        "{ regions = { regions = 3, inside = 4, across = 1 } }",
    ] {
        let outcome = reaches_all(&format!("nodes = 24, topology = {topology}"), 24);
        let flood = &outcome.broadcasts[0];
        assert!(flood.hops.unwrap().max >= flood.floors.eccentricity_hops.unwrap(), "{topology}");
    }
    reaches_all("nodes = 9, topology = \"bootstrap-chain\"", 9);
    reaches_all("nodes = 4, topology = { edges = { file = \"line.txt\" } }", 4);
}

/// Who is bootstrapped from the one before finds the others.
#[test]
fn a_bootstrap_chain_becomes_a_network() {
    let node = "{ discovery = \"peer-list\", state = \"none\" }";
    let network = "nodes = 24, topology = \"bootstrap-chain\"";
    let later = ONCE.replace("\"5 s\"", "\"60 s\"");
    let outcome = is_stable(&text(node, network, &later));
    assert_eq!(outcome.broadcasts[0].delivery_ratio, Some(1.0));
    assert!(outcome.broadcasts[0].hops.unwrap().max < 10);
}

#[test]
fn a_graph_in_two_parts_is_flooded_in_one() {
    let network = "nodes = 6, topology = { edges = { file = \"line.txt\" } }";
    let once = "[[workload]]\nkind = \"once\"\nnode = 0\n";
    let outcome = sound(&text(FLOOD, network, once));
    assert_eq!((outcome.due(), outcome.missing.by_reason["cut-off"]), (5, 2));
}

#[test]
fn a_flood_reaches_all_at_every_latency() {
    for (latency, least, most) in [
        ("\"30 ms\"", 30.0, 31.0),
        ("{ constant = \"30 ms\" }", 30.0, 31.0),
        ("{ uniform = { from = \"10 ms\", to = \"20 ms\" } }", 10.0, 20.0),
        ("{ lognormal = { median = \"20 ms\", sigma = 0.5 } }", 5.0, 60.0),
        ("{ lognormal = { median = \"20 ms\", sigma = 1.0, most = \"25 ms\" } }", 1.0, 25.1),
        ("{ regions = \"world\" }", 1.0, 250.0),
    ] {
        let outcome =
            reaches_all(&format!("nodes = 9, topology = \"full\", latency = {latency}"), 9);
        let found = outcome.broadcasts[0].latency_ms.unwrap();
        assert!(found.p50 >= least && found.max <= most, "{latency}: {found:?}");
    }
}

const LOSSES: [&str; 3] = [
    "0.2",
    "{ uniform = 0.2 }",
    "{ bursty = { good_to_bad = 0.2, bad_to_good = 0.2, loss_bad = 0.8 } }",
];

/// What is lost is sent again, after 200 ms the first time. In a line there is no other way.
#[test]
fn over_streams_loss_is_delay() {
    for loss in LOSSES {
        let network = format!("nodes = 9, topology = \"bootstrap-chain\", loss = {loss}");
        for links in ["", ", links = \"stream\""] {
            let outcome = reaches_all(&format!("{network}{links}"), 9);
            let flood = &outcome.broadcasts[0];
            assert!(flood.latency_ms.unwrap().max > 200.0, "{network}{links}");
            assert_eq!(flood.dropped.get("loss"), None);
        }
    }
}

#[test]
fn datagrams_are_lost_and_that_is_told() {
    for loss in LOSSES {
        let network = format!(
            "nodes = 9, topology = {{ ring = {{ each_side = 1 }} }}, links = \"datagram\", loss = {loss}"
        );
        let outcome =
            is_stable(&text(FLOOD, &network, &ONCE.replace("messages = 3", "messages = 20")));
        let flood = &outcome.broadcasts[0];
        assert!(flood.dropped["loss"] > 5, "{loss}: {:?}", flood.dropped);
        assert!((0.2..1.0).contains(&flood.delivery_ratio.unwrap()), "{loss}");
        assert!(flood.latency_ms.unwrap().max < 81.0, "8 hops at most: {loss}");
    }
}

#[test]
fn datagrams_come_twice_or_late_and_nothing_is_missing() {
    let usual = "nodes = 9, topology = \"full\", links = \"datagram\"";
    let copies = |rest: &str| {
        let flood = reaches_all(&format!("{usual}{rest}"), 9).broadcasts.remove(0);
        (flood.copies_per_delivery.unwrap(), flood.latency_ms.unwrap().max)
    };
    let (once, _) = copies("");
    assert_eq!(copies(", duplication = 1.0").0, 2.0 * once);
    let (_, latest) = copies(", reordering = { chance = 1.0, most = \"40 ms\" }");
    assert!(latest > 12.0 && latest <= 50.0, "{latest}");
}

#[test]
fn dials_that_fail_are_tried_again() {
    reaches_all("nodes = 9, topology = \"full\", dial_failure = 0.3", 9);
}

/// Messages of node 0, all at once, over links of such a speed. A byte takes a tenth of a millisecond at
/// 80 kbit/s.
fn burst(nodes: u64, messages: u64, bandwidth: &str) -> (f64, BroadcastOutcome) {
    let network = format!("nodes = {nodes}, topology = \"full\", bandwidth = {{ {bandwidth} }}");
    let node = FLOOD.replace("state", "broadcast = { flood = { ttl = 0 } }, state");
    // The first publication waits for its version to be stored, and is not part of it.
    let rest = format!(
        "[[workload]]\nkind = \"once\"\nnode = 0\nsize = 500\n[[workload]]\nkind = \"once\"\nat = \"5 s\"\n\
         node = 0\nsize = 500\nmessages = {messages}\napart = \"0 s\"\n"
    );
    let flood = sound(&text(&node, &network, &rest)).broadcasts.remove(0);
    assert_eq!(flood.delivery_ratio, Some(1.0), "{bandwidth}");
    let rumors = flood.bytes_by_kind["rumor"];
    assert_eq!(rumors.messages, (messages + 1) * (nodes - 1));
    (rumors.bytes as f64 / rumors.messages as f64, flood)
}

/// The longest latency is that of so many messages' bytes, one after the other, and 10 ms.
#[track_caller]
fn takes(turns: f64, (bytes, flood): (f64, BroadcastOutcome)) {
    let (max, expected) = (flood.latency_ms.unwrap().max, turns * bytes * 0.1 + 10.0);
    assert!((max / expected - 1.0).abs() < 0.005, "{max} ms, not {expected}");
}

#[test]
fn an_uplink_sends_one_after_the_other() {
    let up = "up = \"80 kbit/s\"";
    takes(1.0, burst(2, 1, up));
    takes(5.0, burst(2, 5, up));
    // To each of three neighbours.
    takes(3.0, burst(4, 1, up));
    takes(15.0, burst(4, 5, up));
}

#[test]
fn a_downlink_receives_one_after_the_other() {
    let down = "down = \"80 kbit/s\"";
    takes(1.0, burst(2, 1, down));
    takes(5.0, burst(2, 5, down));
    // Each neighbour has its own.
    takes(5.0, burst(4, 5, down));
}

#[test]
fn both_take_their_time_and_the_slower_one_decides() {
    takes(2.0, burst(2, 1, "up = \"80 kbit/s\", down = \"80 kbit/s\""));
    // While the second leaves, the first comes in.
    takes(6.0, burst(2, 5, "up = \"80 kbit/s\", down = \"80 kbit/s\""));
    takes(5.5, burst(2, 5, "up = \"160 kbit/s\", down = \"80 kbit/s\""));
    takes(0.01, burst(2, 1, "up = \"8 Mbit/s\""));
}
