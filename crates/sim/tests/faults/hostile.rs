//! Hostile nodes: what they keep back, what they say twice, and what they have forgotten.

use super::small::{REPAIR, logged, sound, text};
use super::{A_WHILE, LINE, MESH, came, done, fault, fired, lines, twice};
use rumormill_sim::log::{Line, What};
use rumormill_sim::outcome::Checked;
use std::collections::BTreeSet;

/// Books drawn every two seconds for ten, and what goes wrong from the first second on.
fn books(what: &str) -> String {
    let rest = format!(
        "[[workload]]\nkind = \"books\"\ninterval = \"2 s\"\nfor = \"10 s\"\n\
         [[fault]]\nat = \"1 s\"\n{what}\n"
    );
    text(REPAIR, MESH, &rest).replace("drain = \"4 s\"", "drain = \"20 s\"")
}

#[test]
fn who_is_silent_to_the_next_in_line_says_it_to_the_one_before() {
    let silence =
        |rest: &str, to: &str| twice(LINE, &format!("{rest}silence = {{ nodes = [2], {to} }}"));
    let cut = vec![("censored", 2), ("cut-off", 2)];
    let onward = silence("", "to = [3]");
    assert_eq!(
        (came(&onward), fired(&onward)),
        ((6, 2, cut), (2, "2 messages kept back by 1 silent nodes"))
    );
    assert_eq!(came(&silence(A_WHILE, "to = [3]")), (6, 4, vec![("censored", 1), ("cut-off", 1)]));
    let back = silence("", "to = [1]");
    assert_eq!((came(&back), fired(&back).0), ((6, 6, vec![]), 0), "it has nothing to say there");
}

#[test]
fn silence_is_of_some_kinds_only() {
    let of = |kinds: &str| {
        twice(LINE, &format!("silence = {{ nodes = [2], to = {{ share = 1 }}, kinds = {kinds} }}"))
    };
    assert_eq!((fired(&of("\"rumor\"")).0, came(&of("[\"digest\", \"rumor\"]")).1), (2, 2));
    assert_eq!((fired(&of("[\"digest\", \"delta\"]")).0, came(&of("\"digest\"")).1), (0, 6));
}

/// How many messages, questions and answers from one node to another there are from the second second on,
/// by whether these left and whether they came.
fn between(log: &str, from: usize, to: usize) -> (usize, usize) {
    let is_late = |line: &Line<'_>| line.t > 2_000_000_000;
    let sent = lines(log, |line| {
        let is_it = line.what == What::Sent && line.node == Some(from) && line.to == Some(to);
        (is_it && is_late(line)).then_some(())
    });
    let heard = lines(log, |line| {
        let is_it = line.what == What::Input && line.node == Some(to) && line.from == Some(from);
        (is_it && is_late(line)).then_some(())
    });
    (sent.len(), heard.len())
}

/// Node 5 goes on hearing whom it tells nothing, and is asked by it in vain.
#[test]
fn who_is_silent_answers_nothing_and_hears_all() {
    let (outcome, log) = logged(&books("silence = { nodes = [5], to = [0] }"));
    assert_eq!(outcome.violations, []);
    assert_eq!(between(&log, 5, 0), (0, 0));
    assert!(between(&log, 0, 5).1 > 10 && between(&log, 5, 1).1 > 10);
    let (_, log) = logged(&books(&format!("{A_WHILE}silence = {{ nodes = [5], to = [0] }}")));
    assert!(between(&log, 5, 0).1 > 10, "it speaks again");
    assert_eq!(outcome.checks["agree"], Checked::Held, "the others agree all the same");
}

/// One node is silent to two, each for its own time: the second publication gets to one of them.
#[test]
fn each_of_several_on_one_node_is_undone_alone() {
    let outcome = twice(
        "nodes = 4, topology = { edges = { file = \"line.txt\" } }",
        &format!(
            "{A_WHILE}silence = {{ nodes = [1], to = [2] }}\n[[fault]]\nat = \"1 s\"\ncensor = [1]\n\
             [[fault]]\nat = \"1 s\"\nfor = \"5 s\"\ncensor = [1]\n"
        ),
    );
    // Nodes 2 and 3, twice; the censor that stays lets nothing through.
    assert_eq!(came(&outcome), (4, 0, vec![("censored", 2), ("cut-off", 2)]));
    assert_eq!(
        [0, 1, 2].map(|place| fault(&outcome, place).fired),
        [1, 1, 0],
        "who is first takes all"
    );
    let undone = twice(
        "nodes = 4, topology = { edges = { file = \"line.txt\" } }",
        &format!(
            "{A_WHILE}silence = {{ nodes = [1], to = [2] }}\n[[fault]]\nat = \"1 s\"\nfor = \"5 s\"\ncensor = [1]\n"
        ),
    );
    assert_eq!(came(&undone).1, 2, "both are over by the second publication");
}

