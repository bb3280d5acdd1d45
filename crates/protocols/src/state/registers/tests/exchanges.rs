//! Who asks whom, and what is answered.

use super::*;
use crate::VERSION_MAX;
use crate::parts::digest::Digest;
use rumormill_core::{Gone, ReplyTo};

fn digest(known: &[(u64, u64)]) -> RegistersMessage {
    let known = known.iter().map(|(origin, version)| (Name::Number(*origin), *version));
    RegistersMessage::Digest(Arc::new(Digest::of(known.collect())))
}

/// A delta of a member that vouches for all.
fn delta_of(news: &[Arc<Rumor>]) -> RegistersMessage {
    let news = news.iter().cloned().map(News::from).collect();
    RegistersMessage::Delta(Box::new(Delta { news, ..Delta::default() }))
}

use alloc::boxed::Box;

#[test]
fn a_member_without_summaries_is_sent_a_digest_before_the_first_publish() {
    let config = RegistersConfig { await_first_sync: true, ..RegistersConfig::default() };
    let mut node = node(config);
    assert_eq!(set(&mut node, b"mine"), []);
    let (to, message, token) = asked(&up(&mut node, 1, 1)).expect("it is asked");
    assert!(to == peer(1) && matches!(message, RegistersMessage::Digest(_)));
    let delta = delta_of(&[update(7000, 7, 1), update(7001, 4, 2)]);
    let synced = events(give(&mut node, Input::Response(token, Ok(delta))));
    assert_eq!(published(&synced), [(8, Bytes::from_static(b"mine"))], "above its earlier life");
    assert!(synced.contains(&StateEvent::Reconciled(update(7001, 4, 2), peer(1))));
    assert!(synced.contains(&StateEvent::Synced(peer(1), Ok(1))));
}

#[test]
fn without_an_answer_it_publishes_after_a_wait() {
    let config = RegistersConfig { await_first_sync: true, ..RegistersConfig::default() };
    let mut node = node(config);
    set(&mut node, b"mine");
    let (_, _, token) = asked(&up(&mut node, 1, 1)).unwrap();
    let failed = events(give(&mut node, Input::Response(token, Err(Why::TimedOut))));
    assert_eq!(failed, [StateEvent::Synced(peer(1), Err(Why::TimedOut))]);
    let ready = events(give(&mut node, Input::Timer(RegistersToken::Ready)));
    assert_eq!(published(&ready).len(), 1);
}

#[test]
fn those_who_know_the_same_say_so_in_a_word() {
    let (mut a, mut b) = (node(RegistersConfig::default()), node(RegistersConfig::default()));
    for node in [&mut a, &mut b] {
        learn(node, update(7001, 1, 1));
    }
    let (_, summary, token) = asked(&up(&mut a, 1, 2)).unwrap();
    assert!(matches!(summary, RegistersMessage::Summary(_)));
    let same = answer(&mut b, peer(1), summary);
    assert_eq!(same, RegistersMessage::Same);
    let done = events(give(&mut a, Input::Response(token, Ok(same))));
    assert_eq!(done, [StateEvent::Synced(peer(1), Ok(0))]);
    assert_eq!(a.machine.counts().same, 1);
}

#[test]
fn an_exchange_goes_both_ways() {
    let (mut a, mut b) = (node(RegistersConfig::default()), node(RegistersConfig::default()));
    learn(&mut a, update(7001, 1, 1));
    learn(&mut b, update(7002, 1, 1));
    let (_, summary, token) = asked(&up(&mut a, 1, 2)).unwrap();
    let page = answer(&mut b, peer(1), summary);
    let (_, exchange, token) = asked(&give(&mut a, Input::Response(token, Ok(page)))).unwrap();
    let delta = answer(&mut b, peer(1), exchange);
    give(&mut a, Input::Response(token, Ok(delta)));
    assert_eq!(contents(a.machine.table()).len(), 2);
    assert_eq!(contents(a.machine.table()), contents(b.machine.table()));
}

