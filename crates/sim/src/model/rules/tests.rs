//! What rules come to together.

use super::*;
use crate::model::{Latency, Loss};
use proptest::prelude::*;
use rumormill_core::Time;

const MS: Duration = Duration::from_millis(1);

fn what(from: u32, to: u32) -> Transmission {
    Transmission { from, to, bytes: 100, now: Time::ZERO }
}

fn rules(all: impl IntoIterator<Item = Rule>) -> Rules {
    let mut rules = Rules::default();
    all.into_iter().for_each(|rule| _ = rules.add(rule));
    rules
}

fn nodes(nodes: impl IntoIterator<Item = u32>) -> NodeSet {
    nodes.into_iter().collect()
}

fn judged(rules: &Rules, from: u32, to: u32, count: u64) -> Verdict {
    let mut draws = LinkDraws::new(1, from, to, count);
    rules.judge(&what(from, to), &mut LossState::default(), &mut draws)
}

fn streamed(rules: &Rules, count: u64) -> (Verdict, u32) {
    let mut draws = LinkDraws::new(1, 0, 1, count);
    rules.over_stream(&what(0, 1), &mut LossState::default(), &mut draws, 200 * MS)
}

fn constant(latency: Duration) -> Rule {
    Rule::latency(Latency::Constant(latency))
}

#[test]
fn without_rules_all_arrives_at_once() {
    assert_eq!(judged(&Rules::default(), 0, 1, 0), Verdict::default());
    assert_eq!(Rules::default().least(), Duration::ZERO);
}

#[test]
fn delays_add_up_and_slowness_multiplies_what_was_before() {
    let touching = Paths::Touching(nodes([1]));
    let rules = rules([constant(10 * MS), Rule::slow(3.0, touching), constant(5 * MS)]);
    assert_eq!(judged(&rules, 0, 1, 0).delay, 35 * MS);
    assert_eq!(judged(&rules, 0, 2, 0).delay, 15 * MS);
    assert_eq!(rules.least(), 15 * MS);
}

#[test]
fn a_fault_comes_and_heals() {
    let mut rules = rules([constant(MS)]);
    let split = rules.add(Rule::partition(vec![0, 0, 1]));
    let deaf = rules.add(Rule::deaf(nodes([1])));
    let fate = |rules: &Rules, from, to| judged(rules, from, to, 0).fate;
    assert_eq!(fate(&rules, 0, 1), Fate::Lost(Lost::Deaf));
    assert_eq!(fate(&rules, 2, 1), Fate::Lost(Lost::Partition), "the first that cuts it off");
    assert_eq!(rules.remove(split), Some(Rule::partition(vec![0, 0, 1])));
    assert_eq!(rules.remove(split), None);
    assert_eq!((fate(&rules, 0, 2), fate(&rules, 1, 2)), (Fate::Arrives, Fate::Arrives));
    rules.remove(deaf);
    assert_eq!(fate(&rules, 2, 1), Fate::Arrives);
    assert!(rules.add(constant(MS)) > deaf, "an id is never given again");
    assert_eq!(rules.iter().count(), 2);
}

#[test]
fn what_is_cut_off_says_why() {
    let why = |rule, from, to| judged(&rules([rule]), from, to, 0).fate;
    let one_way = Rule::one_way([(0, 1)].into_iter().collect());
    assert_eq!(why(one_way.clone(), 0, 1), Fate::Lost(Lost::OneWay));
    assert_eq!(why(one_way, 1, 0), Fate::Arrives);
    assert_eq!(why(Rule::mute(nodes([4])), 4, 1), Fate::Lost(Lost::Mute));
    assert_eq!(why(Rule::mute(nodes([4])), 1, 4), Fate::Arrives);
    assert_eq!(why(Rule::loss(Loss::Uniform(1.0)), 1, 4), Fate::Lost(Lost::Loss));
}

#[test]
fn some_are_doubled_and_some_held_back() {
    let rules =
        rules([constant(MS), Rule::duplication(0.2, 7 * MS), Rule::reordering(0.1, 5 * MS)]);
    let verdicts: Vec<Verdict> = (0..10_000).map(|count| judged(&rules, 0, 1, count)).collect();
    let copies: Vec<Duration> = verdicts.iter().filter_map(|verdict| verdict.copy).collect();
    assert!((1850..2150).contains(&copies.len()), "{}", copies.len());
    assert!(copies.iter().all(|copy| *copy <= 7 * MS) && copies.iter().any(|copy| *copy > 6 * MS));
    let held: Vec<_> =
        verdicts.iter().map(|verdict| verdict.delay).filter(|delay| *delay > MS).collect();
    assert!((900..1100).contains(&held.len()), "{}", held.len());
    assert!(held.iter().all(|delay| *delay <= 6 * MS) && held.iter().any(|delay| *delay > 5 * MS));
}

