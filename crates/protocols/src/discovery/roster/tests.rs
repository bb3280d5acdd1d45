//! Golden scripts.

mod laws;

use super::*;
use crate::parts::acquaintance::{Acquaintance, Footing};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use rumormill_core::testing::{Effect, Recorder};
use rumormill_core::{Direction, Link, LinkId, Peer};

type Did = Effect<Roster>;

fn address(port: u64) -> Address {
    Address::new(&format!("127.0.0.1:{port}"))
}

fn at(port: u64) -> Target {
    Target::Address(address(port))
}

fn named(port: u64) -> Target {
    Target::Name(Name::Number(port))
}

fn handle(port: u64) -> Peer {
    Peer::new(port as u32 - 6999, 0)
}

/// Node 7005 with that list, before its start.
fn made(config: RosterConfig, peers: impl Into<Vec<Target>>) -> Recorder<Roster> {
    let config = RosterConfig { peers: peers.into(), ..config };
    let mut node = Recorder::new(Roster::new(config, Name::Number(7005)));
    node.own_address(address(7005));
    node
}

fn started(peers: impl Into<Vec<Target>>) -> Recorder<Roster> {
    let mut node = made(RosterConfig::default(), peers);
    node.give(Input::Start);
    node
}

/// The effects without timers.
fn give(node: &mut Recorder<Roster>, input: Input<Roster>) -> Vec<Did> {
    let did = node.give(input);
    did.into_iter().filter(|effect| !matches!(effect, Effect::Timer(..))).collect()
}

fn dials(did: &[Did]) -> Vec<(Target, u32)> {
    let dial = |effect: &Did| match effect {
        Effect::Dial(target, RosterToken::Dial(at)) => Some((target.clone(), *at)),
        _ => None,
    };
    did.iter().filter_map(dial).collect()
}

/// What happened in short: who is up (+) or down (−), which links were closed (×).
fn told(did: &[Did]) -> Vec<String> {
    let tell = |effect: &Did| match effect {
        Effect::Emit(DiscoveryEvent::Up(peer, _)) => Some(format!("+{peer:?}")),
        Effect::Emit(DiscoveryEvent::Down(peer, _)) => Some(format!("-{peer:?}")),
        Effect::Emit(DiscoveryEvent::Unreachable(target, why)) => Some(format!("{target} {why}")),
        Effect::Emit(DiscoveryEvent::Clash { name, kept, refused }) => {
            Some(format!("{name} is {kept:?}, not {refused:?}"))
        }
        Effect::Close(link, _) => Some(format!("x{}", link.0)),
        _ => None,
    };
    did.iter().filter_map(tell).collect()
}

/// A dial of that place reached the node on `port`.
fn reach(node: &mut Recorder<Roster>, place: u32, link: u64, port: u64) -> Vec<Did> {
    let about = Link { address: Some(address(port)), ..Link::outgoing(Name::Number(port)) };
    let dial = Some(RosterToken::Dial(place));
    give(node, Input::LinkUp(LinkId(link), handle(port), about, dial))
}

/// The node on `port` dialled us.
fn come(node: &mut Recorder<Roster>, link: u64, port: u64, sends: bool) -> Vec<Did> {
    let about = Link { direction: Direction::In, sends, ..Link::outgoing(Name::Number(port)) };
    give(node, Input::LinkUp(LinkId(link), handle(port), about, None))
}

fn fail(node: &mut Recorder<Roster>, place: u32, why: Why) -> Vec<Did> {
    node.give(Input::DialFailed(RosterToken::Dial(place), why))
}

fn go(node: &mut Recorder<Roster>, link: u64, port: u64, gone: Gone) -> Vec<Did> {
    node.give(Input::LinkDown(LinkId(link), handle(port), gone))
}

/// The wait until the next look, and its token.
fn wake(did: &[Did]) -> (Duration, RosterToken) {
    match did.last() {
        Some(Effect::Timer(wait, token)) => (*wait, *token),
        _ => panic!("{did:?}"),
    }
}

const BROKEN: Gone = Gone::Failed(Why::Unreachable);

#[test]
fn dials_the_whole_list_and_tells_who_is_up() {
    let mut node = made(RosterConfig::default(), [at(7001), named(7002), at(7001), named(7005)]);
    let did = node.give(Input::Start);
    assert_eq!(dials(&did), [(at(7001), 0), (named(7002), 1)], "each once, and not ourselves");
    assert_eq!(told(&reach(&mut node, 1, 1, 7002)), ["+p3"]);
    assert_eq!(told(&reach(&mut node, 0, 2, 7001)), ["+p2"]);
    assert_eq!(node.machine.listed_addresses(), [address(7001)], "a name is no address");
}

