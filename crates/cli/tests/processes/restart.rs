//! A node that died returns under its old port.

use crate::harness::{Network, Node, SOON, until};
use std::fs;
use std::time::Duration;

const SYNC: &str = "--sync 3s";
const TWO_SYNCS: Duration = Duration::from_secs(6);

#[test]
fn a_node_returns_with_its_data_catches_up_and_is_heard() {
    let mut fall = Fall::of(2);
    fall.return_within(TWO_SYNCS);
}

#[test]
fn a_node_returns_without_its_data_catches_up_and_is_heard() {
    let mut fall = Fall::of(2);
    fall.lose_data();
    fall.return_within(TWO_SYNCS);
}

// The first node bootstraps from nobody: it has to wait until those who know it speak to it.

#[test]
fn the_first_node_returns_with_its_data_catches_up_and_is_heard() {
    let mut fall = Fall::of(0);
    fall.return_within(SOON);
}

#[test]
fn the_first_node_returns_without_its_data_catches_up_and_is_heard() {
    let mut fall = Fall::of(0);
    fall.lose_data();
    fall.return_within(SOON);
}

/// A network in which one node has fallen.
struct Fall {
    others: Vec<Node>,
    /// The number of the one that fell.
    fallen: u16,
    /// Its last version that the others know.
    version: u64,
    network: Network,
}

impl Fall {
    /// A chain of four, of which that one is killed when all know all.
    fn of(fallen: u16) -> Fall {
        let network = Network::new();
        let mut nodes: Vec<Node> = (0..4).map(|at| start(&network, at, fallen)).collect();
        let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
        let port = network.port(fallen);
        until("all know all, and versions of the one that is to fall", SOON, || {
            let knows = |node: &Node| node.knows_all(&ports) && node.version_of(port) >= 5;
            nodes.iter().all(knows).then_some(())
        });
        nodes.remove(usize::from(fallen)).process().kill();
        let version = until("the others agree about its last version", SOON, || {
            let mut versions = nodes.iter().map(|node| node.version_of(port));
            let first = versions.next()?;
            versions.all(|version| version == first).then_some(first)
        });
        Fall { others: nodes, fallen, version, network }
    }

    fn lose_data(&mut self) {
        fs::remove_dir_all(self.network.data_dir(self.fallen)).expect("it had a data directory");
    }

    /// It comes back, knows every book within that time, and is heard by everybody.
    fn return_within(&mut self, within: Duration) {
        let back = start(&self.network, self.fallen, self.fallen);
        let others: Vec<u16> = self.others.iter().map(|node| node.port).collect();
        until("it knows every book", within, || back.knows_all(&others).then_some(()));
        until("everybody hears newer versions of it", SOON, || {
            let hears = |node: &Node| node.version_of(back.port) > self.version + 1;
            self.others.iter().all(hears).then_some(())
        });
    }
}

/// One of the chain. Others than the one that falls hardly change their minds: what it missed when
/// it comes back, an exchange has to tell it. But somebody has to speak to the first.
fn start(network: &Network, at: u16, falling: u16) -> Node {
    let interval = match (at, falling) {
        (at, falling) if at == falling => "200ms",
        (1, 0) => "1s",
        _ => "1h",
    };
    let options = format!("--interval {interval} {SYNC}");
    network.start(at, at.checked_sub(1).as_slice(), &options)
}