#[test]
fn who_does_not_know_summaries_after_all_is_asked_as_such() {
    let mut node = node(RegistersConfig::default());
    let (_, _, token) = asked(&up(&mut node, 1, 2)).unwrap();
    let again = give(&mut node, Input::Response(token, Err(Why::Unsupported)));
    let (_, message, _) = asked(&again).unwrap();
    assert!(matches!(message, RegistersMessage::Digest(_)));
}

#[test]
fn whoever_comes_up_is_exchanged_with_once_one_after_the_other() {
    let mut node = node(RegistersConfig::default());
    let (_, _, first) = asked(&up(&mut node, 1, 1)).expect("the first is asked at once");
    assert!(asked(&up(&mut node, 2, 1)).is_none() && asked(&up(&mut node, 3, 1)).is_none());
    give(&mut node, Input::PeerDown(peer(3), Gone::Evicted));
    let then = give(&mut node, Input::Response(first, Ok(delta_of(&[]))));
    let (to, _, second) = asked(&then).expect("the next is asked");
    assert_eq!(to, peer(2), "who is gone is not asked");
    let after = give(&mut node, Input::Response(second, Err(Why::TimedOut)));
    assert!(asked(&after).is_none(), "nobody is left");
}

#[test]
fn a_peer_that_does_not_answer_holds_up_nobody_and_is_left_alone_for_a_while() {
    let mut node = node(RegistersConfig::default());
    let (_, _, slow) = asked(&up(&mut node, 1, 1)).unwrap();
    up(&mut node, 2, 1);
    node.wait(SECOND * 5);
    let (to, _, token) = asked(&give(&mut node, Input::Timer(RegistersToken::Tick))).unwrap();
    assert_eq!(to, peer(2), "the first is slow, so another is asked beside it");
    give(&mut node, Input::Response(token, Ok(delta_of(&[]))));
    give(&mut node, Input::Response(slow, Err(Why::TimedOut)));
    for _ in 0..20 {
        let (to, _, token) = asked(&give(&mut node, Input::Timer(RegistersToken::Tick))).unwrap();
        assert_eq!(to, peer(2));
        give(&mut node, Input::Response(token, Ok(delta_of(&[]))));
    }
}

#[test]
fn without_sync_nobody_is_asked() {
    let mut node = node(RegistersConfig { sync_interval: None, ..RegistersConfig::default() });
    assert!(up(&mut node, 1, 2).is_empty());
    assert!(node.give(Input::Timer(RegistersToken::Tick)).is_empty());
}

#[test]
fn who_asks_with_a_digest_and_knows_more_is_asked_back() {
    let mut node = node(RegistersConfig::default());
    let (_, _, token) = asked(&up(&mut node, 1, 1)).unwrap();
    give(&mut node, Input::Response(token, Ok(delta_of(&[]))));
    let more = give(&mut node, Input::Request(peer(1), ReplyTo(1), digest(&[(7005, 2)])));
    assert!(matches!(more[..], [Effect::Reply(..), Effect::Request(..)]), "{more:?}");
    let less = give(&mut node, Input::Request(peer(1), ReplyTo(2), digest(&[])));
    assert!(matches!(less[..], [Effect::Reply(..)]), "{less:?}");
}

#[test]
fn a_claim_that_cant_be_taught_makes_no_storm_of_questions() {
    let mut node = node(RegistersConfig::default());
    let (_, _, token) = asked(&up(&mut node, 1, 1)).unwrap();
    give(&mut node, Input::Response(token, Ok(delta_of(&[]))));
    let mut questions = 0;
    for claim in [VERSION_MAX, 9, 9, 9] {
        let did = give(&mut node, Input::Request(peer(1), ReplyTo(1), digest(&[(7005, claim)])));
        if let Some((_, _, token)) = asked(&did) {
            questions += 1;
            give(&mut node, Input::Response(token, Ok(delta_of(&[]))));
        }
    }
    assert_eq!(questions, 1);
}

