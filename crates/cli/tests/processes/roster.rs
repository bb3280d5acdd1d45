//! Nodes that each have a fixed list of others.

use crate::harness::{Network, Node, SOON, get, until};
use serde_json::json;

const OPTIONS: &str = "--discovery roster --interval 500ms --sync 1s";

/// Node `at` of three, with both others on its list.
fn start(network: &Network, at: u16) -> Node {
    let others: Vec<u16> = (0..3).filter(|other| *other != at).collect();
    network.start(at, &others, OPTIONS)
}

fn all_use_all(nodes: &[Node]) -> Option<()> {
    nodes.iter().all(|node| node.peers("neighbours") == Some(2)).then_some(())
}

#[test]
fn three_rosters_meet_and_one_that_was_away_is_linked_again() {
    let network = Network::new();
    let mut nodes: Vec<Node> = (0..3).map(|at| start(&network, at)).collect();
    let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
    until("all use all", SOON, || all_use_all(&nodes));
    until("all know all", SOON, || nodes.iter().all(|node| node.knows_all(&ports)).then_some(()));
    nodes[1].process().kill();
    until("the others notice", SOON, || {
        let down = |at: usize| nodes[at].peer(ports[1]).is_some_and(|it| it["standing"] == "down");
        (down(0) && down(2)).then_some(())
    });
    let heard = nodes[0].version_of(ports[1]);
    nodes[1] = start(&network, 1);
    until("all use all again", SOON, || all_use_all(&nodes));
    until("it is heard by all", SOON, || {
        nodes.iter().all(|node| node.version_of(ports[1]) > heard + 1).then_some(())
    });
    let peer = nodes[0].peer(ports[1]).expect("it is on the list");
    assert_eq!((&peer["seed"], &peer["failures"]), (&json!(true), &json!(0)), "{peer}");
}

#[test]
fn who_lists_a_node_exchanges_books_with_it_both_ways() {
    let network = Network::new();
    let nodes = [network.start(0, &[], OPTIONS), network.start(1, &[0], OPTIONS)];
    until("both know both", SOON, || {
        nodes.iter().all(|node| node.knows_all(&[nodes[0].port, nodes[1].port])).then_some(())
    });
    assert_eq!(nodes[0].peers("neighbours"), Some(0), "nobody is on its list");
}

#[test]
fn who_asks_a_roster_meets_whom_it_lists() {
    let network = Network::new();
    let listed = network.start(0, &[], "--discovery roster --interval 1h");
    let roster = network.start(1, &[0], OPTIONS);
    until("it lists who is up", SOON, || {
        let answer = get(roster.port, "/peers/")?;
        let own = format!("127.0.0.1:{}", roster.port);
        let peers = [format!("127.0.0.1:{}", listed.port)];
        (answer == json!({"self": own, "peers": peers})).then_some(())
    });
    let asker = network.start(2, &[1], "--interval 500ms");
    until("it has met both", SOON, || (asker.peers("neighbours") == Some(2)).then_some(()));
    assert_eq!(roster.peer(asker.port), None, "who is not on the list is not sought");
}
