//! What holds of any figures.

use super::*;
use crate::model::graph::UNREACHED;
use crate::model::{Loss, topology};
use crate::outcome::BroadcastOutcome;
use proptest::prelude::*;
use rumormill_core::{LinkKind, Rng, RngKey};

/// A connected graph of so many nodes.
fn setup(nodes: u32, degree: u32, seed: u64) -> Setup {
    let mut rng = Rng::new(RngKey::of_node(seed, 0), 0);
    let graph = topology::random(nodes, degree.min(nodes - 1), &mut rng).unwrap();
    let mut setup = Setup { graph, ..Setup::line(1) };
    setup.engine.seed = seed;
    setup.ttl(64)
}

/// Whatever happened.
fn is_sane(measured: &Measured) -> Result<(), TestCaseError> {
    let of = &measured.broadcasts[0];
    prop_assert!(of.delivered <= of.due);
    prop_assert_eq!(measured.missing.total, of.due - of.delivered);
    prop_assert_eq!(measured.missing.by_reason.values().sum::<u64>(), measured.missing.total);
    prop_assert!(!measured.missing.by_reason.contains_key("unexplained"));
    prop_assert_eq!(of.curves.hops.iter().sum::<u64>(), of.delivered);
    prop_assert_eq!(of.curves.copies.iter().sum::<u64>(), of.due);
    prop_assert!(of.copies_per_delivery.is_none_or(|copies| copies >= 1.0));
    prop_assert_eq!(of.time_to_converge_ms.is_some(), of.due > 0 && of.delivered == of.due);
    for curve in [&of.curves.latency_cdf, &of.curves.propagation] {
        prop_assert!(curve.len() <= 200 && curve.is_sorted());
    }
    prop_assert!(of.curves.load.len() <= 200 && of.curves.load.is_sorted());
    has_quantiles_in_order(of)
}

fn has_quantiles_in_order(of: &BroadcastOutcome) -> Result<(), TestCaseError> {
    if let (Some(latency), Some(hops)) = (of.latency_ms, of.hops) {
        let quantiles = [latency.p50, latency.p90, latency.p99, latency.max];
        prop_assert!(quantiles.is_sorted() && hops.p50 >= 1 && hops.p50 <= hops.max);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_is_missing_where_nothing_is_lost_and_the_shortest_ways_are_taken(
        (nodes, degree, seed) in (2..40u32, 1..6u32, any::<u64>())
    ) {
        let mut world = setup(nodes, degree, seed).start();
        let publisher = seed as usize % nodes as usize;
        world.publish(publisher);
        world.pass(5 * SECOND);
        let hops = world.graph.hops_from(publisher as u32);
        let pairs = world.measure.board.columns()[0].pairs.clone();
        let measured = world.finish();
        is_sane(&measured)?;
        let of = &measured.broadcasts[0];
        prop_assert_eq!((of.due, of.delivery_ratio), (u64::from(nodes) - 1, Some(1.0)));
        prop_assert_eq!(of.floors.eccentricity_hops, of.hops.map(|hops| hops.max));
        let took: Vec<_> = pairs.iter().map(|pair| pair.hops().unwrap_or(UNREACHED)).collect();
        prop_assert_eq!(took, hops);
    }

    #[test]
    fn no_way_is_shorter_than_the_shortest(
        (nodes, degree, seed) in (2..40u32, 1..6u32, any::<u64>())
    ) {
        let mut setup = setup(nodes, degree, seed);
        setup.engine.latency = Latency::Uniform(HOP / 20, HOP * 4);
        let mut world = setup.start();
        world.publish(0);
        world.pass(8 * SECOND);
        let hops = world.graph.hops_from(0);
        let pairs = world.measure.board.columns()[0].pairs.clone();
        let measured = world.finish();
        is_sane(&measured)?;
        prop_assert_eq!(measured.broadcasts[0].delivery_ratio, Some(1.0));
        prop_assert!(pairs.iter().zip(&hops).all(|(pair, hops)| pair.hops() >= Some(*hops)));
    }

    #[test]
    fn whatever_goes_wrong_is_explained(
        (nodes, degree, seed) in (2..30u32, 1..6u32, any::<u64>()),
        (fanout, ttl, loss) in (prop::option::of(1..4u16), 0..8u8, 0.0..0.5f64),
        (crashed, cut) in (0..30usize, any::<bool>()),
    ) {
        let mut setup = setup(nodes, degree, seed).ttl(ttl);
        setup.engine.kind = LinkKind::Datagram;
        setup = fanout.into_iter().fold(setup, Setup::fanout);
        setup.engine.loss = Loss::Uniform(loss);
        let mut world = setup.start();
        for node in 0..nodes as usize {
            world.publish(node);
            world.pass(Duration::from_millis(30));
            if node == crashed {
                world.crash(node);
            }
            if cut && node > 0 {
                world.network.cut(node - 1, node);
            }
        }
        world.pass(5 * SECOND);
        is_sane(&world.finish())?;
    }

    #[test]
    fn so_it_is_over_streams(
        (nodes, degree, seed) in (2..30u32, 1..6u32, any::<u64>()),
        (fanout, ttl) in (prop::option::of(1..4u16), 0..8u8),
        (crashed, heals) in (0..30usize, any::<bool>()),
    ) {
        let setup = fanout.into_iter().fold(setup(nodes, degree, seed).ttl(ttl), Setup::fanout);
        let mut world = setup.start();
        for node in 0..nodes as usize {
            world.publish(node);
            world.pass(Duration::from_millis(30));
            if node == crashed {
                world.crash(node);
            }
            if node > 0 {
                world.network.cut(node - 1, node);
            }
            if heals && node > 1 {
                world.network.heal(node - 2, node - 1);
            }
        }
        world.pass(5 * SECOND);
        is_sane(&world.finish())?;
    }
}
