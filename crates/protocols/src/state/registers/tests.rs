//! Golden scripts of exchanges, and properties of merging.

use super::*;
use core::time::Duration;
use proptest::prelude::*;
use rumormill_core::bounded::Limits;
use rumormill_core::testing::{Effect, Recorder};
use rumormill_core::{Cells, Gone, Link, Time};

const OWN: Name = Name::Number(7000);

fn peer(number: u32) -> Peer {
    Peer::new(number, 0)
}

fn update(origin: u64, version: u64, id: u64) -> Arc<Rumor> {
    let (id, origin) = (RumorId([0, id]), Name::Number(origin));
    let (subject, payload) = (Subject::register("book"), Bytes::from_static(b"{}"));
    Arc::new(Rumor { id, origin, version, subject, payload })
}

fn node(config: RegistersConfig) -> Recorder<Registers> {
    node_with(config, &Cells::default())
}

fn node_with(config: RegistersConfig, cells: &Cells) -> Recorder<Registers> {
    let registers = Registers::new(config, OWN, HashSeed::default(), cells.view());
    let mut node = Recorder::new(registers);
    node.give(Input::Start);
    node.give(Input::Persisted(RegistersToken::Version, Ok(())));
    node
}

fn events(effects: Vec<Effect<Registers>>) -> Vec<StateEvent> {
    let event = |effect| if let Effect::Emit(event) = effect { Some(event) } else { None };
    effects.into_iter().filter_map(event).collect()
}

fn learn(node: &mut Recorder<Registers>, rumor: Arc<Rumor>) -> Vec<StateEvent> {
    events(node.give(Input::Command(StateCommand::Learn(rumor, peer(1)))))
}

fn set(node: &mut Recorder<Registers>, payload: &'static [u8]) -> Vec<StateEvent> {
    let (key, payload) = (Arc::from("book"), Bytes::from_static(payload));
    events(node.give(Input::Command(StateCommand::Set { key, payload })))
}

fn published(events: &[StateEvent]) -> Vec<(u64, Bytes)> {
    let publish = |event: &StateEvent| match event {
        StateEvent::Publish(rumor) => Some((rumor.version, rumor.payload.clone())),
        _ => None,
    };
    events.iter().filter_map(publish).collect()
}

fn digest(known: &[(u64, u64)]) -> RegistersMessage {
    let known = known.iter().map(|(origin, version)| (Name::Number(*origin), *version));
    RegistersMessage::Digest(Arc::new(Digest::of(known.collect())))
}

/// A delta of a member that vouches for all.
fn delta_of(news: &[Arc<Rumor>]) -> RegistersMessage {
    RegistersMessage::Delta(Box::new(Delta { news: news.to_vec(), complete: None }))
}

#[test]
fn a_newer_update_is_accepted_and_an_older_one_stale() {
    let mut node = node(RegistersConfig::default());
    let (new, old) = (update(7001, 2, 5), update(7001, 1, 9));
    let (new_id, old_id) = (new.id, old.id);
    assert_eq!(
        learn(&mut node, new.clone()),
        [StateEvent::Learned(new, peer(1)), StateEvent::Judged(new_id, Verdict::Accept)]
    );
    assert_eq!(
        learn(&mut node, old),
        [StateEvent::Stale(old_id, peer(1)), StateEvent::Judged(old_id, Verdict::Ignore)]
    );
}

#[test]
fn each_set_takes_the_next_version() {
    let mut node = node(RegistersConfig::default());
    assert_eq!(published(&set(&mut node, b"a")), [(1, Bytes::from_static(b"a"))]);
    assert_eq!(published(&set(&mut node, b"b")), [(2, Bytes::from_static(b"b"))]);
    assert_eq!(node.machine.digest().version(&OWN), 2);
}

