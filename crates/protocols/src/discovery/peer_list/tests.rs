//! Golden scripts.

use super::links::{FAILURES_FROM_BEFORE_MAX, REST_AFTER_LEFT};
use super::*;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use core::num::NonZeroU16;
use rumormill_core::testing::{Effect, Recorder};
use rumormill_core::{Cells, Direction, Link, LinkId};

fn address(port: u32) -> Address {
    Address::new(&format!("127.0.0.1:{port}"))
}

fn config(bootstrap: &[u32]) -> PeerListConfig {
    let bootstrap = bootstrap.iter().map(|port| address(*port)).collect();
    PeerListConfig { bootstrap, guess: Some(guess), ..PeerListConfig::default() }
}

fn guess(name: &Name, _own: &Address) -> Option<Address> {
    name.number().map(|port| address(port as u32))
}

fn started(config: PeerListConfig, cells: &Cells) -> (Recorder<PeerList>, Vec<Did>) {
    let own = Name::Number(7000);
    let machine = PeerList::new(config, own, HashSeed::default(), cells.view());
    let mut node = Recorder::new(machine);
    node.own_address(address(7000));
    let did = digest(node.give(Input::Start));
    (node, did)
}

fn node(config: PeerListConfig) -> Recorder<PeerList> {
    started(config, &Cells::default()).0
}

type Did = Effect<PeerList>;

/// The effects without what every script has: timers.
fn digest(effects: Vec<Did>) -> Vec<Did> {
    effects.into_iter().filter(|effect| !matches!(effect, Effect::Timer(..))).collect()
}

fn give(node: &mut Recorder<PeerList>, input: Input<PeerList>) -> Vec<Did> {
    digest(node.give(input))
}

fn dials(effects: &[Did]) -> Vec<(Target, u32)> {
    let dial = |effect: &Did| match effect {
        Effect::Dial(target, PeerListToken::Dial(id)) => Some((target.clone(), *id)),
        _ => None,
    };
    effects.iter().filter_map(dial).collect()
}

fn ups(effects: &[Did]) -> usize {
    effects.iter().filter(|did| matches!(did, Effect::Emit(DiscoveryEvent::Up(..)))).count()
}

/// The dial `id` reaches the node on `port`.
fn reach(node: &mut Recorder<PeerList>, id: u32, port: u32) -> Vec<Did> {
    let link = Link { address: Some(address(port)), ..Link::outgoing(Name::Number(port.into())) };
    let (number, peer) = (LinkId(port.into()), Peer::new(port - 7000, 0));
    give(node, Input::LinkUp(number, peer, link, Some(PeerListToken::Dial(id))))
}

fn answer(node: &mut Recorder<PeerList>, id: u32, ports: &[u32]) -> Vec<Did> {
    let peers: Vec<Address> = ports.iter().map(|port| address(*port)).collect();
    let message = PeersMessage::Peers(peers.into());
    give(node, Input::Response(PeerListToken::Ask(id), Ok(message)))
}

fn heard(node: &mut Recorder<PeerList>, port: u64) -> Vec<Did> {
    let command = DiscoveryCommand::Heard(Peer::STRANGER, Name::Number(port));
    give(node, Input::Command(command))
}

/// A node that has reached everybody from 7001 to 7000 + n, in order.
fn acquainted(config: PeerListConfig, others: u32) -> Recorder<PeerList> {
    let mut node = node(config);
    for port in 7001..=7000 + others {
        node.wait(Duration::from_secs(1));
        let (_, id) = dials(&heard(&mut node, port.into())).pop().expect("a probe");
        reach(&mut node, id, port);
        answer(&mut node, id, &[]);
    }
    node
}