#[test]
fn a_long_list_is_dialled_a_few_at_a_time() {
    let config = RosterConfig { dials_max: 2, ..RosterConfig::default() };
    let mut node = made(config, [7001, 7002, 7003, 7004].map(named));
    assert_eq!(dials(&node.give(Input::Start)).len(), 2);
    assert_eq!(dials(&reach(&mut node, 1, 1, 7002)), [(named(7003), 2)]);
    let did = fail(&mut node, 0, Why::TimedOut);
    assert_eq!(dials(&did), [(named(7004), 3)]);
    assert_eq!(dials(&fail(&mut node, 0, Why::TimedOut)), [], "that dial was over");
}

#[test]
fn who_fails_is_dialled_again_for_ever_and_told_once() {
    let mut node = started([at(7001)]);
    let mut did = fail(&mut node, 0, Why::Unreachable);
    assert_eq!(told(&did), ["127.0.0.1:7001 unreachable"]);
    let mut waits = vec![];
    for _ in 0..300 {
        let (wait, token) = wake(&did);
        waits.push(wait.as_secs_f64());
        node.wait(wait);
        assert_eq!(dials(&node.give(Input::Timer(token))), [(at(7001), 0)]);
        did = fail(&mut node, 0, Why::Unreachable);
        assert!(told(&did).is_empty(), "{did:?}");
    }
    assert!(waits.windows(2).take(4).all(|pair| pair[1] > pair[0]), "{waits:?}");
    assert!(waits.iter().all(|wait| (1.0..=60.0).contains(wait)), "{waits:?}");
}

#[test]
fn a_lost_link_is_made_again() {
    let mut node = started([at(7001)]);
    reach(&mut node, 0, 1, 7001);
    let did = go(&mut node, 1, 7001, BROKEN);
    assert_eq!(told(&did), ["-p2"]);
    let (wait, token) = wake(&did);
    assert!(wait < Duration::from_secs(2));
    node.wait(wait);
    assert_eq!(dials(&node.give(Input::Timer(token))).len(), 1);
    assert_eq!(told(&reach(&mut node, 0, 2, 7001)), ["+p2"]);
    assert_eq!(dials(&node.give(Input::Timer(token))), [], "a stale wake-up");
}

#[test]
fn who_left_is_left_in_peace_for_a_while() {
    let mut node = started([at(7001)]);
    reach(&mut node, 0, 1, 7001);
    let did = go(&mut node, 1, 7001, Gone::Left);
    let (wait, _) = wake(&did);
    assert!((7.5..=12.5).contains(&wait.as_secs_f64()), "{wait:?}");
}

#[test]
fn who_links_to_us_need_not_be_dialled() {
    let mut node = started([named(7001)]);
    fail(&mut node, 0, Why::Unreachable);
    assert_eq!(told(&come(&mut node, 1, 7001, true)), ["+p2"]);
    node.wait(Duration::from_secs(100));
    assert_eq!(dials(&node.give(Input::Timer(RosterToken::Wake(1)))), []);
    assert_eq!(told(&go(&mut node, 1, 7001, BROKEN)), ["-p2"]);
}

#[test]
fn a_dial_that_fails_while_its_peer_is_up_changes_nothing() {
    let mut node = started([named(7001)]);
    come(&mut node, 1, 7001, true);
    assert!(fail(&mut node, 0, Why::TimedOut).is_empty());
    let did = go(&mut node, 1, 7001, BROKEN);
    assert_eq!((told(&did), dials(&did)), (vec!["-p2".into()], vec![]), "it waits");
    wake(&did);
}

#[test]
fn who_only_sends_to_us_is_no_peer_but_lives() {
    let mut node = started([named(7001)]);
    fail(&mut node, 0, Why::Unreachable);
    assert_eq!(dials(&come(&mut node, 1, 7001, false)), [], "it has just failed");
    node.wait(RETRY_HEARD_AFTER);
    // The backoff is over at 1.25 s at the latest, so let it fail once more.
    let _ = give(&mut node, Input::Timer(RosterToken::Wake(1)));
    come(&mut node, 2, 7001, false);
    fail(&mut node, 0, Why::Unreachable);
    node.wait(RETRY_HEARD_AFTER);
    let did = come(&mut node, 3, 7001, false);
    assert_eq!((told(&did), dials(&did).len()), (vec![], 1));
    assert!(told(&go(&mut node, 1, 7001, BROKEN)).is_empty());
}

