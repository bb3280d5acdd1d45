//! A node that is killed at any instant loses nothing that it acknowledged.

use crate::harness::{Network, Node, SOON, get, order, until};
use rumormill_core::{Rng, RngKey};
use rumormill_net::store::{Disk, FILE_NAME};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

const ROUNDS: usize = 25;
const WRITERS: u64 = 4;
const KEYS_OF_A_WRITER: u64 = 3;
const OPTIONS: &str = "--interval off";

/// What a key was told to say.
#[derive(Clone, Copy, Debug)]
struct Said {
    /// Nothing: it was removed.
    value: Option<u64>,
    /// Once it is acknowledged.
    version: Option<u64>,
}

/// What each key was told, in order, from the last that is known to hold.
type Ledger = BTreeMap<String, Vec<Said>>;

#[test]
fn a_node_that_is_killed_again_and_again_keeps_what_it_acknowledged() {
    let mut killing = Killing::begin(seed());
    let kept = killing.know_a_neighbour();
    for round in 0..ROUNDS {
        if killing.rng.chance(0.2) {
            killing.kill_while_it_starts();
        }
        let node = killing.network.start(0, &[], OPTIONS);
        killing.check(&node, round);
        killing.knows(&node, &kept);
        killing.kill_while_it_writes(node);
    }
    assert!(killing.acknowledged > 4 * ROUNDS, "{} acknowledged", killing.acknowledged);
}

