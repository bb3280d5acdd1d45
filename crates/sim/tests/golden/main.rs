//! Golden traces: what happens in networks so small that one can check each line by hand.
//!
//! A line is a moment, and what happened then: `0 → 1  A` is a message that left (how many more hops it
//! may take in brackets), `x` one that came to nothing, `!` something that was done to the network; the
//! others are what a node told. Messages are called `A`, `B`, … as they appear. Everything takes 10 ms
//! from node to node unless a trace says otherwise, so a message that left at 1000 ms is heard at 1010.
//!
//! What is not shown: what was before the first publication or fault, timers, and exchanges that bring
//! no news. Who publishes on a topic tells its neighbours first, and then that it did. The traces are the same on every platform. Whoever changes one has changed what a network
//! does, and says why.

#[path = "../small/mod.rs"]
mod small;
mod trace;

use small::{FLOOD, REPAIR, logged, text};
use trace::traced;

const ONCE: &str = "[[workload]]\nkind = \"once\"\nnode = 0\nsize = 64\n";

/// Nodes whose messages may be handed on so often.
fn with_ttl(ttl: u8) -> String {
    FLOOD.replace("state", &format!("broadcast = {{ flood = {{ ttl = {ttl} }} }}, state"))
}

/// The trace of a run in which nothing may be violated.
#[track_caller]
fn trace(node: &str, network: &str, rest: &str) -> String {
    seeded(1, &text(node, network, rest))
}

/// The same of a scenario's text, from another seed.
#[track_caller]
fn seeded(seed: u64, text: &str) -> String {
    let (outcome, log) = logged(&text.replace("seed = 1\n", &format!("seed = {seed}\n")));
    assert_eq!(outcome.violations, []);
    traced(&log)
}

/// Nobody hears it twice: who is told doesn't tell it back.
#[test]
fn a_flood_over_a_line() {
    insta::assert_snapshot!(trace(FLOOD, "nodes = 4, topology = \"bootstrap-chain\"", ONCE));
}

/// Each tells both others that it doesn't know to have it, so each but the first hears it three times.
#[test]
fn a_full_mesh_and_its_duplicates() {
    insta::assert_snapshot!(trace(FLOOD, "nodes = 4, topology = \"full\"", ONCE));
}

/// One that may be handed on once is not heard by who is three hops away.
#[test]
fn a_message_that_may_not_go_on() {
    let node = with_ttl(1);
    insta::assert_snapshot!(trace(&node, "nodes = 4, topology = \"bootstrap-chain\"", ONCE));
}

/// The copy from node 0 to node 2 is lost; it has it from node 1 all the same.
#[test]
fn a_lost_datagram() {
    let network = "nodes = 3, topology = \"full\", links = \"datagram\", loss = 0.2";
    insta::assert_snapshot!(seeded(4, &text(FLOOD, network, ONCE)));
}

/// Node 2 is down when D and E are published, and is told them when it is back.
#[test]
fn a_crash_and_a_restart_with_registers() {
    let crash = "[[workload]]\nkind = \"books\"\ninterval = \"4 s\"\nfor = \"5 s\"\n\
                 [[fault]]\nat = \"2 s\"\nfor = \"3 s\"\ncrash = [2]\n";
    insta::assert_snapshot!(trace(REPAIR, "nodes = 3, topology = \"bootstrap-chain\"", crash));
}

/// A and B are published on both sides of a cut; C after it healed.
#[test]
fn a_partition_and_its_end() {
    let parted = "[[workload]]\nkind = \"once\"\nat = \"2 s\"\nnode = 0\nsize = 64\nmessages = 2\n\
                  apart = \"8 s\"\n[[workload]]\nkind = \"once\"\nat = \"2 s\"\nnode = 2\nsize = 64\n\
                  [[fault]]\nat = \"1 s\"\nfor = \"2 s\"\npartition = [2]\n";
    insta::assert_snapshot!(trace(FLOOD, "nodes = 3, topology = \"full\"", parted));
}

/// Node 1 sits on the only way to node 2 while A comes, and is honest when B does.
#[test]
fn a_censor() {
    let censor = "[[workload]]\nkind = \"once\"\nnode = 0\nsize = 64\nmessages = 2\napart = \"2 s\"\n\
                  [[fault]]\nat = \"500 ms\"\nfor = \"1 s\"\ncensor = [1]\n";
    insta::assert_snapshot!(trace(FLOOD, "nodes = 3, topology = \"bootstrap-chain\"", censor));
}

/// 209 bytes at 2000 bytes a second are 104.5 ms, and one copy leaves after the other.
#[test]
fn a_slow_uplink() {
    let network = "nodes = 4, topology = \"full\", bandwidth = { up = \"16 kbit/s\" }";
    insta::assert_snapshot!(trace(&with_ttl(0), network, ONCE));
}