#[test]
fn asks_the_bootstrap_then_each_address_learned() {
    let (mut node, did) = started(config(&[7001]), &Cells::default());
    let [(target, id)] = &dials(&did)[..] else { panic!("{did:?}") };
    assert_eq!(*target, Target::Address(address(7001)));
    let did = reach(&mut node, *id, 7001);
    assert!(matches!(did[0], Effect::Emit(DiscoveryEvent::Up(..))), "{did:?}");
    let Effect::Request(_, PeersMessage::Ask(from), _) = &did[1] else { panic!("{did:?}") };
    assert_eq!(*from, Some(address(7000)), "so that it hears of us");
    let learned = dials(&answer(&mut node, *id, &[7002, 7003, 7001]));
    let targets: Vec<_> = learned.into_iter().map(|(target, _)| target).collect();
    assert_eq!(targets, [7002, 7003].map(|port| Target::Address(address(port))));
}

#[test]
fn an_origin_is_used_only_after_it_answered() {
    let mut node = node(config(&[]));
    let did = heard(&mut node, 7005);
    let [(target, id)] = &dials(&did)[..] else { panic!("{did:?}") };
    assert_eq!((target, ups(&did)), (&Target::Address(address(7005)), 0));
    assert_eq!(node.machine.listed(), []);
    assert_eq!(ups(&reach(&mut node, *id, 7005)), 1);
    assert_eq!(node.machine.listed(), [address(7005)]);
}

#[test]
fn an_origin_that_does_not_answer_is_forgotten_and_left_alone() {
    let mut node = node(config(&[]));
    let (_, id) = dials(&heard(&mut node, 7005))[0].clone();
    give(&mut node, Input::DialFailed(PeerListToken::Dial(id), Why::Unreachable));
    assert_eq!(node.machine.known().count(), 0);
    assert_eq!(dials(&heard(&mut node, 7005)), []);
}

#[test]
fn ten_thousand_invented_origins_cost_few_probes() {
    let mut node = node(config(&[]));
    let probed: usize = (10_000..20_000).map(|port| dials(&heard(&mut node, port)).len()).sum();
    assert_eq!(probed, 16, "the burst");
    assert_eq!(node.machine.known().count(), 64, "what one source may have waiting");
}

#[test]
fn who_asks_is_heard_of() {
    let mut node = node(config(&[]));
    let ask = PeersMessage::Ask(Some(address(7004)));
    let did = give(&mut node, Input::Request(Peer::STRANGER, ReplyTo(1), ask));
    let Effect::Reply(ReplyTo(1), Ok(PeersMessage::Peers(peers))) = &did[0] else {
        panic!("{did:?}")
    };
    assert!(peers.is_empty());
    assert_eq!(dials(&did).len(), 1);
}

#[test]
fn our_own_address_is_dropped_without_a_word() {
    let (mut node, did) = started(config(&[7000]), &Cells::default());
    let (_, id) = dials(&did)[0].clone();
    let did = give(&mut node, Input::DialFailed(PeerListToken::Dial(id), Why::Ourselves));
    assert!(did.is_empty() && node.machine.known().count() == 0, "{did:?}");
}

#[test]
fn a_lost_peer_is_tried_again_with_backoff() {
    let mut node = acquainted(config(&[]), 1);
    let id = node.machine.book.by_name(&Name::Number(7001)).unwrap();
    let down = Input::LinkDown(LinkId(7001), Peer::new(1, 0), Gone::Failed(Why::Unreachable));
    let did = node.give(down);
    assert!(matches!(did[0], Effect::Emit(DiscoveryEvent::Down(_, Gone::Failed(_)))), "{did:?}");
    assert_eq!(node.machine.listed(), []);
    let mut wake = did.last().cloned().unwrap();
    let mut waits = vec![];
    for _ in 0..9 {
        let Effect::Timer(wait, token) = wake else { panic!("{wake:?}") };
        waits.push(wait.as_secs_f64());
        node.wait(wait);
        assert_eq!(dials(&node.give(Input::Timer(token))).len(), 1);
        let failed = Input::DialFailed(PeerListToken::Dial(id), Why::Unreachable);
        wake = node.give(failed).pop().unwrap();
    }
    assert!(waits.windows(2).take(4).all(|pair| pair[1] > pair[0]), "{waits:?}");
    assert!(waits.iter().all(|wait| (1.0..=60.0).contains(wait)), "{waits:?}");
}

