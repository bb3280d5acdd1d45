//! What the ways between nodes do to what goes over them.

use crate::chatter::{Do, Room, Told, WORD_LEN};
use rumormill_core::{Duration, LinkKind, Name, Sent, Time, Why};
use rumormill_sim::model::{Latency, Loss, Lost, Rule};
use rumormill_sim::{Config, Dialling};

const MS: Duration = Duration::from_millis(1);

fn name(node: u64) -> Told {
    Told::Up(Name::Number(node))
}

fn lossy(kind: LinkKind, loss: f64) -> Config {
    let latency = Latency::Uniform(5 * MS, 50 * MS);
    Config {
        kind,
        loss: Loss::Uniform(loss),
        latency,
        seed: 15,
        dial_deadline: 600_000 * MS,
        ..Config::default()
    }
}

fn words(told: &[Told]) -> Vec<u32> {
    let word = |told: &Told| if let Told::Heard(_, word) = told { Some(*word) } else { None };
    told.iter().filter_map(word).collect()
}

#[test]
fn a_stream_loses_time_instead_of_words_and_keeps_their_order() {
    let mut room = Room::new(lossy(LinkKind::Stream, 0.3), 2);
    room.act(0, Do::Dial(1), 60_000);
    let before = room.network.now();
    for word in 0..1000 {
        room.act(0, Do::Say(word..word + 1), 10);
    }
    room.pass(60_000);
    let took = room.told[1].last().map(|(at, _)| at.since(before));
    let heard = words(&room.take(1));
    assert!(heard.iter().copied().eq(0..1000), "{heard:?}");
    assert!(took > Some(Duration::from_secs(10)), "the last was sent then: {took:?}");
    let lost = room.network.counters().retransmitted;
    assert!((350..520).contains(&lost), "three of seven attempts a word: {lost}");
}

#[test]
fn datagrams_are_lost_doubled_and_out_of_order_as_often_as_configured() {
    let config = Config { duplication: (0.05, 45 * MS), ..lossy(LinkKind::Datagram, 0.1) };
    let mut room = Room::new(config, 2);
    room.act(0, Do::Dial(1), 60_000);
    let lost_before = room.network.counters().lost(Lost::Loss);
    room.act(0, Do::Say(0..10_000), 1_000);
    let heard = words(&room.take(1));
    let counters = room.network.counters();
    let lost = counters.lost(Lost::Loss) - lost_before;
    assert_eq!(heard.len() as u64, 10_000 - lost + counters.doubled, "all are accounted for");
    assert!((880..1120).contains(&lost), "four deviations around 1,000: {lost}");
    assert!((365..535).contains(&counters.doubled), "and around 450: {}", counters.doubled);
    assert!(!heard.is_sorted());
}

#[test]
fn a_request_in_a_lost_datagram_times_out() {
    let mut room = Room::new(lossy(LinkKind::Datagram, 0.2), 2);
    room.act(0, Do::Dial(1), 60_000);
    room.take(0);
    for word in 1..=1000 {
        room.act(0, Do::Ask(word), 1);
    }
    room.pass(10_000);
    let answers = room.take(0);
    let timed_out =
        answers.iter().filter(|told| **told == Told::Answer(Err(Why::TimedOut))).count();
    assert_eq!(answers.len(), 1000, "each has one answer");
    assert!((310..410).contains(&timed_out), "36 % of 1,000: {timed_out}");
}

#[test]
fn who_is_dialled_may_ask_at_once_and_does_not_overtake_its_own_acceptance() {
    let latency = Latency::Uniform(MS, 50 * MS);
    let mut room = Room::new(Config { latency, ..Config::default() }, 2);
    room.act(1, Do::Greet(5), 0);
    for _ in 0..100 {
        room.act(0, Do::Dial(1), 1_000);
        assert_eq!(room.take(0), [name(1), Told::Asked(true, 5)]);
        assert_eq!(room.take(1), [name(0), Told::Answer(Ok(6))]);
    }
}

#[test]
fn a_slow_link_takes_its_time_a_byte() {
    let outbox = rumormill_core::driver::OutboxLimits { bytes: 1600 };
    let latency = Latency::Constant(10 * MS);
    let config = Config { latency, up_bytes_per_second: Some(10_000), outbox, ..Config::default() };
    let mut room = Room::new(config, 2);
    room.act(0, Do::Dial(1), 30);
    let sent = room.network.now();
    room.act(0, Do::Say(0..20), 1_000);
    let heard: Vec<u128> =
        room.told[1][1..].iter().map(|(at, _)| at.since(sent).as_millis()).collect();
    let each = WORD_LEN as u128 / 10;
    let expected: Vec<u128> = (1..=17).map(|count| count * each + 10).collect();
    assert_eq!(heard, expected, "one on the line and sixteen behind it");
    assert_eq!(words(&room.take(1)), [&[0][..], &(4..20).collect::<Vec<_>>()].concat());
    assert_eq!(room.take(0)[1..], [const { Told::Sent(Sent::Pressured) }; 3]);
    assert_eq!(room.network.counters().evicted, 3);
}

