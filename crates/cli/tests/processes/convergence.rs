//! Nodes come to know each other's books.

use crate::harness::{Network, Node, SOON, until, versions_at};
use std::fs;
use std::time::Duration;

#[test]
fn nodes_bootstrapped_in_a_chain_come_to_know_each_others_books() {
    let network = Network::new();
    let nodes: Vec<Node> = (0..4u16)
        .map(|at| network.start(at, at.checked_sub(1).as_slice(), "--interval 1s --sync 500ms"))
        .collect();
    let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
    until("everybody knows a book of everybody", SOON, || {
        nodes.iter().all(|node| node.knows_all(&ports)).then_some(())
    });
}

#[test]
fn the_procfile_is_a_network_of_four() {
    let network = Network::new();
    let procfile = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Procfile");
    let procfile = fs::read_to_string(procfile).expect("there is a Procfile");
    let commands: Vec<String> =
        procfile.lines().filter_map(|line| arguments(line, &network)).collect();
    assert_eq!(commands.len(), 4);
    let _processes: Vec<_> = commands.iter().map(|command| network.run(command)).collect();
    let ports: Vec<u16> = (0..4).map(|at| network.port(at)).collect();
    until("everybody knows a book of everybody", SOON, || {
        let knows_all = |port: &u16| versions_at(*port).into_keys().eq(ports.iter().copied());
        ports.iter().all(knows_all).then_some(())
    });
}

/// What stands after the program in a line of a Procfile, with ports of ours for 7000 to 7003.
fn arguments(line: &str, network: &Network) -> Option<String> {
    let (_, command) = line.split_once(": ").filter(|_| !line.starts_with('#'))?;
    let (_, arguments) = command.split_once("rumormill ")?;
    let ours = |word: &str| match word.parse::<u16>() {
        Ok(port) => network.port(port - 7000).to_string(),
        Err(_) => word.to_owned(),
    };
    Some(arguments.split(' ').map(ours).collect::<Vec<_>>().join(" "))
}

#[test]
fn a_late_node_learns_every_book_within_two_sync_intervals() {
    let network = Network::new();
    // Books hardly change: what a late node is to learn, only an exchange can tell it.
    let options = "--interval 1h --sync 3s";
    let nodes: Vec<Node> =
        (0..4u16).map(|at| network.start(at, at.checked_sub(1).as_slice(), options)).collect();
    let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
    until("the four know each other's books", SOON, || {
        nodes.iter().all(|node| node.knows_all(&ports)).then_some(())
    });
    let late = network.start(4, &[2], options);
    let two_syncs = Duration::from_secs(6);
    until("the late node knows every book", two_syncs, || late.knows_all(&ports).then_some(()));
    until("everybody knows the late node's book", SOON, || {
        nodes.iter().all(|node| node.knows_all(&[late.port])).then_some(())
    });
}