#[test]
fn a_lost_peer_that_is_heard_is_tried_at_once() {
    let mut node = acquainted(config(&[]), 1);
    let down = |why| Input::LinkDown(LinkId(7001), Peer::new(1, 0), Gone::Failed(why));
    give(&mut node, down(Why::Unreachable));
    node.wait(RETRY_HEARD_AFTER);
    assert_eq!(dials(&heard(&mut node, 7001)).len(), 1);
}

#[test]
fn a_seed_is_never_forgotten() {
    let (mut node, did) = started(config(&[7001]), &Cells::default());
    let (_, id) = dials(&did)[0].clone();
    let did = give(&mut node, Input::DialFailed(PeerListToken::Dial(id), Why::Unreachable));
    assert!(matches!(did[0], Effect::Emit(DiscoveryEvent::Unreachable(..))));
    assert_eq!(node.machine.known().count(), 1);
}

#[test]
fn neighbours_are_bounded_and_the_rest_is_in_reserve() {
    let most = PeerListConfig { neighbours_max: NonZeroU16::new(3).unwrap(), ..config(&[]) };
    let node = acquainted(most, 20);
    assert_eq!(node.machine.book.neighbours(), 3);
    assert_eq!(node.machine.listed().len(), 20);
}

#[test]
fn late_nodes_are_neighbours_as_often_as_early_ones() {
    let mut chosen = [0; 12];
    for seed in 0..400 {
        let most = PeerListConfig { neighbours_max: NonZeroU16::new(3).unwrap(), ..config(&[]) };
        let mut node = node(most);
        // Calls move the stream of random numbers on, so that each round draws others.
        (0..seed).for_each(|_| drop(give(&mut node, Input::Timer(PeerListToken::Saved))));
        for port in 7001..=7012u32 {
            node.wait(Duration::from_secs(1));
            let (_, id) = dials(&heard(&mut node, port.into())).pop().unwrap();
            reach(&mut node, id, port);
            answer(&mut node, id, &[]);
        }
        for known in node.machine.known().filter(|known| known.is_neighbour()) {
            chosen[known.name.as_ref().unwrap().number().unwrap() as usize - 7001] += 1;
        }
    }
    assert!(chosen.iter().all(|count| (60..=140).contains(count)), "100 each: {chosen:?}");
}

fn link_of(node: &Recorder<PeerList>, id: u32) -> Option<LinkId> {
    match node.machine.book.get(id)?.standing {
        Standing::Up { link, .. } => Some(link),
        _ => None,
    }
}

#[test]
fn the_place_of_a_lost_neighbour_goes_to_one_in_reserve() {
    let most = PeerListConfig { neighbours_max: NonZeroU16::new(3).unwrap(), ..config(&[]) };
    let mut node = acquainted(most, 5);
    for known in node.machine.book.ids_where(|known| !known.is_neighbour()) {
        if let Some(link) = link_of(&node, known) {
            give(&mut node, Input::LinkDown(link, Peer::STRANGER, Gone::Evicted));
        }
    }
    let lost = node.machine.book.ids_where(Known::is_neighbour)[0];
    let link = link_of(&node, lost).unwrap();
    let failed = Gone::Failed(Why::Unreachable);
    let did = give(&mut node, Input::LinkDown(link, Peer::STRANGER, failed));
    let (_, id) = dials(&did)[0].clone();
    let port = node.machine.book.get(id).and_then(|known| known.name.as_ref()?.number()).unwrap();
    assert_eq!(ups(&reach(&mut node, id, port as u32)), 1);
}

