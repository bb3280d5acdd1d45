//! Real networks: some go wrong in every way that is allowed, in others something is broken on purpose.

use super::{SECOND, all_checks, at, found, only};
use crate::books::{BooksConfig, BooksNetwork};
use crate::check::Checks;
use crate::engine::{Betrayal, Config, Network};
use crate::lens;
use crate::model::Latency;
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Bytes, CellsView, Duration, LinkKind, Name, Target};
use rumormill_node::{
    AnyBroadcastMessage, AnyNode, BroadcastConfig, DiscoveryConfig, Identity, NodeCommand, Plane,
    StateConfig,
};
use rumormill_protocols::Rumor;
use rumormill_protocols::broadcast::flood::{FloodConfig, FloodMessage};
use rumormill_protocols::discovery::roster::RosterConfig;
use rumormill_protocols::parts::bounds::{Bound, Bounded};
use rumormill_wire::json::topic_payload;
use std::sync::Arc;

type Message = <AnyNode as rumormill_core::Protocol>::Message;

const NODES: usize = 6;

fn network_config() -> Config {
    let latency = Latency::Uniform(Duration::from_millis(1), Duration::from_millis(50));
    Config { seed: 7, base: 7000, latency, ..Config::default() }
}

/// Everybody is linked with everybody, and floods.
fn mesh(flood: FloodConfig) -> Network<AnyNode> {
    let config = network_config();
    let names: Vec<_> = (0..NODES).map(|node| Target::Name(config.name_of(node))).collect();
    let node = rumormill_node::Config {
        discovery: DiscoveryConfig::Roster(RosterConfig { peers: names, ..Default::default() }),
        broadcast: BroadcastConfig::Flood(flood),
        state: StateConfig::None,
        ..Default::default()
    };
    let name_of = move |node| network_config().name_of(node);
    let make = move |number, cells: CellsView<'_>| {
        let identity = Identity { name: name_of(number), hash_seed: HashSeed(7) };
        node.build(&identity, cells).unwrap()
    };
    let mut network = Network::new(config, make);
    for _ in 0..NODES {
        let node = network.add();
        network.start(node);
    }
    network
}

/// Each node publishes at the third second and at the fourth.
fn publish(network: &mut Network<AnyNode>) {
    for (ticket, node) in (0..2).flat_map(|round| (0..NODES).map(move |node| (round, node))) {
        let (topic, payload) = (Arc::from("news"), topic_payload("news", &[node as u8]));
        let command = NodeCommand::Publish { topic, payload, ticket };
        network.command_at(at(3 + ticket), node, command);
    }
}

fn flooded(mut network: Network<AnyNode>, mut checks: Checks) -> Checks {
    publish(&mut network);
    network.run_until(at(10), &mut checks);
    checks.finish(&network, true);
    checks
}

#[test]
fn a_flood_keeps_what_it_promises() {
    let checks = flooded(mesh(FloodConfig::default()), all_checks(NODES));
    assert_eq!(found(&checks), []);
}

/// How full a machine says that a collection is.
fn bound(machine: &AnyNode, name: &str) -> Bound {
    let mut found = None;
    machine.bounds(&mut |bound| found = (bound.name == name).then_some(bound).or(found));
    found.unwrap()
}

#[test]
fn machines_say_how_full_they_are() {
    let mut network = mesh(FloodConfig { recent_entries: 10, ..FloodConfig::default() });
    publish(&mut network);
    network.run_until(at(10), &mut all_checks(NODES));
    let machine = network.machine(0);
    let entries = |name| (bound(machine, name).entries, bound(machine, name).entries_max);
    assert_eq!((entries("flood.seen"), entries("flood.recent")), ((12, 65_536), (10, 10)));
    assert_eq!((entries("flood.published"), entries("roster.guests")), ((2, 1024), (0, 256)));
    assert!(bound(machine, "flood.recent").bytes > 10 * 96);

    let mut books = books(network_config(), 6);
    books.run_until(at(20), &mut all_checks(6));
    let machine = books.network().machine(0);
    let entries = |name| bound(machine, name).entries;
    assert_eq!((entries("registers.others"), entries("registers.ours")), (5, 1));
    assert_eq!((entries("registers.origins"), entries("peer_list.known")), (6, 5));
    assert!(bound(machine, "registers.others").bytes > 5 * 96);
}