#[test]
fn nothing_is_published_before_its_version_is_durable() {
    let cells = Cells::default();
    let registers =
        Registers::new(RegistersConfig::default(), OWN, HashSeed::default(), cells.view());
    let mut node = Recorder::new(registers);
    assert!(node.give(Input::Start).iter().any(|effect| matches!(effect, Effect::Persist(..))));
    assert_eq!(set(&mut node, b"a"), []);
    let failed = node.give(Input::Persisted(RegistersToken::Version, Err(Why::Full)));
    let [Effect::Emit(StateEvent::NotDurable(Why::Full)), Effect::Timer(..)] = failed[..] else {
        panic!("{failed:?}")
    };
    let again = node.give(Input::Timer(RegistersToken::Retry));
    assert!(matches!(again[..], [Effect::Persist(..)]), "{again:?}");
    let done = node.give(Input::Persisted(RegistersToken::Version, Ok(())));
    assert_eq!(published(&events(done)).len(), 1);
}

#[test]
fn a_restart_goes_on_above_its_stored_versions() {
    let mut cells = Cells::default();
    cells.insert(VERSION, Bytes::copy_from_slice(&500u64.to_be_bytes()));
    let mut node = node_with(RegistersConfig::default(), &cells);
    assert_eq!(published(&set(&mut node, b"a"))[0].0, 501);
}

#[test]
fn who_hears_a_later_version_of_itself_goes_on_above_it() {
    let mut node = node(RegistersConfig::default());
    set(&mut node, b"mine");
    let heard = learn(&mut node, update(7000, 40, 1));
    assert_eq!(published(&heard), [(41, Bytes::from_static(b"mine"))]);
    assert!(heard.contains(&StateEvent::Adopted { version: 40, from: peer(1) }));
    let echo = learn(&mut node, update(7000, 3, 1));
    assert_eq!(published(&echo), []);
}

#[test]
fn two_contents_under_one_version_are_settled_by_the_next() {
    let mut node = node(RegistersConfig::default());
    set(&mut node, b"mine");
    let twin = |id| {
        let rumor = Arc::unwrap_or_clone(update(7000, 1, 0));
        Arc::new(Rumor { id: RumorId(id), ..rumor })
    };
    assert_eq!(published(&learn(&mut node, twin([0, 0]))), [], "the lesser id loses everywhere");
    let greater = learn(&mut node, twin([u64::MAX, 0]));
    assert_eq!(published(&greater), [(2, Bytes::from_static(b"mine"))]);
}

#[test]
fn a_claim_that_leaves_no_room_is_refused() {
    let mut node = node(RegistersConfig::default());
    set(&mut node, b"mine");
    let claim = learn(&mut node, update(7000, OWN_CLAIM_MAX + 1, 1));
    assert!(matches!(claim[..], [StateEvent::Refused(..), StateEvent::Judged(_, Verdict::Reject)]));
    assert_eq!(node.machine.version.last(), 1);
    assert_eq!(node.machine.digest().version(&OWN), VERSION_MAX, "so that it is not told again");
    assert_eq!(published(&learn(&mut node, update(7000, OWN_CLAIM_MAX, 1))).len(), 0);
    node.give(Input::Persisted(RegistersToken::Version, Ok(())));
    assert_eq!(node.machine.version.last(), OWN_CLAIM_MAX + 1);
}

#[test]
fn answers_a_digest_with_what_is_beyond_it() {
    let mut node = node(RegistersConfig::default());
    [(7001, 3), (7002, 1), (7003, 9)].iter().for_each(|(origin, version)| {
        learn(&mut node, update(*origin, *version, *version));
    });
    let known = digest(&[(7001, 3), (7003, 2)]);
    let answer = node.give(Input::Request(Peer::STRANGER, ReplyTo(1), known));
    let [Effect::Reply(ReplyTo(1), Ok(RegistersMessage::Delta(delta)))] = &answer[..] else {
        panic!("{answer:?}")
    };
    let told: Vec<_> =
        delta.news.iter().map(|rumor| (rumor.origin.clone(), rumor.version)).collect();
    assert_eq!(told, [(Name::Number(7003), 9), (Name::Number(7002), 1)], "most behind first");
}

