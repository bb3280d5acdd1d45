//! Own registers: durable first, then published.

use super::*;

#[test]
fn each_set_takes_the_next_version_and_is_acknowledged() {
    let mut node = node(RegistersConfig::default());
    let first = set(&mut node, b"a");
    assert_eq!(published(&first), [(1, Bytes::from_static(b"a"))]);
    assert_eq!(first.last(), Some(&StateEvent::Stored { ticket: 1, version: 1 }));
    assert_eq!(published(&set(&mut node, b"b")), [(2, Bytes::from_static(b"b"))]);
    assert_eq!(node.machine.digest().version(&OWN), 2);
}

#[test]
fn nothing_is_published_before_it_is_durable() {
    let mut node = node(RegistersConfig::default());
    let (key, payload) = (Arc::from("book"), Bytes::from_static(b"a"));
    let set = StateCommand::Set { ticket: 9, key, payload, life: Life::Lasting };
    let did = node.give(Input::Command(set));
    let [Effect::Persist(_, _, token @ RegistersToken::Register(0))] = did[..] else {
        panic!("{did:?}")
    };
    let done = events(node.give(Input::Persisted(token, Ok(()))));
    assert_eq!(published(&done).len(), 1);
}

#[test]
fn a_version_that_was_overtaken_while_it_was_written_is_published_again_above() {
    let mut node = node(RegistersConfig::default());
    let (key, payload) = (Arc::from("book"), Bytes::from_static(b"a"));
    let set = StateCommand::Set { ticket: 9, key, payload, life: Life::Lasting };
    let did = node.give(Input::Command(set));
    let [Effect::Persist(_, _, token)] = did[..] else { panic!("{did:?}") };
    let adopted = learn(&mut node, update(7000, 50, 1));
    assert!(adopted.iter().any(|event| matches!(event, StateEvent::Adopted { version: 50, .. })));
    let told = events(give(&mut node, Input::Persisted(token, Ok(()))));
    let last = published(&told).pop().expect("it is published again");
    assert!(last.0 > 50 && last.1 == b"a"[..], "{told:?}");
}

#[test]
fn a_failed_write_changes_nothing_and_is_told() {
    let mut node = node(RegistersConfig::default());
    set(&mut node, b"old");
    let (key, payload): (Key, _) = (Arc::from("book"), Bytes::from_static(b"new"));
    let wish = StateCommand::Set { ticket: 2, key: key.clone(), payload, life: Life::Lasting };
    node.give(Input::Command(wish));
    let failed = node.give(Input::Persisted(RegistersToken::Register(0), Err(Why::Full)));
    let refused = StateEvent::SetRefused { ticket: 2, key, why: Why::Full };
    assert_eq!(events(failed), [StateEvent::NotDurable(Why::Full), refused]);
    let says = node.machine.table().get(&OWN, "book").map(|entry| entry.rumor.payload.clone());
    assert_eq!(says.as_deref(), Some(&b"old"[..]));
    assert_eq!(published(&set(&mut node, b"newer"))[0].0, 3, "a version is never used twice");
}

#[test]
fn without_a_durable_version_who_waits_is_refused_and_it_is_tried_again() {
    let registers = Registers::new(
        RegistersConfig::default(),
        OWN,
        HashSeed::default(),
        Cells::default().view(),
    );
    let mut node = Recorder::new(registers);
    node.give(Input::Start);
    assert_eq!(
        events(node.give(Input::Command(StateCommand::Set {
            ticket: 3,
            key: Arc::from("book"),
            payload: Bytes::from_static(b"a"),
            life: Life::Lasting,
        }))),
        []
    );
    let failed = node.give(Input::Persisted(RegistersToken::Version, Err(Why::Full)));
    assert!(
        failed.iter().any(|effect| matches!(
            effect,
            Effect::Emit(StateEvent::SetRefused { ticket: 3, why: Why::Full, .. })
        )),
        "{failed:?}"
    );
    let again = node.give(Input::Timer(RegistersToken::Retry));
    assert!(matches!(again[..], [Effect::Persist(..)]), "{again:?}");
    node.give(Input::Persisted(RegistersToken::Version, Ok(())));
    assert_eq!(published(&set(&mut node, b"b")).len(), 1);
}

/// The cells that a node wrote.
fn stored(effects: &[Effect<Registers>], cells: &mut Cells) {
    for effect in effects {
        if let Effect::Persist(cell, bytes, _) = effect {
            cells.insert(*cell, bytes.clone());
        }
    }
}

