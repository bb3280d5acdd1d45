//! Each reason for a missing delivery, shown once.

use super::*;
use crate::engine::Betrayal;
use crate::measure::losses::Losses;
use crate::model::Loss;
use crate::model::rules::Rule;
use rumormill_core::{LinkKind, Why};

fn datagrams(mut setup: Setup) -> Setup {
    setup.engine.kind = LinkKind::Datagram;
    setup
}

fn with_rule(mut world: World, rule: Rule) -> World {
    world.network.rules_mut().add(rule);
    world
}

/// What is missing of one message of node 0, and the detail of the first.
fn of_one(mut world: World) -> (Measured, String) {
    world.publish(0);
    world.pass(SECOND);
    explained(world)
}

fn explained(world: World) -> (Measured, String) {
    let measured = world.finish();
    let of = &measured.broadcasts[0];
    assert_eq!(measured.missing.total, of.due - of.delivered);
    assert_eq!(measured.missing.by_reason.values().sum::<u64>(), measured.missing.total);
    assert!(!measured.missing.by_reason.contains_key("unexplained"));
    let detail = measured.missing.examples[0].detail.clone();
    (measured, detail)
}

#[test]
fn lost_to_the_network() {
    let deaf = Rule::deaf([1].into_iter().collect());
    let (measured, detail) = of_one(with_rule(datagrams(Setup::line(2)).start(), deaf));
    assert_eq!(reasons(&measured), [("deaf", 1)]);
    assert_eq!(detail, "published by node 0; all that was sent to it was lost, 1 × deaf");
    assert_eq!(measured.broadcasts[0].dropped["deaf"], 1);
}

#[test]
fn lost_behind_who_was_lost() {
    let apart = Rule::partition(vec![0, 1, 1, 1]);
    let (measured, _) = of_one(with_rule(datagrams(Setup::line(4)).start(), apart));
    assert_eq!(reasons(&measured), [("cut-off", 2), ("partition", 1)]);
}

#[test]
fn under_way_at_the_end() {
    let mut world = Setup::line(2).start();
    world.publish(0);
    world.pass(HOP / 2);
    assert_eq!(reasons(&explained(world).0), [("under-way", 1)]);
}

#[test]
fn over_the_last_hop() {
    let (measured, detail) = of_one(Setup::line(4).ttl(1).start());
    assert_eq!(reasons(&measured), [("hop-limit", 1)]);
    assert_eq!(detail, "published by node 0; node 2 has it, over the last hop");
}

#[test]
fn not_chosen() {
    let star = Setup::of(4, &[(0, 1), (0, 2), (0, 3)]).fanout(1);
    let (measured, detail) = of_one(star.start());
    assert_eq!(reasons(&measured), [("not-chosen", 2)]);
    assert_eq!(detail, "published by node 0; node 0 has it, and told others");
}

#[test]
fn not_chosen_among_addresses() {
    let mut star = Setup::of(4, &[(0, 3), (1, 3), (2, 3)]).fanout(1);
    star.by_address = true;
    let mut world = star.start();
    world.publish(3);
    world.pass(SECOND);
    assert_eq!(reasons(&explained(world).0), [("not-chosen", 2)]);
}

#[test]
fn held_back_by_a_censor() {
    let mut world = Setup::line(4).start();
    let censor = world.network.betrayal(Betrayal::Censor);
    world.network.betray(1, censor, true);
    world.measure.hostile(1);
    let (measured, detail) = of_one(world);
    assert_eq!(reasons(&measured), [("censored", 1), ("cut-off", 1)]);
    assert_eq!(measured.broadcasts[0].due, 2);
    assert!(detail.ends_with("of its peers only hostile ones have it, node 1 for one"));
}

#[test]
fn cut_off_and_linked_too_late() {
    let mut world = Setup::line(3).start();
    world.network.cut(0, 1);
    world.pass(SECOND);
    world.publish(0);
    world.pass(SECOND);
    world.network.heal(0, 1);
    world.pass(120 * SECOND);
    let (measured, detail) = explained(world);
    assert_eq!(reasons(&measured), [("cut-off", 2)]);
    assert!(detail.contains("; node 0 has it, but linked to it "), "{detail}");
    let last = &measured.missing.examples[1].detail;
    assert!(last.ends_with("nobody that is linked to it has it"), "{last}");
}

#[test]
fn crashed_with_all_that_had_it() {
    let mut world = Setup::line(3).start();
    world.network.cut(0, 1);
    world.pass(SECOND);
    world.publish(0);
    world.pass(SECOND);
    world.crash(0);
    let (measured, _) = explained(world);
    assert_eq!(reasons(&measured), [("crashed", 2)]);
}

#[test]
fn came_and_was_not_taken() {
    let mut setup = Setup::line(3).registers(None);
    setup.narrow = Some(1);
    let mut world = setup.start();
    world.set(0, &"x".repeat(2_000));
    world.pass(SECOND);
    let (measured, detail) = explained(world);
    assert_eq!(reasons(&measured), [("cut-off", 1), ("not-taken", 1)]);
    assert_eq!(detail, "published by node 0; nobody that is linked to it has it");
    let second = &measured.missing.examples[1].detail;
    assert!(second.ends_with("a copy came, and it did not take it"), "{second}");
}

#[test]
fn lost_without_room_to_note_to_what() {
    let mut world = with_rule(datagrams(Setup::line(2)).start(), Rule::loss(Loss::Uniform(1.0)));
    world.measure.losses = Losses::with_room(0, 0);
    assert_eq!(reasons(&of_one(world).0), [("copies-lost", 1)]);
}

#[test]
fn refused_where_it_was_sent() {
    let mut world = Setup::of(4, &[(0, 1), (0, 2), (0, 3)]).fanout(1).start();
    world.publish(0);
    world.pass(SECOND);
    world.measure.losses.refused((0, 0), Why::Full);
    let (measured, detail) = explained(world);
    assert_eq!(reasons(&measured), [("full", 2)]);
    assert!(detail.ends_with("node 0 has it, and could not send it to all its peers: full"));
}

#[test]
fn slow_uplinks() {
    let mut setup = Setup::mesh(6);
    setup.engine.up_bytes_per_second = Some(100);
    let mut world = setup.start();
    world.publish(0);
    world.pass(2 * SECOND);
    let (measured, _) = explained(world);
    assert!(reasons(&measured).iter().all(|(why, _)| ["outbox", "under-way"].contains(why)));
    assert!(measured.missing.by_reason["outbox"] > 0);
}
