use super::*;

fn outcome(text: &str) -> Outcome {
    run(&Scenario::parse("test.toml", text).unwrap(), Options::default()).unwrap()
}

/// Messages between those who are linked, and nothing that repairs.
const ROSTER: &str = "
    node.discovery = \"roster\"
    node.state = \"none\"
    network.nodes = 20
    network.links = \"datagram\"
    [[workload]]
    kind = \"once\"
    at = \"5 s\"
    messages = 3";

#[test]
fn one_cut_that_ends_leaves_the_others() {
    let cut =
        |what: &str, lasts: u32| format!("\n[[fault]]\nat = \"1 s\"\nfor = \"{lasts} s\"\n{what}");
    for what in ["partition = { groups = 2 }", "one-way = { to = { share = 0.5 } }"] {
        let both = outcome(&format!("{ROSTER}{}{}", cut(what, 1), cut(what, 15)));
        assert_eq!(both.faults.len(), 2);
        assert!(both.faults[1].fired > 0, "{what}: {:?}", both.faults);
        let later = outcome(&format!("{ROSTER}{}", cut(what, 1)));
        assert_eq!(later.broadcasts[0].delivery_ratio, Some(1.0), "{what}: it was healed");
    }
    let halves = "partition = { groups = 2 }";
    let both = outcome(&format!("{ROSTER}{}{}", cut(halves, 1), cut(halves, 15)));
    assert!(both.missing.by_reason.contains_key("partition"), "{:?}", both.missing.by_reason);
}

#[test]
fn a_sybil_beyond_the_last_port_is_refused() {
    let text = ROSTER.replace("nodes = 20", "nodes = 58_530");
    let text = format!("{text}\n[[fault]]\nat = \"1 s\"\nsybil = {{ nodes = 10, links = 2 }}");
    let scenario = Scenario::parse("test.toml", &text).unwrap();
    let refused = run(&scenario, Options { encode: true, ..Options::default() }).unwrap_err();
    let said = "messages of 58540 nodes can't be written: a name is a port, so there may be 58536";
    assert_eq!(refused.to_string(), said);
}

/// What nobody promises is no violation: each of these was one.
#[test]
fn agreement_is_not_asked_of_who_had_no_time_for_it() {
    const BOOKS: &str = "
        node.state = { registers = { sync_interval = \"5 s\" } }
        node.discovery = { peer-list = { backoff = { most = \"10 s\" } } }
        [[workload]]
        kind = \"books\"
        for = \"30 s\"
        [network]
        nodes = 40\n";
    let hurt = [
        "loss = 0.9",
        "dial_failure = 0.9",
        "bandwidth.up = \"1 kbit/s\"",
        "latency = { uniform = { from = \"0 s\", to = \"60 s\" } }",
        "[[fault]]\nat = \"8 s\"\nslow = { random = 5, by = \"2 s\" }",
    ];
    for hurt in hurt {
        assert_eq!(outcome(&format!("{BOOKS}{hurt}")).violations, [], "{hurt}");
    }
    let chain = BOOKS.replace("{ peer-list = { backoff = { most = \"10 s\" } } }", "\"roster\"");
    let chain = format!("{chain}topology = \"bootstrap-chain\"");
    assert_eq!(outcome(&chain).violations, []);
}