#[test]
fn who_closed_on_us_is_left_in_peace_for_a_while() {
    let mut node = acquainted(config(&[]), 1);
    let did = node.give(Input::LinkDown(LinkId(7001), Peer::new(1, 0), Gone::Left));
    assert_eq!(dials(&did), []);
    let Some(Effect::Timer(REST_AFTER_LEFT, wake)) = did.last() else { panic!("{did:?}") };
    node.wait(REST_AFTER_LEFT);
    assert_eq!(dials(&node.give(Input::Timer(*wake))).len(), 1);
}

#[test]
fn two_ways_to_one_peer_are_one_entry() {
    let mut node = acquainted(config(&[]), 1);
    let add = DiscoveryCommand::Add(Target::Address(Address::new("localhost:7001")));
    let (_, id) = dials(&give(&mut node, Input::Command(add)))[0].clone();
    let did = reach(&mut node, id, 7001);
    assert!(matches!(did[..], [Effect::Close(_, Gone::Evicted)]), "{did:?}");
    let known: Vec<&Known> = node.machine.known().collect();
    assert_eq!((known.len(), known[0].seed), (1, true), "and it stays a seed");
}

/// Two addresses, one name.
fn clash(node: &mut Recorder<PeerList>, name: u64) -> Vec<Did> {
    let elsewhere = Address::new(&format!("127.0.0.2:{name}"));
    let add = DiscoveryCommand::Add(Target::Address(elsewhere.clone()));
    let (_, id) = dials(&give(node, Input::Command(add)))[0].clone();
    let link = Link { address: Some(elsewhere), ..Link::outgoing(Name::Number(name)) };
    let dial = Some(PeerListToken::Dial(id));
    give(node, Input::LinkUp(LinkId(99), Peer::new(9, 0), link, dial))
}

#[test]
fn two_nodes_of_one_name_are_told_and_the_first_is_kept() {
    for name in [7001, 7000] {
        let mut node = acquainted(config(&[]), 1);
        let did = clash(&mut node, name);
        let [Effect::Emit(DiscoveryEvent::Clash { kept, .. }), Effect::Close(LinkId(99), _)] =
            &did[..]
        else {
            panic!("{did:?}")
        };
        assert_eq!(*kept, Some(address(name as u32)));
        assert_eq!(node.machine.listed(), [address(7001)]);
    }
}

#[test]
fn a_node_that_moved_is_no_clash() {
    let mut node = acquainted(config(&[]), 1);
    let lost = Gone::Failed(Why::Unreachable);
    give(&mut node, Input::LinkDown(LinkId(7001), Peer::new(1, 0), lost));
    assert_eq!(ups(&clash(&mut node, 7001)), 1);
    assert_eq!(node.machine.listed(), [Address::new("127.0.0.2:7001")]);
    assert_eq!(node.machine.known().count(), 1);
}

#[test]
fn what_was_reached_is_known_after_a_restart() {
    let mut node = acquainted(config(&[]), 2);
    let did = node.give(Input::Timer(PeerListToken::Save));
    let Effect::Persist(cell, bytes, _) = &did[0] else { panic!("{did:?}") };
    let mut cells = Cells::default();
    cells.insert(*cell, bytes.clone());
    let (_, did) = started(config(&[]), &cells);
    let targets: Vec<_> = dials(&did).into_iter().map(|(target, _)| target).collect();
    assert_eq!(targets, [7001, 7002].map(|port| Target::Address(address(port))));
}

/// Cells that remember so many addresses as reached.
fn remembered(count: u32) -> Cells {
    let lines: String = (1..=count).map(|port| format!("127.0.0.1:{port}\n")).collect();
    let mut cells = Cells::default();
    cells.insert(PEERS, Bytes::from(lines));
    cells
}

#[test]
fn all_that_was_reached_is_known_after_a_restart_but_listed_to_nobody() {
    let (node, _) = started(config(&[]), &remembered(300));
    assert_eq!((node.machine.known().count(), node.machine.listed().len()), (300, 0));
}