#[test]
fn syncs_with_its_first_peer_before_it_publishes() {
    let config = RegistersConfig { await_first_sync: true, ..RegistersConfig::default() };
    let mut node = node(config);
    assert_eq!(set(&mut node, b"mine"), []);
    let up = node.give(Input::PeerUp(peer(1), Link::outgoing(Name::Number(7001))));
    let [Effect::Request(to, _, token)] = &up[..] else { panic!("{up:?}") };
    assert_eq!(*to, peer(1));
    let delta = delta_of(&[update(7000, 7, 1), update(7001, 4, 2)]);
    let synced = events(node.give(Input::Response(*token, Ok(delta))));
    assert_eq!(published(&synced), [(8, Bytes::from_static(b"mine"))], "above its earlier life");
    assert!(synced.contains(&StateEvent::Reconciled(update(7001, 4, 2), peer(1))));
    assert!(synced.contains(&StateEvent::Synced(peer(1), Ok(1))));
}

#[test]
fn without_an_answer_it_publishes_after_a_wait() {
    let config = RegistersConfig { await_first_sync: true, ..RegistersConfig::default() };
    let mut node = node(config);
    set(&mut node, b"mine");
    let up = node.give(Input::PeerUp(peer(1), Link::outgoing(Name::Number(7001))));
    let [Effect::Request(_, _, token)] = up[..] else { panic!("{up:?}") };
    let failed = events(node.give(Input::Response(token, Err(Why::TimedOut))));
    assert_eq!(failed, [StateEvent::Synced(peer(1), Err(Why::TimedOut))]);
    let ready = events(node.give(Input::Timer(RegistersToken::Ready)));
    assert_eq!(published(&ready).len(), 1);
}

#[test]
fn whoever_comes_up_is_synced_with_once_one_after_the_other() {
    let mut node = node(RegistersConfig::default());
    let mut up = |number: u64| {
        let link = Link::outgoing(Name::Number(7000 + number));
        node.give(Input::PeerUp(peer(number as u32), link))
    };
    let [Effect::Request(_, _, first)] = up(1)[..] else { panic!("the first is asked at once") };
    assert_eq!((up(2).len(), up(3).len()), (0, 0), "one exchange at a time");
    node.give(Input::PeerDown(peer(3), Gone::Evicted));
    let nothing = delta_of(&[]);
    let then = node.give(Input::Response(first, Ok(nothing)));
    let Some(Effect::Request(to, _, second)) = then.last() else { panic!("{then:?}") };
    assert_eq!(*to, peer(2), "who is gone is not asked");
    let after = node.give(Input::Response(*second, Err(Why::TimedOut)));
    assert_eq!(events(after), [StateEvent::Synced(peer(2), Err(Why::TimedOut))], "nobody is left");
}

#[test]
fn without_sync_nobody_is_asked() {
    let mut node = node(RegistersConfig { sync_interval: None, ..RegistersConfig::default() });
    let up = node.give(Input::PeerUp(peer(1), Link::outgoing(Name::Number(7001))));
    assert!(up.is_empty());
    assert!(node.give(Input::Timer(RegistersToken::Tick)).is_empty());
}

#[test]
fn who_asks_and_knows_more_is_asked_back() {
    let mut node = node(RegistersConfig::default());
    let up = node.give(Input::PeerUp(peer(1), Link::outgoing(Name::Number(7001))));
    let [Effect::Request(_, _, token)] = up[..] else { panic!("{up:?}") };
    node.give(Input::Response(token, Ok(delta_of(&[]))));
    let asked = node.give(Input::Request(peer(1), ReplyTo(1), digest(&[(7005, 2)])));
    assert!(matches!(asked[..], [Effect::Reply(..), Effect::Request(..)]), "{asked:?}");
    let less = node.give(Input::Request(peer(1), ReplyTo(2), digest(&[])));
    assert!(matches!(less[..], [Effect::Reply(..)]), "{less:?}");
}

#[test]
fn a_claim_that_cant_be_taught_makes_no_storm_of_questions() {
    let mut node = node(RegistersConfig::default());
    let up = node.give(Input::PeerUp(peer(1), Link::outgoing(Name::Number(7001))));
    let [Effect::Request(_, _, token)] = up[..] else { panic!("{up:?}") };
    node.give(Input::Response(token, Ok(delta_of(&[]))));
    let mut asked = 0;
    for claim in [VERSION_MAX, 9, 9, 9] {
        let did = node.give(Input::Request(peer(1), ReplyTo(1), digest(&[(7005, claim)])));
        if let Some(Effect::Request(_, _, token)) = did.last() {
            asked += 1;
            node.give(Input::Response(*token, Ok(delta_of(&[]))));
        }
    }
    assert_eq!(asked, 1);
}

