//! What the table takes in, and in which order that matters: none.

use super::*;
use crate::parts::digest::{Digest, Range};
use proptest::prelude::*;

const FROM: Peer = Peer::new(1, 0);

fn put(table: &mut Table, rumor: Arc<Rumor>) -> bool {
    table.put(rumor.into(), FROM, Time::ZERO)
}

fn merged(updates: &[Arc<Rumor>]) -> Table {
    let mut merged = table(1000);
    updates.iter().for_each(|rumor| _ = put(&mut merged, rumor.clone()));
    merged
}

fn whole(table: &Table) -> Digest {
    table.digest(Range::default(), 0, usize::MAX)
}

fn delta(table: &Table, asker: &Digest, bytes: usize) -> Delta {
    table.delta(asker, Budget { wanted: bytes, most: bytes }, Time::ZERO)
}

fn told(delta: &Delta) -> Vec<Arc<Rumor>> {
    delta.news.iter().map(|news| news.rumor.clone()).collect()
}

fn vouched(delta: &Delta, origin: u64) -> Option<u64> {
    delta.complete.as_ref()?.get(&Name::Number(origin)).map(|vouched| vouched.upto)
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
fn what_is_held_above_a_gap_is_not_told_again_and_the_rest_is() {
    let (mut ours, mut theirs) = (table(9), table(9));
    let (x, y) = (keyed(7001, "x", 130, 1), keyed(7001, "y", 131, 2));
    [x.clone(), y.clone()].into_iter().for_each(|rumor| _ = put(&mut ours, rumor));
    put(&mut theirs, y);
    let asked = whole(&theirs);
    assert_eq!((asked.version(&Name::Number(7001)), asked.latest(&Name::Number(7001))), (0, 131));
    let first = delta(&ours, &asked, 9999);
    assert_eq!(
        (told(&first), vouched(&first, 7001)),
        ([x].to_vec(), None),
        "we have a gap ourselves"
    );
    ours.complete_to(&Name::Number(7001), Vouched { from: 0, upto: 131 });
    assert_eq!(vouched(&delta(&ours, &asked, 9999), 7001), Some(131));
}

#[test]
fn who_lacks_an_older_key_itself_vouches_for_nothing() {
    let (x, y) = (keyed(7001, "x", 1, 1), keyed(7001, "y", 2, 2));
    let (mut origin, mut between) = (table(9), table(9));
    [&x, &y].iter().for_each(|rumor| _ = put(&mut origin, (*rumor).clone()));
    origin.complete_to(&Name::Number(7001), Vouched { from: 0, upto: 2 });
    put(&mut between, y.clone());
    between.follows(&Name::Number(7001), 2);
    let of = |table: &Table, bytes| {
        let delta = delta(table, &Digest::default(), bytes);
        (told(&delta).len(), vouched(&delta, 7001))
    };
    assert_eq!(of(&between, 999), (1, None), "version 1 of x would be hidden");
    assert_eq!(of(&origin, 999), (2, Some(2)));
    assert_eq!(of(&origin, 330), (1, Some(1)), "what was cut off is asked for again");
}

#[test]
fn the_most_behind_is_told_first() {
    let mut ours = table(9);
    for (origin, version) in [(7001, 3), (7002, 1), (7003, 9)] {
        put(&mut ours, update(origin, version, version));
    }
    let known = [(7001, 3), (7003, 2)].map(|(origin, version)| (Name::Number(origin), version));
    let delta = delta(&ours, &Digest::of(known.into()), 9999);
    let origins: Vec<_> = delta.news.iter().map(|news| news.rumor.origin.clone()).collect();
    assert_eq!(origins, [Name::Number(7003), Name::Number(7002)]);
}

#[test]
fn a_first_update_may_be_larger_than_wanted_but_never_than_allowed() {
    let mut ours = table(9);
    let large = Arc::unwrap_or_clone(update(7001, 999, 1));
    let large = Arc::new(Rumor { payload: Bytes::from(alloc::vec![b' '; 5000]), ..large });
    put(&mut ours, large.clone());
    put(&mut ours, update(7002, 1, 2));
    let with = |wanted, most| {
        let delta = ours.delta(&Digest::default(), Budget { wanted, most }, Time::ZERO);
        (told(&delta), delta.more)
    };
    assert_eq!(with(1000, 9000), ([large].to_vec(), true));
    assert_eq!(with(1000, 1000), ([update(7002, 1, 2)].to_vec(), true));
}

#[test]
fn version_0_is_repaired_too() {
    let mut ours = table(9);
    put(&mut ours, update(7001, 0, 1));
    assert_eq!(told(&delta(&ours, &Digest::default(), 1000)).len(), 1);
    let known = Digest::of([(Name::Number(7001), 0)].into());
    assert_eq!(told(&delta(&ours, &known, 1000)).len(), 0);
}

#[test]
fn a_long_digest_goes_in_pages_that_leave_nothing_out() {
    let mut ours = table(1000);
    (1..=500).for_each(|origin| _ = put(&mut ours, update(origin, 1, 1)));
    let (mut after, mut seen, mut pages) = (None, 0, 0);
    loop {
        let page = ours.digest(Range::after(after.clone()), 0, 1024);
        assert!(page.wire_len() <= 1024);
        (seen, pages) = (seen + page.known.len(), pages + 1);
        after = page.range.upto.clone();
        if after.is_none() {
            break;
        }
    }
    assert_eq!((seen, pages > 5), (500, true));
}

#[test]
fn a_page_is_answered_for_its_origins_alone() {
    let mut ours = table(1000);
    (1..=9).for_each(|origin| _ = put(&mut ours, update(origin, 1, 1)));
    let range = Range { after: Some(Name::Number(3)), upto: Some(Name::Number(5)) };
    let asked = Digest { range, ..Digest::default() };
    let origins: Vec<_> =
        delta(&ours, &asked, 9999).news.iter().map(|news| news.rumor.origin.clone()).collect();
    assert_eq!(origins, [Name::Number(4), Name::Number(5)]);
}

#[test]
fn ten_thousand_invented_origins_leave_a_peers_register_alone() {
    let mut table = table(100);
    assert!(put(&mut table, update(1, 1, 1)));
    (2..10_002).for_each(|origin| {
        table.put(update(origin, 1, 1).into(), Peer::STRANGER, Time::ZERO);
    });
    assert!(table.get(&Name::Number(1), "book").is_some());
    let known = whole(&table).known.len();
    assert_eq!((table.len(), known, table.entries().count()), (100, 100, 100));
}

#[test]
fn who_lost_some_to_others_vouches_for_nothing() {
    let mut ours = table(2);
    (1..=3).for_each(|version| {
        let key = alloc::format!("k{version}");
        put(&mut ours, keyed(7001, &key, version, 1));
        ours.follows(&Name::Number(7001), version);
    });
    assert_eq!(ours.evicted(), 1);
    let told = delta(&ours, &Digest::default(), 9999);
    assert_eq!((told.news.len(), vouched(&told, 7001)), (2, None));
}

fn any_update() -> impl Strategy<Value = Arc<Rumor>> {
    (1u64..5, 0u64..5, 0u64..4, prop_oneof![Just("book"), Just("mood")])
        .prop_map(|(origin, version, id, key)| keyed(origin, key, version, id))
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
            put(&mut table, rumor.clone());
            let after = table.get(&rumor.origin, "book").map(|entry| entry.rumor.rank());
            prop_assert!(after >= before);
        }
    }

    #[test]
    fn a_delta_keeps_to_its_budget_and_hides_nothing(
        updates in any_updates(), wanted in 0usize..2000, most in 0usize..2000,
    ) {
        let table = merged(&updates);
        let delta = table.delta(&Digest::default(), Budget { wanted, most }, Time::ZERO);
        prop_assert!(delta.is_empty() || delta.wire_len() <= most);
        prop_assert!(delta.news.len() <= 1 || delta.wire_len() <= wanted);
        let told = told(&delta);
        for sent in &told {
            let earlier = contents(&table).into_iter().filter(|rumor| {
                rumor.origin == sent.origin && (1..sent.version).contains(&rumor.version)
            });
            for rumor in earlier {
                prop_assert!(told.contains(&rumor), "{rumor:?} is hidden behind {sent:?}");
            }
        }
        let all = told.len() == contents(&table).len();
        prop_assert!(delta.more || all, "what was left out is said");
    }
}

#[test]
fn an_origin_of_which_nothing_is_left_after_it_was_told_anew_is_forgotten() {
    let (mut table, x) = (table(100), Name::Number(7001));
    table.put(update(7001, 1, 1).into(), peer(1), Time::ZERO);
    table.doubt(&x, 5);
    let gone = table.complete_to(&x, Vouched { from: 0, upto: 5 });
    assert_eq!((gone.len(), table.is_empty()), (1, true));
    assert_eq!(table.digest(Range::default(), 0, usize::MAX).known.get(&x), None);
}
