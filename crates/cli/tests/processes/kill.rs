//! A node dies suddenly; the others go on.

use crate::harness::{Network, Node, SOON, until};
use std::collections::BTreeMap;

#[test]
fn a_dead_node_holds_nobody_up_and_is_shown_as_down() {
    let network = Network::new();
    let options = "--interval 300ms --sync 500ms";
    let mut nodes: Vec<Node> =
        (0..4u16).map(|at| network.start(at, at.checked_sub(1).as_slice(), options)).collect();
    until("everybody is everybody's neighbour", SOON, || {
        nodes.iter().all(|node| node.peers("neighbours") == Some(3)).then_some(())
    });
    // The second: the third had nobody else to start from.
    let mut dead = nodes.remove(1);
    dead.process().kill();
    new_versions_keep_arriving_among(&nodes);
    for node in &nodes {
        is_shown_as_down_by(node, dead.port);
    }
    new_versions_keep_arriving_among(&nodes);
}

/// Every node hears of two newer versions of each other.
fn new_versions_keep_arriving_among(nodes: &[Node]) {
    let before: Vec<BTreeMap<u16, u64>> = nodes.iter().map(Node::versions).collect();
    until("everybody hears newer versions of everybody", SOON, || {
        let heard = |(node, before): (&Node, &BTreeMap<u16, u64>)| {
            let now = node.versions();
            nodes.iter().all(|origin| {
                now.get(&origin.port) >= before.get(&origin.port).map(|v| v + 2).as_ref()
            })
        };
        nodes.iter().zip(&before).all(heard).then_some(())
    });
}

/// It says that the peer failed, again and again, and when it is tried next.
fn is_shown_as_down_by(node: &Node, dead: u16) {
    let mut failures_before = None;
    until("the dead node is down, and fails more and more", SOON, || {
        let peer = node.peer(dead)?;
        if peer["standing"] != "down" {
            return None;
        }
        let retry_ms = peer["retry_ms"].as_u64().expect("it says when it is tried again");
        assert!(retry_ms <= 60_000, "{peer}");
        assert!(peer["why"].is_string(), "{peer}");
        let failures = peer["failures"].as_u64().expect("failures are counted");
        let before = *failures_before.get_or_insert(failures);
        (before >= 1 && failures > before).then_some(())
    });
}
