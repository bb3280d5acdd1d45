//! What cannot be done is said in a clear sentence, with the right exit code.

use crate::harness::{Network, SOON};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};

/// Runs it to its end; its exit code, and what it said on stderr. On stdout it says nothing.
fn run(network: &Network, args: &str) -> (Option<i32>, String) {
    let mut process = network.run(args);
    let code = process.exit_code(SOON);
    assert_eq!(process.stdout(), "", "{args}");
    (code, process.stderr())
}

/// It fails with that code and one sentence, in which all of `words` stand.
fn fails(network: &Network, args: &str, code: i32, words: &[&str]) {
    let (ended, said) = run(network, args);
    assert_eq!(ended, Some(code), "{args}: {said}");
    assert!(said.starts_with("error: ") && said.lines().count() == 1, "{args}: {said}");
    for word in words {
        assert!(said.contains(word), "{args}: `{word}` should stand in: {said}");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let network = Network::new();
    let port = network.port(0);
    let _other = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("it is free");
    let sentence = format!("port {port} is in use on 127.0.0.1");
    fails(&network, &format!("node -p {port}"), 1, &[&sentence, "choose another port"]);
}

#[test]
fn a_second_node_on_a_port_is_told_of_the_port_not_of_the_data() {
    let network = Network::new();
    let node = network.start(0, &[], "");
    let same = format!("node -p {} --data-dir {}", node.port, network.data_dir(0).display());
    fails(&network, &same, 1, &[&format!("port {} is in use", node.port)]);
}

#[test]
fn a_data_directory_in_use_is_named() {
    let network = Network::new();
    let _node = network.start(0, &[], "");
    let dir = network.data_dir(0).display().to_string();
    let args = format!("node -p {} --data-dir {dir}", network.port(1));
    fails(&network, &args, 1, &[&dir, "in use by another node", "--data-dir"]);
}

#[test]
fn a_data_directory_that_is_none_is_named() {
    let network = Network::new();
    let file = network.dir().join("a-file");
    fs::write(&file, "no directory").expect("it can be written");
    let args = format!("node -p {} --data-dir {}", network.port(0), file.display());
    fails(&network, &args, 1, &["a-file"]);
    let (_, said) = run(&network, &args);
    assert_eq!(said.matches("os error").count(), 1, "each cause is said once: {said}");
}

#[test]
fn books_that_cannot_be_read_are_named() {
    let network = Network::new();
    let (empty, binary) = (network.dir().join("empty"), network.dir().join("binary"));
    fs::write(&empty, "\n \n").expect("it can be written");
    fs::write(&binary, [0xff, 0xfe]).expect("it can be written");
    let port = network.port(0);
    let node = |file: &str| format!("node -p {port} --books {}/{file}", network.dir().display());
    fails(&network, &node("nowhere"), 1, &["nowhere", "No such file"]);
    fails(&network, &node("empty"), 1, &["empty", "has no book", "Title by Author"]);
    fails(&network, &node("binary"), 1, &["binary", "UTF-8"]);
    let up = format!("up --base-port {port} -n 2 --books {}/nowhere", network.dir().display());
    fails(&network, &up, 1, &["nowhere", "No such file"]);
}

#[cfg(unix)]
#[test]
fn beyond_loopback_nothing_is_served_without_a_good_token() {
    use std::os::unix::fs::PermissionsExt;
    let network = Network::new();
    let dir = network.data_dir(0);
    fs::create_dir_all(&dir).expect("it can be made");
    fs::write(dir.join("token"), "\n").expect("it can be written");
    fs::set_permissions(dir.join("token"), fs::Permissions::from_mode(0o600)).expect("it is ours");
    for bind in ["0.0.0.0", "::"] {
        let port = network.port(0);
        let node = format!("node -p {port} --bind {bind} --data-dir {}", dir.display());
        fails(&network, &node, 2, &["every address of this host", "advertise"]);
        let args = format!("{node} --advertise 127.0.0.1:{port}");
        fails(&network, &args, 1, &["token", "is empty", "remove it"]);
    }
}

#[test]
fn addresses_and_names_that_cannot_be_are_refused() {
    let network = Network::new();
    let node = format!("node -p {}", network.port(0));
    for bind in ["no.such.host.invalid", "127.0.0.1:7000"] {
        fails(&network, &format!("{node} --bind {bind}"), 2, &["--bind: ", bind]);
    }
    fails(&network, &format!("{node} --advertise 127.0.0.1:1"), 2, &["127.0.0.1:1"]);
    fails(&network, &format!("{node} --network a/b"), 2, &["--network: ", "\"a/b\""]);
    let up = format!("up -n 2 --base-port {} --network a/b", network.port(0));
    fails(&network, &up, 2, &["--network: ", "\"a/b\""]);
    fails(&network, "up -n 8 --base-port 65530", 2, &["65530", "room for 6 nodes"]);
}

#[test]
fn wrong_usage_names_the_option() {
    let network = Network::new();
    let cases = [
        ("", "Usage"),
        ("gossip", "gossip"),
        ("node", "--port"),
        ("node -p seven", "--port"),
        ("node -p 0", "--port"),
        ("node -p 65536", "--port"),
        ("node -p 7001 -b nonsense", "--bootstrap"),
        ("node -p 7001 --fanout none", "--fanout"),
        ("node -p 7001 --fanout 0", "--fanout"),
        ("node -p 7001 --ttl 256", "--ttl"),
        ("node -p 7001 --ttl -1", "-1"),
        ("node -p 7001 --max-peers 0", "--max-peers"),
        ("node -p 7001 --interval 0s", "--interval"),
        ("node -p 7001 --interval 10", "--interval"),
        ("node -p 7001 --sync never", "--sync"),
        ("node -p 7001 --colour", "--colour"),
        ("node -p 7001 -v -q", "--quiet"),
        ("up -n 0", "--nodes"),
        ("up -n 100000", "--nodes"),
        ("up --for ever", "--for"),
        ("up --base-port 0", "--base-port"),
    ];
    for (args, named) in cases {
        let (code, said) = run(&network, args);
        assert_eq!(code, Some(2), "`{args}`: {said}");
        assert!(said.contains(named), "`{args}` should name {named}: {said}");
    }
}
