//! Whatever is lost, and in whatever order the rest comes: in the end all know the same.

use super::world::World;
use super::*;
use proptest::prelude::*;

const KEYS: [&str; 3] = ["book", "mood", "hat"];

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
    Set { node: usize, key: usize, len: usize },
    SetFor { node: usize, key: usize, seconds: u64 },
    Remove { node: usize, key: usize },
    Spread,
    Pass { seconds: u64 },
    Part { node: usize },
    Join { node: usize },
    Restart { node: usize },
}

fn any_step(nodes: usize) -> impl Strategy<Value = Step> {
    let (node, key) = (0..nodes, 0..KEYS.len());
    prop_oneof![
        4 => (node.clone(), key.clone(), 0usize..600)
            .prop_map(|(node, key, len)| Step::Set { node, key, len }),
        1 => (node.clone(), key.clone(), 1u64..100)
            .prop_map(|(node, key, seconds)| Step::SetFor { node, key, seconds }),
        2 => (node.clone(), key).prop_map(|(node, key)| Step::Remove { node, key }),
        3 => Just(Step::Spread),
        3 => (1u64..200).prop_map(|seconds| Step::Pass { seconds }),
        1 => node.clone().prop_map(|node| Step::Part { node }),
        1 => node.clone().prop_map(|node| Step::Join { node }),
        1 => node.prop_map(|node| Step::Restart { node }),
    ]
}

fn steps(nodes: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any_step(nodes), 0..40)
}

fn take(world: &mut World, step: Step) {
    let others = |world: &World, node| (0..world.nodes.len()).filter(move |other| *other != node);
    match step {
        Step::Set { node, key, len } => {
            world.set(node, KEYS[key], Bytes::from(alloc::vec![b'x'; len]), Life::Lasting);
        }
        Step::SetFor { node, key, seconds } => {
            world.set(node, KEYS[key], Bytes::new(), Life::For(SECOND * seconds as u32));
        }
        Step::Remove { node, key } => world.set(node, KEYS[key], Bytes::new(), Life::Removed),
        Step::Spread => world.spread(),
        Step::Pass { seconds } => world.pass(SECOND * seconds as u32),
        Step::Part { node } => {
            let others: Vec<usize> = others(world, node).collect();
            for other in others {
                world.unlink(node, other);
                world.unlink(other, node);
            }
        }
        Step::Join { node } => join(world, node),
        Step::Restart { node } => world.restart(node),
    }
}

fn join(world: &mut World, node: usize) {
    for other in (0..world.nodes.len()).filter(|other| *other != node) {
        world.link(node, other);
        world.link(other, node);
    }
}

/// Small budgets, so that everything goes in pages, and a short memory for removals.
fn small() -> RegistersConfig {
    RegistersConfig {
        delta_bytes_max: 1024,
        digest_bytes_max: 256,
        tombstone_ttl: SECOND * 60,
        sync_interval: Some(SECOND),
        ..RegistersConfig::default()
    }
}

fn run(nodes: usize, loss: u64, seed: u64, steps: Vec<Step>) -> World {
    let mut world = World::new(nodes, small(), seed);
    world.loss = loss;
    steps.into_iter().for_each(|step| take(&mut world, step));
    (0..nodes).for_each(|node| join(&mut world, node));
    world.calm();
    world
}

proptest! {
    /// Deltas above their budget would fail inside [`World`].
    #[test]
    fn any_two_converge_under_any_loss_and_order(
        steps in steps(2), loss in 0u64..80, seed: u64,
    ) {
        let shown = run(2, loss, seed, steps).shown();
        prop_assert_eq!(&shown[0], &shown[1]);
    }

    #[test]
    fn so_do_four_and_what_each_says_of_itself_is_what_all_say(
        steps in steps(4), loss in 0u64..80, seed: u64,
    ) {
        let world = run(4, loss, seed, steps);
        let shown = world.shown();
        for (at, node) in world.nodes.iter().enumerate() {
            let own = Name::Number(7000 + at as u64);
            let says: Vec<_> = contents(node.machine.table()).into_iter()
                .filter(|rumor| rumor.origin == own).collect();
            for others in &shown {
                let heard: Vec<_> =
                    others.iter().filter(|rumor| rumor.origin == own).cloned().collect();
                prop_assert_eq!(&heard, &says, "of {:?}", own);
            }
        }
    }

    /// Removed for good, while others are away for any time: nobody shows it ever again.
    #[test]
    fn the_removed_stays_removed(
        before in steps(3), after in steps(3), loss in 0u64..60, seed: u64,
    ) {
        let mut world = World::new(3, small(), seed);
        world.loss = loss;
        before.into_iter().for_each(|step| take(&mut world, step));
        world.set(0, "mood", Bytes::new(), Life::Removed);
        let touches = |step: &Step| matches!(
            step,
            Step::Set { node: 0, key: 1, .. } | Step::SetFor { node: 0, key: 1, .. }
        );
        after.into_iter().filter(|step| !touches(step)).for_each(|step| take(&mut world, step));
        (0..3).for_each(|node| join(&mut world, node));
        world.calm();
        for shown in world.shown() {
            let revived = shown.iter().find(|rumor| {
                rumor.origin == OWN && rumor.subject == crate::Subject::register("mood")
            });
            prop_assert!(revived.is_none(), "{revived:?}");
        }
    }
}

#[test]
fn ten_megabytes_reach_a_newcomer_in_messages_within_their_budget() {
    let mut world = World::new(1, RegistersConfig::default(), 1);
    for key in 0..200 {
        let payload = Bytes::from(alloc::vec![b'x'; 50 << 10]);
        world.set(0, &alloc::format!("k{key}"), payload, Life::Lasting);
    }
    let mut newcomer = World::new(2, RegistersConfig::default(), 1);
    newcomer.nodes.swap(0, 1);
    core::mem::swap(&mut newcomer.nodes[0], &mut world.nodes[0]);
    newcomer.nodes[1] = super::world::fresh(1, RegistersConfig::default());
    newcomer.exchanged = 0;
    newcomer.link(1, 0);
    newcomer.answer_all();
    assert_eq!(newcomer.shown()[1].len(), 200, "all of it at once, without waiting for a tick");
    assert!(newcomer.exchanged < 200, "{} messages", newcomer.exchanged);
}
