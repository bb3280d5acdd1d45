//! However `up` ends, nothing of it is left.

use crate::harness::{Network, Process, SOON, get, listens, processes_with, until};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

/// What ends in good order has ended by then, on a loaded machine too.
const SECONDS: Duration = Duration::from_secs(15);

/// Five nodes that agree.
fn five_nodes(network: &Network) -> Process {
    let port = network.port(0);
    let mut up = network.run(&format!("up -n 5 --base-port {port} --json --interval 1s"));
    until("the five agree", 2 * SOON, || {
        assert!(up.ended().is_none(), "{}", up.stderr());
        up.stderr().contains("converged: ").then_some(())
    });
    assert!((0..5).all(|at| get(network.port(at), "/healthz").is_some()));
    up
}

/// No process, no listener, no file.
fn nothing_is_left_of(network: &Network, but: &[u16]) {
    let dir = network.dir().display().to_string();
    until("no node runs", SECONDS, || processes_with(&dir).is_empty().then_some(()));
    let ports = (0..5).map(|at| network.port(at)).filter(|port| !but.contains(port));
    let open: Vec<u16> = ports.filter(|port| listens(*port)).collect();
    assert_eq!(open, [] as [u16; 0]);
    assert_eq!(temporary(network), [] as [String; 0]);
}

/// The temporary directories of `up`.
fn temporary(network: &Network) -> Vec<String> {
    let entries = fs::read_dir(network.dir()).expect("the network's directory").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("rumormill-up-")).collect()
}

fn a_signal_ends_all(signal: &str) {
    let network = Network::new();
    let mut up = five_nodes(&network);
    assert_eq!(temporary(&network).len(), 1);
    up.signal(signal);
    assert_eq!(up.exit_code(SECONDS), Some(0), "{}", up.stderr());
    // At once: it does not go before its nodes.
    assert_eq!(processes_with(&network.dir().display().to_string()), [] as [u32; 0]);
    nothing_is_left_of(&network, &[]);
    assert_eq!(up.stdout().lines().count(), 1, "the report: {}", up.stdout());
}

#[test]
fn ctrl_c_ends_all() {
    a_signal_ends_all("INT");
}

#[test]
fn a_polite_request_ends_all() {
    a_signal_ends_all("TERM");
}

#[test]
fn a_sudden_death_of_the_parent_ends_all() {
    let network = Network::new();
    let mut up = five_nodes(&network);
    up.kill();
    nothing_is_left_of(&network, &[]);
}

#[test]
fn ctrl_c_while_nodes_start_ends_all() {
    let network = Network::new();
    let port = network.port(0);
    let mut up = network.run(&format!("up -n 15 --base-port {port}"));
    until("the first listens", SOON, || listens(port).then_some(()));
    up.signal("INT");
    let code = up.exit_code(SECONDS);
    assert!(matches!(code, Some(0 | 1)), "{code:?}: {}", up.stderr());
    assert!(!up.stderr().contains("panicked"), "{}", up.stderr());
    nothing_is_left_of(&network, &[]);
}

#[test]
fn a_port_in_use_is_named_and_ends_all() {
    let network = Network::new();
    let (base, taken) = (network.port(0), network.port(3));
    let _other = TcpListener::bind((Ipv4Addr::LOCALHOST, taken)).expect("it is free");
    let mut up = network.run(&format!("up -n 5 --base-port {base}"));
    assert_eq!(up.exit_code(SOON), Some(1), "{}", up.stderr());
    let stderr = up.stderr();
    let error: Vec<&str> = stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(error.len(), 1, "{stderr}");
    assert!(error[0].contains(&format!("port {taken} is in use")), "{stderr}");
    nothing_is_left_of(&network, &[taken]);
}