#[test]
fn equivocation_breaks_no_promise_that_others_can_keep() {
    let outcome = sound(&books("equivocate = { nodes = [5], stories = 3 }"));
    let none = sound(&books("heal = {}"));
    assert!(fired(&outcome).0 > 5, "{:?}", outcome.faults);
    assert_eq!(outcome.checks["agree"], Checked::Held);
    assert_eq!(outcome.broadcasts[0].delivery_ratio, Some(1.0));
    assert!(none.due() > outcome.due(), "what it says counts for nothing");
    let topics = twice(MESH, "equivocate = { nodes = [0], stories = 100 }");
    assert!(fired(&topics).0 > 5 && topics.due() == 0);
}

/// The versions that those two nodes publish as node 5.
fn as_node_5(log: &str, node: usize) -> Vec<u64> {
    let is_it = |line: &Line<'_>| line.kind == "learned" && line.origin == Some(7005);
    lines(log, |line| line.version.filter(|_| is_it(line) && line.node == Some(node)))
}

#[test]
fn a_twin_begins_with_what_the_other_had_stored_or_with_nothing() {
    let run = |state: &str| {
        let twins = format!("twins = {{ nodes = [5], state = \"{state}\" }}");
        let (outcome, log) = logged(&books(&twins).replace("at = \"1 s\"", "at = \"4 s\""));
        assert_eq!((&outcome.violations[..], outcome.nodes), (&[][..], 7));
        assert_eq!(done(&log, "twin"), [(4000, 6)]);
        assert_eq!(fault(&outcome, 0).detail, "1 nodes had a twin, 1 of which sent something");
        (as_node_5(&log, 5), as_node_5(&log, 6))
    };
    let (kept, lost) = (run("kept"), run("lost"));
    assert!(kept.1[0] > 128, "above the block that was reserved: {:?}", kept.1);
    assert!(lost.1[0] > 1 && lost.1[0] < 128, "it asked the others: {:?}", lost.1);
    let used = |(one, other): &(Vec<u64>, Vec<u64>)| {
        one.iter().chain(other).copied().collect::<BTreeSet<u64>>().len() < one.len() + other.len()
    };
    assert!(used(&kept) || used(&lost), "one version means two things: {kept:?} {lost:?}");
}

#[test]
fn what_one_of_twins_publishes_the_other_does_too() {
    let outcome = twice(MESH, "twins = [0]");
    assert_eq!((outcome.due(), fired(&outcome).0), (0, 1), "nothing is due of hostile nodes");
    let messages = |outcome: &rumormill_sim::outcome::Outcome| {
        outcome.broadcasts[0].bytes_by_kind["rumor"].messages
    };
    assert!(messages(&outcome) > messages(&twice(MESH, "heal = {}")) * 3 / 2);
    let gone = twice(MESH, &format!("{A_WHILE}twins = [0]"));
    assert!(messages(&gone) < messages(&outcome), "it is gone when the second is published");
}

/// The versions that node 2 publishes when it forgot so much in the fifth second.
fn after_amnesia(forgets: &str) -> (Vec<u64>, u64, String) {
    let what = format!("amnesia = {{ nodes = [2], forgets = {forgets} }}");
    let text = books(&what).replace("at = \"1 s\"", "at = \"5 s\"");
    let (outcome, log) = logged(&text);
    assert_eq!((&outcome.violations[..], outcome.checks["agree"]), (&[][..], Checked::Held));
    assert_eq!((done(&log, "crash"), done(&log, "restart")), (vec![(5000, 2)], vec![(6000, 2)]));
    let is_it = |line: &Line<'_>| line.kind == "learned" && line.origin == Some(7002);
    let versions = lines(&log, |line| line.version.filter(|_| is_it(line) && line.node == Some(2)));
    let fault = fault(&outcome, 0);
    (versions, fault.fired, fault.detail.clone())
}

/// Who forgot all asks the others and goes on above what they know; who forgot the end of it still has
/// the block of versions that it had reserved.
#[test]
fn amnesia_forgets_all_or_the_end() {
    let (versions, fired, detail) = after_amnesia("\"all\"");
    assert!(versions.is_sorted() && versions.iter().all(|version| *version < 128), "{versions:?}");
    assert_eq!((fired, detail.as_str()), (1, "1 nodes forgot 2 cells, which was all they had"));
    let (versions, fired, detail) = after_amnesia("1");
    assert!(versions.is_sorted() && versions.last() > Some(&128), "{versions:?}");
    assert_eq!((fired, detail.as_str()), (1, "1 nodes forgot 1 of their latest writes"));
}

/// All that is hostile at once, and what is not: whoever is honest keeps every promise.
#[test]
fn all_of_it_together() {
    for seed in 1..=3 {
        let text = EVERYTHING.replace("seed = 1", &format!("seed = {seed}"));
        let outcome = sound(&text);
        assert!(outcome.faults.iter().all(|fault| fault.fired > 0), "{seed}: {:?}", outcome.faults);
        let mut checks = outcome.checks.values();
        assert!(checks.all(|checked| *checked == Checked::Held), "{seed}: {:?}", outcome.checks);
        assert!(
            outcome.broadcasts[0].delivery_ratio.unwrap() > 0.8,
            "{seed}: {:?}",
            outcome.missing
        );
    }
}

const EVERYTHING: &str = include_str!("everything.toml");
