use super::*;
use proptest::prelude::*;

fn key(time: u64, target: u32, source: Source, number: u64) -> Key {
    Key { time: Time::from_nanos(time), target, source, number }
}

/// Times that lie close together, on each level, and beyond.
fn any_time() -> impl Strategy<Value = u64> {
    (0u64..3, 0u32..60).prop_map(|(step, log)| step << log)
}

fn any_key() -> impl Strategy<Value = Key> {
    (any_time(), 0u32..3, any::<bool>(), 0u32..3, 0u64..1000).prop_map(
        |(time, target, is_timer, source, number)| {
            let source = if is_timer { Source::timer_of(source) } else { Source::node(source) };
            key(time, target, source, number)
        },
    )
}

const EVER: Time = Time::from_nanos(u64::MAX);

fn drain(wheel: &mut Wheel<()>, until: Time) -> Vec<Key> {
    let next = || wheel.next(until).and_then(|batch| wheel.pop_of(batch));
    std::iter::from_fn(next).map(|(key, ())| key).collect()
}

proptest! {
    #[test]
    fn the_order_of_pushes_is_forgotten(keys in prop::collection::vec(any_key(), 0..60)) {
        let drained = |keys: &mut dyn Iterator<Item = Key>| {
            let mut wheel = Wheel::default();
            keys.for_each(|key| wheel.push(key, ()));
            drain(&mut wheel, EVER)
        };
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        prop_assert_eq!(&sorted, &drained(&mut keys.iter().copied()));
        prop_assert_eq!(&sorted, &drained(&mut keys.iter().rev().copied()));
    }

    /// Whatever is pushed when, as long as it is not before what was taken.
    #[test]
    fn it_is_a_priority_queue(
        rounds in prop::collection::vec((any_time(), prop::collection::vec(any_key(), 0..10)), 0..20),
    ) {
        let (mut wheel, mut model) = (Wheel::default(), Vec::new());
        let mut now = Time::ZERO;
        for (span, keys) in rounds {
            for key in keys {
                let time = Time::from_nanos(now.as_nanos().saturating_add(key.time.as_nanos()));
                wheel.push(Key { time, ..key }, ());
                model.push(Key { time, ..key });
            }
            now = Time::from_nanos(now.as_nanos().saturating_add(span));
            model.sort_unstable();
            let due = model.partition_point(|key| key.time <= now);
            prop_assert_eq!(model.drain(..due).collect::<Vec<_>>(), drain(&mut wheel, now));
        }
    }
}

#[test]
fn a_batch_is_one_node_at_one_time_timers_last() {
    let arrival = |time, target, source| key(time, target, Source::node(source), 1);
    let mut wheel = Wheel::default();
    for (event, key) in [
        ('t', key(5, 1, Source::timer_of(0), 1)),
        ('o', key(5, 1, Source::OUTSIDE, 1)),
        ('b', arrival(5, 1, 9)),
        ('a', arrival(5, 1, 2)),
        ('n', arrival(5, 2, 0)),
        ('l', arrival(6, 1, 0)),
    ] {
        wheel.push(key, event);
    }
    let batch = wheel.next(EVER).unwrap();
    let taken: String = std::iter::from_fn(|| wheel.pop_of(batch)).map(|(_, e)| e).collect();
    assert_eq!(taken, "abot");
    assert_eq!(wheel.next(EVER), Some((Time::from_nanos(5), 2)));
}

#[test]
fn looking_ahead_does_not_turn_the_wheel() {
    let mut wheel = Wheel::default();
    wheel.push(key(1 << 40, 0, Source::node(0), 1), ());
    assert_eq!(wheel.next(Time::from_nanos(1 << 39)), None);
    wheel.push(key(1 << 39, 0, Source::node(0), 2), ());
    assert!(wheel.late.is_empty(), "it is still to come");
}
