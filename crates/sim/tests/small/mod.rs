//! Small scenarios, run by their text.

use rumormill_sim::outcome::{FaultOutcome, Outcome};
use rumormill_sim::run::{Options, run};
use rumormill_sim::scenario::{Scenario, Source};
use std::io;

/// Nodes that know each other and flood, and nothing repairs what was lost.
#[allow(dead_code, reason = "not all who use this are sound")]
pub const FLOOD: &str =
    "{ discovery = { roster = { backoff = { most = \"1 s\" } } }, state = \"none\" }";

/// Nodes that know each other, flood, and tell each other every two seconds what they missed.
#[allow(dead_code, reason = "not all who use this repair")]
pub const REPAIR: &str = "{ discovery = { roster = { backoff = { most = \"1 s\" } } }, \
                          state = { registers = { sync_interval = \"2 s\" } } }";

/// A scenario of such nodes, a `[network]` and what stands below. All takes 10 ms, unless it is said.
pub fn text(node: &str, network: &str, rest: &str) -> String {
    let latency = if network.contains("latency") { "" } else { ", latency = \"10 ms\"" };
    format!("seed = 1\ndrain = \"4 s\"\nnode = {node}\nnetwork = {{ {network}{latency} }}\n{rest}")
}

/// It names these files, if any.
#[track_caller]
pub fn scenario(text: &str) -> Scenario {
    let files = |name: &str| match name {
        "line.txt" => Ok("# a line\n0 1\n1,2\n2 3 # its end\n".into()),
        "two.csv" => Ok("# time_ms,node,size,topic\n2000,3,64\n1000,0,100,7\n".into()),
        _ => Err(io::Error::other("there is no such file")),
    };
    let source = Source { name: "small.toml", text, flags: &[], files: &files };
    Scenario::read(&source).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// What comes of it, and its log.
#[track_caller]
#[allow(dead_code, reason = "not all who use this read logs")]
pub fn logged(text: &str) -> (Outcome, String) {
    let mut log = Vec::new();
    let replay = "rumormill sim run small.toml".to_string();
    let options = Options { log: Some(&mut log), replay, ..Options::default() };
    let outcome = run(&scenario(text), options).unwrap();
    (outcome, String::from_utf8(log).unwrap())
}

/// What comes of it; nothing may be violated.
#[track_caller]
#[allow(dead_code, reason = "not all who use this are sound")]
pub fn sound(text: &str) -> Outcome {
    let outcome = run(&scenario(text), Options::default()).unwrap();
    assert_eq!(outcome.violations, [], "{text}");
    assert_eq!(outcome.missing.by_reason.get("unexplained"), None, "{text}");
    outcome
}

/// The fault of that place.
#[track_caller]
#[allow(dead_code, reason = "not in all who use this something goes wrong")]
pub fn fault(outcome: &Outcome, place: usize) -> &FaultOutcome {
    &outcome.faults[place]
}
