//! A broken promise ends a run, and its outcome says how to see it again.

mod small;

use rumormill_sim::log::Reader;
use small::{logged, scenario, text};

/// Nodes that remember one message, and have several on their way: they deliver again what they forgot.
const FORGETFUL: &str = "{ discovery = \"roster\", state = \"none\", \
                         broadcast = { flood = { ttl = 2, seen_entries = 1 } } }";

const NETWORK: &str = "nodes = 10, topology = \"full\", latency = { uniform = { from = \"10 ms\", to = \"900 ms\" } }";

const THREE: &str = "[[workload]]\nkind = \"once\"\nmessages = 3\napart = \"10 ms\"\n";

/// When the last line of a log was, in nanoseconds.
fn last_line(log: &str) -> u64 {
    let mut reader = Reader::new(log.as_bytes()).unwrap();
    let mut last = 0;
    while let Some(entry) = reader.next().unwrap() {
        last = entry.line.t;
    }
    last
}

#[test]
fn a_violation_ends_the_run_and_names_itself() {
    let text = text(FORGETFUL, NETWORK, THREE);
    let (outcome, log) = logged(&text);
    let [violation] = &outcome.violations[..] else { panic!("{:?}", outcome.violations) };
    assert_eq!((violation.checker.as_str(), outcome.seed), ("once", 1));
    assert!(violation.node.is_some() && violation.detail.contains(" again, told by node "));
    assert_eq!(violation.replay, "rumormill sim run small.toml");
    assert!(outcome.simulated_seconds < scenario(&text).end().as_secs_f64() / 2.0);
    assert_eq!((outcome.simulated_seconds * 1e9).round() as u64, violation.at_ns);
    assert_eq!(last_line(&log), violation.at_ns);
    assert_eq!(logged(&text).0.violations, outcome.violations, "and again");
}

#[test]
fn what_is_not_checked_is_not_found_and_the_run_goes_on() {
    let text = text(FORGETFUL, NETWORK, &format!("{THREE}[check]\nonce = false\n"));
    let (outcome, _) = logged(&text);
    assert_eq!(outcome.violations, []);
    assert_eq!(outcome.simulated_seconds, scenario(&text).end().as_secs_f64());
}
