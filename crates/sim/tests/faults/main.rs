//! Each fault of a scenario does what it says, and `for` undoes it.
//!
//! A message is published by node 0 in the second second, and another one in the twelfth; what goes wrong
//! does from the first on. So the one shows the fault, and the other what is left of it.

mod hostile;
#[path = "../small/mod.rs"]
mod small;

use rumormill_sim::log::{Line, Reader, What};
use rumormill_sim::outcome::Outcome;
use small::{FLOOD, REPAIR, fault, logged, sound, text};

/// Each next to the one before.
const LINE: &str = "nodes = 5, topology = \"bootstrap-chain\"";

/// Everybody next to everybody.
const MESH: &str = "nodes = 6, topology = \"full\"";

const TWICE: &str =
    "[[workload]]\nkind = \"once\"\nat = \"2 s\"\nnode = 0\nmessages = 2\napart = \"10 s\"\n";

/// Until the fourth second.
const A_WHILE: &str = "for = \"3 s\"\n";

const MAY_DISAGREE: &str = "[check]\nagree = false\n";

/// Messages of nodes that flood, where that goes wrong.
fn twice(network: &str, fault: &str) -> Outcome {
    sound(&text(FLOOD, network, &format!("{TWICE}[[fault]]\nat = \"1 s\"\n{fault}\n")))
}

/// How many deliveries were due, how many of them came, and why the others did not.
fn came(outcome: &Outcome) -> (u64, u64, Vec<(&str, u64)>) {
    let reasons = outcome.missing.by_reason.iter().map(|(why, count)| (why.as_str(), *count));
    let flood = &outcome.broadcasts[0];
    (flood.due, flood.delivered, reasons.collect())
}

fn fired(outcome: &Outcome) -> (u64, &str) {
    let fault = fault(outcome, 0);
    assert_eq!(fault.at_ms, 1000.0);
    (fault.fired, &fault.detail)
}

