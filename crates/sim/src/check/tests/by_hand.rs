//! Transitions made up, so that each promise is broken on purpose.

use super::super::bounds::Bounds;
use super::{SECOND, all_checks, at, found, only};
use crate::check::{Checker, Checks};
use crate::engine::{At, Observer};
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Bytes, Cells, Name, Peer, Tally};
use rumormill_node::{AnyBroadcastMessage, AnyNode, Config, Identity, NodeEvent, Plane};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::bounds::{Bound, Bounded};
use rumormill_protocols::planes::{BroadcastEvent, StateEvent};
use rumormill_protocols::{Life, Rumor, RumorId, Subject};
use std::cell::Cell;
use std::sync::Arc;

fn rumor(id: u64, origin: u64, version: u64, subject: Subject) -> Arc<Rumor> {
    Arc::new(Rumor {
        id: RumorId([id, 0]),
        origin: Name::Number(7000 + origin),
        version,
        subject,
        payload: Bytes::from_static(b"{}"),
        life: Life::Lasting,
    })
}

fn news(id: u64) -> Arc<Rumor> {
    rumor(id, 0, id, Subject::topic("news"))
}

fn book(id: u64, version: u64) -> Arc<Rumor> {
    rumor(id, 0, version, Subject::register("book"))
}

fn place(node: usize, secs: u64) -> At {
    At { time: at(secs), node, source: 0 }
}

fn arrived(rumor: &Arc<Rumor>) -> NodeEvent {
    Plane::Broadcast(BroadcastEvent::Arrived(rumor.clone(), Peer::STRANGER))
}

fn learned(rumor: &Arc<Rumor>) -> NodeEvent {
    Plane::State(StateEvent::Learned(rumor.clone(), Peer::STRANGER))
}

/// A node with nothing in its table.
fn machine() -> AnyNode {
    let identity = Identity { name: Name::Number(7001), hash_seed: HashSeed::default() };
    Config::default().build(&identity, Cells::default().view()).unwrap()
}

/// A node tells that, and settles.
fn tell(checks: &mut Checks, at: At, event: &NodeEvent) {
    checks.event(&at, event);
    checks.settled(&at, &machine());
}

/// Node 0 publishes a rumor of a topic, and sends it.
fn publish(checks: &mut Checks, rumor: &Arc<Rumor>) {
    let message = FloodMessage { rumor: rumor.clone(), ttl: 8 };
    checks.sent(&place(0, 0), 1, &Plane::Broadcast(AnyBroadcastMessage::Flood(message)));
    let (ticket, id, tally) = (0, rumor.id, Tally::default());
    let published = BroadcastEvent::Published { ticket, id, tally };
    tell(checks, place(0, 0), &Plane::Broadcast(published));
}

#[test]
fn what_was_published_may_be_delivered() {
    let mut checks = all_checks(3);
    publish(&mut checks, &news(1));
    // Another in memory, which says the same.
    tell(&mut checks, place(1, 1), &arrived(&news(1)));
    tell(&mut checks, place(0, 1), &learned(&book(2, 1)));
    tell(&mut checks, place(1, 2), &learned(&book(2, 1)));
    assert_eq!((found(&checks), checks.is_done()), (vec![], false));
}

#[test]
fn what_nobody_published_is_found() {
    let mut checks = only("published", 3);
    tell(&mut checks, place(1, 1), &arrived(&news(1)));
    let detail = format!("delivers {}, version 1 of 7000, which nobody published", RumorId([1, 0]));
    assert_eq!(found(&checks), [("published", detail.as_str())]);
    assert_eq!((checks.violations()[0].node, checks.violations()[0].at), (Some(1), at(1)));
    assert!(checks.is_done());
}

#[test]
fn what_its_origin_did_not_say_so_is_found() {
    let published = news(1);
    let others: [fn(&mut Rumor); 4] = [
        |rumor| rumor.version += 1,
        |rumor| rumor.payload = Bytes::from_static(b"{ }"),
        |rumor| rumor.subject = Subject::topic("olds"),
        |rumor| rumor.origin = Name::Number(7002),
    ];
    for change in others {
        let mut checks = only("published", 3);
        publish(&mut checks, &published);
        let mut other = Rumor::clone(&published);
        change(&mut other);
        tell(&mut checks, place(1, 1), &arrived(&Arc::new(other)));
        assert!(found(&checks)[0].1.ends_with("its origin said something else"));
    }
}

#[test]
fn what_a_hostile_node_made_is_counted() {
    let mut checks = only("published", 3);
    checks.forged(RumorId([1, 0]));
    checks.hostile(2);
    tell(&mut checks, place(1, 1), &arrived(&news(1)));
    tell(&mut checks, place(1, 1), &arrived(&rumor(2, 2, 1, Subject::topic("news"))));
    tell(&mut checks, place(2, 1), &arrived(&news(3)));
    assert_eq!((found(&checks), checks.excused().next()), (vec![], Some(("published", 2))));
}

#[test]
fn a_second_delivery_is_found_unless_the_node_may_have_forgotten_the_first() {
    let again = |between: fn(&mut Checks), secs| {
        let mut checks = only("once", 3);
        tell(&mut checks, place(1, 1), &arrived(&news(1)));
        between(&mut checks);
        tell(&mut checks, place(1, secs), &arrived(&news(1)));
        !found(&checks).is_empty()
    };
    assert!(again(|_| (), 600));
    assert!(!again(|_| (), 601), "the window is over");
    assert!(!again(|checks| checks.crashed(1), 2), "it has another life");
    assert!(again(|checks| checks.crashed(2), 2));
    assert!(!again(|checks| checks.clock_skewed(1), 2), "its window is its own");
}