#[test]
fn over_http_the_accepting_end_is_told_nothing() {
    let mut room = Room::new(Config { dialling: Dialling::Http, ..Config::default() }, 2);
    room.act(0, Do::Dial(1), 100);
    room.act(0, Do::Say(1..2), 100);
    room.act(0, Do::Ask(5), 100);
    assert_eq!(room.take(0), [name(1), Told::Answer(Ok(6))]);
    assert_eq!(room.take(1), [Told::Heard(false, 1), Told::Asked(false, 5)]);
    room.act(1, Do::Dial(0), 100);
    room.act(0, Do::Say(2..3), 100);
    assert_eq!(room.take(1), [name(0), Told::Heard(true, 2)]);
}

#[test]
fn over_http_a_dead_peer_is_noticed_by_using_it() {
    let mut room = Room::new(Config { dialling: Dialling::Http, ..Config::default() }, 2);
    room.act(0, Do::Dial(1), 100);
    room.network.crash(1);
    room.pass(1_000);
    assert_eq!(room.take(0), [name(1)]);
    room.act(0, Do::Ask(5), 100);
    let unreachable = Why::Unreachable;
    assert_eq!(room.take(0), [Told::Answer(Err(unreachable)), Told::Down(unreachable)]);
    room.network.restart(1);
    room.act(0, Do::Dial(1), 100);
    room.act(0, Do::Say(3..4), 100);
    assert_eq!((room.take(0), room.take(1)), (vec![name(1)], vec![Told::Heard(false, 3)]));
}

#[test]
fn a_cut_ends_streams_and_dials_until_it_heals() {
    let mut room = Room::new(Config::default(), 3);
    room.act(0, Do::Dial(1), 100);
    room.act(0, Do::Dial(2), 100);
    room.network.cut(1, 0);
    room.act(0, Do::Dial(1), 6_000);
    let (down, failed) = (Told::Down(Why::Unreachable), Told::DialFailed(Why::Unreachable));
    assert_eq!(room.take(0), [name(1), name(2), down.clone(), failed]);
    assert_eq!((room.take(1), room.take(2)), (vec![name(0), down], vec![name(0)]));
    room.network.heal(0, 1);
    room.act(0, Do::Dial(1), 100);
    assert_eq!(room.take(0), [name(1)]);
}

#[test]
fn who_still_uses_a_link_whose_end_was_not_heard_of_is_told() {
    let mut room = Room::new(Config::default(), 2);
    room.act(0, Do::Dial(1), 100);
    let back = [(1, 0)].into_iter().collect();
    let mute = room.network.rules_mut().add(Rule::one_way(back));
    room.network.crash(1);
    room.pass(100);
    room.network.rules_mut().remove(mute);
    assert_eq!(room.take(0), [name(1)], "the news of the crash was lost");
    room.act(0, Do::Say(1..2), 100);
    assert_eq!(room.take(0), [Told::Down(Why::Closed)]);
    assert_eq!(room.network.counters().lost(Lost::Down), 1);
}

#[test]
fn a_cut_of_datagrams_tells_nobody() {
    let mut room = Room::new(Config { kind: LinkKind::Datagram, ..Config::default() }, 2);
    room.act(0, Do::Dial(1), 100);
    room.network.cut(0, 1);
    room.act(0, Do::Say(1..3), 6_000);
    room.network.heal(0, 1);
    room.act(0, Do::Say(3..4), 100);
    assert_eq!((room.take(0), room.take(1)), (vec![name(1)], vec![name(0), Told::Heard(true, 3)]));
    assert_eq!(room.network.counters().lost(Lost::Partition), 2);
}

#[test]
fn a_crash_closes_requests_over_its_links_and_forgets_timers() {
    let mut room = Room::new(Config::default(), 2);
    room.act(0, Do::Dial(1), 100);
    room.act(1, Do::Wait(500 * MS), 10);
    room.act(0, Do::Ask(0), 100);
    room.network.crash(1);
    room.pass(100);
    room.network.restart(1);
    room.pass(10_000);
    let closed = Why::Closed;
    assert_eq!(room.take(0), [name(1), Told::Answer(Err(closed)), Told::Down(closed)]);
    assert_eq!(room.take(1), [name(0), Told::Asked(true, 0)]);
}

#[test]
fn a_timer_of_zero_lets_time_pass() {
    let mut room = Room::new(Config::default(), 1);
    room.act(0, Do::Wait(Duration::ZERO), 1);
    assert!(matches!(room.told[0][..], [(at, Told::Waited)] if at > Time::ZERO));
}