#[test]
fn loss_over_a_stream_doubles_its_delay() {
    let rules = rules([constant(MS), Rule::loss(Loss::Uniform(0.5))]);
    let mut longest = 0;
    for count in 0..10_000 {
        let (verdict, lost) = streamed(&rules, count);
        assert_eq!(verdict.delay, MS + 200 * MS * ((1 << lost) - 1));
        assert!(verdict.arrives());
        longest = longest.max(lost);
    }
    assert!(longest >= 8, "half of 10,000, eight times over, is 39");
}

#[test]
fn a_stream_that_loses_all_ends() {
    let (verdict, lost) = streamed(&rules([Rule::loss(Loss::Uniform(1.0))]), 0);
    assert_eq!((lost, verdict.fate), (60, Fate::Arrives));
    assert_eq!(verdict.delay.as_millis(), 200 * ((1 << 60) - 1));
}

#[test]
fn two_losses_over_a_stream_are_lost_together() {
    let rules = rules([Rule::loss(Loss::Uniform(0.3)), Rule::loss(Loss::Uniform(0.2))]);
    let lost: u32 = (0..20_000).map(|count| streamed(&rules, count).1).sum();
    // An attempt is lost with 0.44, so 0.44 / 0.56 are lost before one that is not.
    assert!((15_200..16_200).contains(&lost), "{lost}");
}

#[test]
fn a_stream_keeps_its_order_but_a_partition_cuts_it() {
    let disorder = [Rule::duplication(1.0, MS), Rule::reordering(1.0, MS), constant(2 * MS)];
    let (verdict, lost) = streamed(&rules(disorder), 0);
    assert_eq!((verdict.delay, verdict.copy, lost), (2 * MS, None, 0));
    let (verdict, _) = streamed(&rules([Rule::partition(vec![0, 1])]), 0);
    assert_eq!(verdict.fate, Fate::Lost(Lost::Partition));
}

#[test]
fn bursts_last_from_one_transmission_to_the_next() {
    let loss = Loss::Bursty { good_to_bad: 0.5, bad_to_good: 0.0, loss_good: 0.0, loss_bad: 1.0 };
    let (rules, mut state) = (rules([Rule::loss(loss)]), LossState::default());
    let mut lost = |count| {
        let mut draws = LinkDraws::new(1, 0, 1, count);
        !rules.judge(&what(0, 1), &mut state, &mut draws).arrives()
    };
    let fates: Vec<bool> = (0..50).map(&mut lost).collect();
    assert!(
        !fates.is_sorted_by(|earlier, later| earlier > later) && fates.is_sorted() && fates[49]
    );
}

proptest! {
    #[test]
    fn nothing_is_faster_than_the_least(
        factor in 1.0..5.0f64, from in 0u32..6, to in 0u32..6, count: u32
    ) {
        let uniform = Latency::Uniform(3 * MS, 9 * MS);
        let some = Rule::latency(Latency::Constant(MS)).over(Paths::From(nodes([1, 2])));
        let slow = Rule::slow(factor, Paths::To(nodes([3])));
        let rules = rules([Rule::latency(uniform), some, slow, Rule::reordering(0.5, MS)]);
        let verdict = judged(&rules, from, to, u64::from(count));
        prop_assert!(verdict.delay >= rules.least());
        prop_assert_eq!(rules.least(), 3 * MS);
    }
}

#[test]
fn verdicts_are_the_same_everywhere() {
    let rules = rules([
        Rule::latency(Latency::Uniform(10 * MS, 30 * MS)),
        Rule::loss(Loss::Uniform(0.3)),
        Rule::duplication(0.5, MS),
    ]);
    let shown = [0, 1, 2, 3].map(|count| {
        let verdict = judged(&rules, 0, 1, count);
        (verdict.delay.as_nanos(), verdict.arrives(), verdict.copy.map(|copy| copy.as_nanos()))
    });
    assert_eq!(shown[..2], [(18_062_064, true, None), (29_717_291, true, None)]);
    assert_eq!(shown[2..], [(24_296_131, true, None), (18_084_449, true, Some(216_999))]);
}

proptest! {
    /// What is found sooner is the same.
    #[test]
    fn a_plain_latency_is_what_the_rules_say(from in 0u64..1_000_000_000, width in 0u64..1_000_000, count in 0u64..1000) {
        let span = |nanos| Duration::from_nanos(nanos);
        for latency in [Latency::Constant(span(from)), Latency::Uniform(span(from), span(from + width))] {
            let mut rules = Rules::default();
            rules.add(Rule::latency(latency));
            let what = Transmission { from: 1, to: 2, bytes: 3, now: Time::ZERO };
            let draws = || LinkDraws::new(7, 1, 2, count);
            let judged = rules.judge(&what, &mut LossState::default(), &mut draws()).delay;
            prop_assert_eq!(rules.plain_nanos(&mut draws()).map(span), Some(judged));
            let other = rules.add(Rule::loss(Loss::Uniform(0.1)));
            prop_assert_eq!(rules.plain_nanos(&mut draws()), None);
            rules.remove(other);
            prop_assert!(rules.plain_nanos(&mut draws()).is_some());
        }
    }
}
