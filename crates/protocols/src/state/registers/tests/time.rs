//! What was removed, or is over, stays away.

use super::*;

fn pass(node: &mut Recorder<Registers>, span: Duration) -> Vec<StateEvent> {
    node.wait(span);
    let newest = RegistersToken::Over(node.machine.alarm.number);
    events(give(node, Input::Timer(newest)))
}

fn shows(node: &Recorder<Registers>, key: &str) -> bool {
    node.machine.table().get(&Name::Number(7001), key).is_some()
}

#[test]
fn a_register_is_over_when_its_time_is() {
    let mut node = node(RegistersConfig::default());
    let short = living(update(7001, 1, 1), Life::For(SECOND * 9));
    learn(&mut node, short.clone());
    assert_eq!(pass(&mut node, SECOND * 8), []);
    assert!(shows(&node, "book"));
    assert_eq!(pass(&mut node, SECOND), [StateEvent::Expired(short.clone())]);
    assert!(!shows(&node, "book"));
    let again = learn(&mut node, short);
    assert!(matches!(again[0], StateEvent::Stale(..)), "{again:?}");
}

#[test]
fn few_timers_wait_whatever_is_told() {
    let mut node = node(RegistersConfig::default());
    let mut timers = 0;
    for millis in (1..100_000).rev().step_by(10) {
        let short = living(update(millis, 1, 1), Life::For(Duration::from_millis(millis)));
        let learn = StateCommand::Learn(short, peer(1));
        let did = give(&mut node, Input::Command(learn));
        timers += did.iter().filter(|did| matches!(did, Effect::Timer(..))).count();
    }
    assert!(timers <= 600, "{timers} timers");
    let stale = RegistersToken::Over(node.machine.alarm.number - 1);
    node.wait(SECOND * 200);
    assert_eq!(events(give(&mut node, Input::Timer(stale))), []);
    assert!(pass(&mut node, SECOND).len() > 5000);
}

#[test]
fn time_that_ran_elsewhere_counts() {
    let mut table = table(9);
    let rumor = living(update(7001, 1, 1), Life::For(SECOND * 9));
    let news = News { rumor: rumor.clone(), age: SECOND * 8 };
    assert!(table.put(news, peer(1), Time::ZERO));
    let later = Time::ZERO + SECOND;
    let entry = table.get(&Name::Number(7001), "book").unwrap().clone();
    assert_eq!(table.age(&entry, Time::ZERO + SECOND / 2), SECOND * 17 / 2);
    assert_eq!(table.sweep(later).expired, [rumor]);
}

#[test]
fn an_older_update_does_not_revive_what_was_removed() {
    let config = RegistersConfig { tombstone_ttl: SECOND * 60, ..RegistersConfig::default() };
    let mut node = node(config);
    learn(&mut node, keyed(7001, "mood", 1, 1));
    learn(&mut node, living(keyed(7001, "mood", 2, 2), Life::Removed));
    assert!(!shows(&node, "mood"));
    learn(&mut node, keyed(7001, "book", 3, 3));
    for _ in 0..3 {
        learn(&mut node, keyed(7001, "mood", 1, 1));
        assert!(!shows(&node, "mood"));
        // The third time the tombstone itself is long forgotten.
        pass(&mut node, SECOND * 61);
    }
    assert_eq!(node.machine.table().len(), 1);
    learn(&mut node, keyed(7001, "mood", 4, 4));
    assert!(shows(&node, "mood"), "set again, it is there again");
}

#[test]
fn the_latest_of_an_origin_is_remembered_for_ever() {
    let mut node = node(RegistersConfig::default());
    learn(&mut node, living(update(7001, 5, 1), Life::Removed));
    for _ in 0..5 {
        pass(&mut node, SECOND * 4000);
    }
    learn(&mut node, update(7001, 4, 1));
    assert!(!shows(&node, "book"));
}

/// Two tables, the second of which was away while the first forgot a removal.
fn after_an_absence() -> (Table, Table) {
    let (mut stayed, mut away) = (table(99), table(99));
    let origin = Name::Number(7001);
    for table in [&mut stayed, &mut away] {
        for (key, version) in [("hat", 1), ("mood", 2)] {
            table.put(keyed(7001, key, version, version).into(), peer(1), Time::ZERO);
            table.follows(&origin, version);
        }
    }
    for rumor in [living(keyed(7001, "mood", 3, 3), Life::Removed), keyed(7001, "book", 4, 4)] {
        let version = rumor.version;
        stayed.put(rumor.into(), peer(1), Time::ZERO);
        stayed.follows(&origin, version);
    }
    stayed.sweep(Time::ZERO + SECOND * 61);
    (stayed, away)
}

fn take_anew(table: &mut Table, all: Vec<News>) {
    for news in all {
        table.confirm(&news.rumor);
        table.put_anew(news, peer(1), Time::ZERO);
    }
}

#[test]
fn who_was_away_for_longer_than_a_removal_is_remembered_is_told_anew() {
    let (stayed, mut away) = after_an_absence();
    let asker = away.digest(Default::default(), 0, usize::MAX);
    let budget = Budget { wanted: 9999, most: 9999 };
    let delta = stayed.delta(&asker, budget, Time::ZERO);
    assert_eq!(delta.anew, [(Name::Number(7001), 3)].into());
    delta.anew.iter().for_each(|(origin, upto)| away.doubt(origin, *upto));
    take_anew(&mut away, delta.news);
    assert!(away.get(&Name::Number(7001), "mood").is_some(), "until all is told");
    let gone = away.complete_to(&Name::Number(7001), delta.complete.unwrap()[&Name::Number(7001)]);
    assert_eq!(gone, [keyed(7001, "mood", 2, 2)]);
    assert_eq!(contents(&away), contents(&stayed));
}

#[test]
fn being_told_anew_in_small_pieces_goes_on_where_it_was() {
    let (stayed, mut away) = after_an_absence();
    for _ in 0..3 {
        let asker = away.digest(Default::default(), 0, usize::MAX);
        let delta = stayed.delta(&asker, Budget { wanted: 0, most: 400 }, Time::ZERO);
        delta.anew.iter().for_each(|(origin, upto)| away.doubt(origin, *upto));
        take_anew(&mut away, delta.news);
        for (origin, upto) in delta.complete.unwrap() {
            away.complete_to(&origin, upto);
        }
    }
    assert_eq!(contents(&away), contents(&stayed));
    assert_eq!(contents(&away).len(), 2);
}

#[test]
fn nobody_can_make_us_doubt_ourselves() {
    let mut ours = table(9);
    ours.put_own(update(7000, 1, 1), Time::ZERO);
    ours.doubt(&OWN, 99);
    assert_eq!(ours.complete_to(&OWN, Vouched { from: 0, upto: 99 }), []);
    assert_eq!(contents(&ours).len(), 1);
}