/// Two rumors at a time push each other out of a cache of one.
#[test]
fn a_seen_cache_that_forgets_is_found() {
    let flood = FloodConfig { seen_entries: 1, ..FloodConfig::default() };
    let checks = flooded(mesh(flood), all_checks(NODES));
    assert_eq!(checks.violations().len(), 1);
    let (checker, detail) = found(&checks)[0];
    assert!(checker == "once" && detail.contains("again, told by node "), "{checker}: {detail}");
}

/// Forges what is sent over every link: the origin and id are right, and it says something else.
fn forge(message: &Message) -> Message {
    let Plane::Broadcast(AnyBroadcastMessage::Flood(FloodMessage { rumor, ttl })) = message else {
        return message.clone();
    };
    let payload = Bytes::from([&rumor.payload[..], b" "].concat());
    let rumor = Arc::new(Rumor { payload, ..Rumor::clone(rumor) });
    Plane::Broadcast(AnyBroadcastMessage::Flood(FloodMessage { rumor, ttl: *ttl }))
}

#[test]
fn a_forged_rumor_is_found() {
    let mut network = mesh(FloodConfig::default());
    network.recode(|message| Ok(forge(message)));
    let checks = flooded(network, all_checks(NODES));
    let (checker, detail) = found(&checks)[0];
    assert_eq!(checker, "published");
    assert!(detail.ends_with("and its origin said something else"), "{detail}");
}

fn books(network: Config, nodes: usize) -> BooksNetwork {
    BooksNetwork::new(BooksConfig { network, ..BooksConfig::default() }, nodes).unwrap()
}

/// Cuts the first nodes off from the rest, or heals that.
fn part(books: &mut BooksNetwork, first: usize, is_cut: bool) {
    let nodes = books.network().len();
    for (one, other) in (0..first).flat_map(|one| (first..nodes).map(move |other| (one, other))) {
        match is_cut {
            true => books.network_mut().cut(one, other),
            false => books.network_mut().heal(one, other),
        }
    }
}

fn crash(books: &mut BooksNetwork, checks: &mut Checks, node: usize, loses_cells: bool) {
    books.crash(node);
    checks.crashed(node);
    if loses_cells {
        books.network_mut().lose_cells(node);
        checks.cells_lost(node);
    }
}

fn restart(books: &mut BooksNetwork, checks: &mut Checks, node: usize) {
    books.restart(node);
    checks.restarted(node);
}

/// Crashes, a restart without and one with its cells, one that stays dead, a partition; all at odds
/// with what is drawn meanwhile.
fn go_wrong(books: &mut BooksNetwork, checks: &mut Checks) {
    let step = |books: &mut BooksNetwork, checks: &mut Checks| {
        books.run_until(books.network().now() + 12 * SECOND, checks);
    };
    step(books, checks);
    for (node, loses_cells) in [(3, true), (5, false), (7, false)] {
        crash(books, checks, node, loses_cells);
    }
    step(books, checks);
    part(books, 8, true);
    restart(books, checks, 3);
    step(books, checks);
    restart(books, checks, 5);
    step(books, checks);
    part(books, 8, false);
    step(books, checks);
}

#[test]
fn nothing_is_found_where_nodes_crash_come_back_and_are_parted() {
    for (seed, kind) in [(1, LinkKind::Stream), (2, LinkKind::Datagram), (3, LinkKind::Stream)] {
        let mut checks = all_checks(20);
        let mut books = books(Config { seed, kind, ..network_config() }, 20);
        go_wrong(&mut books, &mut checks);
        books.be_quiet();
        books.run_until(books.network().now() + 60 * SECOND, &mut checks);
        checks.finish(books.network(), true);
        assert_eq!(found(&checks), []);
    }
}

