//! `up` and its report.

use crate::harness::{Network, SOON, until, versions_at};
use serde_json::Value;

/// Runs `up` until its nodes agree; its report, which must be all that stdout has.
fn report_of(network: &Network, options: &str) -> Value {
    let port = network.port(0);
    let mut up = network.run(&format!("up --base-port {port} --json {options}"));
    until("they agree", 2 * SOON, || {
        assert!(up.ended().is_none(), "{}", up.stderr());
        // A single one agrees with itself before it likes a book.
        let likes = versions_at(port).contains_key(&port);
        (likes && up.stderr().contains("converged: ")).then_some(())
    });
    up.signal("INT");
    let code = up.exit_code(SOON);
    let stdout = up.stdout();
    assert_eq!(code, Some(0), "{stdout}{}", up.stderr());
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    assert!(stdout.ends_with('\n'));
    serde_json::from_str(&stdout).expect("the report is JSON")
}

fn keys(document: &Value) -> Vec<&str> {
    document.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn eight_nodes_converge_and_the_report_says_so() {
    let network = Network::new();
    let report = report_of(&network, "-n 8 --interval 1s");
    let expected = ["converged", "copies_per_delivery", "messages", "nodes", "time_to_converge_ms"];
    assert_eq!(keys(&report), expected);
    assert_eq!(report["converged"], true);
    assert!(report["time_to_converge_ms"].as_u64().is_some(), "{report}");
    assert!(report["messages"].as_u64() > Some(8), "{report}");
    assert!(report["copies_per_delivery"].as_f64() >= Some(1.0), "{report}");
    let nodes = report["nodes"].as_array().expect("nodes");
    assert_eq!(nodes.len(), 8);
    for (at, node) in (0..).zip(nodes) {
        is_a_live_node(node, network.port(at), 7);
    }
}

fn is_a_live_node(node: &Value, port: u16, knows: u64) {
    let expected = ["alive", "book", "duplicates", "knows", "port", "received", "sent", "version"];
    assert_eq!(keys(node), expected);
    assert_eq!((&node["port"], &node["alive"]), (&port.into(), &true.into()), "{node}");
    assert_eq!(node["knows"], knows, "{node}");
    assert!(node["book"].as_str().is_some_and(|book| book.contains(" by ")), "{node}");
    assert!(node["version"].as_u64() >= Some(1), "{node}");
    assert_eq!(node["sent"].as_u64() >= Some(1), knows > 0, "{node}");
    assert!(node["received"].as_u64() >= node["duplicates"].as_u64(), "{node}");
}

#[test]
fn a_single_node_agrees_with_itself() {
    let network = Network::new();
    let report = report_of(&network, "-n 1");
    assert_eq!(report["converged"], true);
    assert_eq!((&report["messages"], &report["copies_per_delivery"]), (&0.into(), &Value::Null));
    is_a_live_node(&report["nodes"][0], network.port(0), 0);
}
