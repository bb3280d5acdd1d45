//! Members that somebody wrote by hand, in whatever language.

use crate::harness::{Member, Network, Node, SOON, message, post, until};
use serde_json::json;

fn three_nodes(network: &Network, options: &str) -> Vec<Node> {
    (0..3u16).map(|at| network.start(at, at.checked_sub(1).as_slice(), options)).collect()
}

#[test]
fn a_member_by_hand_is_heard_by_all_and_hears_all() {
    let network = Network::new();
    let nodes = three_nodes(&network, "--interval 500ms --sync 500ms");
    let member = Member::start(&network, 3);
    let answer = member.tell(nodes[0].port, 1, "Lucky Jim by Kingsley Amis");
    assert_eq!(answer["accepted"], 1, "{answer}");
    until("its book reaches everybody", SOON, || {
        nodes.iter().all(|node| node.version_of(member.port) == 1).then_some(())
    });
    until("it is posted messages of everybody", SOON, || {
        let got = member.messages();
        let from = |node: &Node| got.iter().any(|message| message["origin"] == node.port);
        nodes.iter().all(from).then_some(())
    });
    let own = member.messages().into_iter().find(|message| message["origin"] == member.port);
    assert_eq!(own, None, "nobody needs to be told what it said itself");
}

#[test]
fn a_member_that_refuses_envelopes_gets_single_messages() {
    let network = Network::new();
    let member = Member::start_simple(&network, 3);
    let node = network.start(0, &[3], "--interval 300ms --sync 300ms");
    until("the member is a neighbour", SOON, || {
        (node.peers("neighbours") == Some(1)).then_some(())
    });
    // Several at once: they leave together.
    let strangers: Vec<u16> = (4..10).map(|at| network.port(at)).collect();
    let messages: Vec<_> = strangers.iter().map(|port| message(*port, 1, 8, "Emma")).collect();
    post(node.port, "/gossip/", &json!({ "messages": messages }));
    until("it gets each by itself", SOON, || {
        strangers.iter().all(|port| member.count_of(*port, 1) == 1).then_some(())
    });
    // Its refusals, of digests too, are no reason to part.
    let (refused, heard) = (member.envelopes(), node.version_of(node.port));
    until("it refuses more, and gets more", SOON, || {
        let more = member.envelopes() > refused + 2 && member.count_of(node.port, heard + 5) == 1;
        more.then_some(())
    });
    let peer = node.peer(member.port).expect("it is known");
    assert_eq!((&peer["standing"], &peer["failures"]), (&json!("neighbour"), &json!(0)), "{peer}");
}