#[test]
fn whose_address_is_heard_is_tried_at_once() {
    for ask in [true, false] {
        let mut node = started([at(7001), at(7002)]);
        let mut fail_often = |_| {
            fail(&mut node, 0, Why::Unreachable);
            node.wait(Duration::from_secs(60));
            (0..9).for_each(|wakes| drop(node.give(Input::Timer(RosterToken::Wake(wakes)))));
        };
        (0..4).for_each(&mut fail_often);
        fail(&mut node, 0, Why::Unreachable);
        node.wait(RETRY_HEARD_AFTER);
        let hear = |port| match ask {
            true => {
                let question = PeersMessage::Ask(Some(address(port)));
                Input::Request(Peer::STRANGER, ReplyTo(1), question)
            }
            false => Input::Message(Peer::STRANGER, PeersMessage::Here(address(port))),
        };
        assert_eq!(dials(&give(&mut node, hear(7009))), [], "nobody we know");
        assert_eq!(dials(&give(&mut node, hear(7001))), [(at(7001), 0)]);
        assert_eq!(dials(&give(&mut node, hear(7001))), [], "it is being dialled");
    }
}

#[test]
fn answers_with_those_that_are_up() {
    let mut node = started([at(7002), at(7001), at(7003)]);
    reach(&mut node, 0, 1, 7002);
    reach(&mut node, 1, 2, 7001);
    let ask = PeersMessage::Ask(None);
    let did = give(&mut node, Input::Request(Peer::STRANGER, ReplyTo(1), ask));
    let [Effect::Reply(ReplyTo(1), Ok(PeersMessage::Peers(peers)))] = &did[..] else {
        panic!("{did:?}")
    };
    assert_eq!(**peers, [address(7001), address(7002)]);
    let nonsense = PeersMessage::Here(address(7001));
    let did = give(&mut node, Input::Request(Peer::STRANGER, ReplyTo(2), nonsense));
    assert!(matches!(did[..], [Effect::Reply(ReplyTo(2), Err(Why::Malformed))]), "{did:?}");
}

#[test]
fn of_two_crossed_links_both_ends_keep_the_smaller_names() {
    for (other, stays) in [(7001, 1), (7009, 2)] {
        let mut node = started([named(other)]);
        come(&mut node, 1, other, true);
        let did = reach(&mut node, 0, 2, other);
        let goes = 3 - stays;
        assert_eq!(told(&did), [format!("x{goes}")]);
        assert!(told(&go(&mut node, goes, other, Gone::Evicted)).is_empty());
        assert_eq!(told(&go(&mut node, stays, other, BROKEN)).len(), 1);
    }
}

#[test]
fn who_links_again_has_lost_its_older_link() {
    let mut node = started([]);
    assert_eq!(told(&come(&mut node, 1, 7001, true)), ["+p2"]);
    assert_eq!(told(&come(&mut node, 2, 7001, true)), ["x1"]);
    assert!(told(&go(&mut node, 1, 7001, Gone::Evicted)).is_empty());
    assert_eq!(told(&go(&mut node, 2, 7001, Gone::Left)), ["-p2"]);
}

#[test]
fn guests_are_few_and_forgotten_when_they_go() {
    let mut node = made(RosterConfig { guests_max: 1, ..RosterConfig::default() }, []);
    assert_eq!(told(&come(&mut node, 1, 7001, true)), ["+p2"]);
    let crowd = (7010..17_010).filter(|port| told(&come(&mut node, *port, *port, true)).len() == 1);
    assert_eq!(crowd.count(), 10_000, "each link is closed");
    assert_eq!(node.machine.acquaintances().count(), 1);
    assert_eq!(told(&go(&mut node, 1, 7001, BROKEN)), ["-p2"]);
    assert_eq!(node.machine.acquaintances().count(), 0);
    assert_eq!(told(&come(&mut node, 2, 7002, true)), ["+p3"]);
}

#[test]
fn who_may_not_be_a_guest_is_closed_but_who_is_listed_is_used() {
    let mut node = made(RosterConfig { guests_max: 0, ..RosterConfig::default() }, [named(7001)]);
    node.give(Input::Start);
    assert_eq!(told(&come(&mut node, 1, 7002, true)), ["x1"]);
    assert_eq!(told(&come(&mut node, 2, 7001, true)), ["+p2"]);
}

#[test]
fn a_guest_who_turns_out_to_be_on_the_list_is_the_same_peer() {
    let mut node = started([at(7001)]);
    assert_eq!(told(&come(&mut node, 1, 7001, true)), ["+p2"], "its address is not known yet");
    assert_eq!(told(&reach(&mut node, 0, 2, 7001)), ["x2"]);
    let known: Vec<_> = node.machine.acquaintances().collect();
    assert_eq!((known.len(), known[0].is_seed, known[0].footing), (1, true, Footing::Neighbour));
}

