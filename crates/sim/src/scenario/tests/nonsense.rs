//! Whatever stands in a file, it is a scenario or told what is wrong with it, in one line.

use crate::scenario::Scenario;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn check(text: &str) {
    match Scenario::parse("s.toml", text) {
        Ok(scenario) => assert!(scenario.end() >= scenario.drain),
        Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error}"),
    }
}

const HEADERS: [&str; 6] = ["[network]", "[[workload]]", "[[fault]]", "[check]", "[node]", "[x]"];

const KEYS: [&str; 24] = [
    "seed",
    "name",
    "drain",
    "nodes",
    "topology",
    "latency",
    "loss",
    "links",
    "bandwidth",
    "kind",
    "for",
    "at",
    "rate",
    "size",
    "node",
    "messages",
    "apart",
    "crash",
    "restart",
    "partition",
    "heal",
    "one-way",
    "slow",
    "censor",
];

const VALUES: [&str; 24] = [
    "1",
    "-1",
    "0.5",
    "nan",
    "inf",
    "9223372036854775807",
    "\"1 s\"",
    "\"1 KiB\"",
    "\"all\"",
    "\"books\"",
    "\"once\"",
    "\"publish\"",
    "\"trace\"",
    "{}",
    "[]",
    "[1, 2]",
    "[{}]",
    "true",
    "{ random = 3 }",
    "{ share = 0.5 }",
    "{ nodes = [1] }",
    "{ groups = 2 }",
    "{ uniform = { from = \"1 s\" } }",
    "{ random-regular = { degree = 3 } }",
];

fn line() -> impl Strategy<Value = String> {
    let pair = (select(&KEYS[..]), select(&VALUES[..]));
    prop_oneof![
        select(&HEADERS[..]).prop_map(String::from),
        pair.clone().prop_map(|(key, value)| format!("{key} = {value}")),
        pair.prop_map(|(key, value)| format!("{key} = {{ {key} = {value} }}")),
        "\\PC{0,12}",
    ]
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn nothing_that_looks_like_a_scenario_does(lines in vec(line(), 0..8)) {
        check(&lines.join("\n"));
    }

    #[test]
    fn no_trace_does(text in "[0-9,#\n a]{0,40}", nodes in 0usize..5) {
        let _ = crate::scenario::parse_trace(&text, nodes);
    }
}