#[test]
fn who_is_still_parted_does_not_agree_and_need_not() {
    for is_due in [false, true] {
        let mut checks = only("agree", 12);
        let mut books = books(network_config(), 12);
        books.run_until(at(20), &mut checks);
        part(&mut books, 6, true);
        books.run_until(at(40), &mut checks);
        books.be_quiet();
        books.run_until(at(60), &mut checks);
        checks.finish(books.network(), is_due);
        assert_eq!(checks.violations().len(), usize::from(is_due));
        let says = |(checker, detail): &(_, &str)| {
            *checker == "agree"
                && detail.contains(" of \"book\" of 70")
                && detail.contains("(one of ")
        };
        assert!(found(&checks).iter().all(says), "{:?}", found(&checks));
    }
}

/// Of two nodes that know each other through a third alone, which is dead, neither can find the other.
#[test]
fn who_cannot_find_each_other_need_not_agree() {
    let mut checks = only("agree", 3);
    let mut books = books(network_config(), 3);
    crash(&mut books, &mut checks, 1, true);
    books.run_until(at(20), &mut checks);
    checks.finish(books.network(), true);
    assert_eq!((books.knows(0), books.knows(2), found(&checks)), (0, 0, vec![]));
}

/// A crash keeps any of the writes under way; what it kept is published after the restart, though nobody
/// was told that it was before.
#[test]
fn what_became_durable_just_when_its_node_died_was_published() {
    let crashed_while_writing = |seed| {
        let mut checks = all_checks(3);
        let mut books = books(Config { seed, disk: 5 * SECOND, ..network_config() }, 3);
        books.be_quiet();
        books.run_until(at(6), &mut checks);
        books.draw(2);
        books.run_until(at(10), &mut checks);
        crash(&mut books, &mut checks, 2, false);
        restart(&mut books, &mut checks, 2);
        let kept = books.book(2, 2).is_some();
        books.run_until(at(30), &mut checks);
        assert_eq!((books.book(0, 2).is_some(), found(&checks)), (kept, vec![]));
        kept
    };
    let kept = (0..8).map(crashed_while_writing).filter(|kept| *kept).count();
    assert!((1..8).contains(&kept), "{kept}");
}

/// Node 5 tells every other node another book of its own. Nothing is found, and that they differ is counted.
#[test]
fn that_nodes_differ_about_an_equivocator_is_excused() {
    let excused = |is_hostile: bool| {
        let latency = Latency::Constant(Duration::from_millis(10));
        let mut books = books(Config { latency, ..network_config() }, NODES);
        let mut checks = all_checks(NODES);
        if is_hostile {
            let two_faced = books.network_mut().betrayal(Betrayal::Retell(Box::new(two_faced)));
            books.network_mut().betray(5, two_faced, true);
            checks.hostile(5);
        }
        books.run_until(at(20), &mut checks);
        books.be_quiet();
        books.run_until(at(40), &mut checks);
        checks.finish(books.network(), true);
        assert_eq!(found(&checks), []);
        checks.excused().filter(|(_, times)| *times > 0).collect::<Vec<_>>()
    };
    assert_eq!(excused(false), []);
    let times = excused(true);
    let names: Vec<_> = times.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["published", "agree"], "{times:?}");
    assert!((1..5).contains(&times[1].1), "those who don't say what the highest says: {times:?}");
}

fn two_faced(_: usize, to: usize, message: &Message) -> Option<Message> {
    lens::retold(message, |rumor| {
        let is_own = rumor.origin == Name::Number(7005) && to.is_multiple_of(2);
        let other = |rumor: &Rumor| Rumor {
            payload: lens::payload(&rumor.subject, "two"),
            ..rumor.clone()
        };
        is_own.then(|| Arc::new(other(rumor)))
    })
}
