//! Golden scripts: what a node is given, and all it does.

use super::*;
use alloc::format;
use alloc::string::String;
use core::num::NonZeroU16;
use core::time::Duration;
use rumormill_core::testing::{Effect, Recorder};
use rumormill_core::{Cells, Gone, Link, Sent};

const OWN: u64 = 7000;

fn peer(number: u32) -> Peer {
    Peer::new(number, 0)
}

fn rumor(id: u64, origin: u64, version: u64) -> Arc<Rumor> {
    let (id, origin) = (RumorId([0, id]), Name::Number(origin));
    let (subject, payload) = (Subject::register("book"), Bytes::from_static(b"{}"));
    Arc::new(Rumor { id, origin, version, subject, payload, life: Life::Lasting })
}

/// A node with peers 1…n, who are called 7001…7000 + n.
fn node_with(config: FloodConfig, peers: u32) -> Recorder<Flood> {
    let cells = Cells::default();
    let flood = Flood::new(config, Name::Number(OWN), HashSeed::default(), cells.view());
    let mut node = Recorder::new(flood);
    for number in 1..=peers {
        node.receipt(peer(number), Sent::Queued);
        let link = Link::outgoing(Name::Number(OWN + u64::from(number)));
        node.give(Input::PeerUp(peer(number), link));
    }
    node
}

fn node(peers: u32) -> Recorder<Flood> {
    node_with(FloodConfig::default(), peers)
}

/// One line an effect.
fn told(effects: &[Effect<Flood>]) -> Vec<String> {
    let line = |effect: &Effect<Flood>| match effect {
        Effect::Send(to, class, message) => {
            format!("{class:?} → {to:?}: {} ttl {}", message.rumor.id.0[1], message.ttl)
        }
        Effect::Emit(BroadcastEvent::Arrived(rumor, from)) => {
            format!("arrived {} from {from:?}", rumor.id.0[1])
        }
        Effect::Emit(BroadcastEvent::Duplicate(id, from)) => {
            format!("duplicate {} from {from:?}", id.0[1])
        }
        other => format!("{other:?}"),
    };
    effects.iter().map(line).collect()
}

/// A rumor arrives; the layer above accepts what is new.
fn hear(node: &mut Recorder<Flood>, from: u32, rumor: &Arc<Rumor>, ttl: u8) -> Vec<String> {
    let message = FloodMessage { rumor: rumor.clone(), ttl };
    let mut effects = told(&node.give(Input::Message(peer(from), message)));
    effects.extend(judge(node, rumor.id, Verdict::Accept));
    effects
}

fn judge(node: &mut Recorder<Flood>, id: RumorId, verdict: Verdict) -> Vec<String> {
    told(&node.give(Input::Command(BroadcastCommand::Judge(id, verdict))))
}

#[test]
fn forwards_what_is_new_to_all_but_sender_and_origin() {
    let mut node = node(4);
    let effects = hear(&mut node, 1, &rumor(5, 7002, 1), 8);
    assert_eq!(effects, ["arrived 5 from p1", "Forward → p3: 5 ttl 7", "Forward → p4: 5 ttl 7"]);
}

#[test]
fn stops_a_duplicate() {
    let mut node = node(3);
    hear(&mut node, 1, &rumor(5, 9, 1), 8);
    assert_eq!(hear(&mut node, 2, &rumor(5, 9, 1), 8), ["duplicate 5 from p2"]);
    assert_eq!(node.machine.recent().count(), 1);
}

#[test]
fn delivers_ttl_0_and_forwards_it_to_nobody() {
    assert_eq!(hear(&mut node(3), 1, &rumor(5, 9, 1), 0), ["arrived 5 from p1"]);
}

#[test]
fn clamps_a_strangers_ttl_to_its_own() {
    let effects = hear(&mut node(2), 1, &rumor(5, 9, 1), 255);
    assert_eq!(effects, ["arrived 5 from p1", "Forward → p2: 5 ttl 7"]);
}

#[test]
fn delivers_two_of_one_origin_out_of_order() {
    let mut node = node(1);
    assert_eq!(hear(&mut node, 1, &rumor(6, 9, 2), 8), ["arrived 6 from p1"]);
    assert_eq!(hear(&mut node, 1, &rumor(5, 9, 1), 8), ["arrived 5 from p1"]);
}

#[test]
fn a_restart_forgets_what_it_saw_and_delivers_it_once_more() {
    let mut before = node(2);
    hear(&mut before, 1, &rumor(5, 9, 1), 8);
    let mut after = node(2);
    assert_eq!(hear(&mut after, 1, &rumor(5, 9, 1), 8)[0], "arrived 5 from p1");
}

#[test]
fn who_sent_a_copy_while_it_was_judged_needs_none() {
    let mut node = node(3);
    let message = |ttl| FloodMessage { rumor: rumor(5, 9, 1), ttl };
    node.give(Input::Message(peer(1), message(8)));
    assert_eq!(told(&node.give(Input::Message(peer(2), message(8)))), ["duplicate 5 from p2"]);
    assert_eq!(judge(&mut node, RumorId([0, 5]), Verdict::Accept), ["Forward → p3: 5 ttl 7"]);
}