#[test]
fn what_is_added_is_dialled_and_kept() {
    let mut node = started([named(7001)]);
    come(&mut node, 1, 7002, true);
    let add = |target| Input::Command(DiscoveryCommand::Add(target));
    let known = [named(7001), named(7005), named(7002)];
    assert!(known.map(|target| dials(&give(&mut node, add(target))).len()) == [0; 3]);
    assert_eq!(node.machine.acquaintances().filter(|peer| peer.is_seed).count(), 2);
    assert_eq!(dials(&give(&mut node, add(at(7003)))), [(at(7003), 2)]);
    go(&mut node, 1, 7002, BROKEN);
    assert_eq!(node.machine.acquaintances().count(), 3, "the guest is on the list now");
    let heard = DiscoveryCommand::Heard(Peer::STRANGER, Name::Number(7009));
    assert!(give(&mut node, Input::Command(heard)).is_empty());
}

#[test]
fn a_list_has_an_end() {
    let mut node = started((0..70_000).map(named).collect::<Vec<_>>());
    assert_eq!(node.machine.acquaintances().count(), PEERS_MAX);
    give(&mut node, Input::Command(DiscoveryCommand::Add(at(7001))));
    assert_eq!(node.machine.acquaintances().count(), PEERS_MAX);
}

#[test]
fn our_own_address_is_dialled_once() {
    let mut node = started([at(7005)]);
    assert!(fail(&mut node, 0, Why::Ourselves).is_empty());
    assert_eq!(node.machine.acquaintances().count(), 0);
}

#[test]
fn two_ways_to_one_peer_are_one_peer() {
    let host = Target::Address(Address::new("localhost:7001"));
    let mut node = started([host, at(7001)]);
    assert_eq!(told(&reach(&mut node, 0, 1, 7001)), ["+p2"]);
    assert_eq!(told(&reach(&mut node, 1, 2, 7001)), ["x1"], "the newer one stays");
    assert_eq!(node.machine.listed_addresses(), [address(7001)]);
    assert_eq!(told(&go(&mut node, 2, 7001, BROKEN)), ["-p2"]);
    let down = |peer: &Acquaintance| matches!(peer.footing, Footing::Down { .. });
    assert_eq!(node.machine.acquaintances().filter(down).count(), 2, "each is dialled again");
}

#[test]
fn two_nodes_of_one_name_are_told_and_the_first_is_kept() {
    let elsewhere = || Address::new("127.0.0.2:7001");
    let mut node = started([at(7001), Target::Address(elsewhere())]);
    reach(&mut node, 0, 1, 7001);
    let mut reach_other = |name: u64| {
        let about = Link { address: Some(elsewhere()), ..Link::outgoing(Name::Number(name)) };
        let dial = Some(RosterToken::Dial(1));
        let did = give(&mut node, Input::LinkUp(LinkId(2), handle(name), about, dial));
        node.wait(Duration::from_secs(60));
        (0..9).for_each(|wakes| drop(node.give(Input::Timer(RosterToken::Wake(wakes)))));
        told(&did)
    };
    let clash = "7001 is Some(127.0.0.1:7001), not Some(127.0.0.2:7001)";
    assert_eq!(reach_other(7001), [clash, "x2"]);
    let clash = "7005 is Some(127.0.0.1:7005), not Some(127.0.0.2:7001)";
    assert_eq!(reach_other(7005), [clash, "x2"], "it is called as we are");
    assert_eq!(reach_other(7002), ["+p3"], "it was renamed");
}

#[test]
fn who_is_not_the_one_that_was_looked_for_is_turned_away() {
    let mut node = started([named(7001)]);
    assert_eq!(told(&reach(&mut node, 0, 1, 7002)), ["x1"]);
    let down = node.machine.acquaintances().next().unwrap();
    let gone = Some(Gone::Failed(Why::NotThem));
    assert!(matches!(down.footing, Footing::Down { gone: why, .. } if why == gone), "{down:?}");
}

#[test]
fn eight_peers_take_256_bytes_beside_the_machine() {
    let mut node = started((7010..7018).map(named).collect::<Vec<_>>());
    (0..8).for_each(|place| drop(reach(&mut node, place, place.into(), 7010 + u64::from(place))));
    let roster = &node.machine;
    assert_eq!((roster.entries.capacity(), size_of::<Entry>()), (8, 32));
    assert_eq!((roster.elsewhere.capacity(), roster.waiting.next()), (0, None));
    assert!(size_of::<Roster>() <= 200, "{}", size_of::<Roster>());
    assert!(size_of::<RosterToken>() <= 8);
}
