//! How the planes of a node work together.

use crate::*;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rumormill_core::bounded::HashSeed;
use rumormill_core::testing::{Effect, Recorder};
use rumormill_core::{Bytes, Cells, Input, Link, LinkId, Name, Peer, Protocol, ReplyTo, Sent, Why};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::discovery::peer_list::PeerListToken;
use rumormill_protocols::parts::peers::PeersMessage;
use rumormill_protocols::planes::{BroadcastEvent, StateEvent};
use rumormill_protocols::state::registers::{Delta, RegistersMessage, RegistersToken};
use rumormill_protocols::{Life, Rumor, RumorId, Subject};

type Did = Effect<AnyNode>;

fn identity() -> Identity {
    Identity { name: Name::Number(7000), hash_seed: HashSeed::default() }
}

fn node(config: &Config) -> Recorder<AnyNode> {
    let mut node = Recorder::new(config.build(&identity(), Cells::default().view()).unwrap());
    node.give(Input::Start);
    node.give(Input::Persisted(state_token(RegistersToken::Version), Ok(())));
    node
}

fn state_token(token: RegistersToken) -> <AnyNode as Protocol>::Token {
    Plane::State(AnyStateToken::Registers(token))
}

fn link_up(node: &mut Recorder<AnyNode>, number: u32) -> Vec<Did> {
    let peer = Peer::new(number, 0);
    node.receipt(peer, Sent::Queued);
    let link = Link::outgoing(Name::Number(7000 + u64::from(number)));
    let dial = Plane::Discovery(AnyDiscoveryToken::PeerList(PeerListToken::Dial(0)));
    node.give(Input::LinkUp(LinkId(number.into()), peer, link, Some(dial)))
}

fn rumor(id: u64, version: u64, subject: Subject) -> Arc<Rumor> {
    let (origin, payload) = (Name::Number(7009), Bytes::from_static(b"{}"));
    Arc::new(Rumor { id: RumorId([0, id]), origin, version, subject, payload, life: Life::Lasting })
}

fn hear(node: &mut Recorder<AnyNode>, from: u32, rumor: Arc<Rumor>) -> Vec<Did> {
    let message = FloodMessage { rumor, ttl: 8 };
    let message = Plane::Broadcast(AnyBroadcastMessage::Flood(message));
    node.give(Input::Message(Peer::new(from, 0), message))
}

fn forwards(effects: &[Did]) -> usize {
    let forward = |did: &&Did| matches!(did, Effect::Send(_, _, Plane::Broadcast(_)));
    effects.iter().filter(forward).count()
}

fn told(effects: &[Did]) -> Vec<String> {
    let event = |did: &Did| match did {
        Effect::Emit(Plane::Broadcast(BroadcastEvent::Arrived(rumor, _))) => {
            Some(format!("arrived {}", rumor.id.0[1]))
        }
        Effect::Emit(Plane::Broadcast(BroadcastEvent::Duplicate(id, _))) => {
            Some(format!("duplicate {}", id.0[1]))
        }
        Effect::Emit(Plane::State(StateEvent::Learned(rumor, _))) => {
            Some(format!("learned {}", rumor.id.0[1]))
        }
        Effect::Emit(Plane::State(StateEvent::Stale(id, _))) => Some(format!("stale {}", id.0[1])),
        _ => None,
    };
    effects.iter().filter_map(event).collect()
}

#[test]
fn a_link_up_reaches_every_plane() {
    let mut node = node(&Config::default());
    let did = link_up(&mut node, 1);
    let asks = |did: &&Did| matches!(did, Effect::Request(_, Plane::Discovery(_), _));
    let syncs = |did: &&Did| matches!(did, Effect::Request(_, Plane::State(_), _));
    assert_eq!((did.iter().filter(asks).count(), did.iter().filter(syncs).count()), (1, 1));
}

#[test]
fn a_new_update_is_learned_and_forwarded_a_stale_one_stops() {
    let mut node = node(&Config::default());
    (1..=3).for_each(|number| drop(link_up(&mut node, number)));
    let book = || Subject::register("book");
    let new = hear(&mut node, 1, rumor(5, 2, book()));
    assert_eq!((told(&new), forwards(&new)), (Vec::from(["learned 5".into()]), 2));
    let old = hear(&mut node, 1, rumor(4, 1, book()));
    assert_eq!((told(&old), forwards(&old)), (Vec::from(["stale 4".into()]), 0));
    let again = hear(&mut node, 2, rumor(4, 1, book()));
    assert_eq!(told(&again), ["duplicate 4"], "a duplicate before it is stale");
}

