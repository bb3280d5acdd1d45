//! Figures that can be computed by hand.

use super::*;
use crate::measure::{PAIRS_MAX, TooLarge};
use crate::outcome::{Hops, MissingDelivery};

/// A publish waits for its first durable version: a write.
const WRITE: Duration = Duration::from_millis(1);

#[test]
fn a_line_of_four() {
    let mut world = Setup::line(4).start();
    world.publish(0);
    world.pass(SECOND);
    let (sent, measured) = (world.network.counters().total(), world.finish());
    let of = &measured.broadcasts[0];
    assert_eq!((of.messages, of.due, of.delivered), (1, 3, 3));
    assert_eq!((of.delivery_ratio, of.copies_per_delivery), (Some(1.0), Some(1.0)));
    assert_eq!(of.hops, Some(Hops { p50: 2, max: 3 }));
    let latency = of.latency_ms.unwrap();
    assert_eq!((latency.p50.round(), latency.p90, latency.max), (40.0, 60.0, 60.0));
    assert_eq!(of.time_to_converge_ms, Some(60.0));
    assert_eq!((&of.curves.hops[..], &of.curves.copies[..]), (&[0, 1, 1, 1][..], &[0, 3][..]));
    assert_eq!((of.floors.payloads, of.floors.eccentricity_hops), (3, Some(3)));
    assert_eq!(of.bytes_by_kind["rumor"].messages, 3);
    assert_eq!(of.bytes_per_delivery, Some(sent.bytes as f64 / 3.0));
    assert_eq!((measured.missing.total, measured.unmeasured), (0, 0));
    assert_eq!((of.protocol.as_str(), of.label.as_str()), ("flood", "of tests"));
}

#[test]
fn a_full_mesh_of_five() {
    let mut world = Setup::mesh(5).start();
    (0..5).for_each(|node| world.publish(node));
    world.pass(SECOND);
    let measured = world.finish();
    let of = &measured.broadcasts[0];
    // The publisher tells 4; each of them tells all but itself, the publisher and who told it: it was
    // the publisher, so 3. That makes 4 + 4 · 3 copies to 4 nodes.
    assert_eq!((of.messages, of.due, of.delivered), (5, 20, 20));
    assert_eq!(of.copies_per_delivery, Some(4.0));
    assert_eq!(of.curves.copies, [0, 0, 0, 0, 20]);
    assert_eq!(of.hops, Some(Hops { p50: 1, max: 1 }));
    assert_eq!(of.latency_ms.unwrap().p50, 20.0);
    let busiest = of.busiest_node.unwrap();
    assert_eq!((busiest.sent, busiest.received), (4 + 4 * 3, 4 * 4));
    assert_eq!(of.curves.latency_cdf, [(0.0, 0.0), (20.0, 1.0)]);
    assert_eq!(of.curves.propagation, of.curves.latency_cdf);
    assert_eq!(of.curves.load.last(), Some(&(1.0, busiest.bytes_sent + busiest.bytes_received)));
}

#[test]
fn to_who_crashes_nothing_is_due() {
    let mut world = Setup::line(4).start();
    world.publish(0);
    // The second node has it, and told the third.
    world.pass(WRITE + HOP + HOP / 2);
    world.crash(1);
    world.pass(SECOND);
    world.network.restart(1);
    world.pass(SECOND);
    let of = &world.finish().broadcasts[0];
    assert_eq!((of.due, of.delivered, of.time_to_converge_ms), (2, 2, Some(60.0)));
    assert_eq!((&of.curves.hops[..], &of.curves.copies[..]), (&[0, 0, 1, 1][..], &[0, 2][..]));
    let latency = of.latency_ms.unwrap();
    assert_eq!((latency.p50.round(), latency.max), (40.0, 60.0), "that of who crashed counts");
}

#[test]
fn nothing_comes_by_who_crashed_before() {
    let mut world = Setup::line(4).start();
    world.publish(0);
    world.pass(WRITE + HOP / 2);
    world.crash(1);
    world.pass(SECOND);
    let measured = world.finish();
    let of = &measured.broadcasts[0];
    assert_eq!((of.due, of.delivered, of.delivery_ratio), (2, 0, Some(0.0)));
    assert_eq!((of.copies_per_delivery, of.time_to_converge_ms), (None, None));
    assert!(of.latency_ms.is_none() && of.dropped["down"] == 1);
    assert_eq!(reasons(&measured), [("cut-off", 2)]);
}

#[test]
fn to_who_comes_later_nothing_is_due() {
    let mut world = Setup::line(3).not_started();
    (0..2).for_each(|node| world.network.start(node));
    world.run_until(READY);
    world.publish(0);
    world.pass(SECOND);
    world.network.start(2);
    world.pass(SECOND);
    world.publish(0);
    world.pass(SECOND);
    let of = &world.finish().broadcasts[0];
    assert_eq!((of.messages, of.due, of.delivered), (2, 3, 3));
}

#[test]
fn where_nothing_is_published_nothing_is_said() {
    let measured = Setup::line(3).start().finish();
    let of = &measured.broadcasts[0];
    assert_eq!((of.messages, of.due, of.delivery_ratio, of.hops), (0, 0, None, None));
    assert!(of.latency_ms.is_none() && of.curves.latency_cdf.is_empty());
    assert!(of.copies_per_delivery.is_none() && of.time_to_converge_ms.is_none());
    assert_eq!((of.floors.payloads, of.floors.eccentricity_hops), (2, None));
}

#[test]
fn what_would_take_too_much_memory_is_refused() {
    let (nodes, messages) = (1_000_000, PAIRS_MAX / 1_000_000 + 1);
    let plan = Plan { nodes, messages, ..Setup::line(2).plan() };
    let error = Measure::new(plan).err().unwrap();
    assert_eq!(error, TooLarge { nodes, messages });
    assert!(error.to_string().contains("fewer nodes"), "{error}");
}

#[test]
fn examples_are_fair_to_each_reason() {
    let mut world = Setup::mesh(40).ttl(0).fanout(1).start();
    (0..40).for_each(|node| world.publish(node));
    // Of what was published now, everything is under way.
    world.pass(SECOND);
    world.publish(0);
    world.pass(Duration::from_millis(5));
    let missing = world.finish().missing;
    assert_eq!((missing.total, missing.examples.len()), (40 * 38 + 39, 100));
    let of = |reason: &str| {
        missing.examples.iter().filter(move |example| example.reason == reason).count()
    };
    assert_eq!((of("under-way"), of("not-chosen")), (1, 99));
    let MissingDelivery { detail, published_ms, .. } = &missing.examples[0];
    assert!(detail.starts_with("published by node 0; node 0 has it") && *published_ms > 1000.0);
}