#[test]
fn an_echo_of_an_own_publish_is_no_delivery() {
    let mut checks = only("once", 3);
    publish(&mut checks, &news(1));
    tell(&mut checks, place(0, 1), &arrived(&news(1)));
    assert_eq!(found(&checks).len(), 1);
}

#[test]
fn a_register_that_is_over_may_come_again() {
    let mut checks = only("once", 3);
    tell(&mut checks, place(1, 1), &learned(&book(1, 1)));
    tell(&mut checks, place(1, 2), &Plane::State(StateEvent::Expired(book(1, 1))));
    tell(&mut checks, place(1, 3), &learned(&book(1, 1)));
    assert_eq!(found(&checks), []);
    tell(&mut checks, place(1, 4), &learned(&book(1, 1)));
    assert_eq!(found(&checks).len(), 1);
}

#[test]
fn a_version_that_goes_back_is_found() {
    let after = |between: fn(&mut Checks), second: &Arc<Rumor>| {
        let mut checks = only("versions", 3);
        tell(&mut checks, place(1, 1), &learned(&book(5, 7)));
        between(&mut checks);
        tell(&mut checks, place(1, 2), &learned(second));
        !found(&checks).is_empty()
    };
    assert!(after(|_| (), &book(9, 6)));
    assert!(after(|_| (), &book(4, 7)), "the greater id wins");
    assert!(!after(|_| (), &book(6, 7)));
    assert!(!after(|_| (), &book(1, 8)));
    assert!(!after(|_| (), &rumor(1, 2, 1, Subject::register("book"))), "another's");
    assert!(!after(|checks| checks.crashed(1), &book(9, 6)), "it knew nothing any more");
}

#[test]
fn an_origin_that_goes_back_is_found_unless_it_lost_its_cells() {
    let restarted = |version, lost| {
        let mut checks = only("versions", 3);
        tell(&mut checks, place(0, 1), &learned(&book(1, 5)));
        checks.crashed(0);
        if lost {
            checks.cells_lost(0);
        }
        checks.restarted(0);
        tell(&mut checks, place(0, 2), &learned(&book(2, version)));
        !found(&checks).is_empty()
    };
    assert!(restarted(5, false) && restarted(4, false));
    assert!(!restarted(6, false) && !restarted(1, true));
}

#[test]
fn what_a_full_table_forgot_is_excused() {
    let mut suspects = super::super::suspects::Suspects::default();
    suspects.suspect(1, "learns something old".into());
    assert_eq!((suspects.judge_one(1, 3), suspects.excused), (Ok(()), 1));
    suspects.suspect(1, "learns something old".into());
    assert!(suspects.judge_one(1, 0).is_err());
}

/// A machine that holds as much as it is said to.
struct Fake(Bound);

impl Bounded for Fake {
    fn bounds(&self, look: &mut dyn FnMut(Bound)) {
        look(Bound::of_entries("fake.ids", 1, 1));
        look(self.0);
    }
}

#[test]
fn what_is_over_its_bound_is_found() {
    let cases = [
        (Bound::of_entries("fake.recent", 4, 4).with_bytes(9, 9), ""),
        (Bound::of_entries("fake.recent", 5, 4), "fake.recent holds 5 entries, more than 4"),
        (
            Bound::of_entries("fake.recent", 4, 4).with_bytes(10, 9),
            "fake.recent holds 10 bytes, more than 9",
        ),
    ];
    for (bound, detail) in cases {
        let held = Bounds::new(3).settle(1, &Fake(bound));
        assert_eq!(held.err().map_or(String::new(), |broken| broken.detail), detail);
    }
}

/// A machine that counts how often it is asked, and shows so many entries.
struct Asked(Cell<usize>, usize);

impl Bounded for Asked {
    fn bounds(&self, look: &mut dyn FnMut(Bound)) {
        self.0.update(|times| times + 1);
        look(Bound::of_entries("fake.table", self.1, self.1).with_bytes(0, 1000));
    }
}

#[test]
fn machines_are_asked_now_and_then_the_less_often_the_more_they_hold() {
    let asked = |nodes, entries| {
        let (mut bounds, machine) = (Bounds::new(nodes), Asked(Cell::new(0), entries));
        (0..1000).for_each(|_| bounds.settle(1, &machine).unwrap());
        machine.0.get()
    };
    assert_eq!([asked(3, 0), asked(3, 9), asked(300, 9), asked(300, 499)], [1000, 100, 16, 2]);
}

#[test]
fn a_checker_of_ones_own_is_asked_too() {
    struct Nobody;
    impl Checker for Nobody {
        fn name(&self) -> &'static str {
            "nobody"
        }
        fn event(&mut self, at: &At, _: &NodeEvent) -> crate::check::Held {
            Err(Box::new(crate::check::Broken { node: Some(at.node), detail: "spoke".into() }))
        }
    }
    let mut checks = all_checks(3);
    checks.add(Nobody);
    (0..200).for_each(|_| checks.event(&place(1, 1), &learned(&book(1, 1))));
    assert_eq!(checks.violations().len(), 100, "what is kept is bounded");
    let last = checks.violations().last().unwrap();
    assert_eq!((last.checker, last.at.since(at(0))), ("nobody", SECOND));
}