#[test]
fn an_origin_that_is_heard_is_looked_for() {
    let mut node = node(&Config::default());
    let did = hear(&mut node, 0, rumor(5, 2, Subject::register("book")));
    assert!(did.iter().any(|did| matches!(did, Effect::Dial(..))), "{did:?}");
}

#[test]
fn data_of_a_topic_goes_up_and_on() {
    let mut node = node(&Config::default());
    (1..=2).for_each(|number| drop(link_up(&mut node, number)));
    let did = hear(&mut node, 1, rumor(5, 1, Subject::topic("news")));
    assert_eq!((told(&did), forwards(&did)), (Vec::from(["arrived 5".into()]), 1));
}

#[test]
fn with_validation_data_waits_for_the_application() {
    let mut node = node(&Config { validate: true, ..Config::default() });
    (1..=2).for_each(|number| drop(link_up(&mut node, number)));
    let did = hear(&mut node, 1, rumor(5, 1, Subject::topic("news")));
    assert_eq!((told(&did), forwards(&did)), (Vec::from(["arrived 5".into()]), 0));
    let judged =
        Input::Command(NodeCommand::Judge(RumorId([0, 5]), rumormill_core::Verdict::Accept));
    assert_eq!(forwards(&node.give(judged)), 1);
}

#[test]
fn what_state_repaired_is_no_news_to_broadcast() {
    let mut node = node(&Config::default());
    let did = link_up(&mut node, 1);
    let token = did.iter().find_map(|did| match did {
        Effect::Request(_, Plane::State(_), token) => Some(*token),
        _ => None,
    });
    let update = rumor(5, 2, Subject::register("book"));
    let delta = RegistersMessage::Delta(Box::new(Delta {
        news: Vec::from([update.clone().into()]),
        ..Delta::default()
    }));
    let delta = Plane::State(AnyStateMessage::Registers(delta));
    let did = node.give(Input::Response(token.expect("a sync"), Ok(delta)));
    assert_eq!(told(&did), ["learned 5"]);
    assert_eq!(told(&hear(&mut node, 1, update)), ["duplicate 5"]);
}

#[test]
fn our_own_book_is_spread_with_its_version() {
    let mut node = node(&Config::default());
    link_up(&mut node, 1);
    let (key, payload, life) = (Arc::from("book"), Bytes::from_static(b"{}"), Life::Lasting);
    let set = NodeCommand::Set { ticket: 0, key, payload, life };
    node.give(Input::Command(set));
    let stored = state_token(RegistersToken::Register(0));
    let did = node.give(Input::Persisted(stored, Ok(())));
    assert_eq!(forwards(&did), 1);
}

#[test]
fn a_node_without_state_takes_every_update_as_news() {
    let mut node = node(&Config { state: StateConfig::None, ..Config::default() });
    (1..=2).for_each(|number| drop(link_up(&mut node, number)));
    for version in [2, 1] {
        let did = hear(&mut node, 1, rumor(version, version, Subject::register("book")));
        assert_eq!(forwards(&did), 1);
    }
}

#[test]
fn a_request_of_a_protocol_that_is_not_run_is_unsupported() {
    let mut node = node(&Config { state: StateConfig::None, ..Config::default() });
    let digest = RegistersMessage::Digest(Arc::default());
    let digest = Plane::State(AnyStateMessage::Registers(digest));
    let did = node.give(Input::Request(Peer::STRANGER, ReplyTo(1), digest));
    assert!(matches!(did[..], [Effect::Reply(ReplyTo(1), Err(Why::Unsupported))]), "{did:?}");
}

#[test]
fn who_asks_for_peers_is_told() {
    let mut node = node(&Config::default());
    let ask = Plane::Discovery(AnyDiscoveryMessage::Peers(PeersMessage::Ask(None)));
    let did = node.give(Input::Request(Peer::STRANGER, ReplyTo(1), ask));
    assert!(matches!(did[..], [Effect::Reply(ReplyTo(1), Ok(Plane::Discovery(_)))]), "{did:?}");
}

#[test]
fn two_equal_nodes_have_equal_fingerprints_until_one_learns() {
    let (mut one, other) = (node(&Config::default()), node(&Config::default()));
    assert_eq!(one.fingerprint(), other.fingerprint());
    hear(&mut one, 1, rumor(5, 2, Subject::register("book")));
    assert_ne!(one.fingerprint(), other.fingerprint());
}

#[test]
fn tokens_are_small() {
    assert!(size_of::<<AnyNode as Protocol>::Token>() <= 16);
    assert!(size_of::<<AnyNode as Protocol>::Message>() <= 40);
}
