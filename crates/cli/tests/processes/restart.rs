//! A node that died returns under its old port.

use crate::harness::{Network, Node, SOON, until};
use std::fs;
use std::time::Duration;

const SYNC: &str = "--sync 3s";
const TWO_SYNCS: Duration = Duration::from_secs(6);

/// How often a node changes its mind that is to fall.
const QUICK: &str = "200ms";

/// Enough versions of [`QUICK`] for it to write down whom it knows, which it does every 2 s.
const MANY: u64 = 20;

const FEW: u64 = 4;

/// The others don't: what it missed of them, an exchange has to tell it when it comes back.
const NEVER: &str = "1h";

#[test]
fn a_node_returns_with_its_data_catches_up_and_is_heard() {
    let fall = Fall::of(2, [NEVER, NEVER, QUICK, NEVER], FEW);
    fall.return_within(TWO_SYNCS);
}

#[test]
fn a_node_returns_without_its_data_catches_up_and_is_heard() {
    let fall = Fall::of(2, [NEVER, NEVER, QUICK, NEVER], FEW);
    fall.lose_data();
    fall.return_within(TWO_SYNCS);
}

#[test]
fn the_first_node_returns_with_its_data_catches_up_and_is_heard() {
    // It bootstraps from nobody, but remembers whom it knew.
    let fall = Fall::of(0, [QUICK, NEVER, NEVER, NEVER], MANY);
    fall.return_within(TWO_SYNCS);
}

#[test]
fn the_first_node_returns_without_its_data_catches_up_and_is_heard() {
    // It knows nobody, and has to wait until somebody speaks to it.
    let fall = Fall::of(0, [QUICK, "1s", NEVER, NEVER], FEW);
    fall.lose_data();
    fall.return_within(SOON);
}

/// A network in which one node has fallen.
struct Fall {
    others: Vec<Node>,
    /// Which one fell.
    at: u16,
    /// How often it changes its mind.
    interval: &'static str,
    /// Its last version that the others know.
    version: u64,
    network: Network,
}

impl Fall {
    /// A chain of four with those intervals, of which that one is killed after so many versions.
    fn of(at: u16, intervals: [&'static str; 4], versions: u64) -> Fall {
        let network = Network::new();
        let started = (0..).zip(intervals).map(|(at, interval)| start(&network, at, interval));
        let mut others: Vec<Node> = started.collect();
        let port = network.port(at);
        let lived = live(&others, port, versions);
        others.remove(usize::from(at)).process().kill();
        let version = until("the others agree about its last version", SOON, || {
            let mut versions = others.iter().map(|node| node.version_of(port));
            let first = versions.next()?;
            versions.all(|version| version == first).then_some(first)
        });
        assert!(version >= lived);
        let interval = intervals[usize::from(at)];
        Fall { others, at, interval, version, network }
    }

    fn lose_data(&self) {
        fs::remove_dir_all(self.network.data_dir(self.at)).expect("it had a data directory");
    }

    /// It comes back, knows every book within that time, and is heard by everybody.
    fn return_within(self, within: Duration) {
        let back = start(&self.network, self.at, self.interval);
        let others: Vec<u16> = self.others.iter().map(|node| node.port).collect();
        until("it knows every book", within, || back.knows_all(&others).then_some(()));
        until("everybody hears newer versions of it", SOON, || {
            let hears = |node: &Node| node.version_of(back.port) > self.version + 1;
            self.others.iter().all(hears).then_some(())
        });
    }
}

/// All come to know all, and then so many new versions of that one.
fn live(nodes: &[Node], origin: u16, versions: u64) -> u64 {
    let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
    until("all know all", SOON, || nodes.iter().all(|node| node.knows_all(&ports)).then_some(()));
    let known = nodes.iter().map(|node| node.version_of(origin)).max().unwrap_or_default();
    let version = known + versions;
    until("all know later versions", SOON, || {
        nodes.iter().all(|node| node.version_of(origin) >= version).then_some(version)
    })
}

fn start(network: &Network, at: u16, interval: &str) -> Node {
    let options = format!("--interval {interval} {SYNC}");
    network.start(at, at.checked_sub(1).as_slice(), &options)
}
