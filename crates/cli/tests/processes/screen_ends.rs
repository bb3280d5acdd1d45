//! However `up` on a terminal ends, the terminal is as it was, and nothing of `up` is left.

use crate::harness::{Network, SOON, Terminal, processes_with, until};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};

/// Three nodes that agree, on a screen.
fn three(network: &Network, environment: &[(&str, &str)]) -> Terminal {
    let args = format!("up -n 3 --base-port {} --interval 1s", network.port(0));
    let terminal = Terminal::run_with(network, &args, environment);
    until("the screen says that all agree", 2 * SOON, || {
        terminal.shows("all 3 agree").then_some(())
    });
    assert!(terminal.is_full_screen() && terminal.has_taken_keys());
    terminal
}

/// It does not go before its nodes, unless it can't help it.
fn nothing_is_left_of(network: &Network) {
    let dir = network.dir().display().to_string();
    until("no node runs", SOON, || processes_with(&dir).is_empty().then_some(()));
    let entries = fs::read_dir(network.dir()).expect("the network's directory").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let left: Vec<String> = names.filter(|name| name.starts_with("rumormill-up-")).collect();
    assert_eq!(left, [] as [String; 0]);
}

fn it_says_how_it_was(network: &Network, terminal: &mut Terminal) {
    let (code, text) = terminal.ended();
    assert_eq!(code, 0, "{text}");
    assert!(text.trim_start().starts_with("3 of 3 nodes alive; converged in "), "{text}");
    assert!(!text.contains("all 3 agree"), "the table is gone: {text}");
    nothing_is_left_of(network);
}

#[test]
fn q_leaves() {
    let network = Network::new();
    let mut terminal = three(&network, &[]);
    terminal.types("q");
    it_says_how_it_was(&network, &mut terminal);
}

#[test]
fn ctrl_c_on_the_keyboard_leaves() {
    let network = Network::new();
    let mut terminal = three(&network, &[]);
    terminal.types("\x03");
    it_says_how_it_was(&network, &mut terminal);
}

#[test]
fn a_polite_request_leaves() {
    let network = Network::new();
    let mut terminal = three(&network, &[]);
    terminal.signal("TERM");
    it_says_how_it_was(&network, &mut terminal);
}

#[test]
fn the_end_of_its_time_leaves() {
    let network = Network::new();
    let args = format!("up -n 3 --base-port {} --for 3s --interval 1s", network.port(0));
    let mut terminal = Terminal::run(&network, &args);
    it_says_how_it_was(&network, &mut terminal);
}

#[test]
fn leaving_while_nodes_start_leaves_nothing() {
    let network = Network::new();
    let port = network.port(0);
    let mut terminal = Terminal::run(&network, &format!("up -n 15 --base-port {port}"));
    until("the first is shown", SOON, || terminal.row(port).map(drop));
    terminal.types("q");
    let (code, text) = terminal.ended();
    assert!(code <= 1, "{code}: {text}");
    nothing_is_left_of(&network);
}

#[test]
fn an_error_is_told_where_it_can_be_read() {
    let network = Network::new();
    let (base, taken) = (network.port(0), network.port(2));
    let _other = TcpListener::bind((Ipv4Addr::LOCALHOST, taken)).expect("it is free");
    let mut terminal = Terminal::run(&network, &format!("up -n 4 --base-port {base}"));
    let (code, text) = terminal.ended();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains(&format!("port {taken} is in use")), "{text}");
    nothing_is_left_of(&network);
}

#[test]
fn a_sudden_death_of_the_parent_ends_even_a_node_that_stands_still() {
    let network = Network::new();
    let terminal = &mut three(&network, &[]);
    terminal.types("p");
    let paused = network.port(0);
    until("it is paused", SOON, || terminal.says_alive(paused, "paused").then_some(()));
    terminal.signal("KILL");
    let dir = network.dir().display().to_string();
    until("no node runs", SOON, || processes_with(&dir).is_empty().then_some(()));
}

/// Only what is built for tests can be asked to panic.
#[cfg(debug_assertions)]
#[test]
fn a_panic_is_told_where_it_can_be_read() {
    let network = Network::new();
    let mut terminal = three(&network, &[("RUMORMILL_TEST_PANIC", "1"), ("RUST_BACKTRACE", "0")]);
    terminal.types("!");
    let (code, text) = terminal.ended();
    assert_eq!(code, 101, "{text}");
    assert!(text.contains("asked to panic"), "{text}");
    nothing_is_left_of(&network);
}
