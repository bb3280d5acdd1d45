//! The scenarios that come with Rumormill, scaled down: each runs, shows what it says it shows, and is
//! decided by its seed alone.

use rumormill_config::Flag;
use rumormill_core::Duration;
use rumormill_sim::outcome::Outcome;
use rumormill_sim::run::{Options, run};
use rumormill_sim::scenario::{Scenario, Source};
use std::path::PathBuf;

/// The scenarios, and how many nodes each has here.
const ALL: [(&str, usize); 8] = [
    ("books-100", 20),
    ("flood-1k", 60),
    ("fanout-1k", 100),
    ("lossy", 30),
    ("partition-heal", 20),
    ("churn", 20),
    ("censor-20pct", 100),
    ("million", 400),
];

fn scenario(name: &str, nodes: usize, seed: u64) -> Scenario {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../scenarios")
        .join(format!("{name}.toml"));
    let text = std::fs::read_to_string(path).unwrap();
    let flags = [
        Flag::new("--nodes", "network.nodes", nodes.to_string()),
        Flag::new("--seed", "seed", seed.to_string()),
    ];
    let files = |_: &str| Err(std::io::Error::other("scenarios here name no files"));
    Scenario::read(&Source { name, text: &text, flags: &flags, files: &files }).unwrap()
}

fn outcome(name: &str, nodes: usize, seed: u64) -> Outcome {
    run(&scenario(name, nodes, seed), Options::default()).unwrap()
}

/// Twice, and once with every message written and read back: the same run.
fn is_decided_by_its_seed(name: &str, nodes: usize) {
    let first = outcome(name, nodes, 1);
    let scenario = scenario(name, nodes, 1);
    let encoded = run(&scenario, Options { encode: true, ..Options::default() }).unwrap();
    assert_eq!(first.hash, outcome(name, nodes, 1).hash, "{name}: again");
    assert_eq!(first.hash, encoded.hash, "{name}: written and read back");
    assert_ne!(first.hash, outcome(name, nodes, 2).hash, "{name}: another seed");
    assert_eq!(first.broadcasts, encoded.broadcasts, "{name}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for (name, nodes) in ALL {
        is_decided_by_its_seed(name, nodes);
    }
}

#[test]
fn nothing_is_violated_and_all_that_is_missing_is_explained() {
    for (name, nodes) in ALL {
        let outcome = outcome(name, nodes, 3);
        assert_eq!(outcome.violations, [], "{name}");
        assert!(outcome.due() > 0, "{name}");
        assert_eq!(outcome.missing.total, outcome.undelivered(), "{name}");
        assert_eq!(outcome.missing.by_reason.get("unexplained"), None, "{name}");
        assert!(outcome.faults.iter().all(|fault| fault.fired > 0), "{name}: {:?}", outcome.faults);
    }
}

#[test]
fn how_often_it_says_how_far_it_is_changes_nothing() {
    let scenario = scenario("churn", 20, 1);
    let mut last = Duration::ZERO;
    let mut progress = |progress: rumormill_sim::run::Progress| {
        assert!(progress.simulated >= last && progress.simulated <= progress.end);
        last = progress.simulated;
    };
    let told = Options { progress: Some(&mut progress), ..Options::default() };
    let hash = run(&scenario, told).unwrap().hash;
    assert_eq!(hash, run(&scenario, Options::default()).unwrap().hash);
    assert_eq!(last, scenario.end());
}

#[test]
fn on_a_sound_network_a_flood_reaches_everybody_and_costs_what_theory_says() {
    let outcome = outcome("flood-1k", 60, 1);
    let flood = &outcome.broadcasts[0];
    assert_eq!(flood.delivery_ratio, Some(1.0));
    // Each tells all eight neighbours but who told it: 60 · 7 + 1 receipts of 59 who need one.
    let copies = flood.copies_per_delivery.unwrap();
    assert!((copies - 7.0).abs() < 0.2, "{copies}");
    assert!(flood.hops.unwrap().max >= flood.floors.eccentricity_hops.unwrap());
}

#[test]
fn a_partition_is_healed() {
    let outcome = outcome("partition-heal", 20, 1);
    assert_eq!(outcome.broadcasts[0].delivery_ratio, Some(1.0), "{:?}", outcome.missing);
}

#[test]
fn censors_don_t_stop_a_flood_whose_honest_nodes_are_connected() {
    let outcome = outcome("censor-20pct", 100, 1);
    let ratio = outcome.broadcasts[0].delivery_ratio.unwrap();
    assert!(ratio > 0.99, "{ratio}: {:?}", outcome.missing);
}