#[test]
fn a_forged_page_costs_one_exchange_a_tick_and_nothing_else() {
    let mut node = node(RegistersConfig::default());
    let mut asks = asked(&up(&mut node, 1, 2));
    let forged = digest(&(1..5000).map(|origin| (origin, 7)).collect::<Vec<_>>());
    let (mut questions, mut bytes) = (0, 0);
    while let Some((_, message, token)) = asks {
        questions += 1;
        bytes += rumormill_core::Message::wire_len(&message);
        let reply = match message {
            RegistersMessage::Summary(_) => forged.clone(),
            _ => RegistersMessage::Delta(Box::default()),
        };
        asks = asked(&give(&mut node, Input::Response(token, Ok(reply))));
    }
    assert!(questions <= 4 && bytes < 10_000, "{questions} questions of {bytes} bytes");
    assert!(node.machine.counts().unproved > 0, "it is counted");
    assert!(node.machine.table().is_empty());
}

/// How many questions a node asks a peer that answers each summary so.
fn questions(mut page: impl FnMut(Option<Name>) -> RegistersMessage) -> usize {
    let mut node = node(RegistersConfig::default());
    let mut asks = asked(&up(&mut node, 1, 2));
    let mut questions = 0;
    while let Some((_, message, token)) = asks {
        questions += 1;
        assert!(questions < 10_000, "without end");
        let reply = match message {
            RegistersMessage::Summary(summary) => page(summary.after),
            _ => RegistersMessage::Delta(Box::default()),
        };
        asks = asked(&give(&mut node, Input::Response(token, Ok(reply))));
    }
    questions
}

#[test]
fn pages_without_end_are_read_for_a_while_and_pages_that_lead_back_not_at_all() {
    use crate::parts::digest::Range;
    let page = |after: Option<Name>, upto: u64| {
        let range = Range { after, upto: Some(Name::Number(upto)) };
        RegistersMessage::Digest(Arc::new(Digest { range, ..Digest::default() }))
    };
    let mut next = 0;
    let on = questions(|after| {
        next += 1;
        page(after, next)
    });
    assert!((100..1000).contains(&on), "{on} questions");
    assert!(questions(|after| page(after, 7)) <= 3, "the same page again and again");
    assert!(questions(|_| page(Some(Name::Number(9)), 99)) <= 1, "not the page that was asked for");
}

#[test]
fn a_stranger_can_tell_news_but_vouches_for_nothing() {
    let mut node = node(RegistersConfig::default());
    learn(&mut node, keyed(7001, "mood", 1, 1));
    let forged = Delta {
        news: [update(7001, 2, 2).into(), update(7002, 9, 3).into()].into(),
        complete: Some([(Name::Number(7001), Vouched { from: 0, upto: 99 })].into()),
        anew: [(Name::Number(7001), 99)].into(),
        more: false,
    };
    let exchange = Exchange { delta: forged, digest: None, budget: 0 };
    answer(&mut node, Peer::STRANGER, RegistersMessage::Exchange(Box::new(exchange)));
    let digest = node.machine.digest();
    assert_eq!(digest.version(&Name::Number(7001)), 2, "it was the next one");
    assert_eq!(digest.version(&Name::Number(7002)), 0);
    assert_eq!(contents(node.machine.table()).len(), 3, "nothing is gone");
}

#[test]
fn answers_that_belong_to_no_question_are_refused() {
    let mut node = node(RegistersConfig::default());
    let (_, _, token) = asked(&up(&mut node, 1, 2)).unwrap();
    let told = events(give(&mut node, Input::Response(token, Ok(delta_of(&[])))));
    assert_eq!(told, [StateEvent::Synced(peer(1), Err(Why::Malformed))]);
    let did = node.give(Input::Request(peer(1), ReplyTo(1), RegistersMessage::Same));
    assert!(matches!(did[..], [Effect::Reply(_, Err(Why::Malformed))]));
}

#[test]
fn a_gap_keeps_the_digest_down_until_a_delta_fills_it() {
    let mut node = node(RegistersConfig::default());
    let of = |node: &Recorder<Registers>| node.machine.digest().version(&Name::Number(7001));
    learn(&mut node, update(7001, 1, 1));
    assert_eq!(of(&node), 1);
    learn(&mut node, update(7001, 3, 3));
    assert_eq!(of(&node), 1, "version 2 may be another key that was lost");
    let (_, _, token) = asked(&up(&mut node, 1, 1)).unwrap();
    give(&mut node, Input::Response(token, Ok(delta_of(&[update(7001, 3, 3)]))));
    assert_eq!(of(&node), 3);
}
