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
const LOG: u32 = 12;

fn wheel<E>() -> Wheel<E> {
    Wheel::new(Duration::from_nanos(1 << LOG))
}

/// Takes all that is due by then; `took` may ask for more meanwhile.
fn run(wheel: &mut Wheel<()>, until: Time, mut took: impl FnMut(&mut Wheel<()>, Key)) {
    while wheel.next_window(until) {
        while let Some(batch) = wheel.next() {
            while let Some((key, ())) = wheel.pop_of(batch) {
                took(wheel, key);
            }
        }
    }
}

fn drain(wheel: &mut Wheel<()>, until: Time) -> Vec<Key> {
    let mut drained = Vec::new();
    run(wheel, until, |_, key| drained.push(key));
    drained
}

/// Window by window, and within each by key.
fn sort(keys: &mut [Key]) {
    keys.sort_unstable_by_key(|key| (key.time.as_nanos() >> LOG, *key));
}

/// For itself a node asks for what it likes, but not for now; for others for what is far enough.
fn follow_up(key: Key, (after, target): (u64, u32)) -> Key {
    let least = if target == key.target { 1 } else { 1 << LOG };
    let time = key.time.as_nanos().saturating_add(least).saturating_add(after);
    let number = key.number + 1_000 * u64::from(key.target + 1);
    Key { time: Time::from_nanos(time), target, source: Source::node(key.target), number }
}

proptest! {
    #[test]
    fn the_order_of_pushes_is_forgotten(keys in prop::collection::vec(any_key(), 0..60)) {
        let drained = |keys: &mut dyn Iterator<Item = Key>| {
            let mut wheel = wheel();
            keys.for_each(|key| wheel.push(key, ()));
            drain(&mut wheel, EVER)
        };
        let mut sorted = keys.clone();
        sort(&mut sorted);
        prop_assert_eq!(&sorted, &drained(&mut keys.iter().copied()));
        prop_assert_eq!(&sorted, &drained(&mut keys.iter().rev().copied()));
    }

    /// Whatever is pushed when, as long as it is not before what was taken.
    #[test]
    fn what_is_due_comes_and_no_more(
        rounds in prop::collection::vec((any_time(), prop::collection::vec(any_key(), 0..10)), 0..20),
    ) {
        let (mut wheel, mut model) = (wheel(), Vec::new());
        let mut now = Time::ZERO;
        for (span, keys) in rounds {
            for key in keys {
                let time = Time::from_nanos(now.as_nanos().saturating_add(key.time.as_nanos()));
                wheel.push(Key { time, ..key }, ());
                model.push(Key { time, ..key });
            }
            prop_assert_eq!(wheel.iter().count(), model.len());
            now = Time::from_nanos(now.as_nanos().saturating_add(span));
            let mut due: Vec<Key> = model.extract_if(.., |key| key.time <= now).collect();
            sort(&mut due);
            prop_assert_eq!(due, drain(&mut wheel, now));
        }
    }

    /// Nodes ask for more while they run, each for itself at once, for others not sooner than a window
    /// from now. For each of them it is all in order of time, wherever runs are interrupted.
    #[test]
    fn for_each_node_time_goes_on(
        keys in prop::collection::vec(any_key(), 1..20),
        asks in prop::collection::vec((any_time(), 0u32..3), 0..60),
        mut stops in prop::collection::vec(any_time(), 0..10),
    ) {
        let of_each = |stops: &[u64]| {
            let (mut wheel, mut asks) = (wheel(), asks.iter());
            keys.iter().for_each(|key| wheel.push(*key, ()));
            let mut taken: [Vec<Key>; 3] = Default::default();
            for stop in stops.iter().copied().chain([u64::MAX]) {
                run(&mut wheel, Time::from_nanos(stop), |wheel, key| {
                    taken[key.target as usize].push(key);
                    if let Some(ask) = asks.next() {
                        wheel.push(follow_up(key, *ask), ());
                    }
                });
            }
            taken
        };
        stops.sort_unstable();
        for taken in of_each(&stops) {
            prop_assert!(taken.is_sorted_by_key(|key| key.time), "{:?}", taken);
        }
        let count = |stops: &[u64]| of_each(stops).iter().map(Vec::len).sum::<usize>();
        prop_assert_eq!(count(&stops), count(&[]), "nothing is lost or doubled");
    }
}

#[test]
fn a_batch_is_one_node_at_one_time_timers_last() {
    let arrival = |time, target, source| key(time, target, Source::node(source), 1);
    let mut wheel = wheel();
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
    assert!(wheel.next_window(EVER));
    let batch = wheel.next().unwrap();
    let taken: String = std::iter::from_fn(|| wheel.pop_of(batch)).map(|(_, e)| e).collect();
    assert_eq!(taken, "abot");
    assert_eq!(wheel.next(), Some((Time::from_nanos(6), 1)), "a node does all it has to");
    assert_eq!(wheel.pop_of((Time::from_nanos(6), 1)).map(|(_, event)| event), Some('l'));
    assert_eq!(wheel.next(), Some((Time::from_nanos(5), 2)));
}

#[test]
fn looking_ahead_does_not_turn_the_wheel() {
    let mut wheel = wheel();
    wheel.push(key(1 << 40, 0, Source::node(0), 1), ());
    assert!(!wheel.next_window(Time::from_nanos(1 << 39)));
    wheel.push(key(1 << 39, 0, Source::node(0), 2), ());
    assert!(wheel.rest.is_empty(), "it is still to come");
    assert_eq!(drain(&mut wheel, EVER).len(), 2);
}
