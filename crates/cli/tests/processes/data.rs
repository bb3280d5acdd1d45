//! Data directories that can't be used, or only in part.

use crate::harness::{Network, SOON, get, order, until};
use rumormill_core::{Bytes, Cell};
use rumormill_net::store::{Acks, Disk, FILE_NAME, Store};
use serde_json::json;
use std::fs;
use std::path::Path;

/// A network with a node's data, whose register `mood` was set; the node is gone.
fn left_behind() -> Network {
    let network = Network::new();
    let mut node = network.start(0, &[], "--interval off");
    let token = fs::read_to_string(network.data_dir(0).join("token")).expect("a token");
    let set = order(node.port, "PUT /api/v1/state/mood", &token, &json!({"value": "good"}));
    assert_eq!(set.expect("it answers").0, 200);
    node.process().kill();
    network
}

/// It ends with 1 and one sentence, in which all of `words` stand.
#[track_caller]
fn fails(network: &Network, args: &str, words: &[&str]) {
    let mut process = network.run(args);
    let (code, said) = (process.exit_code(SOON), process.stderr());
    assert_eq!((code, said.lines().count()), (Some(1), 1), "{args}: {said}");
    for word in words {
        assert!(said.contains(word), "{args}: `{word}` should stand in: {said}");
    }
}

#[test]
fn the_data_of_another_node_or_network_is_left_alone() {
    let network = left_behind();
    let dir = network.data_dir(0);
    let before = fs::read(dir.join(FILE_NAME)).expect("the file");
    let (own, other) = (network.port(0), network.port(1));
    let whose = format!("belongs to node {own} of the network `test-");
    let as_other = network.node_args(1, &[], &dir, "");
    let is = format!("this is node {other} of the network `test-");
    fails(&network, &as_other, &[&dir.display().to_string(), &whose, &is, "--data-dir"]);
    let elsewhere = format!("node -p {own} --data-dir {} --network choir", dir.display());
    fails(&network, &elsewhere, &[&whose, &format!("node {own} of the network `choir`")]);
    assert_eq!(fs::read(dir.join(FILE_NAME)).expect("the file"), before, "byte for byte");
    let node = network.start(0, &[], "--interval off");
    let mood = get(node.port, "/api/v1/state/mood").expect("it is still there");
    assert_eq!(mood["value"], "good");
}

#[test]
fn a_damaged_file_is_told() {
    let network = left_behind();
    let dir = network.data_dir(0);
    let path = dir.join(FILE_NAME);
    let args = network.node_args(0, &[], &dir, "");
    let shown = path.display().to_string();
    let whole = fs::read(&path).expect("the file");
    fs::write(&path, &whole[..whole.len() / 2]).expect("it can be written");
    fails(&network, &args, &[&shown, "is damaged", "move it away"]);
    fs::write(&path, "").expect("it can be written");
    fails(&network, &args, &[&shown, "is damaged", "it is empty"]);
    fs::write(&path, whole).expect("it can be written");
    network.start(0, &[], "--interval off");
}

#[cfg(unix)]
#[test]
fn all_that_is_made_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let network = left_behind();
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&network.data_dir(0)), 0o700);
    for entry in fs::read_dir(network.data_dir(0)).expect("the directory") {
        let path = entry.expect("a file").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

/// Writes nonsense where that key is.
fn spoil(dir: &Path, key: &str) {
    let (mut disk, cells) = Disk::open(dir, &[]).expect("it opens");
    let has_key = |bytes: &Bytes| bytes.windows(key.len()).any(|part| part == key.as_bytes());
    let cell: Cell = cells.iter().find(|(_, bytes)| has_key(bytes)).expect("its cell").0;
    let (acks, mut acked) = Acks::channel(1);
    disk.start(acks);
    disk.write(1, cell, Bytes::from_static(b"nonsense"));
    let ack = acked.blocking_recv().expect("an answer");
    assert_eq!(ack.result, Ok(()));
}

#[test]
fn a_register_that_cannot_be_read_is_an_error_in_the_log() {
    let network = left_behind();
    spoil(&network.data_dir(0), "mood");
    let mut node = network.start(0, &[], "--interval off");
    until("it is told", SOON, || {
        let said = node.process().stderr();
        let line = said.lines().find(|line| line.contains("ERROR"))?;
        assert!(line.contains("1 of this node's registers could not be read back"), "{line}");
        Some(())
    });
}