#[test]
fn what_is_held_above_a_gap_is_not_told_again_and_the_rest_is() {
    let (mut ours, mut theirs) = (table(9), table(9));
    [keyed("x", 130), keyed("y", 131)].into_iter().for_each(|rumor| {
        ours.put(rumor, peer(1), Time::ZERO);
    });
    theirs.put(keyed("y", 131), peer(1), Time::ZERO);
    let asked = theirs.digest(0);
    assert_eq!((asked.version(&Name::Number(7001)), asked.latest(&Name::Number(7001))), (0, 131));
    assert_eq!(ours.beyond(&asked, 999), [keyed("x", 130)]);
    assert_eq!(
        ours.completes(&asked, &[], &ours.digest(0)),
        Digest::default(),
        "we have a gap ourselves"
    );
    ours.complete_to(&Name::Number(7001), 131);
    let news = ours.beyond(&asked, 999);
    assert_eq!(ours.completes(&asked, &news, &ours.digest(0)).version(&Name::Number(7001)), 131);
}

#[test]
fn a_gap_keeps_the_digest_down_until_a_delta_fills_it() {
    let mut node = node(RegistersConfig::default());
    let of = |node: &Recorder<Registers>| node.machine.digest().version(&Name::Number(7001));
    learn(&mut node, update(7001, 1, 1));
    assert_eq!(of(&node), 1);
    learn(&mut node, update(7001, 3, 3));
    assert_eq!(of(&node), 1, "version 2 may be another key that was lost");
    let up = node.give(Input::PeerUp(peer(1), Link::outgoing(Name::Number(7001))));
    let [Effect::Request(_, _, token)] = up[..] else { panic!("{up:?}") };
    let delta = delta_of(&[update(7001, 3, 3)]);
    node.give(Input::Response(token, Ok(delta)));
    assert_eq!(of(&node), 3);
}

#[test]
fn who_lacks_an_older_key_itself_vouches_for_nothing() {
    let (x, y) = (keyed("x", 1), keyed("y", 2));
    let (mut origin, mut between) = (table(9), table(9));
    [&x, &y].iter().for_each(|rumor| _ = origin.put((*rumor).clone(), peer(1), Time::ZERO));
    origin.complete_to(&Name::Number(7001), 2);
    between.put(y.clone(), peer(1), Time::ZERO);
    between.follows(&Name::Number(7001), 2);
    let nothing = Digest::default();
    let told = |table: &Table, budget| {
        let news = table.beyond(&nothing, budget);
        (
            news.len(),
            table.completes(&nothing, &news, &table.digest(0)).version(&Name::Number(7001)),
        )
    };
    assert_eq!(told(&between, 999), (1, 0), "version 1 of x would be hidden");
    assert_eq!(told(&origin, 999), (2, 2));
    assert_eq!(told(&origin, 100), (1, 1), "what was cut off is asked for again");
}

#[test]
fn one_huge_update_does_not_stop_repair() {
    let mut table = table(9);
    let huge = Arc::unwrap_or_clone(update(7001, 999, 1));
    let huge = Arc::new(Rumor { payload: Bytes::from(alloc::vec![b' '; 5000]), ..huge });
    let small = update(7002, 1, 2);
    [&huge, &small].iter().for_each(|rumor| _ = table.put((*rumor).clone(), peer(1), Time::ZERO));
    let mut known = Digest::default();
    let first = table.beyond(&known, 1000);
    assert_eq!(first, [huge]);
    known.known.insert(Name::Number(7001), 999);
    assert_eq!(table.beyond(&known, 1000), [small]);
}

#[test]
fn version_0_is_repaired_too() {
    let mut table = table(9);
    table.put(update(7001, 0, 1), peer(1), Time::ZERO);
    assert_eq!(table.beyond(&Digest::default(), 1000).len(), 1);
    let known = Digest::of([(Name::Number(7001), 0)].into());
    assert_eq!(table.beyond(&known, 1000).len(), 0);
}

