//! The favourite-books network, whole: who knows which book, after what.

use rumormill_core::{Duration, LinkKind, Name};
use rumormill_node::{AnyDiscovery, BroadcastConfig, DiscoveryConfig, StateConfig};
use rumormill_protocols::discovery::peer_list::{Known, PeerListConfig};
use rumormill_protocols::state::registers::RegistersConfig;
use rumormill_sim::books::{BooksConfig, BooksNetwork};
use rumormill_sim::model::{Latency, Loss, Lost};
use rumormill_sim::{Config, Dialling};

const SECOND: Duration = Duration::from_secs(1);

/// How often registers sync by default; a tenth more or less.
const SYNC: Duration = Duration::from_millis(5_500);

const UNEVEN: Latency = Latency::Uniform(Duration::from_millis(1), Duration::from_millis(50));

/// Requests over HTTP, as the books network has it.
fn over_http(seed: u64) -> BooksConfig {
    let network = Config { seed, base: 7000, latency: UNEVEN, ..Config::default() };
    let network = Config { dialling: Dialling::Http, ..network };
    BooksConfig { network, ..BooksConfig::default() }
}

fn over_datagrams(seed: u64) -> BooksConfig {
    let config = over_http(seed);
    let (kind, loss, dialling) = (LinkKind::Datagram, Loss::Uniform(0.1), Dialling::TwoWay);
    BooksConfig { network: Config { kind, loss, dialling, ..config.network }, ..config }
}

fn peer_list(config: &mut BooksConfig) -> &mut PeerListConfig {
    match &mut config.node.discovery {
        DiscoveryConfig::PeerList(config) => config,
        other => panic!("books are read with peer lists, not {other:?}"),
    }
}

fn title(books: &BooksNetwork, node: usize, origin: usize) -> String {
    let payload = books.book(node, origin).map(|rumor| rumor.payload.to_vec());
    String::from_utf8(payload.unwrap_or_default()).expect("JSON is text")
}

/// Whether everybody has that very book of a node, and all else is agreed on too.
fn all_have(books: &BooksNetwork, origin: usize, book: &str) -> bool {
    let mut live = (0..books.network().len()).filter(|node| books.network().is_up(*node));
    books.agreed() && live.all(|node| title(books, node, origin).contains(book))
}

