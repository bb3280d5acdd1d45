//! Bugs that are planted on purpose are found, and nothing is without them: a test of the search.
//!
//! `cargo test -p rumormill-sim --features planted --test planted`

#![cfg(feature = "planted")]

use rumormill_core::planted::{Bug, plant};
use rumormill_sim::search::{Case, Failure};

/// A bug is found in so many cases, if it can be.
const CASES: u64 = 150;

fn case(seed: u64) -> Case {
    Case::draw("", seed).unwrap()
}

/// The first case in which the bug shows.
fn first(bug: Bug) -> Option<(Case, Failure)> {
    plant(Some(bug));
    let found = (1..=CASES).map(case).find_map(|case| case.fails().map(|failure| (case, failure)));
    plant(None);
    found
}

#[test]
fn each_is_found_and_not_where_it_is_not() {
    for bug in Bug::ALL {
        let Some((case, failure)) = first(bug) else {
            panic!("{} was not found in {CASES} cases", bug.name())
        };
        println!("{:24} seed {:3}  {}: {}", bug.name(), case.seed, failure.kind, failure.detail);
        assert_eq!(case.fails(), None, "without {} seed {} is sound", bug.name(), case.seed);
    }
}

#[test]
fn what_is_found_is_made_small_and_still_fails_alike() {
    let (case, failure) = first(Bug::SeenForgets).unwrap();
    plant(Some(Bug::SeenForgets));
    let finding = case.shrink(failure.clone(), 300);
    let scenario = finding.case.scenario().unwrap();
    assert_eq!(finding.case.fails().map(|failure| failure.kind), Some(failure.kind));
    plant(None);
    assert_eq!(finding.case.fails(), None);
    // Three nodes in a triangle are enough for two copies of one rumor.
    assert!(scenario.network.nodes <= 4, "{}", finding.case.text());
    assert!(scenario.faults.is_empty() && scenario.workloads.len() == 1, "{}", finding.case.text());
    assert!(finding.case.text().len() < case.text().len() / 2);
}