fn keyed(key: &str, version: u64) -> Arc<Rumor> {
    let rumor = Arc::unwrap_or_clone(update(7001, version, version));
    Arc::new(Rumor { subject: Subject::register(key), ..rumor })
}

fn table(entries: usize) -> Table {
    let limits = Limits { entries, bytes: 1 << 20, age: Duration::MAX };
    Table::new(OWN, limits, HashSeed::default())
}

fn contents(table: &Table) -> Vec<Arc<Rumor>> {
    table.entries().map(|entry| entry.rumor.clone()).collect()
}

fn merged(updates: &[Arc<Rumor>]) -> Table {
    let mut merged = table(1000);
    for rumor in updates {
        merged.put(rumor.clone(), peer(1), Time::ZERO);
    }
    merged
}

#[test]
fn ten_thousand_invented_origins_leave_a_peers_register_alone() {
    let mut table = table(100);
    assert!(table.put(update(1, 1, 1), peer(1), Time::ZERO));
    (2..10_002).for_each(|origin| _ = table.put(update(origin, 1, 1), Peer::STRANGER, Time::ZERO));
    assert!(table.get(&Name::Number(1), "book").is_some());
    assert_eq!(
        (table.len(), table.digest(0).known.len(), table.entries().count()),
        (100, 100, 100)
    );
}

fn any_update() -> impl Strategy<Value = Arc<Rumor>> {
    (1u64..5, 0u64..5, 0u64..4, prop_oneof![Just("book"), Just("mood")]).prop_map(
        |(origin, version, id, key)| {
            let rumor = Arc::unwrap_or_clone(update(origin, version, id));
            Arc::new(Rumor { subject: Subject::register(key), ..rumor })
        },
    )
}

fn any_updates() -> impl Strategy<Value = Vec<Arc<Rumor>>> {
    prop::collection::vec(any_update(), 0..30)
}

proptest! {
    #[test]
    fn the_order_of_arrival_never_matters(updates in any_updates(), shuffled in any::<u64>()) {
        let mut other = updates.clone();
        rumormill_core::Rng::new(rumormill_core::RngKey::of_node(shuffled, 0), 0).shuffle(&mut other);
        prop_assert_eq!(contents(&merged(&updates)), contents(&merged(&other)));
    }

    #[test]
    fn merging_is_idempotent_commutative_and_associative(
        a in any_updates(), b in any_updates(), c in any_updates(),
    ) {
        let of = |parts: &[&[Arc<Rumor>]]| contents(&merged(&parts.concat()));
        let after = |first: &[Arc<Rumor>], then: &[Arc<Rumor>]| contents(&merged(
            &[contents(&merged(first)), contents(&merged(then))].concat()));
        prop_assert_eq!(after(&a, &a), of(&[&a]));
        prop_assert_eq!(after(&a, &b), after(&b, &a));
        let (ab, bc) = (after(&a, &b), after(&b, &c));
        prop_assert_eq!(after(&ab, &c), after(&a, &bc));
    }

    #[test]
    fn versions_never_go_back(updates in any_updates()) {
        let mut table = table(1000);
        for rumor in updates {
            let before = table.get(&rumor.origin, "book").map(|entry| entry.rumor.rank());
            table.put(rumor.clone(), peer(1), Time::ZERO);
            let after = table.get(&rumor.origin, "book").map(|entry| entry.rumor.rank());
            prop_assert!(after >= before);
        }
    }

    #[test]
    fn a_delta_keeps_to_its_budget_and_hides_nothing(
        updates in any_updates(), budget in 0usize..2000,
    ) {
        let table = merged(&updates);
        let news = table.beyond(&Digest::default(), budget);
        let spent: usize = news.iter().map(|rumor| rumor.wire_len()).sum();
        prop_assert!(spent <= budget || news.len() == 1);
        for sent in &news {
            let earlier = contents(&table).into_iter().filter(|rumor| {
                rumor.origin == sent.origin && rumor.rank() < sent.rank() && rumor.version > 0
            });
            for rumor in earlier {
                prop_assert!(news.contains(&rumor), "{rumor:?} is hidden behind {sent:?}");
            }
        }
    }
}
