//! What hostile faults leave behind in the nodes themselves.

use super::super::{Ticker, perform, workloads};
use super::{Stage, of};
use crate::scenario::Scenario;
use rumormill_core::{Duration, Name};
use rumormill_node::AnyState;
use rumormill_node::books::BOOK;
use rumormill_protocols::state::registers::Table;
use std::collections::BTreeSet;

/// Readers who all know each other, and draw until the tenth second.
const BOOKS: &str = "
    node.discovery = { roster = { backoff = { most = \"1 s\" } } }
    node.state = { registers = { sync_interval = \"2 s\" } }
    network = { nodes = 6, topology = \"full\", latency = \"10 ms\" }
    [[workload]]
    kind = \"books\"
    interval = \"2 s\"
    for = \"10 s\"\n";

/// The network of such a run as it is in the end, and what its hash is.
fn at_the_end<T>(faults: &str, look: impl FnOnce(&Stage<'_>) -> T) -> T {
    let scenario = Scenario::parse("test.toml", &format!("{BOOKS}{faults}")).unwrap();
    let mut stage = Stage::new(&scenario, false, None, ("", "")).unwrap();
    let mut sources = workloads::of(&scenario);
    sources.extend(of(&scenario));
    let mut ticker = Ticker { end: scenario.end(), next: Duration::ZERO, progress: None };
    perform(&mut stage, &mut sources, &mut ticker);
    assert!(!stage.is_done(), "a promise is broken");
    look(&stage)
}

fn fault(lasts: &str, what: &str) -> String {
    format!("[[fault]]\nat = \"1 s\"\n{lasts}{what}\n")
}

fn table<'a>(stage: &'a Stage<'_>, node: usize) -> &'a Table {
    match stage.network().machine(node).state() {
        AnyState::Registers(registers) => registers.table(),
        AnyState::NoState(_) => unreachable!("they have registers"),
    }
}

/// How many ranks and how many contents the others know of node 5's book.
fn said_of_5(stage: &Stage<'_>) -> (usize, usize) {
    let known: Vec<_> =
        (0..5).map(|node| table(stage, node).get(&Name::Number(7005), BOOK)).collect();
    let rumors = || known.iter().map(|entry| &entry.as_ref().unwrap().rumor);
    let ranks: BTreeSet<_> = rumors().map(|rumor| rumor.rank()).collect();
    let contents: BTreeSet<_> = rumors().map(|rumor| rumor.payload.clone()).collect();
    (ranks.len(), contents.len())
}

#[test]
fn an_equivocator_leaves_several_stories_under_one_id_and_version() {
    let stories = |lasts: &str, count: u32| {
        let what = format!("equivocate = {{ nodes = [5], stories = {count} }}");
        at_the_end(&fault(lasts, &what), said_of_5)
    };
    assert_eq!(at_the_end("", said_of_5), (1, 1));
    assert_eq!(stories("", 2), (1, 2));
    assert!(stories("", 1000).1 > 3, "nearly everybody hears another one");
    assert_eq!(stories("for = \"3 s\"\n", 2), (1, 1), "what it says later it says to all");
}

#[test]
fn an_equivocator_says_the_truth_of_others() {
    at_the_end(&fault("", "equivocate = { nodes = [5], stories = 1000 }"), |stage| {
        for origin in 0..5 {
            let of = |node: usize| table(stage, node).get(&Name::Number(7000 + origin), BOOK);
            let told: BTreeSet<_> =
                (0..6).map(|node| of(node).unwrap().rumor.payload.clone()).collect();
            assert_eq!(told.len(), 1, "of node {origin}");
        }
    });
}

/// Node 6 is the twin.
#[test]
fn twins_are_one_to_all_others_and_both_say_so() {
    at_the_end(&fault("", "twins = [5]"), |stage| {
        let network = stage.network();
        assert_eq!((network.len(), network.face(6), network.face(5)), (7, 5, 5));
        let own = |node: usize| table(stage, node).ours().len();
        assert_eq!((own(5), own(6)), (1, 1), "each has a book of its own");
        for node in 0..5 {
            let linked: BTreeSet<_> = network.linked(node).collect();
            assert!(linked.contains(&5) || linked.contains(&6), "{node}: {linked:?}");
            let names = table(stage, node).entries().map(|entry| entry.rumor.origin.clone());
            let names: BTreeSet<_> = names.collect();
            assert_eq!(names, (7000..7006).map(Name::Number).collect());
        }
        // Over HTTP both dial all that they know, and are dialled by whom it happens to.
        assert_eq!((network.linked(5).count(), network.linked(6).count()), (5, 5));
    });
}

#[test]
fn twins_that_are_apart_share_nobody() {
    let linked = |stage: &Stage<'_>| {
        let of = |node: usize| stage.network().linked(node).collect::<BTreeSet<_>>();
        (of(5), of(6), (0..5).map(|node| stage.network().reached(5, node)).collect::<Vec<_>>())
    };
    let apart = "twins = { nodes = [5], apart = true }";
    let (one, other, reached) = at_the_end(&fault("", apart), linked);
    assert!(!one.is_empty() && !other.is_empty(), "{one:?} {other:?}");
    assert!(one.is_disjoint(&other) && one.len() + other.len() == 5, "{one:?} {other:?}");
    assert!(one.iter().all(|node| reached[*node] == 5), "they are who reach it: {reached:?}");
    let (one, other, _) = at_the_end(&fault("for = \"3 s\"\n", apart), linked);
    assert_eq!((one.len(), other.len()), (5, 0), "the twin has left, and nothing is cut");
}

#[test]
fn a_twin_that_starts_again_is_a_twin() {
    let again = format!(
        "{}[[fault]]\nat = \"3 s\"\ncrash = [5]\n[[fault]]\nat = \"5 s\"\nrestart = [5]\n",
        fault("for = \"3 s\"\n", "twins = [5]")
    );
    at_the_end(&format!("{again}[[fault]]\nat = \"6 s\"\nrestart = {{}}\n"), |stage| {
        assert!(stage.is_up(6) && stage.is_up(5));
        let own = stage.network().machine(6).discovery().acquaintances();
        let names: BTreeSet<_> = own.iter().filter_map(|known| known.name.clone()).collect();
        assert_eq!(names, (7000..7005).map(Name::Number).collect(), "it knows whom node 5 knows");
    });
}

#[test]
fn slowness_adds_up_and_each_is_undone_alone() {
    let slow = |lasts: u32, by: &str| {
        let what = format!("slow = {{ nodes = [5], by = \"{by}\" }}");
        fault(&format!("for = \"{lasts} s\"\n"), &what)
    };
    let waited = |faults: &str| at_the_end(faults, |stage| stage.counters().postponed);
    let (long, short) = (slow(20, "15 ms"), slow(2, "15 ms"));
    assert!(waited(&short) * 2 < waited(&long));
    assert!(waited(&format!("{long}{short}")) >= waited(&long), "it is as slow as before");
    assert!(waited(&format!("{long}{long}")) > waited(&long));
}