#[test]
fn what_was_ignored_is_seen_but_what_was_rejected_is_not() {
    let mut node = node(2);
    let message = |id| FloodMessage { rumor: rumor(id, 9, 1), ttl: 8 };
    for (id, verdict) in [(5, Verdict::Ignore), (6, Verdict::Reject)] {
        node.give(Input::Message(peer(1), message(id)));
        assert_eq!(judge(&mut node, RumorId([0, id]), verdict), [""; 0]);
    }
    assert_eq!(hear(&mut node, 2, &rumor(5, 9, 1), 8), ["duplicate 5 from p2"]);
    assert_eq!(hear(&mut node, 2, &rumor(6, 9, 1), 8)[0], "arrived 6 from p2");
}

#[test]
fn what_state_learned_is_not_delivered_again() {
    let mut node = node(2);
    node.give(Input::Command(BroadcastCommand::Seen(rumor(5, 9, 1), peer(1))));
    assert_eq!(hear(&mut node, 1, &rumor(5, 9, 1), 8), ["duplicate 5 from p1"]);
}

#[test]
fn a_random_fanout_draws_so_many_anew_each_time() {
    let fanout = Fanout::Random(NonZeroU16::new(3).unwrap());
    let mut node = node_with(FloodConfig { fanout, ..FloodConfig::default() }, 10);
    let draws: Vec<Vec<String>> =
        (0..20).map(|id| hear(&mut node, 1, &rumor(id, 9, 1), 8)[1..].to_vec()).collect();
    assert!(draws.iter().all(|draw| draw.len() == 3));
    let receivers = |draw: &Vec<String>| -> Vec<String> {
        draw.iter().map(|line| line.split(':').next().unwrap_or_default().into()).collect()
    };
    assert!(draws.iter().any(|draw| receivers(draw) != receivers(&draws[0])));
}

#[test]
fn publishes_a_topic_once_its_version_is_durable() {
    let mut node = node(2);
    let (topic, payload) = (Arc::from("news"), Bytes::from_static(b"hi"));
    let publish = BroadcastCommand::Publish { topic, payload, ticket: 77 };
    let first = node.give(Input::Command(publish));
    assert!(matches!(first[..], [Effect::Persist(VERSION, _, FloodToken::Version)]), "{first:?}");
    let then = node.give(Input::Persisted(FloodToken::Version, Ok(())));
    let [Effect::Send(_, _, message), Effect::Send(..), Effect::Emit(receipt)] = &then[..] else {
        panic!("{then:?}")
    };
    assert_eq!((message.rumor.version, message.ttl), (1, 8));
    let BroadcastEvent::Published { ticket: 77, id, tally } = receipt else {
        panic!("{receipt:?}")
    };
    assert_eq!((*id, tally.queued), (message.rumor.id, 2));
}

#[test]
fn a_publish_without_a_durable_version_is_tried_again_and_never_grows() {
    let mut node = node(1);
    let publish = |ticket| {
        let (topic, payload) = (Arc::from("news"), Bytes::new());
        Input::Command(BroadcastCommand::Publish { topic, payload, ticket })
    };
    node.give(publish(0));
    let failed = node.give(Input::Persisted(FloodToken::Version, Err(Why::Full)));
    assert!(matches!(failed[..], [Effect::Timer(_, FloodToken::Retry)]), "{failed:?}");
    assert!(matches!(node.give(Input::Timer(FloodToken::Retry))[..], [Effect::Persist(..)]));
    (1..64).for_each(|ticket| assert!(node.give(publish(ticket)).is_empty()));
    let refused = format!("{:?}", node.give(publish(64)));
    assert!(refused.contains("PublishRefused { ticket: 64, why: Overloaded }"), "{refused}");
}

#[test]
fn says_which_publish_a_link_took_with_it() {
    let mut node = node(1);
    let spread = BroadcastCommand::Spread(rumor(5, OWN, 1));
    let effects = told(&node.give(Input::Command(spread)));
    assert_eq!(effects, ["Own(Own(1)) → p1: 5 ttl 8"]);
    let lost = node.give(Input::Lost(peer(1), FloodToken::Own(1)));
    assert!(matches!(lost[..], [Effect::Emit(BroadcastEvent::Lost(RumorId([0, 5]), _))]));
}

#[test]
fn a_peer_that_is_down_gets_nothing() {
    let mut node = node(2);
    node.give(Input::PeerDown(peer(2), Gone::Failed(Why::Closed)));
    assert_eq!(hear(&mut node, 1, &rumor(5, 9, 1), 8), ["arrived 5 from p1"]);
}

#[test]
fn ten_thousand_ids_of_a_stranger_do_not_evict_a_peers() {
    let config = FloodConfig { seen_entries: 1000, recent_entries: 100, ..FloodConfig::default() };
    let mut node = node_with(config, 1);
    hear(&mut node, 1, &rumor(1, 9, 1), 0);
    (2..10_002).for_each(|id| _ = hear(&mut node, 0, &rumor(id, 9, 1), 0));
    assert_eq!(hear(&mut node, 1, &rumor(1, 9, 1), 0), ["duplicate 1 from p1"]);
    assert_eq!((node.machine.seen_len(), node.machine.recent().count()), (1000, 100));
}

#[test]
fn forgets_an_id_after_its_age() {
    let mut node = node(1);
    hear(&mut node, 1, &rumor(1, 9, 1), 0);
    node.wait(Duration::from_secs(600));
    hear(&mut node, 1, &rumor(2, 9, 1), 0);
    assert_eq!(hear(&mut node, 1, &rumor(1, 9, 1), 0), ["arrived 1 from p1"]);
}
