//! The example that `docs/guide/your-protocol.md` walks through: simulated, over sockets, and that the
//! tutorial shows what it really says.

#[path = "../examples/your_protocol/simulated.rs"]
mod simulated;
#[path = "../examples/your_protocol/sockets.rs"]
mod sockets;
#[path = "../examples/your_protocol/tally.rs"]
mod tally;

use rumormill::contract::{Bytes, Duration, Time, Why};
use rumormill_sim::{At, Observer};
use simulated::{Checker, simulate};
use std::collections::BTreeMap;
use tally::{CODEC, Counts, Total};

#[test]
fn a_thousand_nodes_agree_after_a_partition() {
    let outcome = simulate(1000, 4, 7);
    assert_eq!(outcome.wrong, None);
    assert_eq!(outcome.added, 30);
    let (one, other) = outcome.apart;
    assert!(one < 30 && other < 30, "the halves know no more than their own: {one}, {other}");
    let agreed = outcome.agreed.expect("they agree");
    assert!(agreed > Time::ZERO + Duration::from_secs(20), "{agreed:?}");
    assert!(agreed < Time::ZERO + Duration::from_secs(40), "{agreed:?}");
}

#[test]
fn the_checker_finds_what_it_is_there_for() {
    let at = At { time: Time::ZERO, node: 1, source: 0 };
    let mut checker = Checker::new(2);
    checker.event(&at, &Total(1));
    assert!(checker.wrong.is_some(), "nobody counted anything");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(simulate(100, 4, 1), simulate(100, 4, 1));
    assert_ne!(simulate(100, 4, 1).hash, simulate(100, 4, 2).hash);
}

#[tokio::test]
async fn five_nodes_agree_over_sockets() {
    let known = tokio::time::timeout(Duration::from_secs(60), sockets::five()).await;
    assert_eq!(known.expect("in time").unwrap(), 15);
}

#[test]
fn counts_are_read_as_they_were_written_and_nonsense_is_not() {
    for counts in [BTreeMap::new(), BTreeMap::from([(0, 1), (7, u64::MAX)])] {
        assert_eq!(CODEC.recode(&Counts(counts.clone())), Ok(Counts(counts)));
    }
    for len in [1, 15, 17, 16 * 4097] {
        assert_eq!((CODEC.decode)(Bytes::from(vec![0; len])), Err(Why::Malformed));
    }
}

#[test]
fn the_tutorial_shows_what_the_example_says() {
    let tutorial = include_str!("../../../docs/guide/your-protocol.md");
    let example = [
        include_str!("../examples/your_protocol/tally.rs"),
        include_str!("../examples/your_protocol/simulated.rs"),
        include_str!("../examples/your_protocol/sockets.rs"),
    ];
    let blocks: Vec<&str> = tutorial.split("```rust\n").skip(1).collect();
    assert!(blocks.len() >= 8, "{} blocks", blocks.len());
    for block in blocks {
        let (code, _) = block.split_once("```").expect("a block ends");
        assert!(example.iter().any(|file| file.contains(code)), "in no file:\n{code}");
    }
}