#[test]
fn who_was_only_reached_in_an_earlier_life_is_given_up_in_the_end() {
    let (mut node, mut did) = started(config(&[]), &remembered(1));
    let mut tries = 0;
    while let Some((_, id)) = dials(&did).pop() {
        tries += 1;
        give(&mut node, Input::DialFailed(PeerListToken::Dial(id), Why::Unreachable));
        node.wait(Duration::from_secs(60));
        let wake = PeerListToken::Wake(node.machine.wakes);
        did = give(&mut node, Input::Timer(wake));
    }
    assert_eq!((tries, node.machine.known().count()), (FAILURES_FROM_BEFORE_MAX + 1, 0));
}

#[test]
fn an_address_that_was_refused_is_probed_again_after_a_while() {
    let mut node = node(config(&[]));
    let (_, id) = dials(&heard(&mut node, 7005))[0].clone();
    give(&mut node, Input::DialFailed(PeerListToken::Dial(id), Why::Unreachable));
    node.wait(Duration::from_secs(59));
    assert_eq!(dials(&heard(&mut node, 7005)), []);
    node.wait(Duration::from_secs(1));
    assert_eq!(dials(&heard(&mut node, 7005)).len(), 1);
}

#[test]
fn who_dials_us_over_a_link_for_both_is_met() {
    let mut node = node(config(&[]));
    let link = Link { direction: Direction::In, ..Link::outgoing(Name::Number(7009)) };
    let did = give(&mut node, Input::LinkUp(LinkId(1), Peer::new(9, 0), link, None));
    assert_eq!(ups(&did), 1);
}

#[test]
fn a_stale_wake_up_does_nothing() {
    let mut node = node(config(&[7001]));
    assert!(give(&mut node, Input::Timer(PeerListToken::Wake(999))).is_empty());
}

/// Both dial each other; each end sees the other's dial first. Which link goes, of 1 (theirs) and 2 (ours)?
fn crossed(own: u64, other: u64) -> LinkId {
    let machine = PeerList::new(
        config(&[7001]),
        Name::Number(own),
        HashSeed::default(),
        Cells::default().view(),
    );
    let mut node = Recorder::new(machine);
    let [(_, id)] = dials(&node.give(Input::Start))[..] else { panic!("a dial") };
    let ours = Link::outgoing(Name::Number(other));
    let theirs = Link { direction: Direction::In, ..ours.clone() };
    let peer = Peer::new(1, 0);
    give(&mut node, Input::LinkUp(LinkId(1), peer, theirs, None));
    let did = give(&mut node, Input::LinkUp(LinkId(2), peer, ours, Some(PeerListToken::Dial(id))));
    let close = |did: &Did| if let Effect::Close(link, _) = did { Some(*link) } else { None };
    let closed: Vec<_> = did.iter().filter_map(close).collect();
    let [closed] = closed[..] else { panic!("{did:?}") };
    let down = give(&mut node, Input::LinkDown(closed, peer, Gone::Evicted));
    assert!(down.is_empty(), "it is up over the other: {down:?}");
    closed
}

#[test]
fn of_two_crossed_dials_both_ends_keep_the_smaller_names() {
    assert_eq!(crossed(7000, 7005), LinkId(1), "ours stays");
    assert_eq!(crossed(7005, 7000), LinkId(2), "theirs stays");
}

#[test]
fn a_dial_that_fails_while_the_other_dialled_us_changes_nothing() {
    let (mut node, did) = started(config(&[7001]), &Cells::default());
    let (_, id) = dials(&did)[0];
    // It reached us first; our dial on the way to it is lost.
    let link = Link {
        direction: Direction::In,
        address: Some(address(7001)),
        ..Link::outgoing(Name::Number(7001))
    };
    let did = give(&mut node, Input::LinkUp(LinkId(1), Peer::new(1, 0), link, None));
    assert_eq!(ups(&did), 1, "{did:?}");
    let did = give(&mut node, Input::DialFailed(PeerListToken::Dial(id), Why::Unreachable));
    assert_eq!((dials(&did), ups(&did)), (vec![], 0), "{did:?}");
    assert!(node.machine.known().all(Known::is_neighbour));
}
