//! Networks of nodes, each node a process.

use super::ports::Ports;
use super::{Process, SOON, get, processes_with, send, until};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Ports, files and a name for a network of its own.
pub struct Network {
    ports: Ports,
    dir: TempDir,
}

impl Network {
    pub fn new() -> Network {
        let dir = tempfile::Builder::new().prefix("rumormill-test-").tempdir();
        Network { ports: Ports::claim(), dir: dir.expect("a temporary directory") }
    }

    /// Where everything that its processes write is.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The port of the node with that number.
    pub fn port(&self, at: u16) -> u16 {
        self.ports.at(at)
    }

    /// The data directory of the node with that number.
    pub fn data_dir(&self, at: u16) -> PathBuf {
        self.dir().join(format!("data-{at}"))
    }

    /// Runs `rumormill` with those arguments, parted by spaces.
    pub fn run(&self, args: &str) -> Process {
        let args: Vec<String> = args.split_whitespace().map(String::from).collect();
        Process::spawn(self.dir(), &args)
    }

    /// Starts a node that bootstraps from others, and waits until it listens.
    #[track_caller]
    pub fn start(&self, at: u16, bootstrap: &[u16], options: &str) -> Node {
        let node = self.spawn(at, bootstrap, options);
        node.wait_until_it_answers()
    }

    /// Starts a node, and waits for nothing.
    pub fn spawn(&self, at: u16, bootstrap: &[u16], options: &str) -> Node {
        let dir = self.data_dir(at);
        let (port, args) = (self.port(at), self.node_args(at, bootstrap, &dir, options));
        Node { port, process: self.run(&args) }
    }

    /// The arguments of a node of this network whose data is there.
    pub fn node_args(&self, at: u16, bootstrap: &[u16], dir: &Path, options: &str) -> String {
        let port = self.port(at);
        let from: String =
            bootstrap.iter().map(|from| format!(" -b {}", self.port(*from))).collect();
        // A name of its own: should ports pass from one test to the next, their nodes don't mix.
        let network = format!("test-{}-{}", std::process::id(), self.port(0));
        format!("node -p {port}{from} --data-dir {} --network {network} {options}", dir.display())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Only where `up` failed its test is anything left that a guard didn't end.
        for orphan in processes_with(&self.dir().display().to_string()) {
            send("KILL", orphan);
        }
    }
}

/// A node.
pub struct Node {
    pub port: u16,
    process: Process,
}

impl Node {
    /// One that was started otherwise.
    pub fn of(port: u16, process: Process) -> Node {
        Node { port, process }
    }

    #[track_caller]
    pub fn wait_until_it_answers(mut self) -> Node {
        until("the node answers", SOON, || {
            let ended = self.process.ended();
            assert!(ended.is_none(), "{} ended: {}", self.port, self.process.stderr());
            let about = self.about()?;
            (about["pid"] == self.process.id()).then_some(())
        });
        self
    }

    /// What it says of itself.
    pub fn about(&self) -> Option<Value> {
        get(self.port, "/api/v1/node")
    }

    /// Its number of peers that stand so: `neighbours`, `reserve` or `down`.
    pub fn peers(&self, standing: &str) -> Option<u64> {
        self.about()?["peers"][standing].as_u64()
    }

    /// What it says of a peer.
    pub fn peer(&self, port: u16) -> Option<Value> {
        let peers = get(self.port, "/api/v1/peers")?;
        peers.as_array()?.iter().find(|peer| peer["name"] == port).cloned()
    }

    /// The version that it knows of each origin that has a book.
    pub fn versions(&self) -> BTreeMap<u16, u64> {
        versions_at(self.port)
    }

    /// The version that it knows of an origin; 0 for none.
    pub fn version_of(&self, origin: u16) -> u64 {
        self.versions().get(&origin).copied().unwrap_or_default()
    }

    /// Whether it knows a book of all of them.
    pub fn knows_all(&self, origins: &[u16]) -> bool {
        let versions = self.versions();
        origins.iter().all(|origin| versions.contains_key(origin))
    }

    /// The process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// The version that the node there knows of each origin that has a book.
pub fn versions_at(port: u16) -> BTreeMap<u16, u64> {
    let state = get(port, "/state").unwrap_or_default();
    let version = |(origin, about): (&String, &Value)| {
        about["book"].as_str()?;
        Some((origin.parse().ok()?, about["version"].as_u64()?))
    };
    state.as_object().into_iter().flatten().filter_map(version).collect()
}
