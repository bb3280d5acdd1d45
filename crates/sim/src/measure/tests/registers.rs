//! Registers, which are repaired, and of which the newest version counts.

use super::*;

/// How often registers are compared.
const SYNC: Duration = Duration::from_secs(2);

#[test]
fn a_newer_version_delivers_the_older_ones() {
    let mut world = Setup::line(2).registers(Some(SYNC)).start();
    world.network.cut(0, 1);
    world.pass(SECOND);
    world.set(0, "Lucky Jim");
    world.pass(SECOND);
    world.set(0, "Emma");
    world.pass(SECOND);
    world.network.heal(0, 1);
    world.pass(200 * SECOND);
    let of = &world.finish().broadcasts[0];
    assert_eq!((of.messages, of.due, of.delivered), (2, 2, 2));
    // Linked again, each tells the other: two copies of the newer one, none of the older.
    assert_eq!((of.copies_per_delivery, &of.curves.copies[..]), (Some(1.0), &[1, 0, 1][..]));
    let latency = of.latency_ms.unwrap();
    assert!((latency.max - latency.p50 - 1000.0).abs() < latency.p50 / 500.0, "{latency:?}");
    assert_eq!(of.curves.hops, [0, 2]);
}

#[test]
fn what_repair_brings_counts_and_waits_for_repair() {
    // Broadcast ends at node 1; beyond that there is repair alone.
    let mut world = Setup::line(4).ttl(0).registers(Some(SYNC)).start();
    world.set(0, "Emma");
    world.pass(Duration::from_millis(200));
    let early =
        world.measure.board.columns()[0].pairs.iter().filter(|it| it.is_delivered()).count();
    assert_eq!(early, 2);
    world.pass(20 * SECOND);
    let of = &world.finish().broadcasts[0];
    assert_eq!((of.due, of.delivered, of.hops.unwrap().max), (3, 3, 3));
}

#[test]
fn who_has_it_by_repair_tells_nobody_unasked() {
    let mut world = Setup::line(4).ttl(0).registers(Some(SYNC)).start();
    world.set(0, "Emma");
    let two = |world: &World| {
        world.measure.board.columns().first().is_some_and(|column| column.pairs[2].is_delivered())
    };
    while !two(&world) {
        world.pass(Duration::from_millis(1));
    }
    let measured = world.finish();
    let missing = reasons(&measured);
    assert!(missing == [("not-repaired", 1)] || missing == [("under-way", 1)], "{missing:?}");
}

#[test]
fn acquainted_is_when_the_last_knows_the_last() {
    let mut setup = Setup::line(3).registers(Some(SYNC));
    setup.convergence = Convergence::Acquainted;
    let mut world = setup.start();
    for node in 0..3 {
        world.set(node, "Emma");
        world.pass(SECOND);
    }
    // A second book changes nothing about it.
    world.set(0, "Lucky Jim");
    world.pass(SECOND);
    // Node 2 said its first two seconds after all were ready, a write and two hops before the end.
    let took = world.finish().broadcasts[0].time_to_converge_ms.unwrap();
    assert!((3041.0..3043.0).contains(&took), "{took}");
}

#[test]
fn who_never_says_anything_keeps_all_from_being_acquainted() {
    let mut setup = Setup::line(3).registers(Some(SYNC));
    setup.convergence = Convergence::Acquainted;
    let mut world = setup.start();
    (0..2).for_each(|node| world.set(node, "Emma"));
    world.pass(SECOND);
    let of = &world.finish().broadcasts[0];
    assert_eq!((of.delivery_ratio, of.time_to_converge_ms), (Some(1.0), None));
}