#[test]
fn a_restart_has_its_registers_back_and_goes_on_above_them() {
    let (mut cells, mut first) = (Cells::default(), node(RegistersConfig::default()));
    for (key, life) in
        [("book", Life::Lasting), ("mood", Life::For(SECOND)), ("hat", Life::Lasting)]
    {
        let (key, payload) = (Arc::from(key), Bytes::from_static(b"a"));
        let set = StateCommand::Set { ticket: 1, key, payload, life };
        stored(&give(&mut first, Input::Command(set)), &mut cells);
    }
    let (key, payload) = (Arc::from("hat"), Bytes::new());
    let remove = StateCommand::Set { ticket: 1, key, payload, life: Life::Removed };
    stored(&give(&mut first, Input::Command(remove)), &mut cells);
    cells.insert(VERSION, Bytes::copy_from_slice(&128u64.to_be_bytes()));
    let mut again = node_with(RegistersConfig::default(), &cells);
    assert_eq!(contents(again.machine.table()), contents(first.machine.table()));
    assert_eq!(contents(again.machine.table()).len(), 2, "what was removed stays removed");
    assert_eq!(again.machine.incarnation(), 129);
    assert_eq!(published(&set(&mut again, b"b"))[0].0, 129);
}

#[test]
fn a_cell_that_cant_be_read_is_told() {
    let mut cells = Cells::default();
    cells.insert(Own::cell(3), Bytes::from_static(b"nonsense"));
    let registers =
        Registers::new(RegistersConfig::default(), OWN, HashSeed::default(), cells.view());
    let did = Recorder::new(registers).give(Input::Start);
    assert!(
        did.iter().any(|did| matches!(did, Effect::Emit(StateEvent::Unreadable(1)))),
        "{did:?}"
    );
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
fn what_it_is_falsely_said_to_have_said_is_removed() {
    let mut node = node(RegistersConfig::default());
    set(&mut node, b"mine");
    learn(&mut node, keyed(7000, "mood", 40, 1));
    let tick = events(give(&mut node, Input::Timer(RegistersToken::Tick)));
    assert!(tick.contains(&StateEvent::Denied(Arc::from("mood"))), "{tick:?}");
    assert_eq!(published(&tick), [(42, removal("mood"))]);
    (0..1000).for_each(|key| {
        learn(&mut node, keyed(7000, &alloc::format!("k{key}"), 100 + key, 1));
    });
    give(&mut node, Input::Timer(RegistersToken::Tick));
    assert!(node.machine.own.len() <= OWN_KEYS_MAX / 2, "there is room left for our own");
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
    let digest = node.machine.digest();
    assert_eq!(digest.version(&OWN), crate::VERSION_MAX, "so that it is not told again");
    learn(&mut node, update(7000, OWN_CLAIM_MAX, 1));
    assert_eq!(node.machine.version.last(), OWN_CLAIM_MAX + 1);
}

#[test]
fn what_is_too_large_to_be_told_is_refused() {
    let mut node = node(RegistersConfig { delta_bytes_max: 1024, ..RegistersConfig::default() });
    let (key, payload): (Key, _) = (Arc::from("book"), Bytes::from(alloc::vec![b' '; 1024]));
    let wish = StateCommand::Set {
        ticket: 1,
        key: key.clone(),
        payload: payload.clone(),
        life: Life::Lasting,
    };
    let refused = StateEvent::SetRefused { ticket: 1, key, why: Why::TooLarge };
    assert_eq!(events(node.give(Input::Command(wish))), [refused]);
    let large = Arc::new(Rumor { payload, ..Arc::unwrap_or_clone(update(7001, 1, 1)) });
    let id = large.id;
    let told = learn(&mut node, large);
    assert_eq!(
        told,
        [StateEvent::Refused(id, peer(1), Why::TooLarge), StateEvent::Judged(id, Verdict::Reject)]
    );
    assert_eq!(node.machine.counts().too_large, 1);
}

#[test]
fn removing_what_was_never_set_is_no_error() {
    let mut node = node(RegistersConfig::default());
    let done = set_life(&mut node, "mood", b"", Life::Removed);
    assert_eq!(done, [StateEvent::Stored { ticket: 1, version: 0 }]);
}

#[test]
fn after_a_restart_those_who_know_the_same_say_so() {
    let config = RegistersConfig::default();
    let (mut cells, mut first) = (Cells::default(), node(config));
    let (key, payload) = (Arc::from("book"), Bytes::from_static(b"{}"));
    let set = StateCommand::Set { ticket: 1, key, payload, life: Life::Lasting };
    stored(&give(&mut first, Input::Command(set)), &mut cells);
    cells.insert(VERSION, Bytes::copy_from_slice(&128u64.to_be_bytes()));
    let mut again = node_with(config, &cells);
    let mut newcomer = super::world::fresh(1, config);
    let mut replies = Vec::new();
    for _ in 0..2 {
        let mut asks = asked(&up(&mut newcomer, 1, 2));
        while let Some((_, message, token)) = asks {
            replies.push(answer(&mut again, peer(9), message));
            let reply = Ok(replies.last().unwrap().clone());
            asks = asked(&give(&mut newcomer, Input::Response(token, reply)));
        }
        give(&mut newcomer, Input::PeerDown(peer(1), rumormill_core::Gone::Evicted));
    }
    assert_eq!(replies.last(), Some(&RegistersMessage::Same));
}