#[test]
fn two_hundred_nodes_agree_though_a_tenth_of_all_datagrams_is_lost() {
    let mut config = over_datagrams(1);
    config.interval = 20 * SECOND;
    // If all 200 asked all 200 about all 200, that would take most of this test's time.
    peer_list(&mut config).known_max = 100;
    let mut books = BooksNetwork::new(config, 200).unwrap();
    books.pass(25 * SECOND);
    books.be_quiet();
    let took = books.run_until_it(6 * SYNC, BooksNetwork::agreed);
    assert!(took.is_some(), "{:?}", (0..200).map(|node| books.knows(node)).min());
    assert!((0..200).all(|node| books.knows(node) == 199));
    let counters = books.network().counters();
    assert!(counters.lost(Lost::Loss) > counters.total().messages / 11, "the loss was real");
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let run = |seed| {
        let mut books = BooksNetwork::new(over_datagrams(seed), 20).unwrap();
        books.pass(15 * SECOND);
        books.crash(7);
        books.pass(5 * SECOND);
        books.restart(7);
        books.pass(15 * SECOND);
        books.network().trace_hash()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// A rumor in a full mesh of `n`: its origin tells n − 1; each of them, when it first hears it, tells
/// all but itself, the origin and who told it. That is n − 2 others if it was the origin who told it,
/// else n − 3. So no more than (n − 1) + (n − 1)(n − 2) copies; that many exactly where the straight
/// way is the fastest for everybody; and at the very least one was told by the origin.
fn flood_in_full_mesh(latency: Latency) -> (u64, std::ops::RangeInclusive<u64>) {
    const N: u64 = 8;
    let network = Config { base: 7000, latency, ..Config::default() };
    let mut config = BooksConfig { network, ..BooksConfig::default() };
    let never = RegistersConfig { sync_interval: None, ..RegistersConfig::default() };
    config.node.state = StateConfig::Registers(never);
    let BroadcastConfig::Flood(flood) = config.node.broadcast;
    assert!(u64::from(flood.ttl) >= N, "nobody is too far");
    let mut books = BooksNetwork::new(config, N as usize).unwrap();
    books.be_quiet();
    books.pass(20 * SECOND);
    (0..N as usize).for_each(|node| _ = books.draw(node));
    books.pass(SECOND);
    assert!(books.converged() && books.agreed());
    let most = N * ((N - 1) + (N - 1) * (N - 2));
    let least = N * ((N - 1) + (N - 1) * (N - 3) + 1);
    (books.network().counters().sent_of("rumor").messages, least..=most)
}

#[test]
fn in_a_full_mesh_a_rumor_costs_the_square_of_the_others_in_copies() {
    let (copies, theory) = flood_in_full_mesh(Latency::Constant(Duration::from_millis(20)));
    assert_eq!(copies, *theory.end());
}

#[test]
fn ways_of_uneven_length_save_some_of_the_copies() {
    let (copies, theory) = flood_in_full_mesh(UNEVEN);
    assert!(theory.contains(&copies) && copies < *theory.end(), "{copies} of {theory:?}");
}

/// A node crashes, misses books and comes back; then it is to know all and to be heard again.
fn comes_back(with_cells: bool) {
    let mut books = BooksNetwork::new(over_http(4), 16).unwrap();
    books.pass(35 * SECOND);
    books.crash(5);
    if !with_cells {
        books.network_mut().lose_cells(5);
    }
    books.pass(20 * SECOND);
    books.be_quiet();
    books.restart(5);
    let before = books.book(0, 5).map(|rumor| rumor.version);
    let book = books.draw(5).to_owned();
    let took = books.run_until_it(2 * SYNC, |books| all_have(books, 5, &book));
    assert!(took.is_some(), "{book}, {:?}", books.book(0, 5));
    assert_eq!(books.knows(5), 15);
    assert!(books.book(0, 5).map(|rumor| rumor.version) > before);
}

#[test]
fn a_node_that_comes_back_with_its_cells_catches_up_and_is_heard() {
    comes_back(true);
}

#[test]
fn a_node_that_comes_back_without_its_cells_catches_up_and_is_heard() {
    comes_back(false);
}

#[test]
fn a_late_joiner_knows_every_book_within_two_syncs() {
    let mut books = BooksNetwork::new(over_http(5), 30).unwrap();
    books.pass(35 * SECOND);
    books.be_quiet();
    let late = books.add();
    let took = books.run_until_it(2 * SYNC, |books| books.knows(late) == 30);
    assert!(took.is_some(), "{}", books.knows(late));
}

#[test]
fn two_halves_agree_again_once_they_can_reach_each_other() {
    const HALF: usize = 12;
    let across = || (0..HALF).flat_map(|left| (HALF..2 * HALF).map(move |right| (left, right)));
    let mut config = over_http(6);
    let backoff = peer_list(&mut config).backoff.most;
    let mut books = BooksNetwork::new(config, 2 * HALF).unwrap();
    books.pass(30 * SECOND);
    across().for_each(|(left, right)| books.network_mut().cut(left, right));
    books.pass(60 * SECOND);
    books.be_quiet();
    books.pass(4 * SYNC);
    assert!(!books.agreed(), "the cut was real");
    across().for_each(|(left, right)| books.network_mut().heal(left, right));
    let took = books.run_until_it(backoff + 4 * SYNC, BooksNetwork::agreed);
    assert!(took.is_some());
}

/// Of how many others each node is a neighbour.
fn in_degrees(books: &BooksNetwork) -> Vec<usize> {
    let mut degrees = vec![0; books.network().len()];
    for node in 0..books.network().len() {
        let AnyDiscovery::PeerList(list) = books.network().machine(node).discovery() else {
            panic!("books are read with peer lists");
        };
        let neighbours = list.known().filter(|known| known.is_neighbour());
        let numbers =
            neighbours.filter_map(|Known { name, .. }| name.as_ref().and_then(Name::number));
        numbers.for_each(|number| degrees[number as usize - 7000] += 1);
    }
    degrees
}

#[test]
fn neighbours_are_bounded_and_late_nodes_have_their_share() {
    let config = over_http(7);
    let mut books = BooksNetwork::new(config, 100).unwrap();
    books.be_quiet();
    books.pass(20 * SECOND);
    let degrees = in_degrees(&books);
    assert_eq!(degrees.iter().sum::<usize>(), 8 * 100, "everybody has eight");
    assert!(degrees[90..].iter().all(|degree| *degree > 0), "{degrees:?}");
}

#[test]
fn the_living_agree_without_the_dead() {
    let mut books = BooksNetwork::new(over_http(8), 50).unwrap();
    books.pass(15 * SECOND);
    (0..50).step_by(5).for_each(|node| books.crash(node));
    books.pass(15 * SECOND);
    books.be_quiet();
    let took = books.run_until_it(4 * SYNC, BooksNetwork::agreed);
    assert!(took.is_some());
}
