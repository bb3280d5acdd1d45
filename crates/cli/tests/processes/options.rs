//! What the options of `node` promise.

use crate::harness::{Member, Network, Node, SOON, message, post, until};

#[test]
fn fanout_2_sends_each_book_to_exactly_two_neighbours() {
    let network = Network::new();
    let members: Vec<Member> = (1..5).map(|at| Member::start(&network, at)).collect();
    let options = "--fanout 2 --interval 150ms --sync off";
    let node = network.start(0, &[1, 2, 3, 4], options);
    until("all four are neighbours", SOON, || (node.peers("neighbours") == Some(4)).then_some(()));
    let first = node.version_of(node.port) + 2;
    let copies = |version| -> usize {
        members.iter().map(|member| member.count_of(node.port, version)).sum()
    };
    let all: Vec<u64> = (first..first + 6).collect();
    until("two copies of each", SOON, || {
        all.iter().all(|version| copies(*version) >= 2).then_some(())
    });
    // Time for a third copy to show up: as long as later books take.
    until("later books arrive", SOON, || (copies(first + 9) >= 2).then_some(()));
    for version in all {
        assert_eq!(copies(version), 2, "version {version}");
    }
}

#[test]
fn ttl_0_reaches_the_neighbours_and_is_not_passed_on() {
    let network = Network::new();
    let options = "--ttl 0 --interval 200ms --sync off";
    let near = network.start(0, &[], options);
    let far = network.start(1, &[0], options);
    until("they hear each other", SOON, || {
        (near.version_of(far.port) > 0 && far.version_of(near.port) > 0).then_some(())
    });
    // Nobody is there to ask: far could have it from near alone. The node's own bound counts.
    let stranger = network.port(2);
    post(near.port, "/gossip/", &message(stranger, 1, 8, "Emma"));
    let told = near.version_of(near.port);
    assert_eq!(near.version_of(stranger), 1);
    // What near sends leaves in order.
    until("far hears what near sent later", SOON, || {
        (far.version_of(near.port) > told + 1).then_some(())
    });
    assert_eq!(far.version_of(stranger), 0);
}

#[test]
fn sync_off_exchanges_nothing() {
    let network = Network::new();
    let options = "--interval 1h --sync off";
    let first = network.start(0, &[], options);
    let late = network.start(1, &[0], options);
    until("they are neighbours", SOON, || {
        let up = |node: &Node| node.peers("neighbours") == Some(1);
        (up(&first) && up(&late)).then_some(())
    });
    let stranger = network.port(2);
    post(first.port, "/gossip/", &message(stranger, 1, 8, "Emma"));
    until("what is new is flooded", SOON, || (late.version_of(stranger) == 1).then_some(()));
    // With exchanges the first thing that neighbours do is to tell each other what they know.
    assert_eq!(late.version_of(first.port), 0);
    for node in [first, late] {
        let about = node.about().expect("it answers");
        assert_eq!((&about["synced"], &about["repaired"]), (&0.into(), &0.into()), "{about}");
    }
}

#[test]
fn max_peers_2_bounds_the_neighbours_and_still_reaches_everybody() {
    let network = Network::new();
    let options = "--max-peers 2 --interval 1s --sync 500ms";
    let nodes: Vec<Node> =
        (0..6u16).map(|at| network.start(at, at.checked_sub(1).as_slice(), options)).collect();
    let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
    let is_bounded = |node: &Node| {
        let neighbours = node.peers("neighbours").unwrap_or_default();
        assert!(neighbours <= 2, "{} has {neighbours} neighbours", node.port);
        neighbours == 2 && node.peers("reserve") > Some(0)
    };
    until("everybody has two neighbours and others in reserve", SOON, || {
        nodes.iter().all(is_bounded).then_some(())
    });
    until("everybody knows a book of everybody", SOON, || {
        nodes.iter().for_each(|node| _ = is_bounded(node));
        nodes.iter().all(|node| node.knows_all(&ports)).then_some(())
    });
}