/// Another one each time, unless `RUMORMILL_TEST_SEED` says which.
fn seed() -> u64 {
    let said = std::env::var("RUMORMILL_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    said.unwrap_or_else(|| u64::from(now().subsec_nanos()))
}

struct Killing {
    seed: u64,
    rng: Rng,
    ledger: Ledger,
    /// The highest version that was acknowledged.
    version: u64,
    acknowledged: usize,
    /// The last value that was asked for.
    value: u64,
    network: Network,
}

impl Killing {
    fn begin(seed: u64) -> Killing {
        let rng = Rng::new(RngKey::of_node(seed, 0), 0);
        let (ledger, network) = (Ledger::new(), Network::new());
        Killing { seed, rng, ledger, version: 0, acknowledged: 0, value: 0, network }
    }

    /// It meets a node, stores that, and both die; gives that node's address.
    fn know_a_neighbour(&self) -> String {
        let mut neighbour = self.network.start(1, &[], OPTIONS);
        let mut node = self.network.start(0, &[1], OPTIONS);
        let address = format!("127.0.0.1:{}", neighbour.port);
        let dir = self.network.data_dir(0);
        until("it stored its neighbour", SOON, || {
            contains(&dir, self.network.dir(), address.as_bytes()).then_some(())
        });
        neighbour.process().kill();
        node.process().kill();
        address
    }

    fn knows(&self, node: &Node, address: &str) {
        let peers = get(node.port, "/api/v1/peers").expect("it answers");
        let peers = peers.as_array().expect("a list");
        assert!(peers.iter().any(|peer| peer["address"] == address), "it forgot {address}");
    }

    fn kill_while_it_starts(&mut self) {
        let mut node = self.network.spawn(0, &[], OPTIONS);
        // Nobody says anything: it is only the instant that is waited for.
        let (_silent, said) = channel::<()>();
        let _ = said.recv_timeout(Duration::from_micros(self.rng.below(150_000)));
        node.process().kill();
    }

    /// All writers write at once until it dies.
    fn kill_while_it_writes(&mut self, mut node: Node) {
        let token = fs::read_to_string(self.network.data_dir(0).join("token")).expect("a token");
        let (writing, ended) = channel::<()>();
        let writers: Vec<JoinHandle<Writer>> = (0..WRITERS)
            .map(|name| {
                let writer = Writer {
                    name,
                    port: node.port,
                    token: token.clone(),
                    rng: Rng::new(RngKey::of_node(self.rng.next_u64(), name), 0),
                    value: self.value,
                    ledger: self.ledger_of(name),
                };
                let writing = writing.clone();
                std::thread::spawn(move || writer.write(writing))
            })
            .collect();
        drop(writing);
        // At any instant; or nobody writes any more.
        let _ = ended.recv_timeout(Duration::from_micros(self.rng.below(250_000)));
        node.process().kill();
        for writer in writers {
            self.note(writer.join().expect("every answer is a good one"));
        }
        self.value += 1_000_000;
    }

    fn ledger_of(&mut self, writer: u64) -> Ledger {
        let keys = (0..KEYS_OF_A_WRITER).map(|key| format!("k{writer}-{key}"));
        keys.map(|key| (key.clone(), self.ledger.remove(&key).unwrap_or_default())).collect()
    }

    fn note(&mut self, writer: Writer) {
        for said in writer.ledger.values().flatten().filter(|said| said.value > Some(self.value)) {
            let Some(version) = said.version else { continue };
            assert!(version > self.version, "seed {}: version {version} again", self.seed);
            self.acknowledged += 1;
        }
        self.ledger.extend(writer.ledger);
    }

    /// Each key says the last that was acknowledged, or something that was asked for later.
    fn check(&mut self, node: &Node, round: usize) {
        let found = registers(node);
        let context = format!("seed {}, round {round}", self.seed);
        for (key, said) in &mut self.ledger {
            let has = found.get(key).copied();
            let held = said.iter().rposition(|said| said.version.is_some());
            let mut may = said.iter().enumerate().skip(held.unwrap_or_default());
            let holds = may.find(|(_, said)| said.value == has.map(|(value, _)| value));
            let nothing_yet = held.is_none() && has.is_none();
            assert!(holds.is_some() || nothing_yet, "{context}: {key} says {has:?} after {said:?}");
            let acked = held.and_then(|held| said[held].version);
            match (holds, has) {
                (Some((_, Said { version: Some(acked), .. })), Some((_, version))) => {
                    assert_eq!(*acked, version, "{context}: {key}");
                }
                (_, Some((_, version))) => assert!(Some(version) > acked, "{context}: {key}"),
                _ => {}
            }
            self.version = self.version.max(acked.unwrap_or_default());
            let value = has.map(|(value, _)| value);
            *said = vec![Said { value, version: has.map(|(_, version)| version).max(acked) }];
        }
        let unknown = found.keys().find(|key| !self.ledger.contains_key(*key));
        assert_eq!(unknown, None, "{context}: nobody asked for it");
    }
}

/// What sets and removes some keys that are its own, one after the other.
struct Writer {
    name: u64,
    port: u16,
    token: String,
    rng: Rng,
    value: u64,
    ledger: Ledger,
}

impl Writer {
    fn write(mut self, _writing: Sender<()>) -> Writer {
        loop {
            let key = format!("k{}-{}", self.name, self.rng.below(KEYS_OF_A_WRITER));
            let there = self.ledger[&key].last().is_some_and(|said| said.value.is_some());
            let removes = there && self.rng.chance(0.2);
            self.value += WRITERS;
            let value = (!removes).then_some(self.value + self.name);
            let asked = self.ledger.get_mut(&key).expect("it is ours");
            asked.push(Said { value, version: None });
            let method = if removes { "DELETE" } else { "PUT" };
            let what = format!("{method} /api/v1/state/{key}");
            let body = json!({ "value": value });
            // Nothing: it is dead.
            let Ok((status, answer)) = order(self.port, &what, &self.token, &body) else {
                return self;
            };
            assert_eq!(status, 200, "{answer}");
            let said = asked.last_mut().expect("it was asked");
            said.version = answer["version"].as_u64();
        }
    }
}

/// What the node's own keys say, and under which version.
fn registers(node: &Node) -> BTreeMap<String, (u64, u64)> {
    let state = get(node.port, "/api/v1/state").expect("it answers");
    let registers = state["registers"].as_array().expect("a list").iter();
    let read = |register: &Value| {
        assert_eq!(register["origin"], node.port);
        let said = (register["value"].as_u64()?, register["version"].as_u64()?);
        Some((register["key"].as_str()?.to_owned(), said))
    };
    registers.map(|register| read(register).expect("numbers")).collect()
}

/// Whether a cell of the store in `dir`, which is in use, contains that text.
fn contains(dir: &Path, scratch: &Path, text: &[u8]) -> bool {
    let copy = tempfile::tempdir_in(scratch).expect("a directory");
    let copied = fs::copy(dir.join(FILE_NAME), copy.path().join(FILE_NAME));
    copied.expect("it can be copied");
    // What was copied while it was written may be damaged.
    let Ok((_, cells)) = Disk::open(copy.path(), &[]) else { return false };
    cells.iter().any(|(_, bytes)| bytes.windows(text.len()).any(|part| part == text))
}
