//! The live table of `up` on a terminal, and its keys.

use crate::harness::{Network, SOON, Terminal, get, processes_with, until, versions_at};
use std::fs;

/// Nodes whose books change only when they are told to, once they agree on the screen.
fn agreeing(network: &Network, nodes: u16) -> Terminal {
    let port = network.port(0);
    let args = format!("up -n {nodes} --base-port {port} --interval 1h --sync 500ms");
    let terminal = Terminal::run(network, &args);
    agree(&terminal, nodes);
    terminal
}

fn agree(terminal: &Terminal, nodes: u16) {
    let verdict = format!("all {nodes} agree");
    until("the screen says that all agree", 2 * SOON, || terminal.shows(&verdict).then_some(()));
}

fn is_shown_as(terminal: &Terminal, port: u16, alive: &str) {
    let what = format!("{port} is shown as `{alive}`");
    until(&what, SOON, || terminal.says_alive(port, alive).then_some(()));
}

fn leave(network: &Network, terminal: &mut Terminal) {
    terminal.types("q");
    assert_eq!(terminal.ended().0, 0);
    assert_eq!(processes_with(&network.dir().display().to_string()), [] as [u32; 0]);
}

#[test]
fn the_table_shows_every_node_and_where_the_first_is_reached() {
    let network = Network::new();
    let mut terminal = agreeing(&network, 3);
    assert!(terminal.is_full_screen());
    assert!(terminal.has_colours());
    assert!(terminal.shows(&format!("http://127.0.0.1:{}/", network.port(0))));
    assert!(terminal.shows("converged after "), "{}", terminal.text());
    for at in 0..3 {
        let port = network.port(at);
        assert!(terminal.says_alive(port, "yes"));
        assert!(begins_with(&terminal, port, &book_of(port)));
    }
    leave(&network, &mut terminal);
}

#[test]
fn a_node_can_be_killed_and_restarted() {
    let network = Network::new();
    let mut terminal = agreeing(&network, 3);
    let port = network.port(1);
    terminal.types("jx");
    is_shown_as(&terminal, port, "no");
    let verdict = format!("1 of 3 is down ({port}); the other 2 agree");
    until("the verdict says so", SOON, || terminal.shows(&verdict).then_some(()));
    assert_eq!(get(port, "/healthz"), None);
    terminal.types("r");
    is_shown_as(&terminal, port, "yes");
    agree(&terminal, 3);
    assert!(get(port, "/healthz").is_some());
    leave(&network, &mut terminal);
}

#[test]
fn a_node_can_be_paused_and_goes_on() {
    let network = Network::new();
    let mut terminal = agreeing(&network, 3);
    let port = network.port(2);
    // The last, however far that is.
    terminal.types("\x1b[F");
    terminal.types("p");
    is_shown_as(&terminal, port, "paused");
    let verdict = format!("{port} is paused; the other 2 agree");
    until("the verdict says so", SOON, || terminal.shows(&verdict).then_some(()));
    until("its process stands still", SOON, || stands_still(port).unwrap_or(true).then_some(()));
    terminal.types("p");
    is_shown_as(&terminal, port, "yes");
    agree(&terminal, 3);
    // Nor does one that stands still keep anybody from leaving.
    terminal.types("p");
    is_shown_as(&terminal, port, "paused");
    leave(&network, &mut terminal);
}

/// Whether the system says that the node's process is stopped; nothing if it doesn't say.
fn stands_still(port: u16) -> Option<bool> {
    let process = *processes_with(&format!("/{port}\0")).first()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, state) = stat.rsplit_once(") ")?;
    Some(state.starts_with('T'))
}

#[test]
fn a_node_can_be_told_to_like_another_book() {
    let network = Network::new();
    let mut terminal = agreeing(&network, 3);
    let port = network.port(0);
    let (book, version) = (book_of(port), versions_at(port)[&port]);
    until("its row shows its book", SOON, || begins_with(&terminal, port, &book).then_some(()));
    until("nothing is marked", SOON, || (!terminal.has_marked_cells(port)).then_some(()));
    terminal.types("b");
    // First: the mark goes after a second.
    until("its change is marked", SOON, || terminal.has_marked_cells(port).then_some(()));
    let above = until("its version is above", SOON, || {
        versions_at(port).get(&port).copied().filter(|now| *now > version)
    });
    until("its row shows the new version", SOON, || {
        terminal.below("version", port).filter(|shown| *shown == above.to_string()).map(drop)
    });
    let now = book_of(port);
    assert_ne!(now, book);
    until("its row shows its new book", SOON, || begins_with(&terminal, port, &now).then_some(()));
    until("the mark goes", SOON, || (!terminal.has_marked_cells(port)).then_some(()));
    leave(&network, &mut terminal);
}

/// The book that a node says it likes.
fn book_of(port: u16) -> String {
    let state = get(port, "/state").expect("it answers");
    state[port.to_string()]["book"].as_str().expect("it likes a book").to_owned()
}

/// Whether the row of a node shows that book; the end of a long title may be missing.
fn begins_with(terminal: &Terminal, port: u16, book: &str) -> bool {
    let beginning: String = book.chars().take(16).collect();
    terminal.row(port).is_some_and(|row| row[2..].join(" ").starts_with(beginning.trim_end()))
}

#[test]
fn a_node_can_be_added() {
    let network = Network::new();
    let mut terminal = agreeing(&network, 2);
    terminal.types("a");
    is_shown_as(&terminal, network.port(2), "yes");
    agree(&terminal, 3);
    leave(&network, &mut terminal);
}

#[test]
fn the_table_follows_the_size_of_the_terminal() {
    let network = Network::new();
    let mut terminal = agreeing(&network, 2);
    assert!(terminal.shows("duplicates"));
    terminal.resize(30, 4);
    until("fewer columns are left", SOON, || {
        (terminal.shows("alive") && !terminal.shows("version")).then_some(())
    });
    terminal.resize(1, 1);
    terminal.resize(120, 24);
    until("all columns are back", SOON, || terminal.shows("bytes in/out").then_some(()));
    terminal.types("?");
    until("the help is shown", SOON, || terminal.shows("SIGKILL").then_some(()));
    // It closes the help, and does not leave.
    terminal.types("\x1b");
    until("the help is gone", SOON, || (!terminal.shows("SIGKILL")).then_some(()));
    agree(&terminal, 2);
    leave(&network, &mut terminal);
}

#[test]
fn without_colours_there_are_none() {
    let network = Network::new();
    let args = format!("up -n 2 --base-port {}", network.port(0));
    let mut terminal = Terminal::run_with(&network, &args, &[("NO_COLOR", "1")]);
    agree(&terminal, 2);
    assert!(!terminal.has_colours());
    leave(&network, &mut terminal);
}

#[test]
fn a_terminal_that_can_not_be_drawn_on_gets_lines() {
    let network = Network::new();
    let args = format!("up -n 2 --base-port {} --for 3s", network.port(0));
    let mut terminal = Terminal::run_with(&network, &args, &[("TERM", "dumb")]);
    until("a line tells that they agree", 2 * SOON, || terminal.shows("converged: ").then_some(()));
    assert!(!terminal.is_full_screen());
    let (code, text) = terminal.ended();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("2 nodes listen") && text.contains("2 of 2 nodes alive"), "{text}");
}