/// The lines of a log that it wants, as what it makes of them.
fn lines<T>(log: &str, want: impl Fn(&Line<'_>) -> Option<T>) -> Vec<T> {
    let mut reader = Reader::new(log.as_bytes()).unwrap();
    let mut found = Vec::new();
    while let Some(entry) = reader.next().unwrap() {
        found.extend(want(&entry.line));
    }
    found
}

/// When, in milliseconds, and to which node that was done.
fn done(log: &str, kind: &str) -> Vec<(u64, usize)> {
    let is_it = |line: &Line<'_>| line.what == What::Fault && line.kind == kind;
    lines(log, |line| is_it(line).then_some((line.t / 1_000_000, line.node?)))
}

#[test]
fn a_crash_cuts_off_who_is_behind_it() {
    let for_good = twice(LINE, "crash = [2]");
    assert_eq!(fired(&for_good), (1, "1 nodes crashed"));
    assert_eq!(came(&for_good), (6, 2, vec![("cut-off", 4)]));
    // Who is down when something is published need not hear it.
    let undone = twice(LINE, &format!("{A_WHILE}crash = [2]"));
    assert_eq!(came(&undone), (7, 5, vec![("cut-off", 2)]));
}

#[test]
fn as_many_crash_as_it_says() {
    assert_eq!(fired(&twice(MESH, "crash = { random = 3 }")).0, 3);
    assert_eq!(fired(&twice(MESH, "crash = { share = 0.5 }")).0, 3);
    assert_eq!(fired(&twice(MESH, "crash = { nodes = [4, 5] }")).0, 2);
}

#[test]
fn who_starts_again_hears_what_comes_then() {
    let again = |restart: &str| {
        let outcome = twice(LINE, &format!("crash = [2, 4]\n[[fault]]\nat = \"4 s\"\n{restart}"));
        let (due, delivered, _) = came(&outcome);
        (fault(&outcome, 1).fired, due, delivered)
    };
    assert_eq!(again("restart = {}"), (2, 2 + 4, 1 + 4));
    assert_eq!(again("restart = { nodes = [2] }"), (1, 2 + 3, 1 + 3));
    assert_eq!(again("restart = { random = 1, state = \"lost\" }").0, 1);
}

/// The versions that node 2 publishes, the first three before it crashes. It draws another book about
/// every two seconds.
fn versions(state: &str) -> Vec<u64> {
    let rest = format!(
        "[[workload]]\nkind = \"books\"\ninterval = \"2 s\"\nfor = \"9 s\"\n[[fault]]\nat = \"4 s\"\n\
         crash = [2]\n[[fault]]\nat = \"6 s\"\nrestart = {{ random = 1, state = \"{state}\" }}\n"
    );
    let (outcome, log) = logged(&text(REPAIR, "nodes = 3, topology = \"full\"", &rest));
    assert_eq!(outcome.violations, []);
    assert_eq!(done(&log, "lost-cells").len(), usize::from(state == "lost"));
    let is_it = |line: &Line<'_>| line.kind == "learned" && line.origin == Some(7002);
    lines(&log, |line| line.version.filter(|_| is_it(line) && line.node == Some(2)))
}

/// Who has what it stored goes on above the block of versions that it had reserved; who has nothing asks
/// the others, and goes on above what they know.
#[test]
fn what_was_stored_is_kept_or_lost() {
    assert_eq!(versions("kept"), [1, 2, 3, 129, 130]);
    assert_eq!(versions("lost"), [1, 2, 3, 4, 5]);
}

#[test]
fn churn_crashes_at_its_rate_and_brings_each_back() {
    let rest = "[[workload]]\nkind = \"once\"\nat = \"25 s\"\n[[fault]]\nat = \"1 s\"\nfor = \"10 s\"\n\
                churn = { rate = 120, down = \"2 s\" }\n";
    let (outcome, log) = logged(&text(FLOOD, "nodes = 10, topology = \"full\"", rest));
    assert_eq!((came(&outcome), &outcome.violations[..]), ((9, 9, vec![]), &[][..]));
    let (crashes, restarts) = (done(&log, "crash"), done(&log, "restart"));
    assert!((10..=30).contains(&crashes.len()), "20 in 10 s on average: {crashes:?}");
    assert!(crashes.iter().all(|(at, _)| (1_000..11_000).contains(at)), "{crashes:?}");
    let later = crashes.iter().map(|(at, node)| (at + 2_000, *node));
    assert_eq!(restarts, later.collect::<Vec<_>>());
    let all = format!("{0} crashes, {0} restarts", crashes.len());
    assert_eq!(fired(&outcome), (crashes.len() as u64, all.as_str()));
}

#[test]
fn a_partition_keeps_messages_in_their_part_until_it_heals() {
    for (parts, reached) in [
        ("{ groups = 2 }", 2),
        ("{ groups = 3 }", 1),
        ("{ groups = 6 }", 0),
        ("{ share = 0.5 }", 2),
        ("[0]", 0),
        ("[4, 5]", 3),
    ] {
        let outcome = twice(MESH, &format!("{A_WHILE}partition = {parts}"));
        assert_eq!(came(&outcome), (10, reached + 5, vec![("cut-off", 5 - reached)]), "{parts}");
        assert!(fired(&outcome).0 > 0, "{parts}");
    }
}

#[test]
fn healing_heals_what_it_says() {
    let healed = |heal: &str| {
        let faults = format!("partition = [4, 5]\n[[fault]]\nat = \"4 s\"\n{heal}\n{MAY_DISAGREE}");
        let outcome = twice(MESH, &faults);
        (fault(&outcome, 1).fired, came(&outcome).1)
    };
    assert_eq!(healed("heal = {}"), (1, 3 + 5));
    assert_eq!(healed("heal = \"partition\""), (1, 3 + 5));
    assert_eq!(healed("heal = \"one-way\""), (0, 3 + 3));
}

#[test]
fn what_a_partition_kept_back_is_repaired() {
    let rest = "[[workload]]\nkind = \"books\"\ninterval = \"2 s\"\nfor = \"10 s\"\n[[fault]]\n\
                at = \"1 s\"\nfor = \"3 s\"\npartition = { groups = 2 }\n";
    let outcome = sound(&text(REPAIR, MESH, rest).replace("\"4 s\"", "\"20 s\""));
    let (due, delivered, _) = came(&outcome);
    assert!(due > 50 && due == delivered, "{delivered} of {due}");
}

#[test]
fn one_way_is_one_way() {
    let way = |from: usize, to: usize, rest: &str| {
        twice(LINE, &format!("{rest}one-way = {{ from = [{from}], to = [{to}] }}\n{MAY_DISAGREE}"))
    };
    let along = way(1, 2, A_WHILE);
    assert_eq!(came(&along), (8, 1 + 4, vec![("cut-off", 2), ("one-way", 1)]));
    assert_eq!(fired(&along), (1, "1 transmissions lost from 1 nodes to 1"));
    assert_eq!(came(&way(1, 2, "")).1, 1 + 1);
    assert_eq!(came(&way(2, 1, "")), (8, 8, vec![]));
}

/// Three messages over a node that needs so long for each, 20 ms apart: how long the slowest takes, and
/// how many had to wait.
fn slowed(fault: &str) -> (f64, Option<u64>) {
    let three =
        "[[workload]]\nkind = \"once\"\nat = \"2 s\"\nnode = 0\nmessages = 3\napart = \"20 ms\"\n";
    let network = "nodes = 3, topology = \"bootstrap-chain\"";
    let outcome = sound(&text(FLOOD, network, &format!("{three}{fault}")));
    let fired = outcome.faults.first().map(|fault| fault.fired);
    (outcome.broadcasts[0].latency_ms.unwrap().max, fired)
}

/// The first is heard at 2011 ms, and until 2061 that is all. Then come the two others, of which the
/// elder was published at 2020, and 10 ms later they are where they go.
#[test]
fn a_slow_node_lets_what_comes_wait() {
    let slow = "slow = { nodes = [1], by = \"50 ms\" }";
    assert_eq!(slowed(""), (20.0, None));
    assert_eq!(slowed(&format!("[[fault]]\nat = \"1 s\"\n{slow}")), (51.0, Some(2)));
    assert_eq!(slowed(&format!("[[fault]]\nfor = \"1 s\"\n{slow}")).0, 20.0);
}

/// How many times as often as node 0 node 1 compares what it knows with others.
fn pace(fault: &str) -> f64 {
    let rest = format!("[[workload]]\nkind = \"books\"\ninterval = \"1 min\"\n{fault}");
    let (outcome, log) = logged(&text(REPAIR, "nodes = 3, topology = \"full\"", &rest));
    assert_eq!(outcome.violations, []);
    let is_it = |line: &Line<'_>, of| line.kind == "synced" && line.node == Some(of);
    let [of_0, of_1] = [0, 1].map(|of| lines(&log, |line| is_it(line, of).then_some(())).len());
    of_1 as f64 / of_0 as f64
}

#[test]
fn a_fast_clock_does_everything_more_often() {
    let skewed =
        |rest: &str, by: &str| pace(&format!("[[fault]]\n{rest}skew = {{ nodes = [1], {by} }}"));
    assert!((0.9..1.1).contains(&pace("")));
    assert!((1.8..2.2).contains(&skewed("", "drift = 1.0")));
    assert!((0.45..0.55).contains(&skewed("", "drift = -0.5")));
    assert!((0.9..1.2).contains(&skewed(A_WHILE, "drift = 1.0, jump = \"1 h\"")));
    let beside = format!("drift = 1.0 }}\n[[fault]]\n{A_WHILE}skew = {{ nodes = [1], drift = -0.5");
    assert!((1.7..2.2).contains(&skewed("", &beside)), "what ends leaves the other as it is");
}

#[test]
fn a_censor_keeps_back_what_it_should_hand_on() {
    let for_good = twice(LINE, "censor = [2]");
    assert_eq!(came(&for_good), (6, 2, vec![("censored", 2), ("cut-off", 2)]));
    assert_eq!(fired(&for_good), (2, "2 messages kept back by 1 censors"));
    let undone = twice(LINE, &format!("{A_WHILE}censor = [2]"));
    assert_eq!(came(&undone), (6, 4, vec![("censored", 1), ("cut-off", 1)]));
    assert_eq!(fired(&undone).0, 1);
}

#[test]
fn spam_costs_and_counts_for_nothing() {
    let spam = |rest: &str| {
        twice(MESH, &format!("{rest}spam = {{ nodes = [5], rate = 50, size = \"1 KiB\" }}"))
    };
    let (while_it_lasts, for_good, none) = (spam(A_WHILE), spam(""), twice(MESH, "heal = {}"));
    let bytes = |outcome: &Outcome| outcome.broadcasts[0].bytes_by_kind["rumor"].bytes;
    for outcome in [&while_it_lasts, &for_good] {
        // The spammer need not hear what others publish.
        assert_eq!((outcome.broadcasts[0].messages, came(outcome)), (2, (8, 8, vec![])));
    }
    let (some, many) = (fired(&while_it_lasts).0, fired(&for_good).0);
    assert!((100..200).contains(&some), "50 a second for 3 s: {some}");
    assert!((600..900).contains(&many), "and for 15 s: {many}");
    assert!(bytes(&while_it_lasts) > bytes(&none) + some * 5 * 1024);
}

/// What came of a liar among readers of books: how many lies it told, and how often a node knew better,
/// and how often the one who is lied about went on above the lie.
fn lied(kind: &str, lasts: &str) -> (u64, usize, usize) {
    let rest = format!(
        "[[workload]]\nkind = \"books\"\ninterval = \"2 s\"\nfor = \"10 s\"\n[[fault]]\nat = \"1 s\"\n\
         {lasts}liar = {{ nodes = [5], kind = \"{kind}\", rate = 10 }}\n"
    );
    let (outcome, log) = logged(&text(REPAIR, MESH, &rest));
    let (due, delivered, _) = came(&outcome);
    assert_eq!((&outcome.violations[..], due > 100, due - delivered), (&[][..], true, 0));
    let count = |kind: &str| lines(&log, |line| (line.kind == kind).then_some(())).len();
    let lies = fired(&outcome).0;
    assert_eq!(done(&log, "forge").len() as u64, lies);
    (lies, count("stale"), count("adopted"))
}

/// All five neighbours know better, and tell nobody.
#[test]
fn old_news_is_told_on_by_nobody() {
    for (lasts, least, most) in [("", 90, 160), (A_WHILE, 20, 45)] {
        let (lies, stale, adopted) = lied("stale", lasts);
        assert!((least..most).contains(&lies), "10 a second: {lies}");
        assert_eq!((stale as u64, adopted), (5 * lies, 0));
    }
}

/// Nothing is signed over HTTP: who is lied about notices, and goes on above the lie.
#[test]
fn a_forged_version_is_outdone_by_its_origin() {
    let (lies, _, adopted) = lied("forged", A_WHILE);
    assert!((20..45).contains(&lies) && (lies / 2..=lies).contains(&(adopted as u64)), "{adopted}");
}

#[test]
fn sybils_join_and_are_of_no_use() {
    let crowd = "sybil = { nodes = 3, links = 2 }";
    let outcome = twice(MESH, crowd);
    assert_eq!((outcome.nodes, came(&outcome)), (9, (10, 10, vec![])));
    assert_eq!(fired(&outcome), (3, "3 nodes joined, 3 linked at the end"));
    let gone = twice(MESH, &format!("{A_WHILE}{crowd}"));
    assert_eq!((gone.nodes, came(&gone)), (9, (10, 10, vec![])));
    assert_eq!(fired(&gone), (3, "3 nodes joined, 0 linked at the end"));
}
